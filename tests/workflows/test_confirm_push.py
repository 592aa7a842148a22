"""DHL asks whether its pushes are wanted; the answer goes where we know DHL to be, once the question is proven."""

from __future__ import annotations

import json

import pytest

from chalicelib.errors import CarrierUnavailable, InvalidRequestError, SignatureMismatch
from chalicelib.workflows.confirm_push import confirm_push
from chalicelib.workflows.ports import HttpResponse
from chalicelib.workflows.take_tracking import accept_webhook, take_body
from tests.workflows.desk import MONDAY, Desk
from tests.workflows.test_book_leg import _with_link

TOKEN = {"goldthread-hook-token": "current-hook-token"}
SELF = "https://elsewhere.example/tracking/push/v1/subscription/8f1c-22"


def pushed(desk: Desk, **said: str) -> None:
    """A push comes in by the webhook and is taken by the worker."""
    body = json.dumps(said).encode()
    accept_webhook(desk.ports, "dhl", body, TOKEN, request_id="r", now=MONDAY)
    (queued,) = desk.waiting("tracking")
    take_body(desk.ports, json.loads(queued), MONDAY)


def answering(desk: Desk, status: int) -> list:
    """DHL answers every call with this status; the calls are returned."""
    calls: list = []

    class Scripted:
        def call(self, host, request):
            calls.append((host, request))
            return HttpResponse(status, {}, b"")

    desk.ports = _with_link(desk.ports, Scripted())
    return calls


def test_the_question_is_answered_at_the_configured_address_and_not_where_it_says_it_comes_from():
    desk = Desk()
    calls = answering(desk, 204)
    pushed(desk, scope="subscription.validate", self=SELF, secret="abc-123")
    (step,) = map(json.loads, desk.waiting("steps"))
    confirm_push(desk.ports, step, MONDAY)
    ((host, request),) = calls
    assert (host, request.method, request.path) == (
        "dhl_unified",
        "POST",
        "/tracking/push/v1/subscription/8f1c-22",
    )
    assert request.headers["DHL-API-Hook-Secret"] == "abc-123"
    assert "elsewhere" not in repr((request.path, dict(request.headers)))


@pytest.mark.parametrize("scope", ["subscription.activate", "subscription.ready"])
def test_what_else_is_said_about_a_subscription_troubles_nobody(scope):
    desk = Desk()
    pushed(desk, scope=scope, self=SELF)
    assert (desk.waiting("steps"), desk.waiting("alerts")) == ([], [])


def test_a_question_without_our_token_is_refused_at_the_door():
    desk = Desk()
    body = json.dumps({"scope": "subscription.validate", "self": SELF, "secret": "abc-123"}).encode()
    with pytest.raises(SignatureMismatch):
        accept_webhook(desk.ports, "dhl", body, {"goldthread-hook-token": "guessed"}, request_id="r", now=MONDAY)
    assert desk.waiting("tracking") == []


def test_while_the_carrier_is_away_the_answer_is_given_later():
    desk = Desk()
    answering(desk, 429)
    pushed(desk, scope="subscription.validate", self=SELF, secret="abc-123")
    (step,) = map(json.loads, desk.waiting("steps"))
    with pytest.raises(CarrierUnavailable):
        confirm_push(desk.ports, step, MONDAY)


def test_a_carrier_that_never_asks_is_answered_nothing():
    with pytest.raises(InvalidRequestError):
        confirm_push(Desk().ports, {"carrier": "fedex", "raw_digest": "0"}, MONDAY)
