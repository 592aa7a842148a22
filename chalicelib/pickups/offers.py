"""What a carrier offers at a place, day by day, and whether what a customer asked for fits into it.

Ready and close are moved only within what the customer offered: nobody is made to wait at home for an hour they did not
name. What the carrier has not said is not held against anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from chalicelib.clock import zone
from chalicelib.pickups.booking import LocalWindow

ROUNDED_TO = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class OfferedDay:
    """What a carrier said of one day at one place; wall clock of the place, None is not told.

    ``cut_off`` is the last moment on that day to book for it; ``access`` how long the parcel must be there at least.
    """

    on: date
    available: bool
    cut_off: time | None = None
    access: timedelta | None = None
    earliest: time | None = None
    latest: time | None = None


@dataclass(frozen=True, slots=True)
class KnownDays:
    """The last answer of a carrier about the places of one postal area."""

    days: tuple[OfferedDay, ...]
    asked_at: datetime

    def about(self, on: date) -> OfferedDay | None:
        """What it said of this day; None when it said nothing."""
        return next((day for day in self.days if day.on == on), None)


@dataclass(frozen=True, slots=True)
class Fit:
    """The window as it can be booked, or why it cannot and which days are offered instead."""

    window: LocalWindow | None
    reason: str | None = None
    offered: tuple[date, ...] = ()


def fit(window: LocalWindow, days: Iterable[OfferedDay], now: datetime) -> Fit:
    """How a window fits what the carrier offers. A day it said nothing of fits as it is.

    >>> fit(LocalWindow(date(2026, 11, 24), time(10), time(11), "Europe/Paris"),
    ...     [OfferedDay(date(2026, 11, 24), False), OfferedDay(date(2026, 11, 25), True)],
    ...     datetime.fromisoformat("2026-11-23T08:00:00Z")).offered
    (datetime.date(2026, 11, 25),)
    """
    said = tuple(days)
    begun = _not_begun(window, now)
    day = next((day for day in said if day.on == window.on), None)
    if begun is None:
        return Fit(None, "window_is_over", _offered(window, said, now))
    if day is None:
        return Fit(begun)
    if not day.available:
        return Fit(None, "day_not_offered", _offered(window, said, now))
    if is_cut_off(day, window.time_zone, now):
        return Fit(None, "cut_off_passed", _offered(window, said, now))
    ready = max(begun.ready_from, day.earliest or begun.ready_from)
    close = min(begun.until, day.latest or begun.until)
    narrowed = replace(begun, ready_from=ready, until=close)
    if close <= ready:
        return Fit(None, "hours_not_offered", _offered(window, said, now))
    if day.access is not None and narrowed.ends_at - narrowed.starts_at < day.access:
        return Fit(None, "window_too_short", _offered(window, said, now))
    return Fit(narrowed)


def is_cut_off(day: OfferedDay, time_zone: str, now: datetime) -> bool:
    """Whether the last moment to book for this day has passed, by the clock of the place."""
    local = now.astimezone(zone(time_zone))
    return day.cut_off is not None and local.date() >= day.on and local > _moment(day.on, day.cut_off, time_zone)


def _moment(on: date, at: time, time_zone: str) -> datetime:
    return datetime.combine(on, at, zone(time_zone))


def _not_begun(window: LocalWindow, now: datetime) -> LocalWindow | None:
    """A window that has begun starts now, rounded up: carriers take no moment that has passed. None: it is over."""
    if now < window.starts_at:
        return window
    local = now.astimezone(zone(window.time_zone)) + ROUNDED_TO
    step = int(ROUNDED_TO.total_seconds() // 60)
    ready = local.replace(minute=local.minute - local.minute % step, second=0, microsecond=0)
    if ready >= window.ends_at or ready.date() != window.on:
        return None
    return replace(window, ready_from=ready.time())


def _offered(window: LocalWindow, days: tuple[OfferedDay, ...], now: datetime) -> tuple[date, ...]:
    """The days that may be asked for instead, soonest first; the day itself only when other hours would do."""
    return tuple(sorted(day.on for day in days if day.available and not is_cut_off(day, window.time_zone, now)))
