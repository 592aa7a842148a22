"""What a person does about an exception: acknowledge it, give it to somebody, let it rest, wait for the customer,
take it up again, resolve it.

Of two people who act at the same moment one is written, and the other is told how it stands now. What was done is told
to the others by the alerts worker, which is asked again when the same is asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts import changes
from chalicelib.alerts.escalation import rules
from chalicelib.alerts.exceptions import OpenException
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError, StaleVersion
from chalicelib.returns.case import Case
from chalicelib.workflows import incidents
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.decide_way_out import way_out_decided
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.keep_exceptions import amendment_of, found_by, send_word
from chalicelib.workflows.leg_plan import WAY_OUT_WANTED
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.playbook_rows import Reading
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_case import exception_row
from chalicelib.workflows.read_exceptions import list_exceptions as list_exceptions
from chalicelib.workflows.verdicts import OUTCOMES_BY_KIND, Consequence, Verdict, consequence_of, may_say

# What each action does, as its history says it, and what may be said with it besides a note.
DONE = {
    "acknowledge": "acknowledged", "assign": "assigned", "snooze": "snoozed", "wait": "waiting", "resume": "resumed",
    "resolve": "resolved",
}  # fmt: skip
SAID_WITH: Mapping[str, frozenset[str]] = {
    "assign": frozenset({"assignee"}),
    "snooze": frozenset({"until"}),
    "wait": frozenset({"until"}),
    "resolve": frozenset({"outcome", "tracking_number", "confirmation"}),
}


def act_on_exception(ports: Ports, exception_id: str, verdict: Verdict, now: datetime) -> dict[str, Any]:
    """Do what the verdict says; the exception as it stands then. The same again by the same person is quiet. Raises
    ``InvalidRequestError`` with every fault of what was said, and ``ConflictError`` where the exception is resolved,
    was changed by somebody else at this moment, or is not where this action begins. Some kinds need an ``outcome`` to
    be resolved (see ``verdicts``)."""
    found = found_by(ports, exception_id)
    if _is_done(found, verdict):
        _send_word(ports, found, verdict)
        return exception_row(found, Reading(now=now))
    if found.status == "resolved":
        raise ConflictError(f"this exception is already resolved: {found.history[-1].note or 'by the facts'}")
    _refuse_half_answers(found, verdict, now)
    _refuse_out_of_place(found, verdict)
    if found.members is not None and verdict.action == "resolve":
        incidents.begin_anew(ports, found)
    after = _alone(ports, found, verdict, now) if found.case_id is None else _under_case(ports, found, verdict, now)
    _send_word(ports, after, verdict)
    if after.case_id is not None and after.status == "resolved":
        from chalicelib.workflows.close_case import close_if_done  # it asks every part of the case

        close_if_done(ports, after.case_id, now)
    return exception_row(after, Reading(now=now))


def _send_word(ports: Ports, exception: OpenException, verdict: Verdict) -> None:
    """Whoever works on it is told, and what a person decided about a return its customer must hear; asked for again,
    both are queued again."""
    send_word(ports, exception)
    if exception.case_id is not None and verdict.outcome is not None:
        look_for_notices(ports, exception.case_id)


def _is_done(found: OpenException, verdict: Verdict) -> bool:
    """Whether this is what was done last, by the same person. Of a resolution the outcome counts, and not who said it;
    one that has none to choose is simply resolved."""
    last, said = found.history[-1], found.history[-1].note or ""
    if last.action != DONE[verdict.action]:
        return False
    if verdict.action == "resolve":
        return said.startswith(f"{verdict.outcome}: ") if verdict.outcome else found.kind not in OUTCOMES_BY_KIND
    if verdict.until is not None and verdict.until != found.until:
        return False
    told = said.partition(": ")[2] if verdict.action in ("assign", "snooze", "wait") else said
    is_same = (last.by, told) == (verdict.holder, verdict.note or "")
    return is_same and (verdict.action != "assign" or found.assignee == (verdict.assignee or verdict.holder))


def _refuse_half_answers(found: OpenException, verdict: Verdict, now: datetime) -> None:
    """Everything that is wrong with what was said, at once."""
    faults = [*_misplaced(verdict), *_lacking(found, verdict)]
    most = timedelta(hours=rules(now.date()).rest_at_most_hours)
    if verdict.until is not None and verdict.until > now + most:
        faults.append(FieldFault("until", "too_late", f"at most {most.days} days from now"))
    if faults:
        raise InvalidRequestError("the answer is incomplete", faults)


def _misplaced(verdict: Verdict) -> list[FieldFault]:
    """What belongs to another action."""
    found = []
    for name in ("assignee", "until", "outcome", "tracking_number", "confirmation"):
        if getattr(verdict, name) is not None and name not in SAID_WITH.get(verdict.action, ()):
            where = " or ".join(action for action, names in SAID_WITH.items() if name in names)
            found.append(FieldFault(name, "not_allowed", f"{name} belongs to {where}: leave it out"))
    return found


def _lacking(found: OpenException, verdict: Verdict) -> list[FieldFault]:
    if verdict.action == "snooze" and verdict.until is None:
        return [FieldFault("until", "required", "say until when it sleeps")]
    if verdict.action != "resolve":
        return []
    faults = [] if verdict.note else [FieldFault("note", "required", "say what was found and done")]
    outcomes = OUTCOMES_BY_KIND.get(found.kind, ())
    free = may_say(found)
    allowed: tuple[str | None, ...] = outcomes or (None, *free)
    if verdict.outcome not in allowed:
        known = f"{', '.join(free)}, or leave it out" if free else "this exception has no outcome to choose"
        wanted = f"one of {', '.join(outcomes)}" if outcomes else known
        faults.append(FieldFault("outcome", "required" if outcomes else "not_allowed", wanted))
    if verdict.outcome == "booked" and (lacking := _not_given(found, verdict)):
        faults.append(lacking)
    return faults


def _refuse_out_of_place(found: OpenException, verdict: Verdict) -> None:
    """What cannot be done as things stand."""
    if verdict.action == "resume" and found.status not in ("snoozed", "waiting"):
        raise ConflictError(f"this exception neither sleeps nor waits: it is {found.status}")
    if verdict.action == "wait" and found.case_id is None:
        raise ConflictError("no customer stands behind this exception: it can be snoozed")


def _not_given(found: OpenException, verdict: Verdict) -> FieldFault | None:
    """A waybill is known by its number and a pickup by its confirmation: neither stands in for the other."""
    if found.episode.startswith("pickup-"):  # and not pickup_change- or pickup_cancel-: those are done, not booked
        told, field = verdict.confirmation, "confirmation"
    else:
        told, field = verdict.tracking_number, "tracking_number"
    return None if told else FieldFault(field, "required", f"give the {field} by which the carrier knows it")


def _after(found: OpenException, verdict: Verdict, now: datetime, sequence: int | None) -> OpenException:
    by, note = verdict.holder, verdict.note
    match verdict.action:
        case "resolve":
            told = f"{verdict.outcome}: {note}" if verdict.outcome else note
            return changes.resolved(found, now, by, told, version=found.version + 1, sequence=sequence)
        case "acknowledge":
            return changes.acknowledged(found, now, by, note, sequence=sequence)
        case "assign":
            return changes.assigned(found, now, by, verdict.assignee or by, note, sequence=sequence)
        case "resume":
            return changes.resumed(found, now, by, note, sequence=sequence)
        case "wait":
            until = verdict.until or now + rules(now.date()).wait_at_most
            return changes.waiting(found, now, by, until, note, sequence=sequence)
        case _:
            return changes.snoozed(found, now, by, verdict.until or now, note, sequence=sequence)


def _alone(ports: Ports, found: OpenException, verdict: Verdict, now: datetime) -> OpenException:
    after = _after(found, verdict, now, None)
    try:
        ports.exceptions.save_alone(after)
    except StaleVersion:
        _refuse_meanwhile(found_by(ports, found.exception_id))
    return after


def _under_case(ports: Ports, found: OpenException, verdict: Verdict, now: datetime) -> OpenException:
    steps: list[dict[str, Any]] = []
    more: tuple[OpenException, ...] = ()
    after = found

    def decide(case: Case) -> Amendment:
        nonlocal after, more
        stands = found_by(ports, found.exception_id)
        if stands.version != found.version:
            _refuse_meanwhile(stands)
        consequence = _consequence(ports, found, verdict, now)
        steps[:], more = consequence.steps, consequence.exceptions
        after = _after(found, verdict, now, case.log_n + 1)
        told = amendment_of(consequence.on(case), after, verdict.holder)
        return replace(
            told,
            facts={**told.facts, **_said(after, verdict)},
            bookings=consequence.bookings,
            over=consequence.over,
            plan=consequence.plan,
            parts=consequence.parts,
            exceptions=(*told.exceptions, *consequence.exceptions),
        )

    amend(ports, found.subject, now, decide)
    if steps:
        ports.queues.send("steps", steps)
    send_word(ports, *more)
    return after


def _refuse_meanwhile(stands: OpenException) -> None:
    """Somebody else was faster: whoever asked decides again on what they see now."""
    last = stands.history[-1]
    raise ConflictError(f"{last.by} changed this at the same moment: it is {stands.status} now ({last.action})")


def _said(after: OpenException, verdict: Verdict) -> dict[str, str]:
    """What the case log keeps of it besides: holders of tokens, times and outcomes, never a note."""
    said = {"outcome": verdict.outcome, "assignee": after.assignee if verdict.action == "assign" else None}
    if after.until is not None and verdict.action in ("snooze", "wait"):
        said["until"] = changes.until_text(after.until, None).removeprefix("until ")
    return {name: text for name, text in said.items() if text is not None}


def _consequence(ports: Ports, found: OpenException, verdict: Verdict, now: datetime) -> Consequence:
    """What the outcome means for the bookings as they are now: a carrier's answer may come while a person decides."""
    if verdict.action != "resolve" or verdict.outcome is None or found.case_id is None:
        return Consequence()
    file = file_of(ports, found.case_id)
    _refuse_a_foreign_number(ports, file, verdict)
    if found.kind == WAY_OUT_WANTED:
        return way_out_decided(file, found, verdict, now)
    return consequence_of(file, found, verdict, now)


def _refuse_a_foreign_number(ports: Ports, file: CaseFile, verdict: Verdict) -> None:
    """A number that still travels for another case is a slip of the pen; one at rest may have been given out again."""
    number = verdict.tracking_number
    for leg in file.legs if number else ():
        for track in ports.tracks.file(leg.carrier, number or "").tracks:
            if track.case_id != file.case.case_id and track.due_at is not None:
                fault = FieldFault("tracking_number", "belongs_to_another_case", f"see the case {track.case_id}")
                raise InvalidRequestError("this number travels for another case", [fault])
