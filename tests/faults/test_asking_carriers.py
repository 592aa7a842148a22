"""A carrier that answers badly: too many calls, a token that ran out, an error inside a success, nothing readable."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.standing import Standing
from chalicelib.shipments.leg import Track
from chalicelib.workflows.poll_tracking import poll
from chalicelib.workflows.ports import HttpResponse
from tests.fakes.memory_ports import ScriptedLink, World, memory_ports
from tests.fakes.pieces import NOW, NUMBER, a_scan, a_track

ASK = {"carrier": "fedex", "numbers": [NUMBER]}
TOKEN = {"access_token": "t-1", "token_type": "bearer", "expires_in": 3600}
JSON = {"content-type": "application/json"}


def answered(status: int, body: Any, **headers: str) -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpResponse(status, {**JSON, **headers}, raw)


def refused(status: int, code: str, message: str = "no", **headers: str) -> HttpResponse:
    return answered(status, {"errors": [{"code": code, "message": message}]}, **headers)


def a_carrier(*answers: HttpResponse) -> tuple[World, list[str]]:
    """A world with one known parcel and a carrier that gives tokens and then these answers, the last for ever."""
    left, paths = list(answers), []

    def answer(_carrier: str, request: HttpRequest) -> HttpResponse:
        paths.append(request.path)
        if request.path == "/oauth/token":
            return answered(200, {**TOKEN, "access_token": f"t-{paths.count(request.path)}"})
        return left.pop(0) if len(left) > 1 else left[0]

    world = memory_ports(link=ScriptedLink(answer))
    world.ports.tracks.save(a_track(a_scan(0)))
    return world, paths


def standing(world: World) -> Standing:
    return world.ports.carriers.standing("fedex", "track")


def the_track(world: World) -> Track:
    (track,) = world.ports.tracks.file("fedex", NUMBER).tracks
    return track


def of_number(results: list[dict[str, Any]]) -> HttpResponse:
    wrapped = {"trackingNumber": NUMBER, "trackResults": results}
    return answered(200, {"output": {"completeTrackResults": [wrapped]}})


NOT_FOUND = of_number([{
    "trackingNumberInfo": {"trackingNumber": NUMBER},
    "error": {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "Tracking number cannot be found."},
}])  # fmt: skip


@pytest.mark.parametrize(
    "asked_for",
    [
        {"retry-after": "5"}, {"Retry-After": format_datetime(NOW + timedelta(seconds=5))}, {},
        {"retry-after": "31536000"}, {"retry-after": "-5"}, {"retry-after": "soon"}, {"retry-after": ""},
        {"retry-after": "9" * 400},
    ],
    ids=str,
)  # fmt: skip
def test_a_carrier_that_asks_for_fewer_calls_is_left_alone_as_a_whole_and_no_other_carrier_is(asked_for):
    world, paths = a_carrier(refused(429, "TOO.MANY.REQUESTS", **asked_for))
    poll(world.ports, ASK, NOW)
    until = standing(world).paused_until
    assert until is not None
    assert NOW < until <= NOW + timedelta(days=1)
    assert until <= the_track(world).due_at <= until + timedelta(minutes=10), "and asked about soon after"
    asked = len(paths)
    poll(world.ports, ASK, NOW)
    assert len(paths) == asked, "while it is left alone nobody calls"
    assert not world.ports.carriers.standing("dhl", "mydhl").version
    poll(world.ports, ASK, until)
    assert len(paths) > asked, "and afterwards it is asked again"


def test_the_daily_quota_is_waited_out_until_midnight():
    world, _ = a_carrier(refused(429, "TOO.MANY.REQUESTS", "You have reached your daily quota"))
    poll(world.ports, ASK, NOW)
    until = standing(world).paused_until
    assert until is not None
    assert (until.hour, until.minute) == (0, 0)


def test_a_number_that_is_not_known_yet_changes_nothing_and_alarms_nobody():
    world, _ = a_carrier(NOT_FOUND)
    before = world.ports.tracks.file("fedex", NUMBER)
    poll(world.ports, ASK, NOW)
    assert world.ports.tracks.file("fedex", NUMBER) == before
    assert world.queues.sent == {}


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"<html>502 Bad Gateway</html>", b'{"output":', b"{}{}", b'{"a":NaN}', b"\xff\xfe{"],
)
def test_a_success_with_no_answer_in_it_is_kept_and_told_to_a_person(body):
    world, _ = a_carrier(answered(200, body))
    before = world.ports.tracks.file("fedex", NUMBER)
    poll(world.ports, ASK, NOW)
    assert world.ports.tracks.file("fedex", NUMBER) == before
    (alert,) = world.queues.sent["alerts"]
    assert (alert["kind"], alert["subject"]) == ("carrier_unreadable", "fedex")
    assert body in world.evidence.objects.values()


@pytest.mark.parametrize("body", [b"{}", b'{"output":null}', b'{"output":{}}'])
def test_a_success_with_nothing_in_it_is_never_silence(body):
    world, _ = a_carrier(answered(200, body))
    poll(world.ports, ASK, NOW)
    assert [alert["kind"] for alert in world.queues.sent["alerts"]] == ["carrier_unreadable"]


def test_a_token_that_ran_out_in_the_middle_is_fetched_anew_once():
    rejected = refused(401, "NOT.AUTHORIZED.ERROR")
    world, paths = a_carrier(rejected, NOT_FOUND)
    poll(world.ports, ASK, NOW)
    assert paths.count("/oauth/token") == 2
    poll(world.ports, ASK, NOW)
    assert paths.count("/oauth/token") == 2, "the new one serves"


def test_a_carrier_that_takes_no_token_at_all_is_not_asked_for_tokens_in_a_loop():
    world, paths = a_carrier(refused(401, "NOT.AUTHORIZED.ERROR"))
    poll(world.ports, ASK, NOW)
    assert paths.count("/oauth/token") == 2
    assert len(paths) == 4
    assert standing(world).failures == 1


def test_while_one_worker_fetches_a_token_another_does_not_and_its_message_is_no_failure():
    world, paths = a_carrier(NOT_FOUND)
    assert world.ports.carriers.claim_refresh("fedex", "track", 0, NOW)
    poll(world.ports, ASK, NOW)
    assert paths == []
    assert NOW < the_track(world).due_at <= NOW + timedelta(minutes=11)


def test_a_carrier_that_is_down_costs_no_parcel_its_state():
    world, _ = a_carrier(answered(503, b"<html>down</html>"))
    before = the_track(world)
    for hours in range(72):
        poll(world.ports, ASK, NOW + timedelta(hours=hours))
    after = the_track(world)
    assert (after.state, after.events, after.version) == (before.state, before.events, before.version)
    assert [alert["kind"] for alert in world.queues.sent["alerts"]] == ["carrier_silent"]
