"""Of what the customer is owed a word, and of what not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.notices.facts import Happened
from chalicelib.notices.moments import Courier, Decided, History, Hold, Reached, owed
from chalicelib.notices.register import LEASE, Entry, Register

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACCEPTED = History(accepted_at=NOON)
COURIER = Courier(1, "1.1-20261124-1000-1600", NOON + HOUR, None)


def a_hold(name: str = "ab", **changed) -> Hold:
    return replace(Hold((name,), 1, NOON, None, freed=True, reason="customs_inspection", task="nothing"), **changed)


def sent(*keys: str, at: datetime = NOON, **covers: tuple[str, ...]) -> Register:
    return Register(tuple(Entry(key, "sent", at, covers.get(key, ())) for key in keys), version=1)


def keys(history: History, register: Register | None = None, now: datetime = NOON + HOUR) -> list[str]:
    return [one.key for one in owed(history, register or Register(), now)]


def test_nothing_happened_and_nothing_is_owed():
    assert keys(History()) == []


def test_what_was_told_is_not_told_again():
    assert keys(ACCEPTED, sent("accepted")) == []


def test_the_newest_moment_tells_what_the_older_ones_would_have():
    collected = replace(ACCEPTED, couriers=(COURIER,), collected=(Reached(1, NOON + HOUR),))
    (one,) = owed(collected, Register(), NOON + HOUR)
    assert (one.key, one.covers) == ("collected/1", ("accepted", "pickup_booked/1.1-20261124-1000-1600"))


def test_the_way_decides_which_is_newest_and_not_the_clocks_of_two_houses():
    early = replace(History(couriers=(COURIER,)), collected=(Reached(1, NOON - HOUR),))
    assert keys(early) == ["collected/1"]


def test_a_courier_at_other_hours_is_told_anew():
    moved = replace(COURIER, episode="1.1-20261125-0900-1300")
    told = sent("pickup_booked/1.1-20261124-1000-1600")
    assert keys(History(couriers=(moved,)), told) == ["pickup_booked/1.1-20261125-0900-1300"]


def test_hold_release_and_hold_again_are_two_holds():
    first = a_hold("ab", until=NOON + HOUR)
    second = a_hold("cd", since=NOON + 2 * HOUR)
    told = sent("held/ab", "released/ab")
    assert keys(History(holds=(first, second)), told, NOON + 3 * HOUR) == ["held/cd"]


def test_a_hold_that_ended_before_anybody_told_it_is_one_mail():
    (one,) = owed(History(holds=(a_hold(until=NOON + HOUR),)), Register(), NOON + HOUR)
    assert (one.key, one.covers) == ("released/ab", ("held/ab",))


def test_a_hold_keeps_its_notice_when_an_earlier_scan_of_it_turns_up():
    known_otherwise = a_hold(names=("cd", "ab"))
    assert keys(History(holds=(known_otherwise,)), sent("held/ab")) == []


def test_a_hold_in_which_the_customer_must_act_after_all_is_told_once_more():
    asking = a_hold(asked_at=NOON + HOUR, task="send_papers")
    assert keys(History(holds=(asking,)), sent("held/ab")) == ["held/ab:asked"]
    assert keys(History(holds=(asking,)), sent("held/ab", "held/ab:asked")) == []
    assert keys(History(holds=(a_hold(),)), sent("held/ab:asked")) == []


def test_a_parcel_that_was_lost_out_of_a_hold_was_not_released():
    assert keys(History(holds=(a_hold(until=NOON + HOUR, freed=False),)), sent("held/ab")) == []


def test_who_was_told_of_a_hold_hears_when_the_carrier_takes_it_back():
    assert keys(History(), sent("held/ab")) == ["released/ab"]
    assert keys(History(tracked=False), sent("held/ab")) == []


def test_a_day_after_it_happened_it_is_still_news_and_then_no_more():
    assert keys(ACCEPTED, now=NOON + DAY) == ["accepted"]
    assert keys(ACCEPTED, now=NOON + DAY + timedelta(seconds=1)) == ["summary/accepted"]


def test_after_an_outage_of_three_days_one_summary_tells_everything_in_order():
    history = History(
        accepted_at=NOON,
        couriers=(COURIER,),
        collected=(Reached(1, NOON + DAY),),
        holds=(a_hold(since=NOON + 2 * DAY, until=NOON + 3 * DAY),),
    )
    (one,) = owed(history, Register(), NOON + 3 * DAY)
    assert one.key == "summary/accepted"
    assert one.past == (
        Happened("accepted", NOON),
        Happened("pickup_booked", NOON + HOUR),
        Happened("collected", NOON + DAY),
        Happened("held", NOON + 2 * DAY),
        Happened("released", NOON + 3 * DAY),
    )


def test_what_happens_after_a_summary_is_news_again():
    history = replace(ACCEPTED, collected=(Reached(1, NOON + 3 * DAY),))
    told = Register((Entry("summary/accepted", "sent", NOON, ("accepted",)),), version=2)
    assert keys(history, told, NOON + 3 * DAY) == ["collected/1"]


def test_a_decision_is_told_by_itself_however_old_it_is():
    refused = History(decisions=(Decided("refused", NOON, "4"),))
    assert keys(refused, now=NOON + 5 * DAY) == ["decision/4"]


def test_a_return_that_a_person_accepted_is_told_so_once():
    decided = History(accepted_at=NOON, decisions=(Decided("approved", NOON, "4"),))
    assert keys(decided) == ["decision/4"]


def test_a_cancelled_return_has_nothing_else_to_tell():
    over = replace(ACCEPTED, couriers=(COURIER,), cancelled_at=NOON + HOUR)
    assert keys(over) == ["cancelled"]


def test_a_return_that_was_refused_waits_for_no_proof():
    refused = History(evidence_wanted_at=NOON, decisions=(Decided("refused", NOON, "4"),))
    assert keys(refused) == ["decision/4"]


def test_who_wants_no_notices_gets_a_decision_all_the_same():
    history = replace(ACCEPTED, decisions=(Decided("approved", NOON, "4"),), collected=(Reached(1, NOON),))
    assert keys(history, Register(opted_out_at=NOON, version=1)) == ["decision/4"]


def test_who_wants_notices_again_is_not_told_what_happened_meanwhile():
    since = Register(wanted_since=NOON + HOUR, version=2)
    later = replace(ACCEPTED, collected=(Reached(1, NOON + HOUR),))
    assert keys(ACCEPTED, since) == []
    assert keys(later, since, NOON + 2 * HOUR) == ["collected/1"]


def a_claim(key: str = "accepted", covers: tuple[str, ...] = ()) -> Register:
    return Register((Entry(key, "claimed", NOON, covers),), version=1)


def test_what_a_worker_has_in_hand_is_left_to_it():
    assert keys(ACCEPTED, a_claim(), NOON + LEASE - timedelta(seconds=1)) == []


def test_what_a_dead_worker_left_is_sent_again_as_it_was():
    history = replace(ACCEPTED, couriers=(COURIER,))
    (one,) = owed(history, a_claim("pickup_booked/1.1-20261124-1000-1600", ("accepted",)), NOON + LEASE)
    assert (one.key, one.covers) == ("pickup_booked/1.1-20261124-1000-1600", ("accepted",))


def test_a_summary_that_a_dead_worker_left_is_sent_again_with_the_same_moments():
    history = replace(ACCEPTED, collected=(Reached(1, NOON + DAY),))
    (one,) = owed(history, a_claim("summary/accepted", ("accepted", "collected/1")), NOON + 4 * DAY)
    assert one.past == (Happened("accepted", NOON), Happened("collected", NOON + DAY))


def test_what_a_dead_worker_left_and_is_no_news_any_more_is_told_by_the_summary():
    (one,) = owed(ACCEPTED, a_claim(), NOON + 2 * DAY)
    assert (one.key, one.covers) == ("summary/accepted", ("accepted",))
    after = a_claim().with_entry(Entry(one.key, "sent", NOON, one.covers))
    assert [entry.key for entry in after] == ["summary/accepted"]
    assert keys(ACCEPTED, after, NOON + 3 * DAY) == []


def test_what_a_dead_worker_left_is_not_sent_to_who_wants_no_notices_any_more():
    assert keys(ACCEPTED, replace(a_claim(), opted_out_at=NOON), NOON + HOUR) == []


@pytest.mark.parametrize("status", ["sent", "failed", "erased"])
def test_a_notice_that_ended_any_way_is_over(status):
    assert keys(ACCEPTED, Register((Entry("accepted", status, NOON),), version=1)) == []
