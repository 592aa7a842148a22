"""Request bodies: what a caller may send, and how it becomes what the rooms work with.

Unknown fields are refused (nobody may slip in a stage or an owner), enumerations are the rooms' own words,
lists and texts are bounded, and cross-checks name the field that is wrong. A model does not decide anything
of the trade: that a return is too late or a metal is not carried is for the stories to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from chalicelib.api.claim_bodies import ClaimActionBody as ClaimActionBody
from chalicelib.api.claim_bodies import PrepareClaimBody as PrepareClaimBody
from chalicelib.api.custody_bodies import CountersignBody as CountersignBody
from chalicelib.api.custody_bodies import HandOverBody as HandOverBody
from chalicelib.api.custody_bodies import InspectionBody as InspectionBody
from chalicelib.api.custody_bodies import ReceiptBody as ReceiptBody
from chalicelib.api.custody_bodies import ReleaseBody as ReleaseBody
from chalicelib.api.delivery_bodies import ReplayBody as ReplayBody
from chalicelib.api.dispute_bodies import DisputeActionBody as DisputeActionBody
from chalicelib.api.dispute_bodies import NoteDisputeBody as NoteDisputeBody
from chalicelib.api.duty_bodies import DutyActionBody as DutyActionBody
from chalicelib.api.duty_bodies import RecordDutyBody as RecordDutyBody
from chalicelib.api.estimate_bodies import EstimateBody as EstimateBody
from chalicelib.api.evidence_bodies import OfferEvidenceBody as OfferEvidenceBody
from chalicelib.api.item_bodies import ItemBody as ItemBody
from chalicelib.api.law_bodies import DecideReturnBody as DecideReturnBody
from chalicelib.api.law_bodies import DeclareWithdrawalBody as DeclareWithdrawalBody
from chalicelib.api.law_bodies import EarlierRepairBody, PromiseBody
from chalicelib.api.notice_bodies import ChooseNoticesBody as ChooseNoticesBody
from chalicelib.api.operation import HOLDER
from chalicelib.api.payment_bodies import OrderPaymentBody
from chalicelib.api.payment_bodies import PaymentBody as PaymentBody
from chalicelib.api.person_bodies import ExportPersonBody as ExportPersonBody
from chalicelib.api.person_bodies import LegalHoldBody as LegalHoldBody
from chalicelib.api.recall_bodies import PrepareRecallBody as PrepareRecallBody
from chalicelib.api.repair_bodies import CompareRepairsBody as CompareRepairsBody
from chalicelib.api.repair_bodies import OfferQuoteBody as OfferQuoteBody
from chalicelib.api.repair_bodies import OrderRepairBody as OrderRepairBody
from chalicelib.api.repair_bodies import RepairStepBody as RepairStepBody
from chalicelib.api.settlement_bodies import CloseCaseBody as CloseCaseBody
from chalicelib.api.settlement_bodies import NoteMoneyBody as NoteMoneyBody
from chalicelib.api.settlement_bodies import ReconcileBody as ReconcileBody
from chalicelib.api.settlement_bodies import SettlementActionBody as SettlementActionBody
from chalicelib.api.settlement_bodies import SettlementBody as SettlementBody
from chalicelib.api.shapes import (
    Clock,
    Country,
    Day,
    Flag,
    Instant,
    Reference,
    Shape,
    WeightG,
    Word,
    code,
    line,
)
from chalicelib.api.way_out_bodies import CallOffWayOutBody as CallOffWayOutBody
from chalicelib.api.way_out_bodies import PlanWayOutBody as PlanWayOutBody
from chalicelib.places import Lane
from chalicelib.returns.case import (
    Address,
    Kind,
    Order,
    Person,
    PickupWish,
    ReasonCode,
    ReturnRequest,
)
from chalicelib.shipments.leg import ExportLink

if TYPE_CHECKING:
    from chalicelib.workflows.change_pickup import HoursAsked
    from chalicelib.workflows.find_routes import RoutesRequest
    from chalicelib.workflows.run_recall import Sale

MAX_ITEMS = 50
# Where recalled pieces come home to is the recall's to say.
TO_BE_SAID = "recall"


class OrderBody(Shape):
    """The sale: the day it was placed, and the day the customer had the goods (null: unknown). Where a law or your
    policy counts from another day: whether it came in several parcels and the day of the last piece, the signed
    receipt, the contract document, the day it was shipped or ready. ``payment``: how it was paid."""

    number: Reference
    sold_on: Day
    delivered_on: Day | None = None
    delivered_at: Instant | None = None
    split: Flag | None = None
    last_piece_on: Day | None = None
    signed_on: Day | None = None
    contract_copy_on: Day | None = None
    shipped_on: Day | None = None
    ready_on: Day | None = None
    payment: OrderPaymentBody | None = None

    @field_validator("delivered_on")
    @classmethod
    def _after_the_sale(cls, delivered_on: Day | None, info: ValidationInfo) -> Day | None:
        sold_on = info.data.get("sold_on")
        if delivered_on and sold_on and delivered_on < sold_on:
            raise PydanticCustomError("before_sale", "delivered before it was sold")
        return delivered_on

    def as_order(self) -> Order:
        """The sale as the returns room knows it."""
        payment = self.payment.as_payment() if self.payment else None
        return Order(**self.model_dump(exclude={"payment"}), payment=payment)


class ExportBody(Shape):
    """The original export that the return must be linked to; what is unknown is null and is asked for."""

    carrier: Word | None = None
    tracking_number: Annotated[str, code("[A-Za-z0-9]{4,40}")] | None = None
    invoice_number: Reference | None = None
    exported_on: Day | None = None
    reference: Reference | None = None
    mode: Reference | None = None
    imported_on: Day | None = None
    duty_paid_on_import: Flag | None = None
    drawback_claimed: Flag | None = None
    export_rebate: Flag | None = None
    vat_refunded: Flag | None = None

    @field_validator("imported_on")
    @classmethod
    def _before_the_export(cls, imported_on: Day | None, info: ValidationInfo) -> Day | None:
        exported_on = info.data.get("exported_on")
        if imported_on and exported_on and imported_on > exported_on:
            raise PydanticCustomError("after_export", "the goods were imported before they were exported")
        return imported_on

    def as_link(self) -> ExportLink:
        """The link as a leg keeps it."""
        return ExportLink(**self.model_dump())


class AddressBody(Shape):
    """A postal address as the country writes it."""

    lines: Annotated[list[Annotated[str, line(100)]], Field(min_length=1, max_length=4)]
    city: Annotated[str, line(100)]
    region: Annotated[str, line(50)] | None = None
    postal_code: Annotated[str, line(16)]
    country: Country


class CustomerBody(Shape):
    """The customer; sealed before it is kept."""

    name: Annotated[str, line(120)]
    email: Annotated[str, code(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", 254)]
    phone: Annotated[str, code(r"\+?[0-9][0-9 ().-]{3,31}", 32)]
    language: Annotated[str, code("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", 35)]
    address: AddressBody


class PickupBody(Shape):
    """When the parcel could be handed over, in the local time of the address."""

    on: Day
    ready_from: Annotated[Clock, Field(alias="from")]
    until: Clock

    @field_validator("until")
    @classmethod
    def _after_ready(cls, until: str, info: ValidationInfo) -> str:
        if until <= info.data.get("ready_from", ""):
            raise PydanticCustomError("window_ends_before_it_starts", "later than from, on the same day")
        return until


class CancelReturnBody(Shape):
    """Why a return is called off, in one word for the case log."""

    reason: Literal["customer_keeps_it", "opened_by_mistake", "opened_anew", "other"]


class BookPickupBody(PickupBody):
    """A courier asked for; without a leg the last one of the case."""

    leg: Annotated[int, Field(strict=True, ge=1, le=99)] | None = None

    def as_hours(self) -> HoursAsked:
        """The day and hours."""
        from chalicelib.workflows.change_pickup import HoursAsked  # the rules of pickups: only for these routes

        return HoursAsked(self.on, self.ready_from, self.until)


class ChangePickupBody(Shape):
    """What shall be different; what is left out stays as it is."""

    on: Day | None = None
    ready_from: Annotated[Clock | None, Field(alias="from")] = None
    until: Clock | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.on is None and self.ready_from is None and self.until is None:
            raise PydanticCustomError("nothing_to_change", "say another day or other hours")
        return self

    def as_hours(self) -> HoursAsked:
        """The day and hours, as far as they change."""
        from chalicelib.workflows.change_pickup import HoursAsked  # the rules of pickups: only for these routes

        return HoursAsked(self.on, self.ready_from, self.until)


class OpenReturnBody(Shape):
    """A request to bring pieces home across a border. ``promise`` is a word one of your people gave; ``fault`` names
    the kind of fault, as your warranty's rows do; ``missing_docs`` is what of the things sold with it stays away."""

    kind: Kind
    reason: ReasonCode
    order: OrderBody
    original_export: ExportBody = ExportBody()
    customer: CustomerBody
    return_to: Reference
    items: Annotated[list[ItemBody], Field(min_length=1, max_length=MAX_ITEMS)]
    carrier: Word | None = None
    pickup: PickupBody | None = None
    evidence_offered: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    promise: PromiseBody | None = None
    fault: Word | None = None
    fault_seen_on: Day | None = None
    missing_docs: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    earlier_repairs: Annotated[tuple[EarlierRepairBody, ...], Field(max_length=20)] = ()
    returns_in_12_months: Annotated[int, Field(strict=True, ge=0, le=999)] | None = None

    @field_validator("original_export")
    @classmethod
    def _before_the_delivery(cls, export: ExportBody, info: ValidationInfo) -> ExportBody:
        """What reached the customer had left by then; a later export is another one, and proves nothing of this."""
        order = info.data.get("order")
        if order and order.delivered_on and export.exported_on and export.exported_on > order.delivered_on:
            raise PydanticCustomError(
                "after_delivery", "the goods left before they were delivered", {"field": "exported_on"}
            )
        return export

    def as_request(self) -> ReturnRequest:
        """The request without any personal value."""
        home = self.customer.address
        return ReturnRequest(
            kind=self.kind,
            reason=self.reason,
            order=self.order.as_order(),
            original_export=self.original_export.as_link(),
            customer_country=home.country,
            customer_region=home.region,
            language=self.customer.language,
            return_to=self.return_to,
            items=tuple(item.as_item() for item in self.items),
            carrier=self.carrier,
            pickup=PickupWish(**self.pickup.model_dump()) if self.pickup else None,
            evidence_offered=self.evidence_offered,
            promise=self.promise.as_promise() if self.promise else None,
            fault=self.fault,
            fault_seen_on=self.fault_seen_on,
            missing_docs=self.missing_docs,
            earlier_repairs=tuple(one.as_repair() for one in self.earlier_repairs),
            returns_in_12_months=self.returns_in_12_months,
        )

    def as_person(self) -> Person:
        """The personal values, and nothing else."""
        home = self.customer.address
        return Person(
            self.customer.name,
            self.customer.email,
            self.customer.phone,
            self.customer.language,
            Address(tuple(home.lines), home.city, home.region, home.postal_code, home.country),
        )


