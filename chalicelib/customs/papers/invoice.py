"""The invoice of a leg: returns, pro-forma or commercial, by its purpose - the paper every express carrier asks for.

Fields after the carriers' own lists and customs' elements of declaration. The values stand for customs: what was paid
for goods that come back, what a piece is worth now where it is repaired, its own price where it is exchanged.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from chalicelib.customs.declaration import PapersPlan, invoice_number, required_facts
from chalicelib.customs.papers.document import Blanks, Block, Fields, Paragraph, Statement
from chalicelib.customs.papers.facts import PaperFacts
from chalicelib.customs.papers.first_export import first_export
from chalicelib.customs.papers.goods import goods_data, goods_table, lacking, past, worth
from chalicelib.customs.papers.paper import Paper, document, ready, waiting
from chalicelib.customs.papers.parties import panels, party_data
from chalicelib.customs.papers.repair_value import repair_fields, repair_lacks
from chalicelib.customs.papers.statements import declared
from chalicelib.customs.papers.wording import (
    NOT_STATED,
    country_name,
    day,
    grams,
    invoice_kind,
    json_of,
    money_text,
    other_language,
    place_name,
    purpose_text,
    reason_text,
    service_name,
    subtitle,
    title,
)
from chalicelib.customs.papers.words import amount_in_words
from chalicelib.money import Money, total

NAME = "return_invoice"
SANCTIONED_ORIGIN = "RU"
TRUE = "The particulars on this invoice are true and complete to the best of our knowledge."
NOT_RUSSIAN = "The country of origin of every line is stated above; none of these goods is of Russian origin."


def invoice(facts: PaperFacts, on: date) -> Paper:
    """The invoice, or what it still waits for."""
    missing = dict.fromkeys((*lacking(facts, on), *repair_lacks(facts)))
    if missing:
        return waiting(NAME, tuple(missing))
    kind = kind_of(facts)
    beside = subtitle(kind, facts.lane.destination, purpose_text(facts.purpose))
    made = document(facts, NAME, title(kind), beside, _blocks(facts, on))
    return ready(NAME, made, _data(facts, on))


def kind_of(facts: PaperFacts) -> str:
    """``returns``, ``proforma`` or ``commercial``: a repair that was charged for is a service sold."""
    charge = facts.repair.charge if facts.repair else None
    paid = facts.purpose == "repaired_back" and charge is not None and charge.amount > 0
    return invoice_kind("repaired_back_paid" if paid else facts.purpose)


def number_of(facts: PaperFacts) -> str:
    """The invoice number of the leg."""
    return invoice_number(facts.rma, facts.leg)


def sums(facts: PaperFacts) -> tuple[tuple[str, Money | None], ...]:
    """Goods, freight and insurance, closed by the sum that stands: with transport where all of it is known in one
    currency, else that of the goods alone."""
    goods = ("Total value of the goods", worth(facts.pieces))
    freight, insurance = ("Freight", facts.freight), ("Insurance", facts.insurance)
    whole = _with_transport(facts)
    if whole is None:
        return (freight, insurance, goods)
    return (goods, freight, insurance, ("Total with freight and insurance", whole))


def _with_transport(facts: PaperFacts) -> Money | None:
    parts = (worth(facts.pieces), facts.freight, facts.insurance)
    known = [amount for amount in parts if amount is not None]
    if len(known) < len(parts) or len({amount.currency for amount in known}) > 1:
        return None
    return total(known, known[0].currency).rounded()


def in_words(facts: PaperFacts) -> dict[str, str]:
    """The value of the goods in words, in English and in the destination's language where it is written there."""
    languages = ("en", other_language(facts.lane.destination))
    said = {name: amount_in_words(worth(facts.pieces), name) for name in languages if name}
    return {name: text for name, text in said.items() if text}


def value_statements(facts: PaperFacts, on: date) -> dict[str, str]:
    """What the invoice says of its values, by language."""
    plan = _plan(facts, on)
    language = other_language(facts.lane.destination)
    said = {"en": " ".join(plan.statements)}
    if language is not None and language in plan.translated:
        said[language] = plan.translated[language]
    return said


