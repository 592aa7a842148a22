"""A return case: what the merchant's desk asked for, and how far it has come. (Written by the lead: extend
compatibly.)

``ReturnRequest`` is the request without any personal value; those are in ``Person``, which is sealed before it is
kept. ``Case`` is small because it is written at every step; ``Plan`` is what was decided when it was opened and is
written once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args

from chalicelib.money import Money
from chalicelib.shipments.leg import Effect, ExportLink

Kind = Literal["refund", "exchange", "repair", "warranty", "recall", "refused", "loan"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ReasonCode = Literal[
    "quality", "not_as_described", "wrong_item", "size", "change_of_mind", "damaged_in_transit", "recall", "refused",
    "repair", "loan",
]  # fmt: skip
REASONS: tuple[ReasonCode, ...] = get_args(ReasonCode)


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of jewellery as it was sold. Flags are None when nobody has said."""

    sku: str
    description: str
    article: str
    metal: str
    fineness: int
    construction: str
    stones: str
    origin: str | None
    quantity: int
    gross_weight_g: Decimal
    net_weight_g: Decimal
    price: Money
    serial: str | None = None
    hs_code: str | None = None
    engraved: bool | None = None
    resized: bool | None = None
    made_to_order: bool | None = None
    seal_broken: bool | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """The sale: its number, the day it was placed, and the day the customer had the goods (None: unknown)."""

    number: str
    sold_on: date
    delivered_on: date | None


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; a personal value."""

    lines: tuple[str, ...]
    city: str
    region: str | None
    postal_code: str
    country: str


@dataclass(frozen=True, slots=True)
class Person:
    """The customer: the only thing with personal values. Never logged, never stored unsealed."""

    name: str
    email: str
    phone: str
    language: str
    address: Address


@dataclass(frozen=True, slots=True)
class PickupWish:
    """When the customer would hand the parcel over, in the local time of the address (``HH:MM``)."""

    on: date
    ready_from: str
    until: str


@dataclass(frozen=True, slots=True)
class ReturnRequest:
    """A request to bring pieces home, without personal values."""

    kind: Kind
    reason: ReasonCode
    order: Order
    original_export: ExportLink
    customer_country: str
    customer_region: str | None
    customer_postal_code: str
    customer_city: str
    language: str
    return_to: str
    items: tuple[Item, ...]
    carrier: str | None = None
    pickup: PickupWish | None = None
    evidence_offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """How far a return has come. ``version`` is the one to be written; ``effects`` are owed messages."""

    case_id: str
    rma: str
    kind: Kind
    reason: ReasonCode
    stage: str
    order_number: str
    customer_country: str
    language: str
    return_to: str
    money_at_risk: Money
    created_at: datetime
    version: int = 1
    log_n: int = 0
    log_hash: str = ""
    effects: tuple[Effect, ...] = ()
    due_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What was decided when the case was opened, as it was answered: decision, estimate, route, cover, papers, next.
    Written once, never changed."""

    case_id: str
    request: ReturnRequest
    answer: Mapping[str, Any]
