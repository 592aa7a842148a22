"""How much may be declared to a carrier for such goods, as against what they are worth.

Declared value is not insurance: the carrier must be at fault, pays the least of repair, worn value and replacement,
and for jewellery lets only a little be declared. No more may be declared to the carrier than to customs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from chalicelib.errors import RuleNotInForce
from chalicelib.insurance.parcel import Consignment, Gap
from chalicelib.insurance.rows import Rates, fits, lane_fits, source_of
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.rulebook import Confidence, Vintage, in_force

GRAMS_PER_POUND = Decimal("453.59237")


@dataclass(frozen=True, slots=True)
class DeclaredCap:
    """The most that may be declared: ``limit`` (None: no cap is known), or ``ask_above`` it the carrier must agree.
    ``void``: what is declared for such goods counts for nothing."""

    limit: Money | None
    ask_above: Money | None
    void: bool
    per: Literal["shipment", "package"]
    note: str
    rule: str
    source: str
    confidence: Confidence

    def as_json(self) -> dict[str, Any]:
        """The shape used by the API."""
        return {
            "limit": self.limit.as_json() if self.limit else None,
            "ask_above": self.ask_above.as_json() if self.ask_above else None,
            "void": self.void,
            "per": self.per,
            "note": self.note,
            "rule": self.rule,
            "source": self.source,
            "confidence": self.confidence,
        }


def cap_for(parcel: Consignment, carrier: str, lane: Lane, on: date) -> DeclaredCap | None:
    """The cap of this carrier for these goods on this way; None where no row speaks. What is only to be had under a
    contract of its own is no cap of anybody's."""
    try:
        vintage = in_force("insurance/declared_value", on)
    except RuleNotInForce:
        return None
    rows = (row for row in vintage.rules["cap"] if not row.get("by_contract"))
    row = next((one for one in rows if _is_about(one, parcel, carrier, lane)), None)
    return None if row is None else _read(row, vintage, parcel)


def over_the_cap(cap: DeclaredCap | None, value: Money, rates: Rates) -> tuple[Gap, ...]:
    """What of this value the carrier lets nobody declare; a cap in a currency without a rate is said, never passed."""
    if cap is None:
        return ()
    if cap.void:
        return (Gap("carrier_pays_nothing", None, value),)
    for code, limit, uncovers in (
        ("carrier_cap_exceeded", cap.limit, True),
        ("carrier_must_agree", cap.ask_above, False),
    ):
        if limit is None:
            continue
        there = in_currency(limit, value.currency, rates)
        if there is None:
            return (Gap("carrier_cap_not_compared", None, value if uncovers else None, limit),)
        if value.amount > there.amount:
            return (Gap(code, None, value - there if uncovers else None, there, value),)
    return ()


def in_currency(amount: Money, currency: str, rates: Rates) -> Money | None:
    """The same amount in another currency, at the reference rate, rounded; None without one."""
    if amount.currency == currency:
        return amount
    rate = rates.get((amount.currency, currency))
    return None if rate is None else Money(amount.amount * rate, currency).rounded()


def _is_about(row: Mapping[str, Any], parcel: Consignment, carrier: str, lane: Lane) -> bool:
    at_home = row.get("domestic")
    return (
        row["carrier"] == carrier
        and fits(row["service"], parcel.service)
        and lane_fits(row, lane)
        and at_home in (None, lane.origin == lane.destination)
        and ("*" in row["goods"] or bool(parcel.goods & set(row["goods"])))
    )


def _read(row: Mapping[str, Any], vintage: Vintage, parcel: Consignment) -> DeclaredCap:
    ask = Money(Decimal(row["ask_above"]), row["currency"]) if "ask_above" in row else None
    return DeclaredCap(
        limit=_limit(row, parcel.gross_weight_g),
        ask_above=ask,
        void=row.get("void", False),
        per=row["per"],
        note=row["note"],
        rule=f"{vintage.name}#{row['id']}",
        source=source_of(vintage, row),
        confidence=row["confidence"],
    )


def _limit(row: Mapping[str, Any], weight_g: Decimal | None) -> Money | None:
    """The amount, or so much per pound where that is more; an unknown weight leaves the amount."""
    if "amount" not in row:
        return None
    amount = Decimal(row["amount"])
    if "per_lb" in row and weight_g is not None:
        amount = max(amount, weight_g / GRAMS_PER_POUND * Decimal(row["per_lb"]))
    return Money(amount, row["currency"]).rounded()
