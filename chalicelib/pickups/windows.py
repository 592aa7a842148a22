"""The days on which a courier may be asked for, as shown before anybody asks the carrier.

From the rules, and from what the carrier last said of the postal area, if that is at most a day old: cut-offs change,
and an older answer would promise what nobody said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from chalicelib.clock import zone
from chalicelib.errors import RuleNotInForce
from chalicelib.pickups.booking import FURTHEST_AHEAD, Horizon, LocalWindow, PickupPlace, opens_at
from chalicelib.pickups.offers import KnownDays, OfferedDay, is_cut_off
from chalicelib.rulebook import Confidence, weakest
from chalicelib.workdays import is_rest_day

FRESH_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class WindowDay:
    """One day: whether it may be booked now, is held until the carrier takes it, or is not offered and why.

    Times are wall clock of the place; ``cut_off_at`` is the same as an instant. ``source`` says whether the carrier
    said so (at ``asked_at``) or a rule does.
    """

    on: date
    status: Literal["now", "held", "not_offered"]
    held_until: datetime | None
    reasons: tuple[str, ...]
    cut_off: time | None
    cut_off_at: datetime | None
    earliest: time | None
    latest: time | None
    min_window: timedelta | None
    source: Literal["rule", "carrier"]
    asked_at: datetime | None
    confidence: Confidence


def windows(
    horizon: Horizon, place: PickupPlace, first: date, days: int, known: KnownDays | None, now: datetime
) -> tuple[WindowDay, ...]:
    """The days from ``first`` on, at one place for one service. One without a calendar is not offered, and says so."""
    fresh = known if known is not None and now - known.asked_at <= FRESH_FOR else None
    return tuple(_day(horizon, place, first + timedelta(days=n), fresh, now) for n in range(days))


def _day(horizon: Horizon, place: PickupPlace, on: date, known: KnownDays | None, now: datetime) -> WindowDay:
    said = known.about(on) if known else None
    told = said or OfferedDay(on, available=True)
    earliest, latest = told.earliest or horizon.earliest, told.latest or horizon.latest
    window = LocalWindow(on, earliest, latest, place.time_zone)
    reasons = _against(horizon, place, window, told, now)
    opens = None if reasons else opens_at(window, place, horizon)
    held = opens if opens is not None and opens > now else None
    hours_are_ours = told.earliest is None or told.latest is None
    return WindowDay(
        on=on,
        status="not_offered" if reasons else "held" if held else "now",
        held_until=held,
        reasons=reasons,
        cut_off=told.cut_off,
        cut_off_at=datetime.combine(on, told.cut_off, zone(place.time_zone)) if told.cut_off else None,
        earliest=earliest,
        latest=latest,
        min_window=told.access or horizon.min_window,
        source="carrier" if said else "rule",
        asked_at=known.asked_at if known and said else None,
        confidence=weakest([horizon.confidence, *([horizon.hours_confidence] if hours_are_ours else [])]),
    )


def _against(
    horizon: Horizon, place: PickupPlace, window: LocalWindow, told: OfferedDay, now: datetime
) -> tuple[str, ...]:
    today = now.astimezone(zone(place.time_zone)).date()
    try:
        rests = is_rest_day(place.country, window.on, "sat_sun_hol", place.region)
    except RuleNotInForce:
        return ("holiday_calendar_unknown",)
    found = {
        "window_is_over": window.ends_at <= now,
        "too_far_ahead": window.on - today > FURTHEST_AHEAD,
        "no_pickup_on_rest_day": rests,
        "not_on_the_same_day": window.on == today and not horizon.same_day,
        "day_not_offered": not told.available,
        "cut_off_passed": told.available and is_cut_off(told, place.time_zone, now),
    }
    return tuple(code for code, wrong in found.items() if wrong)