def of_known_origin(facts: PaperFacts) -> bool:
    """Whether every origin is known and none of them is under sanctions."""
    return all(piece.line.origin not in (None, "", SANCTIONED_ORIGIN) for piece in facts.pieces)


def _plan(facts: PaperFacts, on: date) -> PapersPlan:
    return required_facts(facts.purpose, facts.lane, past(facts), facts.pieces[0].line, on=on)


def _blocks(facts: PaperFacts, on: date) -> tuple[Block, ...]:
    words = tuple((f"{title('in_words', name)}: {text}", name) for name, text in in_words(facts).items())
    return (
        Fields(_head(facts)),
        panels(facts),
        first_export(facts),
        *_said_of_values(facts, on),
        goods_table(facts, _totals(facts), words),
        *repair_fields(facts),
        *(block for one in declared(facts, "export", on) for block in one.blocks()),
        Paragraph(f"{NOT_RUSSIAN} {TRUE}" if of_known_origin(facts) else TRUE),
        Blanks(("Name and position", "Place and date", "Signature and stamp")),
    )


def _said_of_values(facts: PaperFacts, on: date) -> tuple[Block, ...]:
    said = value_statements(facts, on)
    also = tuple((text, name) for name, text in said.items() if name != "en")
    return (Statement(said["en"], language="en", also=also),) if said["en"] else ()


def _totals(facts: PaperFacts) -> tuple[tuple[str, str], ...]:
    """The sums as printed: transport of which nothing is known takes one line."""
    rows = tuple((name, money_text(amount)) for name, amount in sums(facts))
    if facts.freight is None and facts.insurance is None:
        return (("Freight and insurance", NOT_STATED), *rows[2:])
    return rows


def _head(facts: PaperFacts) -> tuple[tuple[str, str], ...]:
    place = place_name(facts.consignee.city, facts.consignee.country)
    return (
        ("Invoice number", number_of(facts)),
        ("Date", day(facts.made_on)),
        ("Waybill", facts.waybill or "not yet issued"),
        ("Carrier and service", service_name(facts.carrier, facts.service, facts.service_title)),
        ("Terms of delivery (Incoterms 2020)", f"{facts.incoterm} {place}"),
        ("Reason", reason_text(facts.purpose, facts.reason)),
        ("From and to", f"{country_name(facts.lane.origin)} to {country_name(facts.lane.destination)}"),
        ("Currency", worth(facts.pieces).currency),
        ("Packages and gross weight", f"1 package, {grams(facts.gross_weight_g)}"),
    )


def _data(facts: PaperFacts, on: date) -> dict[str, Any]:
    export, history = facts.export, past(facts)
    return {
        "kind": kind_of(facts),
        "number": number_of(facts),
        "date": json_of(facts.made_on),
        "waybill": facts.waybill,
        "carrier": facts.carrier,
        "service": facts.service,
        "purpose": facts.purpose,
        "reason": facts.reason,
        "rma": facts.rma,
        "incoterm": {"term": facts.incoterm, "place": facts.consignee.city, "country": facts.consignee.country},
        "shipper": party_data(facts.shipper),
        "consignee": party_data(facts.consignee),
        "importer": party_data(facts.importer),
        "lines": goods_data(facts),
        "gross_weight_g": json_of(facts.gross_weight_g),
        "totals": {
            "goods": json_of(worth(facts.pieces)),
            "freight": json_of(facts.freight),
            "insurance": json_of(facts.insurance),
        },
        "in_words": in_words(facts),
        "statements": value_statements(facts, on),
        "export_statements": [one.as_json() for one in declared(facts, "export", on)],
        "original": {
            "order": facts.order_number,
            "sold_on": json_of(facts.sold_on),
            "invoice_number": export.invoice_number,
            "invoice_date": json_of(export.invoice_date),
            "carrier": export.carrier,
            "waybill": export.waybill,
            "exported_on": json_of(history.exported_on),
            "export_reference": history.export_reference,
            "export_mode": history.export_mode,
        },
        "not_of_russian_origin": of_known_origin(facts) or None,
    }
