"""What follows when a person resolves an exception with an outcome.

About a booking: ``booked`` (with what the carrier gave; it is recorded) or ``not_booked`` (it is asked for again, under
a new reference). About a change or a cancellation: ``done`` (it is recorded, and what follows it goes on) or
``not_done`` (it is given up, and all stands as it was: the desk may ask anew).

About a return that waited for a person: ``approved`` (its bookings become due), ``approved_without_proof`` (the same,
where the papers lack the link to the original export: they are made without claiming relief) or ``refused``.

About a parcel that nobody can find: ``lost``, where a person knows it; nothing where it is merely settled.

About a way out that waited for a person (see ``decide_way_out``): the same two, or ``called_off``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.carriers.registry import carrier
from chalicelib.customs.asked_facts import asked
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.returns.case import Case, Plan
from chalicelib.returns.stages import Stage, advance
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.booking_steps import GIVEN_BY_A_PERSON, MAKES, again, is_in_hand
from chalicelib.workflows.case_parts import Part
from chalicelib.workflows.leg_plan import WAY_OUT_WANTED
from chalicelib.workflows.parcels import is_taken_in
from chalicelib.workflows.ports import Booking, CaseFile

ABOUT_A_BOOKING = ("booked", "not_booked")
ABOUT_AN_UNDOING = ("done", "not_done")
DECISION_WANTED = "decision_wanted"
# The export can no longer be proven: the goods come home as an ordinary import, and the papers claim no relief.
APPROVED_WITHOUT_PROOF = "approved_without_proof"
WAIVED = "waived"
OUTCOMES_BY_KIND: dict[str, tuple[str, ...]] = {
    "waybill_unknown": ABOUT_A_BOOKING,
    "pickup_unknown": ABOUT_A_BOOKING,
    "booking_stuck": ABOUT_A_BOOKING,
    "booking_refused": ABOUT_A_BOOKING,
    "waybill_by_person": ABOUT_A_BOOKING,
    "pickup_by_person": ABOUT_A_BOOKING,
    "pickup_not_rebooked": ABOUT_A_BOOKING,
    "pickup_change_unknown": ABOUT_AN_UNDOING,
    "pickup_change_refused": ABOUT_AN_UNDOING,
    "pickup_change_by_person": ABOUT_AN_UNDOING,
    "pickup_cancel_unknown": ABOUT_AN_UNDOING,
    "pickup_cancel_refused": ABOUT_AN_UNDOING,
    "pickup_cancel_by_person": ABOUT_AN_UNDOING,
    "waybill_cancel_unknown": ABOUT_AN_UNDOING,
    "waybill_cancel_refused": ABOUT_AN_UNDOING,
    "waybill_cancel_by_person": ABOUT_AN_UNDOING,
    "undoing_stuck": ABOUT_AN_UNDOING,
    DECISION_WANTED: ("approved", APPROVED_WITHOUT_PROOF, "refused"),
    WAY_OUT_WANTED: ("approved", APPROVED_WITHOUT_PROOF, "called_off"),
}
# What may be said of a parcel that nobody can find, besides that its exception is settled: its customer is told then.
LOST = "lost"
MISSED = frozenset({"possible_loss", "silence", "stuck_at_one_place", "promise_passed", "no_first_scan"})
SUSPECTED = ("action_required", "unanswered")
# What the facts have settled meanwhile a person may still agree with: an exception must always be possible to close.
SETTLED_AS = {"done": "booked", "cancelled": "not_booked"}
SETTLED_BY = {"done": "done", "cancelled": "not_done"}


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
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What is written and queued with the resolution; nothing for most exceptions. ``over`` are the bookings on which
    it was decided."""

    stage: Stage | None = None
    bookings: tuple[Booking, ...] = ()
    steps: tuple[dict[str, Any], ...] = ()
    over: tuple[Booking, ...] = ()
    plan: Plan | None = None
    parts: tuple[Part, ...] = ()
    exceptions: tuple[OpenException, ...] = ()

    def on(self, case: Case) -> Case:
        """The case at its new stage; raises ``StageNotAllowed`` when it can no longer get there."""
        if self.stage is None or case.stage == self.stage:
            return case
        return replace(case, stage=advance(case.stage, self.stage))


