"""One policy's terms held against one parcel: every condition that fails, what must be kept, what nobody wrote down.

A fact that is known and wrong fails. A fact that is not known yet (how it will be packed, that it will be scanned in)
is a condition to keep. A term that the policy file does not give is neither: it is said as not checked.
"""

from __future__ import annotations

from datetime import date

from chalicelib.insurance.parcel import Consignment, CoverCondition, Gap
from chalicelib.insurers import SIGNATURES, InsurerPolicy
from chalicelib.merchant import limit_in
from chalicelib.money import Money
from chalicelib.places import Lane

LIMITS = ("parcel_limit_exceeded", "weekend_limit_exceeded", "address_day_limit_exceeded")


def failures(policy: InsurerPolicy, parcel: Consignment, carrier: str, lane: Lane, on: date) -> tuple[Gap, ...]:
    """Every reason why this policy does not take the parcel whole."""
    failed = {
        "policy_not_in_force": not policy.effective <= on <= policy.ends,
        "carrier_not_covered": carrier not in policy.carriers,
        "service_not_covered": bool(policy.services) and parcel.service not in (None, *policy.services),
        "goods_excluded": bool(parcel.goods & set(policy.excluded_goods)),
        "goods_not_covered": bool(policy.goods) and not parcel.goods <= set(policy.goods),
        "returns_not_covered": parcel.home and policy.covers_returns is not True,
        "consignee_not_covered": bool(policy.consignees) and parcel.consignee not in (None, *policy.consignees),
        **_on_the_way(policy, lane),
        **_handed_over_wrongly(policy, parcel),
    }
    terms = tuple(Gap(code, policy.policy_no) for code, lacking in failed.items() if lacking)
    return (*terms, *_limit_gaps(policy, parcel))


def conditions(policy: InsurerPolicy, parcel: Consignment) -> tuple[CoverCondition, ...]:
    """What the cover depends on from packing to delivery, under this policy; in the order in which it is done."""
    asked: dict[str, bool] = {code: _has(parcel.packing, code) for code in policy.packing or ()}
    if policy.void_if_described:
        asked["NOTHING_DESCRIBED"] = parcel.described_outside is False
    if policy.signature not in (None, "none"):
        asked[f"SIGNATURE_{(policy.signature or '').upper()}"] = parcel.signature is not None
    if policy.drop_points is False:
        asked["NO_DROP_POINT"] = parcel.drop_point is False
    if policy.acceptance_scan:
        asked["ACCEPTANCE_SCAN"] = parcel.scanned_in is True
    asked["NOTHING_DECLARED"] = True
    return tuple(CoverCondition(code, "met" if met else "to_keep") for code, met in asked.items())


def unwritten(policy: InsurerPolicy, parcel: Consignment) -> tuple[str, ...]:
    """What could not be checked: figures nobody has, and terms that the policy file does not give."""
    day_unknown, currency = parcel.address_day_value is None, parcel.value.currency
    by_address = bool(policy.per_weekend) and policy.weekend_counts != "parcel"
    silent = {
        "address_day_total": bool(policy.per_address_day) and day_unknown,
        "weekend_total": by_address and parcel.weekend_in_transit is not False and day_unknown,
        "policy_packing": policy.packing is None,
        "policy_signature": policy.signature is None,
        "policy_acceptance_scan": policy.acceptance_scan is None,
        "policy_drop_points": policy.drop_points is None,
        "policy_label": policy.void_if_described is None,
        "policy_premium": policy.premium is None
        or (bool(policy.premium.minimum) and limit_in(policy.premium.minimum, currency) is None),
        "policy_deductible": policy.deductible_share is None and limit_in(policy.deductible, currency) is None,
        "policy_valuation": policy.valuation is None,
        "policy_weekend_counts": bool(policy.per_weekend) and policy.weekend_counts is None,
    }
    return tuple(code for code, unknown in silent.items() if unknown)


def _on_the_way(policy: InsurerPolicy, lane: Lane) -> dict[str, bool]:
    ends = {lane.origin, lane.destination}
    pairs = {(one.origin, one.destination) for one in policy.lanes}
    return {
        "country_not_covered": bool(policy.countries) and not ends <= set(policy.countries),
        "country_excluded": bool(ends & set(policy.excluded_countries)),
        "lane_not_covered": bool(pairs) and (lane.origin, lane.destination) not in pairs,
    }


def _handed_over_wrongly(policy: InsurerPolicy, parcel: Consignment) -> dict[str, bool]:
    """What is known of the parcel and is not as the policy wants it."""
    packed = parcel.packing
    return {
        "packing_not_enough": packed is not None and not packed >= set(policy.packing or ()),
        "signature_not_enough": parcel.signature is not None
        and policy.signature is not None
        and SIGNATURES.index(parcel.signature) < SIGNATURES.index(policy.signature),
        "acceptance_scan_missing": policy.acceptance_scan is True and parcel.scanned_in is False,
        "drop_point_voids": policy.drop_points is False and parcel.drop_point is True,
        "described_outside": policy.void_if_described is True and parcel.described_outside is True,
    }


def _limit_gaps(policy: InsurerPolicy, parcel: Consignment) -> tuple[Gap, ...]:
    together = parcel.together
    checks = [_above("parcel", policy, policy.per_parcel, parcel.value)]
    if parcel.weekend_in_transit is not False:  # not known counts as over a weekend
        counted = parcel.value if policy.weekend_counts == "parcel" else together
        checks.append(_above("weekend", policy, policy.per_weekend, counted))
    checks.append(_above("address_day", policy, policy.per_address_day, together))
    return tuple(gap for gap in checks if gap)


def _above(name: str, policy: InsurerPolicy, limits: tuple[Money, ...], value: Money) -> Gap | None:
    if not limits:
        return None
    amount = limit_in(limits, value.currency)
    if amount is None:
        return Gap(f"{name}_limit_currency_missing", policy.policy_no)
    if value.amount <= amount:
        return None
    limit = Money(amount, value.currency)
    return Gap(f"{name}_limit_exceeded", policy.policy_no, value - limit, limit, value)


def _has(packing: frozenset[str] | None, code: str) -> bool:
    return packing is not None and code in packing
