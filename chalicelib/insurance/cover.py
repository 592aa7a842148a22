"""Who pays if the parcel is lost, up to what, and who must be told by when.

Declared value is not insurance: the carrier pays only when it is at fault, and caps it far below jewellery.
So a parcel travels under a policy with nothing declared: specialist insurers forbid both. Without a policy an
air carrier owes 26 SDR per kilogram, whatever was in the box (Montreal Convention art. 22(3)).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from chalicelib.errors import RuleNotInForce
from chalicelib.insurance.claims_clock import ClaimClock, binding, clocks_for
from chalicelib.merchant import InsurerPolicy, limit_in
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.rulebook import Confidence, in_force, weakest

WhoPays = Literal["insurer", "carrier", "merchant"]


@dataclass(frozen=True, slots=True)
class Consignment:
    """What is to be covered; ``weekend_in_transit`` and ``address_day_value`` are None when nobody knows.

    ``address_day_value`` sums the open parcels to the same address that day, this one included.
    """

    value: Money
    gross_weight_g: Decimal | None
    goods: frozenset[str]
    home: bool
    weekend_in_transit: bool | None = None
    address_day_value: Money | None = None


@dataclass(frozen=True, slots=True)
class CarrierCover:
    """What the carrier itself insures for the declared value: an insured postal service (``built_in``: no policy is
    asked, because the item must be insured by the post), or protection bought where no policy takes the parcel.

    ``up_to`` holds one amount per currency; None: nobody knows the limit, which is a gap.
    """

    carrier: str
    built_in: bool
    up_to: tuple[Money, ...] | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that leaves the parcel without full cover; the money it is about where it is known."""

    code: str
    policy_no: str | None = None
    uncovered: Money | None = None

    def __str__(self) -> str:
        return f"{self.code} ({self.policy_no})" if self.policy_no else self.code