def may_say(found: OpenException) -> tuple[str, ...]:
    """The outcomes that this exception may be resolved with and need not be."""
    suspected = found.kind in SUSPECTED and found.reason == "loss_suspected"
    return (LOST,) if suspected or found.kind in MISSED else ()


def consequence_of(file: CaseFile, found: OpenException, verdict: Verdict, now: datetime) -> Consequence:
    """What this outcome means for this case; raises ``ConflictError`` when there is nothing it could mean."""
    if found.kind == DECISION_WANTED:
        return _decided(file, verdict, now)
    if verdict.outcome == LOST:
        return _lost(file, found, now)
    booking = next((one for one in file.bookings if found.episode.startswith(f"{one.name}-")), None)
    if booking is None:
        raise ConflictError("the booking this exception is about is gone")
    if booking.kind not in MAKES:
        return _undone(file, booking, verdict, now)
    if booking.status in SETTLED_AS:
        if verdict.outcome == SETTLED_AS[booking.status]:
            return Consequence()
        raise ConflictError(f"the {booking.kind} is {booking.status} by now: read the case again")
    _refuse_in_hand(booking, now)
    if verdict.outcome == "not_booked" and _is_replaced(file, booking):
        return Consequence()
    if verdict.outcome != "not_booked" and verdict.tracking_number is not None:
        _refuse_mistyped(file, booking, verdict.tracking_number)
    told = _not_booked(booking, now) if verdict.outcome == "not_booked" else _booked(booking, verdict, now)
    return Consequence(bookings=(told,), steps=(told.step,), over=(booking,))


def _lost(file: CaseFile, found: OpenException, now: datetime) -> Consequence:
    """The parcel is given up: a way out is lost with it, and with that what its settlement was to send; of one that
    comes home the log tells. What is here, or was delivered, is not lost."""
    if is_taken_in(file, found.leg_n):
        raise ConflictError("this parcel was taken in: it is not lost")
    from chalicelib.workflows.unsent_outcome import opened_for  # it asks who may let a parcel leave, and that asks here

    way = next((one for one in file.parts.of(WayOut) if one.leg_n == found.leg_n), None)
    if way is None:
        return Consequence()
    if way.state == "lost":
        return Consequence(exceptions=opened_for(file, way, now))
    if way.state not in ("planned", "sent"):
        raise ConflictError(f"the way out is {way.state} by now: read the case again")
    lost = replace(way, state="lost", why="said_so", changed_at=now)
    return Consequence(parts=(lost,), exceptions=opened_for(file, lost, now))


def _refuse_mistyped(file: CaseFile, booking: Booking, number: str) -> None:
    """A number whose check digit does not fit was misread. One of a form we do not know is taken: the carrier that
    sold it knows better."""
    leg = next((leg for leg in file.legs if leg.n == booking.leg_n), None)
    if leg is not None and carrier(leg.carrier).judge_number(number) == "wrong_check_digit":
        detail = f"its check digit does not fit a number of {leg.carrier}: read it again from the label"
        fault = FieldFault("tracking_number", "wrong_check_digit", detail)
        raise InvalidRequestError("this tracking number was misread", [fault])


def _refuse_in_hand(booking: Booking, now: datetime) -> None:
    """What a worker asks the carrier at this moment nobody may ask a second time."""
    if booking.status == "claimed" and is_in_hand(booking, now):
        raise ConflictError(f"the {booking.kind} is being asked for at this moment: read the case again in two minutes")


def _is_replaced(file: CaseFile, booking: Booking) -> bool:
    """Whether another courier was asked for since: one that was not booked is then no longer wanted."""
    later = [one for one in file.bookings if (one.kind, one.leg_n) == ("pickup", booking.leg_n) and one.n > booking.n]
    return booking.kind == "pickup" and any(one.status not in ("refused", "cancelled") for one in later)


