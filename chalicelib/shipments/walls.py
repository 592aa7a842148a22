"""Clocks on the wall of a country: when a span of hours that began somewhere is over.

``calendar`` hours always pass. ``working`` hours stand still on the weekend and the public holidays of the country,
by its own midnight; ``customs`` hours pass only while its customs office is open. Where we hold no calendar, no zone or
no office hours of a country the usual ones are taken, and what was taken is said. Nothing here ever fails for a country
or a year that is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from chalicelib.clock import zone
from chalicelib.errors import RuleNotInForce
from chalicelib.places import main_zone_of, sure_zone_of
from chalicelib.workdays import confidence_around, is_rest_day

NEVER = datetime.max.replace(tzinfo=UTC)
# Beyond this year a date is a carrier's word for "not known", and sums with it would leave the calendar.
_LAST_YEAR = 9000
# A parcel is looked at twice in one go, and again at the next: so many ends are kept for each country.
_MOST_KEPT = 4096
_MIDNIGHT = 24
_WHOLE_DAY = (0, _MIDNIGHT)
_USUAL_WEEKEND = (5, 6)


def calendar_end(since: datetime, hours: int) -> datetime:
    """When so many hours have passed since then."""
    return NEVER if since.year >= _LAST_YEAR else since + timedelta(hours=hours)


@dataclass(slots=True)
class Wall:
    """The hours that count in one country: from ``opens`` to ``closes`` on its working days.

    >>> friday = datetime(2026, 12, 24, 15, tzinfo=UTC)
    >>> Wall("DE").end(friday, 24)  # Christmas, Boxing Day and the weekend stand still
    datetime.datetime(2026, 12, 28, 15, 0, tzinfo=datetime.timezone.utc)
    """

    country: str
    opens: int = _WHOLE_DAY[0]
    closes: int = _WHOLE_DAY[1]
    weekend: tuple[int, ...] = _USUAL_WEEKEND
    hours_assumed: bool = False
    zone_name: str = field(init=False)
    zone_assumed: bool = field(init=False)
    _days: dict[int, tuple[datetime, datetime] | None] = field(init=False, default_factory=dict, repr=False)
    _ends: dict[tuple[datetime, int], datetime] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        sure = sure_zone_of(self.country, None)
        self.zone_name = sure or main_zone_of(self.country) or "UTC"
        self.zone_assumed = sure is None

    def end(self, since: datetime, hours: int) -> datetime:
        """When so many of these hours have passed since then."""
        known = self._ends.get((since, hours))
        if known is None:
            if len(self._ends) >= _MOST_KEPT:
                self._ends.clear()
            known = self._ends[since, hours] = self._end(since, timedelta(hours=hours))
        return known

    def _end(self, since: datetime, left: timedelta) -> datetime:
        if since.year >= _LAST_YEAR:
            return NEVER
        day = since.astimezone(zone(self.zone_name)).toordinal()
        while True:
            span = self._days[day] if day in self._days else self._open_on(day)
            if span is not None and span[1] > since:
                begins = max(span[0], since)
                if span[1] - begins >= left:
                    return begins + left
                left -= span[1] - begins
            day += 1

    def assumed(self, since: datetime, end: datetime) -> tuple[str, ...]:
        """What was not known and taken as usual, of the days from a beginning to an end; empty when all was known."""
        found = [f"zone:{self.country}"] if self.zone_assumed else []
        found += [f"customs_hours:{self.country}"] if self.hours_assumed else []
        years = range(since.year, min(end.year, since.year + 2) + 1)
        found += [f"calendar:{self.country}-{year}" for year in years if not _is_sure(self.country, year)]
        return tuple(found)

    def _open_on(self, ordinal: int) -> tuple[datetime, datetime] | None:
        """The hours of one local day in UTC, kept: every parcel of a country asks for the same days."""
        day = date.fromordinal(ordinal)
        rests = _rests(self.country, day, self.weekend)
        self._days[ordinal] = None if rests else (self._at(day, self.opens), self._at(day, self.closes))
        return self._days[ordinal]

    def _at(self, day: date, hour: int) -> datetime:
        local = datetime.combine(day + timedelta(days=hour // _MIDNIGHT), time(hour % _MIDNIGHT), zone(self.zone_name))
        return local.astimezone(UTC)


def _rests(country: str, day: date, weekend: tuple[int, ...]) -> bool:
    try:
        return is_rest_day(country, day, "statutory_rest")
    except RuleNotInForce:
        return day.weekday() in weekend


@cache
def _is_sure(country: str, year: int) -> bool:
    """Whether a calendar of that year is held and was published when it was read."""
    try:
        return confidence_around(country, date(year, 12, 31)) != "low"
    except (RuleNotInForce, ValueError):
        return False