class RepairOptionsBody(CompareRepairsBody):
    """The same for a return that nobody has opened: as it would be opened."""

    request: OpenReturnBody


Outcome = Literal[
    "booked", "not_booked", "done", "not_done", "approved", "approved_without_proof", "refused", "called_off", "lost",
]  # fmt: skip


class ExceptionActionBody(Shape):
    """What a person did about an exception. ``assignee`` belongs to assign (whoever calls, if left out), ``until`` to
    snooze and to wait, ``outcome`` to resolve: ``booked`` or ``not_booked`` for a booking whose result was unknown or
    refused (what the carrier has, by its own word: with ``tracking_number`` for a waybill, ``confirmation`` for a
    pickup), ``done`` or ``not_done`` for a change or a cancellation, ``approved``, ``approved_without_proof`` or
    ``refused`` for a return that waits for a decision, the first two or ``called_off`` for a parcel that waits to go
    out, ``lost`` for a parcel that nobody can find, where you know it; others have none. To resolve takes a ``note``.
    """

    note: Annotated[str, line(1000)] | None = None
    until: Instant | None = None
    outcome: Outcome | None = None
    tracking_number: Annotated[str, code("[A-Za-z0-9]{4,40}")] | None = None
    confirmation: Reference | None = None
    assignee: Annotated[str, code(HOLDER, 100)] | None = None

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if self.outcome != "booked" and (self.tracking_number or self.confirmation):
            raise PydanticCustomError(
                "outcome_required", "a number or confirmation belongs to the outcome booked", {"field": "outcome"}
            )
        return self


