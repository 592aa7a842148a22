"""When a pickup may be booked: today, later, or not as asked; and what the customer is told beforehand.

FedEx Express takes a booking only for the current or the next business day at the place of pickup. A customer
who wants next week is not refused: the booking waits until the first moment the carrier will take it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from chalicelib.clock import stamp, zone
from chalicelib.errors import RuleNotInForce
from chalicelib.rulebook import dictionary, in_force
from chalicelib.workdays import is_rest_day, next_working_day

# Nobody is promised a courier half a year from now.
FURTHEST_AHEAD = timedelta(days=180)
# Our own choice: a waiting booking is made in the morning, so that a refusal can still be told the same day.
OPENS_AT = time(6, 0)


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
            "not_before": stamp(self.not_before) if self.not_before else None,
            "reasons": list(self.reasons),
            "rule": self.rule,
        }


@dataclass(frozen=True, slots=True)
class Instruction:
    """One thing to do before handing over: the key of its wording, and the English text."""

    key: str
    text: str


def plan(on: date, ready_from: str, until: str, carrier: str, place: PickupPlace, now: datetime) -> PickupPlan:
    """Whether the pickup asked for can be booked now, later or not at all; times are local ``HH:MM``."""
    try:
        window = LocalWindow(on, _clock_time(ready_from), _clock_time(until), place.time_zone)
    except ValueError:
        return PickupPlan("invalid", None, None, ("time_not_readable",))
    try:
        return _planned(window, carrier, place, now)
    except RuleNotInForce as unknown:
        reason = "holiday_calendar_unknown" if unknown.dataset.startswith("calendars/") else "carrier_unknown"
        return PickupPlan("invalid", window, None, (reason,))


def _planned(window: LocalWindow, carrier: str, place: PickupPlace, now: datetime) -> PickupPlan:
    rule = _horizon(carrier, now.astimezone(zone(place.time_zone)).date())
    if reasons := _faults(window, place, now):
        return PickupPlan("invalid", window, None, reasons, rule)
    opens = first_moment(window.on, place)
    if now >= opens:
        return PickupPlan("book_now", window, None, (), rule)
    return PickupPlan("wait", window, opens, (), rule)


def first_moment(on: date, place: PickupPlace) -> datetime:
    """From when an express carrier that books one business day ahead takes a pickup for this day.

    That is the morning of the last working day before it. Raises ``RuleNotInForce`` without a calendar.
    """
    day = on - timedelta(days=1)
    while is_rest_day(place.country, day, "sat_sun_hol", place.region):
        day -= timedelta(days=1)
    return datetime.combine(day, OPENS_AT, zone(place.time_zone))


def next_pickup_day(place: PickupPlace, now: datetime) -> date:
    """The next business day at the place of pickup, for a customer who named none."""
    return next_working_day(place.country, now.astimezone(zone(place.time_zone)).date(), place.region)


def hand_over() -> tuple[Instruction, ...]:
    """What the customer is told, in order, before the courier comes."""
    return tuple(Instruction(step["key"], step["text"]) for step in dictionary("pickups", "hand_over")["step"])


def _faults(window: LocalWindow, place: PickupPlace, now: datetime) -> tuple[str, ...]:
    local_today = now.astimezone(zone(place.time_zone)).date()
    found = {
        "window_ends_before_it_starts": window.until <= window.ready_from,
        "window_is_over": window.ends_at <= now,
        "too_far_ahead": window.on - local_today > FURTHEST_AHEAD,
        "no_pickup_on_rest_day": is_rest_day(place.country, window.on, "sat_sun_hol", place.region),
    }
    return tuple(code for code, wrong in found.items() if wrong)


def _horizon(carrier: str, on: date) -> str:
    """The rule on how far ahead this carrier books; raises ``RuleNotInForce`` for one we cannot plan."""
    vintage = in_force("pickups/horizons", on)
    row = next((row for row in vintage.rules["horizon"] if row["carrier"] == carrier), None)
    if row is None or row["ahead"] != "next_business_day":
        raise RuleNotInForce(f"pickups/horizons/{carrier}", on)
    return f"{vintage.name}#{carrier}-{row['service']}"


def _clock_time(text: str) -> time:
    """``HH:MM`` and nothing else: fromisoformat would also read seconds and zones."""
    read = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a wall clock without a date has no zone
    if len(text) != 5:
        raise ValueError("HH:MM")
    return read
