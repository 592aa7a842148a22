"""What a return may say of itself: the decision, the way home, the cover, the legs, and what happens next."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.claim_answers import ClaimInShort
from chalicelib.api.cover_answers import CoverTold
from chalicelib.api.custody_answers import CustodyInShort
from chalicelib.api.dispute_answers import DisputeInShort
from chalicelib.api.duty_answers import DutiesInShort
from chalicelib.api.estimate_answers import EstimateAnswer
from chalicelib.api.law_answers import FreightTold, ReasonTold, RemediesTold, TermsTold, WithdrawalTold
from chalicelib.api.link_answers import LinkInShort
from chalicelib.api.person_answers import ErasureInShort
from chalicelib.api.pickup_answers import InstructionTold, PickupRow
from chalicelib.api.recall_answers import RecallInShort
from chalicelib.api.repair_answers import RepairInShort
from chalicelib.api.route_answers import KeptRouteTold, RouteBriefTold
from chalicelib.api.settlement_answers import SettlementInShort
from chalicelib.api.shipment_answers import ExceptionAnswer, ShipmentSummary
from chalicelib.api.told import ClockText, DayText, Decimals, Direction, LaneTold, MoneyTold, Stamp, Told
from chalicelib.api.way_out_brief import WayOutInShort
from chalicelib.returns.case import Kind, ReasonCode
from chalicelib.returns.stages import Stage
from chalicelib.rulebook import Confidence


class GroundTold(Told):
    """One ground that was looked at, a right or a promise, and what came of it."""

    code: str
    verdict: Literal["granted", "evidence", "unsure", "denied"]
    statutory: bool
    window_ends_at: Stamp | None
    freight_paid_by: str | None
    evidence_wanted: list[str]
    reasons: list[str]


class DecisionTold(Told):
    """May it come back: the outcome, every ground, the reasons that decided, who pays which freight, how the legal
    guarantee stands, the shop's terms. ``language`` is that of what the customer is ``told``."""

    outcome: Literal["approved", "review", "refused", "evidence_needed"]
    grounds: list[GroundTold]
    reasons: list[ReasonTold]
    window_ends_at: Stamp | None
    policy_version: str | None
    freight_paid_by: str | None
    evidence_wanted: list[str]
    freight: list[FreightTold]
    remedies: RemediesTold | None
    terms: TermsTold | None
    language: str
    statutory: bool
    confidence: Confidence


class BookingTold(Told):
    """One outside call: planned, made once, or not known. A change or a cancellation says of which pickup."""

    kind: Literal["waybill", "pickup", "pickup_change", "pickup_cancel", "waybill_cancel"]
    pickup_id: str | None
    status: Literal["planned", "claimed", "done", "refused", "unknown", "cancelled", "with_person"]
    reference: str
    not_before: Stamp | None
    result: dict[str, str]
    problem: str | None


class KeptPaperTold(Told):
    """A paper that the carrier gave with a waybill: kept as evidence, lost on the way, or still with the carrier under
    ``url``."""

    name: str
    kind: str
    media_type: str
    status: Literal["kept", "lost", "with_carrier"]
    url: str | None


class PlannedLegTold(Told):
    """One shipment of the case, as it was planned."""

    leg: int
    direction: Direction
    carrier: str
    service: str
    lane: LaneTold
    purpose: str
    tracking_number: str | None


class LegTold(PlannedLegTold):
    """The same with what its carrier last said."""

    ship_date: DayText | None
    tracking: ShipmentSummary | None
    bookings: list[BookingTold]
    pickups: list[PickupRow]
    carrier_papers: list[KeptPaperTold]


class LogTold(Told):
    """One line of the case log."""

    n: int
    at: Stamp
    by: str
    what: str
    facts: dict[str, str]


class OrderTold(Told):
    """The sale."""

    number: str
    sold_on: DayText
    delivered_on: DayText | None


class ExportTold(Told):
    """The original export that the return is linked to; what is unknown is null."""

    carrier: str | None
    tracking_number: str | None
    invoice_number: str | None
    exported_on: DayText | None
    reference: str | None
    mode: str | None
    imported_on: DayText | None
    duty_paid_on_import: bool | None
    drawback_claimed: bool | None
    export_rebate: bool | None
    vat_refunded: bool | None


class PieceTold(Told):
    """One line of the return as it was sold; weights and price are of one piece."""

    sku: str
    serial: str | None
    description: str
    article: str
    metal: str
    fineness: int
    construction: str
    stones: str
    origin: str | None
    quantity: int
    gross_weight_g: Decimals
    net_weight_g: Decimals
    price: MoneyTold


