"""Payment disputes are kept: noted once, and answered in time.

A dispute opens an exception with its last day to answer the moment it is noted, so that nobody learns of it on the last
day. That one may come, because goods are back and money is not, is the refund's own clock (``watch_refund``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.clock import known_stamp, stamp
from chalicelib.errors import FieldFault, InvalidRequestError, NotFoundError
from chalicelib.returns.dispute_clocks import (
    NOTHING_SAID,
    Action,
    DisputeDiffers,
    Notice,
    Said,
    acted,
    opened,
    row_for,
)
from chalicelib.returns.disputes import Dispute
from chalicelib.workflows.alert_words import opening
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.close_case import close_if_done
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
    ports: Ports,
    case_id: str,
    dispute_id: str,
    action: Action,
    *,
    why: str | None,
    said: Said = NOTHING_SAID,
    holder: str,
    now: datetime,
) -> dict[str, Any]:
    """Note that it was answered, won, lost or given up, and what the bank gave back; the exception is closed with it.
    Twice is quiet. Raises ``NotFoundError``, ``DisputeNotAllowed``, ``InvalidRequestError``."""

    def decide(file: CaseFile) -> Amendment | None:
        found = _found(file, dispute_id)
        if found is None:
            raise NotFoundError("this case has no such dispute")
        _refuse_strange_lines(file, said)
        after = acted(found, action, why, now, said)
        if after is None:
            return None
        what = "dispute_said" if after.state == found.state else f"dispute_{after.state}"
        return Amendment(file.case, what, {"dispute": dispute_id} | _said_of(after), by=holder, parts=(after,))

    amend_file(ports, case_id, now, decide)
    dispute = _found(file_of(ports, case_id), dispute_id)
    if dispute is None:
        raise NotFoundError("this case has no such dispute")
    ports.queues.send("alerts", [_alert(dispute, "close", now)])
    close_if_done(ports, case_id, now)
    return dispute_row(dispute, now)


def _refuse_strange_lines(file: CaseFile, said: Said) -> None:
    items, lines = file.plan.request.items, said.lines or ()
    faults = [
        FieldFault("lines", "no_such_line", f"the return has lines 1 to {len(items)}")
        if not 1 <= line <= len(items)
        else FieldFault("lines", "too_many_pieces", f"line {line} has {items[line - 1].quantity} pieces")
        for line, pieces in lines
        if not 1 <= line <= len(items) or not 1 <= pieces <= items[line - 1].quantity
    ]
    if not faults and len({line for line, _ in lines}) < len(lines):
        faults.append(FieldFault("lines", "repeated", "name each line once"))
    if faults:
        raise InvalidRequestError("the bank gave money for pieces of this return alone", faults)


def _said_of(dispute: Dispute) -> dict[str, str]:
    """What the log holds of the money a bank gave back."""
    gave, lines = dispute.bank_gave, dispute.lines
    facts = {"gave_back": f"{gave.amount} {gave.currency}"} if gave else {}
    return facts | ({"lines": " ".join(f"{line}x{n}" for line, n in lines) or "none"} if lines is not None else {})


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
        "gave_back": dispute.bank_gave.as_json() if dispute.bank_gave else None,
        "lines": None if dispute.lines is None else [{"line": n, "pieces": each} for n, each in dispute.lines],
        "lacks": list(dispute.lacks),
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
