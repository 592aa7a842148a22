"""Who repairs for the house and what it asks: partners abroad, the house's own prices of work, what carriage costs.

Amounts are given per currency and never converted. A price without an amount in the customer's currency is no price.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from chalicelib.money import Money
from chalicelib.strict import Code, Country, Strict, Text


@dataclass(frozen=True, slots=True)
class RepairPrice(Strict):
    """What one operation costs (for each, where the rules price it so), on pieces of these metals; none named: any."""

    operation: Code
    price: Annotated[tuple[Money, ...], Field(min_length=1)]
    metals: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Partner(Strict):
    """A workshop that repairs for us in another country: what it takes on, its prices, how many business days it needs.

    ``carriage`` is what bringing a piece to it and back costs inside its country; none: the customer brings and fetches
    it. ``up_to`` is the most a piece there may be worth, ``insured`` whether its insurer covers our customers' pieces
    while it has them (left out: nobody has asked).
    """

    code: Code
    name: Text
    country: Country
    operations: Annotated[tuple[Code, ...], Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=120)]
    prices: tuple[RepairPrice, ...] = ()
    carriage: tuple[Money, ...] = ()
    up_to: tuple[Money, ...] = ()
    insured: bool | None = None


@dataclass(frozen=True, slots=True)
class Carriage(Strict):
    """What one insured parcel between a place of ours and these countries is reckoned to cost, one way."""

    place: Code
    countries: Annotated[tuple[Country, ...], Field(min_length=1)]
    price: Annotated[tuple[Money, ...], Field(min_length=1)]


def carriage_between(rows: Iterable[Carriage], place: str, country: str, currency: str) -> Money | None:
    """What one way costs in this currency; None where nobody has said it."""
    found = next((row for row in rows if row.place == place and country in row.countries), None)
    return next((one for one in found.price if one.currency == currency), None) if found else None
