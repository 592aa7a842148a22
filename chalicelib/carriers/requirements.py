"""What the acceptance rows ask for, and whether this parcel meets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args

from chalicelib.carriers.acceptance_rows import Cap, limit_of_requirement, requirement
from chalicelib.carriers.goods import ParcelFacts
from chalicelib.merchant import CarrierContract, Proof, limit_in
from chalicelib.money import Money
from chalicelib.places import Lane

Outcome = Literal["allowed", "conditional", "needs_a_person", "refused"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
Rates = Mapping[tuple[str, str], Decimal]
PROOF_HOLDS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Unmet:
    """A requirement that does not hold: whether a person can still see to it or the parcel cannot go."""

    outcome: Literal["needs_a_person", "refused"]
    code: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing a carrier asks. ``state``: met (checked or proven), by_carrier (it does so unasked), to_do (``by`` sees
    to it: the merchant on the order, the sender when packing and handing over), or unmet."""

    code: str
    text: str
    state: Literal["met", "by_carrier", "to_do", "unmet"]
    by: Literal["merchant", "sender", "carrier"] | None
    rules: tuple[str, ...]
    proven_on: date | None = None
    unmet: Unmet | None = None

    @property
    def outcome(self) -> Outcome:
        """What it makes of the parcel."""
        if self.unmet is not None:
            return self.unmet.outcome
        return "conditional" if self.state == "to_do" else "allowed"

    def asked_by_too(self, other: Condition) -> Condition:
        """The same condition, asked by the rows of both."""
        return replace(self, rules=tuple(dict.fromkeys((*self.rules, *other.rules))))

    def as_json(self) -> dict[str, Any]:
        """The shape used in a route."""
        return {
            "code": self.code,
            "text": self.text,
            "state": self.state,
            "by": self.by,
            "rules": list(self.rules),
            "proven_on": self.proven_on.isoformat() if self.proven_on else None,
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """The parcel with all that rows are judged by."""

    parcel: ParcelFacts
    contract: CarrierContract | None
    lane: Lane
    on: date
    rates: Rates
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


def condition_of(code: str, row: str, standing: Standing) -> Condition:
    """A requirement of a row held against the parcel. A code that no dictionary explains is never waved through."""
    asked = requirement(code)
    if asked is None:
        unknown = Unmet("needs_a_person", "requirement_unknown")
        return Condition(code, code, "unmet", None, (row,), None, unknown)
    if asked["kind"] in ("do", "note"):
        state: Literal["to_do", "by_carrier"] = "to_do" if asked["kind"] == "do" else "by_carrier"
        return Condition(code, asked["text"], state, asked["by"], (row,))
    proven, failed = (_proven if asked["kind"] == "prove" else _checked)(code, standing)
    return Condition(code, asked["text"], "unmet" if failed else "met", None, (row,), proven, failed)


def is_provable(code: str) -> bool:
    """Whether somebody can establish it: not a figure of the parcel, nor work to be done."""
    asked = requirement(code)
    return asked is not None and asked["kind"] == "prove"


def holding_proof(code: str, contract: CarrierContract | None, destination: str, on: date) -> Proof | None:
    """The newest proof of the merchant's that still holds there: a year from the day it was established. What depends
    on the destination is proven for that one alone."""
    anywhere = (requirement(code) or {}).get("per") != "destination"
    return max(
        (
            proof
            for proof in (contract.all_proofs if contract else ())
            if proof.code == code
            and (proof.country == destination or (anywhere and proof.country is None))
            and timedelta(0) <= on - proof.checked_on <= PROOF_HOLDS
        ),
        key=lambda proof: proof.checked_on,
        default=None,
    )


def _proven(code: str, standing: Standing) -> tuple[date | None, Unmet | None]:
    if code in standing.parcel.proven:
        return None, None
    proof = holding_proof(code, standing.contract, standing.lane.destination, standing.on)
    if proof is None:
        return None, Unmet("needs_a_person", "requirement_unproven")
    if proof.up_to:
        value = standing.parcel.value
        limit = limit_in(proof.up_to, value.currency)
        if limit is None or value.amount > limit:
            code = "value_above_proof" if limit is not None else "limit_currency_missing"
            return proof.checked_on, Unmet("needs_a_person", code)
    return proof.checked_on, None


def _checked(code: str, standing: Standing) -> tuple[date | None, Unmet | None]:
    return None, _CHECKS[code](standing)


def _policy_above_cap(standing: Standing) -> Unmet | None:
    if standing.parcel.insured_by_policy or standing.declared_cap is None:
        return None
    above = standing.is_above(standing.parcel.value, standing.declared_cap.limit)
    if above is None:
        return Unmet("needs_a_person", "exchange_rate_required")
    return Unmet("needs_a_person", "policy_required") if above else None


def _declared_within_customs(standing: Standing) -> Unmet | None:
    above = standing.is_above(standing.parcel.carrier_declared_value, standing.parcel.customs_value)
    if above is None:
        return Unmet("needs_a_person", "exchange_rate_required")
    return Unmet("refused", "declared_value_above_customs_value") if above else None


def _not_both(standing: Standing) -> Unmet | None:
    declared = standing.parcel.carrier_declared_value.amount > 0
    return (
        Unmet("refused", "declared_value_and_policy_both") if declared and standing.parcel.insured_by_policy else None
    )


def _covered_somehow(standing: Standing) -> Unmet | None:
    covered = standing.parcel.insured_by_policy or standing.parcel.carrier_declared_value.amount > 0
    return None if covered else Unmet("needs_a_person", "cover_required")


def _insured(standing: Standing) -> Unmet | None:
    return None if standing.parcel.fact("INSURED_PARCEL") else Unmet("needs_a_person", "insured_item_required")


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
