"""A person decides a return that a machine could not: it may come back, it may not, or something must be shown first.

Approved it goes on as if it had been so from the first moment: its waybill is queued. A refusal says its reasons, and
by which row of law every right of the customer falls; it ends the case and owes the customer the notice. A withdrawal
that waited for a person is decided with it; of a return that is under way already only the withdrawal is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from chalicelib.alerts.changes import resolved
from chalicelib.alerts.exceptions import OpenException
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.returns.case import Plan
from chalicelib.returns.eligibility import decide
from chalicelib.returns.evidence import EVIDENCE_KINDS
from chalicelib.returns.refusals import faults_of_refusal
from chalicelib.returns.stages import Stage, advance
from chalicelib.returns.withdrawal import DOUBTFUL, Withdrawal
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.declare_withdrawal import WAITS
from chalicelib.workflows.judge_withdrawal import asked_for
from chalicelib.workflows.keep_exceptions import send_word
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_case import read_case
from chalicelib.workflows.tell_steps import look_for_tools
from chalicelib.workflows.verdicts import DECISION_WANTED, Consequence, Verdict, consequence_of

Ruled = Literal["approved", "approved_without_proof", "refused", "evidence_wanted"]
DECIDED, EVIDENCE_WANTED = "decided", "stage_evidence_needed"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person decided. ``reasons`` are codes of a decision's reasons, ``legal_grounds`` the rows of law by which
    a right falls (``vintage#row``), ``evidence`` kinds of evidence; ``note`` is for our own people alone."""

    outcome: Ruled
    reasons: tuple[str, ...] = ()
    legal_grounds: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Decided:
    """The change, and what is queued once it is written."""

    amendment: Amendment
    steps: tuple[Mapping[str, Any], ...] = ()


def decide_return(ports: Ports, case_id: str, ruling: Ruling, *, holder: str, now: datetime) -> dict[str, Any]:
    """Decide it; the whole case as it stands then. The same ruling again is quiet.

    Raises ``InvalidRequestError`` with everything that is wrong with the ruling (a refusal without a reason, or of a
    right that stands), ``ConflictError`` where nothing waits for a decision, or an approval lacks what it needs.
    """
    done: list[_Decided] = []

    def ruled(file: CaseFile) -> Amendment | None:
        done[:] = []
        if _is_said(file, ruling):
            return None
        done[:] = [_of(ports, file, ruling, holder, now)]
        return done[0].amendment

    amend_file(ports, case_id, now, ruled)
    for one in done:
        if one.steps:
            ports.queues.send("steps", list(one.steps))
        send_word(ports, *one.amendment.exceptions)
    look_for_notices(ports, case_id)
    look_for_tools(ports, case_id)
    return read_case(ports, case_id, now=now)


def _of(ports: Ports, file: CaseFile, ruling: Ruling, holder: str, now: datetime) -> _Decided:
    waits = file.case.stage in WAITS
    open_withdrawals = tuple(one for one in file.parts.of(Withdrawal) if one.in_time is None)
    if not waits and not open_withdrawals and not _doubtful(file):
        raise ConflictError(f"nothing of this return waits for a decision: it is {file.case.stage}")
    _refuse_ruling(ports, file, ruling, waits=waits, now=now)
    if ruling.outcome == "evidence_wanted":
        return _Decided(_evidence_wanted(file, ruling, holder))
    yes = ruling.outcome != "refused"
    told = tuple(replace(one, in_time=yes, due_at=one.due_at if yes else None) for one in open_withdrawals)
    follows = _consequence(file, ruling, holder, now) if waits else Consequence()
    outcome = ruling.outcome if waits else f"withdrawal_{ruling.outcome}"
    facts = {"outcome": outcome, "reasons": " ".join(ruling.reasons), "legal_grounds": " ".join(ruling.legal_grounds)}
    change = Amendment(
        follows.on(file.case),
        DECIDED,
        {name: text for name, text in facts.items() if text},
        by=holder,
        bookings=follows.bookings,
        over=file.bookings if follows.bookings else (),
        plan=follows.plan,
        parts=told,
        exceptions=tuple(_settled(file, ruling, holder, now)),
    )
    return _Decided(change, follows.steps)


