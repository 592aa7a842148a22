"""Which carrier may carry a parcel of gold over a lane, and who pays if it is lost.

Cover and acceptance depend on each other: a carrier accepts undeclared value only under a policy, a policy names its
carriers, and an insured postal service is its own cover. So cover is planned first, per service, and what it says is
told to the carrier's rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from chalicelib.carriers.capabilities import Service, service_of
from chalicelib.carriers.goods import Goods, ParcelFacts, goods_of
from chalicelib.carriers.requirements import Rates, holding_proof
from chalicelib.carriers.routes import Route, not_contracted, pick, rank, route_of, transit_of
from chalicelib.clock import zone
from chalicelib.customs.rate_choice import NOTHING, RateBook, market_rate
from chalicelib.errors import FieldFault, InvalidRequestError, RuleNotInForce
from chalicelib.insurance.cover import Cover
from chalicelib.insurance.cover import plan as plan_cover
from chalicelib.insurance.declaration import Declaration, declare, valuation_of
from chalicelib.insurance.kept import kept
from chalicelib.insurance.parcel import CarrierCover, Consignment
from chalicelib.insurance.weekend import business_days_after, over_weekend, under_way_over_weekend
from chalicelib.merchant import CarrierContract, Merchant
from chalicelib.money import MINOR_UNITS, Money
from chalicelib.places import Lane, zone_of_place
from chalicelib.returns.case import Item, worth_of

# Couriers ring in these hours; the clock of either end decides what day it is there.
HANDED_OVER_FROM, DELIVERED_BY = time(9), time(17)
# What a destination post admits is asked once, and its answer may name the most it insures.
INSURED_BY_DESTINATION = ("DEST_INSURED_EXCHANGE", "DEST_ACCEPTS")


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
class Way:
    """One service for one parcel, with the cover the parcel has on it and what its insurer is told (None: nobody
    insures it)."""

    route: Route
    cover: Cover
    declaration: Declaration | None = None

    @property
    def goes(self) -> bool:
        """Whether this system can send it, whole and covered, without a person's word."""
        return self.route.bookable and self.route.acceptance.may_go and not self.cover.needs_review

    def as_json(self) -> dict[str, Any]:
        """The shape used by the API."""
        return {**self.route.as_json(), "cover": self.cover.as_json()}

    def declared_cover(self) -> dict[str, Any]:
        """The cover as it is kept with a case: with the insurance declaration, as papers print it."""
        return kept(self.cover, self.declaration)


@dataclass(frozen=True, slots=True)
class Ways:
    """Every contracted way for one parcel, best first; ``chosen`` may go without a carrier's or a person's word."""

    ways: tuple[Way, ...]
    chosen: Route | None

    @property
    def routes(self) -> tuple[Route, ...]:
        """The ways without their cover."""
        return tuple(way.route for way in self.ways)

    @property
    def best(self) -> Way:
        """The chosen way, else the best one that may not go yet."""
        return next((way for way in self.ways if way.route is self.chosen), self.ways[0])

    @property
    def cover(self) -> Cover:
        """The cover of the best way."""
        return self.best.cover


@dataclass(frozen=True, slots=True)
class Shipment:
    """What is to be sent, whatever way it goes. ``together`` is the worth of all parcels sent there that day, this one
    included, None where that is not known; ``counted_under`` is the address and day. ``metal_value`` is what its metal
    alone is worth, None where no price was to be had; ``book`` holds the rates of the day. ``home``: to a place of the
    merchant's; else to its customer."""

    items: tuple[Item, ...]
    lane: Lane
    on: date
    merchant: Merchant
    gross_weight_g: Decimal | None = None
    together: Money | None = None
    counted_under: str | None = None
    metal_value: Money | None = None
    book: RateBook = NOTHING
    home: bool = True


def ways_of(sent: Shipment, wanted: str | None, service: str | None = None) -> Ways:
    """Judge every contracted carrier for a shipment; ``wanted`` names the only one asked for. Raises
    ``InvalidRequestError`` for a carrier or service without a contract and for prices in several currencies."""
    if worth_of(sent.items) is None:
        fault = FieldFault("items", "mixed_currencies", "give every price in the currency that was paid")
        raise InvalidRequestError("one parcel has one currency", [fault])
    best_first = best_of(judge(sent, _contracted(sent.merchant, wanted, service)))
    return Ways(best_first, pick(way.route for way in best_first) or _by_hand(best_first))


def _by_hand(best_first: Iterable[Way]) -> Route | None:
    """The best way against which nothing stands but that no call of ours can order its waybill: a person does."""
    free = (way for way in best_first if way.route.acceptance.may_go and not way.cover.needs_review)
    return next((way.route for way in free if not way.route.bookable), None)


def judge(sent: Shipment, services: Iterable[tuple[CarrierContract, str]]) -> tuple[Way, ...]:
    """Each of these services for the shipment, as one parcel."""
    rates = rates_from(sent.items[0].price.currency, sent.on, sent.book)
    return tuple(way_of(sent, contract.carrier, service, contract, rates) for contract, service in services)


