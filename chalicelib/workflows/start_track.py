"""A bought waybill becomes a track; what was parked for its number joins it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from chalicelib.shipments.events import LegFacts
from chalicelib.shipments.fold import fold
from chalicelib.shipments.leg import Leg, Track
from chalicelib.shipments.thresholds import Thresholds
from chalicelib.shipments.watch import next_due
from chalicelib.workflows.courier import closes_at
from chalicelib.workflows.leg_plan import plan_of
from chalicelib.workflows.ports import Booking, CaseFile, Ports
from chalicelib.workflows.take_tracking import join


def new_track(
    file: CaseFile,
    leg: Leg,
    given: Mapping[str, str],
    pickup: Booking | None,
    now: datetime,
    rules: Thresholds | None = None,
) -> Track:
    """The track of a leg as it is first written: nothing known yet, and due when the first scan is. ``pickup`` is its
    courier, booked or asked for."""
    track = Track(
        carrier=leg.carrier,
        number=given["number"],
        ship_date=date.fromisoformat(given["ship_date"]) if given.get("ship_date") else now.date(),
        case_id=leg.case_id,
        leg_n=leg.n,
        direction=leg.direction,
        lane=leg.lane,
        created_at=now,
        state=fold((), LegFacts(leg.direction, leg.lane.origin, leg.lane.destination)),
        value=file.case.money_at_risk if leg.direction == "home" else leg.customs_value,
        pickup_until=closes_at(pickup, plan_of(file, leg)),
        service=leg.service,
    )
    due = next_due(track, now, rules)
    return replace(track, due_at=due, poll_after=due)


def join_parked(ports: Ports, carrier: str, number: str, now: datetime) -> None:
    """The maker's half of the promise that neither side misses the other: after writing, look for parked events."""
    join(ports, carrier, number, now)
