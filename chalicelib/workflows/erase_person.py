"""A customer is forgotten: on request, or by the clock when a return has long been over.

What makes their values readable is destroyed; the case, its log and its evidence stay and still verify, because they
never named anybody. An erasure that something holds up (the case is open, a claim, a dispute, a refund, a legal hold)
is kept and done by itself when nothing does any more. It is noted outside the table too, under ``erased/`` in the
evidence bucket, so that it can be done again when the table is restored from a day before (``make erase-again``).
What people of the house wrote in their own words, or read inside a band, is emptied with them (``words_of_people``).
Frozen evidence holds it up too: it proves nothing once nobody can say whose it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.clock import known_stamp, stamp
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.returns.case import Case
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.keeping import Erasure, Hold, falls_due, holds, kept_beyond, tried_again
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.stages import OVER
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.case_parts import Part
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.freeze_evidence import CLAIM_OVER, is_held, thaw, thawed
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.wake_parts import step_of
from chalicelib.workflows.words_of_people import empty_words

OWED = frozenset({"proposed", "approved", "paying", "unknown"})


class AlreadyErased(ConflictError):
    """The personal values of this case are gone; nothing can be changed about that."""

    code = "already_erased"


def clock_of(case: Case, file: CaseFile, now: datetime) -> tuple[Part, ...]:
    """The clock that begins when a case ends, and evidence that thaws with it: to be written with that change. An
    erasure that was asked for before, or is done, stays as it is."""
    found = erasure_of(file)
    if found is not None and found.state != "clock":
        return thawed(file)
    due_at, rule = falls_due(case.customer_country, now)
    clock = replace(found or Erasure(case.case_id, "clock", None), due_at=due_at, not_before=due_at, rule=rule)
    return (clock, *thawed(file))


def erasure_of(file: CaseFile) -> Erasure | None:
    """The erasure of this case as it stands; None when nobody asked and it is not over."""
    return next(iter(file.parts.of(Erasure)), None)


def ask_erasure(ports: Ports, case_id: str, *, holder: str, now: datetime) -> dict[str, Any]:
    """The customer wants to be forgotten. Done as soon as nothing holds it up; asking twice is quiet. Raises
    ``NotFoundError``."""

    def decide(file: CaseFile) -> Amendment | None:
        found = erasure_of(file)
        if found is not None and found.state in ("asked", "done"):
            return None
        part = replace(
            found or Erasure(case_id, "asked", None),
            state="asked", asked_by=holder, asked_at=now, due_at=now, not_before=now, held_by=_holds(file, found),
        )  # fmt: skip
        return Amendment(file.case, "erasure_asked", {"held_by": " ".join(part.held_by)}, by=holder, parts=(part,))

    amend_file(ports, case_id, now, decide)
    file = file_of(ports, case_id)
    found = erasure_of(file)
    if found is not None and found.state == "asked" and not _holds(file, found):
        ports.queues.send("steps", [step_of(case_id, Erasure.KIND, found.part_id)])
    return erasure_row(file, now)


def lay_hold(ports: Ports, case_id: str, *, on: bool, reason: str | None, holder: str, now: datetime) -> dict[str, Any]:
    """Lay a legal hold on a case, or lift it: while it lies, nothing of the case is erased. Raises ``AlreadyErased``,
    ``InvalidRequestError`` for a hold without a reason, ``NotFoundError``."""
    if on and not reason:
        fault = FieldFault("reason", "required", "why: the reference of the procedure, without a name")
        raise InvalidRequestError("a hold needs a reason", [fault])

    def decide(file: CaseFile) -> Amendment | None:
        found = erasure_of(file)
        if found is not None and found.state == "done":
            raise AlreadyErased("the personal values of this case are erased")
        laid = (reason, holder, now) if on else (None, None, None)
        before = found or Erasure(case_id, "clock", None)
        if (before.hold_reason is not None) is on and (not on or before.hold_reason == reason):
            return None
        part = replace(before, hold_reason=laid[0], hold_laid_by=laid[1], hold_laid_at=laid[2])
        return Amendment(file.case, "hold_laid" if on else "hold_lifted", {}, by=holder, parts=(part,))

    amend_file(ports, case_id, now, decide)
    return erasure_row(file_of(ports, case_id), now)


def read_erasure(ports: Ports, case_id: str, now: datetime) -> dict[str, Any]:
    """How the erasure of a case stands; raises ``NotFoundError``."""
    return erasure_row(file_of(ports, case_id), now)


def look(ports: Ports, case_id: str, _part_id: str, now: datetime) -> None:
    """An erasure is due: done if nothing holds it up, else tried again. Noted outside the table first, so that no
    restored table brings back what was erased; every step may be done twice."""
    file = file_of(ports, case_id)
    found = erasure_of(file)
    if found is None or found.state == "done" or found.not_before is None or found.not_before > now:
        return
    held = _holds(file, found)
    if not held:
        thaw(ports, file, now)
        empty_words(ports, case_id, now)
        ports.evidence.note_erased(case_id, now)
        ports.links.revoke(case_id)
        ports.cases.erase(case_id)

    def decide(again: CaseFile) -> Amendment | None:
        part = erasure_of(again)
        if part is None or part.state == "done":
            return None
        if held:
            return Amendment(again.case, "erasure_held", {"held_by": " ".join(held)}, parts=(_held(part, held, now),))
        done = replace(part, state="done", due_at=None, done_at=now, held_by=())
        facts = {"rule": part.rule or "asked"}
        return Amendment(again.case, "person_erased", facts, parts=(done,))

    amend_file(ports, case_id, now, decide)


def erasure_row(file: CaseFile, now: datetime) -> dict[str, Any]:
    """How the erasure of a case stands, what holds it up, what it does not reach."""
    found = erasure_of(file)
    ended = _ended_at(file)
    return {
        "case_id": file.case.case_id,
        "state": found.state if found else "none",
        "due_at": known_stamp(found.not_before if found and found.state != "done" else None),
        "rule": found.rule if found else None,
        "asked_at": known_stamp(found.asked_at if found else None),
        "done_at": known_stamp(found.done_at if found else None),
        "held_by": [] if found is None or found.state == "done" else list(_holds(file, found)),
        "legal_hold": _hold_row(found),
        "kept": [
            {"what": one.what, "why": one.why, "until": one.until.isoformat() if one.until else None, "rule": one.rule}
            for one in kept_beyond(ended.date() if ended else None, now.date())
        ],
    }


def erasure_in_short(file: CaseFile) -> dict[str, Any] | None:
    """How the erasure stands, for who reads the whole case; None while nobody asked and no clock runs."""
    found = erasure_of(file)
    if found is None:
        return None
    due = found.not_before if found.state != "done" else None
    return {"state": found.state, "due_at": known_stamp(due), "legal_hold": found.hold_reason is not None}


def _hold_row(found: Erasure | None) -> dict[str, Any] | None:
    if found is None or found.hold_reason is None or found.hold_laid_at is None:
        return None
    return {"reason": found.hold_reason, "laid_by": found.hold_laid_by, "laid_at": stamp(found.hold_laid_at)}


def _holds(file: CaseFile, found: Erasure | None) -> tuple[Hold, ...]:
    return holds(
        file.case.stage,
        claims_open=any(one.state not in CLAIM_OVER for one in file.claims),
        disputes=[one.state for one in file.parts.of(Dispute)],
        refund_owed=any(one.state in OWED for one in file.parts.of(Settlement)),
        legal_hold=found is not None and found.hold_reason is not None,
        evidence_frozen=is_held(file),
    )


def _held(part: Erasure, held: tuple[Hold, ...], now: datetime) -> Erasure:
    return replace(part, held_by=held, due_at=tried_again(now))


def _ended_at(file: CaseFile) -> datetime | None:
    """When the case was closed or cancelled; None while it is open."""
    if file.case.stage not in OVER:
        return None
    ends = ("stage_closed", "cancelled")
    return next((entry.at for entry in reversed(file.log) if entry.what in ends), file.log[-1].at)
