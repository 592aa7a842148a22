"""What waits for a digest, and what a digest says of it: all of it counted, the gravest spelled out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from chalicelib.alerts.exceptions import SEVERITIES, Severity
from chalicelib.alerts.told import Alert
from chalicelib.clock import stamp


@dataclass(frozen=True, slots=True)
class Gathered:
    """One change of an exception that is not told alone. ``message_id`` names it for this receiver; ``what`` is a
    sentence in the receiver's language."""

    message_id: str
    exception_id: str
    subject: str
    kind: str
    severity: Severity
    status: str
    change: str
    sequence: int
    occurred_at: datetime
    what: str
    reason: str | None = None
    action_by: str | None = None
    deadline: datetime | None = None

    @property
    def name(self) -> str:
        """Enough of the message id to tell it from all others of its digest."""
        return short_name(self.message_id)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a digest says: ``changes`` told in it of ``exceptions``, how many by severity, the last change of each of
    the gravest, and how many more by kind."""

    changes: int
    exceptions: int
    by_severity: Mapping[str, int]
    first: tuple[Gathered, ...]
    more: Mapping[str, int]


def summary(gathered: Sequence[Gathered], spelled_out: int) -> Summary:
    """Of several changes of one exception the last is spelled out; all are counted."""
    last: dict[str, Gathered] = {}
    for one in sorted(gathered, key=lambda one: (one.occurred_at, one.sequence, one.message_id)):
        last[one.exception_id] = one
    gravest = sorted(last.values(), key=_gravest_first)
    counts = Counter(one.severity for one in gravest)
    more = Counter(one.kind for one in gravest[spelled_out:])
    return Summary(
        changes=len(gathered),
        exceptions=len(gravest),
        by_severity={severity: counts[severity] for severity in SEVERITIES if counts[severity]},
        first=tuple(gravest[:spelled_out]),
        more=dict(sorted(more.items(), key=lambda one: (-one[1], one[0]))),
    )


def _gravest_first(one: Gathered) -> tuple[int, str, str, str]:
    deadline = stamp(one.deadline) if one.deadline else "9999"
    return SEVERITIES.index(one.severity), deadline, stamp(one.occurred_at), one.subject


def short_name(message_id: str) -> str:
    """Sixteen hexadecimal digits of a message id.

    >>> short_name("msg_00112233445566778899aabbccddeeff")
    '0011223344556677'
    """
    return message_id.removeprefix("msg_")[:16]


def message_id_of(alert: Alert, receiver_id: str) -> str:
    """What this alert is called towards this receiver, however often it is told."""
    return _named(f"{alert.message_id}/{receiver_id}")


def digest_id(receiver_id: str, at: datetime, part: int) -> str:
    """What a part of the digest of this receiver at this time is called."""
    return _named(f"digest/{receiver_id}/{stamp(at)}/{part}")


def daily_id(receiver_id: str, day: str) -> str:
    """What the daily digest of a receiver is called."""
    return _named(f"daily/{receiver_id}/{day}")


def case_message_id(receiver_id: str, case_id: str, what: str, sequence: int) -> str:
    """What a step of a case is called towards this receiver."""
    return _named(f"case/{case_id}/{what}/{sequence}/{receiver_id}")


def _named(text: str) -> str:
    return "msg_" + sha256(text.encode()).hexdigest()[:32]
