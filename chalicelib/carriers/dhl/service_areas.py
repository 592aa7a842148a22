"""Where a DHL checkpoint was made and which clock hangs there, by service area, by country, by DHL's words.

>>> area_of("LEJ", "Leipzig-DE").zone, area_of("LAP", "La Paz-BO").zone
('Europe/Berlin', 'America/La_Paz')
>>> locality_of("CINCINNATI HUB, OH - USA", "")[0]
Place(city='CINCINNATI HUB', country='US')
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from chalicelib.carriers.local_times import EARLIEST_YEAR, zone_of
from chalicelib.clock import end_of_day, zone
from chalicelib.rulebook import dictionary
from chalicelib.shipments.events import Place, TzSource

_LONGEST_CITY = 80
_PARTS = re.compile(r" - | -|- ")
"""What stands between the parts of a place, of words with single spaces."""
_A_DAY, _A_SECOND = len("2026-11-20"), len("2026-11-20T09:20:00")
_NO_OFFSET = timedelta()


class Where(NamedTuple):
    """A place as kept, as part of an identity, and its clock."""

    place: Place
    identity: str
    zone: str
    tz_source: TzSource


class Area(NamedTuple):
    """A service area: its clock and its country."""

    zone: str
    country: str
    city: str


@lru_cache(maxsize=4096)
def area_of(code: str, description: str) -> Where:
    """The place of a MyDHL service area such as ``LEJ``, ``Leipzig-DE``.

    The area's own zone counts where DHL's country agrees with the row or none is told; else the country's.
    """
    code = code.strip().upper()
    city, told = _city_and_country(description)
    row = _areas().get(code)
    country = told or (row.country if row else None)
    kept = Place(_clean(city or (row.city if row else "")) or None, country)
    if row and told in (None, row.country):
        return Where(kept, code, row.zone, "place")
    return Where(kept, code or " ".join(description.upper().split())[:_LONGEST_CITY], *zone_of(country, None))


@lru_cache(maxsize=4096)
def locality_of(words: str, country: str, nearby: tuple[str, ...] = ()) -> Where:
    """The place of a DHL Unified entry: its country code, else the country that ends its words, else the one of the
    shipment's own end (``nearby``) that names this city.
    """
    sent = " ".join(words.split())
    parts = _PARTS.split(sent) if sent else [""]
    code = country.strip().upper()
    named = code if _is_code(code) else country_named(parts[-1]) if len(parts) > 1 else None
    city, state = _city_and_state(parts[0])
    if named is None:
        named, near_state = _near(sent, nearby)
        state = state or near_state
    kept = Place(_clean(city) or None, named)
    return Where(kept, f"{sent.upper()[:_LONGEST_CITY]}|{code[:2]}", *zone_of(named, state))


def country_named(words: str) -> str | None:
    """The ISO country of two letters or of DHL's English name; None for neither.

    >>> country_named("UNITED ARAB EMIRATES"), country_named("DE"), country_named("ATLANTIS")
    ('AE', 'DE', None)
    """
    plain = " ".join(words.upper().split())
    return plain if _is_code(plain) else _country_names().get(plain)


def read_clock(sent: str, zone_name: str, tz_source: TzSource) -> tuple[datetime, TzSource]:
    """The instant (UTC) of a clock with its own offset, else of that zone; ValueError for what no clock shows and for a
    year before 2000."""
    at = datetime.fromisoformat(sent)
    if at.year < EARLIEST_YEAR:
        raise ValueError("not a date and time of this century")
    try:
        if at.tzinfo is not None:
            return at.astimezone(UTC), "offset"
        if len(sent) == _A_SECOND:  # the usual form, and four times as fast as replacing the zone and turning it
            return datetime.fromisoformat(f"{sent}+00:00") - (zone(zone_name).utcoffset(at) or _NO_OFFSET), tz_source
        return at.replace(tzinfo=zone(zone_name)).astimezone(UTC), tz_source
    except OverflowError:
        raise ValueError("beyond the calendar") from None


def read_promise(sent: str, zone_name: str) -> datetime:
    """When DHL means to deliver; a day alone is promised until its end. Raises ValueError.

    >>> read_promise("2024-04-08", "Europe/Berlin").isoformat()
    '2024-04-08T22:00:00+00:00'
    """
    if len(sent) == _A_DAY:
        day = date.fromisoformat(sent)
        if day.year < EARLIEST_YEAR or day.year >= date.max.year:
            raise ValueError("not a day of this age")
        return end_of_day(day, zone_name)
    return read_clock(sent, zone_name, "place")[0]


def _city_and_country(description: str) -> tuple[str, str | None]:
    head, _, tail = description.rpartition("-")
    country = tail.strip().upper()
    return (head, country) if _is_code(country) else (description, None)


def _city_and_state(words: str) -> tuple[str, str | None]:
    head, _, tail = words.rpartition(",")
    state = tail.strip().upper()
    return (head, state) if head and 2 <= len(state) <= 3 and state.isalpha() else (words, None)


def _near(city: str, nearby: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Country and state of the shipment's end whose words name this city."""
    wanted = city.upper()
    for words in nearby:
        parts = _PARTS.split(" ".join(words.upper().split()))
        cities = [_city_and_state(part) for part in parts[:-1]]
        if wanted and any(wanted == name for name, _ in cities):
            return country_named(parts[-1]), next((state for _, state in cities if state), None)
    return None, None


def _clean(city: str) -> str:
    line = " ".join(city.split())[:_LONGEST_CITY]
    return line if line.isprintable() else "".join(letter for letter in line if letter.isprintable())


def _is_code(words: str) -> bool:
    return len(words) == 2 and words.isascii() and words.isalpha()


@cache
def _areas() -> Mapping[str, Area]:
    found: dict[str, Area] = {}
    for row in dictionary("carriers", "dhl_service_areas")["zone"]:
        for code, city in {**row.get("iata", {}), **row.get("recorded", {})}.items():
            found[code] = Area(row["name"], row["country"], city)
    return found


@cache
def _country_names() -> Mapping[str, str]:
    names = dictionary("carriers", "dhl_service_areas")["country_names"]
    return {**names["names"], **names["unified"]}
