"""What an entry costs at the rates of the day: the table is asked once, and then the estimate knows nothing of it.

Rates and metal prices of the day of entry come from what ``refresh_rates`` kept. Where the table cannot be reached the
shipped tables answer, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from chalicelib.customs.answer import Estimate
from chalicelib.customs.estimate import estimate, without_a_border
from chalicelib.customs.facts import EstimateRequest
from chalicelib.customs.metal_value import Implausible, Weighed, metal_of, plausibility, prices_of, unpriced, weighed
from chalicelib.customs.program import program_of
from chalicelib.customs.rate_choice import Quotes, RateBook
from chalicelib.customs.regions import region_of
from chalicelib.errors import RuleNotInForce
from chalicelib.money import Money, total
from chalicelib.places import Lane
from chalicelib.returns.case import Item
from chalicelib.workflows.ports import Ports


def estimate_entry(ports: Ports, request: EstimateRequest) -> Estimate:
    """The estimate at the rates of its day of entry: one read at most. Inside one customs territory nothing is entered;
    a place in it where customs law differs (Canary Islands) is reckoned as another."""
    inside = not Lane(request.dispatched_from, request.destination).crosses_customs
    if inside and region_of(request.destination, request.region).code is None:
        return without_a_border(request)
    return reckon(ports.rates.book(request.entry_on), request)


def reckon(book: RateBook, request: EstimateRequest) -> Estimate:
    """The estimate by these sheets, with what the metal has to say of the declared values among its reasons."""
    answer = estimate(request, Quotes(book, request.entry_on, _home(request)))
    lines, prices = [weighed(line) for line in request.lines], prices_of(book, request.entry_on)
    found = plausibility(lines, prices, request.entry_on)
    said = (*answer.reasons, *map(str, found), *unpriced(lines, prices))
    return replace(answer, reasons=tuple(dict.fromkeys(said)))


def implausible(book: RateBook, items: Sequence[Item], on: date) -> tuple[Implausible, ...]:
    """What stands against the pieces of a return as they were weighed and sold."""
    return plausibility([_weighed_item(item) for item in items], prices_of(book, on), on)


def metal_worth(book: RateBook, items: Sequence[Item], on: date) -> Money | None:
    """What the metal of all pieces is worth in the currency they were sold in; None when that is not known of one."""
    prices, currency = prices_of(book, on), items[0].price.currency
    worths = [metal_of(_weighed_item(item), prices, currency) for item in items]
    known = [worth for worth in worths if worth is not None]
    return total(known, currency) if len(known) == len(worths) else None


def papers_wait_for(found: Sequence[Implausible]) -> list[str]:
    """What a person must look at before any paper is made, with both figures."""
    return [f"customs: {one.words}" for one in found if one.stops]


def _home(request: EstimateRequest) -> str | None:
    try:
        program = program_of(request.destination, request.entry_on)
    except RuleNotInForce:
        return None
    return program.currency if program is not None else None


def _weighed_item(item: Item) -> Weighed:
    pieces = item.quantity
    return Weighed(
        item.article, item.metal, item.construction, item.worth, item.stones,
        item.fineness, pieces, item.net_weight_g * pieces, item.gross_weight_g * pieces,
    )  # fmt: skip
