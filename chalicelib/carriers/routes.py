"""The ways for one parcel: every carrier the merchant has a contract with, and whether it may carry it.

Only a service that this system can book is chosen; one that it cannot book yet is shown as such.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from chalicelib.carriers.acceptance import accept
from chalicelib.carriers.capabilities import DATASET, Service, capabilities_on, is_bookable, service_of
from chalicelib.carriers.findings import OUTCOMES, Acceptance, AcceptanceReason
from chalicelib.carriers.goods import ParcelFacts
from chalicelib.carriers.requirements import Rates
from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import CarrierContract
from chalicelib.places import Lane
from chalicelib.rulebook import Confidence, in_force


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

    def in_brief(self) -> dict[str, Any]:
        """What is kept with a case of a way that was not chosen: how it fares and what stands against it."""
        return {
            "carrier": self.carrier,
            "service": self.service,
            "bookable": self.bookable,
            "outcome": self.acceptance.outcome,
            "reasons": [reason.in_brief() for reason in self.acceptance.reasons],
        }

    def kept(self) -> dict[str, Any]:
        """What is kept with a case of the chosen way: the conditions somebody sees to, and the rules by their ids."""
        open_ones = [one.as_json() for one in self.acceptance.conditions if one.state != "met"]
        return self.as_json() | {"conditions": open_ones, "rules": list(self.acceptance.rows)}

    def as_json(self) -> dict[str, Any]:
        """The shape used by the API."""
        return {
            "carrier": self.carrier,
            "service": self.service,
            "lane": str(self.lane),
            "bookable": self.bookable,
            **self.acceptance.as_json(),
            "transit": transit_json(self.transit) if self.transit else None,
        }


def route_of(
    parcel: ParcelFacts,
    carrier: str,
    service: str,
    lane: Lane,
    on: date,
    contract: CarrierContract | None,
    rates: Rates | None = None,
) -> Route:
    """One service and what it comes to for this parcel; one that does not run on the lane is refused."""
    known = service_of(carrier, service, on)
    accepted = accept(parcel, carrier, service, lane, on, [contract] if contract else (), rates)
    return Route(
        carrier=carrier,
        service=service,
        lane=lane,
        acceptance=_on_its_lanes(accepted, known, lane),
        bookable=is_bookable(known, lane),
        transit=transit_of(carrier, service, on),
    )


def not_contracted(contracts: Iterable[CarrierContract], lane: Lane, on: date) -> tuple[Service, ...]:
    """The services we know to run on this lane and have no contract for."""
    ours = {(one.carrier, service) for one in contracts for service in one.services}
    known = capabilities_on(on)
    rows = known.services if known else ()
    return tuple(row for row in rows if (row.carrier, row.service) not in ours and row.why_not(lane) is None)


def rank(route: Route) -> tuple[bool, bool, int]:
    """How good a way is, the least the best: bookable, free to go, by outcome. Between equals the order of the
    merchant's contracts decides, which a stable sort keeps."""
    return not route.bookable, not route.acceptance.may_go, OUTCOMES.index(route.acceptance.outcome)


def pick(known: Iterable[Route], wanted: str | None = None) -> Route | None:
    """The best route that may go without a person and can be booked; ``wanted``: the carrier asked for."""
    return next(
        (route for route in known if route.bookable and route.acceptance.may_go and wanted in (None, route.carrier)),
        None,
    )


def _on_its_lanes(accepted: Acceptance, known: Service | None, lane: Lane) -> Acceptance:
    why = known.why_not(lane) if known else None
    if known is None or why is None:
        return accepted
    reason = AcceptanceReason(why, f"{DATASET}#{known.service}", known.title, known.confidence, str(lane))
    return replace(accepted, outcome="refused", reasons=(*accepted.reasons, reason))


def transit_of(carrier: str, service: str, on: date) -> Transit | None:
    """The usual time under way; None when no norm is held for this service or day."""
    try:
        vintage = in_force("shipments/transit", on)
    except RuleNotInForce:
        return None
    row = next((n for n in vintage.rules["norm"] if (n["carrier"], n["service"]) == (carrier, service)), None)
    if row is None:
        return None
    source = vintage.rules["source"][row["source"] - 1]["title"]
    return Transit(row["business_days_min"], row["business_days_max"], row["note"], source, row["confidence"])


def transit_json(transit: Transit) -> dict[str, Any]:
    """The shape used by the API."""
    return {
        "business_days_min": transit.business_days_min,
        "business_days_max": transit.business_days_max,
        "note": transit.note,
        "source": transit.source,
        "confidence": transit.confidence,
    }
