"""The goods of a leg as papers list them: described exactly, valued, weighed - and what is still lacking to do so.

Nothing is ever worth nought for customs: a line without a worth waits for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.customs.classification import classify
from chalicelib.customs.declaration import customs_text, required_facts
from chalicelib.customs.facts import History, Line
from chalicelib.customs.papers.document import Column, Table
from chalicelib.customs.papers.facts import PaperFacts, Piece
from chalicelib.customs.papers.wording import country_name, figure, grams, han_of, money_text, other_language, plain
from chalicelib.errors import RuleNotInForce
from chalicelib.money import Money, decimals_of, round_to, total

# A unit value that does not divide evenly is shown finer rather than made to disagree with its line.
FINEST = 4
COLUMNS = (
    Column("No."),
    Column("Goods", share=9),
    Column("HS code", share=2),
    Column("Origin", share=2),
    Column("Gross / net", share=2, align="right"),
    Column("Qty", align="right"),
    Column("Unit value", share=2, align="right"),
    Column("Value", share=2, align="right"),
)

# What links a return to its export; without it the goods come home as any others.
LINK_TO_THE_EXPORT = frozenset({"invoice_number", "waybill", "exported_on", "export_reference", "export_mode"})


def coded(facts: PaperFacts, on: date) -> PaperFacts:
    """The same facts with the tariff code that the goods' own facts give, where nobody gave one."""
    pieces = (
        piece if piece.hs_code else replace(piece, hs_code=_code_of(piece.line, facts.lane.destination, on))
        for piece in facts.pieces
    )
    return replace(facts, pieces=tuple(pieces))


def lacking(facts: PaperFacts, on: date) -> tuple[str, ...]:
    """What the goods and their link to the sale and the first export still lack on this lane, each name once."""
    history = past(facts)
    found: list[str] = []
    for piece in facts.pieces:
        plan = required_facts(
            facts.purpose,
            facts.lane,
            history,
            piece.line,
            invoice_number=facts.export.invoice_number,
            waybill=facts.export.waybill,
            on=on,
        )
        waived = LINK_TO_THE_EXPORT if facts.without_proof else frozenset[str]()
        found += [*(name for name in plan.missing if name not in waived), *_unknown(piece)]
    if len({piece.line.value.currency for piece in facts.pieces}) > 1:
        found.append("one_currency")
    return tuple(dict.fromkeys(found if facts.pieces else ["pieces"]))


def past(facts: PaperFacts) -> History:
    """What is known of earlier crossings: the case's history, filled up from the proof of export."""
    known, export = facts.history or History(), facts.export
    return replace(
        known,
        exported_on=known.exported_on or export.exported_on,
        export_reference=known.export_reference or export.reference,
        export_mode=known.export_mode or export.mode,
    )


def worth(pieces: Iterable[Piece]) -> Money:
    """What all goods are worth together; they are in one currency."""
    values = [piece.line.value for piece in pieces]
    return total(values, values[0].currency).rounded()


def goods_table(
    facts: PaperFacts, totals: tuple[tuple[str, str], ...] = (), notes: tuple[tuple[str, str | None], ...] = ()
) -> Table:
    """The goods as rows, described in English and in the destination's language; amounts name their currency where the
    total cannot."""
    language = other_language(facts.lane.destination)
    amount = figure if len({piece.line.value.currency for piece in facts.pieces}) == 1 else money_text
    rows = tuple(
        (*_row(number, piece, language), amount(unit_value(piece)), amount(piece.line.value.rounded()))
        for number, piece in enumerate(facts.pieces, start=1)
    )
    return Table(COLUMNS, rows, totals, han_of(facts.lane.destination), notes)


def goods_data(facts: PaperFacts) -> list[dict[str, Any]]:
    """The goods as data."""
    language = other_language(facts.lane.destination)
    return [_data(number, piece, language) for number, piece in enumerate(facts.pieces, start=1)]


def unit_value(piece: Piece) -> Money:
    """The worth of one piece: in the currency's decimals where that divides evenly, else finer.

    >>> from decimal import Decimal
    >>> three = Line("ring", "gold", "solid", Money(Decimal("100"), "EUR"), quantity=3)
    >>> unit_value(Piece(three, "R", None, Decimal(9))).as_json()
    {'amount': '33.3333', 'currency': 'EUR'}
    """
    line = piece.line
    exact = line.value.amount / line.quantity
    common = round_to(exact, decimals_of(line.value.currency))
    even = common * line.quantity == line.value.amount
    return Money(common if even else round_to(exact, FINEST), line.value.currency)


def _unknown(piece: Piece) -> Iterator[str]:
    if piece.line.value.rounded().amount <= 0:
        yield "line.value"
    if not piece.hs_code:
        yield "line.hs_code"


def _code_of(line: Line, destination: str, on: date) -> str | None:
    try:
        return classify(line, destination, on).hs_code
    except RuleNotInForce:
        return None


def _row(number: int, piece: Piece, language: str | None) -> tuple[str, ...]:
    line = piece.line
    return (
        str(number),
        "\n".join(_said(piece, language)),
        piece.hs_code or "",
        country_name(line.origin),
        f"{grams(piece.gross_weight_g)} / {grams(line.net_weight_g)}",
        str(line.quantity),
    )


def _said(piece: Piece, language: str | None) -> Iterator[str]:
    line = piece.line
    yield customs_text(line)
    if language is not None:
        yield customs_text(line, language)
    fine = line.fineness if line.metal != "base" else None
    made = f"{line.construction.capitalize()}, {fine}/1000" if fine else line.construction.capitalize()
    yield f"{made}; marked {piece.serial}" if piece.serial else made


def _data(number: int, piece: Piece, language: str | None) -> dict[str, Any]:
    line = piece.line
    return {
        "number": number,
        "sku": piece.sku,
        "description": customs_text(line),
        "description_local": None if language is None else {language: customs_text(line, language)},
        "hs_code": piece.hs_code,
        "origin": line.origin,
        "metal": line.metal,
        "construction": line.construction,
        "fineness": line.fineness,
        "stones": line.stones,
        "serial": piece.serial,
        "quantity": line.quantity,
        "gross_weight_g": plain(piece.gross_weight_g),
        "net_weight_g": None if line.net_weight_g is None else plain(line.net_weight_g),
        "unit_value": unit_value(piece).as_json(),
        "value": line.value.rounded().as_json(),
    }
