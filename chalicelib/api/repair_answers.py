"""What repairs may say: how far each is, what it lacks, its quotes line by line, the border of the way back, and the
ways that there are instead."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import DayText, Decimals, LaneTold, MoneyTold, Stamp, Told
from chalicelib.returns.repair import QuoteState, RepairState
from chalicelib.returns.repair_orders import Step
from chalicelib.rulebook import Confidence


class OperationTold(Told):
    """One thing to be done."""

    code: str
    title: str
    facts: dict[str, str]


class TakeInTold(Told):
    """The piece as it was before work. ``photos_kept`` counts those that were looked at and kept."""

    at: Stamp
    by: str
    gross_g: Decimals
    scale_id: str
    stones: int | None
    marks: str | None
    condition: list[str]
    evidence_ids: list[str]
    photos_kept: int
    replacement_value: MoneyTold | None


class LackTold(Told):
    """Something that is not there yet, and what to do about it."""

    field: str
    code: str
    detail: str


class ProgressTold(Told):
    """A step of the work, in the words that the customer reads."""

    code: str
    text: str
    at: Stamp
    by: str


class QuoteLineTold(Told):
    """One line of a quote; an amount that is not known is null and ``note`` says why. ``paid_to`` customs: it is paid
    at the border, and not to us."""

    code: str
    line: int | None
    amount: MoneyTold | None
    paid_to: Literal["merchant", "customs"]
    rule: str | None
    source: str | None
    note: str | None
    grams: Decimals | None
    fine_g: Decimals | None
    given_by: str | None
    confidence: Confidence


class MetalPriceTold(Told):
    """What an ounce of fine metal was worth, by the fixing of which day."""

    metal: str
    per_ounce: Decimals
    currency: str
    on: DayText | None
    source: str | None


class QuoteAnswer(Told):
    """One version of a quote."""

    quote_id: str
    repair: int
    version: int
    state: QuoteState
    lines: list[QuoteLineTold]
    total: MoneyTold | None
    payable_to_us: MoneyTold | None
    confidence: Confidence
    offered_at: Stamp
    offered_by: str
    valid_until: Stamp
    metal_price: MetalPriceTold | None
    answered_at: Stamp | None
    answered_by: str | None
    consent_id: str | None
    silent_since: Stamp | None
    reminded: int
    why: str | None


class OfferedQuoteAnswer(Told):
    """What a quote says at the prices of today; ``quote`` null: nothing was offered (a dry run)."""

    repair: int
    offered: bool
    lines: list[QuoteLineTold]
    total: MoneyTold | None
    unknown: list[LackTold]
    quote: QuoteAnswer | None


class RepairCustomsTold(Told):
    """What customs are told of the repair; null: nobody has said."""

    relief: str | None
    authorisation: str | None
    permit: str | None
    export_reference: str | None
    export_mode: str | None
    back_by: DayText | None
    guarantee_proven: bool | None
    guarantee_proof: str | None
    fair_value: MoneyTold | None
    freight_out: MoneyTold | None
    insurance: MoneyTold | None
    chosen_by: str | None
    chosen_at: Stamp | None


class ReliefBackTold(Told):
    """One relief of the way back, with what it still lacks."""

    code: str
    kind: str
    status: str
    saves: Decimals | None
    due: Decimals | None
    missing: list[str]
    claim_by: DayText | None
    claimant: str
    form: str
    why: str
    confidence: Confidence


class WayBackTold(Told):
    """What the border of the way back asks by what is known now; totals are null with the reasons."""

    destination: str
    currency: str | None
    complete: bool
    confidence: Confidence
    customs_value: Decimals | None
    total: Decimals | None
    total_if_proven: Decimals | None
    reasons: list[str]
    relief: list[ReliefBackTold]


class RepairAnswer(Told):
    """One repair with all it rests on. ``lacking`` is what must be there before anybody touches the piece, ``possible``
    the steps that may be taken now. ``way_back`` null: no customs border lies between."""

    repair: int
    state: RepairState
    line: int
    place: str
    country: str
    partner: bool
    under_warranty: bool | None
    operations: list[OperationTold]
    ordered_at: Stamp
    ordered_by: str
    take_in: TakeInTold | None
    lacking: list[LackTold]
    consent: str | None
    progress: list[ProgressTold]
    started_at: Stamp | None
    promised_on: DayText | None
    metal_added_g: Decimals | None
    metal_removed_g: Decimals | None
    gross_after_g: Decimals | None
    expected_low_g: Decimals | None
    expected_high_g: Decimals | None
    tested_ok: bool | None
    tested_by: str | None
    weight_accepted_by: str | None
    finished_at: Stamp | None
    asked_out_at: Stamp | None
    handed_back_at: Stamp | None
    unclaimed_since: Stamp | None
    told: int
    why: str | None
    customs: RepairCustomsTold
    way_back: WayBackTold | None
    possible: list[Step]
    quotes: list[QuoteAnswer]


class RepairsAnswer(Told):
    """The repairs of one case."""

    case_id: str
    items: list[RepairAnswer]


class RepairInShort(Told):
    """A repair in a few words."""

    repair: int
    state: RepairState
    line: int
    place: str
    progress: str | None
    promised_on: DayText | None
    quote_id: str | None
    quote_state: QuoteState | None
    total: MoneyTold | None


class OptionCostTold(Told):
    """One line of what an option costs, and whose it is. A cost that is not known is null, with why. ``if_proven``:
    what it would be with the relief that is still to be proven; null: the same."""

    code: str
    amount: MoneyTold | None
    if_proven: MoneyTold | None
    paid_by: Literal["customer", "merchant"]
    rule: str | None
    source: str | None
    note: str | None
    confidence: Confidence


class OptionLegTold(Told):
    """One crossing of an option: lane, purpose, who may carry it, how long, what customs ask, what nobody insures."""

    lane: LaneTold
    purpose: str
    carrier: str | None
    service: str | None
    days_min: int | None
    days_max: int | None
    crosses_customs: bool
    duty: MoneyTold | None
    duty_if_proven: MoneyTold | None
    relief_missing: list[str]
    insured_by: str | None
    uncovered: MoneyTold | None
    reasons: list[str]


class RiskTold(Told):
    """What may go wrong: crossings of a border, days in strange hands, what of the worth nobody insures then."""

    crossings: int
    uncovered: MoneyTold | None
    reasons: list[str]


class OptionTold(Told):
    """One way to help the customer. ``total`` is null while a cost is not known; ``unknown`` names what. ``keeps`` says
    who has the piece in the end, and what its metal alone is worth."""

    code: Literal["repair_here", "repair_at_home", "refund_without_return", "exchange"]
    place: str | None
    possible: bool
    why_not: list[str]
    costs: list[OptionCostTold]
    total: MoneyTold | None
    total_if_proven: MoneyTold | None
    customer_pays: MoneyTold | None
    merchant_pays: MoneyTold | None
    days_min: int | None
    days_max: int | None
    legs: list[OptionLegTold]
    risk: RiskTold
    keeps: Literal["customer", "merchant"]
    metal_worth: MoneyTold | None
    unknown: list[str]
    confidence: Confidence


class RankTold(Told):
    """Where an option stands, and why there."""

    option: int
    code: str
    why: list[str]


class RepairOptionsAnswer(Told):
    """The ways to help, each with its costs, days and risk, and the order in which the house would try them."""

    case_id: str | None
    on: DayText
    currency: str
    options: list[OptionTold]
    order: list[RankTold]
