"""Payment disputes are kept: noted once, answered in time, and seen coming while a refund is owed.

A dispute opens an exception with its last day to answer the moment it is noted, so that nobody learns of it on the last
day. A return whose goods are back and whose money is not is looked at two days before a bank may be asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.clock import known_stamp, stamp
from chalicelib.errors import NotFoundError
from chalicelib.returns.dispute_clocks import (
    AT_RISK,
    OPEN,
    Action,
    DisputeDiffers,
    Notice,
    acted,
    at_risk,
    opened,
    row_for,
)
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.settlement import Settlement
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_ledger import file_of

KIND = "payment_dispute"
RISK = "refund_overdue_risk"
PARTICULARS = ("scheme", "code", "amount", "opened_at")


def note_dispute(
    ports: Ports, case_id: str, notice: Notice, *, holder: str, now: datetime
) -> tuple[bool, dict[str, Any]]:
    """Note what a bank or a wallet wrote; whether it is new, and how it stands. The same again is quiet. Raises
    ``DisputeDiffers`` for other particulars under the same reference, ``InvalidRequestError``, ``NotFoundError``."""
    wanted = opened(case_id, notice, now, holder)
    is_new = True

    def decide(file: CaseFile) -> Amendment | None:
        nonlocal is_new
        found = _found(file, wanted.dispute_id)
        is_new = found is None
        if found is None:
            facts = {"dispute": wanted.dispute_id, "scheme": wanted.scheme, "rule": wanted.rule or "none"}
            return Amendment(file.case, "dispute_noted", facts, by=holder, parts=(wanted,))
        if any(getattr(found, name) != getattr(wanted, name) for name in PARTICULARS):
            raise DisputeDiffers("a dispute with this reference is noted with other particulars")
        return None

    amend_file(ports, case_id, now, decide)
    dispute = _found(file_of(ports, case_id), wanted.dispute_id) or wanted
    if dispute.state == "open":
        ports.queues.send("alerts", [_alert(dispute, "open", now)])
    return is_new, dispute_row(dispute, now)


def act_on_dispute(
    ports: Ports, case_id: str, dispute_id: str, action: Action, *, why: str | None, holder: str, now: datetime
) -> dict[str, Any]:
    """Note that it was answered, won, lost or given up; the exception is closed with it. Twice is quiet."""

    def decide(file: CaseFile) -> Amendment | None:
        found = _found(file, dispute_id)
        if found is None:
            raise NotFoundError("this case has no such dispute")
        after = acted(found, action, why, now)
        facts = {"dispute": dispute_id}
        return (
            None if after is None else Amendment(file.case, f"dispute_{after.state}", facts, by=holder, parts=(after,))
        )

    amend_file(ports, case_id, now, decide)
    dispute = _found(file_of(ports, case_id), dispute_id)
    if dispute is None:
        raise NotFoundError("this case has no such dispute")
    ports.queues.send("alerts", [_alert(dispute, "close", now)])
    return dispute_row(dispute, now)


def read_disputes(ports: Ports, case_id: str, now: datetime) -> dict[str, Any]:
    """The disputes of a case; raises ``NotFoundError``."""
    return {"case_id": case_id, "items": [dispute_row(one, now) for one in file_of(ports, case_id).parts.of(Dispute)]}


def risk_of(file: CaseFile, returned_at: datetime, now: datetime) -> tuple[Dispute, ...]:
    """What is to be written when the goods of a refund are back; nothing where it is watched already, or nothing is to
    be paid."""
    if file.case.kind not in ("refund", "recall", "refused") or _found(file, AT_RISK) is not None:
        return ()
    return (at_risk(file.case.case_id, returned_at, now),)


def look(ports: Ports, case_id: str, part_id: str, now: datetime) -> None:
    """A dispute asked to be looked at: one that may come is told of unless the money is paid."""
    file = file_of(ports, case_id)
    found = _found(file, part_id)
    if found is None or found.state != "at_risk":
        return
    is_paid = any(one.state == "done" for one in file.parts.of(Settlement))
    if not is_paid and file.case.stage not in ("closed", "cancelled"):
        ports.queues.send("alerts", [_alert(found, "open", now)])

    def decide(again: CaseFile) -> Amendment | None:
        part = _found(again, part_id)
        if part is None or part.due_at is None:
            return None
        state = "over" if is_paid else part.state
        return Amendment(
            again.case, "dispute_looked_at", {"state": state}, parts=(replace(part, due_at=None, state=state),)
        )

    amend_file(ports, case_id, now, decide)


def dispute_row(dispute: Dispute, now: datetime) -> dict[str, Any]:
    """A dispute as answers show it, with what proves our side by its scheme's rule."""
    row = row_for(dispute.scheme, dispute.code, now.date())
    return {
        "dispute_id": dispute.dispute_id,
        "scheme": dispute.scheme,
        "code": dispute.code,
        "state": dispute.state,
        "amount": dispute.amount.as_json() if dispute.amount else None,
        "opened_at": stamp(dispute.opened_at),
        "answer_by": known_stamp(dispute.answer_by),
        "overdue": dispute.state == "open" and dispute.answer_by is not None and dispute.answer_by < now,
        "rule": dispute.rule,
        "proof": list(row.proof) if row else [],
        "confidence": row.confidence if row else None,
        "provider_reference": dispute.provider_reference,
        "why": dispute.why,
    }


def is_disputed(file: CaseFile) -> bool:
    """Whether a bank is being asked about this case's payment: who pays back now may pay twice."""
    return any(one.state in OPEN for one in file.parts.of(Dispute))


def _found(file: CaseFile, dispute_id: str) -> Dispute | None:
    return next((one for one in file.parts.of(Dispute) if one.dispute_id == dispute_id), None)


def _alert(dispute: Dispute, action: str, now: datetime) -> Mapping[str, Any]:
    """The word to the alerts worker; under one name for one dispute, so that it is one exception."""
    told: dict[str, Any] = {
        "action": action,
        "subject_kind": "case",
        "subject": dispute.case_id,
        "case_id": dispute.case_id,
        "kind": RISK if dispute.state == "at_risk" else KIND,
        "episode": f"dispute-{dispute.dispute_id}",
        "since": stamp(dispute.opened_at if action == "open" else now),
        "detail": f"{dispute.scheme} {dispute.code or ''} {dispute.provider_reference or ''}".strip(),
    }
    if action == "open":
        told |= {
            "deadline": known_stamp(dispute.answer_by),
            "money_at_risk": dispute.amount.as_json() if dispute.amount else None,
        }
    return told