class CaseSummary(Told):
    """One line of a case."""

    case_id: str
    rma: str
    kind: Kind
    reason: ReasonCode
    stage: Stage
    order_number: str
    customer_country: str
    return_to: str
    money_at_risk: MoneyTold
    created_at: Stamp
    version: int


class CasePage(Told):
    """Cases, newest first."""

    items: list[CaseSummary]
    cursor: str | None


class PlannedPaperTold(Told):
    """One paper as it was planned when the return was opened: pending, or waiting for what it lacks."""

    name: str
    status: str
    missing: list[str]
    statements: list[str]


class PaperTold(PlannedPaperTold):
    """One paper of a leg as it is now: pending, waiting for what it lacks, or ready to be read under ``href``; the
    carrier's label may also be lost, or still with the carrier. ``sha256`` is of the bytes of a paper of our own."""

    leg: int
    sha256: str | None
    made_at: Stamp | None
    href: str | None


class PaperLinkAnswer(Told):
    """A paper that can be read under the address in the head of this answer, until ``expires_at``."""

    name: str
    leg: int
    media_type: str
    filename: str
    expires_at: Stamp


class PickupTold(Told):
    """When the courier can be booked, by the local clock; ``not_before`` is when the carrier takes it."""

    status: Literal["book_now", "wait", "invalid"]
    on: DayText | None
    ready_from: Annotated[ClockText | None, Field(alias="from")]
    until: ClockText | None
    time_zone: str | None
    not_before: Stamp | None
    reasons: list[str]
    rule: str | None


class CallingOffTold(Told):
    """Something bought that is being called off."""

    kind: Literal["pickup_cancel", "waybill_cancel"]
    leg: int
    pickup_id: str | None
    status: Literal["planned", "claimed", "done", "refused", "unknown", "cancelled", "with_person"]


class CancelledAnswer(Told):
    """A cancelled case, and what of it is still being called off."""

    case_id: str
    stage: Stage
    calling_off: list[CallingOffTold]
    next: list[str]


class OpenedAnswer(Told):
    """What was decided for a return; without ids when it was a dry run."""

    case_id: str | None
    rma: str | None
    stage: Stage
    decision: DecisionTold
    estimate: EstimateAnswer
    route: KeptRouteTold | None
    routes: list[RouteBriefTold]
    cover: CoverTold
    legs: list[PlannedLegTold]
    papers: list[PlannedPaperTold]
    pickup: PickupTold | None
    hand_over: list[InstructionTold]
    next: list[str]


class MissingTold(Told):
    """A fact that papers or a relief wait for: in words, who can say it, and the ``field`` of a request that takes it
    (``original_export...``: PATCH the original export; ``facts...``: POST ways-out; ``items...``: only when a return is
    opened). One without a field is shown to customs as ``shown`` says."""

    fact: str
    what: str
    by: Literal["merchant", "customer", "workshop", "broker"] | None
    field: str | None
    shown: str | None
    waits: list[str]


class InShortTold(Told):
    """The case in one look: who must act, by when and why, what is missing, what customs get now and if relief is
    proven by ``claim_by``, who pays the freight, and how much of the worth no cover holds."""

    who_acts: str | None
    act_by: Stamp | None
    why: str | None
    missing: list[MissingTold]
    payable: MoneyTold | None
    payable_if_proven: MoneyTold | None
    relief: str | None
    claim_by: DayText | None
    freight_paid_by: str | None
    uncovered: MoneyTold | None


class WantedInShort(Told):
    """Evidence that is still wanted: how many of which kind, and from whom."""

    id: str
    kind: str
    missing: int
    giver: Literal["customer", "merchant"]


class EvidenceInShort(Told):
    """How much evidence there is and what is still wanted; ``GET .../evidence`` has all of it."""

    kept: int
    being_looked_at: int
    refused: int
    frozen: int
    wanted: list[WantedInShort]


class CaseAnswer(CaseSummary):
    """The whole case: where it is, why it is held, who must act, and what happens next."""

    in_short: InShortTold
    order: OrderTold
    original_export: ExportTold
    items: list[PieceTold]
    decision: DecisionTold
    estimate: EstimateAnswer
    route: KeptRouteTold | None
    cover: CoverTold
    pickup: PickupTold | None
    hand_over: list[InstructionTold]
    papers: list[PaperTold]
    legs: list[LegTold]
    exceptions: list[ExceptionAnswer]
    duties: DutiesInShort
    claims: list[ClaimInShort]
    custody: CustodyInShort
    settlements: list[SettlementInShort]
    ways_out: list[WayOutInShort]
    repairs: list[RepairInShort]
    withdrawal: list[WithdrawalTold]
    evidence: EvidenceInShort
    disputes: list[DisputeInShort]
    recall: RecallInShort | None
    erasure: ErasureInShort | None
    link: LinkInShort | None
    next: list[str]
    log: list[LogTold]
