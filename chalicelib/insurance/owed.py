"""What a carrier owes for a lost parcel when nothing was declared and nothing insured.

An air carrier owes by weight, whatever was in the box (Montreal Convention art. 22(3)); one that drives owes a third
of it (CMR art. 23(3)); a post by kind of item (Universal Postal Convention) or by its own rule. Which of them holds is
a row of the ``insurance/liability`` vintage, by carrier, service and lane. Where it depends on what nobody said (flown
or driven, letter or parcel) all are said, and the least is reckoned with.

>>> found = owed_by("dhl", "EXPRESS_WORLDWIDE", Lane("FR", "DE"), Decimal(500), Money(Decimal(900), "EUR"),
...                 date(2026, 11, 24))
>>> [(one.regime, str(one.sdr)) for one in found.floors], found.certain
([('cmr', '4.165'), ('montreal', '13')], False)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.drawing_rights import DrawingRight, held
from chalicelib.errors import RuleNotInForce
from chalicelib.insurance.rows import Rates, fits, lane_fits, source_of
from chalicelib.money import MINOR_UNITS, Money
from chalicelib.places import Lane
from chalicelib.rulebook import Confidence, Vintage, in_force, weakest

GRAMS_PER_KG = Decimal(1000)
# A rate older than this shows the order of money only.
FRESH = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class SdrRate:
    """What one special drawing right was worth in a currency, as of a day; ``old`` once more than 35 days have gone."""

    per_sdr: Decimal
    currency: str
    as_of: date
    old: bool
    source: str
    confidence: Confidence

    def as_json(self) -> dict[str, Any]:
        """The shape used by the API."""
        return {
            "per_sdr": format(self.per_sdr, "f"),
            "as_of": self.as_of.isoformat(),
            "old": self.old,
            "source": self.source,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class LiabilityFloor:
    """What the carrier owes in any case by one rule. ``sdr`` is None where the rule is not written in special drawing
    rights or the weight is not known; ``money`` is in the currency of the parcel where a rate allows it, and None
    where nobody can say. What it owes is never more than the goods are worth."""

    id: str
    regime: str
    sdr_per_kg: Decimal | None
    sdr: Decimal | None
    money: Money | None
    rate: SdrRate | None
    source: str
    confidence: Confidence

    def as_json(self) -> dict[str, Any]:
        """The shape used by the API."""
        return {
            "id": self.id,
            "regime": self.regime,
            "sdr_per_kg": None if self.sdr_per_kg is None else format(self.sdr_per_kg, "f"),
            "sdr": None if self.sdr is None else format(self.sdr.normalize(), "f"),
            "money": self.money.as_json() if self.money else None,
            "rate": self.rate.as_json() if self.rate else None,
            "source": self.source,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class Owed:
    """Every rule that may hold, the least first; ``rule`` says by which row and ``why``. ``certain``: only one may.
    No floor: the carrier's duty on this way is not known (within one country it is national law)."""

    floors: tuple[LiabilityFloor, ...]
    rule: str | None
    why: str
    confidence: Confidence

    @property
    def certain(self) -> bool:
        """Whether it is known by which rule the carrier owes."""
        return len(self.floors) == 1

    @property
    def least(self) -> Money | None:
        """What may be reckoned with in money; None where one of the rules cannot be put in money."""
        amounts = [one.money for one in self.floors]
        known = [one for one in amounts if one is not None]
        return min(known, key=lambda one: one.amount) if known and len(known) == len(amounts) else None


NOT_KNOWN = Owed((), None, "by which rule this carrier owes on this way is not known", "low")


@dataclass(frozen=True, slots=True)
class _Facts:
    weight_g: Decimal | None
    worth: Money
    on: date
    rates: Rates


