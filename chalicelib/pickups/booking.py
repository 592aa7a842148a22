"""When a pickup may be booked: today, later, or not as asked; and until when it can be changed.

Carriers take a booking only so far ahead: FedEx Express for the current or the next business day at the place of
pickup, others a number of days. A customer who wants a later day is not refused: the booking waits until the first
moment the carrier will take it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from chalicelib.clock import known_stamp, zone
from chalicelib.errors import RuleNotInForce
from chalicelib.rulebook import Confidence, in_force
from chalicelib.workdays import is_rest_day

# Nobody is promised a courier half a year from now.
FURTHEST_AHEAD = timedelta(days=180)
# Our own choice: a waiting booking is made in the morning, so that a refusal can still be told the same day.
OPENS_AT = time(6, 0)
_DAYS, _MINUTES = re.compile(r"(\d+)_days"), re.compile(r"(\d+)_minutes")


@dataclass(frozen=True, slots=True)
class PickupPlace:
    """Where the parcel is fetched: country and region decide the holidays, the zone the clock."""

    country: str
    region: str | None
    time_zone: str


@dataclass(frozen=True, slots=True)
class LocalWindow:
    """A day and a stretch of wall-clock time at the place of pickup."""

    on: date
    ready_from: time
    until: time
    time_zone: str

    @property
    def starts_at(self) -> datetime:
        """The instant it begins (aware, in the zone of the place)."""
        return datetime.combine(self.on, self.ready_from, zone(self.time_zone))

    @property
    def ends_at(self) -> datetime:
        """The instant it ends."""
        return datetime.combine(self.on, self.until, zone(self.time_zone))


@dataclass(frozen=True, slots=True)
class PickupPlan:
    """``book_now``; ``wait`` with the instant the carrier takes it from; or ``invalid`` with every reason."""

    status: Literal["book_now", "wait", "invalid"]
    window: LocalWindow | None
    not_before: datetime | None = None
    reasons: tuple[str, ...] = ()
    rule: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape used by the API."""
        return {
            "status": self.status,
            "on": self.window.on.isoformat() if self.window else None,
            "from": self.window.ready_from.strftime("%H:%M") if self.window else None,
            "until": self.window.until.strftime("%H:%M") if self.window else None,
            "time_zone": self.window.time_zone if self.window else None,
            "not_before": known_stamp(self.not_before),
            "reasons": list(self.reasons),
            "rule": self.rule,
        }


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far ahead one service of a carrier takes a pickup, how short its window may be, and until when it changes.

    ``days_ahead`` None with ``next_business_day`` false: nobody publishes a limit. ``earliest`` and ``latest`` are our
    own choice of hours, of ``hours_confidence``, until the carrier has answered for the place.
    """

    rule: str
    next_business_day: bool
    days_ahead: int | None
    same_day: bool
    min_window: timedelta | None
    change: Literal["update", "cancel_rebook", "by_person"]
    cancel_until: Literal["pickup_day", "ready_minus_1h", "request_plus_24h", "by_person"]
    confidence: Confidence
    earliest: time
    latest: time
    hours_confidence: Confidence


def plan(
    on: date, ready_from: str, until: str, carrier: str, place: PickupPlace, now: datetime, *, service: str = ""
) -> PickupPlan:
    """Whether the pickup asked for can be booked now, later or not at all; times are local ``HH:MM``."""
    try:
        window = LocalWindow(on, _clock_time(ready_from), _clock_time(until), place.time_zone)
    except ValueError:
        return PickupPlan("invalid", None, None, ("time_not_readable",))
    try:
        return _planned(window, carrier, service, place, now)
    except RuleNotInForce as unknown:
        reason = "holiday_calendar_unknown" if unknown.dataset.startswith("calendars/") else "carrier_unknown"
        return PickupPlan("invalid", window, None, (reason,))


def horizon_of(carrier: str, service: str, on: date) -> Horizon:
    """How this service of a carrier books pickups on a day; raises ``RuleNotInForce`` for one we cannot plan.

    >>> horizon_of("dhl", "P", date(2026, 11, 22)).days_ahead
    10
    """
    vintage = in_force("pickups/horizons", on)
    kind = "GROUND" if "GROUND" in service.upper() else "EXPRESS"
    rows = [row for row in vintage.rules["horizon"] if row["carrier"] == carrier and row["service"] in (kind, "*")]
    hours = [row for row in vintage.rules["hours"] if row["carrier"] == carrier]
    if not rows or not hours:
        raise RuleNotInForce(f"pickups/horizons/{carrier}", on)
    return _horizon(f"{vintage.name}#{carrier}-{rows[0]['service']}", rows[0], hours[0])


def first_moment(on: date, place: PickupPlace) -> datetime:
    """From when an express carrier that books one business day ahead takes a pickup for this day.

    That is the morning of the last working day before it. Raises ``RuleNotInForce`` without a calendar.
    """
    day = on - timedelta(days=1)
    while is_rest_day(place.country, day, "sat_sun_hol", place.region):
        day -= timedelta(days=1)
    return datetime.combine(day, OPENS_AT, zone(place.time_zone))


def opens_at(window: LocalWindow, place: PickupPlace, horizon: Horizon) -> datetime | None:
    """From when the carrier takes a pickup for this window; None when nobody publishes a limit. Days ahead are counted
    to the moment the parcel is ready, because that is the moment a carrier is told."""
    if horizon.next_business_day:
        return first_moment(window.on, place)
    if horizon.days_ahead is None:
        return None
    return window.starts_at - timedelta(days=horizon.days_ahead)


def last_change(window: LocalWindow, horizon: Horizon, booked_at: datetime | None) -> datetime | None:
    """Until when a booked pickup can be changed or called off by a call, if no courier is under way before; None: only
    by telephone."""
    match horizon.cancel_until:
        case "ready_minus_1h":
            return window.starts_at - timedelta(hours=1)
        case "request_plus_24h":
            return min(window.ends_at, (booked_at or window.starts_at) + timedelta(hours=24))
        case "pickup_day":
            return window.ends_at
        case _:
            return None


def _planned(window: LocalWindow, carrier: str, service: str, place: PickupPlace, now: datetime) -> PickupPlan:
    horizon = horizon_of(carrier, service, now.astimezone(zone(place.time_zone)).date())
    if reasons := _faults(window, place, horizon, now):
        return PickupPlan("invalid", window, None, reasons, horizon.rule)
    opens = opens_at(window, place, horizon)
    if opens is None or now >= opens:
        return PickupPlan("book_now", window, None, (), horizon.rule)
    return PickupPlan("wait", window, opens, (), horizon.rule)


def _faults(window: LocalWindow, place: PickupPlace, horizon: Horizon, now: datetime) -> tuple[str, ...]:
    local_today = now.astimezone(zone(place.time_zone)).date()
    backwards = window.until <= window.ready_from
    short = horizon.min_window is not None and window.ends_at - window.starts_at < horizon.min_window
    found = {
        "window_ends_before_it_starts": backwards,
        "window_too_short": short and not backwards,
        "window_is_over": window.ends_at <= now,
        "not_on_the_same_day": window.on == local_today and not horizon.same_day,
        "too_far_ahead": window.on - local_today > FURTHEST_AHEAD,
        "no_pickup_on_rest_day": is_rest_day(place.country, window.on, "sat_sun_hol", place.region),
    }
    return tuple(code for code, wrong in found.items() if wrong)


def _horizon(rule: str, row: Mapping[str, Any], hours: Mapping[str, Any]) -> Horizon:
    days, minutes = _DAYS.fullmatch(row["ahead"]), _MINUTES.fullmatch(row["min_window"])
    return Horizon(
        rule=rule,
        next_business_day=row["ahead"] == "next_business_day",
        days_ahead=int(days[1]) if days else None,
        same_day=row["same_day"],
        min_window=timedelta(minutes=int(minutes[1])) if minutes else None,
        change=row["change"],
        cancel_until=row["cancel_until"],
        confidence=row["confidence"],
        earliest=_clock_time(hours["earliest"]),
        latest=_clock_time(hours["latest"]),
        hours_confidence=hours["confidence"],
    )


def _clock_time(text: str) -> time:
    """``HH:MM`` and nothing else: fromisoformat would also read seconds and zones."""
    read = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a wall clock without a date has no zone
    if len(text) != 5:
        raise ValueError("HH:MM")
    return read
