"""A pickup as answers show it: what stands, what was asked for and is in hand, what to do before the courier comes."""

from __future__ import annotations

from typing import Any

from chalicelib.carriers.registry import carrier as carrier_named
from chalicelib.clock import stamp
from chalicelib.returns.stages import is_past
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.courier import more_codes_of, pickups_of, wish_of
from chalicelib.workflows.leg_plan import plan_of
from chalicelib.workflows.plan_papers import instructions
from chalicelib.workflows.ports import Booking, CaseFile

IN_HAND = frozenset({"planned", "claimed"})
STATES = {
    "planned": "requested",
    "claimed": "requested",
    "done": "booked",
    "refused": "refused",
    "unknown": "unknown",
    "cancelled": "cancelled",
    "with_person": "with_person",
}
NEXT_BY_STATE = {
    "requested": "Nothing is asked of anybody: the courier is being booked",
    "change_requested": "Nothing is asked of anybody: the courier is being moved; until then the old hours stand",
    "cancel_requested": "Nothing is asked of anybody: the courier is being called off, and may come until then",
    "booked": "Give the customer the packing instructions and the hour of the courier",
    "refused": "Change the pickup to another day, or telephone the carrier: its words are in the problem",
    "unknown": "Ask the carrier by telephone whether a courier is ordered, and settle the exception",
    "cancelled": "Nobody comes: ask for another pickup when one is wanted",
    "with_person": "Somebody must telephone: who to call and what to say is in the exception",
}
OTHERS_TOO = (
    "The carrier changes and calls off everything it collects under this confirmation together: {pieces} parcels"
)


def pickup_id(booking: Booking) -> str:
    """How callers name a pickup: leg and running number; it stays the same through every change."""
    return f"{booking.leg_n}-{booking.n}"


def pickup_of_id(file: CaseFile, text: str) -> Booking | None:
    """The pickup of this id; None when the case has none."""
    return next((one for one in file.bookings if one.kind == "pickup" and pickup_id(one) == text), None)


def asked_of(file: CaseFile, pickup: Booking) -> Booking | None:
    """The last change or cancellation that was asked of a pickup."""
    kinds = ("pickup_change", "pickup_cancel")
    asked = [one for one in file.bookings if one.kind in kinds and (one.leg_n, one.of) == (pickup.leg_n, pickup.n)]
    return max(asked, key=lambda one: (one.status in IN_HAND, one.claimed_at is None, one.n), default=None)


def open_request(file: CaseFile, pickup: Booking) -> Booking | None:
    """The change or cancellation that is not settled yet: in hand, with a person, or nobody knows."""
    kinds = ("pickup_change", "pickup_cancel")
    waits = (*IN_HAND, "unknown", "with_person")
    found = (one for one in file.bookings if one.kind in kinds and one.status in waits)
    return next((one for one in found if (one.leg_n, one.of) == (pickup.leg_n, pickup.n)), None)


def state_of(file: CaseFile, pickup: Booking) -> str:
    """What stands of a pickup, in one word."""
    asked = open_request(file, pickup)
    if asked is not None:
        return "cancel_requested" if asked.wish is None else "change_requested"
    if pickup.status == "planned" and pickup.not_before is not None:
        return "held"
    return STATES[pickup.status]


def pickup_row(file: CaseFile, leg: Leg, pickup: Booking) -> dict[str, Any]:
    """One pickup with what to do next."""
    plan = plan_of(file, leg)
    wish, result, state = wish_of(pickup, plan), pickup.result, state_of(file, pickup)
    codes = [code for code in (result.get("confirmation"), *more_codes_of(result)) if code]
    planned = plan.answer["pickup"] or {}
    return {
        "pickup_id": pickup_id(pickup),
        "case_id": pickup.case_id,
        "leg": leg.n,
        "carrier": leg.carrier,
        "service": leg.service,
        "state": state,
        "on": wish.on.isoformat() if wish else None,
        "from": wish.ready_from if wish else None,
        "until": wish.until if wish else None,
        "time_zone": result.get("time_zone") or planned.get("time_zone"),
        "not_before": stamp(pickup.not_before) if pickup.not_before and pickup.status == "planned" else None,
        "confirmations": codes,
        "location": result.get("location") or None,
        "ready_by": result.get("ready_by"),
        "offered": result.get("offered", "").split(),
        "parcels": leg.pieces,
        "requested": _requested(file, pickup),
        "problem": _problem(file, pickup),
        "next": _next(file, leg, pickup, state),
    }


def told(file: CaseFile, leg: Leg, pickup: Booking) -> dict[str, Any]:
    """The answer about one pickup: the row, and how to pack and hand over."""
    return {**pickup_row(file, leg, pickup), "hand_over": instructions(leg.carrier)}


def rows_of(file: CaseFile, leg: Leg) -> list[dict[str, Any]]:
    """The pickups of a leg, in the order they were asked for."""
    return [pickup_row(file, leg, one) for one in pickups_of(file.bookings, leg.n)]


def _requested(file: CaseFile, pickup: Booking) -> dict[str, Any] | None:
    """The day and hours that were asked for instead and do not stand yet; null hours: it is to be called off."""
    asked = open_request(file, pickup)
    if asked is None:
        return None
    wish = asked.wish
    return {
        "status": asked.status,
        "on": wish.on.isoformat() if wish else None,
        "from": wish.ready_from if wish else None,
        "until": wish.until if wish else None,
    }


def _problem(file: CaseFile, pickup: Booking) -> str | None:
    """The carrier's words about the pickup, or about what was last asked of it."""
    asked = asked_of(file, pickup)
    return pickup.problem or (asked.problem if asked is not None and asked.status == "refused" else None)


def _next(file: CaseFile, leg: Leg, pickup: Booking, state: str) -> list[str]:
    if state == "held" and pickup.not_before is not None:
        return [f"Nothing is asked of anybody: the courier is booked from {stamp(pickup.not_before)}, not before"]
    is_over = file.case.stage == "cancelled" or is_past(file.case.stage, "in_transit")
    words = [] if is_over and state in ("booked", "cancelled") else [NEXT_BY_STATE[state]]
    channel = carrier_named(leg.carrier).pickups
    if state in ("booked", "change_requested", "cancel_requested") and leg.pieces > 1 and channel is not None:
        words.append(OTHERS_TOO.format(pieces=leg.pieces))
    if state == "booked" and (asked := asked_of(file, pickup)) is not None and asked.status == "refused":
        words.append("What was asked of the carrier last was refused: telephone it; until then the courier stands")
    return words
