"""The ways home for one parcel: every carrier the merchant has a contract with, and whether it may carry it.

Only a service that this system can book is chosen; one that it cannot book yet is shown as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.carriers.acceptance import Acceptance, Rates, accept
from chalicelib.carriers.goods import ParcelFacts
from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import CarrierContract
from chalicelib.places import Lane
from chalicelib.rulebook import Confidence, in_force

# Services whose waybill and pickup this system can book itself; both are international.
BOOKABLE = frozenset({("fedex", "INTERNATIONAL_PRIORITY")})


@dataclass(frozen=True, slots=True)
class Transit:
    """How many business days a parcel is usually under way, customs not counted."""

    business_days_min: int
    business_days_max: int
    note: str
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Route:
    """One service of a carrier and what it comes to for this parcel; ``transit`` None: no norm is known."""

    carrier: str
    service: str
    lane: Lane
    acceptance: Acceptance
    bookable: bool
    transit: Transit | None

    def as_json(self) -> dict[str, Any]:
        """The shape used by the API and kept with the case."""
        return {
            "carrier": self.carrier,
            "service": self.service,
            "lane": str(self.lane),
            "bookable": self.bookable,
            **self.acceptance.as_json(),
            "transit": _transit_json(self.transit) if self.transit else None,
        }


def routes(
    parcel: ParcelFacts,
    lane: Lane,
    on: date,
    contracts: Sequence[CarrierContract],
    rates: Rates | None = None,
) -> tuple[Route, ...]:
    """Every contracted service, best first: bookable before not, then by outcome, then by transit time."""
    known = [
        Route(
            carrier=contract.carrier,
            service=service,
            lane=lane,
            acceptance=accept(parcel, contract.carrier, service, lane, on, contracts, rates),
            bookable=(contract.carrier, service) in BOOKABLE and lane.origin != lane.destination,
            transit=transit_of(contract.carrier, service, on),
        )
        for contract in contracts
        for service in contract.services
    ]
    return tuple(sorted(known, key=_preference))


def pick(known: Iterable[Route], wanted: str | None = None) -> Route | None:
    """The best route that may go without a person and can be booked; ``wanted``: the carrier asked for."""
    return next(
        (
            route
            for route in known
            if route.bookable and route.acceptance.outcome == "accepted" and wanted in (None, route.carrier)
        ),
        None,
    )


def transit_of(carrier: str, service: str, on: date) -> Transit | None:
    """The usual time under way; None when no norm is held for this service or day."""
    try:
        vintage = in_force("carriers/transit", on)
    except RuleNotInForce:
        return None
    row = next((n for n in vintage.rules["norm"] if (n["carrier"], n["service"]) == (carrier, service)), None)
    if row is None:
        return None
    source = vintage.rules["source"][row["source"] - 1]["title"]
    return Transit(row["business_days_min"], row["business_days_max"], row["note"], source, row["confidence"])


def _preference(route: Route) -> tuple[bool, int, int, str, str]:
    outcomes = ("accepted", "review", "denied")
    slowest = route.transit.business_days_max if route.transit else 99
    return not route.bookable, outcomes.index(route.acceptance.outcome), slowest, route.carrier, route.service


def _transit_json(transit: Transit) -> dict[str, Any]:
    return {
        "business_days_min": transit.business_days_min,
        "business_days_max": transit.business_days_max,
        "note": transit.note,
        "source": transit.source,
        "confidence": transit.confidence,
    }
