"""FedEx scans -> events. One bad scan becomes a problem and costs no other."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from pydantic import ValidationError

from chalicelib.carriers.fedex.meanings import delay_of, meaning_of
from chalicelib.carriers.fedex.shapes import Address, DelayDetail, Scan, read_scan, scans
from chalicelib.carriers.local_times import read_time
from chalicelib.shipments.events import AT_REST, Event, Place, Problem

MAX_SCANS = 1_000
AHEAD = timedelta(hours=24)
_LONGEST_CITY = 80
_WALL_CLOCK = len("2026-11-20T09:20:00")


class Where(NamedTuple):
    """A place as kept, as part of an identity, and as a time zone is found by."""

    place: Place
    identity: str
    state: str | None
    readable: bool


class ScanReader:
    """Reads the scans of one shipment; ``problems`` collects what could not be read."""

    def __init__(self, number: str, source: str, now: datetime) -> None:
        self.number, self.source = number, source
        self.problems: list[Problem] = []
        self._latest, self._identity = now + AHEAD, f"fedex|{number}|"

    def read(self, raw: list[object]) -> list[Event]:
        """Every scan that can be read, in the order sent."""
        if len(raw) > MAX_SCANS:
            self.lost("too_many_scans", f"only the first {MAX_SCANS} of {len(raw)} scans were read")
            raw = raw[:MAX_SCANS]
        try:
            found = [self.event(scan) for scan in scans().validate_python(raw)]
        except ValidationError:
            found = [self._one(scan) for scan in raw]
        return [event for event in found if event is not None]

    def event(self, scan: Scan) -> Event | None:
        """The event of one well-formed scan; None, and a problem, when its time or code cannot be read."""
        sent, code, exception = scan["date"], scan["eventType"], scan.get("exceptionCode") or ""
        where: Address = scan.get("scanLocation") or {}
        place, identity, state, readable = _place(
            where.get("city"), where.get("countryCode"), where.get("stateOrProvinceCode")
        )
        if not readable:
            self.lost("event_part_unreadable", "scanLocation of a scan")
        try:
            at, tz_source = read_time(sent, place.country, state)
        except ValueError:
            self.lost("event_time_unreadable", "the date of a scan is not a time")
            return None
        bare = exception.lstrip("0")
        milestone, condition, reason, responsible, action_by, text = meaning_of(
            code.upper(), bare, scan.get("eventDescription"), scan.get("exceptionDescription")
        )
        event = Event(
            sha256(f"{self._identity}{code}|{bare}|{sent[:_WALL_CLOCK]}|{identity}".encode()).hexdigest()[:16],
            at, sent, tz_source, code, exception or None, milestone, condition, reason, text, place,
            self.source, responsible, action_by,
        )  # fmt: skip
        delay = scan.get("delayDetail")
        if (delay and delay.get("status") == "DELAYED") or at > self._latest:
            return self._qualified(event, delay)
        return event

    def cleared_of(self, names: tuple[str, ...], events: tuple[Event, ...]) -> tuple[Event, ...]:
        """The events, with these names taken out of their text."""
        told = "\n".join([event.text for event in events]).lower()
        if not any(name.lower() in told for name in names):
            return events
        found = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names), re.IGNORECASE)
        return tuple(replace(event, text=found.sub("…", event.text)) for event in events)

    def lost(self, code: str, text: str) -> None:
        """Note something that was sent and could not be kept."""
        self.problems.append(Problem(self.number, code, text, retryable=False))

    def _one(self, raw: object) -> Event | None:
        scan, unread = read_scan(raw)
        if scan is None:
            self.lost("event_unreadable", f"a scan without readable {', '.join(unread) or 'parts'}")
            return None
        for part in unread:
            self.lost("event_part_unreadable", f"{part} of a scan")
        return self.event(scan)

    def _qualified(self, event: Event, delay: DelayDetail | None) -> Event:
        if event.at > self._latest:
            self.lost("event_from_future", "a scan is dated more than a day ahead")
            return replace(event, milestone=None, condition=None, reason="from_future")
        return delayed(event, (delay or {}).get("type"))


def delayed(event: Event, kind: str | None) -> Event:
    """The event with condition ``delayed``, unless it already says something graver or the parcel is at
    rest.
    """
    if event.condition not in (None, "ok") or event.milestone in AT_REST:
        return event
    reason, responsible, action_by = delay_of(kind or "")
    return replace(event, condition="delayed", reason=reason, responsible=responsible, action_by=action_by)


@lru_cache(maxsize=2048)
def _place(city: str | None, country: str | None, state: str | None) -> Where:
    city = " ".join((city or "").split())[:_LONGEST_CITY]
    country, state = (country or "").strip().upper(), (state or "").strip().upper()
    readable = not country or (len(country) == 2 and country.isascii() and country.isalpha())
    if not city.isprintable():
        city = "".join(letter for letter in city if letter.isprintable())
    kept = Place(city or None, country if country and readable else None)
    return Where(kept, f"{city.upper()}|{country}", state or None, readable)
