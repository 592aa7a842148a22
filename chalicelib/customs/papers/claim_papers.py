"""The papers of a claim against a carrier or an insurer: the statement, the assignment where the right to claim is the
customer's, and the proof of what the goods were worth.

They are papers of a leg like the others, with its parties and its goods; what a claim adds is handed in as plain
figures and words. Nothing is claimed here that the facts do not show: what is not known is named as not stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from chalicelib.customs.papers.document import (
    Blanks,
    Block,
    Checklist,
    Column,
    Document,
    Fields,
    Panels,
    Paragraph,
    Statement,
    Table,
)
from chalicelib.customs.papers.facts import PaperFacts, Party
from chalicelib.customs.papers.goods import goods_table
from chalicelib.customs.papers.packing import bcp47
from chalicelib.customs.papers.paper import document
from chalicelib.customs.papers.parties import panels, party_line
from chalicelib.customs.papers.wording import grams, known_money, known_rows, money_text, service_name
from chalicelib.money import Money
from chalicelib.rulebook import dictionary
from chalicelib.shipments.carrier_names import carrier_name

STATEMENT, ASSIGNMENT, VALUE = "claim_statement", "assignment", "proof_of_value"
SIGNED = ("Name and position", "Place and date", "Signature")
HAPPENED = (
    Column("Time, as the carrier tells it", share=3),
    Column("Place", share=2),
    Column("What was told", share=5),
)
PRICES = (
    Column("SKU", share=2), Column("Sold as", share=5), Column("Serial", share=2), Column("Qty", align="right"),
    Column("Price", share=2, align="right"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What a claim adds to the facts of its leg. ``against`` is the carrier's or the insurer's name; ``happened`` the
    scans, each with the carrier's own time, place and text; ``checklist`` what proves it and whether it is enclosed;
    ``holder`` who has the right to claim. ``metal_value`` is None where nobody knows it."""

    leg: PaperFacts
    claim_id: str
    kind: str
    party: Literal["carrier", "insurer"]
    against: str
    claimant: Party
    holder: Literal["merchant", "customer"]
    protective: bool
    claimed: Money | None
    worth: Money
    freight: Money | None
    handed_over: str | None
    arrived: str | None
    discovered_on: date
    reference: str | None
    policy_no: str | None
    happened: tuple[tuple[str, str, str], ...]
    checklist: tuple[tuple[str, bool], ...]
    metal_value: Money | None
    stones_and_work: Money | None
    valued: str | None


def claim_papers(facts: ClaimFacts) -> tuple[Document, ...]:
    """Every paper of this claim: the assignment only where somebody else holds the right."""
    made = [_statement(facts), _proof_of_value(facts)]
    return (*made, _assignment(facts)) if facts.holder == "customer" else tuple(made)


def _statement(facts: ClaimFacts) -> Document:
    words, leg = _words(), facts.leg
    blocks: tuple[Block, ...] = (
        Fields(known_rows(_claim_rows(facts))),
        panels(leg, ("Sent by", "Sent to")),
        Paragraph(f"{words['what'][facts.kind]} {words['against'][facts.party]}"),
        goods_table(leg),
        Fields(known_rows(_sums(facts)), title="What is claimed"),
        *([Table(HAPPENED, facts.happened)] if facts.happened else [Paragraph("The carrier has told of no scan.")]),
        Checklist("Enclosed where ticked; the others follow", facts.checklist, columns=2),
        Statement(f"{words['statement'][_form(facts)]} {words['statement']['beside']}"),
        Blanks((f"For {_named(facts.claimant)}", *SIGNED), columns=2),
    )
    name = f"{words['kinds'][facts.kind]}, {facts.claim_id}"
    return document(leg, STATEMENT, words["titles"][STATEMENT], name, blocks)


def _form(facts: ClaimFacts) -> str:
    return "protective" if facts.protective else "full"


