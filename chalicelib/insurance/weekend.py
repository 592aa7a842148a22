"""Whether a parcel is under way over a weekend, by the calendars of both ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from chalicelib.clock import zone
from chalicelib.workdays import ONE_DAY, SATURDAY


def over_weekend(leaves: date, arrives: date) -> bool:
    """Whether any Saturday or Sunday lies between these days, both included.

    >>> over_weekend(date(2026, 11, 23), date(2026, 11, 27)), over_weekend(date(2026, 11, 27), date(2026, 11, 28))
    (False, True)
    """
    span = (arrives - leaves).days
    return span >= SATURDAY or any((leaves + timedelta(n)).weekday() >= SATURDAY for n in range(span + 1))


def under_way_over_weekend(leaves: datetime, arrives: datetime, origin_zone: str, destination_zone: str) -> bool:
    """Whether it is Saturday or Sunday at either end at any moment of the way: Friday evening in Los Angeles is
    Saturday in Shenzhen. Both instants carry their zone."""
    ends = (zone(origin_zone), zone(destination_zone))
    first = min(leaves.astimezone(end).date() for end in ends)
    last = max(arrives.astimezone(end).date() for end in ends)
    return over_weekend(first, last)


def business_days_after(day: date, count: int) -> date:
    """So many days later, or earlier for a count below zero; weekends not counted.

    >>> business_days_after(date(2026, 11, 26), 2), business_days_after(date(2026, 11, 30), -2)
    (datetime.date(2026, 11, 30), datetime.date(2026, 11, 26))
    """
    step, left = (ONE_DAY if count > 0 else -ONE_DAY), abs(count)
    while left > 0:
        day += step
        left -= day.weekday() < SATURDAY
    return day
