"""What every carrier module speaks: requests as plain values, orders in our words, answers in our words.

Nothing here opens a socket. An adapter sends an ``HttpRequest`` as it stands, adding only the host and the
token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal, Protocol

from chalicelib.errors import CarrierRefused, CarrierUnavailable, FieldFault, NotFoundError
from chalicelib.money import Money
from chalicelib.purposes import Purpose


class UnknownSource(NotFoundError):
    """No carrier of this name (or no such way in from it) is registered."""

    code = "unknown_source"


class OrderNotAccepted(CarrierRefused):
    """The order breaks a rule of the carrier; ``faults`` name every field, before anything is sent."""

    code = "order_not_accepted"

    def __init__(self, detail: str, faults: Sequence[FieldFault]) -> None:
        fields = "; ".join(f"{fault.field} {fault.code} ({fault.detail})" for fault in faults)
        super().__init__(self.code, f"{detail}: {fields}")
        self.faults = tuple(faults)


class TokenRejected(CarrierUnavailable):
    """The carrier no longer takes this access token: fetch a new one and try once more. Nothing was carried
    out.
    """

    code = "carrier_token_rejected"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One call to a carrier. ``reads_only`` calls may be repeated; the others are claimed first and made
    once. ``answer_within_s`` is how long an answer is waited for (None: as long as the wire does).
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    reads_only: bool
    answer_within_s: int | None = None


class Answer(Protocol):
    """What came back over the wire, whatever the status."""

    @property
    def body(self) -> bytes:
        """The body, decompressed."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token and the instant from which it must no longer be used."""

    value: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Registration:
    """A number under which customs or the tax office know a party: ``kind`` EORI, VAT, IOSS, EIN, USCC ..."""

    kind: str
    number: str = field(repr=False)
    issued_by: str
    """ISO country."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who hands over or receives a parcel, and where. Personal: never logged, never part of an event."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    street: tuple[str, ...] = field(repr=False)
    city: str = field(repr=False)
    country: str
    postal_code: str | None = field(default=None, repr=False)
    state: str | None = None
    company: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    residential: bool = False
    registrations: tuple[Registration, ...] = ()


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One customs line: what it is in words customs accept, where it was made, how many, how heavy, worth
    what.
    """

    description: str
    hs_code: str
    made_in: str
    quantity: int
    weight_g: Decimal
    value: Money
    """The value of the whole line, not of one piece."""


@dataclass(frozen=True, slots=True)
class OriginalExport:
    """The shipment that first took these goods out: what a return is linked to. What is unknown is None.

    ``reference`` is the number of the export declaration (MRN, ITN, the Chinese declaration number).
    """

    waybill: str | None = None
    shipped_on: date | None = None
    carrier: str | None = None
    invoice_number: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class LocalHours:
    """From when to when a courier may come: wall clock at the place, without zone, and the zone of the place."""

    ready_at: datetime
    close_at: datetime
    time_zone: str
    """IANA name."""


@dataclass(frozen=True, slots=True)
class WaybillOrder:
    """A waybill to buy. ``reference`` is ours and is how an unknown outcome is looked up again.

    ``service`` is the carrier's service as the merchant's contract names it. ``policy_covers`` is true when an
    insurer's policy and not the carrier carries the value: then no value is declared for carriage.
    ``declared_value`` is for carriage and never above what customs are told. ``invoice_number`` is that of the
    invoice which goes with this parcel; the one of the first sale is in ``original_export``. ``hours`` is when the
    courier may come, for a carrier whose order sends him. ``invoice_date`` is the day that invoice carries, the day of
    shipping where nobody said; ``statement`` is what it states of its values.
    """

    reference: str
    purpose: Purpose
    shipper: Party
    recipient: Party
    lines: tuple[GoodsLine, ...]
    parcel_weight_g: Decimal
    ship_on: date
    service: str
    time_zone: str
    terms: str = "DAP"
    duties_paid_by: Literal["shipper", "recipient"] = "recipient"
    dimensions_cm: tuple[int, int, int] | None = None
    declared_value: Money | None = None
    policy_covers: bool = False
    original_export: OriginalExport | None = None
    pickup_arranged: bool = True
    invoice_number: str | None = None
    rma: str | None = None
    hours: LocalHours | None = None
    invoice_date: date | None = None
    statement: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A paper that a carrier made: its bytes or, if the carrier keeps it, its address."""

    kind: Literal["label", "waybill", "invoice", "receipt", "qr_code"]
    media_type: str
    content: bytes | None = field(repr=False)
    url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Waybill:
    """A waybill that was bought. ``pieces`` are the numbers of its parcels where they have their own; ``pickup`` is
    there when the order sent the courier too."""

    number: str
    ship_date: date | None
    documents: tuple[Document, ...] = ()
    pieces: tuple[str, ...] = ()
    pickup: PickupConfirmation | None = None

    @property
    def label(self) -> Document | None:
        """The label, if the answer brought its bytes."""
        return next((paper for paper in self.documents if paper.kind == "label" and paper.content), None)


@dataclass(frozen=True, slots=True)
class FoundWaybill:
    """The one waybill that carries our reference: how an unknown outcome is settled."""

    number: str
    ship_date: date


@dataclass(frozen=True, slots=True)
class PickupOrder:
    """A courier to send for, to a place in its own wall clock."""

    reference: str
    waybill: str
    place: Party
    hours: LocalHours
    weight_g: Decimal
    destination_country: str
    service: str
    remarks: str = ""
    packages: int = 1


@dataclass(frozen=True, slots=True)
class PickupConfirmation:
    """A booked pickup. FedEx cancels by code, place and day together, because its code alone is not unique; DHL may
    give several codes for one booking (``more_codes``)."""

    code: str
    location: str | None
    on: date | None
    more_codes: tuple[str, ...] = ()
    ready_by: time | None = None


@dataclass(frozen=True, slots=True)
class PickupQuestion:
    """Whether, and between which hours, a courier comes to a place on a day."""

    country: str
    postal_code: str | None = field(repr=False)
    city: str = field(repr=False)
    destination_country: str
    on: date
    hours: LocalHours
    service: str
    weight_g: Decimal


@dataclass(frozen=True, slots=True)
class PickupDay:
    """What a carrier says of one day at one place; times are local to the place, None is not told.

    ``cut_off`` is the last moment to book; ``access`` how long the parcel must be there at least.
    """

    on: date
    available: bool
    cut_off: time | None = None
    access: timedelta | None = None
    earliest: time | None = None
    latest: time | None = None
