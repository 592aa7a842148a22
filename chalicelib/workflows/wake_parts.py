"""A part of a case that asked to be looked at: the sweep claims its due time and has its story look."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.workflows.alert_words import opening
from chalicelib.workflows.due_again import LAST_TRY, Outbox, wait_after
from chalicelib.workflows.ports import Due, DuePart, Ports

# Money is looked after by the one worker that can move it.
QUEUE_BY_KIND = {"SETTLEMENT": "payments", "EVIDENCE": "evidence"}


def look_at(ports: Ports, due: Due, now: datetime, outbox: Outbox) -> bool:
    """Claim it and put its message into the outbox; False when somebody else did, or nothing is due. It is tried on
    however often it fails; at the fifth time a person is told."""
    part = ports.due.part_of(due)
    if part is None:
        return False
    attempts = part.attempts + 1
    if not ports.due.claim(due, now + wait_after(attempts)):
        return False
    if attempts == LAST_TRY:
        outbox["alerts"].append(alert_of_stuck(part, now))
    outbox[QUEUE_BY_KIND.get(part.kind, "steps")].append(step_of(part.case_id, part.kind, part.part_id))
    return True


def step_of(case_id: str, kind: str, part_id: str) -> dict[str, Any]:
    """The message that has a part looked at."""
    return {"kind": "part_due", "case_id": case_id, "leg": "-", "part": kind, "part_id": part_id}


def alert_of_stuck(part: DuePart, now: datetime) -> dict[str, Any]:
    """Five times a part could not be looked at: somebody must see why."""
    kind = part.kind.lower()
    detail = f"{kind} {part.part_id} could not be looked at five times"
    episode = f"part-{part.kind}-{part.part_id}-stuck"
    return opening(part.case_id, "part_stuck", episode, now, reason=kind, detail=detail)
