"""The days and hours on which a courier may be asked for at a place: from the rules and the carrier's last answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chalicelib.carriers.capabilities import capabilities_on, is_bookable
from chalicelib.carriers.contract import UnknownSource
from chalicelib.carriers.registry import carrier as carrier_named
from chalicelib.clock import known_stamp, zone
from chalicelib.errors import FieldFault, InvalidRequestError, RuleNotInForce
from chalicelib.pickups.booking import Horizon, PickupPlace, horizon_of
from chalicelib.pickups.windows import WindowDay, windows
from chalicelib.places import Lane, zone_of_place
from chalicelib.rulebook import weakest
from chalicelib.workflows.book_pickup import area_of
from chalicelib.workflows.plan_papers import instructions
from chalicelib.workflows.ports import Ports


@dataclass(frozen=True, slots=True)
class WindowsAsked:
    """A service of a carrier, a place, and from which day on, for how many days. ``from_day`` None: today there."""

    carrier: str
    service: str
    country: str
    postal_code: str | None
    region: str | None
    from_day: date | None
    days: int


def pickup_windows(ports: Ports, asked: WindowsAsked, now: datetime) -> dict[str, Any]:
    """The days from the one asked on. Raises ``InvalidRequestError`` for a carrier or a place we know nothing of, and
    for a day that has passed there; every fault at once."""
    today = now.date()
    faults: list[FieldFault] = []
    horizon = _horizon(asked, today, faults)
    place = _place(asked, faults)
    if place is not None:
        today = now.astimezone(zone(place.time_zone)).date()
    first = asked.from_day or today
    if first < today:
        faults.append(FieldFault("from", "in_the_past", "a day yet to come at the place", source="query"))
    if faults or horizon is None or place is None:
        raise InvalidRequestError("these windows cannot be told", faults)
    known = ports.pickup_days.last(asked.carrier, asked.country, area_of(asked.postal_code))
    found = windows(horizon, place, first, asked.days, known, now)
    return {
        "carrier": asked.carrier,
        "service": asked.service or None,
        "country": asked.country,
        "region": asked.region,
        "time_zone": place.time_zone,
        "booked_by": booked_by(asked.carrier, asked.country, now.date()),
        "change": horizon.change,
        "change_until": horizon.cancel_until,
        "rule": horizon.rule,
        "confidence": weakest([day.confidence for day in found]),
        "days": [_day(day, now) for day in found],
        "hand_over": instructions(asked.carrier),
    }


def booked_by(name: str, country: str, on: date) -> str:
    """Who orders the courier of a carrier there: ``call``, ``waybill`` (the order brings him) or ``person``, also where
    the order that would bring him cannot be made, as China Post's outside China."""
    try:
        carrier = carrier_named(name)
    except UnknownSource:
        return "person"
    if carrier.pickups is not None:
        return "call"
    brings = carrier.waybills is not None and carrier.waybills.brings_courier
    return "waybill" if brings and _is_ordered_inside(name, country, on) else "person"


def _is_ordered_inside(name: str, country: str, on: date) -> bool:
    known = capabilities_on(on)
    inside = Lane(country, country)
    return known is not None and any(is_bookable(row, inside) for row in known.services if row.carrier == name)


def _horizon(asked: WindowsAsked, on: date, faults: list[FieldFault]) -> Horizon | None:
    try:
        return horizon_of(asked.carrier, asked.service, on)
    except RuleNotInForce:
        faults.append(FieldFault("carrier", "carrier_unknown", "no rule on its pickups is held", source="query"))
        return None


def _place(asked: WindowsAsked, faults: list[FieldFault]) -> PickupPlace | None:
    try:
        return PickupPlace(asked.country, asked.region, zone_of_place(asked.country, asked.region))
    except RuleNotInForce:
        faults.append(FieldFault("country", "time_zone_unknown", "its clocks are not held", source="query"))
        return None


def _day(day: WindowDay, now: datetime) -> dict[str, Any]:
    return {
        "on": day.on.isoformat(),
        "status": day.status,
        "held_until": known_stamp(day.held_until),
        "reasons": list(day.reasons),
        "cut_off": day.cut_off.strftime("%H:%M") if day.cut_off else None,
        "cut_off_at": known_stamp(day.cut_off_at),
        "earliest": day.earliest.strftime("%H:%M") if day.earliest else None,
        "latest": day.latest.strftime("%H:%M") if day.latest else None,
        "min_window_minutes": int(day.min_window.total_seconds() // 60) if day.min_window else None,
        "source": day.source,
        "asked_at": known_stamp(day.asked_at),
        "age_minutes": int((now - day.asked_at).total_seconds() // 60) if day.asked_at else None,
        "confidence": day.confidence,
    }
