"""DHL Shipment Tracking - Unified: the questions, and the reading of answers and of pushes.

One number per call and always ``service=express``: without it another division's shipment of the same number comes
back. An answer holds the history, newest first as a rule; a push holds the present status alone, so it is added and
never replaces. The headline is not the state: it is kept as an event only where no entry tells it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.dhl.tellings import Notes, problem_of
from chalicelib.carriers.dhl.unified_shapes import Shipment, read_shipment
from chalicelib.carriers.dhl.unified_shipment import reference_id, tracking_of
from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.numbers import normalise
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import Problem, Reading, Tracking

NUMBERS_PER_CALL = 1
PATH = "/track/shipments"
_HEADERS = {"accept": "application/json"}
_PUSH = "subscription.push"
_HANDSHAKES = {
    "subscription.validate": "DHL asks whether this subscription is ours: confirm it with its secret",
    "subscription.activate": "DHL is looking at the subscription before it begins",
    "subscription.ready": "the subscription is in force",
}


def unified_requests(numbers: Sequence[str]) -> tuple[HttpRequest, ...]:
    """One question for each number.

    >>> unified_requests(["1234567890"])[0].path
    '/track/shipments?trackingNumber=1234567890&service=express&language=en'
    """
    return tuple(
        HttpRequest(
            "GET",
            f"{PATH}?{urlencode({'trackingNumber': number, 'service': 'express', 'language': 'en'})}",
            _HEADERS,
            b"",
            reads_only=True,
        )
        for number in numbers
    )


def read_unified(body: bytes, now: datetime, source: str) -> Reading:
    """Everything an answer or a push of DHL Unified says, its problem bodies and handshakes included.

    Raises ``CarrierUnreadable`` when it is none of these. A handshake gives no trackings and one problem that says
    which.
    """
    answer = read_json(body)
    if not isinstance(answer, dict):
        raise CarrierUnreadable("a tracking answer is an object")
    scope = answer.get("scope")
    if scope is not None and scope != _PUSH:
        return Reading((), (_handshake(scope),))
    if "shipments" not in answer:
        told = problem_of(answer)
        if told is None and scope is None:
            raise CarrierUnreadable("neither shipments nor a problem")
        nothing = Problem(None, "no_results", "a push without shipments", retryable=False)
        return Reading((), (told or nothing,))
    problems: list[Problem] = []
    trackings = tuple(_trackings(answer["shipments"], now, source, problems))
    problems += _more(answer, trackings[0].number if trackings else None)
    if not trackings and not problems:
        problems.append(Problem(None, "no_results", "the answer names no shipment", retryable=True))
    return Reading(trackings, tuple(problems))


def _handshake(scope: object) -> Problem:
    known = _HANDSHAKES.get(scope) if isinstance(scope, str) else None
    if known is None or not isinstance(scope, str):
        return Problem(None, "subscription_unknown", "a message about a subscription in no list", retryable=False)
    return Problem(None, scope.replace(".", "_"), known, retryable=False)


def _trackings(raw: object, now: datetime, source: str, problems: list[Problem]) -> Iterator[Tracking]:
    if not isinstance(raw, list):
        problems.append(Problem(None, "result_unreadable", "shipments is no list", retryable=False))
        return
    read = [_numbered(entry, problems) for entry in raw]
    shared = Counter(number for number, _, _ in (one for one in read if one is not None))
    for one in read:
        if one is None:
            continue
        number, shipment, unread = one
        notes = Notes(number, source, now)
        for part in unread:
            notes.lost("part_unreadable", part)
        unique_id = _told_apart(shipment, notes) if shared[number] > 1 else None
        yield tracking_of(shipment, unique_id, notes)
        problems += notes.problems


def _numbered(raw: object, problems: list[Problem]) -> tuple[str, Shipment, tuple[str, ...]] | None:
    shipment, unread = read_shipment(raw)
    number = normalise((shipment or {}).get("id") or "")
    if shipment is None or number is None:
        problems.append(Problem(None, "number_unreadable", "a shipment without a readable id", retryable=False))
        return None
    return number, shipment, unread


def _told_apart(shipment: Shipment, notes: Notes) -> str | None:
    """What tells shipments of one id apart: their references; without any a person must look."""
    found = reference_id(shipment)
    if found is None:
        notes.lost("ambiguous_number", "several shipments share this number and nothing tells them apart")
    return found


def _more(answer: Mapping[str, Any], number: str | None) -> Iterator[Problem]:
    """Further pages, and the shipments other divisions may have under this number."""
    if answer.get("nextUrl"):
        yield Problem(number, "more_pages", "the answer has further pages that were not read", retryable=False)
    if answer.get("possibleAdditionalShipmentsUrl"):
        yield Problem(number, "more_shipments", "other services may have shipments of this number", retryable=True)
