"""What answers say of cover: who pays if the parcel is lost, up to what, under which conditions, told by when."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import DayText, Decimals, MoneyTold, Told
from chalicelib.rulebook import Confidence


class GapTold(Told):
    """Something that leaves the parcel without full cover, or the reason why a policy was not used: ``amount`` was held
    against ``limit``, and ``uncovered`` is what nobody insures because of it."""

    code: str
    text: str
    policy_no: str | None
    uncovered: MoneyTold | None
    limit: MoneyTold | None
    amount: MoneyTold | None


class CoverConditionTold(Told):
    """Something the cover depends on: met already, or to be kept until the parcel is delivered."""

    code: str
    text: str
    state: Literal["met", "to_keep"]


class ClaimClockTold(Told):
    """Who must be told of a loss, and by when."""

    id: str
    claims: list[str]
    starts: str
    limit_days: int | None
    limit_months: int | None
    file_by_day: int | None
    source: str
    confidence: Confidence


class SdrRateTold(Told):
    """What a special drawing right was worth in the parcel's currency; old when more than 35 days have gone."""

    per_sdr: Decimals
    as_of: DayText
    old: bool
    source: str
    confidence: Confidence


class LiabilityFloorTold(Told):
    """What the carrier owes by one rule when nothing is declared, in special drawing rights and in money; null where
    the weight or a rate is not known, or the rule is not written so."""

    id: str
    regime: str
    sdr_per_kg: Decimals | None
    sdr: Decimals | None
    money: MoneyTold | None
    rate: SdrRateTold | None
    source: str
    confidence: Confidence


class CarrierOwesTold(Told):
    """Every rule by which the carrier may owe, the least first; ``certain`` when only one may hold. ``least`` is what
    may be reckoned with; null where one of them cannot be put in money."""

    certain: bool
    least: MoneyTold | None
    floors: list[LiabilityFloorTold]
    why: str
    rule: str | None
    confidence: Confidence


class CarrierCapTold(Told):
    """The most the carrier lets anybody declare for such goods; above ``ask_above`` it must agree first; ``void``: what
    is declared for them counts for nothing."""

    limit: MoneyTold | None
    ask_above: MoneyTold | None
    void: bool
    per: Literal["shipment", "package"]
    note: str
    rule: str
    source: str
    confidence: Confidence


class InsuranceDeclarationTold(Told):
    """What is told to whoever insures the parcel, as it is printed; ``metal_value`` and ``stones_and_work`` make up the
    sum insured, null where they are not known, with the reasons."""

    status: Literal["quoted", "bound", "void", "claimed", "settled"]
    insurer: str
    policy_no: str | None
    holder: str | None
    interest: Literal["owner", "bailee_repair", "seller_in_transit"] | None
    carrier: str
    service: str | None
    waybill: str | None
    package_seq: int
    insured_value: MoneyTold
    valuation_basis: Literal["invoice", "replacement", "metal_plus_making"] | None
    valuation_date: DayText
    metal_value: MoneyTold | None
    stones_and_work: MoneyTold | None
    valuation_reasons: list[str]
    customs_value: MoneyTold
    declared_to_carrier: MoneyTold
    deductible: MoneyTold | None
    premium: MoneyTold | None
    premium_per_mille: Decimals | None
    conditions: list[CoverConditionTold]
    exclusions: list[str]
    cover_start: str | None
    cover_end: str | None
    weekend_exposure: bool | None
    accumulation_key: str | None
    seals: list[str]


class CoverTold(Told):
    """Who pays if the parcel is lost, up to what; any gap needs a person before it moves. ``uncovered`` is what of its
    worth nobody insures, ``carrier_owes`` what the carrier would owe all the same when nothing is declared to it;
    ``rejected`` is why each other policy was not used. ``conditions`` must hold or the cover is lost; ``not_checked``
    names limits and terms that nobody could check."""

    insured_by: str | None
    policy_no: str | None
    insurable: bool
    insured_value: MoneyTold
    uncovered: MoneyTold
    carrier_declared_value: MoneyTold
    limit: MoneyTold | None
    deductible: MoneyTold | None
    premium: MoneyTold | None
    who_pays: Literal["insurer", "carrier", "merchant"]
    gaps: list[GapTold]
    rejected: list[GapTold]
    conditions: list[CoverConditionTold]
    claim_clocks: list[ClaimClockTold]
    liability_floor: LiabilityFloorTold | None
    carrier_owes: CarrierOwesTold
    carrier_cap: CarrierCapTold | None
    not_checked: list[str]
    complete: bool
    confidence: Confidence
    declaration: InsuranceDeclarationTold | None = None
