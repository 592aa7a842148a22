"""What each carrier can do, on one lane or on any: read from the carriers' modules, their capabilities and the pickup
rules together, so that nobody learns it from a refusal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.carriers.capabilities import Capabilities, Service, capabilities_on, is_bookable
from chalicelib.carriers.channels import Carrier
from chalicelib.carriers.registry import CARRIERS
from chalicelib.carriers.routes import transit_json, transit_of
from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import CarrierContract
from chalicelib.places import Lane
from chalicelib.rulebook import in_force
from chalicelib.workflows.ports import Ports


def carriers(ports: Ports, origin: str | None, destination: str | None, now: datetime) -> dict[str, Any]:
    """Every carrier that works here, is contracted or is known from the rules; its services that run between these
    countries (None: any). A carrier without a service on the lane is shown without one."""
    on = now.date()
    known = capabilities_on(on)
    contracts = {one.carrier: one for one in ports.merchant().carrier}
    told = {row.carrier for row in known.services} if known else set()
    named = [*contracts, *sorted({*CARRIERS, *told} - set(contracts))]
    return {
        "on": on.isoformat(),
        "origin": origin,
        "destination": destination,
        "carriers": [_carrier(name, contracts.get(name), known, origin, destination, now) for name in named],
    }


def _carrier(
    name: str,
    contract: CarrierContract | None,
    known: Capabilities | None,
    origin: str | None,
    destination: str | None,
    now: datetime,
) -> dict[str, Any]:
    works = CARRIERS.get(name)
    return {
        "carrier": name,
        "contracted": contract is not None,
        "services": _services(name, contract, known, origin, destination, now),
        "waybill": _waybill(works),
        "pickup": _pickup(name, works, now),
        "tracking": _tracking(works),
        **_told_by_rules(name, known),
    }


def _services(
    name: str,
    contract: CarrierContract | None,
    known: Capabilities | None,
    origin: str | None,
    destination: str | None,
    now: datetime,
) -> list[dict[str, Any]]:
    if known is None:
        return []
    bought = contract.services if contract else ()
    return [
        _service(row, known, row.service in bought, origin, destination, now)
        for row in known.services
        if row.carrier == name and row.serves(origin, destination)
    ]


def _service(
    row: Service, known: Capabilities, contracted: bool, origin: str | None, destination: str | None, now: datetime
) -> dict[str, Any]:
    transit = transit_of(row.carrier, row.service, now.date())
    lane = Lane(origin, destination) if origin and destination else None
    return {
        "service": row.service,
        "title": row.title,
        "contracted": contracted,
        "bookable": is_bookable(row, lane),
        "ordered": row.ordered,
        "insured": row.insured,
        "scope": row.scope,
        "origins": list(row.origins),
        "destinations": list(row.destinations),
        "transit": transit_json(transit) if transit else None,
        **row.cited(known.vintage),
    }


def _waybill(works: Carrier | None) -> dict[str, Any]:
    orders = works.waybills if works else None
    return {
        "order": "api" if orders else "person",
        "cancel": "api" if orders and orders.cancel else "person",
        "dry_run": bool(orders and orders.dry_run),
        "unknown_outcome_settled": "api" if orders and orders.lookup else "person",
        "brings_courier": bool(orders and orders.brings_courier),
    }


def _pickup(name: str, works: Carrier | None, now: datetime) -> dict[str, Any]:
    """How a courier is sent for. Whether a booking can be altered is the module's word; how far ahead one may be made
    is a rule."""
    pickups = works.pickups if works else None
    brought = bool(works and works.waybills and works.waybills.brings_courier)
    change = "api" if pickups and pickups.change else "cancel_and_rebook"
    return {
        "order": "api" if pickups else ("with_waybill" if brought else "person"),
        "change": change if pickups else "person",
        "cancel": "api" if pickups else ("with_waybill" if brought and _cancels(works) else "person"),
        "cut_off": "carrier_asked_when_booking" if pickups and pickups.ask else "not_known",
        "rules": _horizons(name, now),
    }


def _cancels(works: Carrier | None) -> bool:
    return bool(works and works.waybills and works.waybills.cancel)


def _horizons(name: str, now: datetime) -> list[dict[str, Any]]:
    try:
        vintage = in_force("pickups/horizons", now.date())
    except RuleNotInForce:
        return []
    return [
        {
            "service": row["service"],
            "ahead": row.get("ahead"),
            "same_day": row.get("same_day"),
            "cancel_until": row.get("cancel_until"),
            "min_window": row.get("min_window"),
            "max_pieces": row.get("max_pieces"),
            "source": vintage.rules["source"][row["source"] - 1]["title"],
            "confidence": row["confidence"],
        }
        for row in vintage.rules["horizon"]
        if row["carrier"] == name
    ]


def _tracking(works: Carrier | None) -> dict[str, Any]:
    return {
        "polled": [
            {"source": polling.source, "numbers_per_call": polling.numbers_per_call} for polling in works.polling
        ]
        if works
        else [],
        "pushed": works.push.source if works and works.push else None,
    }


def _told_by_rules(name: str, known: Capabilities | None) -> dict[str, Any]:
    if known is None:
        return {"offers": [], "limits": [], "by_hand": []}
    cite = known.vintage
    return {
        "offers": [
            {"code": row.code, "state": row.state, "text": row.text, **row.cited(cite)}
            for row in known.offers
            if row.carrier == name
        ],
        "limits": [
            {"code": row.code, "value": row.told, "unit": row.unit, **row.cited(cite)}
            for row in known.limits
            if row.carrier == name
        ],
        "by_hand": [
            {"code": row.code, "text": row.text, **row.cited(cite)} for row in known.by_hand if row.carrier == name
        ],
    }
