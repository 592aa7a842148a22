"""Playbooks: what an exception means, what to do, who must act and by when, as dated data.

A row is found by kind and reason, then by kind alone; a kind without a row gets the one that says so, never silence.

>>> from datetime import date
>>> playbook("customs_hold", "customs_documents_missing", date(2026, 11, 22)).action_by
'merchant'
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.alerts.exceptions import ExceptionNote, OpenException, Severity
from chalicelib.money import Money
from chalicelib.rulebook import in_force


@dataclass(frozen=True, slots=True)
class Playbook:
    """One row: the words a person needs at three in the morning."""

    kind: str
    severity: Severity
    action_by: str
    deadline_hours: int
    meaning: str
    to_do: tuple[str, ...]


def playbook(kind: str, reason: str | None, on: date) -> Playbook:
    """The row for this kind and reason on this day; raises ``RuleNotInForce`` before the first vintage."""
    rows = in_force("alerts/playbooks", on).rules["playbook"]
    wanted = ((kind, reason), (kind, None), ("*", None))
    row = next(row for key in wanted for row in rows if (row["kind"], row.get("reason")) == key)
    return Playbook(
        row["kind"], row["severity"], row["action_by"], row["deadline_hours"], row["meaning"], tuple(row["to_do"])
    )


def open_exception(
    subject_kind: str,
    subject: str,
    *,
    kind: str,
    episode: str,
    reason: str | None,
    since: datetime,
    now: datetime,
    severity: Severity | None = None,
    case_id: str | None = None,
    leg_n: int | None = None,
    carrier: str | None = None,
    number: str | None = None,
    money_at_risk: Money | None = None,
    detail: str | None = None,
) -> OpenException:
    """An exception as it is first written; its deadline counts from when the trouble began, not from when we looked."""
    row = playbook(kind, reason, now.date())
    return OpenException(
        subject_kind=subject_kind,  # type: ignore[arg-type]
        subject=subject,
        episode=episode,
        kind=kind,
        severity=severity or row.severity,
        status="open",
        reason=reason,
        meaning=row.meaning,
        to_do=row.to_do,
        action_by=row.action_by,
        deadline=since + timedelta(hours=row.deadline_hours),
        opened_at=now,
        case_id=case_id,
        leg_n=leg_n,
        carrier=carrier,
        number=number,
        money_at_risk=money_at_risk,
        history=(ExceptionNote(now, "goldthread", "opened", detail),),
    )
