"""An exception: an open concern that a person works on, one per episode.

Its public id encodes the keys it lives under, so that one read finds it. ``subject`` is the case when there is one,
else the carrier number (``fedex/794...``), the carrier, a lane of it (``fedex/FR-CN``), or the rule (a dataset, a
publisher of rates).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from chalicelib.errors import NotFoundError
from chalicelib.money import Money

Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
Status = Literal["open", "acknowledged", "snoozed", "waiting", "resolved"]
UNRESOLVED: tuple[Status, ...] = get_args(Status)[:-1]
SubjectKind = Literal["case", "number", "carrier", "lane", "rule", "receiver"]


@dataclass(frozen=True, slots=True)
class ExceptionNote:
    """One line of an exception's history: who did what, when. ``sequence`` is the number of the case log's entry that
    says the same; without a case it counts this exception's own changes."""

    at: datetime
    by: str
    action: str
    note: str | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class OpenException:
    """What is wrong, what it means, what to do, who must act and by when.

    ``status``: open, acknowledged (somebody has seen it), snoozed (until then it rests), waiting (for the customer,
    until then at the latest: ``deadline`` is moved on by the wait, ``waited_s`` seconds in all), resolved. ``country``
    is the customer's; ``since`` is when the trouble itself began, None of one that was written before that was kept.
    ``due_at`` is when it is to be looked at again; None: nothing would change by itself. ``incident_id`` is the
    incident it belongs to; ``members`` is set for an incident alone: how many it had when that was last told.
    """

    subject_kind: SubjectKind
    subject: str
    episode: str
    kind: str
    severity: Severity
    status: Status
    reason: str | None
    meaning: str
    to_do: tuple[str, ...]
    action_by: str
    deadline: datetime | None
    opened_at: datetime
    case_id: str | None = None
    leg_n: int | None = None
    carrier: str | None = None
    number: str | None = None
    money_at_risk: Money | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    history: tuple[ExceptionNote, ...] = ()
    version: int = 1
    country: str | None = None
    assignee: str | None = None
    until: datetime | None = None
    waited_s: int | None = None
    incident_id: str | None = None
    members: int | None = None
    due_at: datetime | None = None
    since: datetime | None = None

    @property
    def exception_id(self) -> str:
        """The public id.

        >>> subject_and_episode(public_id("carrier", "fedex", "code-A|B-2026-11-22"))
        ('carrier', 'fedex', 'code-A|B-2026-11-22')
        """
        return public_id(self.subject_kind, self.subject, self.episode)


def is_graver(one: Severity, other: Severity) -> bool:
    """Whether one is graver than the other.

    >>> is_graver("critical", "high"), is_graver("low", "low")
    (True, False)
    """
    return SEVERITIES.index(one) < SEVERITIES.index(other)


def public_id(subject_kind: str, subject: str, episode: str) -> str:
    """URL-safe text that encodes both keys."""
    return base64.urlsafe_b64encode(f"{subject_kind}|{subject}|{episode}".encode()).decode().rstrip("=")


def subject_and_episode(exception_id: str) -> tuple[str, str, str]:
    """Read a public id; raises ``NotFoundError`` for text that is none."""
    try:
        raw = base64.b64decode(exception_id + "=" * (-len(exception_id) % 4), altchars=b"-_", validate=True)
        kind, subject, episode = raw.decode().split("|", 2)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise NotFoundError("no exception has this id") from None
    return kind, subject, episode