def _claim_rows(facts: ClaimFacts) -> Iterator[tuple[str, str | None]]:
    leg, words = facts.leg, _words()
    yield "Claim for", f"{words['kinds'][facts.kind]}{', to keep the right' if facts.protective else ''}"
    yield (
        "Claimed by",
        words["claimant"].get(f"{facts.party}_{facts.holder}", "{claimant}").format(claimant=_named(facts.claimant)),
    )
    yield "Against", facts.against
    if facts.party == "insurer":
        yield "Policy", facts.policy_no
    yield "Their number", facts.reference
    yield "Our number", f"{leg.rma}, claim {facts.claim_id}"
    yield "Waybill", leg.waybill
    yield "Carrier and service", service_name(leg.carrier, leg.service, leg.service_title)
    yield "Handed over", facts.handed_over
    yield "Delivered", facts.arrived or ("not delivered" if facts.kind == "loss" else None)
    yield "Known to us on", facts.discovered_on.isoformat()
    yield "Gross weight", grams(leg.gross_weight_g)
    yield "Order", leg.order_number


def _sums(facts: ClaimFacts) -> Iterator[tuple[str, str | None]]:
    yield "Worth of the goods", money_text(facts.worth)
    yield "Freight", known_money(facts.freight)
    yield "Claimed", known_money(facts.claimed)


def _proof_of_value(facts: ClaimFacts) -> Document:
    leg = facts.leg
    rows = tuple(
        (piece.sku, piece.sold_as or "", piece.serial or "", str(piece.line.quantity), money_text(piece.line.value))
        for piece in leg.pieces
    )
    told = (
        ("Order", leg.order_number), ("Sold on", leg.sold_on.isoformat()),
        ("Exported under invoice", leg.export.invoice_number), ("Valued by", facts.valued),
        ("Worth of the metal", known_money(facts.metal_value)),
        ("Stones and work", known_money(facts.stones_and_work)),
    )  # fmt: skip
    blocks: tuple[Block, ...] = (
        Fields(known_rows(told)),
        Table(PRICES, rows, (("Worth of the goods", money_text(facts.worth)),)),
        goods_table(leg),
        Statement("The prices above are those at which the goods were sold to the customer under this order."),
        Blanks((f"For {_named(facts.claimant)}", *SIGNED), columns=2),
    )
    return document(leg, VALUE, _words()["titles"][VALUE], f"{leg.rma}, claim {facts.claim_id}", blocks)


def _assignment(facts: ClaimFacts) -> Document:
    leg, words = facts.leg, _words()
    customer = leg.shipper if leg.direction == "home" else leg.consignee
    given = {
        "assignor": party_line(customer),
        "assignee": _named(facts.claimant),
        "waybill": leg.waybill or "________________",
        "carrier": carrier_name(leg.carrier),
    }
    language = language_of(leg.language)
    also = () if language == "en" else ((_text(words, language, given), bcp47(language)),)
    rows = (
        ("Waybill", leg.waybill or "not yet issued"), ("Carrier", given["carrier"]), ("Return", leg.rma),
        ("Claim", facts.claim_id),
    )  # fmt: skip
    blocks: tuple[Block, ...] = (
        Fields(rows, columns=4),
        Panels(panels(leg, ("Sent by", "Sent to")).panels[:2]),
        Statement(_text(words, "en", given), None, "en", also),
        Blanks((f"Signed by {customer.name}", "Place and date"), columns=2),
        Blanks((f"Accepted for {_named(facts.claimant)}", "Place and date"), columns=2),
    )
    beside = words["titles_in"].get(language, f"{leg.rma}, claim {facts.claim_id}")
    return document(leg, ASSIGNMENT, words["titles"][ASSIGNMENT], beside, blocks)


def language_of(tag: str) -> str:
    """The language of the assignment for a customer who reads this one; English where it is not written in it.

    >>> language_of("fr-CA"), language_of("zh-Hant"), language_of("sv")
    ('fr', 'zh', 'en')
    """
    short = tag.replace("_", "-").split("-")[0].lower()
    return short if short in _words()["assignment"] else "en"


def _named(party: Party) -> str:
    return party.company or party.name


def _text(words: Mapping[str, Any], language: str, given: Mapping[str, str]) -> str:
    text: str = words["assignment"][language]["text"]
    return text.format_map(dict(given))


def _words() -> Mapping[str, Any]:
    return dictionary("customs", "claim_words")
