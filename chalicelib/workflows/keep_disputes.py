"""Payment disputes are kept: noted once, and answered in time.

A dispute opens an exception with its last day to answer the moment it is noted, so that nobody learns of it on the last
day. That one may come, because goods are back and money is not, is the refund's own clock (``watch_refund``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.clock import known_stamp, stamp
from chalicelib.errors import NotFoundError
from chalicelib.returns.dispute_clocks import (
    Action,
    DisputeDiffers,
    Notice,
    acted,
    opened,
    row_for,
)
from chalicelib.returns.disputes import Dispute
from chalicelib.workflows.alert_words import opening
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.ports import CaseFile, Ports

KIND = "payment_dispute"
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


def disputes_in_short(file: CaseFile) -> list[dict[str, Any]]:
    """One line for each dispute, for who reads the whole case."""
    return [
        {
            "dispute_id": one.dispute_id,
            "scheme": one.scheme,
            "state": one.state,
            "answer_by": known_stamp(one.answer_by),
        }
        for one in file.parts.of(Dispute)
    ]


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


def _found(file: CaseFile, dispute_id: str) -> Dispute | None:
    return next((one for one in file.parts.of(Dispute) if one.dispute_id == dispute_id), None)


def _alert(dispute: Dispute, action: str, now: datetime) -> Mapping[str, Any]:
    """The word to the alerts worker; under one name for one dispute, so that it is one exception."""
    told = opening(
        dispute.case_id,
        KIND,
        f"dispute-{dispute.dispute_id}",
        dispute.opened_at if action == "open" else now,
        detail=f"{dispute.scheme} {dispute.code or ''} {dispute.provider_reference or ''}".strip(),
    )
    if action != "open":
        return told | {"action": action}
    at_risk = dispute.amount.as_json() if dispute.amount else None
    return told | {"deadline": known_stamp(dispute.answer_by), "money_at_risk": at_risk}
