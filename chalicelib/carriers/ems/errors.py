"""China Post's refusals, read. Most come with HTTP 200: ``success`` false and a ``retCode`` that is not 00000.

``retBody`` is JSON inside a string, or a plain string (the address of a label). Source: the contract-customer open
platform as its public clients read it; no list of its codes was found, so each refusal keeps China Post's own code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.scan_fields import says_who
from chalicelib.carriers.waiting import asked_wait
from chalicelib.errors import CarrierError, CarrierRefused, CarrierUnavailable, CarrierUnreadable

DONE = "00000"
BURST_WAIT = 60
"""How long to wait after a 429 that does not say: China Post publishes no limit."""
_TOO_MANY, _TIMEOUT, _EARLY = 429, 408, 425
_SERVER_FAULTS, _SUCCESSES = range(500, 600), range(200, 300)
_LONGEST_CODE, _LONGEST_TEXT = 40, 200


def read_error(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> CarrierError:
    """The error of an answer that is no success; never raises.

    429, 408, 425 and 5xx are ``CarrierUnavailable``; anything else in China Post's envelope is ``CarrierRefused`` with
    its own code; the rest is ``CarrierUnreadable``. A 5xx to a call that changes the world may hide that it was
    carried out: the caller decides that.
    """
    if status == _TOO_MANY:
        return CarrierUnavailable("China Post asks for fewer calls (429)", asked_wait(headers, now) or BURST_WAIT)
    if status in _SERVER_FAULTS or status in (_TIMEOUT, _EARLY):
        return CarrierUnavailable(f"China Post answered {status}", asked_wait(headers, now))
    try:
        refusal = refusal_of(read_json(body))
    except CarrierUnreadable:
        refusal = None
    if refusal is None or status in _SUCCESSES:
        return CarrierUnreadable(f"China Post answered {status} without its envelope ({len(body)} bytes)")
    return refusal


def read_content(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Any:
    """What ``retBody`` holds: the JSON in its string, or the string. None when there is none.

    Raises what ``read_error`` makes of a status that is no success, ``CarrierRefused`` for a refusal inside a success,
    and ``CarrierUnreadable`` for what is no envelope of China Post's.
    """
    if status not in _SUCCESSES:
        raise read_error(status, headers, body, now)
    answer = read_json(body)
    refusal = refusal_of(answer)
    if refusal is not None:
        raise refusal
    if not isinstance(answer, dict) or answer.get("retCode") != DONE:
        raise CarrierUnreadable("an answer without China Post's envelope")
    content = answer.get("retBody")
    return _unwrapped(content) if isinstance(content, str) else content


def refusal_of(answer: object) -> CarrierRefused | None:
    """The refusal in an envelope; None when it refuses nothing, or is no envelope.

    >>> refusal_of({"retCode": "B00010", "retMsg": "no such customer", "success": False}).carrier_code
    'B00010'
    """
    if not isinstance(answer, dict):
        return None
    code, success = answer.get("retCode"), answer.get("success")
    said = code if isinstance(code, str) else ""
    if (said in ("", DONE)) and success is not False:
        return None
    kept = "".join(sign for sign in said if sign.isprintable())[:_LONGEST_CODE]
    return CarrierRefused(kept if kept not in ("", DONE) else "not_successful", _told(answer.get("retMsg")))


def _told(message: object) -> str:
    """China Post's own sentence, unless it may name a person: then the code must do."""
    if not isinstance(message, str) or not message.isprintable() or says_who(message):
        return "China Post refused"
    return message[:_LONGEST_TEXT] or "China Post refused"


def _unwrapped(content: str) -> Any:
    """JSON in a string; a string that does not begin as JSON is itself."""
    if not content.strip():
        return None
    return read_json(content.encode("utf-8", "replace")) if content.lstrip()[0] in "[{" else content.strip()