def _undone(file: CaseFile, booking: Booking, verdict: Verdict, now: datetime) -> Consequence:
    """A change or a cancellation as a person found it. It is never asked for again by itself: what it was about may
    have moved on since, so the desk looks and asks anew. Of a cancelled return it cannot: there a cancellation that
    turns out not to have reached the carrier is asked for again."""
    if booking.status in SETTLED_BY:
        if verdict.outcome == SETTLED_BY[booking.status]:
            return Consequence()
        raise ConflictError(f"the {booking.kind} is {booking.status} by now: read the case again")
    _refuse_in_hand(booking, now)
    if verdict.outcome == "not_done" and _is_still_wanted(file, booking):
        told = replace(_not_booked(booking, now), result=booking.result)
        return Consequence(bookings=(told,), steps=(told.step,), over=(booking,))
    if verdict.outcome == "not_done":
        return Consequence(bookings=(replace(booking, status="cancelled", due_at=None),), over=(booking,))
    told = replace(booking, status="claimed", problem=GIVEN_BY_A_PERSON, due_at=now)
    return Consequence(bookings=(told,), steps=(told.step,), over=(booking,))


def _is_still_wanted(file: CaseFile, booking: Booking) -> bool:
    """What the carrier refused it would refuse again; what is not known to have reached it is worth the asking."""
    return file.case.stage == "cancelled" and booking.status == "unknown" and booking.kind != "pickup_change"


def _decided(file: CaseFile, verdict: Verdict, now: datetime) -> Consequence:
    if verdict.outcome == "refused":
        return Consequence(stage="cancelled")
    if not file.bookings:
        raise ConflictError(
            "no contracted carrier may take this parcel: put the agreement into the merchant file and open it again"
        )
    plan = _without_proof(file, verdict)
    due = tuple(replace(booking, due_at=max(now, booking.not_before or now)) for booking in file.bookings)
    waybills = tuple(booking.step for booking in due if booking.kind == "waybill")
    return Consequence("approved", due, waybills, plan=plan)


def _without_proof(file: CaseFile, verdict: Verdict) -> Plan | None:
    """A declaration of returned goods without its link to the export is refused: the link is given, or somebody says
    that the goods come home without relief. None: nothing is lacking."""
    missing = [asked(fact).name for paper in file.plan.answer["papers"] for fact in paper["missing"]]
    if not missing:
        return None
    if verdict.outcome != APPROVED_WITHOUT_PROOF:
        raise ConflictError(
            f"the declaration lacks {', '.join(missing)}: give it as the original export of this return, or resolve as "
            f"{APPROVED_WITHOUT_PROOF} to bring it home without relief"
        )
    papers = [made_without(row) for row in file.plan.answer["papers"]]
    answer = {**file.plan.answer, "proof": WAIVED, "papers": papers}
    return replace(file.plan, answer=answer)


def made_without(row: Mapping[str, Any]) -> dict[str, Any]:
    """A paper that is made though it lacks a fact: nothing is asked for any more."""
    return {**row, "status": "pending", "missing": []}


def _not_booked(booking: Booking, now: datetime) -> Booking:
    """Free to be tried again, under a reference of its own: the old one may yet turn up."""
    return replace(
        booking,
        status="planned",
        reference=again(booking.reference),
        problem=None,
        due_at=now,
        attempts=0,
        claimed_at=None,
        result={},
    )


def _booked(booking: Booking, verdict: Verdict, now: datetime) -> Booking:
    given = {"number": verdict.tracking_number, "confirmation": verdict.confirmation}
    told = {name: value for name, value in given.items() if value}
    if booking.kind == "waybill":
        told["label"] = "lost"  # a person reads a number off a screen; the label must still be printed
    return replace(booking, status="claimed", result=told, problem=GIVEN_BY_A_PERSON, due_at=now)