def owed_by(
    carrier: str,
    service: str | None,
    lane: Lane,
    weight_g: Decimal | None,
    worth: Money,
    on: date,
    rates: Rates | None = None,
) -> Owed:
    """What this carrier owes for this parcel. ``rates`` turn special drawing rights into a currency for which no rate
    of them is held; before the first vintage nothing is known."""
    try:
        vintage = in_force("insurance/liability", on)
    except RuleNotInForce:
        return NOT_KNOWN
    row = next((one for one in vintage.rules["applies"] if _holds(one, vintage, carrier, service, lane)), None)
    if row is None:
        return NOT_KNOWN
    facts = _Facts(weight_g, worth, on, rates or {})
    by_id = {floor["id"]: floor for floor in vintage.rules["floor"]}
    floors = sorted((_floor(by_id[name], vintage, facts) for name in row["floors"]), key=_least_first)
    sure = weakest((row["confidence"], *(one.confidence for one in floors)))
    return Owed(tuple(floors), f"{vintage.name}#{row['id']}", row["why"], sure)


def sdr_rate(currency: str, on: date, rates: Rates | None = None) -> SdrRate | None:
    """What a special drawing right was worth in this currency, by the latest figure up to that day; across a reference
    rate where none was printed for it, or a later one for another currency. None when nobody can say."""
    known = held(on)
    ways = [(known[currency], Decimal(1))] if currency in known else []
    ways += [(right, cross) for one, right in known.items() if (cross := (rates or {}).get((one, currency)))]
    if not ways:
        return None
    right, cross = max(ways, key=lambda way: way[0].as_of)
    return _rate(right, currency, on, cross)


def _rate(right: DrawingRight, currency: str, on: date, cross: Decimal) -> SdrRate:
    old = on - right.as_of > FRESH
    sure: Confidence = "low" if old or cross != 1 else right.row["confidence"]
    return SdrRate(right.per_sdr * cross, currency, right.as_of, old, source_of(right.vintage, right.row), sure)


def _holds(row: Mapping[str, Any], vintage: Vintage, carrier: str, service: str | None, lane: Lane) -> bool:
    abroad = row.get("abroad")
    return (
        row["carrier"] == carrier
        and fits(row["service"], service)
        and lane_fits(row, lane, vintage.rules.get("europe", ()))
        and abroad in (None, lane.origin != lane.destination)
    )


def _floor(row: Mapping[str, Any], vintage: Vintage, facts: _Facts) -> LiabilityFloor:
    source, confidence = source_of(vintage, row), row["confidence"]
    in_sdr = row.get("money") == "SDR"
    amount = _amount(row, facts)
    rate = sdr_rate(facts.worth.currency, facts.on, facts.rates) if in_sdr else None
    return LiabilityFloor(
        id=row["id"],
        regime=row["regime"],
        sdr_per_kg=Decimal(row["per_kg"]) if in_sdr and "per_kg" in row else None,
        sdr=amount if in_sdr else None,
        money=_capped(_in_money(row, amount, rate, facts), facts.worth),
        rate=rate,
        source=source,
        confidence=confidence,
    )


def _amount(row: Mapping[str, Any], facts: _Facts) -> Decimal | None:
    """By item and by weight, in the money of the row; None where the weight is wanted and not known."""
    if "per_kg" not in row:
        return Decimal(row["per_item"]) if "per_item" in row else None
    if facts.weight_g is None:
        return None
    return Decimal(row.get("per_item", "0")) + facts.weight_g * Decimal(row["per_kg"]) / GRAMS_PER_KG


def _in_money(row: Mapping[str, Any], amount: Decimal | None, rate: SdrRate | None, facts: _Facts) -> Money | None:
    currency = facts.worth.currency
    if row.get("nothing"):
        return Money(Decimal(0), currency)
    # Of an insured item what was declared is owed, which is the sum insured and no floor.
    if amount is None or row.get("declared"):
        return None
    if row["money"] == "SDR":
        return None if rate is None else Money(amount * rate.per_sdr, currency).rounded()
    if row["money"] == currency:
        return Money(amount, currency).rounded()
    cross = facts.rates.get((row["money"], currency)) if row["money"] in MINOR_UNITS else None
    return None if cross is None else Money(amount * cross, currency).rounded()


def _capped(owed: Money | None, worth: Money) -> Money | None:
    return None if owed is None else min(owed, worth, key=lambda one: one.amount)


def _least_first(floor: LiabilityFloor) -> tuple[bool, Decimal]:
    figure = floor.money.amount if floor.money else floor.sdr
    return figure is None, figure if figure is not None else Decimal(0)
