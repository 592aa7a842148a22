"""Time as the system keeps it: aware UTC inside, RFC 3339 text outside, ``now`` always handed in.

>>> stamp(datetime(2026, 11, 22, 10, 0, tzinfo=UTC))
'2026-11-22T10:00:00Z'
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Where the day begins first on Earth (UTC+14) it may already be a day that has not come here.
EARLIEST_CLOCK = timedelta(hours=14)


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC to the second: fixed width, so that text order is time order. Refuses a naive datetime."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone is not an instant")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def known_stamp(at: datetime | None) -> str | None:
    """``stamp`` of a time; None where nobody knows one. Refuses a naive datetime."""
    return None if at is None else stamp(at)


def instant(text: str) -> datetime:
    """Read what ``stamp`` wrote, or any RFC 3339 text with an offset; ValueError without one."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without a zone is not an instant")
    return at.astimezone(UTC)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of this name; ValueError if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError(f"no time zone is called {name}") from unknown


def end_of_day(day: date, zone_name: str) -> datetime:
    """The first instant after this local day, in UTC: what "until the end of that day" means to a customer."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone(zone_name)) + timedelta(days=1)
    return local.astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """Calendar months later; the last day of the month where the day does not exist there.

    >>> add_months(date(2024, 2, 29), 12)
    datetime.date(2025, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError("no such day")
