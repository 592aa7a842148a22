"""The answer to a parcel that looks for a carrier: every way, what each asks, and what to do where none is free.

Where a limit stops the whole, the pieces may go as several parcels, each judged again by itself; where that does not
help, another contracted way may.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from chalicelib.carriers.splits import Parcel, split
from chalicelib.returns.case import Item, worth_of
from chalicelib.workflows.find_routes import (
    RoutesRequest,
    Shipment,
    Way,
    Ways,
    best_of,
    judge,
    rates_from,
    uncontracted,
    way_of,
    ways_of,
)
from chalicelib.workflows.ports import Ports


@dataclass(frozen=True, slots=True)
class SplitParcel:
    """One parcel of a proposed split: pieces by the place of their line in the request, and how it fares."""

    pieces: dict[int, int]
    way: Way
    items: tuple[Item, ...]

    def as_json(self) -> dict[str, Any]:
        """The shape used in a proposal."""
        worth, accepted = worth_of(self.items), self.way.route.acceptance
        return {
            "pieces": [{"item": item, "quantity": count} for item, count in self.pieces.items()],
            "value": worth.as_json() if worth else None,
            "outcome": accepted.outcome,
            "conditions": [condition.as_json() for condition in accepted.conditions],
            "reasons": [reason.as_json() for reason in accepted.reasons],
            "gaps": [gap.code for gap in self.way.cover.gaps],
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that would get the goods on their way: ``split`` into parcels, or ``other_route``. ``why`` says what
    stands against sending it as it was asked; ``complete``: every piece may go without a person's word."""

    kind: str
    carrier: str
    service: str
    why: tuple[str, ...]
    complete: bool
    parcels: tuple[SplitParcel, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape used by the API."""
        return {
            "kind": self.kind,
            "carrier": self.carrier,
            "service": self.service,
            "why": list(self.why),
            "complete": self.complete,
            "parcels": [parcel.as_json() for parcel in self.parcels],
        }

    def __str__(self) -> str:
        if self.kind == "other_route":
            return f"{self.carrier} {self.service} may carry it"
        some = "" if self.complete else " some of"
        return f"as {len(self.parcels)} parcels by {self.carrier} {self.service}{some} the pieces may go"


def routes(ports: Ports, request: RoutesRequest) -> dict[str, Any]:
    """The ways for a parcel, best first, each with what it asks for, what stands against it, and its cover; those
    without a contract; and what to do where none of those asked for is free."""
    merchant = ports.merchant()
    book = ports.rates.book(request.on)
    sent = Shipment(request.items, request.lane, request.on, merchant, request.gross_weight_g, book=book)
    ways = ways_of(sent, request.carrier, request.service)
    return {
        "on": request.on.isoformat(),
        "routes": [way.as_json() for way in ways.ways],
        "chosen": ways.chosen.as_json() if ways.chosen else None,
        "proposals": [proposal.as_json() for proposal in proposals(sent, ways)],
        "not_contracted": [route.as_json() for route in uncontracted(sent)],
    }


def proposals(sent: Shipment, ways: Ways) -> tuple[Proposal, ...]:
    """What else could be done; nothing when the best way is free. A way that takes everything comes first."""
    if ways.best.goes:
        return ()
    splits = (_split_over(sent, way) for way in ways.ways if way.route.bookable)
    found = [one for one in splits if one is not None]
    return (*sorted(found, key=lambda one: not one.complete), *_others(sent, ways))


def _others(sent: Shipment, ways: Ways) -> list[Proposal]:
    """Contracted ways that were not asked for and are free."""
    asked = {(way.route.carrier, way.route.service) for way in ways.ways}
    contracted = [(one, name) for one in sent.merchant.carrier for name in one.services]
    rest = [(one, name) for one, name in contracted if (one.carrier, name) not in asked]
    why = _why(ways.best)
    return [
        Proposal("other_route", way.route.carrier, way.route.service, why, complete=True)
        for way in best_of(judge(sent, rest))
        if way.goes
    ]


def _split_over(sent: Shipment, whole: Way) -> Proposal | None:
    """The pieces as several parcels over one service. They go to one address on one day, so what they are worth
    together stays what it was."""
    pieces = [at for at, item in enumerate(sent.items) for _ in range(item.quantity)]
    worth = worth_of(sent.items)
    carrier, service = whole.route.carrier, whole.route.service
    contract = sent.merchant.contract_with(carrier)
    rates = rates_from(sent.items[0].price.currency, sent.on, sent.book)

    def judged(parcel: Parcel) -> SplitParcel:
        lines = [pieces[piece] for piece in parcel]
        counted = {line: lines.count(line) for line in dict.fromkeys(lines)}
        items = tuple(replace(sent.items[line], quantity=count) for line, count in counted.items())
        part = replace(sent, items=items, gross_weight_g=None, together=sent.together or worth)
        return SplitParcel(counted, way_of(part, carrier, service, contract, rates), items)

    made = split([sent.items[piece].price.amount for piece in pieces], lambda parcel: judged(parcel).way.goes)
    if made is None:
        return None
    parcels = tuple(judged(parcel) for parcel in made)
    return Proposal("split", carrier, service, _why(whole), all(one.way.goes for one in parcels), parcels)


def _why(way: Way) -> tuple[str, ...]:
    codes = [reason.code for reason in way.route.acceptance.reasons] + [gap.code for gap in way.cover.gaps]
    return tuple(dict.fromkeys(codes))
