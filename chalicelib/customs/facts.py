"""What an estimate is asked about: plain facts of one entry, as the request states them.

Unknown is ``None`` and stays unknown: nothing here is filled in with a guess. Weights are grams, fineness is
parts per thousand, money is whatever currency the request used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from chalicelib.money import Money
from chalicelib.rulebook import Confidence

Article = Literal[
    "ring", "necklace", "rope_necklace", "mixed_link_necklace", "chain_by_length", "bracelet", "earrings",
    "pendant", "brooch", "clasp", "watch", "bar", "coin", "other",
]  # fmt: skip
Construction = Literal["solid", "clad", "plated"]
Stones = Literal["none", "diamond", "precious", "semi_precious", "pearl"]
ValueBasis = Literal["fob", "cif"]


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of article in the parcel. ``metal`` is what the body is made of; ``value`` is the line's total
    worth as the goods cross now, a repair included. ``scrap``: broken, good for nothing but its metal.
    """

    article: str
    metal: str
    construction: str
    value: Money
    hs_code: str | None = None
    fineness: int | None = None
    stones: str = "none"
    origin: str | None = None
    quantity: int = 1
    net_weight_g: Decimal | None = None
    value_basis: str = "fob"
    scrap: bool | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What is known of the goods' earlier border crossings; every field may be unknown.

    ``export_rebate`` is true when the export rebate was taken and not repaid.
    """

    imported_on: date | None = None
    duty_paid_on_import: bool | None = None
    exported_on: date | None = None
    export_reference: str | None = None
    export_mode: str | None = None
    same_state: bool | None = None
    importer_is_exporter: bool | None = None
    sold_to_consumer: bool | None = None
    drawback_claimed: bool | None = None
    export_rebate: bool | None = None
    vat_refunded: bool | None = None
    return_reason: str | None = None
    permit: str | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """What was done abroad and what it cost. ``fair_value`` is the market cost of work that was free to the
    customer.
    """

    under_warranty: bool | None = None
    guarantee_proven: bool | None = None
    replaced: bool | None = None
    charge: Money | None = None
    parts: Money | None = None
    fair_value: Money | None = None
    freight_out: Money | None = None
    freight_in: Money | None = None
    insurance: Money | None = None
    authorisation: str | None = None
    back_in_time: bool | None = None


@dataclass(frozen=True, slots=True)
class EstimateRequest:
    """One entry into one country on one day. ``freight`` and ``insurance`` are to the border; ``None`` is
    unknown. ``retail_price_own_use``: the values are retail prices a private person paid for their own use (Japan
    takes a part of those). ``region`` is the province or state where the tax depends on it.
    """

    destination: str
    dispatched_from: str
    entry_on: date
    purpose: str
    lines: tuple[Line, ...]
    entry: str | None = None
    channel: str = "express"
    consignee: str = "merchant"
    region: str | None = None
    preference: str | None = None
    freight: Money | None = None
    insurance: Money | None = None
    history: History | None = None
    repair: Repair | None = None
    retail_price_own_use: bool | None = None


@dataclass(frozen=True, slots=True)
class RateQuote:
    """One dated exchange rate: how many units of the second currency one unit of the first is worth.

    ``until`` is the last day of a period that the rate was fixed for; ``said`` goes into the reasons of an answer that
    used it.
    """

    rate: Decimal
    on: date
    source: str
    confidence: Confidence = "high"
    until: date | None = None
    said: tuple[str, ...] = ()
