"""A return case: what the merchant's desk asked for, and how far it has come.

``ReturnRequest`` is the request without any personal value; those are in ``Person``, which is sealed before
it is kept. ``Case`` is small because it is written at every step; ``Plan`` is what was decided when it was
opened; it is written again only when the facts it rests on are given or corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal, get_args

from chalicelib.clock import zone
from chalicelib.errors import InvalidRequestError
from chalicelib.money import Money, total
from chalicelib.purposes import Purpose
from chalicelib.returns.payment import Payment
from chalicelib.returns.stages import Stage
from chalicelib.shipments.leg import Direction, Effect, ExportLink

Kind = Literal["refund", "exchange", "repair", "warranty", "recall", "refused", "loan"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ReasonCode = Literal[
    "quality", "not_as_described", "wrong_item", "size", "change_of_mind", "damaged_in_transit", "recall",
    "refused", "repair", "loan",
]  # fmt: skip
REASONS: tuple[ReasonCode, ...] = get_args(ReasonCode)

_HOME: Mapping[Kind, Purpose] = {
    "refund": "refund_return",
    "exchange": "exchange_return",
    "repair": "repair_out",
    "warranty": "warranty_repair_out",
    "recall": "recall_return",
    "refused": "refused_return",
    "loan": "loan_or_sample",
}
_OUT: Mapping[Kind, Purpose] = {
    "exchange": "exchange_replacement",
    "repair": "repaired_back",
    "warranty": "repaired_back",
    "recall": "repaired_back",
    "loan": "loan_or_sample",
}


class PurposeUnknown(InvalidRequestError):
    """Goods of this kind of return do not cross the border in this direction."""

    code = "purpose_unknown"


@dataclass(frozen=True, slots=True)
class SaleRecord:
    """What was noted of one piece when it was sold: on which scale it was weighed, its stones counted, the number,
    carats and longest measure of the grading report of its main stone, its photos (their SHA-256). Each None: not
    noted."""

    scale_id: str | None = None
    stones: int | None = None
    report_number: str | None = None
    report_ct: Decimal | None = None
    report_mm: Decimal | None = None
    photos_sha256: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the order: so many pieces of one kind as they were sold.

    ``price`` is for one piece, weights are grams of one piece, ``fineness`` is in parts per thousand. Flags
    are None when nobody has said; ``seal_broken`` is about a hygiene seal (pierced earrings), ``stone_loose``
    about a stone that left its setting, ``scrap`` about broken metal that is no longer a piece of jewellery,
    ``incomplete`` about a set of which a piece is missing, ``repaired_elsewhere`` about work of another workshop.
    ``sale`` is what was noted of each piece when it was sold.
    """

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
    stone_loose: bool | None = None
    scrap: bool | None = None
    batch: str | None = None
    melt: str | None = None
    worn: bool | None = None
    incomplete: bool | None = None
    repaired_elsewhere: bool | None = None
    sale: SaleRecord | None = None

    @property
    def worth(self) -> Money:
        """The price paid for all pieces of the line."""
        return Money(self.price.amount * self.quantity, self.price.currency)


@dataclass(frozen=True, slots=True)
class Order:
    """The sale: its number, the day it was placed, and the day the customer had the goods (None: unknown).

    ``delivered_on`` is a date on the customer's own calendar; ``delivered_at`` the carrier's instant where
    known. A law or a policy may count from another day: the last piece of a ``split`` order, the signed receipt, the
    day the contract document came, the day it was shipped or ready. ``payment`` is how it was paid (None: nobody said).
    """

    number: str
    sold_on: date
    delivered_on: date | None
    delivered_at: datetime | None = None
    split: bool | None = None
    last_piece_on: date | None = None
    signed_on: date | None = None
    contract_copy_on: date | None = None
    shipped_on: date | None = None
    ready_on: date | None = None
    payment: Payment | None = None

    def delivered_day(self, zone_name: str) -> date | None:
        """The day of delivery on the customer's calendar.

        The later one when two sources disagree: a window must not close on the strength of the one that suits
        us.
        """
        scanned = self.delivered_at.astimezone(zone(zone_name)).date() if self.delivered_at else None
        return max((day for day in (self.delivered_on, scanned) if day), default=None)


