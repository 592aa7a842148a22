"""The insurance declaration, printed from the record of the cover: what is insured, by whom, for how much, from where
to where, and on which conditions.

The record is the insurance room's JSON and may grow: what it holds is printed, what it lacks is said to be not stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.customs.papers.document import Blanks, Block, Checklist, Fields, Heading, Paragraph
from chalicelib.customs.papers.facts import PaperFacts
from chalicelib.customs.papers.goods import goods_data, goods_table, worth
from chalicelib.customs.papers.paper import Paper, document, ready, waiting
from chalicelib.customs.papers.parties import panels, party_data
from chalicelib.customs.papers.wording import NOT_STATED, country_name, day, grams, json_of, money_text, title
from chalicelib.money import money_from_json

NAME = "insurance_declaration"
# Printed name -> names of it in the record, the first that is there.
_ROWS = (
    ("Insurer", ("insurer", "insured_by")),
    ("Policy", ("policy_no",)),
    ("Policy holder", ("holder", "policy_holder")),
    ("Certificate", ("certificate_no",)),
    ("Interest insured", ("interest",)),
    ("Status", ("status",)),
    ("Insured value", ("insured_value",)),
    ("Basis of valuation", ("valuation_basis", "basis")),
    ("Metal", ("metal_value", "metal")),
    ("Stones", ("stones_value", "stones")),
    ("Work", ("work_value", "work", "making")),
    ("Declared to the carrier", ("declared_to_carrier", "carrier_declared_value")),
    ("Limit per parcel", ("limit",)),
    ("Deductible", ("deductible",)),
    ("Premium", ("premium",)),
    ("Premium, per mille", ("premium_per_mille", "premium_rate")),
    ("Not insured", ("uncovered",)),
    ("Cover begins with", ("cover_start", "cover_start_event")),
    ("Cover ends with", ("cover_end", "cover_end_event")),
    ("Under way over a weekend", ("weekend_exposure", "weekend")),
)
_ALWAYS = frozenset({"Insurer", "Policy", "Insured value", "Declared to the carrier", "Deductible", "Premium"})


def insurance_declaration(facts: PaperFacts) -> Paper | None:
    """The declaration; waiting where nobody insures the parcel; None where no cover was recorded."""
    if facts.cover is None:
        return None
    if not _found(facts.cover, ("insurer", "insured_by")):
        return waiting(NAME, ("cover.insured_by",))
    if not facts.pieces:
        return waiting(NAME, ("pieces",))
    made = document(facts, NAME, title(NAME), f"{facts.rma}-{facts.leg}", _blocks(facts, facts.cover))
    return ready(NAME, made, _data(facts, facts.cover))


def _blocks(facts: PaperFacts, cover: Mapping[str, Any]) -> tuple[Block, ...]:
    return (
        Fields(_cover_rows(cover)),
        panels(facts),
        Heading("Transport"),
        Fields(_transport(facts)),
        Heading("Goods insured"),
        goods_table(facts, _totals(facts)),
        *_conditions(cover),
        *_exclusions(cover),
        Paragraph("The parcel is insured once only: under a policy nothing is declared to the carrier for carriage."),
        Blanks(("Declared by", "Place and date", "Signature")),
    )


def _cover_rows(cover: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    told = ((name, _text(_found(cover, keys))) for name, keys in _ROWS)
    return tuple((name, text or NOT_STATED) for name, text in told if text or name in _ALWAYS)


def _transport(facts: PaperFacts) -> tuple[tuple[str, str], ...]:
    return (
        ("Carrier and service", f"{facts.carrier.upper()} {facts.service}"),
        ("Waybill", facts.waybill or "not yet issued"),
        ("From", f"{facts.shipper.city}, {country_name(facts.shipper.country)}"),
        ("To", f"{facts.consignee.city}, {country_name(facts.consignee.country)}"),
        ("Date", day(facts.made_on)),
        ("Sealed gross weight", grams(facts.gross_weight_g)),
        ("Package", "1 of 1, plain, double boxed"),
        ("Seals", ", ".join(facts.seals) or "to be entered on the packing sheet"),
    )


def _totals(facts: PaperFacts) -> tuple[tuple[str, str], ...]:
    currencies = {piece.line.value.currency for piece in facts.pieces}
    return (("Customs value", money_text(worth(facts.pieces))),) if len(currencies) == 1 else ()


def _conditions(cover: Mapping[str, Any]) -> tuple[Block, ...]:
    """Every condition and clause of the cover, ticked where it is known to be met."""
    rows = [_condition(one) for key in ("conditions", "clauses") for one in cover.get(key) or ()]
    return (Checklist("Conditions of the cover", tuple(rows)),) if rows else ()


def _condition(given: Any) -> tuple[str, bool]:
    if isinstance(given, Mapping):
        return str(given.get("text") or given.get("code") or ""), given.get("state") in ("met", "holds", "kept")
    return str(given), False


def _exclusions(cover: Mapping[str, Any]) -> tuple[Block, ...]:
    named = [str(one).replace("_", " ").lower() for one in cover.get("exclusions") or ()]
    return (Paragraph(f"Left out of the cover, as acknowledged: {', '.join(named)}."),) if named else ()


def _found(cover: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((cover[key] for key in keys if cover.get(key) is not None), None)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return money_text(money_from_json(dict(value))) if {"amount", "currency"} <= value.keys() else ""
    return str(value).replace("_", " ")


def _data(facts: PaperFacts, cover: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cover": json_of(dict(cover)),
        "carrier": facts.carrier,
        "service": facts.service,
        "waybill": facts.waybill,
        "shipper": party_data(facts.shipper),
        "consignee": party_data(facts.consignee),
        "lines": goods_data(facts),
        "sealed_gross_weight_g": json_of(facts.gross_weight_g),
        "seals": list(facts.seals),
    }
