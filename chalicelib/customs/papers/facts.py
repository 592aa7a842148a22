"""What the papers of one leg are made from: every fact, known or None, gathered once by the story that makes them.

Money and weights as everywhere; names and addresses are personal values and go into the papers alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from chalicelib.customs.facts import History, Line, Repair
from chalicelib.customs.papers.document import Page
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody on the papers. ``registrations`` are (kind, number, issuing country): EORI, VAT, EIN, USCC ..."""

    company: str | None
    name: str
    lines: tuple[str, ...]
    city: str
    region: str | None
    postal_code: str
    country: str
    phone: str
    email: str
    registrations: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of goods: the customs facts of it, its code at the destination, and what tells it from others.

    ``line.value`` and the weights are of the whole line, not of one piece.
    """

    line: Line
    sku: str
    hs_code: str | None
    gross_weight_g: Decimal
    serial: str | None = None
    sold_as: str | None = None


@dataclass(frozen=True, slots=True)
class ExportProof:
    """How the goods once left: what links a return to its export."""

    invoice_number: str | None
    invoice_date: date | None
    carrier: str | None
    waybill: str | None
    exported_on: date | None
    reference: str | None
    mode: str | None


@dataclass(frozen=True, slots=True)
class Work:
    """What a workshop did, as it reports it: in words, under which order, from when to when, and what metal it added.
    What is not known is a line to be filled in by hand."""

    done: str | None = None
    order_number: str | None = None
    received_on: date | None = None
    finished_on: date | None = None
    metal_added: str | None = None
    fineness_added: int | None = None
    grams_added: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ClaimedRelief:
    """A relief of the estimate that the papers claim: its code, the form it takes, who claims, until when."""

    code: str
    status: str
    form: str
    claimant: str
    claim_by: date | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """One leg as its papers see it. ``cover`` is the recorded insurance declaration (insurance room's JSON).

    ``without_proof``: a person decided that the goods come home without relief, because the link to the original export
    cannot be given any more; nothing of it is asked for then, and no relief is claimed. ``service_title`` is what the
    carrier calls its service; None where nobody knows.
    """

    case_id: str
    rma: str
    leg: int
    direction: Literal["home", "out"]
    purpose: Purpose
    reason: str
    lane: Lane
    made_on: date
    carrier: str
    service: str
    channel: Literal["express", "post"]
    waybill: str | None
    shipper: Party
    consignee: Party
    importer: Party | None
    incoterm: Literal["DAP", "DDP"]
    pieces: tuple[Piece, ...]
    gross_weight_g: Decimal | None
    freight: Money | None
    insurance: Money | None
    export: ExportProof
    order_number: str
    sold_on: date
    language: str
    page: Page
    history: History | None = None
    repair: Repair | None = None
    relief: tuple[ClaimedRelief, ...] = ()
    cover: Mapping[str, Any] | None = None
    seals: tuple[str, ...] = ()
    without_proof: bool = False
    service_title: str | None = None
    work: Work | None = None
