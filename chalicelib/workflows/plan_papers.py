"""The papers a leg needs, what each still lacks, and the courier's hour, as planned when the return is opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.customs.declaration import required_facts
from chalicelib.customs.facts import History
from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import Merchant
from chalicelib.pickups.booking import PickupPlace, PickupPlan
from chalicelib.pickups.booking import plan as plan_pickup
from chalicelib.pickups.hand_over import hand_over
from chalicelib.places import Lane, zone_of_place
from chalicelib.returns.case import Item, PickupWish, ReturnRequest, purpose_of
from chalicelib.shipments.leg import ExportLink, Leg
from chalicelib.workflows.customs_lines import history_of, line_of
from chalicelib.workflows.ports import CaseFile


def papers_of(request: ReturnRequest, lane: Lane, now: datetime) -> tuple[dict[str, Any], ...]:
    """The label, pending until the waybill is bought; the return invoice, pending, or waiting with what it lacks of
    the link to the original export. Inside one customs territory there is no invoice to make."""
    purpose, history, export = purpose_of(request.kind, "home"), history_of(request), request.original_export
    return leg_papers(purpose, lane, request.items, history, export, now)


def leg_papers(
    purpose: str, lane: Lane, items: Sequence[Item], history: History | None, export: ExportLink, now: datetime
) -> tuple[dict[str, Any], ...]:
    """The same for a leg of any purpose, with these pieces; ``export`` is what its papers are linked to."""
    label = {"name": "label", "status": "pending", "missing": [], "statements": []}
    if not lane.crosses_customs:
        return (label,)
    plans = [
        required_facts(
            purpose,
            lane,
            history,
            line_of(item),
            invoice_number=export.invoice_number,
            waybill=export.tracking_number,
            on=now.date(),
        )
        for item in items
    ]
    missing = sorted({name for plan in plans for name in plan.missing})
    statements = list(dict.fromkeys(text for plan in plans for text in plan.statements))
    invoice = {
        "name": "return_invoice",
        "status": "waiting" if missing else "pending",
        "missing": missing,
        "statements": statements,
    }
    return label, invoice


def pickup_of(request: ReturnRequest, carrier: str | None, service: str | None, now: datetime) -> PickupPlan | None:
    """When the courier can be booked for the hours that were wished; None when nobody wished any, or no carrier may
    take the parcel yet."""
    wish = request.pickup
    if wish is None or carrier is None:
        return None
    return planned_at(wish, request.customer_country, request.customer_region, carrier, service or "", now)


def planned_at(
    wish: PickupWish, country: str, region: str | None, carrier: str, service: str, now: datetime
) -> PickupPlan:
    """When a courier can be booked for these hours at a place in this country and region."""
    try:
        zone_name = zone_of_place(country, region)
    except RuleNotInForce:
        return PickupPlan("invalid", None, None, ("time_zone_unknown",))
    place = PickupPlace(country, region, zone_name)
    return plan_pickup(wish.on, wish.ready_from, wish.until, carrier, place, now, service=service)


def plan_for(file: CaseFile, merchant: Merchant, leg: Leg, wish: PickupWish, now: datetime) -> PickupPlan:
    """When a courier can be booked for these hours where this leg starts."""
    request, facility = file.plan.request, merchant.facility_called(leg.return_to)
    country, region = request.customer_country, request.customer_region
    if leg.direction == "out" and facility is not None:
        country, region = facility.country, facility.region
    return planned_at(wish, country, region, leg.carrier, leg.service, now)


def instructions(carrier: str | None = None) -> list[dict[str, str]]:
    """What the customer is told before the courier of this carrier comes, in order."""
    return [{"key": step.key, "text": step.text} for step in hand_over(carrier)]
