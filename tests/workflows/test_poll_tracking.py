"""Asking a carrier: in batches, and with nothing passed over in silence."""

from __future__ import annotations

import json
from datetime import timedelta

from chalicelib.workflows.poll_tracking import poll
from chalicelib.workflows.ports import HttpResponse
from tests.workflows.couriers import CourierDesk
from tests.workflows.desk import MONDAY, Desk
from tests.workflows.test_book_leg import _with_link


def answering(desk: Desk, *answers: HttpResponse) -> list[str]:
    """The carrier gives these answers to tracking questions, in order; the numbers asked for are returned."""
    asked: list[str] = []
    left = list(answers)

    class Scripted:
        def call(self, carrier, request):
            if request.path != "/track/v1/trackingnumbers":
                return desk.world.wire.call(carrier, request)
            said = json.loads(request.body)["trackingInfo"]
            asked.extend(one["trackingNumberInfo"]["trackingNumber"] for one in said)
            return left.pop(0)

    desk.ports = _with_link(desk.ports, Scripted())
    return asked


def an_answer(*results: dict) -> HttpResponse:
    return HttpResponse(200, {}, json.dumps({"output": {"completeTrackResults": list(results)}}).encode())


def not_found(number: str) -> dict:
    error = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "Tracking number cannot be found."}
    return {"trackingNumber": number, "trackResults": [{"error": error}]}


NUMBERS = ["794644790131", "794644790142"]


def test_a_number_not_found_yet_is_awaiting_its_first_scan_and_troubles_nobody():
    desk = Desk()
    answering(desk, an_answer(*map(not_found, NUMBERS)))
    assert poll(desk.ports, {"carrier": "fedex", "numbers": NUMBERS}, MONDAY) == set()
    assert desk.waiting("alerts") == []


def test_a_number_that_the_answer_passes_over_is_told_to_a_person():
    desk = Desk()
    answering(desk, an_answer(not_found(NUMBERS[0])))
    poll(desk.ports, {"carrier": "fedex", "numbers": NUMBERS}, MONDAY)
    (told,) = map(json.loads, desk.waiting("alerts"))
    assert told["kind"] == "carrier_unreadable"
    assert f"{NUMBERS[1]} not_answered" in told["detail"]


def test_an_answer_that_is_no_tracking_answer_is_kept_and_told():
    desk = Desk()
    answering(desk, HttpResponse(200, {}, b"<html>busy</html>"))
    poll(desk.ports, {"carrier": "fedex", "numbers": NUMBERS}, MONDAY)
    (told,) = map(json.loads, desk.waiting("alerts"))
    assert told["kind"] == "carrier_unreadable"
    assert b"<html>busy</html>" in desk.world.evidence.objects.values()


def test_thirty_one_numbers_are_asked_for_in_two_calls():
    desk = Desk()
    numbers = [f"79464479{n:04d}" for n in range(31)]
    asked = answering(desk, an_answer(*map(not_found, numbers[:30])), an_answer(not_found(numbers[30])))
    poll(desk.ports, {"carrier": "fedex", "numbers": numbers}, MONDAY)
    assert asked == numbers
    assert desk.waiting("alerts") == []


def standing(desk: Desk, way: str = "track", name: str = "fedex"):
    return desk.ports.carriers.standing(name, way)


def test_a_429_pauses_the_carrier_for_everybody_and_fails_no_message():
    desk = Desk()
    slow = HttpResponse(429, {}, b'{"errors":[{"code":"TOO.MANY","message":"slow down"}]}')
    asked = answering(desk, slow)
    for _ in range(3):
        assert poll(desk.ports, {"carrier": "fedex", "numbers": NUMBERS}, MONDAY) == set()
    assert asked == NUMBERS, "asked once, then left alone"
    assert standing(desk).count == 1, "what was not asked is not counted"
    assert standing(desk).failures == 0, "who asks for fewer calls is well"


def test_a_used_up_day_waits_for_midnight_gmt():
    desk = Desk()
    daily = HttpResponse(429, {}, b'{"errors":[{"code":"TOO.MANY","message":"Daily transaction quota exceeded."}]}')
    answering(desk, daily)
    poll(desk.ports, {"carrier": "fedex", "numbers": NUMBERS}, MONDAY)
    assert standing(desk).paused_until == MONDAY.replace(hour=0) + timedelta(days=1)


def test_a_rejected_token_is_refreshed_once():
    desk = Desk()
    stale = HttpResponse(401, {}, b'{"errors":[{"code":"NOT.AUTHORIZED.ERROR","message":"Access token expired"}]}')
    asked = answering(desk, stale, an_answer(*map(not_found, NUMBERS)))
    poll(desk.ports, {"carrier": "fedex", "numbers": NUMBERS}, MONDAY)
    assert asked == NUMBERS * 2


def test_a_token_rejected_twice_gives_up_instead_of_asking_for_ever():
    desk = Desk()
    stale = HttpResponse(401, {}, b'{"errors":[{"code":"NOT.AUTHORIZED.ERROR","message":"Access token expired"}]}')
    asked = answering(desk, stale, stale)
    assert poll(desk.ports, {"carrier": "fedex", "numbers": NUMBERS}, MONDAY) == set()
    assert asked == NUMBERS * 2
    assert standing(desk).failures == 1


def test_an_answer_that_names_no_shipment_at_all_is_told_number_by_number():
    desk = Desk()
    answering(desk, an_answer())
    poll(desk.ports, {"carrier": "fedex", "numbers": NUMBERS}, MONDAY)
    (told,) = map(json.loads, desk.waiting("alerts"))
    assert all(f"{number} not_answered" in told["detail"] for number in NUMBERS)


def test_a_page_of_something_before_the_carrier_is_no_word_about_any_number():
    """DHL says with a 404 that it knows no number; so does a gateway's page, which knows nothing of numbers."""
    desk = CourierDesk("dhl").booked()
    number = desk.file.legs[0].number
    page = HttpResponse(404, {"content-type": "text/html"}, b"<html><body>Not here.</body></html>")
    pages = iter([page])
    desk.interpose(lambda _: next(pages, None))
    desk.world.carrier.scan(number, "PU", "PARIS", "FR", MONDAY)
    poll(desk.ports, {"carrier": "dhl", "numbers": [number]}, MONDAY + timedelta(hours=1))
    assert desk.track.state.milestone == "picked_up"
