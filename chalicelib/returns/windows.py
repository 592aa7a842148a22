"""Until when a customer may act: counted on the customer's calendar, told as an instant.

A window has two ends. Until ``sure_until`` it is open; from ``latest_until`` it is closed; between them
something is not known (a regional holiday, whether the customer was told of the right) and nobody may be
refused by a machine.

>>> delivery = date(2026, 12, 11)
>>> window(delivery, 14, "excl_start", "sat_sun_hol", Whereabouts("DE", None)).sure_until.isoformat()
'2026-12-28T23:00:00+00:00'
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from chalicelib.clock import add_months, end_of_day
from chalicelib.errors import RuleNotInForce
from chalicelib.places import last_zone_of
from chalicelib.workdays import ONE_DAY, SATURDAY, SUNDAY, Rest, confidence_around, roll

# No run of weekend and holidays known to us is longer; how far a window might reach where no calendar is
# known.
LONGEST_REST = timedelta(days=10)
NEVER = datetime.max.replace(tzinfo=UTC)
Position = Literal["open", "doubtful", "closed"]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the customer is: decides the clock and the holidays."""

    country: str
    region: str | None

    @property
    def zone_name(self) -> str:
        """The zone the customer's day ends in."""
        return last_zone_of(self.country, self.region)


@dataclass(frozen=True, slots=True)
class Window:
    """When a right ends; ``doubts`` says why the two ends differ."""

    sure_until: datetime
    latest_until: datetime
    doubts: tuple[str, ...] = ()

    def at(self, now: datetime) -> Position:
        """Whether the window is open at this instant; the end itself is outside."""
        if now < self.sure_until:
            return "open"
        return "doubtful" if now < self.latest_until else "closed"

    def at_least_until(self, other: Window) -> Window:
        """The same window, open as long as another one too."""
        latest = max(self.latest_until, other.latest_until)
        return replace(self, sure_until=max(self.sure_until, other.sure_until), latest_until=latest)

    def without_an_end(self, doubt: str) -> Window:
        """The same window, of which nobody can say that it is over."""
        return replace(self, latest_until=NEVER, doubts=(*self.doubts, doubt))

    def perhaps_until(self, later: Window, doubt: str) -> Window:
        """The same window, which may reach as far as another one."""
        return replace(self, latest_until=max(self.latest_until, later.latest_until), doubts=(*self.doubts, doubt))


def window(start: date, days: int, count: str, rest: Rest | None, where: Whereabouts) -> Window:
    """A window of calendar days from this local day; ``count`` says whether the day itself is day 1."""
    last = start + timedelta(days=days if count == "excl_start" else days - 1)
    return ending_on(last, rest, where)


def months_window(start: date, months: int, where: Whereabouts) -> Window:
    """A window of calendar months; ends on the last day of a month that lacks the day."""
    return ending_on(add_months(start, months), None, where)


def ending_on(last: date, rest: Rest | None, where: Whereabouts) -> Window:
    """A window whose last day is this one, or the first working day after it (``rest``)."""
    if rest is None:
        end = end_of_day(last, where.zone_name)
        return Window(end, end)
    try:
        return _rolled(last, rest, where)
    except RuleNotInForce:
        sure = end_of_day(_past_weekend(last, rest), where.zone_name)
        return Window(sure, sure + LONGEST_REST, ("holiday_calendar_unknown",))


def _rolled(last: date, rest: Rest, where: Whereabouts) -> Window:
    sure = roll(where.country, last, rest, where.region)
    # Holidays some region keeps may be the customer's when the region is not known.
    latest = roll(where.country, last, rest, where.region, anywhere=where.region is None)
    doubts = () if latest == sure else ("regional_holiday_possible",)
    ends = (end_of_day(sure, where.zone_name), end_of_day(latest, where.zone_name))
    if confidence_around(where.country, last) == "low":
        return Window(ends[0], ends[1] + LONGEST_REST, ("holiday_calendar_unpublished",))
    return Window(*ends, doubts)


def _past_weekend(day: date, rest: Rest) -> date:
    weekend = {SUNDAY} if rest == "sun_hol" else {SATURDAY, SUNDAY}
    while day.weekday() in weekend:
        day += ONE_DAY
    return day
