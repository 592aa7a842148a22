"""FedEx tracking: the questions (Track API v1) and the reading of answers and of pushes.

A push (Advanced Integrated Visibility) carries the same results as an answer, in the same envelope or as a
flat ``{"trackResults": [...]}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.carriers.contract import Answer, FoundWaybill, HttpRequest
from chalicelib.carriers.fedex.headline import summary_of
from chalicelib.carriers.fedex.scans import ScanReader
from chalicelib.carriers.fedex.shapes import TrackResult, read_result
from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.numbers import normalise
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import Problem, Reading, Tracking

NUMBERS_PER_CALL = 30
LOOKED_BACK, LOOKED_AHEAD = timedelta(days=30), timedelta(days=14)
JSON_HEADERS = {"content-type": "application/json", "x-locale": "en_US"}
_FINAL_ENDINGS = (".INVALID", ".EMPTY", ".REQUIRED", ".MISSING")
_LONGEST_TEXT, _LONGEST_CODE = 200, 80


def track_requests(numbers: Sequence[str]) -> tuple[HttpRequest, ...]:
    """Questions for these numbers, 30 to a call (a batch counts as one request against FedEx's quota)."""
    return tuple(
        _question("/track/v1/trackingnumbers", {
            "includeDetailedScans": True,
            "trackingInfo": [{"trackingNumberInfo": {"trackingNumber": number}} for number in some],
        })
        for some in (numbers[at : at + NUMBERS_PER_CALL] for at in range(0, len(numbers), NUMBERS_PER_CALL))
    )  # fmt: skip


def reference_lookup_request(reference: str, now: datetime, account: str | None = None) -> HttpRequest:
    """Which waybills carry our reference: how an unknown outcome of buying one is settled.

    FedEx looks among the shipments of ``account`` and refuses the question without it.
    """
    asked = {
        "type": "CUSTOMER_REFERENCE",
        "value": reference,
        "accountNumber": account,
        "carrierCode": "FDXE",
        "shipDateBegin": (now - LOOKED_BACK).date().isoformat(),
        "shipDateEnd": (now + LOOKED_AHEAD).date().isoformat(),
    }
    known = {name: value for name, value in asked.items() if value is not None}
    return _question("/track/v1/referencenumbers", {"includeDetailedScans": True, "referencesInformation": known})


def read_reference(answer: Answer, now: datetime) -> FoundWaybill | None:
    """The one waybill that carries our reference. None when there is none, when it was cancelled, and when there
    are several: then a person must look. Raises ``CarrierUnreadable``.
    """
    reading = read_answer(answer.body, now, "fedex")
    alive = {found.number: found for found in reading.trackings if not _is_cancelled(found)}
    if len(alive) != 1:
        return None
    (found,) = alive.values()
    return FoundWaybill(found.number, date.fromisoformat(found.ship_date) if found.ship_date else now.date())


def read_answer(body: bytes, now: datetime, source: str) -> Reading:
    """Everything a Track answer or a push says.

    Raises ``CarrierUnreadable`` when it is neither; a number not found, a refused item and an unreadable
    scan are problems of the reading.
    """
    answer = read_json(body)
    if not isinstance(answer, dict):
        raise CarrierUnreadable("a tracking answer is an object")
    trackings: list[Tracking] = []
    problems = _faults(None, answer.get("errors"))
    for number, raw in _results(answer, problems):
        tracking, more = _read_result(number, raw, now, source)
        problems += more
        if tracking is not None:
            trackings.append(tracking)
    if not trackings and not problems:
        problems.append(Problem(None, "no_results", "the answer names no shipment", retryable=True))
    return Reading(tuple(trackings), tuple(problems))


def _is_cancelled(tracking: Tracking) -> bool:
    return any(event.milestone == "cancelled" for event in tracking.events)


def _results(answer: Mapping[str, Any], problems: list[Problem]) -> Iterator[tuple[object, object]]:
    """Each result with the number it was asked by; what is wrong with the envelope goes to ``problems``."""
    output = answer.get("output", answer)
    if not isinstance(output, dict) or not ("completeTrackResults" in output or "trackResults" in output):
        if not problems:
            raise CarrierUnreadable("neither results nor errors")
        return
    problems += _faults(None, output.get("alerts"))
    whole = output.get("completeTrackResults", [output])
    for asked in _list(whole, None, problems):
        if isinstance(asked, dict):
            number = asked.get("trackingNumber")
            yield from ((number, raw) for raw in _list(asked.get("trackResults"), number, problems))
        else:
            problems.append(Problem(None, "result_unreadable", "a result is no object", retryable=False))


def _list(raw: object, number: object, problems: list[Problem]) -> list[object]:
    if isinstance(raw, list) and raw:
        return raw
    code = "no_results" if raw is None or raw == [] else "result_unreadable"
    problems.append(Problem(_number(number), code, "no list of results", retryable=code == "no_results"))
    return []


def _read_result(asked: object, raw: object, now: datetime, source: str) -> tuple[Tracking | None, list[Problem]]:
    result, unread = read_result(raw)
    if result is None:
        return None, [Problem(_number(asked), "result_unreadable", "a result is no object", retryable=False)]
    info = result.get("trackingNumberInfo") or {}
    theirs = _number(info.get("trackingNumber"))
    ours = _number(asked)
    number = ours or theirs
    if number is None:
        return None, [Problem(None, "number_unreadable", "a result without a tracking number", retryable=False)]
    reader = ScanReader(number, source, now)
    for part in unread:
        reader.lost("part_unreadable", part)
    if theirs not in (None, number) or (asked is not None and ours is None):
        reader.lost("number_differs", "the number asked for is not the number of the result")
    reader.problems += _faults(number, result.get("error"))
    return _tracking(result, info.get("trackingNumberUniqueId"), reader), reader.problems


def _tracking(result: TrackResult, unique_id: str | None, reader: ScanReader) -> Tracking | None:
    if not result.get("scanEvents") and not result.get("latestStatusDetail"):
        if not reader.problems:
            reader.lost("no_tracking_data", "a result without scans, status or error")
        return None
    events = reader.read(result.get("scanEvents") or [])
    tracking = summary_of(result, unique_id, tuple(events), reader)
    if not tracking.events:
        reader.problems.append(Problem(reader.number, "no_scans", "no scan was reported", retryable=True))
    return tracking


def _faults(number: str | None, raw: object) -> list[Problem]:
    """FedEx's ``error``, ``errors`` and ``alerts``: objects, or one string ``CODE - text``; notes are no faults."""
    if not raw:
        return []
    if isinstance(raw, str):
        name, _, words = raw.partition(" - ")
        raw = {"code": name.strip(), "message": words.strip()}
    said = [fault if isinstance(fault, dict) else {} for fault in (raw if isinstance(raw, list) else [raw])]
    return [_fault(number, fault) for fault in said if fault.get("alertType") not in ("NOTE", "INFO")]


def _fault(number: str | None, said: Mapping[str, object]) -> Problem:
    code, text = said.get("code"), said.get("message")
    kept = code if isinstance(code, str) and code.isprintable() and 0 < len(code) <= _LONGEST_CODE else "unnamed_fault"
    sentence = text[:_LONGEST_TEXT] if isinstance(text, str) and text.isprintable() else ""
    return Problem(number, kept, sentence, retryable=not kept.endswith(_FINAL_ENDINGS))


def _number(sent: object) -> str | None:
    """A tracking number fit to be a key, or None. What was asked for is not judged by its check digit."""
    return normalise(sent) if isinstance(sent, str) else None


def _question(path: str, said: Mapping[str, Any]) -> HttpRequest:
    return HttpRequest("POST", path, JSON_HEADERS, json.dumps(said).encode(), reads_only=True)
