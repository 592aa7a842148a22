"""What every carrier module speaks: requests as plain values, orders in our words, answers in our words.

Nothing here opens a socket. An adapter sends an ``HttpRequest`` as it stands, adding only the host and the
token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
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
    once.
    """

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    reads_only: bool


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
    """The shipment that first took these goods out: what a return is linked to."""

    waybill: str
    shipped_on: date


@dataclass(frozen=True, slots=True)
class WaybillOrder:
    """A waybill to buy. ``reference`` is ours and is how an unknown outcome is looked up again.

    ``policy_covers`` is true when an insurer's policy and not the carrier carries the value: then no value is
    declared for carriage. ``declared_value`` is for carriage and never above what customs are told.
    """

    reference: str
    purpose: Purpose
    shipper: Party
    recipient: Party
    lines: tuple[GoodsLine, ...]
    parcel_weight_g: Decimal
    ship_on: date
    service: str = "FEDEX_INTERNATIONAL_PRIORITY"
    terms: str = "DAP"
    duties_paid_by: Literal["shipper", "recipient"] = "recipient"
    dimensions_cm: tuple[int, int, int] | None = None
    declared_value: Money | None = None
    policy_covers: bool = False
    original_export: OriginalExport | None = None
    pickup_arranged: bool = True
    invoice_number: str | None = None


@dataclass(frozen=True, slots=True)
class Waybill:
    """A waybill that was bought: its number, the label (bytes or, if the carrier keeps it, its address)."""

    number: str
    label_type: str | None
    label: bytes | None = field(repr=False)
    ship_date: date | None
    label_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FoundWaybill:
    """The one waybill that carries our reference: how an unknown outcome is settled."""

    number: str
    ship_date: date


@dataclass(frozen=True, slots=True)
class PickupOrder:
    """A courier to send for. ``ready_at`` and ``close_at`` are local wall clock at the pickup place,
    without zone.
    """

    reference: str
    waybill: str
    place: Party
    ready_at: datetime
    close_at: datetime
    weight_g: Decimal
    destination_country: str
    remarks: str = ""
    packages: int = 1


@dataclass(frozen=True, slots=True)
class PickupConfirmation:
    """A booked pickup. A cancellation needs all three: the code alone is not unique."""

    code: str
    location: str | None
    on: date | None
