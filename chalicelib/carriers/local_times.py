"""A carrier's wall clock turned into an instant: by its own offset, else by the place, else assumed.

>>> read_time("2026-11-20T09:20:00+08:00", None, None)
(datetime.datetime(2026, 11, 20, 1, 20, tzinfo=datetime.timezone.utc), 'offset')
>>> read_time("2026-11-20T09:20:00", "CN", None)
(datetime.datetime(2026, 11, 20, 1, 20, tzinfo=datetime.timezone.utc), 'place')
>>> read_time("2026-11-20T09:20:00", None, None)
(datetime.datetime(2026, 11, 20, 9, 20, tzinfo=datetime.timezone.utc), 'assumed')
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from chalicelib.clock import zone
from chalicelib.places import main_zone_of, sure_zone_of
from chalicelib.shipments.events import TzSource

EARLIEST_YEAR = 2000


def read_time(sent: str, country: str | None, state: str | None) -> tuple[datetime, TzSource]:
    """The instant (UTC) and how its zone was known. A day alone means its midnight, as carriers send it. Of an hour
    that comes twice the first is meant; one that never comes is read with the offset before the change.

    Raises ValueError for what no clock shows (24:00, second 60, 30 February, an offset of 25 hours) and for
    a year before 2000, which carriers send for "no date".
    """
    at = datetime.fromisoformat(sent)
    if at.year < EARLIEST_YEAR:
        raise ValueError("not a date and time of this century")
    try:
        if at.tzinfo is not None:
            return at.astimezone(UTC), "offset"
        name, source = zone_of(country, state)
        return at.replace(tzinfo=zone(name)).astimezone(UTC), source
    except OverflowError:
        raise ValueError("beyond the calendar") from None


@lru_cache(maxsize=1024)
def zone_of(country: str | None, state: str | None) -> tuple[str, TzSource]:
    """The IANA zone of a place, and whether the place decides it. Unknown country: UTC, assumed."""
    known = sure_zone_of(country, state)
    return (known, "place") if known else (main_zone_of(country) or "UTC", "assumed")
