"""A carrier that books another day than was asked for: somebody is told, and the case shows both days."""

from __future__ import annotations

import json
from dataclasses import replace

from chalicelib.carriers.contract import HttpRequest
from chalicelib.workflows.ports import HttpResponse
from tests.workflows.couriers import HOST, CourierDesk


def booked_for(on: str) -> CourierDesk:
    """DHL answers a booking with this day."""
    desk = CourierDesk("dhl")

    def answers(request: HttpRequest) -> HttpResponse | None:
        if not request.path.startswith("/pickups") or request.method not in ("POST", "PATCH"):
            return None
        told = desk.world.wire.call(HOST["dhl"], request)
        return replace(told, body=json.dumps({**json.loads(told.body), "nextPickupDate": on}).encode())

    desk.interpose(answers)
    return desk.booked()


def test_a_courier_booked_for_another_day_than_asked_is_told_with_both_days():
    desk = booked_for("2026-11-25")
    assert desk.troubles == [("pickup_on_another_day", "another_day")]
    note = desk.exception("pickup_on_another_day").history[0].note
    assert "2026-11-24" in note
    assert "2026-11-25" in note
    assert (desk.booking("pickup").result["on"], desk.booking("pickup").result["asked_for"]) == (
        "2026-11-25",
        "2026-11-24",
    )


def test_a_courier_booked_for_the_day_asked_for_troubles_nobody():
    desk = booked_for("2026-11-24")
    assert desk.troubles == []
    assert "asked_for" not in desk.booking("pickup").result


def test_a_courier_moved_to_another_day_than_asked_is_told_too():
    desk = booked_for("2026-11-24")
    desk.change("2026-11-26", "12:00", "17:00")
    desk.world.pump()
    assert desk.troubles == [("pickup_on_another_day", "another_day")]
    assert desk.booking("pickup").result["asked_for"] == "2026-11-26"
