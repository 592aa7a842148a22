"""Ways by which a courier or a waybill could be ordered twice though every call is claimed: none of them does it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.carriers.contract import HttpRequest
from chalicelib.errors import ConflictError, StaleVersion
from chalicelib.workflows.ports import HttpResponse
from chalicelib.workflows.take_steps import take_step
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.faults.gate import Crash
from tests.faults.world import MONDAY
from tests.workflows.couriers import CourierDesk, json_answer

BOOK = {"fedex": "/pickup/v1/pickups", "dhl": "/pickups"}
BUY = {"fedex": "/ship/v1/shipments", "dhl": "/shipments"}
REFUSAL = {
    "errors": [{"code": "NOT.TODAY", "message": "no"}],
    "title": "Bad request",
    "detail": "8008: no",
    "status": 400,
}
HOUR = timedelta(hours=1)


def resolved(desk: CourierDesk, kind: str, outcome: str) -> dict[str, Any]:
    verdict = Verdict("resolve", "anna", note="asked by telephone", outcome=outcome)
    return act_on_exception(desk.ports, desk.exception(kind).exception_id, verdict, desk.world.now)


def is_order(request: HttpRequest, path: str) -> bool:
    return (request.method, request.path) == ("POST", path)


@pytest.mark.parametrize("carrier", BOOK)
def test_a_refused_courier_is_not_ordered_again_where_another_was_asked_for_since(carrier: str) -> None:
    """The exception about the first still stands open when the second is booked; "it was not booked" is its answer."""
    desk, refuses = CourierDesk(carrier), [True]
    desk.interpose(lambda asked: json_answer(400, REFUSAL) if is_order(asked, BOOK[carrier]) and refuses[0] else None)
    desk.booked()
    refuses[0] = False
    desk.ask("2026-11-24", "12:00", "17:00")
    desk.world.pump()
    assert desk.couriers[0] == 1
    resolved(desk, "booking_refused", "not_booked")
    desk.world.pump()
    assert desk.couriers[0] == 1
    assert [one.status for one in desk.all_bookings("pickup")] == ["refused", "done"]
    assert desk.troubles == []


@pytest.mark.parametrize("carrier", BOOK)
def test_a_refused_courier_whose_successor_was_refused_too_may_be_ordered_again(carrier: str) -> None:
    desk, refuses = CourierDesk(carrier), [True]
    desk.interpose(lambda asked: json_answer(400, REFUSAL) if is_order(asked, BOOK[carrier]) and refuses[0] else None)
    desk.booked()
    desk.ask("2026-11-24", "12:00", "17:00")
    desk.world.pump()
    refuses[0] = False
    resolved(desk, "booking_refused", "not_booked")
    desk.world.pump()
    assert desk.couriers[0] == 1
    assert sorted(one.status for one in desk.all_bookings("pickup")) == ["done", "refused"]


@pytest.mark.parametrize("outcome", ["booked", "not_booked"])
@pytest.mark.parametrize("carrier", BOOK)
def test_a_person_does_not_decide_about_a_courier_who_is_being_ordered_at_this_moment(
    carrier: str, outcome: str
) -> None:
    """It was given up as stuck, a late message takes it up again, and the person answers during the call."""
    desk, told = CourierDesk(carrier), []
    desk.interpose(lambda asked: json_answer(408, {}) if is_order(asked, BOOK[carrier]) else None)
    desk.booked()
    (unknown,) = desk.all_bookings("pickup")
    assert unknown.status == "unknown"
    resolved(desk, "pickup_unknown", "not_booked")

    def during_the_call(asked: HttpRequest) -> HttpResponse | None:
        if is_order(asked, BOOK[carrier]) and not told:
            told.append(asked)
            verdict = Verdict("resolve", "ben", note="n", outcome=outcome, confirmation="C1")
            with pytest.raises(ConflictError):
                act_on_exception(desk.ports, stuck.exception_id, verdict, desk.world.now)
        return None

    desk.world.ports = desk.ports = desk.world._ports()
    desk.interpose(during_the_call)
    stuck = raised_again(desk)
    desk.world.pump()
    assert told
    assert desk.couriers[0] == 1


def raised_again(desk: CourierDesk) -> Any:
    """A second exception about the same pickup, which nobody has answered yet."""
    from chalicelib.workflows.alert_words import alert_of_booking
    from chalicelib.workflows.raise_alert import take_alert

    (pickup,) = desk.all_bookings("pickup")
    take_alert(
        desk.ports, json.loads(json.dumps(alert_of_booking(pickup, "booking_stuck", desk.world.now))), desk.world.now
    )
    return desk.exception("booking_stuck")


@pytest.mark.parametrize("status", [302, 307, 400, 404, 408, 409, 418, 422, 500, 502, 504])
@pytest.mark.parametrize("which", [BUY, BOOK], ids=["waybill", "pickup"])
@pytest.mark.parametrize("carrier", BOOK)
def test_an_order_that_was_carried_out_behind_a_gateways_own_page_is_made_once(
    carrier: str, which: dict[str, str], status: int
) -> None:
    """The carrier acts, and what comes back is a page of whatever stands before it: looked up, else for a person."""
    desk, made = CourierDesk(carrier), []

    def answers(asked: HttpRequest) -> HttpResponse | None:
        if not is_order(asked, which[carrier]):
            return None
        made.append(asked)
        desk.world.wire.call("mydhl" if carrier == "dhl" else "fedex", asked)
        return HttpResponse(status, {"content-type": "text/html"}, b"<html>gateway</html>")

    desk.interpose(answers)
    desk.booked()
    for hours in range(1, 20):
        desk.world.sweep_at(MONDAY + hours * HOUR)
        desk.world.pump()
    assert len(made) == 1
    assert desk.couriers[0] == 1
    expected = ("done", "label_lost") if which is BUY else ("unknown", "pickup_unknown")
    assert (desk.booking("waybill" if which is BUY else "pickup").status, desk.troubles[0][0]) == expected


def steps_of(desk: CourierDesk) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in desk.world.queues.waiting if one.queue == "steps"]


class Slow:
    """Cases seen by a worker who is slow: right after its first reading everything else happens."""

    def __init__(self, cases: Any, name: str, happens: Callable[[], None]) -> None:
        self._cases, self._name, self._happens = cases, name, happens

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._cases, name)

        def call(*args: Any, **named: Any) -> Any:
            happens = self._happens if name == self._name else lambda: None
            if name == self._name:
                self._happens = lambda: None
            if name == "commit":
                happens()
                return found(*args, **named)
            answer = found(*args, **named)
            happens()
            return answer

        return call


def test_a_courier_called_off_by_a_person_is_ordered_anew_once_though_the_message_came_to_two_workers() -> None:
    """The second worker has read the case before the first one recorded, and writes after the new courier stands."""
    desk = CourierDesk("fedex").booked()
    wire = desk.ports.link
    desk.mute("PUT", "/pickup/v1/pickups/cancel")
    desk.change("2026-11-24", "12:00", "17:00")
    desk.world.pump()
    desk.ports = desk.world.ports = replace(desk.ports, link=wire)
    resolved(desk, "pickup_cancel_unknown", "done")
    (message,) = steps_of(desk)
    slow = replace(desk.ports, cases=Slow(desk.ports.cases, "file", desk.world.pump))
    with pytest.raises(StaleVersion):
        take_step(slow, message, desk.world.now)
    take_step(desk.ports, message, desk.world.now + HOUR)
    desk.world.pump()
    assert desk.couriers == (2, 0, 1)
    assert desk.pickup["state"] == "booked"


@pytest.mark.parametrize("carrier", BOOK)
def test_a_courier_who_is_claimed_between_a_persons_look_and_their_word_is_ordered_once(carrier: str) -> None:
    desk, claimed = CourierDesk(carrier), []
    desk.interpose(lambda asked: json_answer(408, {}) if is_order(asked, BOOK[carrier]) else None)
    desk.booked()
    resolved(desk, "pickup_unknown", "not_booked")
    stuck, plain = raised_again(desk), desk.world._ports()

    def told_during_the_call(asked: HttpRequest) -> HttpResponse | None:
        """The person's word is written while the first worker waits for its answer."""
        if is_order(asked, BOOK[carrier]) and not claimed:
            claimed.append(asked)
            raise Crash
        return None

    def a_worker_claims_it_and_dies() -> None:
        desk.world.ports = desk.ports = plain
        desk.interpose(told_during_the_call)
        with pytest.raises(Crash):
            take_step(desk.ports, steps_of(desk)[0], desk.world.now)

    slow = replace(plain, cases=Slow(plain.cases, "commit", a_worker_claims_it_and_dies))
    with pytest.raises(ConflictError):
        act_on_exception(
            slow, stuck.exception_id, Verdict("resolve", "ben", note="n", outcome="not_booked"), desk.world.now
        )
    assert claimed
    assert desk.all_bookings("pickup")[0].status == "claimed"


def test_a_courier_called_off_while_he_was_being_moved_is_never_shown_as_coming() -> None:
    """The case is cancelled during the call that moves him: what came of it a person looks at."""
    desk, moved = CourierDesk("dhl").booked(), []

    def answers(asked: HttpRequest) -> HttpResponse | None:
        if asked.method != "PATCH" or moved:
            return None
        moved.append(asked)
        told = desk.world.wire.call("mydhl", asked)
        desk.cancel()
        for step in steps_of(desk):
            take_step(desk.ports, step, desk.world.now)
        return told

    desk.interpose(answers)
    desk.change("2026-11-25", "09:00", "13:00")
    desk.world.pump()
    assert desk.couriers == (1, 1, 1)
    assert desk.all_bookings("pickup")[0].status == "cancelled"
    assert [kind for kind, _ in desk.troubles] == ["pickup_change_unknown"]
