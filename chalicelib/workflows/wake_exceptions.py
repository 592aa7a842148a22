"""An exception that asked to be looked at again: its sleep or its wait is over, its severity rises with time, an
incident is to be looked at. The sweep claims it and sends it; the alerts worker does what is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.alerts.changes import US, raised, woken
from chalicelib.alerts.escalation import risen, timed
from chalicelib.alerts.exceptions import OpenException, is_graver
from chalicelib.workflows import incidents
from chalicelib.workflows.due_again import RETRY, Outbox
from chalicelib.workflows.keep_exceptions import Kept, change, found_by
from chalicelib.workflows.ports import Due, Ports

# What a wake may have written before its worker died; "resolved" is an incident that was over.
BY_TIME = frozenset({"woken", "raised", "updated", "resolved"})
# A sleep ends, and then a severity rises step by step: more than that time cannot do at once.
MOST_STEPS = 4
# A message is received five times before it is buried, each time six of its worker's lives later.
COMES_AGAIN_WITHIN = timedelta(hours=1)


def look_at(ports: Ports, due: Due, now: datetime, outbox: Outbox) -> bool:
    """Claim it and put its message into the outbox; False when somebody else did, or nothing is due."""
    found = ports.exceptions.of_due(due)
    if found is None or not ports.due.claim(due, now + RETRY):
        return False
    outbox["alerts"].append({"action": "wake", "exception_id": found.exception_id})
    return True


def take_wake(ports: Ports, exception_id: str, now: datetime) -> Iterator[Kept]:
    """Do what time has made due; each change with the lines to be told. What was done lately is told again."""
    found = found_by(ports, exception_id)
    yield from _perhaps_untold(found, now)
    if found.members is not None and found.status != "resolved":
        incidents.look(ports, found, now)
    for _ in range(MOST_STEPS):
        kept = change(ports, exception_id, lambda one, sequence: _step(one, now, sequence), now)
        if kept.sequence is None:
            break
        yield kept
    _put_to_rest(ports, kept.exception, now)


def _perhaps_untold(found: OpenException, now: datetime) -> Iterator[Kept]:
    """What a worker that died may have written and told nobody of: the last line, and those that are no older than its
    message can be; something else may have been written since."""
    for line in found.history:
        is_late = line is found.history[-1] or now - line.at <= COMES_AGAIN_WITHIN
        if line.by == US and line.action in BY_TIME and is_late:
            yield Kept(found, line.sequence)


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
