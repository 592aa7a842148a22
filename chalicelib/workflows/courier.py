"""A courier's hours and confirmation, as bookings keep them and tracks count by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time

from chalicelib.carriers.contract import LocalHours, PickupConfirmation
from chalicelib.clock import zone
from chalicelib.errors import StaleVersion
from chalicelib.pickups.booking import LocalWindow
from chalicelib.returns.case import PickupWish, Plan
from chalicelib.shipments.leg import Leg
from chalicelib.shipments.tracking_step import retimed
from chalicelib.workflows.booking_steps import Step
from chalicelib.workflows.ports import Booking, Ports
from chalicelib.workflows.watched_by import rules_at

TRIES = 6
# Of a pickup that the carrier put on another day: the day that was asked for.
ASKED_FOR = "asked_for"


def pickups_of(bookings: Iterable[Booking], leg_n: int) -> list[Booking]:
    """The pickups of a leg, in the order they were asked for."""
    return sorted((one for one in bookings if (one.kind, one.leg_n) == ("pickup", leg_n)), key=lambda one: one.n)


def planned_pickup(step: Step) -> Booking | None:
    """The pickup of this leg that is still to be booked."""
    return next((one for one in reversed(pickups_of(step.file.bookings, step.leg.n)) if one.status == "planned"), None)


def wish_of(booking: Booking, plan: Plan) -> PickupWish | None:
    """The day and hours a pickup is for: its own, else those of the request. None: nobody named any."""
    if booking.wish is not None:
        return booking.wish
    told = window_of(booking.result)
    if told is not None:
        return PickupWish(told.on, told.ready_from.strftime("%H:%M"), told.until.strftime("%H:%M"))
    return plan.request.pickup


def told_of(confirmation: PickupConfirmation, hours: LocalHours) -> dict[str, str]:
    """A confirmation as a booking keeps it: every code the carrier gave, and the hours it was asked for."""
    told = {"confirmation": confirmation.code, "location": confirmation.location or "", **hours_told(hours)}
    if confirmation.on is not None:
        told["on"] = confirmation.on.isoformat()
        if confirmation.on != hours.ready_at.date():
            told[ASKED_FOR] = hours.ready_at.date().isoformat()
    if confirmation.more_codes:
        told["more_codes"] = " ".join(confirmation.more_codes)
    if confirmation.ready_by is not None:
        told["ready_by"] = confirmation.ready_by.strftime("%H:%M")
    return told


def hours_told(hours: LocalHours) -> dict[str, str]:
    """The day and hours of a courier, by the clock of the place."""
    return {
        "on": hours.ready_at.date().isoformat(),
        "from": hours.ready_at.strftime("%H:%M"),
        "until": hours.close_at.strftime("%H:%M"),
        "time_zone": hours.time_zone,
    }


def confirmation_of(result: Mapping[str, str]) -> PickupConfirmation:
    """The confirmation that ``told_of`` kept."""
    return PickupConfirmation(
        result.get("confirmation", ""),
        result.get("location") or None,
        date.fromisoformat(result["on"]) if result.get("on") else None,
        more_codes_of(result),
    )


def more_codes_of(result: Mapping[str, str]) -> tuple[str, ...]:
    """The further codes of one booking."""
    return tuple(result.get("more_codes", "").split())


def window_of(result: Mapping[str, str]) -> LocalWindow | None:
    """The window a booked pickup has; None when a person gave no more than its number."""
    if not all(result.get(name) for name in ("on", "from", "until", "time_zone")):
        return None
    return LocalWindow(
        date.fromisoformat(result["on"]),
        time.fromisoformat(result["from"]),
        time.fromisoformat(result["until"]),
        result["time_zone"],
    )


def closes_at(pickup: Booking | None, plan: Plan) -> datetime | None:
    """When the courier's window closes at the place of pickup: the one booked, else the one asked for. None: nobody
    comes, or we do not hold the clocks of the place."""
    if pickup is None:
        return None
    window = window_of(pickup.result)
    if window is not None:
        return window.ends_at.astimezone(UTC)
    planned, wish = plan.answer["pickup"], wish_of(pickup, plan)
    if wish is None or not planned or planned["time_zone"] is None:
        return None
    closes = datetime.combine(wish.on, time.fromisoformat(wish.until), zone(planned["time_zone"]))
    return closes.astimezone(UTC)


def retime(ports: Ports, leg: Leg, until: datetime | None, now: datetime) -> None:
    """Tell the track of a leg when its courier's window closes; None: none comes. Quiet when it knows, when the parcel
    moves already, and when it has no track. Written before the booking is: a repeat then finds it done."""
    for _ in range(TRIES):
        found = ports.tracks.file(leg.carrier, leg.number).tracks if leg.number else ()
        track = next((one for one in found if (one.case_id, one.leg_n) == (leg.case_id, leg.n)), None)
        if track is None or track.pickup_until == until or track.state.moving_since is not None:
            return
        try:
            ports.tracks.save(retimed(track, until, now, rules_at(ports, now)))
        except StaleVersion:
            continue
        return
    raise StaleVersion("the track is being written by others; try again")


def at_rest(ports: Ports, leg: Leg) -> None:
    """Ask no more about a waybill that was taken back: nobody will hand it over. A scan would wake it again."""
    for _ in range(TRIES):
        found = ports.tracks.file(leg.carrier, leg.number).tracks if leg.number else ()
        track = next((one for one in found if (one.case_id, one.leg_n) == (leg.case_id, leg.n)), None)
        if track is None or (track.due_at is None and track.pickup_until is None):
            return
        resting = replace(track, pickup_until=None, due_at=None, poll_after=None, version=track.version + 1)
        try:
            ports.tracks.save(resting)
        except StaleVersion:
            continue
        return
    raise StaleVersion("the track is being written by others; try again")
