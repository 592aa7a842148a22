"""Places: customs territories, lanes and the time zone a scan's clock was on.

A lane is origin country -> destination country (ISO 3166-1 alpha-2). The European Union is one customs territory for
duty and relief; its members keep their own VAT.

>>> territory_of("FR"), territory_of("GB"), territory_of("CN")
('EU', 'GB', 'CN')
"""

from __future__ import annotations

import re
from dataclasses import dataclass

EU_MEMBERS = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
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