@dataclass(frozen=True, slots=True)
class LiabilityFloor:
    """What the carrier owes in any case, in special drawing rights; None when the weight is not known."""

    regime: str
    sdr_per_kg: Decimal
    sdr: Decimal | None
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover of one parcel. Any ``gaps`` need a person before the parcel moves.

    ``not_checked`` names limits of the policy that could not be looked at for want of a figure; ``facts`` are
    what the carriers' acceptance rules may be told about this cover.
    """

    insured_by: str | None
    policy_no: str | None
    insured_value: Money
    carrier_declared_value: Money
    limit: Money | None
    deductible: Money | None
    who_pays: WhoPays
    gaps: tuple[Gap, ...]
    claim_clocks: tuple[ClaimClock, ...]
    liability_floor: LiabilityFloor | None
    confidence: Confidence
    not_checked: tuple[str, ...] = ()
    facts: Mapping[str, bool] = field(default_factory=dict)

    @property
    def needs_review(self) -> bool:
        """Whether a person must look before the parcel moves."""
        return bool(self.gaps)

    def as_json(self) -> dict[str, Any]:
        """The ``cover`` of the API and of the table."""
        return {
            "insured_by": self.insured_by,
            "policy_no": self.policy_no,
            "insured_value": self.insured_value.as_json(),
            "carrier_declared_value": self.carrier_declared_value.as_json(),
            "limit": self.limit.as_json() if self.limit else None,
            "deductible": self.deductible.as_json() if self.deductible else None,
            "who_pays": self.who_pays,
            "gaps": [_gap_json(gap) for gap in self.gaps],
            "claim_clocks": [clock.as_json() for clock in self.claim_clocks],
            "liability_floor": _floor_json(self.liability_floor),
            "not_checked": list(self.not_checked),
            "complete": not self.gaps,
            "confidence": self.confidence,
        }


def plan(
    consignment: Consignment,
    carrier: str,
    lane: Lane,
    policies: Iterable[InsurerPolicy],
    on: date,
    own: CarrierCover | None = None,
) -> Cover:
    """Cover under the first policy that takes the parcel whole; else by the carrier's own insurance, where the service
    has one or the contract buys it; else none, with every reason why not. Never both: policies forbid it."""
    if own is not None and own.built_in:
        return _with_the_carrier(consignment, own, lane, on)
    tried = [(policy, _gaps(policy, consignment, carrier, lane, on)) for policy in policies]
    chosen = next((policy for policy, gaps in tried if not gaps), None)
    if chosen is None and own is not None:
        return _with_the_carrier(consignment, own, lane, on)
    if chosen is None:
        gaps = tuple(gap for _, found in tried for gap in found)
        return _uncovered(consignment, carrier, lane, on, gaps)
    clocks, missing = _clocks(carrier, lane, on, chosen)
    together_unknown = chosen.per_address_day and consignment.address_day_value is None
    return Cover(
        insured_by=chosen.insurer,
        policy_no=chosen.policy_no,
        insured_value=consignment.value,
        carrier_declared_value=_nothing(consignment),
        limit=_in(chosen.per_parcel, consignment),
        deductible=_in(chosen.deductible, consignment),
        who_pays="insurer",
        gaps=missing,
        claim_clocks=clocks,
        liability_floor=_floor(consignment, on),
        confidence=weakest(clock.confidence for clock in clocks),
        not_checked=("address_day_total",) if together_unknown else (),
        facts={"OWN_POLICY_WEEKEND_LIMIT": bool(chosen.per_weekend)},
    )


def _with_the_carrier(consignment: Consignment, own: CarrierCover, lane: Lane, on: date) -> Cover:
    """The value is declared to the carrier, who answers for it up to its own limit."""
    clocks, missing = _clocks(own.carrier, lane, on, None)
    return Cover(
        insured_by=own.carrier,
        policy_no=None,
        insured_value=consignment.value,
        carrier_declared_value=consignment.value,
        limit=_in(own.up_to or (), consignment),
        deductible=None,
        who_pays="carrier",
        gaps=(*_carrier_gaps(own, consignment.value), *missing),
        claim_clocks=clocks,
        liability_floor=_floor(consignment, on),
        confidence=weakest(clock.confidence for clock in clocks),
        facts={"CARRIER_INSURES": True, "INSURED_PARCEL": own.built_in},
    )


def _carrier_gaps(own: CarrierCover, value: Money) -> tuple[Gap, ...]:
    if not own.up_to:
        return (Gap("carrier_limit_unknown", None, value),)
    limit = limit_in(own.up_to, value.currency)
    if limit is None:
        return (Gap("carrier_limit_currency_missing", None, value),)
    over = value.amount - limit
    return (Gap("carrier_limit_exceeded", None, Money(over, value.currency)),) if over > 0 else ()


def _uncovered(consignment: Consignment, carrier: str, lane: Lane, on: date, gaps: tuple[Gap, ...]) -> Cover:
    clocks, missing = _clocks(carrier, lane, on, None)
    return Cover(
        insured_by=None,
        policy_no=None,
        insured_value=_nothing(consignment),
        carrier_declared_value=_nothing(consignment),
        limit=None,
        deductible=None,
        who_pays="merchant",
        gaps=(Gap("uninsured", None, consignment.value), *gaps, *missing),
        claim_clocks=clocks,
        liability_floor=_floor(consignment, on),
        confidence=weakest(clock.confidence for clock in clocks),
    )


def _gaps(policy: InsurerPolicy, consignment: Consignment, carrier: str, lane: Lane, on: date) -> tuple[Gap, ...]:
    """Every reason why this policy does not take the parcel whole."""
    in_terms = {
        "policy_not_in_force": not policy.effective <= on <= policy.ends,
        "carrier_not_covered": carrier not in policy.carriers,
        "country_not_covered": not _takes_lane(policy, lane),
        "goods_excluded": bool(consignment.goods & set(policy.excluded_goods)),
        "returns_not_covered": consignment.home and policy.covers_returns is not True,
    }
    terms = tuple(Gap(code, policy.policy_no) for code, lacking in in_terms.items() if lacking)
    return (*terms, *_limit_gaps(policy, consignment))


def _takes_lane(policy: InsurerPolicy, lane: Lane) -> bool:
    return not policy.countries or {lane.origin, lane.destination} <= set(policy.countries)


def _limit_gaps(policy: InsurerPolicy, consignment: Consignment) -> tuple[Gap, ...]:
    checks = [_above("parcel", policy, policy.per_parcel, consignment.value)]
    if consignment.weekend_in_transit is not False:  # not known counts as over a weekend
        checks.append(_above("weekend", policy, policy.per_weekend, consignment.value))
    if policy.per_address_day:
        together = consignment.address_day_value or consignment.value
        checks.append(_above("address_day", policy, policy.per_address_day, together))
    return tuple(gap for gap in checks if gap)


def _above(name: str, policy: InsurerPolicy, limits: tuple[Money, ...], value: Money) -> Gap | None:
    if not limits:
        return None
    limit = limit_in(limits, value.currency)
    if limit is None:
        return Gap(f"{name}_limit_currency_missing", policy.policy_no)
    over = value.amount - limit
    return Gap(f"{name}_limit_exceeded", policy.policy_no, Money(over, value.currency)) if over > 0 else None


def _clocks(
    carrier: str, lane: Lane, on: date, policy: InsurerPolicy | None
) -> tuple[tuple[ClaimClock, ...], tuple[Gap, ...]]:
    own = (_policy_clock(policy),) if policy else ()
    try:
        return binding((*own, *clocks_for(carrier, lane, on))), ()
    except RuleNotInForce:
        return own, (Gap("claim_clocks_unknown"),)


def _policy_clock(policy: InsurerPolicy) -> ClaimClock:
    """Insurers want to hear within days of discovery, and that is one more clock."""
    return ClaimClock(
        id=f"policy:{policy.policy_no}",
        claims=("damage", "shortage", "loss"),
        starts="discovered",
        limit_days=policy.notice_days,
        limit_months=None,
        file_by_day=None,
        source="the policy's own terms",
        confidence="high",
    )


def _floor(consignment: Consignment, on: date) -> LiabilityFloor | None:
    try:
        vintage = in_force("insurance/liability", on)
    except RuleNotInForce:
        return None
    row = vintage.rules["floor"][0]
    rate = Decimal(row["sdr_per_kg"])
    weight = consignment.gross_weight_g
    owed = None if weight is None else weight * rate / 1000
    source = vintage.rules["source"][row["source"] - 1]["title"]
    return LiabilityFloor(row["regime"], rate, owed, source, row["confidence"])


def _nothing(consignment: Consignment) -> Money:
    return Money(Decimal(0), consignment.value.currency)


def _in(limits: tuple[Money, ...], consignment: Consignment) -> Money | None:
    amount = limit_in(limits, consignment.value.currency)
    return None if amount is None else Money(amount, consignment.value.currency)


def _gap_json(gap: Gap) -> dict[str, Any]:
    uncovered = gap.uncovered.as_json() if gap.uncovered else None
    return {"code": gap.code, "policy_no": gap.policy_no, "uncovered": uncovered}


def _floor_json(floor: LiabilityFloor | None) -> dict[str, Any] | None:
    if floor is None:
        return None
    return {
        "regime": floor.regime,
        "sdr_per_kg": str(floor.sdr_per_kg),
        "sdr": None if floor.sdr is None else format(floor.sdr.normalize(), "f"),
        "source": floor.source,
        "confidence": floor.confidence,
    }