def _consequence(file: CaseFile, ruling: Ruling, holder: str, now: datetime) -> Consequence:
    wanted = next((one for one in file.exceptions if one.kind == DECISION_WANTED), None)
    if wanted is None:
        raise ConflictError("nobody asked for a decision about this return: read the case again")
    return consequence_of(file, wanted, Verdict("resolve", holder, ruling.note, outcome=ruling.outcome), now)


def _settled(file: CaseFile, ruling: Ruling, holder: str, now: datetime) -> list[OpenException]:
    """What stood on the work list for this decision."""
    note = f"{ruling.outcome}: {ruling.note or 'decided'}"
    return [
        resolved(one, now, holder, note, version=one.version + 1, sequence=file.case.log_n + 1)
        for one in file.exceptions
        if one.kind in (DECISION_WANTED, DOUBTFUL) and one.status != "resolved"
    ]


def _doubtful(file: CaseFile) -> bool:
    """Whether a withdrawal of this case still stands on the work list."""
    return any(one.kind == DOUBTFUL and one.status != "resolved" for one in file.exceptions)


def _evidence_wanted(file: CaseFile, ruling: Ruling, holder: str) -> Amendment:
    """What must be shown first, as the case and the customer's notice then say it."""
    before = file.plan.answer
    decision = {**before["decision"], "outcome": "evidence_needed", "evidence_wanted": list(ruling.evidence)}
    rest = [text for text in before["next"] if not text.startswith("give ")]
    answer = {**before, "decision": decision, "next": [*rest, *(f"give {one}" for one in ruling.evidence)]}
    stage: Stage = "evidence_needed"
    to = file.case.stage if file.case.stage == stage else advance(file.case.stage, stage)
    facts = {"evidence": " ".join(ruling.evidence)}
    plan = Plan(file.plan.case_id, file.plan.request, answer)
    return Amendment(replace(file.case, stage=to), EVIDENCE_WANTED, facts, by=holder, plan=plan)


def _refuse_ruling(ports: Ports, file: CaseFile, ruling: Ruling, *, waits: bool, now: datetime) -> None:
    """Everything wrong with what was decided, at once."""
    faults: list[FieldFault] = []
    if ruling.outcome == "refused":
        request = file.plan.request if waits else asked_for(file.plan.request, ())
        declared = [one.declared_at for one in file.parts.of(Withdrawal)]
        # What was in time when it was asked for stays so, however long a person takes.
        at = min([file.case.created_at, *declared] if waits else [*declared, now])
        faults = faults_of_refusal(decide(request, ports.merchant(), at), ruling.reasons, ruling.legal_grounds)
    if ruling.outcome == "evidence_wanted":
        if not waits:
            raise ConflictError(f"no evidence is waited for any more: the return is {file.case.stage}")
        faults = [] if ruling.evidence else [FieldFault("evidence", "required", "say what must be shown")]
        faults += [
            FieldFault(f"evidence.{at}", "unknown_kind", f"one of {', '.join(EVIDENCE_KINDS)}")
            for at, kind in enumerate(ruling.evidence)
            if kind not in EVIDENCE_KINDS
        ]
    if faults:
        raise InvalidRequestError("this return cannot be decided so", faults)


def _is_said(file: CaseFile, ruling: Ruling) -> bool:
    """Whether this was decided last, so that asking again changes nothing."""
    last = next((one for one in reversed(file.log) if one.what in (DECIDED, EVIDENCE_WANTED)), None)
    if last is None:
        return False
    if last.what == EVIDENCE_WANTED:
        same = last.facts.get("evidence", "") == " ".join(ruling.evidence)
        return ruling.outcome == "evidence_wanted" and file.case.stage == "evidence_needed" and same
    said = last.facts.get("outcome", "").removeprefix("withdrawal_")
    sure = all(one.in_time is not None for one in file.parts.of(Withdrawal)) and not _doubtful(file)
    over = file.case.stage not in WAITS and sure
    return over and said == ruling.outcome and last.facts.get("reasons", "") == " ".join(ruling.reasons)