def way_of(sent: Shipment, carrier: str, service: str, contract: CarrierContract | None, rates: Rates) -> Way:
    """One service, with its cover planned first and told to the carrier's rules."""
    parcel = parcel_of(sent.items)
    consignment = _consignment(parcel, sent, carrier, service)
    own = _carrier_cover(carrier, contract, service_of(carrier, service, sent.on), sent)
    policies = sent.merchant.insurer
    cover = plan_cover(consignment, carrier, sent.lane, policies, sent.on, own, both_ways(rates))
    route = route_of(_covered(parcel, cover), carrier, service, sent.lane, sent.on, contract, rates)
    sums = valuation_of(cover, policies, sent.metal_value, sent.on)
    weekend = consignment.weekend_in_transit
    told = declare(cover, policies, sums, carrier, service, weekend=weekend, accumulates_under=sent.counted_under)
    return Way(route, cover, told)


def _consignment(parcel: ParcelFacts, sent: Shipment, carrier: str, service: str) -> Consignment:
    """The parcel as an insurer sees it. How it will be packed and signed for is not known before it is; home, it goes
    to a place of the merchant's, out to a consumer."""
    return Consignment(
        parcel.value,
        sent.gross_weight_g,
        frozenset(parcel.goods),
        home=sent.home,
        weekend_in_transit=_over_weekend(carrier, service, sent.lane, sent.on),
        address_day_value=sent.together,
        service=service,
        consignee="merchant" if sent.home else "consumer",
        customs_value=parcel.customs_value,
    )


def _over_weekend(carrier: str, service: str, lane: Lane, on: date) -> bool | None:
    """Whether it is usually under way over a weekend, at either end. One that should arrive before it may still be held
    by customs: then nobody knows."""
    usual = transit_of(carrier, service, on)
    if usual is None:
        return None
    arrives = business_days_after(on, usual.business_days_max)
    try:
        ends = zone_of_place(lane.origin, None), zone_of_place(lane.destination, None)
    except RuleNotInForce:
        return over_weekend(on, arrives) or None
    first = datetime.combine(on, HANDED_OVER_FROM, zone(ends[0]))
    last = datetime.combine(arrives, DELIVERED_BY, zone(ends[1]))
    return under_way_over_weekend(first, last, *ends) or None


def best_of(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Best first: bookable and free to go, then covered, then by outcome; the merchant's own order between equals."""

    def key(way: Way) -> tuple[Any, ...]:
        *first, outcome = rank(way.route)
        return (*first, way.cover.needs_review, outcome)

    return tuple(sorted(ways, key=key))


def uncontracted(sent: Shipment) -> tuple[Route, ...]:
    """Services that run on this lane and that the merchant has no contract for: perhaps a legal way."""
    rates = rates_from(sent.items[0].price.currency, sent.on, sent.book)
    known = not_contracted(sent.merchant.carrier, sent.lane, sent.on)
    return tuple(sorted((way_of(sent, row.carrier, row.service, None, rates).route for row in known), key=rank))


def parcel_of(items: Sequence[Item]) -> ParcelFacts:
    """These pieces as one parcel, in a carrier's eyes."""
    worth = worth_of(tuple(items))
    if worth is None:
        raise InvalidRequestError("one parcel has one currency")
    kinds: frozenset[Goods] = frozenset().union(*(goods_of(item) for item in items))
    return ParcelFacts(
        goods=kinds,
        value=worth,
        item_values=tuple(item.price for item in items for _ in range(item.quantity)),
        customs_value=worth,
        carrier_declared_value=Money(Decimal(0), worth.currency),
    )


def rates_from(currency: str, on: date, book: RateBook = NOTHING) -> dict[tuple[str, str], Decimal]:
    """What the rules' limits are compared at: published reference rates; a pair without one stays out, and the rule
    that needs it asks for a person."""
    quotes = {other: market_rate(book, currency, other, on) for other in MINOR_UNITS if other != currency}
    return {(currency, other): quote.rate for other, quote in quotes.items() if quote is not None}


def both_ways(rates: Rates) -> dict[tuple[str, str], Decimal]:
    """The same rates, and each of them backwards."""
    return {**{(there, here): 1 / rate for (here, there), rate in rates.items()}, **rates}


def _contracted(merchant: Merchant, wanted: str | None, service: str | None) -> list[tuple[CarrierContract, str]]:
    contracts = [one for one in merchant.carrier if wanted in (None, one.carrier)]
    if not contracts:
        known = ", ".join(one.carrier for one in merchant.carrier)
        raise InvalidRequestError("no contract", [FieldFault("carrier", "no_contract", f"one of {known}")])
    found = [(one, name) for one in contracts for name in one.services if service in (None, name)]
    if not found:
        known = ", ".join(name for one in contracts for name in one.services)
        raise InvalidRequestError("no contract", [FieldFault("service", "no_contract", f"one of {known}")])
    return found


def _carrier_cover(
    carrier: str, contract: CarrierContract | None, service: Service | None, sent: Shipment
) -> CarrierCover | None:
    if service is not None and service.insured:
        proofs = (holding_proof(code, contract, sent.lane.destination, sent.on) for code in INSURED_BY_DESTINATION)
        up_to = next((proof.up_to for proof in proofs if proof and proof.up_to), None)
        return CarrierCover(carrier, built_in=True, up_to=up_to)
    if contract is not None and contract.value_protection:
        return CarrierCover(carrier, built_in=False, up_to=contract.value_protection)
    return None


def _covered(parcel: ParcelFacts, cover: Cover) -> ParcelFacts:
    return replace(
        parcel,
        insured_by_policy=cover.policy_no is not None,
        carrier_declared_value=cover.carrier_declared_value,
        facts=dict(cover.facts),
    )
