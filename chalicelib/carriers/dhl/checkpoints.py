"""What a DHL checkpoint means: its letters and DHL's own words, read from ``rules/dhl_events.toml``.

>>> meaning_of("CC").milestone, meaning_of("CR").milestone, meaning_of("HX").milestone
('ready_for_collection', 'import_cleared', 'unrecognised')
>>> meaning_of("CD", "Clearance delay", "Commercial invoice missing").reason
'customs_documents_missing'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from chalicelib.carriers.scan_fields import without_contacts
from chalicelib.rulebook import dictionary
from chalicelib.shipments.events import Condition, Event, Milestone, Party

MAX_TEXT, LONGEST_READ = 200, 2_000
LONGEST_CODE = 40
NO_CODE = "no_code"
EXPRESS = "express"
_SIGNED_BY = re.compile(
    r"\b(?:(?:signed|received|accepted|signature|handed)(?: (?:for|over|to|it)){0,3} (?:by|to|from)\b"
    r"|(?:(?:delivered|left|released|handed)(?: to| with)?|recipient|consignee):)",
    re.IGNORECASE,
)
_A_CODE = re.compile(r"[A-Z0-9_]{2,40}\Z")
_BEFORE_PICKUP = (None, "announced", "pickup_booked", "unrecognised", "cancelled")
_CAN_BE_DELIVERED = (
    None, "delivered", "partially_delivered", "returned", "ready_for_collection", "unrecognised",
)  # fmt: skip


class Meaning(NamedTuple):
    """The three axes of a checkpoint, who caused it, who must act, and DHL's words made fit to keep."""

    milestone: Milestone | None
    condition: Condition | None
    reason: str | None
    responsible: Party | None
    action_by: Party | None
    text: str


class Told(NamedTuple):
    """What a DHL Unified entry means: the code it is kept under, the words that are part of its identity, and whether
    its own fields contradict each other.
    """

    code: str
    meaning: Meaning
    spoken: str
    conflict: bool = False


@lru_cache(maxsize=4096)
def meaning_of(code: str, description: str = "", remark: str = "", details: str = "") -> Meaning:
    """The meaning of one checkpoint; ``remark`` is kept behind the description, ``details`` (advice to the reader)
    only searched for words. An unknown code is ``unrecognised`` whatever else is said.
    """
    text = _kept_text(description, remark)
    row = _table()["codes"].get(code.upper())
    if row is None:
        return _unrecognised(text)
    said = dict(row)
    words = f"{description} {remark} {details}".lower()
    for wording in _wordings(code.upper()):
        if any(phrase in words for phrase in wording["says"]):
            said.update(wording)
    return _meaning(said, text)


@lru_cache(maxsize=4096)
def unified_meaning(
    service: str, status: str, status_code: str, description: str = "", remark: str = "", advice: str = ""
) -> Told:
    """The meaning of a DHL Unified entry: the checkpoint in ``status``, else the one its sentence tells, else DHL's
    word in ``status``, else the coarse ``statusCode``. Two letters are checkpoints of the service express only:
    elsewhere they mean other things. A ``status`` that looks like a code and is in no list is ``unrecognised`` even
    over ``delivered``: DHL has delivered at shippers and parcel shops that way.
    """
    sent, coarse = status.strip().upper(), status_code.strip().lower()
    code, meaning = _unified(service, status, sent, coarse, description, remark, advice)
    spoken = f"{sent}|{coarse}" if sent or coarse else f"{code}|{meaning.text}"
    conflict = _contradicts(meaning.milestone, coarse)
    if conflict and code not in _table()["codes"]:
        meaning = Meaning(None, None, "status_conflict", None, None, meaning.text)
    return Told(code, meaning, spoken, conflict)


def _unified(
    service: str, status: str, sent: str, coarse: str, description: str, remark: str, advice: str
) -> tuple[str, Meaning]:
    table = _table()
    checkpoint = _checkpoint_of(service, sent, description, status)
    if checkpoint:
        return checkpoint, meaning_of(checkpoint, description, remark, advice)
    is_code = _A_CODE.match(status.strip()) is not None
    text = _kept_text(description or ("" if is_code else status), remark)
    row = table["statuses"].get(sent) or table["status_codes"].get(sent.lower())
    if row is not None:
        return sent, _meaning(row, text)
    if is_code:
        return sent[:LONGEST_CODE], _unrecognised(text)
    row = table["status_codes"].get(coarse)
    return coarse[:LONGEST_CODE] or NO_CODE, _unrecognised(text) if row is None else _meaning(row, text)


def without_names(events: tuple[Event, ...], names: tuple[str, ...]) -> tuple[Event, ...]:
    """The events, with these names taken out of their text."""
    told = "\n".join([event.text for event in events]).lower()
    if not any(name.lower() in told for name in names):
        return events
    found = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names), re.IGNORECASE)
    return tuple(event._replace(text=found.sub("…", event.text)) for event in events)


def known_codes() -> frozenset[str]:
    """Every checkpoint the table has a row for."""
    return frozenset(_table()["codes"])


def _checkpoint_of(service: str, sent: str, description: str, status: str) -> str:
    """The checkpoint that the letters or the sentence name; empty if neither does."""
    if service not in ("", EXPRESS):
        return ""
    if sent in _table()["codes"]:
        return sent
    if sent in _table()["statuses"] or (sent and _A_CODE.match(status.strip())):
        return ""
    return _by_phrase(description) or _by_phrase(status if " " in status else "")


def _by_phrase(sentence: str) -> str:
    words = " ".join(sentence.lower().split())
    return next((code for start, code in _phrases() if words.startswith(start)), "") if words else ""


def _contradicts(milestone: Milestone | None, coarse: str) -> bool:
    if coarse == "pre-transit":
        return milestone not in _BEFORE_PICKUP
    return coarse == "delivered" and milestone not in _CAN_BE_DELIVERED


def _unrecognised(text: str) -> Meaning:
    unknown: Literal["unrecognised"] = "unrecognised"
    return Meaning(unknown, None, None, None, None, text)


def _meaning(said: Mapping[str, Any], text: str) -> Meaning:
    """A row's fields; an empty one is as good as none."""
    return Meaning(
        milestone=said.get("milestone") or None,
        condition=said.get("condition") or None,
        reason=said.get("reason") or None,
        responsible=said.get("responsible") or None,
        action_by=said.get("action_by") or None,
        text=text or said["wording"],
    )


def _kept_text(description: str, remark: str) -> str:
    """DHL's words in one printable line, without who signed or how to reach anybody."""
    parts = [description] if not remark or remark in description else [description, remark]
    line = " - ".join(kept for part in parts if (kept := _unsigned(" ".join(part[:LONGEST_READ].split()))))
    if not line.isprintable():
        line = "".join(letter for letter in line if letter.isprintable())
    return without_contacts(line)[:MAX_TEXT].strip()


def _unsigned(line: str) -> str:
    found = _SIGNED_BY.search(line)
    return line[: found.start()].rstrip(" -,.:;") if found else line


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """Beginnings of DHL's sentences with their checkpoint, the longest first."""
    rows = _table()["phrases"].items()
    return tuple(sorted(((start, row["code"]) for start, row in rows), key=lambda row: -len(row[0])))


@cache
def _wordings(code: str) -> tuple[Mapping[str, Any], ...]:
    rows = []
    for wording in _table()["wording"]:
        if code in wording["on"]:
            rows.append({key: value for key, value in wording.items() if key not in ("on", "source", "status")})
    return tuple(rows)


def _table() -> Mapping[str, Any]:
    return dictionary("carriers", "dhl_events")
