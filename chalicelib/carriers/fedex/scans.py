"""FedEx scans -> events. One bad scan becomes a problem and costs no other."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2s
from typing import NamedTuple

from pydantic import ValidationError

from chalicelib.carriers.fedex.meanings import delay_of, meaning_of
from chalicelib.carriers.fedex.shapes import Address, DelayDetail, Scan, read_scan, scans
from chalicelib.carriers.local_times import read_time
from chalicelib.shipments.events import AT_REST, Event, Place, Problem

MAX_SCANS = 1_000
AHEAD = timedelta(hours=24)
_LONGEST_CITY = 80
_NOWHERE: Address = {}
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
        self._latest = now + AHEAD

    def read(self, raw: list[object]) -> list[Event]:
        """Every scan that can be read, in the order sent."""
        if len(raw) > MAX_SCANS:
            self.lost("too_many_scans", f"only the first {MAX_SCANS} of {len(raw)} scans were read")
            raw = raw[:MAX_SCANS]
        try:
            return self.events(scans().validate_python(raw))
        except ValidationError:
            return self.events([scan for scan in map(self._salvaged, raw) if scan is not None])

    def events(self, told: list[Scan]) -> list[Event]:
        """The events of well-formed scans; one whose time cannot be read is a problem."""
        found, identity, source, latest = [], f"fedex|{self.number}|", self.source, self._latest
        for scan in told:
            sent, code, exception = scan["date"], scan["eventType"], scan.get("exceptionCode") or ""
            where, delay = scan.get("scanLocation") or _NOWHERE, scan.get("delayDetail")
            place, place_sent, state, readable = _place(
                where.get("city"), where.get("countryCode"), where.get("stateOrProvinceCode")
            )
            if not readable:
                self.lost("event_part_unreadable", "scanLocation of a scan")
            try:
                at, tz_source = read_time(sent, place.country, state)
            except ValueError:
                self.lost("event_time_unreadable", "the date of a scan is not a time")
                continue
            bare = exception.lstrip("0")
            milestone, condition, reason, responsible, action_by, text = meaning_of(
                code, bare, scan.get("eventDescription"), scan.get("exceptionDescription")
            )
            named = f"{identity}{code}|{bare}|{sent[:_WALL_CLOCK]}|{place_sent}".encode()
            event = Event(
                blake2s(named, digest_size=8).hexdigest(),
                at, sent, tz_source, code, exception or None, milestone, condition, reason, text, place,
                source, responsible, action_by,
            )  # fmt: skip
            if (delay and delay.get("status") == "DELAYED") or at > latest:
                event = self._qualified(event, delay)
            found.append(event)
        return found

    def cleared_of(self, names: tuple[str, ...], events: tuple[Event, ...]) -> tuple[Event, ...]:
        """The events, with these names taken out of their text."""
        told = "\n".join([event.text for event in events]).lower()
        if not any(name.lower() in told for name in names):
            return events
        found = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names), re.IGNORECASE)
        return tuple(event._replace(text=found.sub("…", event.text)) for event in events)

    def lost(self, code: str, text: str) -> None:
        """Note something that was sent and could not be kept."""
        self.problems.append(Problem(self.number, code, text, retryable=False))

    def _salvaged(self, raw: object) -> Scan | None:
        scan, unread = read_scan(raw)
        if scan is None:
            self.lost("event_unreadable", f"a scan without readable {', '.join(unread) or 'parts'}")
            return None
        for part in unread:
            self.lost("event_part_unreadable", f"{part} of a scan")
        return scan

    def _qualified(self, event: Event, delay: DelayDetail | None) -> Event:
        if event.at > self._latest:
            self.lost("event_from_future", "a scan is dated more than a day ahead")
            return event._replace(milestone=None, condition=None, reason="from_future")
        return delayed(event, (delay or {}).get("type"))


def delayed(event: Event, kind: str | None) -> Event:
    """The event with condition ``delayed``, unless it already says something graver or the parcel is at
    rest.
    """
    if event.condition not in (None, "ok") or event.milestone in AT_REST:
        return event
    reason, responsible, action_by = delay_of(kind or "")
    return event._replace(condition="delayed", reason=reason, responsible=responsible, action_by=action_by)


@lru_cache(maxsize=2048)
def _place(city: str | None, country: str | None, state: str | None) -> Where:
    city = " ".join((city or "").split())[:_LONGEST_CITY]
    country, state = (country or "").strip().upper(), (state or "").strip().upper()
    readable = not country or (len(country) == 2 and country.isascii() and country.isalpha())
    if not city.isprintable():
        city = "".join(letter for letter in city if letter.isprintable())
    kept = Place(city or None, country if country and readable else None)
    return Where(kept, f"{city.upper()}|{country}", state or None, readable)
