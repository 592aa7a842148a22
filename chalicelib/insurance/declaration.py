"""The insurance declaration: what is told to whoever insures a parcel, as it is kept and printed.

``quoted`` when the cover is planned, ``bound`` once a waybill carries the parcel under it (cover itself begins with the
event the policy names), ``void`` when the return is called off or a condition was broken, then ``claimed`` and
``settled``. It holds no name and no address: papers put those in when they are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from chalicelib.insurance.cover import Cover
from chalicelib.insurance.parcel import CoverCondition
from chalicelib.insurance.sums import SumInsured, sum_insured
from chalicelib.insurance.words import condition_json
from chalicelib.insurers import InsurerPolicy, Interest
from chalicelib.money import Money

Status = Literal["quoted", "bound", "void", "claimed", "settled"]
ACCEPTANCE_SCAN, DELIVERY_SCAN = "acceptance_scan", "delivery_scan"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One parcel as it is declared to its insurer, be that a policy of ours or the carrier itself.

    ``insured_value`` is in the currency the goods were paid in. ``declared_to_carrier`` is nothing under a policy.
    ``cover_start`` and ``cover_end`` name the scans between which it is covered, None where the policy does not say.
    ``exclusions`` are the kinds of goods that the policy leaves out, acknowledged by whoever declares.
    ``weekend`` says whether it is under way then (None: not known); ``accumulates_under`` is the address and day whose
    parcels are summed.
    """

    insurer: str
    policy_no: str | None
    holder: str | None
    interest: Interest | None
    carrier: str
    service: str | None
    insured_value: Money
    sums: SumInsured
    customs_value: Money
    declared_to_carrier: Money
    deductible: Money | None
    premium: Money | None
    premium_per_mille: str | None
    conditions: tuple[CoverCondition, ...]
    exclusions: tuple[str, ...]
    cover_start: str | None
    cover_end: str | None
    weekend: bool | None = None
    accumulates_under: str | None = None
    status: Status = "quoted"
    waybill: str | None = None
    package_seq: int = 1
    seals: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The recorded shape, from which papers print it."""
        return {
            "status": self.status,
            "insurer": self.insurer,
            "policy_no": self.policy_no,
            "holder": self.holder,
            "interest": self.interest,
            "carrier": self.carrier,
            "service": self.service,
            "waybill": self.waybill,
            "package_seq": self.package_seq,
            "insured_value": self.insured_value.as_json(),
            **self.sums.as_json(),
            "customs_value": self.customs_value.as_json(),
            "declared_to_carrier": self.declared_to_carrier.as_json(),
            "deductible": self.deductible.as_json() if self.deductible else None,
            "premium": self.premium.as_json() if self.premium else None,
            "premium_per_mille": self.premium_per_mille,
            "conditions": [condition_json(one) for one in self.conditions],
            "exclusions": list(self.exclusions),
            "cover_start": self.cover_start,
            "cover_end": self.cover_end,
            "weekend_exposure": self.weekend,
            "accumulation_key": self.accumulates_under,
            "seals": list(self.seals),
        }


def declare(
    cover: Cover,
    policies: Sequence[InsurerPolicy],
    sums: SumInsured,
    carrier: str,
    service: str | None,
    *,
    weekend: bool | None = None,
    accumulates_under: str | None = None,
) -> Declaration | None:
    """The declaration of this cover; None when nobody insures the parcel."""
    if cover.insured_by is None:
        return None
    policy = next((one for one in policies if one.policy_no == cover.policy_no), None)
    scan = policy is not None and policy.acceptance_scan is True
    rate = policy.premium.per_mille if policy and policy.premium else None
    return Declaration(
        insurer=cover.insured_by,
        policy_no=cover.policy_no,
        holder=policy.holder if policy else None,
        interest=policy.interest if policy else None,
        carrier=carrier,
        service=service,
        insured_value=cover.insured_value,
        sums=sums,
        customs_value=cover.value,
        declared_to_carrier=cover.carrier_declared_value,
        deductible=cover.deductible,
        premium=cover.premium,
        premium_per_mille=None if rate is None else format(rate, "f"),
        conditions=cover.conditions,
        exclusions=policy.excluded_goods if policy else (),
        cover_start=ACCEPTANCE_SCAN if scan else None,
        cover_end=DELIVERY_SCAN if scan else None,
        weekend=weekend,
        accumulates_under=accumulates_under,
    )


def valuation_of(cover: Cover, policies: Sequence[InsurerPolicy], metal_value: Money | None, on: date) -> SumInsured:
    """The sum insured as the policy of this cover wants it put together."""
    policy = next((one for one in policies if one.policy_no == cover.policy_no), None)
    return sum_insured((cover.value,), metal_value, policy.valuation if policy else None, on)