@dataclass(frozen=True, slots=True)
class Promise:
    """What one of our people promised this customer beyond law and policy: until which day it may come back, who pays
    the way home. ``reference`` is where it is written down."""

    reference: str
    made_on: date
    until: date
    freight: Literal["merchant", "customer"] | None = None


@dataclass(frozen=True, slots=True)
class EarlierRepair:
    """A repair under the guarantee that was done before: the day the piece was handed over, and the day it was back."""

    given_on: date
    back_on: date | None = None


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
    language: str
    return_to: str
    items: tuple[Item, ...]
    carrier: str | None = None
    pickup: PickupWish | None = None
    evidence_offered: tuple[str, ...] = ()
    promise: Promise | None = None
    fault: str | None = None
    fault_seen_on: date | None = None
    missing_docs: tuple[str, ...] = ()
    earlier_repairs: tuple[EarlierRepair, ...] = ()
    returns_in_12_months: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """How far a return has come. ``version`` is the one to be written; ``effects`` are owed messages."""

    case_id: str
    rma: str
    kind: Kind
    reason: ReasonCode
    stage: Stage
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
    """What was decided when the case was opened, as it was answered: decision, estimate, route, cover.

    Worked out anew, in part, when the proof of the original export is given.
    """

    case_id: str
    request: ReturnRequest
    answer: Mapping[str, Any]


def purpose_of(kind: Kind, direction: Direction, *, replaced: bool = False) -> Purpose:
    """Why these goods cross this border; what customs and carriers are told, and never lost on the way.

    ``replaced``: another piece goes out instead of the one that came home. Raises ``PurposeUnknown``.

    >>> purpose_of("warranty", "home"), purpose_of("warranty", "out", replaced=True)
    ('warranty_repair_out', 'warranty_replacement')
    """
    if direction == "home":
        return _HOME[kind]
    if replaced and kind in ("warranty", "recall"):
        return "warranty_replacement"
    if kind not in _OUT:
        raise PurposeUnknown(f"a {kind} return sends nothing out")
    return _OUT[kind]


def worth_of(items: tuple[Item, ...]) -> Money | None:
    """What was paid for all lines; None when they were paid in different currencies, or there are none."""
    currencies = {item.price.currency for item in items}
    return total((item.worth for item in items), currencies.pop()) if len(currencies) == 1 else None


# No 0/O, 1/I/L, U/V: read aloud over a telephone. 29 signs, a prime, so that the check sign finds every
# single misread sign and every swap of neighbours.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTWXYZ"


def rma_of(case_id: str) -> str:
    """The number the customer writes on the parcel: nine signs made from the case id, the last one a check.

    >>> is_rma(rma_of("0192f0c1"))
    True
    """
    number = int.from_bytes(sha256(case_id.encode()).digest(), "big")
    body = "".join(_SIGNS[number // len(_SIGNS) ** place % len(_SIGNS)] for place in range(8))
    signs = body + _check_sign(body)
    return f"RMA-{signs[:3]}-{signs[3:6]}-{signs[6:]}"


def is_rma(text: str) -> bool:
    """Whether this is a well-formed RMA whose check sign fits; spaces, case and dashes are forgiven."""
    signs = text.upper().replace(" ", "").replace("-", "").removeprefix("RMA")
    return len(signs) == 9 and set(signs) <= set(_SIGNS) and _check_sign(signs[:8]) == signs[8]


def _check_sign(signs: str) -> str:
    return _SIGNS[sum(place * _SIGNS.index(sign) for place, sign in enumerate(signs, 2)) % len(_SIGNS)]
