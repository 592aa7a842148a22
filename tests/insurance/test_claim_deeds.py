"""What may be done to a claim, what is refused and why, and what is told twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidRequestError
from chalicelib.insurance.claim_deeds import AFTER, Deed, done, may
from chalicelib.insurance.claim_states import (
    CLAIM_STATES,
    MOST_LINES,
    Action,
    Claim,
    ClaimDiffers,
    ClaimHistoryFull,
    ClaimNotAllowed,
    overpaid,
    paid_together,
)
from chalicelib.money import Money
from tests.insurance.claim_parcels import OPENED, a_claim

TODAY = OPENED.date()
LOSS = Money(Decimal("1180.00"), "EUR")
ACTIONS = get_args(Action)
# What each deed needs to be told at all.
USUAL = {
    "prepare": {}, "file": {"on": TODAY, "protective": False}, "acknowledge": {"on": TODAY},
    "want_evidence": {"on": TODAY, "wanted": ("trace",)}, "offer": {"on": TODAY, "amount": LOSS},
    "accept": {"on": TODAY},
    "refuse": {"on": TODAY, "why": "no_proof"}, "pay": {"on": TODAY, "reference": "P-1", "amount": LOSS},
    "withdraw": {"why": "found"}, "close": {},
}  # fmt: skip


def eur(text: str) -> Money:
    return Money(Decimal(text), "EUR")


def after(claim: Claim, action: str, **said) -> Claim | None:
    deed = Deed(action, **(USUAL[action] | said))
    return done(claim, deed, LOSS, TODAY, OPENED + timedelta(hours=1), "boss")


def walked(*actions: str) -> Claim:
    claim = a_claim()
    for action in actions:
        claim = after(claim, action)
    return claim


def faults(claim: Claim, action: str, **said) -> set[tuple[str, str]]:
    with pytest.raises(InvalidRequestError) as refused:
        after(claim, action, **said)
    return {(one.field, one.code) for one in refused.value.faults}


def test_a_claim_walks_from_doubt_to_money():
    claim = walked("prepare", "file", "acknowledge", "want_evidence", "acknowledge", "offer", "accept", "pay", "close")
    assert [line.state for line in claim.history] == [
        "prepared", "filed", "acknowledged", "evidence_wanted", "acknowledged", "offered", "accepted", "paid", "closed",
    ]  # fmt: skip
    assert {line.by for line in claim.history} == {"boss"}


@pytest.mark.parametrize(("state", "action"), sorted(product(CLAIM_STATES, ACTIONS)))
def test_a_deed_leads_where_the_table_says_or_changes_nothing(state, action):
    claim = a_claim(state=state)
    if may(state, action):
        assert after(claim, action).state in (AFTER[action], state)
    else:
        with pytest.raises(ClaimNotAllowed):
            after(claim, action)


@pytest.mark.parametrize("state", CLAIM_STATES)
def test_from_every_state_but_the_end_there_is_a_way_on(state):
    assert any(may(state, action) for action in ACTIONS)


@pytest.mark.parametrize("action", [one for one in ACTIONS if one != "prepare"])
def test_what_is_told_twice_is_done_once(action):
    ways = {
        "file": (), "acknowledge": ("file",), "want_evidence": ("file",), "offer": ("file",),
        "accept": ("file", "offer"),
        "refuse": ("file",), "pay": ("file",), "withdraw": (), "close": ("file", "pay"),
    }  # fmt: skip
    claim = after(walked(*ways[action]), action)
    assert after(claim, action) is None


def test_a_filing_told_again_after_it_was_answered_is_still_the_same_filing():
    assert after(walked("file", "acknowledge"), "file") is None


def test_a_second_withdrawal_after_it_was_prepared_anew_is_another():
    claim = walked("prepare", "withdraw", "prepare")
    assert after(claim, "withdraw").state == "withdrawn"


def test_every_fault_is_named_at_once():
    tomorrow = TODAY + timedelta(days=2)
    found = faults(a_claim(), "file", on=tomorrow, protective=None, amount=eur("5000"), why="because", until=TODAY)
    assert found == {
        ("until", "not_allowed"), ("protective", "required"), ("why", "not_one_of"), ("on", "in_the_future"),
        ("amount", "more_than_lost"), ("until", "out_of_range"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "fault"),
    [(eur("1180.01"), "more_than_lost"), (Money(Decimal(5), "USD"), "other_currency"), (eur("0"), "not_positive")],
)
def test_more_than_was_lost_is_not_claimed(amount, fault):
    assert ("amount", fault) in faults(a_claim(), "prepare", amount=amount)


def test_of_a_loss_all_is_claimed_where_nobody_says_and_of_damage_nothing_is_guessed():
    assert walked("prepare").claimed == LOSS
    assert after(a_claim(kind="damage"), "prepare").claimed is None


def test_a_protective_claim_is_made_full_and_the_other_way_round_is_a_correction():
    claim = after(a_claim(), "file", protective=True)
    full = after(claim, "file", protective=False)
    assert (claim.filed.protective, full.filed.protective, full.state) == (True, False, "filed")
    assert after(full, "file", protective=True) is None, "the first message, come again"
    with pytest.raises(ClaimDiffers):
        after(full, "file", protective=True, on=TODAY - timedelta(days=1))
    assert after(full, "file", protective=True, corrects=True, why="typed_wrong").filed.protective


def test_money_comes_in_parts_and_currencies_and_each_payment_counts_once():
    claim = after(walked("file"), "pay", amount=eur("100.00"), final=False)
    assert claim.state == "filed"
    claim = after(claim, "pay", reference="P-2", amount=Money(Decimal(50), "USD"))
    assert (claim.state, claim.received) == ("paid", {"EUR": Decimal(100), "USD": Decimal(50)})
    assert after(claim, "pay", reference="P-2", amount=Money(Decimal(50), "USD")) is None


def test_another_amount_under_the_same_reference_is_a_correction_or_refused():
    claim = after(walked("file"), "pay", amount=eur("100.00"))
    with pytest.raises(ClaimDiffers):
        after(claim, "pay", amount=eur("110.00"))
    right = after(claim, "pay", amount=eur("110.00"), corrects=True, why="typed_wrong")
    assert right.received == {"EUR": Decimal(110)}


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 300)), max_size=8))
def test_whatever_is_told_in_whatever_order_a_reference_is_paid_once(told):
    claim = walked("file")
    for reference, amount in told:
        try:
            claim = after(claim, "pay", reference=reference, amount=eur(str(amount)), final=False) or claim
        except ClaimDiffers:
            continue
    firsts = dict(reversed([(reference, amount) for reference, amount in told]))
    assert claim.received.get("EUR", Decimal(0)) == sum(firsts.values())


def test_an_answer_before_the_filing_is_a_slip_of_the_pen():
    claim = walked("file")
    assert ("on", "before_filing") in faults(claim, "refuse", on=TODAY - timedelta(days=1))


def test_a_claim_that_is_changed_without_end_is_stopped_and_its_clock_is_not():
    claim = walked("file")
    line = claim.history[0]
    full = Claim(**{name: getattr(claim, name) for name in Claim.__slots__} | {"history": (line,) * MOST_LINES})
    with pytest.raises(ClaimHistoryFull):
        after(full, "acknowledge")


# Two parties


def test_what_both_pay_is_told_where_it_is_more_than_was_lost():
    carrier, insurer = a_claim(state="filed"), a_claim("insurer", state="filed")
    carrier = after(carrier, "pay", amount=eur("180.00"))
    insurer = after(insurer, "pay", amount=eur("1000.00"))
    assert overpaid((carrier, insurer), LOSS) is None
    insurer = after(insurer, "pay", reference="P-2", amount=eur("0.01"))
    assert overpaid((carrier, insurer), LOSS) == "more_than_lost"
    assert paid_together((carrier, insurer)) == {"EUR": Decimal("1180.01")}


def test_two_payers_in_two_currencies_cannot_be_compared_and_a_person_is_told():
    carrier = after(a_claim(state="filed"), "pay", amount=Money(Decimal(10), "USD"))
    insurer = after(a_claim("insurer", state="filed"), "pay", amount=eur("1000.00"))
    assert overpaid((carrier, insurer), LOSS) == "not_comparable"
    assert overpaid((carrier,), LOSS) is None
    assert overpaid((carrier, insurer), None) == "not_comparable"