class LaneBody(Shape):
    """From country to country."""

    origin: Annotated[Country, Field(alias="from")]
    destination: Annotated[Country, Field(alias="to")]


class ParcelBody(Shape):
    """What would be carried. The gross weight is the packed parcel's; null: unknown."""

    items: Annotated[list[ItemBody], Field(min_length=1, max_length=MAX_ITEMS)]
    gross_weight_g: WeightG | None = None


class RoutesBody(Shape):
    """A parcel looking for a carrier over a lane on a day."""

    lane: LaneBody
    on: Day
    carrier: Word | None = None
    service: Annotated[str, code("[A-Z][A-Z0-9_]*")] | None = None
    parcel: ParcelBody

    def as_request(self) -> RoutesRequest:
        """The parcel and its way as the story asks for them."""
        from chalicelib.workflows.find_routes import (
            RoutesRequest,  # the rules of carriage: only for this route
        )

        return RoutesRequest(
            lane=Lane(self.lane.origin, self.lane.destination),
            on=self.on,
            items=tuple(item.as_item() for item in self.parcel.items),
            gross_weight_g=self.parcel.gross_weight_g,
            carrier=self.carrier,
            service=self.service,
        )


class RecallSaleBody(Shape):
    """One sale of the shop's, as it was made: what a return would be opened with, were it recalled."""

    order: OrderBody
    original_export: ExportBody = ExportBody()
    customer: CustomerBody
    items: Annotated[list[ItemBody], Field(min_length=1, max_length=MAX_ITEMS)]

    def as_sale(self) -> Sale:
        """The sale as the story of recalls knows it; where it comes home to is the recall's to say."""
        from chalicelib.workflows.run_recall import Sale  # the rules of returns: only for this route

        whole = OpenReturnBody(
            kind="recall", reason="recall", order=self.order, original_export=self.original_export,
            customer=self.customer, return_to=TO_BE_SAID, items=self.items,
        )  # fmt: skip
        return Sale(whole.as_request(), whole.as_person())


class RecallSalesBody(Shape):
    """Sales to be judged by a recall, a few at a time: the answer comes when all of them are open."""

    sales: Annotated[list[RecallSaleBody], Field(min_length=1, max_length=10)]
