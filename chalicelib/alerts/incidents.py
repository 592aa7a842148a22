"""An incident: a carrier, or one lane of it, that fails for many at once is one exception and not a hundred.

A *tally* counts the exceptions of one kind at one carrier or lane. It keeps the last dozen by name, so that one that is
told twice is counted once, and it is small, because it is written once for each of them.

>>> rules(date(2026, 11, 22)).said(57)
50
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Literal

from chalicelib.alerts.exceptions import Severity, public_id
from chalicelib.clock import stamp
from chalicelib.errors import RuleFileInvalid
from chalicelib.rulebook import in_force, load

DATASET = "alerts/incidents"
KEPT = 12
KINDS = {"carrier": "carrier_incident", "lane": "lane_incident"}


@dataclass(frozen=True, slots=True)
class Group:
    """How many of a kind within how long are one incident, of a carrier or of a lane of it, and how grave that is."""

    kind: str
    by: Literal["carrier", "lane"]
    count: int
    within: timedelta
    severity: Severity


@dataclass(frozen=True, slots=True)
class Incidents:
    """One vintage of the rules."""

    groups: dict[str, Group]
    say_at: tuple[int, ...]
    quiet: timedelta
    look_after: timedelta
    first_look_after: timedelta

    def said(self, count: int) -> int:
        """The last number up to this one at which an incident is told of anew; 0 below the first."""
        place = bisect_right(self.say_at, count)
        return self.say_at[place - 1] if place else 0


@dataclass(frozen=True, slots=True)
class Member:
    """One of many: the case and the episode of its exception, and when it was counted."""

    case_id: str
    episode: str
    at: datetime

    @property
    def exception_id(self) -> str:
        """The public id of its exception."""
        return public_id("case", self.case_id, self.episode)


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted together: exceptions of this kind at this carrier, or on this lane of it (``FR-CN``)."""

    kind: str
    carrier: str
    lane: str | None = None

    @property
    def subject_kind(self) -> Literal["carrier", "lane"]:
        """What the incident is about."""
        return "lane" if self.lane else "carrier"

    @property
    def subject(self) -> str:
        """The same as the incident's subject."""
        return f"{self.carrier}/{self.lane}" if self.lane else self.carrier


@dataclass(frozen=True, slots=True)
class Tally:
    """The count so far. ``incident`` is the episode of the incident it makes, None while there is none; ``count`` how
    many it has. ``version`` is the one stored, 0 before the first."""

    of: Counted
    members: tuple[Member, ...] = field(default=())
    incident: str | None = None
    count: int = 0
    version: int = 0

    @property
    def incident_id(self) -> str | None:
        """The public id of its incident."""
        return public_id(self.of.subject_kind, self.of.subject, self.incident) if self.incident else None

    @property
    def last_at(self) -> datetime:
        """When the last one came."""
        return max((one.at for one in self.members), default=datetime.min.replace(tzinfo=UTC))

    def holds(self, member: Member) -> bool:
        """Whether this one was counted before."""
        return any((one.case_id, one.episode) == (member.case_id, member.episode) for one in self.members)

    def plus(self, member: Member, group: Group) -> Tally:
        """With one more; the one that makes the number full begins the incident."""
        lately = [one for one in self.members if self.incident or member.at - one.at < group.within]
        members = (*lately, member)[-KEPT:]
        count = self.count + 1 if self.incident else len(members)
        begins = f"{self.of.kind}-{stamp(member.at)}" if count >= group.count else None
        return replace(self, members=members, count=count, incident=self.incident or begins, version=self.version + 1)

    def over(self) -> Tally:
        """Begun anew: what comes now is counted towards another incident."""
        return replace(self, members=(), count=0, incident=None, version=self.version + 1)


def rules(on: date) -> Incidents:
    """The rules of this day; raises ``RuleNotInForce`` before the first vintage."""
    return _read(in_force(DATASET, on).effective)


@cache
def _read(effective: date) -> Incidents:
    said = load(DATASET, effective).rules
    groups = {
        row["kind"]: Group(
            row["kind"], row["by"], row["count"], timedelta(hours=row["within_hours"]), row["severity"]
        )
        for row in said["group"]
    }  # fmt: skip
    if any(one.count > KEPT for one in groups.values()):
        raise RuleFileInvalid(f"{DATASET}/{effective}: a group counts to {KEPT} at most, which is what is kept")
    course = said["course"]
    return Incidents(
        groups,
        tuple(course["say_at"]),
        timedelta(hours=course["quiet_hours"]),
        timedelta(minutes=course["look_minutes"]),
        timedelta(minutes=course["first_look_minutes"]),
    )
