"""Item events of the posts (EMSEVT data in our neutral shape) -> events. One bad event costs no other.

There is no common interface of the EMS operators: each has its own way in, and all of them speak EMSEVT. An adapter
for an operator brings its answer into this shape, and everything after that is shared::

    {"items": [{"item_id": "EA123456785CN", "events": [{"code": "EMA", "at": "2026-11-01T10:00:00",
      "office": "CNPVGA", "country": "CN", "reason": null, "action": null, "text": null}]}]}

``at`` is local at the office and has no zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2s
from typing import Any

from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.local_times import read_time
from chalicelib.carriers.numbers import is_country, normalise, s10_country
from chalicelib.carriers.reused_numbers import parcels_of, shipped_on
from chalicelib.carriers.scan_fields import says_who, text_of, texts_of
from chalicelib.carriers.upu.meanings import Meaning, meaning_of
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import Event, Place, Problem, Reading, Tracking

AHEAD = timedelta(hours=24)
MAX_EVENTS, MAX_TEXT = 1_000, 200
_FIELDS = ("code", "at", "office", "country", "reason", "action", "text")
_CODE = re.compile(r"[0-9A-Za-z]{2,8}\Z")
_REASON_CODE = re.compile(r"[0-9A-Za-z]{1,8}\Z")
_OFFICE = re.compile(r"([A-Z]{2})[A-Z0-9]{3,4}\Z")
_MOVING = frozenset({"in_transit", "export_customs", "export_cleared", "import_customs", "import_cleared"})


def read_answer(body: bytes, now: datetime, source: str) -> Reading:
    """Everything the body says of its items; raises ``CarrierUnreadable`` when it is not of this shape."""
    said = read_json(body)
    items = said.get("items") if isinstance(said, dict) else None
    if not isinstance(items, list):
        raise CarrierUnreadable("item events are an object with a list of items")
    trackings: list[Tracking] = []
    problems: list[Problem] = []
    for item in items:
        number = _number(item)
        if number is None:
            problems.append(Problem(None, "result_unreadable", "an item without a readable item_id", retryable=False))
        else:
            trackings += _tracking(number, item, now, source, problems)
    if not trackings and not problems:
        problems.append(Problem(None, "no_results", "the body names no item", retryable=True))
    return Reading(tuple(trackings), tuple(problems))


def _number(item: object) -> str | None:
    sent = text_of(item, "item_id").found if isinstance(item, dict) else None
    return normalise(sent) if sent else None


def _tracking(
    number: str, item: Mapping[str, Any], now: datetime, source: str, problems: list[Problem]
) -> Iterator[Tracking]:
    raw = item.get("events")
    if not isinstance(raw, list) or not raw:
        code, retryable = ("no_results", True) if raw in (None, []) else ("result_unreadable", False)
        problems.append(Problem(number, code, "an item without a list of events", retryable=retryable))
        return
    if len(raw) > MAX_EVENTS:
        problems.append(Problem(number, "too_many_scans", f"only {MAX_EVENTS} of {len(raw)} were read", False))
    reader = _Reader(number, source, now, problems)
    events = tuple(event for event in map(reader.read, raw[:MAX_EVENTS]) if event is not None)
    parcels = parcels_of(events) if events else ()
    for parcel in parcels:
        yield Tracking(
            number=number,
            unique_id=None,
            events=parcel,
            ship_date=shipped_on(parcel, is_one_of_several=len(parcels) > 1),
            origin_country=s10_country(number),
        )


class _Reader:
    """Reads the events of one item; what could not be read is added to ``problems``."""

    def __init__(self, number: str, source: str, now: datetime, problems: list[Problem]) -> None:
        self.number, self.source, self.problems = number, source, problems
        self._latest = now + AHEAD

    def read(self, raw: object) -> Event | None:
        """The event, or None with a problem noted when its code or time cannot be read."""
        if not isinstance(raw, dict):
            self._lost("event_unreadable", "an event is no object")
            return None
        said = self._said(raw)
        code = said["code"].upper()
        if not _CODE.match(code) or not said["at"]:
            self._lost("event_unreadable", "an event without a readable code or at")
            return None
        place = self._place(said["country"].upper(), said["office"].upper())
        try:
            at, zone_from = read_time(said["at"], place.country, None)
        except ValueError:
            self._lost("event_time_unreadable", "the time of an event is not a time")
            return None
        meaning = meaning_of(code, said["reason"], said["action"], said["text"])
        why = said["reason"] or (said["text"] if code == "EMH" else "")
        named = f"upu|{self.number}|{code}|{why}|{said['at']}|{said['office'] or said['country']}".encode()
        event = Event(
            id=blake2s(named, digest_size=8).hexdigest(),
            at=at,
            at_local=said["at"],
            tz_source=zone_from,
            code=code,
            exception_code=said["reason"] if _REASON_CODE.match(said["reason"]) else None,
            milestone=meaning.milestone,
            condition=meaning.condition,
            reason=meaning.reason,
            text=_kept(said["text"], meaning),
            place=place,
            source=self.source,
            responsible=meaning.responsible,
            action_by=meaning.action_by,
        )
        return self._ahead(event)

    def _said(self, raw: Mapping[str, Any]) -> dict[str, str]:
        said, wrong = texts_of(raw, _FIELDS)
        for name in wrong:
            self._lost("event_part_unreadable", f"{name} of an event")
        return said

    def _place(self, country: str, office: str) -> Place:
        if country and not is_country(country):
            self._lost("event_part_unreadable", "country of an event")
            country = ""
        return _place(country, office)

    def _ahead(self, event: Event) -> Event:
        if event.at <= self._latest:
            return event
        self._lost("event_from_future", "an event is dated more than a day ahead")
        return event._replace(milestone=None, condition=None, reason="from_future", responsible=None, action_by=None)

    def _lost(self, code: str, text: str) -> None:
        self.problems.append(Problem(self.number, code, text, retryable=False))


@lru_cache(maxsize=1024)
def _place(country: str, office: str) -> Place:
    """The country as told, else that of the office of exchange (its first two letters)."""
    exchange = _OFFICE.match(office)
    known = exchange[1] if exchange and is_country(exchange[1]) else None
    return Place(None, country or known)


def _kept(text: str, meaning: Meaning) -> str:
    """The post's words where they can name nobody, else ours."""
    words = " ".join(text.split())
    if not words or meaning.milestone not in _MOVING or says_who(words):
        return meaning.wording
    return "".join(letter for letter in words if letter.isprintable())[:MAX_TEXT].strip()
