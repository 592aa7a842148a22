"""The work list: open exceptions, and what a person does about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.exceptions import ExceptionNote, OpenException, Status
from chalicelib.clock import stamp
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError, NotFoundError
from chalicelib.returns.case import Case
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.raise_alert import resolved
from chalicelib.workflows.read_case import exception_row
from chalicelib.workflows.verdicts import OUTCOMES_BY_KIND, Consequence, Verdict, consequence_of

STATUS_BY_ACTION: dict[str, Status] = {"acknowledge": "acknowledged", "assign": "acknowledged", "snooze": "snoozed"}


def list_exceptions(ports: Ports, *, severity: str | None, cursor: str | None, limit: int) -> dict[str, Any]:
    """Exceptions that are not resolved, gravest first, oldest first within."""
    page = ports.exceptions.listed(severity, cursor, limit)
    return {"items": [exception_row(exception) for exception in page.exceptions], "cursor": page.cursor}


def act_on_exception(ports: Ports, exception_id: str, verdict: Verdict, now: datetime) -> dict[str, Any]:
    """Acknowledge, assign, snooze or resolve. Resolving twice with the same outcome is quiet; anything else about a
    resolved exception raises ``ConflictError``. Some kinds need an ``outcome`` (see ``verdicts``)."""
    found = ports.exceptions.read(exception_id)
    if found is None:
        raise NotFoundError("no exception has this id")
    if found.status == "resolved":
        if verdict.action == "resolve" and _same_mind(found, verdict):
            _tell_customer(ports, found, verdict)
            return exception_row(found)
        raise ConflictError(f"this exception is already resolved: {found.history[-1].note or 'by the facts'}")
    _refuse_half_answers(found, verdict)
    after = _after(found, verdict, now)
    if found.case_id is None:
        ports.exceptions.save_alone(after)
    else:
        _under_case(ports, found, after, verdict, now)
    _tell_customer(ports, found, verdict)
    return exception_row(after)


def _tell_customer(ports: Ports, found: OpenException, verdict: Verdict) -> None:
    """What a person decided about a return its customer must hear; asked for again, the word is queued again."""
    if found.case_id is not None and verdict.outcome is not None:
        look_for_notices(ports, found.case_id)


def _same_mind(found: OpenException, verdict: Verdict) -> bool:
    """Whether it was resolved with this outcome; one that has none to choose is simply resolved."""
    last = found.history[-1].note or ""
    return last.startswith(f"{verdict.outcome}: ") if verdict.outcome else found.kind not in OUTCOMES_BY_KIND


def _refuse_half_answers(found: OpenException, verdict: Verdict) -> None:
    faults = []
    outcomes = OUTCOMES_BY_KIND.get(found.kind, ())
    if verdict.action == "snooze" and verdict.until is None:
        faults.append(FieldFault("until", "required", "say until when it sleeps"))
    if verdict.action == "resolve" and not verdict.note:
        faults.append(FieldFault("note", "required", "say what was found and done"))
    if verdict.action == "resolve" and verdict.outcome not in (outcomes or (None,)):
        wanted = f"one of {', '.join(outcomes)}" if outcomes else "this exception has no outcome to choose"
        faults.append(FieldFault("outcome", "required" if outcomes else "not_allowed", wanted))
    if verdict.outcome == "booked" and (lacking := _not_given(found, verdict)):
        faults.append(lacking)
    if faults:
        raise InvalidRequestError("the answer is incomplete", faults)


def _not_given(found: OpenException, verdict: Verdict) -> FieldFault | None:
    """A waybill is known by its number and a pickup by its confirmation: neither stands in for the other."""
    if found.episode.startswith("pickup-"):  # and not pickup_change- or pickup_cancel-: those are done, not booked
        told, field = verdict.confirmation, "confirmation"
    else:
        told, field = verdict.tracking_number, "tracking_number"
    return None if told else FieldFault(field, "required", f"give the {field} by which the carrier knows it")


def _after(found: OpenException, verdict: Verdict, now: datetime) -> OpenException:
    if verdict.action == "resolve":
        note = f"{verdict.outcome}: {verdict.note}" if verdict.outcome else verdict.note
        return resolved(found, now, verdict.holder, note, version=found.version + 1)
    told = ExceptionNote(now, verdict.holder, verdict.action, _noted(verdict))
    status = STATUS_BY_ACTION[verdict.action]
    return replace(found, status=status, history=(*found.history, told), version=found.version + 1)


def _noted(verdict: Verdict) -> str | None:
    if verdict.until is None:
        return verdict.note
    until = f"until {stamp(verdict.until)}"
    return f"{until}: {verdict.note}" if verdict.note else until


def _under_case(ports: Ports, found: OpenException, after: OpenException, verdict: Verdict, now: datetime) -> None:
    steps: list[dict[str, Any]] = []

    def decide(case: Case) -> Amendment:
        consequence = _consequence(ports, found, verdict, now)
        steps[:] = consequence.steps
        facts = {"episode": after.episode, "kind": after.kind, "status": after.status}
        if verdict.outcome:
            facts["outcome"] = verdict.outcome
        return Amendment(
            consequence.on(case),
            f"exception_{after.status}",
            facts,
            by=verdict.holder,
            exceptions=(after,),
            bookings=consequence.bookings,
            over=consequence.over,
            plan=consequence.plan,
        )

    amend(ports, after.subject, now, decide)
    if steps:
        ports.queues.send("steps", steps)


def _consequence(ports: Ports, found: OpenException, verdict: Verdict, now: datetime) -> Consequence:
    """What the outcome means for the bookings as they are now: a carrier's answer may come while a person decides."""
    if verdict.action != "resolve" or verdict.outcome is None or found.case_id is None:
        return Consequence()
    file = ports.cases.file(found.case_id)
    if file is None:
        raise NotFoundError("no case has this id")
    _refuse_a_foreign_number(ports, file, verdict)
    return consequence_of(file, found, verdict, now)


def _refuse_a_foreign_number(ports: Ports, file: CaseFile, verdict: Verdict) -> None:
    """A number that still travels for another case is a slip of the pen; one at rest may have been given out again."""
    number = verdict.tracking_number
    for leg in file.legs if number else ():
        for track in ports.tracks.file(leg.carrier, number or "").tracks:
            if track.case_id != file.case.case_id and track.due_at is not None:
                fault = FieldFault("tracking_number", "belongs_to_another_case", f"see the case {track.case_id}")
                raise InvalidRequestError("this number travels for another case", [fault])
