"""A new piece went out before the old one came: until that is here somebody watches for it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.returns.custody import Receipt
from chalicelib.returns.inspection import PieceFound
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.close_case import close_case, close_if_done
from chalicelib.workflows.take_steps import take_step
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.watch_refund import step_of
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.faults.stories import RING
from tests.workflows.settling import DAY, HOUR, MONDAY, SettlingHouse, paid, request_paid

CASE, KIND = "case0001", "original_not_back"
RECEIPT = Receipt(CASE, 1, "SZX-1", MONDAY, "dock", Decimal("180"), "S-1", None, "intact")


def house_that_sent_first(state: str | None = "delivered", **request: Any) -> SettlingHouse:
    """The new ring is on its way or at its door, and nothing of the old one is here."""
    house = SettlingHouse(request_paid(**request) if request else None)
    house.put(stage="booked")
    house.approved(kind="advance_replacement", replacement_skus=("R-18K-02",))
    house.work()
    if state is not None:
        way = WayOut(CASE, 2, "replacement", (), "goldthread", MONDAY, settlement_n=1, advance=True)
        house.put(replace(way, state=state, changed_at=MONDAY + 3 * DAY))
    return house


def received(house: SettlingHouse, **changed: Any) -> None:
    house.put(replace(RECEIPT, received_at=house.now, **changed), stage="received", what="received")
    take_step(house.ports, step_of(CASE), house.now)
    house.work()


def test_an_original_that_never_comes_is_told_fourteen_days_after_its_replacement_was_delivered():
    house = house_that_sent_first()
    for days in (2, 9, 16):
        house.sweep(MONDAY + days * DAY)
        assert KIND not in house.open_kinds()
    house.sweep(MONDAY + 17 * DAY)
    (told,) = (one for one in house.file.exceptions if one.kind == KIND)
    assert (told.status, told.severity, told.reason) == ("open", "high", None)
    assert told.since == MONDAY + 17 * DAY


@pytest.mark.parametrize("state", ["sent", None])
def test_where_no_delivery_is_known_the_days_count_from_what_is(state):
    """On the road since Thursday, or not even that: then since it was settled."""
    house, since = house_that_sent_first(state), MONDAY + (3 * DAY if state else 0 * DAY)
    house.sweep(since + 14 * DAY - HOUR)
    assert KIND not in house.open_kinds()
    house.sweep(since + 14 * DAY)
    assert KIND in house.open_kinds()


def test_it_is_told_once_and_rests_between_two_looks():
    house = house_that_sent_first()
    for days in range(17, 60):
        house.sweep(MONDAY + days * DAY)
    assert [one.kind for one in house.file.exceptions].count(KIND) == 1
    looked = [entry for entry in house.file.log if entry.what == "original_watched"]
    assert len(looked) <= 9
    assert house.settlements[0].due_at > house.now


def test_it_closes_by_itself_when_the_original_is_received():
    house = house_that_sent_first()
    house.sweep(MONDAY + 18 * DAY)
    received(house)
    assert KIND not in house.open_kinds()
    house.sweep(MONDAY + 40 * DAY)
    assert (KIND in house.open_kinds(), house.settlements[0].due_at) == (False, None)


def test_it_closes_by_its_next_look_where_the_word_of_the_receipt_was_lost():
    house = house_that_sent_first()
    house.sweep(MONDAY + 18 * DAY)
    house.put(replace(RECEIPT, received_at=house.now), stage="received", what="received")
    house.sweep(MONDAY + 26 * DAY)
    assert KIND not in house.open_kinds()


def test_an_original_that_was_here_in_time_is_never_asked_for():
    house = house_that_sent_first()
    house.now = MONDAY + 10 * DAY
    received(house)
    house.sweep(MONDAY + 30 * DAY)
    assert KIND not in {one.kind for one in house.file.exceptions}
    assert house.settlements[0].due_at is None


def test_an_empty_parcel_is_no_original():
    house = house_that_sent_first()
    received(house, doubts=("nothing_inside",))
    house.sweep(MONDAY + 18 * DAY)
    assert KIND in house.open_kinds()


def test_the_ring_that_came_before_is_not_taken_for_the_one_that_was_replaced():
    """Two were sold; one came back and was refunded, for the other a new one went out first."""
    two = {"payment": paid(pieces=2), "items": (replace(RING, quantity=2),)}
    house = SettlingHouse(request_paid(**two))
    house.arrived()
    house.inspected(PieceFound(1, 1, 1, "as_sold", accepted_net_g=Decimal("5.20")))
    house.propose("refund")
    house.put(replace(house.settlements[0], state="done", due_at=None))
    house.propose("advance_replacement", lines=((1, 1),))
    house.approve("fin", "finance", "2")
    house.approve("law", "legal", "2")
    house.work()
    house.sweep(MONDAY + 14 * DAY)
    assert KIND in house.open_kinds()


def test_while_the_original_is_awaited_the_case_does_not_close_by_itself_and_a_person_can_close_it():
    house = house_that_sent_first()
    house.sweep(MONDAY + 18 * DAY)
    close_if_done(house.ports, CASE, house.now)
    assert house.stage != "closed"
    close_case(house.ports, CASE, reason="other", even_though=True, may_force=True, by="max", now=house.now)
    house.sweep(house.now + 8 * DAY)
    assert (house.stage, house.settlements[0].due_at) == ("closed", None)


def test_what_a_person_has_decided_about_it_is_not_asked_for_again():
    house = house_that_sent_first()
    house.sweep(MONDAY + 18 * DAY)
    (told,) = (one for one in house.file.exceptions if one.kind == KIND)
    verdict = Verdict("resolve", "max", note="the customer pays for it")
    act_on_exception(house.ports, told.exception_id, verdict, house.now)
    house.sweep(MONDAY + 40 * DAY)
    assert (KIND in house.open_kinds(), house.settlements[0].due_at) == (False, None)


def test_an_alert_that_was_lost_is_sent_by_the_next_look():
    house = house_that_sent_first()
    house.sweep(MONDAY + 16 * DAY)
    sent = house.ports.queues.send
    house.ports = replace(house.ports, queues=Deaf(sent))
    house.sweep(MONDAY + 17 * DAY)
    house.ports = replace(house.ports, queues=house.world.queues)
    house.sweep(MONDAY + 25 * DAY)
    assert KIND in house.open_kinds()


class Deaf:
    """Queues that lose every alert."""

    def __init__(self, send: Any) -> None:
        self._send = send

    def send(self, queue: str, messages: Any) -> None:
        if queue != "alerts":
            self._send(queue, messages)
