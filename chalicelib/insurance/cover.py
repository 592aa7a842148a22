"""Who pays if the parcel is lost, up to what, and who must be told by when.

Declared value is not insurance: the carrier pays only when it is at fault, and caps it far below jewellery.
So a parcel travels under a policy with nothing declared: specialist insurers forbid both. Without a policy an
air carrier owes 26 SDR per kilogram, whatever was in the box (Montreal Convention art. 22(3)).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeGuard

from chalicelib.errors import RuleNotInForce
from chalicelib.insurance.claims_clock import ClaimClock, binding, clocks_for, vintage_of_clocks
from chalicelib.insurance.declared import DeclaredCap, cap_for, in_currency, over_the_cap
from chalicelib.insurance.owed import LiabilityFloor, Owed, owed_by
from chalicelib.insurance.parcel import CarrierCover, Consignment, CoverCondition, Gap
from chalicelib.insurance.rows import Rates
from chalicelib.insurance.sums import deductible_of, premium_of
from chalicelib.insurance.terms import LIMITS, conditions, failures, unwritten
from chalicelib.insurance.words import condition_json, gap_json
from chalicelib.insurers import InsurerPolicy
from chalicelib.merchant import limit_in
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.rulebook import Confidence, weakest

WhoPays = Literal["insurer", "carrier", "merchant"]


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover of one parcel. Any ``gaps`` need a person before the parcel moves.

    ``uncovered`` is what of its worth nobody insures; ``rejected`` is why each policy was not used; ``not_checked``
    names limits and terms that could not be looked at for want of a figure; ``facts`` are what the carriers' acceptance
    rules may be told about this cover; ``clocks_of`` is the vintage the clocks are rows of.
    """

    insured_by: str | None
    policy_no: str | None
    value: Money
    insured_value: Money
    carrier_declared_value: Money
    limit: Money | None
    deductible: Money | None
    premium: Money | None
    who_pays: WhoPays
    gaps: tuple[Gap, ...]
    rejected: tuple[Gap, ...]
    conditions: tuple[CoverCondition, ...]
    claim_clocks: tuple[ClaimClock, ...]
    owed: Owed
    carrier_cap: DeclaredCap | None
    confidence: Confidence
    not_checked: tuple[str, ...] = ()
    facts: Mapping[str, bool] = field(default_factory=dict)
    clocks_of: date | None = None

    @property
    def uncovered(self) -> Money:
        """What of the worth nobody insures."""
        return self.value - self.insured_value

    @property
    def insurable(self) -> bool:
        """Whether a policy or the carrier takes it whole."""
        return self.insured_by is not None and self.uncovered.amount == 0

    @property
    def liability_floor(self) -> LiabilityFloor | None:
        """What the carrier owes in any case: the least, where more than one rule may hold."""
        return self.owed.floors[0] if self.owed.floors else None

    @property
    def needs_review(self) -> bool:
        """Whether a person must look before the parcel moves."""
        return bool(self.gaps)

    def as_json(self) -> dict[str, Any]:
        """The ``cover`` of the API."""
        owes = self.owed.least
        return {
            "insured_by": self.insured_by,
            "policy_no": self.policy_no,
            "insurable": self.insurable,
            "insured_value": self.insured_value.as_json(),
            "uncovered": self.uncovered.as_json(),
            "carrier_declared_value": self.carrier_declared_value.as_json(),
            "limit": self.limit.as_json() if self.limit else None,
            "deductible": self.deductible.as_json() if self.deductible else None,
            "premium": self.premium.as_json() if self.premium else None,
            "who_pays": self.who_pays,
            "gaps": [gap_json(gap) for gap in self.gaps],
            "rejected": [gap_json(gap) for gap in self.rejected],
            "conditions": [condition_json(one) for one in self.conditions],
            "claim_clocks": [clock.as_json() for clock in self.claim_clocks],
            "liability_floor": self.liability_floor.as_json() if self.liability_floor else None,
            "carrier_owes": {
                "certain": self.owed.certain,
                "least": owes.as_json() if owes else None,
                "floors": [one.as_json() for one in self.owed.floors],
                "why": self.owed.why,
                "rule": self.owed.rule,
                "confidence": self.owed.confidence,
            },
            "carrier_cap": self.carrier_cap.as_json() if self.carrier_cap else None,
            "not_checked": list(self.not_checked),
            "complete": not self.gaps,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class _Way:
    """What every cover of one parcel on one way has in common."""

    parcel: Consignment
    carrier: str
    lane: Lane
    on: date
    rates: Rates
    owed: Owed
    cap: DeclaredCap | None
    clocks_of: date | None


def plan(
    consignment: Consignment,
    carrier: str,
    lane: Lane,
    policies: Iterable[InsurerPolicy],
    on: date,
    own: CarrierCover | None = None,
    rates: Rates | None = None,
) -> Cover:
    """Cover under the first policy that takes the parcel whole; else by the carrier's own insurance, where the service
    has one or the contract buys it; else under the first policy that takes it in part; else none, with every reason
    why not. Never two: policies forbid it. ``rates`` compare what is written in another currency."""
    owed = owed_by(carrier, consignment.service, lane, consignment.gross_weight_g, consignment.value, on, rates)
    cap = cap_for(consignment, carrier, lane, on)
    way = _Way(consignment, carrier, lane, on, rates or {}, owed, cap, vintage_of_clocks(on))
    if own is not None and own.built_in:
        return _with_the_carrier(way, own, ())
    tried = [(policy, failures(policy, consignment, carrier, lane, on)) for policy in policies]
    rejected = tuple(gap for _, found in tried for gap in found)
    for policy, found in tried:
        if not found:
            return _under(way, policy, consignment.value, (), rejected)
    if own is not None:
        return _with_the_carrier(way, own, rejected)
    for policy, found in tried:
        if policy.over_limit == "up_to_limit" and (part := _part(consignment.value, found)) is not None:
            others = tuple(gap for gap in rejected if gap.policy_no != policy.policy_no)
            return _under(way, policy, part, found, others)
    return _uncovered(way, rejected)


def _part(value: Money, found: tuple[Gap, ...]) -> Money | None:
    """How much a policy takes of a parcel that is only too dear for it; None when something else stands against it, or
    when other parcels of the day have used it up."""
    over = [gap.uncovered for gap in found if gap.code in LIMITS and gap.uncovered is not None]
    if len(over) < len(found):
        return None
    left = value - max(over, key=lambda one: one.amount)
    return left if left.amount > 0 else None


def _under(way: _Way, policy: InsurerPolicy, insured: Money, gaps: tuple[Gap, ...], rejected: tuple[Gap, ...]) -> Cover:
    clocks, missing = _clocks(way, policy)
    return Cover(
        insured_by=policy.insurer,
        policy_no=policy.policy_no,
        value=way.parcel.value,
        insured_value=insured,
        carrier_declared_value=way.parcel.nothing,
        limit=_in(policy.per_parcel, way.parcel),
        deductible=deductible_of(policy, insured),
        premium=premium_of(policy, insured),
        who_pays="insurer",
        gaps=(*gaps, *missing),
        rejected=rejected,
        conditions=conditions(policy, way.parcel),
        claim_clocks=clocks,
        owed=way.owed,
        carrier_cap=way.cap,
        confidence=_sure(way, clocks),
        not_checked=unwritten(policy, way.parcel),
        facts={"OWN_POLICY_WEEKEND_LIMIT": bool(policy.per_weekend)},
        clocks_of=way.clocks_of,
    )


def _with_the_carrier(way: _Way, own: CarrierCover, rejected: tuple[Gap, ...]) -> Cover:
    """The value is declared to the carrier, who answers for it up to its own limit and its cap for such goods."""
    clocks, missing = _clocks(way, None)
    value, customs = way.parcel.value, way.parcel.at_customs
    gaps = [*_carrier_gaps(own, value), *over_the_cap(way.cap, value, way.rates)]
    if customs.currency == value.currency and customs < value:
        gaps.append(Gap("declared_above_customs_value", None, value - customs, customs, value))
    over = max((gap.uncovered.amount for gap in gaps if gap.uncovered), default=way.parcel.nothing.amount)
    limit = _least(_in(own.up_to or (), way.parcel), way)
    declared = min((one for one in (value, customs, limit) if _same(one, value)), key=lambda one: one.amount)
    return Cover(
        insured_by=own.carrier,
        policy_no=None,
        value=value,
        insured_value=Money(value.amount - over, value.currency),
        carrier_declared_value=declared,
        limit=limit,
        deductible=None,
        premium=None,
        who_pays="carrier",
        gaps=(*gaps, *missing),
        rejected=rejected,
        conditions=(),
        claim_clocks=clocks,
        owed=way.owed,
        carrier_cap=way.cap,
        confidence=_sure(way, clocks),
        facts={"CARRIER_INSURES": True, "INSURED_PARCEL": own.built_in},
        clocks_of=way.clocks_of,
    )


def _least(limit: Money | None, way: _Way) -> Money | None:
    """The contract's limit, or the carrier's cap for such goods where that is lower."""
    cap = in_currency(way.cap.limit, way.parcel.value.currency, way.rates) if way.cap and way.cap.limit else None
    known = [one for one in (limit, cap) if one is not None]
    return min(known, key=lambda one: one.amount) if limit is not None else None


def _same(one: Money | None, value: Money) -> TypeGuard[Money]:
    return one is not None and one.currency == value.currency


def _carrier_gaps(own: CarrierCover, value: Money) -> tuple[Gap, ...]:
    if not own.up_to:
        return (Gap("carrier_limit_unknown", None, value),)
    amount = limit_in(own.up_to, value.currency)
    if amount is None:
        return (Gap("carrier_limit_currency_missing", None, value),)
    limit = Money(amount, value.currency)
    return (Gap("carrier_limit_exceeded", None, value - limit, limit, value),) if limit < value else ()


def _uncovered(way: _Way, rejected: tuple[Gap, ...]) -> Cover:
    clocks, missing = _clocks(way, None)
    nothing = way.parcel.nothing
    return Cover(
        insured_by=None,
        policy_no=None,
        value=way.parcel.value,
        insured_value=nothing,
        carrier_declared_value=nothing,
        limit=None,
        deductible=None,
        premium=None,
        who_pays="merchant",
        gaps=(Gap("uninsured", None, way.parcel.value), *rejected, *missing),
        rejected=(),
        conditions=(),
        claim_clocks=clocks,
        owed=way.owed,
        carrier_cap=way.cap,
        confidence=_sure(way, clocks),
        clocks_of=way.clocks_of,
    )


def _clocks(way: _Way, policy: InsurerPolicy | None) -> tuple[tuple[ClaimClock, ...], tuple[Gap, ...]]:
    own = (policy_clock(policy.policy_no, policy.notice_days),) if policy else ()
    try:
        return binding((*own, *clocks_for(way.carrier, way.lane, way.on))), ()
    except RuleNotInForce:
        return own, (Gap("claim_clocks_unknown"),)


def policy_clock(policy_no: str, notice_days: int) -> ClaimClock:
    """Insurers want to hear within days of discovery, and that is one more clock."""
    return ClaimClock(
        id=f"policy:{policy_no}",
        claims=("damage", "shortage", "loss"),
        starts="discovered",
        limit_days=notice_days,
        limit_months=None,
        file_by_day=None,
        source="the policy's own terms",
        confidence="high",
    )


def _sure(way: _Way, clocks: tuple[ClaimClock, ...]) -> Confidence:
    return weakest((way.owed.confidence, *(clock.confidence for clock in clocks)))


def _in(limits: tuple[Money, ...], parcel: Consignment) -> Money | None:
    amount = limit_in(limits, parcel.value.currency)
    return None if amount is None else Money(amount, parcel.value.currency)
