"""China Post tracking: the questions (040001, one number to a call) and the reading of answers and of pushes.

A scan is the same in an answer, in a push (040002, one scan, already opened) and in the older interface, but for the
name of the number. One scan that cannot be read becomes a problem and costs no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.ems.scans import ScanReader
from chalicelib.carriers.ems.wording import kept_text
from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.numbers import normalise, s10_country
from chalicelib.carriers.reused_numbers import parcels_of, shipped_on
from chalicelib.carriers.scan_fields import text_of
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import Problem, Reading, Tracking

PATH, TRACE_QUERY = "/", "040001"
NUMBERS_PER_CALL = 1
MAX_SCANS = 1_000
_OK = "00000"
_LISTS = ("responseItems", "traces")
_NUMBERS = ("waybillNo", "traceNo")
_NOT_YET = ("未查询到", "无查询信息", "查无", "无邮件信息", "未找到", "不存在")


def track_requests(numbers: Sequence[str]) -> tuple[HttpRequest, ...]:
    """One question for each number, as plain JSON: the envelope is made just before the call."""
    return tuple(
        HttpRequest(
            "POST",
            PATH,
            {"content-type": "application/json", "x-api-code": TRACE_QUERY},
            json.dumps({"waybillNo": number}).encode(),
            reads_only=True,
        )
        for number in numbers
    )


def read_answer(body: bytes, now: datetime, source: str) -> Reading:
    """Everything an answer to 040001, an opened push or a body of the older interface says.

    Raises ``CarrierUnreadable`` when it is none of them. A refusal, an answer without scans and a scan that cannot be
    read are problems of the reading.
    """
    said = read_json(body)
    if not isinstance(said, (dict, list)):
        raise CarrierUnreadable("a trace answer is an object or a list of scans")
    problems = _refusal(said) if isinstance(said, dict) else []
    by_number: dict[str, list[Mapping[str, Any]]] = {}
    for number, scan in _scans(said, problems):
        by_number.setdefault(number, []).append(scan)
    found = [
        tracking for number, scans in by_number.items() for tracking in _trackings(number, scans, now, source, problems)
    ]
    if not found and not problems:
        problems.append(Problem(None, "no_results", "the answer holds no scan", retryable=True))
    return Reading(tuple(found), tuple(problems))


def _refusal(said: Mapping[str, Any]) -> list[Problem]:
    """What China Post says instead of scans, or beside them."""
    code, told = text_of(said, "retCode"), text_of(said, "retMsg")
    refused = (code.found not in (None, "", _OK)) or said.get("success") in (False, "false")
    if not refused and not code.wrong:
        return []
    words = told.found or ""
    return [
        Problem(
            None,
            (code.found if code.found != _OK else None) or "refused",
            kept_text(words) or "China Post gave no scans",
            retryable=any(phrase in words for phrase in _NOT_YET),
        )
    ]


def _scans(said: Any, problems: list[Problem]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each scan with its number; what is wrong with the wrapping goes to ``problems``."""
    listed = _listed(said, problems)
    if len(listed) > MAX_SCANS:
        problems.append(Problem(None, "too_many_scans", f"only {MAX_SCANS} of {len(listed)} were read", False))
    for scan in listed[:MAX_SCANS]:
        number = _number(scan) if isinstance(scan, dict) else None
        if number is None:
            problems.append(Problem(None, "event_unreadable", "a scan that names no number", retryable=False))
        else:
            yield number, scan


def _listed(said: Any, problems: list[Problem]) -> list[Any]:
    """The scans, out of whichever wrapping: a list, ``retBody`` (JSON in a text), ``traces``, or one scan alone."""
    if isinstance(said, list):
        return said
    if "retBody" in said:
        return _in_body(said["retBody"], problems)
    for name in _LISTS:
        if name in said:
            if isinstance(said[name], list):
                return list(said[name])
            if said[name] is not None:
                problems.append(Problem(None, "result_unreadable", f"{name} is no list", retryable=False))
            return []
    if any(name in said for name in (*_NUMBERS, "opCode", "opTime")):
        return [said]
    if not problems and "retCode" not in said:
        raise CarrierUnreadable("neither scans nor an answer of China Post")
    return []


def _in_body(raw: object, problems: list[Problem]) -> list[Any]:
    """``retBody`` is JSON in a text; some answers give the object itself."""
    if raw is None or raw == "":
        return []
    try:
        inner = read_json(raw.encode("utf-8", "replace")) if isinstance(raw, str) else raw
    except CarrierUnreadable:
        inner = None
    if isinstance(inner, list) or (isinstance(inner, dict) and "retBody" not in inner):
        try:
            return _listed(inner, problems)
        except CarrierUnreadable:
            pass
    if not (isinstance(inner, dict) and not inner):
        problems.append(Problem(None, "result_unreadable", "retBody holds no scans", retryable=False))
    return []


def _number(scan: Mapping[str, Any]) -> str | None:
    for name in _NUMBERS:
        sent = scan.get(name)
        if isinstance(sent, (str, int)) and not isinstance(sent, bool) and (number := normalise(str(sent))):
            return number
    return None


def _trackings(
    number: str, scans: list[Mapping[str, Any]], now: datetime, source: str, problems: list[Problem]
) -> Iterator[Tracking]:
    reader = ScanReader(number, source, now, problems)
    events = tuple(event for event in map(reader.read, scans) if event is not None)
    parcels = parcels_of(events) if events else ()
    service = next((name for scan in scans if (name := text_of(scan, "productName").found)), None)
    for parcel in parcels:
        yield Tracking(
            number=number,
            unique_id=None,
            events=parcel,
            service=service,
            ship_date=shipped_on(parcel, is_one_of_several=len(parcels) > 1),
            origin_country=s10_country(number),
        )
