"""What follows when a person resolves an exception with an outcome.

About a booking: ``booked`` (with what the carrier gave; it is recorded) or ``not_booked`` (it is asked for again, under
a new reference). About a return that waited for a person: ``approved`` (its bookings become due) or ``refused``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.errors import ConflictError
from chalicelib.returns.case import Case
from chalicelib.returns.stages import Stage, advance
from chalicelib.workflows.book_leg import GIVEN_BY_A_PERSON
from chalicelib.workflows.ports import Booking, CaseFile

ABOUT_A_BOOKING = ("booked", "not_booked")
DECISION_WANTED = "decision_wanted"
OUTCOMES_BY_KIND: dict[str, tuple[str, ...]] = {
    "waybill_unknown": ABOUT_A_BOOKING,
    "pickup_unknown": ABOUT_A_BOOKING,
    "booking_stuck": ABOUT_A_BOOKING,
    "booking_refused": ABOUT_A_BOOKING,
    DECISION_WANTED: ("approved", "refused"),
}
# What the facts have settled meanwhile a person may still agree with: an exception must always be possible to close.
SETTLED_AS = {"done": "booked", "cancelled": "not_booked"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person found out and decided."""

    action: str
    holder: str
    note: str | None = None
    until: datetime | None = None
    outcome: str | None = None
    tracking_number: str | None = None
    confirmation: str | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What is written and queued with the resolution; nothing for most exceptions."""

    stage: Stage | None = None
    bookings: tuple[Booking, ...] = ()
    steps: tuple[dict[str, Any], ...] = ()

    def on(self, case: Case) -> Case:
        """The case at its new stage; raises ``StageNotAllowed`` when it can no longer get there."""
        if self.stage is None or case.stage == self.stage:
            return case
        return replace(case, stage=advance(case.stage, self.stage))


def consequence_of(file: CaseFile, found: OpenException, verdict: Verdict, now: datetime) -> Consequence:
    """What this outcome means for this case; raises ``ConflictError`` when there is nothing it could mean."""
    if found.kind == DECISION_WANTED:
        return _decided(file, verdict, now)
    booking = next((one for one in file.bookings if found.episode.startswith(f"{one.kind}-{one.leg_n}-")), None)
    if booking is None:
        raise ConflictError("the booking this exception is about is gone")
    if booking.status in SETTLED_AS:
        if verdict.outcome == SETTLED_AS[booking.status]:
            return Consequence()
        raise ConflictError(f"the {booking.kind} is {booking.status} by now: read the case again")
    told = _not_booked(booking, now) if verdict.outcome == "not_booked" else _booked(booking, verdict, now)
    return Consequence(bookings=(told,), steps=(_step(told),))


def _decided(file: CaseFile, verdict: Verdict, now: datetime) -> Consequence:
    if verdict.outcome == "refused":
        return Consequence(stage="cancelled")
    if not file.bookings:
        raise ConflictError(
            "no contracted carrier may take this parcel: put the agreement into the merchant file and open it again"
        )
    due = tuple(replace(booking, due_at=max(now, booking.not_before or now)) for booking in file.bookings)
    return Consequence("approved", due, tuple(_step(booking) for booking in due if booking.kind == "waybill"))


def _not_booked(booking: Booking, now: datetime) -> Booking:
    """Free to be tried again, under a reference of its own: the old one may yet turn up."""
    stem, _, tried = booking.reference.partition(".")
    again = f"{stem}.{int(tried or 1) + 1}"
    return replace(
        booking, status="planned", reference=again, problem=None, due_at=now, attempts=0, claimed_at=None, result={}
    )


def _booked(booking: Booking, verdict: Verdict, now: datetime) -> Booking:
    given = {"number": verdict.tracking_number, "confirmation": verdict.confirmation}
    told = {name: value for name, value in given.items() if value}
    if booking.kind == "waybill":
        told["label"] = "lost"  # a person reads a number off a screen; the label must still be printed
    return replace(booking, status="claimed", result=told, problem=GIVEN_BY_A_PERSON, due_at=now)


def _step(booking: Booking) -> dict[str, Any]:
    return {"kind": booking.kind, "case_id": booking.case_id, "leg": booking.leg_n}
