"""Asking a carrier where parcels are, as many in one call as it allows; what it answers goes the way of story A.

Nothing is written for a number that has no news. A number the carrier does not know yet is awaiting its first scan,
not lost; the watch rules decide when that is too long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.carriers.channels import Polling
from chalicelib.carriers.registry import carrier, read_tracking
from chalicelib.errors import CarrierUnavailable, CarrierUnreadable, UnavailableError
from chalicelib.shipments.events import Problem, Reading
from chalicelib.workflows.alert_words import alert_of_unreadable
from chalicelib.workflows.carrier_calls import keys_of, open_line
from chalicelib.workflows.ports import HttpResponse, Ports
from chalicelib.workflows.take_tracking import apply_reading


def poll(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Ask for every number of ``{carrier, numbers}``; the legs that were answered about, as ``case/leg``.

    Raises ``CarrierUnavailable`` when the carrier cannot be asked now: the message comes again, and the numbers are
    due again in any case.
    """
    name = message["carrier"]
    way = _way_to_ask(ports, name)
    legs: set[str] = set()
    asked: list[str] = list(message["numbers"])
    for place, request in enumerate(way.requests(asked)):
        line = open_line(ports, name, way.access, now)
        if not ports.carriers.take_request(name, 100_000, now):
            raise CarrierUnavailable("today's quota of tracking requests is used up")
        batch = asked[place * way.numbers_per_call : (place + 1) * way.numbers_per_call]
        legs |= _take_answer(ports, name, way.source, line.call(request), batch, now)
    return legs


def _way_to_ask(ports: Ports, name: str) -> Polling:
    """The first way of asking for which our secret holds credentials, in the carrier's order of preference."""
    ways = carrier(name).polling
    for way in ways:
        if keys_of(ports, name, way.access) is not None:
            return way
    raise UnavailableError(f"no credentials to ask {name} where parcels are")


def _take_answer(
    ports: Ports, name: str, source: str, response: HttpResponse, asked: Sequence[str], now: datetime
) -> set[str]:
    """Apply one answer. A number that was asked for and is not in it at all is a problem like any other, not a parcel
    without news."""
    digest = ports.evidence.keep_raw(response.body)
    try:
        reading = read_tracking(source, response.body, now)
    except CarrierUnreadable as unreadable:
        ports.queues.send("alerts", [alert_of_unreadable(name, digest, now, f"{unreadable} (kept as raw/{digest})")])
        return set()
    refused = any(problem.number is None and problem.code != "no_results" for problem in reading.problems)
    told = {tracking.number for tracking in reading.trackings} | {problem.number for problem in reading.problems}
    passed_over = tuple(
        Problem(number, "not_answered", "asked for and passed over in the answer", retryable=False)
        for number in asked
        if number not in told and not refused
    )
    whole = Reading(reading.trackings, (*reading.problems, *passed_over))
    return apply_reading(ports, name, source, whole, digest, now)
