"""The post's customs declarations: CN 22 for a small letter-post item of low worth, CN 23 for every other.

The limit is in special drawing rights (``currencies/sdr``, dated); where the rate is not known, or the value
lies close to the limit, the larger form is taken, which holds for any value, and why is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from chalicelib.customs.declaration import customs_text
from chalicelib.customs.papers.document import Blanks, Block, Checklist, Column, Fields, Paragraph, Table
from chalicelib.customs.papers.facts import PaperFacts, Piece
from chalicelib.customs.papers.goods import goods_data, lacking, worth
from chalicelib.customs.papers.invoice import number_of
from chalicelib.customs.papers.paper import Paper, document, ready, waiting
from chalicelib.customs.papers.parties import panels, party_data
from chalicelib.customs.papers.repair_value import repair_lacks
from chalicelib.customs.papers.wording import (
    country_name,
    han_of,
    json_of,
    known_money,
    known_rows,
    money_text,
    other_language,
    plain,
    service_name,
    subtitle,
    title,
)
from chalicelib.customs.program import table
from chalicelib.drawing_rights import drawing_right
from chalicelib.money import Money, round_to

FORMS = "customs/postal_forms"
Form = Literal["cn22", "cn23"]
CERTIFIED = (
    "I, the sender, answer for these particulars. The item holds nothing dangerous and nothing that law or the rules "
    "of post or customs forbid."
)
_CATEGORIES = ("Gift", "Documents", "Sale of goods", "Commercial sample", "Returned goods", "Other")
_CATEGORY = {"exchange_replacement": "Sale of goods", "loan_or_sample": "Other", "warranty_replacement": "Other"}
_RETURNED = ("refund_return", "exchange_return", "recall_return", "refused_return", "unaltered_back")
_COLUMNS = (
    Column("Contents", share=6),
    Column("Qty", align="right"),
    Column("Net weight, kg", share=2, align="right"),
    Column("Value", share=2, align="right"),
    Column("HS code", share=2),
    Column("Origin", share=2),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which form, why, and what the value comes to in special drawing rights (None: not known)."""

    form: Form
    why: str
    sdr: Decimal | None = None


def postal_declaration(facts: PaperFacts, on: date) -> Paper:
    """The form this item carries, or what it waits for."""
    missing = tuple(dict.fromkeys((*lacking(facts, on), *repair_lacks(facts))))
    if missing:
        return waiting("cn23", missing)
    chosen = choose(worth(facts.pieces), facts.gross_weight_g, facts.service, on)
    beside = subtitle(chosen.form, facts.lane.destination, "May be opened officially")
    made = document(facts, chosen.form, title(chosen.form), beside, _blocks(facts, chosen))
    return ready(chosen.form, made, _data(facts, chosen))


def choose(value: Money, gross_weight_g: Decimal | None, service: str, on: date) -> Choice:
    """The form by service, weight and value.

    >>> choose(Money(Decimal(100), "USD"), Decimal(400), "LETTER", date(2026, 11, 22)).form
    'cn22'
    >>> choose(Money(Decimal(100), "CHF"), Decimal(400), "LETTER", date(2026, 11, 22)).why
    'sdr_rate_unknown'
    """
    rules = {row["form"]: row for row in table(FORMS, on).rows}
    small, margin = rules["cn22"], rules["margin"]
    if service in small["not_services"]:
        return Choice("cn23", "parcel_or_ems")
    if gross_weight_g is None:
        return Choice("cn23", "weight_unknown")
    if gross_weight_g > small["max_weight_g"]:
        return Choice("cn23", "above_letter_weight")
    return _by_value(value, small, margin, on)


def _by_value(value: Money, small: Mapping[str, Any], margin: Mapping[str, Any], on: date) -> Choice:
    right = drawing_right(value.currency, on)
    if right is None:
        return Choice("cn23", "sdr_rate_unknown")
    exact = right.of(value.amount)
    sdr = round_to(exact, 2)
    old = (on - right.as_of).days > margin["stale_days"]
    if exact >= small["below_sdr"]:
        return Choice("cn23", "value_at_or_above_limit", sdr)
    if exact >= small["below_sdr"] * (1 - margin["near_stale" if old else "near"]):
        return Choice("cn23", "value_close_to_limit", sdr)
    return Choice("cn22", "below_limit", sdr)


def _category(purpose: str) -> str:
    return "Returned goods" if purpose in _RETURNED else _CATEGORY.get(purpose, "Other")


def _blocks(facts: PaperFacts, chosen: Choice) -> tuple[Block, ...]:
    category = _category(facts.purpose)
    full = chosen.form == "cn23"
    return (
        *((panels(facts, ("Sender", "Addressee")), Fields(_references(facts))) if full else ()),
        Checklist("Category of item", tuple((name, name == category) for name in _CATEGORIES), columns=3),
        Table(
            _COLUMNS,
            tuple(_row(piece, facts.lane.destination) for piece in facts.pieces),
            _totals(facts),
            han_of(facts.lane.destination),
        ),
        *((Blanks(("Licence", "Certificate")),) if full else ()),
        Paragraph(CERTIFIED),
        Blanks(("Date and sender's signature",)),
    )


def _references(facts: PaperFacts) -> tuple[tuple[str, str], ...]:
    return known_rows(
        (
            ("Item number", facts.waybill or "not yet issued"),
            ("Service", service_name(facts.carrier, facts.service, facts.service_title)),
            ("Invoice", number_of(facts)),
            ("Sender's reference", facts.rma),
            ("Invoice of the sale", facts.export.invoice_number),
            ("Postal charges", known_money(facts.freight)),
        )
    )


def _row(piece: Piece, destination: str) -> tuple[str, ...]:
    line, language = piece.line, other_language(destination)
    said = (customs_text(line), *((customs_text(line, language),) if language else ()))
    return (
        "\n".join(said),
        str(line.quantity),
        "not stated" if line.net_weight_g is None else _kilograms(line.net_weight_g),
        money_text(line.value.rounded()),
        piece.hs_code or "",
        country_name(line.origin),
    )


def _totals(facts: PaperFacts) -> tuple[tuple[str, str], ...]:
    weight = "not stated" if facts.gross_weight_g is None else f"{_kilograms(facts.gross_weight_g)} kg"
    return (("Total gross weight", weight), ("Total value", money_text(worth(facts.pieces))))


def _kilograms(weight_g: Decimal) -> str:
    return plain(weight_g / 1000)


def _data(facts: PaperFacts, chosen: Choice) -> dict[str, Any]:
    return {
        "form": chosen.form,
        "why": chosen.why,
        "sdr": json_of(chosen.sdr),
        "category": _category(facts.purpose),
        "item_number": facts.waybill,
        "sender": party_data(facts.shipper),
        "addressee": party_data(facts.consignee),
        "lines": goods_data(facts),
        "gross_weight_g": json_of(facts.gross_weight_g),
        "value": json_of(worth(facts.pieces)),
        "invoice_number": number_of(facts),
        "certified": CERTIFIED,
    }
