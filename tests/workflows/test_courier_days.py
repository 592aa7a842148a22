"""The carrier is asked when a courier comes, right before he is ordered; what it does not offer is not booked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.errors import CarrierUnavailable
from chalicelib.workflows.pickup_windows import WindowsAsked, pickup_windows
from tests.faults.world import MONDAY
from tests.workflows.couriers import CourierDesk, json_answer

ASKED = "/pickup/v1/pickups/availabilities"
BOOKED = "/pickup/v1/pickups"


def offering(*options: dict, carrier: str = "fedex") -> CourierDesk:
    """FedEx says this of its days."""
    desk = CourierDesk(carrier)
    told = [{"carrier": "FDXE", "scheduleDay": "FUTURE_DAY", **option} for option in options]
    desk.interpose(lambda request: json_answer(200, {"output": {"options": told}}) if request.path == ASKED else None)
    return desk


def day(on: str, available: bool = True, **more) -> dict:
    return {"pickupDate": on, "available": available, **more}


def windows_of(desk: CourierDesk, now: datetime, days: int = 3) -> list[dict]:
    asked = WindowsAsked("fedex", "INTERNATIONAL_PRIORITY", "FR", "75011", None, None, days)
    return pickup_windows(desk.ports, asked, now)["days"]


def test_a_day_that_is_not_offered_is_not_booked_and_the_days_that_are_stand_before_a_person():
    desk = offering(day("2026-11-24", False), day("2026-11-25"), day("2026-11-26"))
    desk.booked()
    assert desk.world.carrier.memory.pickups == []
    assert desk.troubles == [("pickup_not_offered", "day_not_offered")]
    assert (desk.pickup["state"], desk.pickup["offered"]) == ("refused", ["2026-11-25", "2026-11-26"])


def test_when_the_customer_takes_an_offered_day_the_courier_comes_and_the_exception_closes():
    desk = offering(day("2026-11-24", False), day("2026-11-25"))
    desk.booked()
    assert desk.change("2026-11-25")["pickup_id"] == "1-1"
    desk.world.pump()
    desk.world.sweep_at(datetime(2026, 11, 24, 5, 30, tzinfo=UTC))
    assert (desk.pickup["state"], desk.pickup["on"], desk.couriers) == ("booked", "2026-11-25", (1, 0, 0))
    assert desk.troubles == []


def test_after_the_cut_off_the_next_day_is_proposed_and_nothing_booked():
    desk = offering(day("2026-11-24", cutOffTime="12:00:00"), day("2026-11-25"))
    desk.open(desk.request, now=datetime(2026, 11, 24, 12, 30, tzinfo=UTC))
    desk.world.now = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
    desk.world.pump()
    assert desk.world.carrier.memory.pickups == []
    assert desk.troubles == [("pickup_not_offered", "cut_off_passed")]
    assert desk.pickup["offered"] == ["2026-11-25"]


def test_a_window_shorter_than_the_carrier_needs_is_not_stretched_beyond_what_the_customer_offered():
    desk = offering(day("2026-11-24", accessTime={"hours": 7, "minutes": 0}))
    desk.booked()
    assert desk.world.carrier.memory.pickups == []
    assert desk.troubles == [("pickup_not_offered", "window_too_short")]


def test_ready_and_close_are_moved_only_within_what_the_customer_offered():
    latest = {"latestTimeOptions": ["12:00:00", "15:00:00"], "readyTimeOptions": ["11:00:00", "12:00:00"]}
    desk = offering(day("2026-11-24", **latest))
    desk.booked()
    assert desk.couriers == (1, 0, 0)
    shown = (desk.pickup["from"], desk.pickup["until"])
    assert "10:00" <= shown[0] < shown[1] <= "16:00"


@pytest.mark.parametrize(
    "answer",
    [
        json_answer(500, {}),
        json_answer(400, {"errors": [{"code": "POSTALCODE.UNKNOWN", "message": "?"}]}),
        json_answer(200, {"output": {}}),
        json_answer(200, {"output": {"options": []}}),
    ],
    ids=["down", "refused", "unreadable", "nothing said"],
)
def test_a_carrier_that_cannot_say_when_it_comes_is_booked_all_the_same(answer):
    desk = CourierDesk()
    desk.interpose(lambda request: answer if request.path == ASKED else None)
    desk.booked()
    assert (desk.couriers, desk.troubles) == ((1, 0, 0), [])


def test_a_carrier_that_does_not_answer_the_question_is_booked_all_the_same():
    desk = CourierDesk()

    def silent(request):
        if request.path == ASKED:
            raise CarrierUnavailable("no answer")

    desk.interpose(silent)
    desk.booked()
    assert desk.couriers == (1, 0, 0)


def test_the_question_is_asked_before_the_claim_and_right_before_the_booking():
    desk = CourierDesk()
    seen: list[tuple[str, str]] = []

    def note(request):
        if request.path in (ASKED, BOOKED):
            seen.append((request.path, desk.booking("pickup").status))

    desk.interpose(note)
    desk.booked()
    assert seen == [(ASKED, "planned"), (BOOKED, "claimed")]


def test_a_change_to_a_day_that_is_not_offered_leaves_the_old_courier_as_he_stands():
    desk = CourierDesk().booked()
    told = {
        "output": {
            "options": [{"carrier": "FDXE", **day("2026-11-24", False)}, {"carrier": "FDXE", **day("2026-11-25")}]
        }
    }
    desk.interpose(lambda request: json_answer(200, told) if request.path == ASKED else None)
    desk.change("2026-11-24", "12:00", "17:00")
    desk.world.pump()
    assert (desk.couriers, desk.pickup["state"], desk.pickup["from"]) == ((1, 0, 0), "booked", "10:00")
    assert desk.troubles == [("pickup_cancel_refused", "day_not_offered")]


def test_a_window_that_has_begun_is_asked_for_from_now_on():
    desk = CourierDesk()
    at = datetime(2026, 11, 24, 11, 2, tzinfo=UTC)
    desk.open(desk.request, now=at)
    desk.world.now = at
    desk.world.pump()
    assert (desk.pickup["state"], desk.pickup["from"], desk.pickup["until"]) == ("booked", "12:05", "16:00")


def test_the_windows_shown_are_those_the_carrier_last_named_with_their_age():
    desk = offering(day("2026-11-24", cutOffTime="15:30:00", accessTime={"hours": 2, "minutes": 0}))
    assert [one["source"] for one in windows_of(desk, MONDAY)] == ["rule", "rule", "rule"]
    desk.booked()
    _, tuesday, _ = windows_of(desk, MONDAY + timedelta(minutes=90))
    assert (tuesday["source"], tuesday["cut_off"], tuesday["cut_off_at"]) == (
        "carrier",
        "15:30",
        "2026-11-24T14:30:00Z",
    )
    assert (tuesday["min_window_minutes"], tuesday["age_minutes"]) == (120, 89)


def test_an_answer_older_than_a_day_is_not_shown():
    desk = offering(day("2026-11-25", False))
    desk.booked()
    assert windows_of(desk, MONDAY + timedelta(hours=2))[2]["status"] == "not_offered"
    later = windows_of(desk, MONDAY + timedelta(hours=25))
    assert [one["source"] for one in later] == ["rule", "rule", "rule"]


@pytest.mark.parametrize("carrier", ["fedex", "dhl"])
@pytest.mark.parametrize("days", [1, 2, 5])
def test_a_courier_is_never_ordered_for_a_day_that_the_customer_did_not_name(carrier, days):
    """The message that was to order him is days late: which other day, the customer says."""
    desk = CourierDesk(carrier).opened()
    desk.world.now = MONDAY + timedelta(days=1 + days)
    desk.world.pump()
    assert desk.couriers == (0, 0, 0)
    assert desk.troubles == [("pickup_not_offered", "window_is_over")]
    assert (desk.pickup["state"], desk.pickup["on"]) == ("refused", "2026-11-24")
