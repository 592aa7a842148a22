"""What ``POST /v1/routes`` and ``GET /v1/carriers`` may say: which service may carry a parcel, under which
conditions and by which rules, who pays if it is lost, and what each carrier can do.
"""

from __future__ import annotations

from typing import Literal

from chalicelib.api.cover_answers import CoverTold
from chalicelib.api.told import DayText, MoneyTold, Told
from chalicelib.rulebook import Confidence

OutcomeTold = Literal["allowed", "conditional", "needs_a_person", "refused"]


class ConditionTold(Told):
    """Something the carrier asks. ``state``: met, by_carrier (it does so unasked), to_do (``by`` sees to it) or unmet;
    ``proven_on`` is when it was established."""

    code: str
    text: str
    state: Literal["met", "by_carrier", "to_do", "unmet"]
    by: Literal["merchant", "sender", "carrier"] | None
    rules: list[str]
    proven_on: DayText | None


class AcceptanceReasonTold(Told):
    """Why a parcel may not simply go."""

    code: str
    detail: str | None
    rule: str
    source: str
    confidence: Confidence


class ExplainedReasonTold(AcceptanceReasonTold):
    """The same in words."""

    text: str


class LimitCheckTold(Told):
    """A limit and the amount held against it; ``passed`` is null where the two could not be compared or the limit is
    out of play."""

    limit: MoneyTold
    basis: Literal["item", "package", "shipment", "address_day"]
    of: Literal["goods_value", "carrier_declared_value"]
    amount: MoneyTold | None
    applies: bool
    passed: bool | None


class LiftTold(Told):
    """The agreement that lifts a rule."""

    agreement_ref: str
    valid_to: DayText


class RuleTold(Told):
    """One rule that was looked at: what it came to for this parcel, its source, and how many days ago somebody checked
    it; a rule not checked for a year needs a person."""

    id: str
    decision: Literal["deny", "allow", "conditional", "review"]
    outcome: OutcomeTold
    reason: str | None
    limit: LimitCheckTold | None
    lifted_by: LiftTold | None
    source: str
    as_of: str | None
    checked_on: DayText
    age_days: int
    confidence: Confidence


class TransitTold(Told):
    """How many business days a parcel is usually under way, customs not counted."""

    business_days_min: int
    business_days_max: int
    note: str
    source: str
    confidence: Confidence


class JudgedRouteTold(Told):
    """One service of one carrier, and whether it may carry this parcel: allowed, conditional (when the conditions to do
    are seen to), needs_a_person or refused."""

    carrier: str
    service: str
    lane: str
    bookable: bool
    outcome: OutcomeTold
    conditions: list[ConditionTold]
    reasons: list[ExplainedReasonTold]
    confidence: Confidence
    transit: TransitTold | None


class RouteTold(JudgedRouteTold):
    """The same with every rule that was looked at."""

    rules: list[RuleTold]


class KeptRouteTold(JudgedRouteTold):
    """The same as it is kept with a case: the conditions that somebody sees to, and the rules by their ids, as they
    were on the day it was opened."""

    rules: list[str]


class CoveredRouteTold(RouteTold):
    """A service with the cover the parcel would have on it."""

    cover: CoverTold


class RouteBriefTold(Told):
    """How one service fares for a parcel; ``POST /v1/routes`` says it with every rule and condition."""

    carrier: str
    service: str
    bookable: bool
    outcome: OutcomeTold
    reasons: list[AcceptanceReasonTold]


class PieceCountTold(Told):
    """So many pieces of one line of the request, counted from 0."""

    item: int
    quantity: int


class SplitParcelTold(Told):
    """One parcel of a proposed split, judged by itself."""

    pieces: list[PieceCountTold]
    value: MoneyTold | None
    outcome: OutcomeTold
    conditions: list[ConditionTold]
    reasons: list[ExplainedReasonTold]
    gaps: list[str]


class ProposalTold(Told):
    """What else could be done; ``why`` is what stands against the parcel as it was asked, ``complete`` says that every
    piece may go without a person's word."""

    kind: Literal["split", "other_route"]
    carrier: str
    service: str
    why: list[str]
    complete: bool
    parcels: list[SplitParcelTold]


class RoutesAnswer(Told):
    """Every contracted service for this parcel, best first; ``chosen`` may go without a person's word. ``proposals``
    say what else could be done where it may not; ``not_contracted`` are services on this lane without a contract."""

    on: DayText
    routes: list[CoveredRouteTold]
    chosen: RouteTold | None
    proposals: list[ProposalTold]
    not_contracted: list[RouteTold]


class ServiceTold(Told):
    """One service, and between which countries it runs (``*``: any). ``ordered``: where the carrier's interface takes
    an order for it; ``bookable``: we order its waybill ourselves, on the lane asked about or, without one, on some.
    """

    service: str
    title: str
    contracted: bool
    bookable: bool
    ordered: Literal["everywhere", "within_country", "by_person"]
    insured: bool
    scope: Literal["international", "domestic", "any"]
    origins: list[str]
    destinations: list[str]
    transit: TransitTold | None
    source: str
    confidence: Confidence


class WaybillTold(Told):
    """What can be done about a waybill by interface, and what a person does."""

    order: Literal["api", "person"]
    cancel: Literal["api", "person"]
    dry_run: bool
    unknown_outcome_settled: Literal["api", "person"]
    brings_courier: bool


class HorizonTold(Told):
    """How far ahead a courier may be booked and until when he may be cancelled."""

    service: str
    ahead: str | None
    same_day: bool | None
    cancel_until: str | None
    min_window: str | None
    max_pieces: int | None
    source: str
    confidence: Confidence


class CourierTold(Told):
    """How a courier is sent for, altered and cancelled, and where the last moment to book is known from."""

    order: Literal["api", "with_waybill", "person"]
    change: Literal["api", "cancel_and_rebook", "person"]
    cancel: Literal["api", "with_waybill", "person"]
    cut_off: Literal["carrier_asked_when_booking", "not_known"]
    rules: list[HorizonTold]


class PolledTold(Told):
    """A source that is asked, and how many numbers one question takes."""

    source: str
    numbers_per_call: int


class FollowedTold(Told):
    """How parcels are followed: asked, in the order of preference, and brought (null: the carrier does not push)."""

    polled: list[PolledTold]
    pushed: str | None


class OfferTold(Told):
    """Something beside: by_us, at_carrier (not used by this system), none, or unknown."""

    code: str
    state: Literal["by_us", "at_carrier", "none", "unknown"]
    text: str
    source: str
    confidence: Confidence


class InterfaceLimitTold(Told):
    """A limit of the carrier's interface."""

    code: str
    value: str
    unit: str
    source: str
    confidence: Confidence


class ByHandTold(Told):
    """What a person must do."""

    code: str
    text: str
    source: str
    confidence: Confidence


class CarrierTold(Told):
    """One carrier."""

    carrier: str
    contracted: bool
    services: list[ServiceTold]
    waybill: WaybillTold
    pickup: CourierTold
    tracking: FollowedTold
    offers: list[OfferTold]
    limits: list[InterfaceLimitTold]
    by_hand: list[ByHandTold]


class CarriersAnswer(Told):
    """Every carrier that works here, is contracted or is known, with its services on the lane asked for."""

    on: DayText
    origin: str | None
    destination: str | None
    carriers: list[CarrierTold]
