"""Working days by country: weekends, public holidays, weekend days worked in exchange; dated calendars.

A country or a year without a calendar raises ``RuleNotInForce``: "no holidays known" is not "no holidays".

>>> is_rest_day("DE", date(2026, 12, 25)), is_rest_day("DE", date(2026, 12, 28))
(True, False)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

from chalicelib.rulebook import Confidence, in_force, weakest

Rest = Literal["sat_sun_hol", "sun_hol", "statutory_rest"]
SATURDAY, SUNDAY = 5, 6
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The public holidays of one country in one vintage; ``regional``: a day and the regions that keep it."""

    national: frozenset[date]
    regional: dict[date, frozenset[str]]
    worked: frozenset[date]
    confidence: dict[date, Confidence]
    name: str

    def is_holiday(self, day: date, region: str | None, *, anywhere: bool = False) -> bool:
        """Kept by the whole country, by this region, or (``anywhere``) by any region."""
        regions = self.regional.get(day, frozenset())
        return day in self.national or (bool(regions) if anywhere else region in regions)


def calendar_of(country: str, on: date) -> Calendar:
    """The calendar of this country that covers the day; raises ``RuleNotInForce``."""
    dataset = f"calendars/{country.lower()}"
    return _calendar(dataset, in_force(dataset, on).effective)


def is_rest_day(
    country: str, day: date, rest: Rest = "sat_sun_hol", region: str | None = None, *, anywhere: bool = False
) -> bool:
    """Whether nobody is expected to act on this day: weekend (by ``rest``) or holiday, unless worked.

    Raises ``RuleNotInForce`` when no calendar covers the day and it is not a weekend anyway.
    """
    if day.weekday() == SUNDAY or (day.weekday() == SATURDAY and rest != "sun_hol"):
        return rest != "statutory_rest" or day not in calendar_of(country, day).worked
    return calendar_of(country, day).is_holiday(day, region, anywhere=anywhere)


def roll(country: str, day: date, rest: Rest, region: str | None = None, *, anywhere: bool = False) -> date:
    """This day, or the first one after it that is not a rest day.

    >>> roll("DE", date(2026, 12, 25), "sat_sun_hol")
    datetime.date(2026, 12, 28)
    """
    while is_rest_day(country, day, rest, region, anywhere=anywhere):
        day += ONE_DAY
    return day


def next_working_day(country: str, day: date, region: str | None = None) -> date:
    """The first working day strictly after this one: weekends and national holidays are out."""
    return roll(country, day + ONE_DAY, "sat_sun_hol", region)


def confidence_around(country: str, day: date) -> Confidence:
    """How sure the calendar is of the year of this day."""
    sure = calendar_of(country, day).confidence
    return weakest(mark for known, mark in sure.items() if known.year == day.year)


@cache
def _calendar(dataset: str, effective: date) -> Calendar:
    vintage = in_force(dataset, effective)
    days: list[dict[str, Any]] = vintage.rules.get("day", [])
    return Calendar(
        national=frozenset(row["on"] for row in days if not row.get("regions")),
        regional={row["on"]: frozenset(row["regions"]) for row in days if row.get("regions")},
        worked=frozenset(row["on"] for row in vintage.rules.get("worked", [])),
        confidence={row["on"]: row["confidence"] for row in days},
        name=vintage.name,
    )
