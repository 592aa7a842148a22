"""DHL's refusals, read: who must act, and when it is worth trying again.

MyDHL answers ``{instance, title, message, detail, additionalDetails[], status}``; ``status`` is text or number, and
may be an internal code ("998") where HTTP says 400. ``detail`` and its additions often begin with DHL's own code
("7008: ...") and name the field as a path ("#/content/packages/0"). They may also repeat what was written there, so
of a text only its code, its paths and the rule that was broken are kept; a sentence only where DHL's code makes it
one of its catalogue, and then without anything quoted or in brackets. Unified answers ``{title, status, detail}``.
Source: MyDHL OpenAPI 3.1.1; Shipment Tracking Unified, error answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.waiting import asked_wait
from chalicelib.errors import CarrierError, CarrierRefused, CarrierUnavailable, CarrierUnreadable

UNASKED_WAIT = 60
"""Seconds after a 429 that does not say how long."""
CREDENTIALS = "credentials"
_TOO_MANY, _TIMEOUT, _EARLY = 429, 408, 425
_NOT_LET_IN = (401, 403)
_SERVER_FAULTS = range(500, 600)
_SUCCESSES = range(200, 300)
_LONGEST_TEXT, _LONGEST_READ, _MOST_DETAILS = 200, 2_000, 20
_CODE = re.compile(r"\s*([0-9]{3,6})\s*:\s*")
_PATH = re.compile(r"#(?:/[A-Za-z0-9_-]{1,60})+")
_RULE = re.compile(
    r"expected [A-Za-z ]{1,40}: [0-9]{1,9}(?:, (?:actual|found): [0-9]{1,9})?"
    r"|(?:required|extraneous) key \[[A-Za-z0-9_]{1,60}\]"
    r"|Missing mandatory parameters?: [A-Za-z, ]{1,100}"
)
_MAY_REPEAT = re.compile(r"'[^']*'?|\"[^\"]*\"?|\[[^\]]*\]?|\([^)]*\)?|#(?:/[^\s]*)+|\S*[0-9@=]\S*")


def read_mydhl_error(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> CarrierError:
    """The error of an answer of MyDHL that is no success; never raises.

    429 and 5xx are ``CarrierUnavailable``; 401 and 403 a refusal that names our credentials (there is no token to
    renew); any other status with DHL's envelope ``CarrierRefused``; without it ``CarrierUnreadable``. A 5xx to a call
    that changes the world may hide that it was carried out: the caller decides that.
    """
    return _verdict("MyDHL", status, headers, _mydhl_fault(_envelope(body)), now, len(body))


def read_unified_error(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> CarrierError:
    """The same for Shipment Tracking Unified, which answers with problem bodies (RFC 9457)."""
    title = _printable(_envelope(body).get("title"))[:_LONGEST_TEXT]
    fault = (str(status), title) if title else None
    return _verdict("DHL Unified", status, headers, fault, now, len(body))


def refusal_inside(answer: Mapping[str, Any]) -> CarrierRefused | None:
    """The refusal that an answer of success carries: so DHL answers a dry run that finds faults."""
    if not answer.get("detail") and not answer.get("additionalDetails"):
        return None
    fault = _mydhl_fault(answer)
    return CarrierRefused(*fault) if fault else None


def _verdict(
    name: str, status: int, headers: Mapping[str, str], fault: tuple[str, str] | None, now: datetime, size: int
) -> CarrierError:
    asked = asked_wait(headers, now)
    if status == _TOO_MANY:
        return CarrierUnavailable(f"{name} asks for fewer calls (429)", UNASKED_WAIT if asked is None else asked)
    if status in _SERVER_FAULTS or status in (_TIMEOUT, _EARLY):
        return CarrierUnavailable(f"{name} answered {status} ({fault[0] if fault else 'no code'})", asked)
    if status in _NOT_LET_IN:
        return CarrierRefused(CREDENTIALS, f"{name} does not take our credentials ({status}): see the carriers' secret")
    if fault is None or status in _SUCCESSES:
        return CarrierUnreadable(f"{name} answered {status} without its envelope ({size} bytes)")
    return CarrierRefused(*fault)


def _mydhl_fault(answer: Mapping[str, Any]) -> tuple[str, str] | None:
    """DHL's code and what may be told of its words; None without its envelope."""
    texts = [text for text in _texts(answer) if text]
    title = _printable(answer.get("title")) or _printable(answer.get("message"))
    if not texts and not title:
        return None
    codes = [found.group(1) for found in map(_CODE.match, texts) if found]
    said = answer.get("status")
    status = str(said) if isinstance(said, int | str) and not isinstance(said, bool) else ""
    code = codes[0] if codes else _printable(status)[:20] or "no_code"
    told = [*_sentences(texts), *codes[1:], *(place for text in texts for place in _places(text))]
    words = "; ".join(dict.fromkeys(told))
    return code, (f"{title}: {words}" if title and words else title or words)[:_LONGEST_TEXT]


def _texts(answer: Mapping[str, Any]) -> Iterator[str]:
    yield _printable(answer.get("detail"))
    more = answer.get("additionalDetails")
    for text in more[:_MOST_DETAILS] if isinstance(more, list) else ():
        yield _printable(text)


def _sentences(texts: list[str]) -> Iterator[str]:
    """The first sentence of the first text that is one of DHL's catalogue."""
    for text in texts:
        found = _CODE.match(text)
        if found:
            yield " ".join(_MAY_REPEAT.sub(" ", text[found.end() :].split(".")[0]).split())
            return


def _places(text: str) -> Iterator[str]:
    """The paths in a text, each with the rule that was broken there."""
    rules = "; ".join(found.group() for found in _RULE.finditer(text))
    paths = _PATH.findall(text)
    if paths or rules:
        yield " ".join([*paths, rules]).strip()


def _envelope(body: bytes) -> Mapping[str, Any]:
    try:
        answer = read_json(body)
    except CarrierUnreadable:
        return {}
    return answer if isinstance(answer, dict) else {}


def _printable(said: object) -> str:
    if not isinstance(said, str):
        return ""
    return "".join(letter if letter.isprintable() else " " for letter in said[:_LONGEST_READ]).strip()
