"""An exception that asked to be looked at again: its sleep or its wait is over, its severity rises with time, an
incident is to be looked at. The sweep claims it and sends it; the alerts worker does what is due."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts.changes import US, raised, woken
from chalicelib.alerts.escalation import risen, timed
from chalicelib.alerts.exceptions import OpenException, is_graver
from chalicelib.workflows import incidents
from chalicelib.workflows.keep_exceptions import Kept, change, found_by
from chalicelib.workflows.ports import Due, Ports

Outbox = MutableMapping[str, list[dict[str, Any]]]
RETRY = timedelta(minutes=15)
# What a wake may have written before its worker died; "resolved" is an incident that was over.
BY_TIME = frozenset({"woken", "raised", "updated", "resolved"})
# A sleep ends, and then a severity rises step by step: more than that time cannot do at once.
MOST_STEPS = 4


def look_at(ports: Ports, due: Due, now: datetime, outbox: Outbox) -> bool:
    """Claim it and put its message into the outbox; False when somebody else did, or nothing is due."""
    found = ports.exceptions.of_due(due)
    if found is None or not ports.due.claim(due, now + RETRY):
        return False
    outbox["alerts"].append({"action": "wake", "exception_id": found.exception_id})
    return True


def take_wake(ports: Ports, exception_id: str, now: datetime) -> Iterator[Kept]:
    """Do what time has made due; each change with the lines to be told. One that was done before is told again."""
    found = found_by(ports, exception_id)
    if found.members is not None and found.status != "resolved":
        incidents.look(ports, found, now)
    for n in range(MOST_STEPS):
        kept = change(ports, exception_id, lambda one, sequence: _step(one, now, sequence), now)
        if kept.sequence is None:
            if n == 0 and (last := kept.exception.history[-1]).by == US and last.action in BY_TIME:
                yield Kept(kept.exception, last.sequence)
            break
        yield kept
    _put_to_rest(ports, kept.exception, now)


def _step(found: OpenException, now: datetime, sequence: int | None) -> OpenException | None:
    if found.status == "resolved":
        return None
    if found.until is not None and found.until <= now:
        return woken(found, now, sequence=sequence)
    severity = risen(found, now)
    return raised(found, severity, now, sequence=sequence) if is_graver(severity, found.severity) else None


def _put_to_rest(ports: Ports, found: OpenException, now: datetime) -> None:
    """The claim moved the due time; what was looked at and left as it is gets its own back."""
    due = timed(found, now).due_at
    if due != found.due_at:
        ports.exceptions.rest(replace(found, due_at=due))
