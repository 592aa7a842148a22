"""Which carrier may carry a parcel of gold over a lane, and who pays if it is lost.

Cover and acceptance depend on each other: a carrier accepts undeclared value only under a policy, and a policy names
its carriers. So cover is planned first, per carrier, and what it says is told to the carrier's rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.carriers.goods import Goods, ParcelFacts, goods_of
from chalicelib.carriers.routes import Route, pick
from chalicelib.carriers.routes import routes as carrier_routes
from chalicelib.customs.valuation import published_rate
from chalicelib.errors import FieldFault, InvalidRequestError
from chalicelib.insurance.cover import Consignment, Cover
from chalicelib.insurance.cover import plan as plan_cover
from chalicelib.merchant import Merchant
from chalicelib.money import MINOR_UNITS, Money
from chalicelib.places import Lane
from chalicelib.returns.case import Item, worth_of
from chalicelib.workflows.ports import Ports


@dataclass(frozen=True, slots=True)
class RoutesRequest:
    """A parcel and its way; ``gross_weight_g`` is the packed parcel's, None where nobody weighed it."""

    lane: Lane
    on: date
    items: tuple[Item, ...]
    gross_weight_g: Decimal | None
    carrier: str | None
    service: str | None


@dataclass(frozen=True, slots=True)
class Ways:
    """Every contracted way for one parcel, each with its cover; ``chosen`` may go without a person's word."""

    routes: tuple[Route, ...]
    cover_by_carrier: dict[str, Cover]
    chosen: Route | None

    @property
    def cover(self) -> Cover:
        """The cover of the chosen way, else of the best one that is not allowed yet."""
        return self.cover_by_carrier[(self.chosen or self.routes[0]).carrier]


def routes(ports: Ports, request: RoutesRequest) -> dict[str, Any]:
    """The ways for a parcel, best first, each with what it asks for, what stands against it, and its cover."""
    ways = ways_for(request.items, request.lane, request.on, ports.merchant(), request.carrier, request.gross_weight_g)
    asked = [route for route in ways.routes if request.service in (None, route.service)]
    return {
        "on": request.on.isoformat(),
        "routes": [{**route.as_json(), "cover": ways.cover_by_carrier[route.carrier].as_json()} for route in asked],
        "chosen": ways.chosen.as_json() if ways.chosen in asked and ways.chosen else None,
    }


def ways_for(
    items: Sequence[Item],
    lane: Lane,
    on: date,
    merchant: Merchant,
    wanted: str | None,
    gross_weight_g: Decimal | None,
) -> Ways:
    """Judge every contracted carrier for these pieces on this lane and day; ``wanted`` names the only one asked for.
    Raises ``InvalidRequestError`` for a carrier without a contract and for prices in several currencies."""
    contracts = [one for one in merchant.carrier if wanted in (None, one.carrier)]
    worth = worth_of(tuple(items))
    if not contracts:
        known = ", ".join(one.carrier for one in merchant.carrier)
        raise InvalidRequestError("no contract", [FieldFault("carrier", "no_contract", f"one of {known}")])
    if worth is None:
        fault = FieldFault("items", "mixed_currencies", "give every price in the currency that was paid")
        raise InvalidRequestError("one parcel has one currency", [fault])
    parcel = _parcel(items, worth)
    consignment = Consignment(worth, gross_weight_g, frozenset(parcel.goods), home=True)
    covers = {one.carrier: plan_cover(consignment, one.carrier, lane, merchant.insurer, on) for one in contracts}
    found = [
        route
        for one in contracts
        for route in carrier_routes(_covered(parcel, covers[one.carrier]), lane, on, [one], _rates(worth.currency, on))
    ]
    best_first = tuple(sorted(found, key=lambda route: (not route.bookable, route.acceptance.outcome != "accepted")))
    return Ways(best_first, covers, pick(best_first, wanted))


def _parcel(items: Sequence[Item], worth: Money) -> ParcelFacts:
    kinds: frozenset[Goods] = frozenset().union(*(goods_of(item) for item in items))
    return ParcelFacts(
        goods=kinds,
        value=worth,
        item_values=tuple(item.price for item in items for _ in range(item.quantity)),
        customs_value=worth,
        carrier_declared_value=Money(Decimal(0), worth.currency),
    )


def _covered(parcel: ParcelFacts, cover: Cover) -> ParcelFacts:
    return replace(
        parcel,
        insured_by_policy=cover.policy_no is not None,
        carrier_declared_value=cover.carrier_declared_value,
        facts=dict(cover.facts),
    )


def _rates(currency: str, on: date) -> dict[tuple[str, str], Decimal]:
    """What the rules' limits are compared at: published reference rates; a pair without one stays out, and the rule
    that needs it answers with a review."""
    quotes = {other: published_rate(currency, other, on) for other in MINOR_UNITS if other != currency}
    return {(currency, other): quote.rate for other, quote in quotes.items() if quote is not None}
