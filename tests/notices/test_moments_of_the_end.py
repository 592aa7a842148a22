"""Of what the customer is owed a word at the end of their return, and by what each word is told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.money import Money
from chalicelib.notices.moments import Courier, Decided, History, Hold, Lost, Mark, Reached, occasions, owed
from chalicelib.notices.register import LEASE, Entry, Register

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUOTE = Mark("quote", NOON, "1-1")
REFUND = Decided("refund", NOON, "s1", refund=Money(Decimal("1180.00"), "EUR"), settles=1)
PAID = Mark("paid", NOON + HOUR, "1")


def told(*keys: str) -> Register:
    return Register(tuple(Entry(key, "sent", NOON) for key in keys), version=1)


def keys(history: History, register: Register | None = None, now: datetime = NOON + HOUR) -> list[str]:
    return [one.key for one in owed(history, register or Register(), now)]


def test_what_its_carrier_delivered_and_we_took_in_is_told_once():
    both = History(arrived=(Reached(1, NOON),), received=(Reached(1, NOON + HOUR),))
    assert keys(both) == ["received/1"]
    assert keys(both, told("arrived/1")) == []
    assert keys(both, told("received/1")) == []


def test_what_we_took_in_though_its_carrier_never_said_so_is_told():
    assert keys(History(received=(Reached(1, NOON),))) == ["received/1"]


def test_an_arrival_that_was_told_stays_told_when_its_carrier_takes_it_back():
    assert keys(History(received=(Reached(1, NOON),)), told("arrived/1")) == []


@pytest.mark.parametrize("mark", [Mark("withdrawal_receipt", NOON, "1"), Mark("recall", NOON, "R-1")])
def test_what_the_law_wants_told_is_told_whatever_the_customer_wants_and_however_old(mark):
    opted_out = Register(opted_out_at=NOON - DAY, version=1)
    assert keys(History(marks=(mark,)), opted_out, NOON + 9 * DAY) == [f"{mark.moment}/{mark.episode}"]


def test_a_withdrawal_from_a_return_that_was_refused_or_cancelled_has_its_receipt():
    receipt = (Mark("withdrawal_receipt", NOON, "1"),)
    refused = History(decisions=(Decided("refused", NOON, "4"),), marks=receipt)
    assert keys(refused, told("decision/4")) == ["withdrawal_receipt/1"]
    assert keys(History(cancelled_at=NOON, marks=receipt), told("cancelled")) == ["withdrawal_receipt/1"]


def test_a_quote_is_told_by_itself_and_as_long_as_it_waits():
    history = History(marks=(QUOTE, Mark("repair_done", NOON, "2")))
    assert keys(history) == ["quote/1-1", "repair_done/2"]
    assert keys(History(marks=(QUOTE,)), now=NOON + 5 * DAY) == ["quote/1-1"]


def test_a_quote_is_not_told_to_who_wants_no_notices():
    assert keys(History(marks=(QUOTE,)), Register(opted_out_at=NOON - DAY, version=1)) == []


def test_who_hears_of_a_quote_for_the_first_time_is_not_reminded_of_it():
    history = History(marks=(QUOTE, Mark("quote_reminder", NOON, "1-1")))
    (one,) = owed(history, Register(), NOON)
    assert (one.key, one.covers) == ("quote/1-1", ("quote_reminder/1-1",))
    assert keys(history, told("quote/1-1")) == ["quote_reminder/1-1"]


def test_a_quote_that_a_dead_worker_left_is_sent_again_however_old():
    left = Register((Entry("quote/1-1", "claimed", NOON),), version=1)
    assert keys(History(marks=(QUOTE,)), left, NOON + LEASE + 2 * DAY) == ["quote/1-1"]


def test_a_refund_that_was_paid_before_its_decision_was_told_is_one_mail():
    (one,) = owed(History(decisions=(REFUND,), marks=(PAID,)), Register(), NOON + HOUR)
    assert (one.key, one.covers, one.required) == ("decision/s1", ("paid/1",), True)
    assert keys(History(decisions=(REFUND,), marks=(PAID,)), told("decision/s1")) == ["paid/1"]


def test_a_settlement_takes_the_acceptance_from_nobody():
    assert keys(History(accepted_at=NOON, decisions=(REFUND,))) == ["decision/s1", "accepted"]


def test_a_piece_that_is_sent_back_is_followed_to_the_door():
    refusal = Decided("sent_back", NOON, "s1", settles=1)
    history = History(decisions=(refusal,), collected=(Reached(2, NOON, out=True),))
    assert keys(history, told("decision/s1")) == ["sent_out/2"]


def test_the_way_out_has_its_own_moments_and_lies_behind_the_way_home():
    history = History(
        couriers=(Courier(2, "2.1", NOON, None, out=True),),
        collected=(Reached(1, NOON), Reached(2, NOON + HOUR, out=True)),
        arrived=(Reached(1, NOON + HOUR), Reached(2, NOON - HOUR, out=True)),
    )
    assert [one.key for one in occasions(history, Register(), NOON)] == [
        "collected/1", "arrived/1", "pickup_booked/2.1", "sent_out/2", "out_arrived/2",
    ]  # fmt: skip
    assert keys(history) == ["out_arrived/2"]


def test_a_hold_on_the_way_out_is_newer_than_all_that_was_told_of_the_way_home():
    hold = Hold(("ab",), 2, NOON - HOUR, None, freed=True, reason=None, task="nothing", out=True)
    assert keys(History(received=(Reached(1, NOON),), holds=(hold,))) == ["held/ab"]


def test_a_lost_parcel_is_told_once_and_so_is_that_it_was_found():
    lost = Lost(("ab", "cd"), 1, NOON, "lost")
    assert keys(History(lost=(lost,))) == ["lost/ab"]
    assert keys(History(lost=(replace(lost, names=("cd", "ab")),)), told("lost/ab")) == []
    found = replace(lost, found_at=NOON + HOUR)
    assert keys(History(lost=(found,)), told("lost/ab")) == ["released/ab"]
    assert keys(History(lost=(found,)), told("lost/ab", "released/ab")) == []


def test_who_was_told_of_a_loss_hears_when_its_carrier_takes_it_back():
    assert keys(History(), told("lost/ab")) == ["released/ab"]


def test_a_recall_says_what_an_acceptance_would_have_said():
    (one,) = owed(History(accepted_at=NOON, marks=(Mark("recall", NOON, "R-1"),)), Register(), NOON)
    assert (one.key, one.covers) == ("recall/R-1", ("accepted",))


def test_a_credit_that_is_there_before_its_decision_was_told_is_one_mail():
    credit, there = replace(REFUND, outcome="credit"), Mark("credited", NOON + HOUR, "1")
    (one,) = owed(History(decisions=(credit,), marks=(there,)), Register(), NOON + HOUR)
    assert (one.key, one.covers) == ("decision/s1", ("credited/1",))
    assert keys(History(decisions=(credit,), marks=(there,)), told("decision/s1")) == ["credited/1"]


def test_what_customs_seized_is_told_as_that_and_taken_back_when_it_is_released():
    seized = Lost(("ab",), 1, NOON, "seized")
    assert keys(History(lost=(seized,))) == ["seized/ab"]
    assert keys(History(lost=(replace(seized, found_at=NOON + HOUR),)), told("seized/ab")) == ["released/ab"]
    assert keys(History(), told("seized/ab")) == ["released/ab"]


def test_what_came_back_from_its_way_out_is_the_last_word_of_it():
    sent, back = Reached(2, NOON, out=True), Reached(2, NOON + HOUR, out=True)
    assert keys(History(collected=(sent,), back=(back,))) == ["out_back/2"]


def test_the_owner_of_a_piece_that_nobody_fetches_is_written_to_at_each_day_of_its_clock():
    first, second = Mark("unclaimed", NOON, "1-20261123-0"), Mark("unclaimed", NOON + 30 * DAY, "1-20261123-1")
    assert keys(History(marks=(first,))) == ["unclaimed/1-20261123-0"]
    assert keys(History(marks=(second,)), told("unclaimed/1-20261123-0"), NOON + 30 * DAY) == ["unclaimed/1-20261123-1"]
