"""What the acceptance rows ask for, and whether this parcel meets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from chalicelib.carriers.acceptance_rows import Cap, kind_of_requirement, limit_of_requirement
from chalicelib.carriers.goods import ParcelFacts
from chalicelib.merchant import CarrierContract
from chalicelib.money import Money
from chalicelib.places import Lane

DESTINATION_CHECK_HOLDS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Unmet:
    """A requirement that does not hold: whether a person can still see to it or the parcel cannot go."""

    outcome: Literal["review", "denied"]
    code: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The parcel with all that rows are judged by."""

    parcel: ParcelFacts
    contract: CarrierContract | None
    lane: Lane
    on: date
    rates: Mapping[tuple[str, str], Decimal]
    declared_cap: Cap | None

    def amount_for(self, cap: Cap) -> Money | None:
        """The amount a limit is about; None when it is not known."""
        if cap.field == "carrier_declared_value":
            return self.parcel.carrier_declared_value
        if cap.basis == "address_day":
            return self.parcel.address_day_value
        return self._dearest(cap.limit.currency) if cap.basis == "item" else self.parcel.value

    def is_above(self, amount: Money, limit: Money) -> bool | None:
        """Whether an amount is above a limit; None when no rate turns one currency into the other."""
        if amount.amount == 0:
            return False
        if amount.currency == limit.currency:
            return amount.amount > limit.amount
        rate = self.rates.get((amount.currency, limit.currency))
        return None if rate is None else amount.amount * rate > limit.amount

    def _dearest(self, currency: str) -> Money | None:
        """The dearest piece; a piece that no rate compares goes first, so that the gap is noticed."""
        pieces = self.parcel.item_values
        lost = [p for p in pieces if p.currency != currency and (p.currency, currency) not in self.rates]
        if lost:
            return lost[0]
        return max(pieces, key=lambda p: p.amount * self.rates.get((p.currency, currency), Decimal(1)), default=None)


def unmet(code: str, standing: Standing) -> Unmet | None:
    """What stands against this requirement; None when it holds or we see to it ourselves.

    A code that no dictionary explains is never waved through.
    """
    try:
        kind = kind_of_requirement(code)
    except KeyError:
        return Unmet("review", "requirement_unknown")
    if kind == "prove":
        return None if _proven(code, standing) else Unmet("review", "requirement_unproven")
    return _CHECKS[code](standing) if kind == "check" else None


def _proven(code: str, standing: Standing) -> bool:
    by_contract = standing.contract.proven if standing.contract else ()
    if code in standing.parcel.proven or code in by_contract:
        return True
    return code == "DEST_RULE_CHECKED" and _destination_checked(standing)


def _destination_checked(standing: Standing) -> bool:
    checks = standing.contract.destinations_checked if standing.contract else ()
    return any(
        check.country == standing.lane.destination
        and timedelta(0) <= standing.on - check.checked_on <= DESTINATION_CHECK_HOLDS
        for check in checks
    )


def _policy_above_cap(standing: Standing) -> Unmet | None:
    if standing.parcel.insured_by_policy or standing.declared_cap is None:
        return None
    above = standing.is_above(standing.parcel.value, standing.declared_cap.limit)
    if above is None:
        return Unmet("review", "exchange_rate_required")
    return Unmet("review", "policy_required") if above else None


def _declared_within_customs(standing: Standing) -> Unmet | None:
    above = standing.is_above(standing.parcel.carrier_declared_value, standing.parcel.customs_value)
    if above is None:
        return Unmet("review", "exchange_rate_required")
    return Unmet("denied", "declared_value_above_customs_value") if above else None


def _not_both(standing: Standing) -> Unmet | None:
    declared = standing.parcel.carrier_declared_value.amount > 0
    return Unmet("denied", "declared_value_and_policy_both") if declared and standing.parcel.insured_by_policy else None


def _covered_somehow(standing: Standing) -> Unmet | None:
    covered = standing.parcel.insured_by_policy or standing.parcel.carrier_declared_value.amount > 0
    return None if covered else Unmet("review", "cover_required")


def _insured(standing: Standing) -> Unmet | None:
    return None if standing.parcel.fact("INSURED_PARCEL") else Unmet("review", "insured_item_required")


def _insured_above(standing: Standing) -> Unmet | None:
    above = standing.is_above(standing.parcel.value, limit_of_requirement("INSURED_IF_GT_HKD2500"))
    return None if above is False else _insured(standing)


_CHECKS: Mapping[str, Callable[[Standing], Unmet | None]] = {
    "THIRD_PARTY_POLICY_IF_VALUE_GT_DECLARED_CAP": _policy_above_cap,
    "DECLARED_VALUE_LE_CUSTOMS_VALUE": _declared_within_customs,
    "NOT_BOTH_DECLARED_VALUE_AND_POLICY": _not_both,
    "INSURANCE_OR_SVP": _covered_somehow,
    "INSURED": _insured,
    "INSURED_IF_GT_HKD2500": _insured_above,
}
