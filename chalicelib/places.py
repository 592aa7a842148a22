"""Places: customs territories, lanes and the clock on the wall.

A lane is origin country -> destination country (ISO 3166-1 alpha-2). The European Union is one customs territory for
duty and relief; its members keep their own VAT.

>>> territory_of("FR"), territory_of("GB"), territory_of("CN")
('EU', 'GB', 'CN')
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import RuleNotInForce
from chalicelib.rulebook import dictionary

EU_MEMBERS = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
# Where a country's zones are unknown a day is taken to end where days end last on Earth (UTC-12).
LAST_ZONE_ON_EARTH = "Etc/GMT+12"
_COUNTRY = re.compile(r"[A-Z]{2}\Z")


@dataclass(frozen=True, slots=True)
class Lane:
    """Where goods leave and where they go, as ISO country codes."""

    origin: str
    destination: str

    def __post_init__(self) -> None:
        for country in (self.origin, self.destination):
            if not _COUNTRY.match(country):
                raise ValueError("a country is two capital letters (ISO 3166-1 alpha-2)")

    @property
    def crosses_customs(self) -> bool:
        """Whether goods leave a customs territory on this way.

        >>> Lane("FR", "DE").crosses_customs, Lane("FR", "CN").crosses_customs
        (False, True)
        """
        return territory_of(self.origin) != territory_of(self.destination)

    def __str__(self) -> str:
        return f"{self.origin}->{self.destination}"


def territory_of(country: str) -> str:
    """The customs territory a country belongs to: ``EU`` for its members, else the country itself."""
    return "EU" if country in EU_MEMBERS else country


def sure_zone_of(country: str | None, region: str | None) -> str | None:
    """The IANA zone that the place decides; None where a country has several and the region does not say.

    >>> sure_zone_of("FR", None), sure_zone_of("US", "TX"), sure_zone_of("US", None)
    ('Europe/Paris', 'America/Chicago', None)
    """
    zones = _zones()
    name: str | None = zones["country"].get(country) or _by_region(country).get(region or "")
    return name


def main_zone_of(country: str | None) -> str | None:
    """The zone most people of a country with several live in; None for any other country."""
    name: str | None = _zones()["main"].get(country)
    return name


def zone_of_place(country: str, region: str | None) -> str:
    """The zone on the clocks there; the country's main one when the region is not known.

    Raises ``RuleNotInForce`` for a country whose zones are not held.

    >>> zone_of_place("FR", None), zone_of_place("US", "CA"), zone_of_place("US", None)
    ('Europe/Paris', 'America/Los_Angeles', 'America/New_York')
    """
    name = sure_zone_of(country, region) or main_zone_of(country)
    if name is None:
        raise RuleNotInForce(f"calendars/zones/{country}", "any day")
    return name


def last_zone_of(country: str, region: str | None) -> str:
    """The zone where a customer's day ends; the one where it ends last when the place leaves a choice.

    >>> last_zone_of("US", "NY"), last_zone_of("US", "TX"), last_zone_of("US", None)
    ('America/New_York', 'America/Denver', 'Pacific/Honolulu')
    """
    zones = _zones()
    split: Mapping[str, str] | None = zones["last_in_state"].get(country)
    named = None if split is None else split.get(region or "") or _by_region(country).get(region or "")
    name: str = named or zones["last"].get(country) or zones["country"].get(country, LAST_ZONE_ON_EARTH)
    return name


def _by_region(country: str | None) -> Mapping[str, str]:
    return {region: name for name, regions in _zones()["state"].get(country, {}).items() for region in regions}


def _zones() -> Mapping[str, Any]:
    return dictionary("calendars", "zones")
