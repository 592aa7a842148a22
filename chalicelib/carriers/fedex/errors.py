"""FedEx's refusals, read: who must act, and when it is worth trying again.

There are two kinds of 429: too many calls in ten seconds (wait a moment), and the day's quota (wait for
00:00 GMT). Source: FedEx Developer Portal, API rate limits and error codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.carriers.contract import TokenRejected
from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.waiting import asked_wait
from chalicelib.errors import CarrierError, CarrierRefused, CarrierUnavailable, CarrierUnreadable

BURST_WAIT = 10
_TOKEN_CODES = frozenset({"NOT.AUTHORIZED.ERROR", "LOGIN.REAUTHENTICATE.ERROR"})
_DAILY = "quota"
_TOO_MANY, _UNAUTHORISED, _FORBIDDEN, _TIMEOUT, _EARLY = 429, 401, 403, 408, 425
_SERVER_FAULTS = range(500, 600)
_SUCCESSES = range(200, 300)
_LONGEST_TEXT = 200
BLOCKED_WAIT = 600
"""FedEx blocks an address for ten minutes that asks for tokens too fast, with 403 and a body without its
envelope.
"""


def read_error(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> CarrierError:
    """The error of an answer that is no success; never raises.

    429 and 5xx are ``CarrierUnavailable`` with the wait FedEx asks for, clamped to a day; 401 is
    ``TokenRejected``; any other status with FedEx's envelope is ``CarrierRefused`` in its own words;
    without it, ``CarrierUnreadable``. A 5xx to a call that changes the world may hide that it was carried
    out: the caller decides that.
    """
    code, text = _first_fault(body)
    asked = asked_wait(headers, now)
    if status == _TOO_MANY:
        return _too_many(text, asked, now)
    if status == _UNAUTHORISED or code in _TOKEN_CODES:
        return TokenRejected(f"FedEx takes this token no longer ({code or status})")
    if status in _SERVER_FAULTS or status in (_TIMEOUT, _EARLY):
        return CarrierUnavailable(f"FedEx answered {status} ({code or 'no code'})", asked)
    if status == _FORBIDDEN and code is None:
        return CarrierUnavailable("FedEx blocks this caller for a while (403)", asked or BLOCKED_WAIT)
    if code is None or status in _SUCCESSES:
        return CarrierUnreadable(f"FedEx answered {status} without its envelope ({len(body)} bytes)")
    return CarrierRefused(code, text)


def _too_many(text: str, asked: int | None, now: datetime) -> CarrierUnavailable:
    if _DAILY in text.lower():
        return CarrierUnavailable("FedEx's daily quota is used up until 00:00 GMT", _until_midnight(now))
    wait = BURST_WAIT if asked is None else asked
    return CarrierUnavailable("FedEx asks for fewer calls (429)", max(wait, 1))


def _until_midnight(now: datetime) -> int:
    """Seconds until the next 00:00 GMT, when FedEx counts anew."""
    utc = now.astimezone(UTC)
    midnight = utc.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return max(1, int((midnight - utc).total_seconds()))


def _first_fault(body: bytes) -> tuple[str | None, str]:
    """Code and sentence of the first error in FedEx's envelope; (None, "") when there is no such envelope."""
    try:
        answer = read_json(body)
    except CarrierUnreadable:
        return None, ""
    faults = answer.get("errors") if isinstance(answer, dict) else None
    if not isinstance(faults, list) or not faults or not isinstance(faults[0], dict):
        return None, ""
    return _text(faults[0].get("code")) or None, _text(faults[0].get("message"))


def _text(said: Any) -> str:
    return "".join(letter for letter in said if letter.isprintable())[:_LONGEST_TEXT] if isinstance(said, str) else ""
