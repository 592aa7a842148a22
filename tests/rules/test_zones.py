"""The clock of a place, held against the IANA database itself."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from chalicelib.errors import RuleNotInForce
from chalicelib.places import last_zone_of, main_zone_of, sure_zone_of, zone_of_place
from chalicelib.rulebook import dictionary

ZONES = dictionary("calendars", "zones")
SEASONS = [datetime(2026, month, 15, tzinfo=UTC) for month in (1, 4, 7, 10)]


def iana() -> dict[str, set[str]]:
    """Every zone of every country, as zone.tab lists them."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            found[country].add(name)
    return found


IANA = iana()


def offsets(name: str) -> list[timedelta]:
    zone = ZoneInfo(name)
    return [moment.astimezone(zone).utcoffset() or timedelta(0) for moment in SEASONS]


def test_every_country_of_the_database_has_its_clock_once() -> None:
    assert not set(ZONES["country"]) & set(ZONES["main"])
    assert {*ZONES["country"], *ZONES["main"]} == set(IANA) - {"AQ"}  # nobody sends a ring to the Antarctic


@pytest.mark.parametrize("country", sorted(ZONES["country"]))
def test_a_country_that_decides_its_clock_has_no_other(country: str) -> None:
    official = IANA[country] - {"Asia/Urumqi"}  # kept by habit in Xinjiang, not by law
    assert {tuple(offsets(name)) for name in official} == {tuple(offsets(ZONES["country"][country]))}


@pytest.mark.parametrize("country", sorted(ZONES["main"]))
def test_where_a_country_has_several_clocks_no_day_ends_later_than_the_last(country: str) -> None:
    last = offsets(last_zone_of(country, None))

    assert main_zone_of(country) in IANA[country]
    assert all(ours <= theirs for name in IANA[country] for ours, theirs in zip(last, offsets(name), strict=True))


@pytest.mark.parametrize("country", sorted(ZONES["state"]))
def test_every_state_has_one_clock_that_exists(country: str) -> None:
    states = [state for names in ZONES["state"][country].values() for state in names]

    assert len(states) == len(set(states))
    assert all(ZoneInfo(name) for name in ZONES["state"][country])


@pytest.mark.parametrize("state", sorted(ZONES["last_in_state"]["US"]))
def test_in_a_state_of_two_zones_the_cities_have_the_earlier_end_of_the_day(state: str) -> None:
    pairs = zip(offsets(last_zone_of("US", state)), offsets(zone_of_place("US", state)), strict=True)

    assert all(last <= cities for last, cities in pairs)


def test_a_courier_in_miami_or_dallas_comes_by_the_clock_of_the_city() -> None:
    """Their states reach into a second zone, where the customer's own day ends later."""
    assert (zone_of_place("US", "FL"), last_zone_of("US", "FL")) == ("America/New_York", "America/Chicago")
    assert (zone_of_place("US", "TX"), last_zone_of("US", "TX")) == ("America/Chicago", "America/Denver")


def test_what_the_place_does_not_decide_is_not_sure() -> None:
    assert sure_zone_of("US", None) is None
    assert (zone_of_place("ES", None), last_zone_of("ES", None)) == ("Europe/Madrid", "Atlantic/Canary")
    assert last_zone_of("CA", "ON") == "America/Vancouver"  # Kenora is in Ontario and keeps another time


def test_a_country_without_zones_is_said_and_not_guessed() -> None:
    with pytest.raises(RuleNotInForce):
        zone_of_place("XX", None)
    assert last_zone_of("XX", None) == "Etc/GMT+12"
