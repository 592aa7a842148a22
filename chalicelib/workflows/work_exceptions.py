"""The work list: open exceptions, and what a person does about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.exceptions import ExceptionNote, OpenException, Status
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError, NotFoundError
from chalicelib.returns.case import Case
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.ports import Booking, Ports
from chalicelib.workflows.raise_alert import resolved
from chalicelib.workflows.read_case import exception_row

STATUS_BY_ACTION: dict[str, Status] = {"acknowledge": "acknowledged", "assign": "acknowledged", "snooze": "snoozed"}
ABOUT_BOOKINGS = ("waybill_unknown", "pickup_unknown", "booking_stuck", "booking_refused")


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


def list_exceptions(ports: Ports, *, severity: str | None, cursor: str | None, limit: int) -> dict[str, Any]:
    """Exceptions that are not resolved, gravest first, oldest first within."""
    page = ports.exceptions.listed(severity, cursor, limit)
    return {"items": [exception_row(exception) for exception in page.exceptions], "cursor": page.cursor}


def act_on_exception(ports: Ports, exception_id: str, verdict: Verdict, now: datetime) -> dict[str, Any]:
    """Acknowledge, assign, snooze or resolve. Resolving twice with the same mind is quiet; anything else about a
    resolved exception raises ``ConflictError``. An exception about a booking needs ``outcome``: booked (with what
    the carrier gave) or not_booked (it is then tried again)."""
    found = ports.exceptions.read(exception_id)
    if found is None:
        raise NotFoundError("no exception has this id")
    if found.status == "resolved":
        if verdict.action == "resolve":
            return exception_row(found)
        raise ConflictError("this exception is already resolved")
    _refuse_half_answers(found, verdict)
    after = _after(found, verdict, now)
    if found.case_id is None:
        ports.exceptions.save_alone(after)
    else:
        _under_case(ports, found, after, verdict, now)
    return exception_row(after)


def _refuse_half_answers(found: OpenException, verdict: Verdict) -> None:
    faults = []
    if verdict.action == "snooze" and verdict.until is None:
        faults.append(FieldFault("until", "required", "say until when it sleeps"))
    if verdict.action == "resolve" and not verdict.note:
        faults.append(FieldFault("note", "required", "say what was found and done"))
    if verdict.action == "resolve" and found.kind in ABOUT_BOOKINGS and verdict.outcome is None:
        faults.append(FieldFault("outcome", "required", "booked or not_booked: what did the carrier say?"))
    if verdict.outcome == "booked" and not (verdict.tracking_number or verdict.confirmation):
        faults.append(FieldFault("tracking_number", "required", "give what the carrier gave: number or confirmation"))
    if faults:
        raise InvalidRequestError("the answer is incomplete", faults)


def _after(found: OpenException, verdict: Verdict, now: datetime) -> OpenException:
    if verdict.action == "resolve":
        return resolved(found, now, verdict.holder, verdict.note, version=found.version + 1)
    told = ExceptionNote(now, verdict.holder, verdict.action, verdict.note)
    status = STATUS_BY_ACTION[verdict.action]
    return replace(found, status=status, history=(*found.history, told), version=found.version + 1)


def _under_case(
    ports: Ports, found: OpenException, after: OpenException, verdict: Verdict, now: datetime
) -> None:
    def decide(case: Case) -> Amendment:
        facts = {"episode": after.episode, "kind": after.kind, "status": after.status}
        return Amendment(
            case, f"exception_{after.status}", facts, by=verdict.holder, exceptions=(after,),
            bookings=_bookings(ports, found, verdict, now),
        )  # fmt: skip

    amend(ports, after.subject, now, decide)
    if verdict.action == "resolve" and verdict.outcome is not None:
        kind = found.episode.split("-")[0]
        ports.queues.send("steps", [{"kind": kind, "case_id": found.case_id, "leg": found.leg_n}])


def _bookings(ports: Ports, found: OpenException, verdict: Verdict, now: datetime) -> tuple[Booking, ...]:
    """The booking set free to be tried again, or told what the carrier gave; the step that is queued goes on."""
    if verdict.outcome is None or found.kind not in ABOUT_BOOKINGS or found.case_id is None:
        return ()
    kind = found.episode.split("-")[0]
    file = ports.cases.file(found.case_id)
    booking = next(b for b in (file.bookings if file else ()) if (b.kind, b.leg_n) == (kind, found.leg_n))
    if verdict.outcome == "not_booked":
        reference = f"{booking.reference.split('.')[0]}.{booking.attempts + 1}"
        return (replace(booking, status="planned", reference=reference, problem=None, due_at=now, attempts=0),)
    given = {"number": verdict.tracking_number, "confirmation": verdict.confirmation}
    told = {name: value for name, value in given.items() if value}
    return (replace(booking, status="claimed", result=told, problem="told_by_a_person", due_at=now),)
