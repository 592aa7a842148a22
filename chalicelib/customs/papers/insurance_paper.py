"""The insurance declaration, printed from the record of the cover: what is insured, by whom, for how much, from where
to where, and on which conditions.

The record is the insurance room's JSON and may grow. What it holds is printed, what it lacks is named once as not
stated, and what only the one who packs can know is left to be ticked or filled in by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.customs.papers.document import Blanks, Block, Checklist, Fields, Paragraph
from chalicelib.customs.papers.facts import PaperFacts
from chalicelib.customs.papers.goods import goods_data, goods_table, worth
from chalicelib.customs.papers.paper import Paper, document, ready, waiting
from chalicelib.customs.papers.parties import panels, party_data
from chalicelib.customs.papers.wording import (
    cover_doubt,
    cover_word,
    day,
    goods_kind,
    grams,
    json_of,
    known_money,
    known_rows,
    money_text,
    service_name,
    subtitle,
    title,
)
from chalicelib.money import Money, money_from_json
from chalicelib.shipments.carrier_names import carrier_name

NAME = "insurance_declaration"
ONCE = "The parcel is insured once only: under a policy nothing is declared to the carrier for carriage."
SEALS, PACKED = ("Seal number 1", "Seal number 2"), ("Sealed weight, in grams", "Packed on")
SIGNED = ("Declared by", "Place and date", "Signature")
_SIGNATURE = "SIGNATURE_"


def insurance_declaration(facts: PaperFacts) -> Paper | None:
    """The declaration; waiting where nobody insures the parcel; None where no cover was recorded."""
    if facts.cover is None:
        return None
    if not _insurer(facts.cover):
        return waiting(NAME, ("cover.insured_by",))
    if not facts.pieces:
        return waiting(NAME, ("pieces",))
    beside = subtitle(NAME, facts.lane.destination, f"{facts.rma}-{facts.leg}")
    made = document(facts, NAME, title(NAME), beside, tuple(_blocks(facts, facts.cover)))
    return ready(NAME, made, _data(facts, facts.cover))


def _blocks(facts: PaperFacts, cover: Mapping[str, Any]) -> Iterator[Block]:
    yield Fields(known_rows((*_policy(cover), *_transport(facts))))
    yield Fields(known_rows(_sums(cover)), title="Sum insured")
    yield panels(facts, ("From", "To"))
    yield goods_table(facts, _totals(facts))
    yield from _conditions(cover)
    yield from _remarks(cover)
    yield Blanks((*(() if facts.seals else SEALS), *PACKED, *SIGNED), columns=4)


def _insurer(cover: Mapping[str, Any]) -> Any:
    return cover.get("insurer") or cover.get("insured_by")


def _policy(cover: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    yield "Insurer", str(_insurer(cover)) if cover.get("policy_no") else carrier_name(str(_insurer(cover)))
    yield "Policy", cover.get("policy_no")
    yield "Status", _word(cover, "status")
    yield "Policy holder", cover.get("holder")
    yield "Interest insured", _word(cover, "interest")
    yield "Signature at delivery", _signature(cover)
    yield "Cover begins", _word(cover, "cover_start")
    yield "Cover ends", _word(cover, "cover_end")
    yield "Under way over a weekend", _yes_or_no(cover.get("weekend_exposure"))


def _sums(cover: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    yield "Insured value", _amount(cover, "insured_value")
    yield "Metal", _amount(cover, "metal_value")
    yield "Stones and work", _amount(cover, "stones_and_work")
    yield "Basis of valuation", _basis(cover)
    yield "Limit per parcel", _amount(cover, "limit")
    yield "Not insured", _gap(cover)
    yield "Deductible", _amount(cover, "deductible")
    yield "Premium", _premium(cover)
    yield "Declared to the carrier", _amount(cover, "declared_to_carrier")


def _word(cover: Mapping[str, Any], name: str) -> str | None:
    return cover_word(cover[name]) if cover.get(name) else None


def _yes_or_no(known: bool | None) -> str | None:
    return None if known is None else "yes" if known else "no"


def _money(cover: Mapping[str, Any], name: str) -> Money | None:
    return money_from_json(dict(cover[name])) if cover.get(name) else None


def _amount(cover: Mapping[str, Any], name: str) -> str | None:
    return known_money(_money(cover, name))


def _basis(cover: Mapping[str, Any]) -> str | None:
    basis, on = _word(cover, "valuation_basis"), cover.get("valuation_date")
    return f"{basis}, on {on}" if basis and on else basis


def _gap(cover: Mapping[str, Any]) -> str | None:
    """What nobody insures, in money. The record leaves it out where nothing is uncovered."""
    gap = _money(cover, "uncovered")
    return money_text(gap) if gap and gap.amount else "nothing" if "uncovered" in cover else None


def _premium(cover: Mapping[str, Any]) -> str | None:
    amount, rate = _amount(cover, "premium"), cover.get("premium_per_mille")
    told = [text for text in (amount, f"{rate} per mille" if rate else None) if text]
    return ", ".join(told) or None


def _signature(cover: Mapping[str, Any]) -> str | None:
    """Whose signature the cover asks for at the door, as one of its conditions says."""
    codes = (str(one.get("code")) for one in cover.get("conditions") or () if isinstance(one, Mapping))
    return next((cover_word(code.lower()) for code in codes if code.startswith(_SIGNATURE)), None)


def _transport(facts: PaperFacts) -> Iterator[tuple[str, str]]:
    yield "Carrier and service", service_name(facts.carrier, facts.service, facts.service_title)
    yield "Waybill", facts.waybill or "not yet issued"
    yield "Date", day(facts.made_on)
    yield "Packages and gross weight", f"1 package, {grams(facts.gross_weight_g)}"
    if facts.seals:
        yield "Seals", ", ".join(facts.seals)


def _totals(facts: PaperFacts) -> tuple[tuple[str, str], ...]:
    currencies = {piece.line.value.currency for piece in facts.pieces}
    return (("Customs value", money_text(worth(facts.pieces))),) if len(currencies) == 1 else ()


def _conditions(cover: Mapping[str, Any]) -> tuple[Block, ...]:
    """Every condition of the cover, ticked where it is known to be met; the others are ticked by whoever meets them."""
    rows = tuple(_condition(one) for one in cover.get("conditions") or ())
    return (Checklist("Conditions of the cover: ticked where met, the others to be kept", rows),) if rows else ()


def _condition(given: Any) -> tuple[str, bool]:
    if isinstance(given, Mapping):
        text = str(given.get("text") or given.get("code") or "")
        return text[:1].upper() + text[1:], given.get("state") == "met"
    return str(given), False


def _remarks(cover: Mapping[str, Any]) -> Iterator[Block]:
    doubts = [cover_doubt(str(one)) for one in cover.get("valuation_reasons") or ()]
    left_out = [goods_kind(str(one)) for one in cover.get("exclusions") or ()]
    said = [
        f"Of the sum insured: {', '.join(doubts)}." if doubts else "",
        f"Left out of the cover, as acknowledged: {', '.join(left_out)}." if left_out else "",
        ONCE if cover.get("policy_no") else "",
    ]
    if text := " ".join(one for one in said if one):
        yield Paragraph(text)


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
