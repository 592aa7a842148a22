"""Sums of a cover: what is insured and of what it is made up, what is borne by ourselves, what it costs.

A piece of jewellery is worth its metal and, above that, its stones and the work in it. An insurer who pays metal and
making asks for the two apart; the metal's worth is given from outside, dated, because prices change by the hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.insurers import InsurerPolicy, Valuation
from chalicelib.merchant import limit_in
from chalicelib.money import Money, total

PER_MILLE = Decimal(1000)


@dataclass(frozen=True, slots=True)
class SumInsured:
    """What a parcel is insured for, by which basis and of which day. ``stones_and_work`` is what is left of the worth
    above the metal, and None where that cannot be said; ``reasons`` say why."""

    value: Money
    basis: Valuation | None
    on: date
    metal_value: Money | None
    stones_and_work: Money | None
    reasons: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape kept with the insurance declaration."""
        return {
            "valuation_basis": self.basis,
            "valuation_date": self.on.isoformat(),
            "metal_value": self.metal_value.as_json() if self.metal_value else None,
            "stones_and_work": self.stones_and_work.as_json() if self.stones_and_work else None,
            "valuation_reasons": list(self.reasons),
        }


def sum_insured(worths: Iterable[Money], metal_value: Money | None, basis: Valuation | None, on: date) -> SumInsured:
    """The worth of the pieces as it is insured; ValueError for none, or for several currencies.

    >>> ring = sum_insured([Money(Decimal("1180"), "EUR")], Money(Decimal("430"), "EUR"), "invoice", date(2026, 11, 24))
    >>> ring.stones_and_work.as_json()["amount"], ring.reasons
    ('750.00', ())
    >>> sum_insured([Money(Decimal("400"), "EUR")], Money(Decimal("430"), "EUR"), "invoice", date(2026, 11, 24)).reasons
    ('metal_above_value',)
    """
    pieces = tuple(worths)
    if not pieces:
        raise ValueError("nothing to insure")
    value = total(pieces, pieces[0].currency)
    reasons = _doubts(value, metal_value, basis)
    split = metal_value is not None and not set(reasons) & {"metal_above_value", "metal_in_another_currency"}
    rest = value - metal_value if split and metal_value is not None else None
    return SumInsured(value, basis, on, metal_value, rest, reasons)


def premium_of(policy: InsurerPolicy, insured: Money) -> Money | None:
    """What this cover costs; None where the policy does not say it for this currency.

    The premium is rounded half up to the currency's own decimals.
    """
    if policy.premium is None:
        return None
    least = limit_in(policy.premium.minimum, insured.currency)
    if policy.premium.minimum and least is None:
        return None
    due = Money(insured.amount * policy.premium.per_mille / PER_MILLE, insured.currency).rounded()
    return due if least is None else max(due, Money(least, insured.currency), key=lambda one: one.amount)


def deductible_of(policy: InsurerPolicy, insured: Money) -> Money | None:
    """What is borne by ourselves of a total loss: the amount, or the share of the sum insured where that is more; None
    where the policy says neither for this currency. Never more than the sum itself."""
    fixed = limit_in(policy.deductible, insured.currency)
    share = None if policy.deductible_share is None else insured.amount * policy.deductible_share
    known = [one for one in (fixed, share) if one is not None]
    return Money(min(max(known), insured.amount), insured.currency).rounded() if known else None


def _doubts(value: Money, metal: Money | None, basis: Valuation | None) -> tuple[str, ...]:
    found = []
    if metal is None:
        found.append("metal_value_not_known")
    elif metal.currency != value.currency:
        found.append("metal_in_another_currency")
    elif value < metal:
        found.append("metal_above_value")
    if basis is None:
        found.append("valuation_basis_not_known")
    if basis == "replacement":
        found.append("replacement_value_is_the_price_paid")
    if basis == "metal_plus_making" and metal is None:
        found.append("metal_value_wanted")
    return tuple(found)
