"""What may happen to an exception, each as a pure step: the exception as it stands after, one version on, with one line
more in its history.

``sequence`` is the number of the case log's entry that is written with it; None counts the exception's own changes. A
wait moves the deadline on by its whole length at once, and back by what is left of it when it ends early: so the
deadline is always the one that holds if nothing else happens. What storage costs, when goods count as abandoned and
when a claim runs out is nowhere moved.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from chalicelib.alerts.escalation import rules, timed
from chalicelib.alerts.exceptions import ExceptionNote, OpenException, Severity
from chalicelib.clock import stamp

US = "goldthread"
# Of a longer history the first line and the latest are kept here; the case log keeps all of them, but for the words of
# people. Every change writes all of it, and an item holds 400 KB.
MOST_NOTES, MOST_BYTES = 150, 100_000


def opened(
    fresh: OpenException, now: datetime, *, sequence: int = 1, country: str | None = None, incident: str | None = None
) -> OpenException:
    """An exception as it is first written: graver where its parcel is dear, due when something will change."""
    severity = fresh.severity
    if fresh.subject_kind == "case":
        severity = rules(now.date()).by_worth(severity, fresh.money_at_risk)
    first = replace(fresh.history[0], sequence=sequence)
    known = replace(fresh, severity=severity, country=country, incident_id=incident, history=(first,))
    return timed(known, now)


def raised(
    found: OpenException, severity: Severity, now: datetime, *, sequence: int | None = None, detail: str | None = None
) -> OpenException:
    """Graver than it was. That ends a sleep: whoever put it to rest did so when it was less."""
    awake = _awake(found, now) if found.status == "snoozed" else found
    told = f"{found.severity} -> {severity}" + (f": {detail}" if detail else "")
    return _noted(replace(awake, severity=severity), now, US, "raised", told, sequence)


def updated(found: OpenException, now: datetime, note: str | None, *, sequence: int | None = None) -> OpenException:
    """More is known of it."""
    return _noted(found, now, US, "updated", note, sequence)


def woken(found: OpenException, now: datetime, *, sequence: int | None = None) -> OpenException:
    """Its sleep, or its wait for the customer, is over."""
    why = "the customer has not answered" if found.status == "waiting" else None
    return _noted(_awake(found, now), now, US, "woken", why, sequence)


def joined(found: OpenException, now: datetime, incident_id: str, *, sequence: int | None = None) -> OpenException:
    """It is one of many that make an incident."""
    return _noted(replace(found, incident_id=incident_id), now, US, "joined", None, sequence)


def acknowledged(
    found: OpenException, now: datetime, by: str, note: str | None, *, sequence: int | None = None
) -> OpenException:
    """Somebody has seen it and works on it."""
    return _noted(replace(_awake(found, now), status="acknowledged"), now, by, "acknowledged", note, sequence)


def assigned(
    found: OpenException, now: datetime, by: str, assignee: str, note: str | None, *, sequence: int | None = None
) -> OpenException:
    """It is somebody's to solve. A sleep or a wait goes on."""
    status = "acknowledged" if found.status == "open" else found.status
    told = f"to {assignee}: {note}" if note else f"to {assignee}"
    return _noted(replace(found, assignee=assignee, status=status), now, by, "assigned", told, sequence)


def snoozed(
    found: OpenException, now: datetime, by: str, until: datetime, note: str | None, *, sequence: int | None = None
) -> OpenException:
    """It rests until then; its deadline does not."""
    after = replace(_awake(found, now), status="snoozed", until=until)
    return _noted(after, now, by, "snoozed", until_text(until, note), sequence)


def waiting(
    found: OpenException, now: datetime, by: str, until: datetime, note: str | None, *, sequence: int | None = None
) -> OpenException:
    """The customer must act, until then at the latest: our deadline moves on by as much."""
    after = _moved(replace(_awake(found, now), status="waiting", until=until), until - now)
    return _noted(after, now, by, "waiting", until_text(until, note), sequence)


def resumed(
    found: OpenException, now: datetime, by: str, note: str | None, *, sequence: int | None = None
) -> OpenException:
    """It is worked on again before its sleep or its wait is over."""
    return _noted(replace(_awake(found, now), status="acknowledged"), now, by, "resumed", note, sequence)


def resolved(
    found: OpenException, now: datetime, by: str, note: str | None, *, version: int, sequence: int | None = None
) -> OpenException:
    """Solved: by a person with a note, or by the facts."""
    after = replace(_awake(found, now), status="resolved", resolved_at=now, resolved_by=by)
    return replace(_noted(after, now, by, "resolved", note, sequence), version=version)


def until_text(until: datetime, note: str | None) -> str:
    """What the history says of a sleep or a wait.

    >>> from datetime import UTC
    >>> until_text(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), "the bank is closed")
    'until 2026-11-24T09:00:00Z: the bank is closed'
    """
    return f"until {stamp(until)}: {note}" if note else f"until {stamp(until)}"


def is_spoken(exception: OpenException, note: ExceptionNote) -> bool:
    """Whether anybody is told of this line. Not of trouble that was over before we heard of it, nor of one more of
    many: the incident speaks for them."""
    return note.action != "joined" and not (exception.version == 1 and exception.status == "resolved")


def _awake(found: OpenException, now: datetime) -> OpenException:
    """Open again where it slept or waited; a wait that ends early gives back what is left of it."""
    if found.status == "waiting" and found.until is not None and found.until > now:
        found = _moved(found, now - found.until)
    status = "open" if found.status in ("snoozed", "waiting") else found.status
    return replace(found, status=status, until=None)


def _moved(found: OpenException, by: timedelta) -> OpenException:
    waited = (found.waited_s or 0) + int(by.total_seconds())
    return replace(found, deadline=found.deadline + by if found.deadline else None, waited_s=waited or None)


def _noted(
    after: OpenException, now: datetime, by: str, action: str, note: str | None, sequence: int | None
) -> OpenException:
    last = after.history[-1].sequence if after.history else 0
    line = ExceptionNote(now, by, action, note, sequence if sequence is not None else last + 1)
    history = (*after.history[:1], *_latest(after.history[1:], line), line)
    known: dict[str, Any] = {"history": history, "version": after.version + 1}
    return timed(replace(after, **known), now)


def _latest(lines: tuple[ExceptionNote, ...], line: ExceptionNote) -> tuple[ExceptionNote, ...]:
    """As many of these as fit before a new line."""
    sizes = accumulate(
        (len((one.note or "").encode()) for one in reversed(lines)), initial=len((line.note or "").encode())
    )
    fit = sum(size <= MOST_BYTES for size in sizes) - 1
    most = max(0, min(fit, MOST_NOTES - 2))
    return lines[len(lines) - most :] if most < len(lines) else lines
