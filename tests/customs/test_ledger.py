"""The duty ledger's core: what can come back, the one table of states, sums, the days a claim asks for attention."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock import add_months, end_of_day
from chalicelib.customs.claim_acts import ACTIONS, FROM, WHY, Act, ClaimNotAllowed, acted
from chalicelib.customs.claim_clock import ASK_AFTER, BEFORE_DAYS, Deadlines
from chalicelib.customs.claims import corrected, day_there, judge_claim, recorded
from chalicelib.customs.ledger import (
    CLAIM_STATES,
    MOST_LINES,
    DutyEntry,
    HistoryFull,
    differing,
    faults_of,
    noted,
    sums_of,
)
from chalicelib.errors import InvalidRequestError
from chalicelib.money import Money
from tests.fakes.entries import NOW, PAID_ON, eur, judged_on, paid_of, some_facts

TODAY = NOW.date()
PARIS = "Europe/Paris"


def an_entry(state: str = "open", **facts) -> DutyEntry:
    told = some_facts(**facts)
    entry = recorded("c1", told, judge_claim(paid_of(told), told, TODAY), NOW, "desk")
    return replace(entry, state=state)


def done(entry: DutyEntry, action: str, **particulars) -> DutyEntry | None:
    told = {"file": {"on": TODAY, "way": "EU-DA-148-3"}, "refuse": {"on": TODAY, "why": "too_late"}}
    told |= {"receive": {"on": TODAY, "reference": "P-1", "amount": eur("10")}, "give-up": {"why": "not_worth_it"}}
    act = Act(action, **told[action] | particulars)
    return acted(entry, act, judged_on(TODAY, entry.facts), TODAY, NOW, "desk")


def faults_in(entry: DutyEntry, action: str, **particulars) -> set[tuple[str, str]]:
    with pytest.raises(InvalidRequestError) as refusal:
        done(entry, action, **particulars)
    return {(fault.field, fault.code) for fault in refusal.value.faults}


# What can come back


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (PAID_ON, "open"),
        (PAID_ON + timedelta(days=89), "open"),
        (PAID_ON + timedelta(days=90), "open"),
        (PAID_ON + timedelta(days=91), "lapsed"),
    ],
)
def test_a_distance_sale_is_claimed_for_ninety_days_and_not_one_more(on, state):
    assert judged_on(on).state == state


@pytest.mark.parametrize(
    ("paid_on", "last_day"),
    [
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2026, 8, 31), date(2027, 8, 31)),
        (date(2024, 2, 28), date(2025, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
    ],
)
def test_a_year_from_a_leap_day_or_month_end_ends_on_the_day_there_is(paid_on, last_day):
    facts = some_facts(paid_on=paid_on, sold_at_a_distance=False, left_on=paid_on)

    assert judged_on(last_day, facts, "quality").claim_by == last_day
    assert judged_on(last_day - timedelta(days=1), facts, "quality").state == "open"
    assert judged_on(last_day + timedelta(days=1), facts, "quality").state == "lapsed"


def test_a_faulty_piece_has_two_ways_and_the_first_to_end_is_the_next_to_act_by():
    judged = judged_on(TODAY, reason="quality")

    assert judged.days == (PAID_ON + timedelta(days=90), date(2027, 11, 10))
    assert judged.claim_by == PAID_ON + timedelta(days=90)


def test_one_way_that_has_ended_leaves_the_other_open():
    judged = judged_on(PAID_ON + timedelta(days=91), reason="quality")

    assert (judged.state, judged.days) == ("open", (date(2027, 11, 10),))


def test_nothing_is_claimed_where_no_way_ever_fitted():
    judged = judged_on(TODAY, some_facts(sold_at_a_distance=False))

    assert (judged.state, judged.days, judged.at_most) == ("not_reclaimable", (), None)


def test_a_way_that_never_fitted_does_not_lapse():
    assert judged_on(date(2030, 1, 1), some_facts(sold_at_a_distance=False)).state == "not_reclaimable"


def test_a_country_without_rules_says_so():
    judged = judged_on(TODAY, some_facts(country="ZW"))

    assert (judged.state, judged.reasons) == ("not_reclaimable", ("no_rules_for_country",))


def test_while_nobody_knows_when_the_goods_left_a_way_that_counts_to_that_day_stays_open_and_asks():
    facts = some_facts(country="JP", importer="customer", same_state=True, left_on=None)

    assert judged_on(date(2027, 5, 10), facts).claim_by == date(2027, 5, 10)
    later = judged_on(date(2028, 6, 1), facts)
    assert (later.state, later.days) == ("open", ())
    assert "left_on" in later.asks


def test_rules_that_begin_later_than_a_last_day_do_not_call_it_lapsed():
    assert judged_on(TODAY, some_facts(paid_on=date(2020, 1, 1))).state == "not_reclaimable"


def test_the_most_is_the_stated_share_of_what_is_covered_and_never_the_fees():
    assert judged_on(TODAY).at_most == eur("271.40")


@pytest.mark.parametrize("unknown", ["duty", "tax"])
def test_an_unknown_figure_leaves_the_most_unknown_and_is_named(unknown):
    judged = judged_on(TODAY, some_facts(**{unknown: None}))

    assert judged.at_most is None
    assert f"{unknown}_unknown" in judged.reasons


def test_a_share_that_nobody_stated_is_said():
    facts = some_facts(country="KR", importer="customer", same_state=True, left_on=PAID_ON)
    way = judged_on(TODAY, facts).way_of("KR-106-2")

    assert way is not None
    assert (way.at_most, way.reasons) == (eur("271.40"), ("share_not_stated",))


def test_a_share_is_rounded_to_the_currencys_own_decimals():
    duty, tax = Money(Decimal("100.01"), "INR"), Money(Decimal("3.00"), "INR")
    facts = some_facts(country="IN", same_state=True, left_on=PAID_ON, duty=duty, tax=tax, fees=None)
    amounts = [way.at_most for way in judged_on(TODAY, facts).ways if way.way.share == Decimal("0.98")]

    assert amounts == [Money(Decimal("100.95"), "INR")]


@pytest.mark.parametrize(
    ("importer", "ours", "parties"),
    [("merchant", True, ("merchant",)), ("customer", False, ("customer",)), (None, None, ())],
)
def test_who_may_claim_is_who_the_importer_is(importer, ours, parties):
    way = judged_on(TODAY, some_facts(importer=importer), "quality").way_of("EU-UCC-118")

    assert way is not None
    assert (way.ours, way.parties) == (ours, parties)


def test_the_day_is_that_of_the_claims_own_country():
    assert day_there("JP", datetime(2026, 11, 22, 15, 30, tzinfo=UTC)) == date(2026, 11, 23)
    assert day_there("US", datetime(2026, 11, 22, 3, 0, tzinfo=UTC)) == date(2026, 11, 21)


# Particulars


def test_duty_and_tax_are_in_one_currency_and_no_day_is_yet_to_come():
    late = some_facts(paid_on=date(2026, 11, 24), left_on=date(2026, 11, 25), tax=Money(Decimal(5), "CNY"))

    found = {(fault.field, fault.code) for fault in faults_of(late, date(2026, 11, 23))}

    assert found == {("paid_on", "in_the_future"), ("left_on", "in_the_future"), ("tax", "other_currency")}


def test_trailing_zeros_are_no_difference():
    assert differing(some_facts(duty=eur("29.5")), some_facts(duty=eur("29.50"))) == []


def test_a_correction_keeps_what_was_before():
    before, facts = an_entry(), some_facts(duty=None)
    after = corrected(before, facts, judged_on(TODAY, facts), "typed_wrong", NOW, "boss")

    line = after.history[-1]
    assert (line.was, line.facts) == ({"duty": "29.50 EUR"}, {"duty": "unknown", "why": "typed_wrong"})
    assert after.history[:-1] == before.history
    assert after.at_most is None


def test_a_correction_of_a_filed_entry_does_not_unfile_it():
    filed = done(an_entry(), "file")
    assert filed is not None
    facts = some_facts(duty=eur("40"))

    after = corrected(filed, facts, judged_on(TODAY, facts), "invoice_corrected", NOW, "boss")

    assert (after.state, after.filing, after.at_most) == ("filed", filed.filing, eur("281.90"))


def test_a_correction_may_open_a_claim_that_had_lapsed():
    facts = some_facts(paid_on=date(2026, 7, 1))
    entry = recorded("c1", facts, judged_on(TODAY, facts), NOW, "desk")
    assert (entry.state, entry.claim_by) == ("lapsed", date(2026, 9, 29))

    after = corrected(entry, some_facts(), judged_on(TODAY), "typed_wrong", NOW, "desk")

    assert (after.state, after.claim_by) == ("open", PAID_ON + timedelta(days=90))


def test_a_history_ends_somewhere():
    entry = an_entry()
    for _ in range(MOST_LINES - 1):
        entry = noted(entry, NOW, "desk", "corrected", {})
    with pytest.raises(HistoryFull):
        noted(entry, NOW, "desk", "corrected", {})


# States


@pytest.mark.parametrize("state", CLAIM_STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_claim_moves_only_from_where_the_table_says(action, state):
    entry = replace(an_entry(), state=state)
    particulars = {"why": "accepted_late"} if action == "file" and state in ("refused", "given_up", "lapsed") else {}
    if state == "given_up" and action == "give-up":
        entry = replace(entry, why="other")
    if state in FROM[action]:
        after = done(entry, action, **particulars)
        assert after is not None
        assert after.history[-1].state == after.state
        return
    try:
        assert done(entry, action, **particulars) is None
    except ClaimNotAllowed:
        return
    pytest.fail(f"{action} went through from {state}")


acts = st.builds(
    Act,
    action=st.sampled_from(ACTIONS),
    on=st.none() | st.dates(PAID_ON - timedelta(days=2), TODAY + timedelta(days=2)),
    reference=st.none() | st.sampled_from(["P-1", "P-2"]),
    way=st.none() | st.sampled_from(["EU-DA-148-3", "XX-NONE"]),
    amount=st.none() | st.sampled_from([eur("10"), eur("200"), eur("500"), Money(Decimal(1), "CNY")]),
    final=st.booleans(),
    why=st.none() | st.sampled_from(sorted({why for each in WHY.values() for why in each})),
    corrects=st.booleans(),
)
LEADS_TO = {
    "file": {"filed"}, "receive": {"filed", "received"}, "refuse": {"refused"}, "give-up": {"given_up"},
}  # fmt: skip


@given(st.lists(acts, max_size=25))
def test_any_order_of_acts_keeps_to_the_table_and_forgets_nothing(given_acts):
    entry = an_entry()
    for act in given_acts:
        before = entry
        try:
            after = acted(entry, act, judged_on(TODAY, entry.facts), TODAY, NOW, "desk")
        except (InvalidRequestError, ClaimNotAllowed):
            continue
        if after is None:
            continue
        entry = after
        assert before.state in FROM[act.action] or act.corrects
        assert entry.state in LEADS_TO[act.action]
        assert entry.history[:-1] == before.history
        assert entry.state != "filed" or entry.filing is not None or before.state != "open"
        assert entry.received is None or entry.received.amount <= Decimal("286.40")
        assert acted(entry, act, judged_on(TODAY, entry.facts), TODAY, NOW, "desk") is None


def test_every_fault_of_an_act_is_told_at_once():
    found = faults_in(an_entry("filed"), "receive", on=date(2026, 1, 1), way="EU-DA-148-3", amount=eur("0"))

    assert found == {("on", "out_of_range"), ("way", "not_allowed"), ("amount", "not_positive")}


@pytest.mark.parametrize(
    ("on", "fault"),
    [(PAID_ON - timedelta(days=1), True), (PAID_ON, False), (TODAY, False), (TODAY + timedelta(days=1), True)],
)
def test_a_filing_lies_between_payment_and_today(on, fault):
    if fault:
        assert faults_in(an_entry(), "file", on=on) == {("on", "out_of_range")}
    else:
        assert done(an_entry(), "file", on=on) is not None


@pytest.mark.parametrize(("days", "needs_why"), [(90, False), (91, True)])
def test_a_filing_noted_late_needs_a_reason_only_if_it_was_late(days, needs_why):
    facts = some_facts(paid_on=date(2026, 7, 1))
    entry = recorded("c1", facts, judged_on(TODAY, facts), NOW, "desk")
    act = Act("file", on=facts.paid_on + timedelta(days=days), way="EU-DA-148-3")
    judged = judged_on(TODAY, facts)
    if not needs_why:
        assert acted(entry, act, judged, TODAY, NOW, "desk") is not None
        return
    with pytest.raises(InvalidRequestError):
        acted(entry, act, judged, TODAY, NOW, "desk")
    assert acted(entry, replace(act, why="term_extended"), judged, TODAY, NOW, "desk") is not None


def test_with_several_ways_a_filing_names_one():
    entry = an_entry()
    judged = judged_on(TODAY, entry.facts, "quality")
    with pytest.raises(InvalidRequestError, match="cannot be noted"):
        acted(entry, Act("file", on=TODAY), judged, TODAY, NOW, "desk")


def test_filing_the_same_twice_is_quiet_and_otherwise_is_refused_unless_it_corrects():
    filed = done(an_entry(), "file", reference="R-1")
    assert filed is not None
    assert done(filed, "file", reference="R-1") is None
    with pytest.raises(ClaimNotAllowed):
        done(filed, "file", reference="R-2")

    after = done(filed, "file", reference="R-2", corrects=True, why="typed_wrong")

    assert after is not None
    assert after.history[-1].was["reference"] == "R-1"


def test_money_in_parts_adds_up_and_the_last_part_ends_it():
    filed = done(an_entry(), "file")
    first = done(filed, "receive", amount=eur("100.00"), final=False)
    last = done(first, "receive", reference="P-2", amount=eur("71.40"))

    assert (first.state, first.received, first.to_come) == ("filed", eur("100.00"), eur("171.40"))
    assert (last.state, last.received, last.to_come) == ("received", eur("171.40"), None)


def test_the_rest_may_be_refused_and_what_came_stays():
    part = done(done(an_entry(), "file"), "receive", amount=eur("100.00"), final=False)

    after = done(part, "refuse")

    assert (after.state, after.received, after.why) == ("refused", eur("100.00"), "too_late")


def test_the_same_receipt_is_quiet_and_another_amount_under_its_number_is_not():
    paid = done(done(an_entry(), "file"), "receive")
    assert done(paid, "receive") is None
    with pytest.raises(ClaimNotAllowed):
        done(paid, "receive", amount=eur("11"))

    after = done(paid, "receive", amount=eur("11"), corrects=True, why="typed_wrong")

    assert (after.received, after.history[-1].was["amount"]) == (eur("11"), "10")


@pytest.mark.parametrize(
    ("amount", "code"),
    [(eur("271.41"), "more_than_paid"), (Money(Decimal(1), "CNY"), "other_currency"), (eur("0"), "not_positive")],
)
def test_money_that_cannot_be_is_refused(amount, code):
    assert faults_in(done(an_entry(), "file"), "receive", amount=amount) == {("amount", code)}


def test_more_than_the_known_part_may_come_while_a_figure_is_unknown():
    filed = done(an_entry(duty=None), "file")

    assert done(filed, "receive", amount=eur("300")) is not None


# Sums

money = st.none() | st.builds(Money, st.decimals(0, 9999, places=2), st.sampled_from(["EUR", "CNY", "GBP"]))
entries = st.builds(
    lambda duty, fees, state, received: replace(
        an_entry(duty=duty, tax=None, fees=fees), state=state,
        at_most=duty, receipts=() if not (received and duty) else done(
            replace(an_entry(duty=duty, tax=None, fees=None), state="filed"), "receive",
            amount=Money(Decimal("0.01"), duty.currency),
        ).receipts,
    ),
    money, money, st.sampled_from(CLAIM_STATES), st.booleans(),
)  # fmt: skip


@given(st.lists(entries, max_size=12))
def test_totals_are_the_sum_of_the_entries_in_each_currency(ledger):
    sums = sums_of(ledger)

    for currency in ("EUR", "CNY", "GBP"):
        for name in ("duty", "fees"):
            known = [getattr(one.facts, name) for one in ledger]
            wanted = sum((each.amount for each in known if each and each.currency == currency), Decimal(0))
            assert (getattr(sums[currency], name) if currency in sums else Decimal(0)) == wanted
    assert sum(one.entries for one in sums.values()) == len(ledger)
    assert sum(one.unknown_duty for one in sums.values()) == sum(one.facts.duty is None for one in ledger)


@given(st.lists(entries, max_size=12), st.integers(0, 12))
def test_totals_of_parts_are_the_totals_of_all(ledger, cut):
    parts = [sums_of(ledger[:cut]), sums_of(ledger[cut:])]
    joined = dict(parts[0])
    for currency, one in parts[1].items():
        joined[currency] = joined[currency].plus(one) if currency in joined else one

    assert joined == sums_of(ledger)


def test_an_entry_recorded_by_mistake_counts_for_nothing_and_stays():
    entry = done(an_entry(), "give-up", why="recorded_by_mistake")

    assert sums_of([entry]) == {}
    assert entry.history[-1].facts == {"why": "recorded_by_mistake"}


# Reminders

LAST = date(2027, 3, 1)
LADDER = Deadlines((LAST,), PARIS, NOW)


@pytest.mark.parametrize("days", BEFORE_DAYS)
def test_a_step_is_reached_when_its_day_begins_there_and_not_before(days):
    begins = end_of_day(LAST - timedelta(days=days + 1), PARIS)
    rung = f"in_{days}_days"

    assert [one.rung for one in LADDER.to_tell(begins)] == [rung]
    assert rung not in [one.rung for one in LADDER.to_tell(begins - timedelta(seconds=1))]


def test_a_claim_lapses_when_its_last_day_has_ended_there():
    end = end_of_day(LAST, PARIS)

    assert [one.rung for one in LADDER.to_tell(end - timedelta(seconds=1))] == ["in_7_days"]
    assert [one.rung for one in LADDER.to_tell(end)] == ["lapsed"]
    assert LADDER.next_after(end) is None


@given(
    st.dates(date(2027, 1, 1), date(2029, 12, 31)),
    st.sampled_from([PARIS, "Asia/Tokyo", "Pacific/Honolulu", "Pacific/Auckland"]),
)
def test_following_the_clock_tells_each_step_once_in_order(last, zone_name):
    clock, now, told = Deadlines((last,), zone_name, NOW), NOW, []
    while (at := clock.next_after(now)) is not None:
        now = at
        told += [one.rung for one in clock.to_tell(now)]

    assert told == ["in_90_days", "in_30_days", "in_7_days", "lapsed"][-len(told) :]
    assert (last - NOW.date()).days < 90 or len(told) == 4


@given(st.lists(st.integers(0, 400), max_size=40))
def test_looking_at_any_times_in_any_order_never_tells_a_step_under_two_names(hours):
    told = {one for hour in hours for one in LADDER.to_tell(NOW + timedelta(hours=hour * 12))}

    assert len({one.episode("e1") for one in told}) == len({one.rung for one in told})


def test_the_hours_of_each_step_end_with_the_last_day():
    end = end_of_day(LAST, PARIS)
    for days in BEFORE_DAYS:
        step = LADDER.to_tell(end_of_day(LAST - timedelta(days=days + 1), PARIS))[0]
        assert step.since + timedelta(days=days + 1) == end


def test_a_missing_fact_is_asked_for_after_a_week_and_no_lapse_is_told():
    clock = Deadlines((), PARIS, NOW, ("left_on",))

    assert clock.to_tell(NOW + ASK_AFTER - timedelta(seconds=1)) == ()
    assert [one.rung for one in clock.to_tell(NOW + ASK_AFTER)] == ["fact_missing"]
    assert clock.next_after(NOW) == NOW + ASK_AFTER
    assert clock.next_after(NOW + ASK_AFTER) is None


def test_a_month_counts_as_the_rule_counts_it():
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
