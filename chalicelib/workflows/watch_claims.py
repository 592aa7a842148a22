"""A claim whose day comes near: the sweep claims the due time of its watch and has the leg looked at."""

from __future__ import annotations

from datetime import datetime

from chalicelib.workflows.due_again import LAST_TRY, Outbox, wait_after
from chalicelib.workflows.keep_claims import alert_of_stuck, step_of
from chalicelib.workflows.ports import Due, Ports


def look_at(ports: Ports, due: Due, now: datetime, outbox: Outbox) -> bool:
    """Claim it and put its message into the outbox; False when somebody else did, or nothing is due. It is tried on
    however often it fails, because its days stand; at the fifth time a person is told."""
    watch = ports.claims.of_due(due)
    if watch is None:
        return False
    attempts = watch.attempts + 1
    if not ports.due.claim(due, now + wait_after(attempts)):
        return False
    if attempts == LAST_TRY:
        outbox["alerts"].append(alert_of_stuck(watch, now))
    outbox["steps"].append(step_of(watch.case_id, watch.leg_n))
    return True
