"""What a case has told its customer, and whether the customer wants to be told: small, because every notice writes it.

An entry is named by its moment and, where a moment comes more than once, by its episode: ``held/5f0c...`` is one
hold. It is claimed before the mail is sent and ended after it. Other moments that the same mail told stand in
``covers``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, cast

from chalicelib.notices.facts import Moment

Status = Literal["claimed", "sent", "failed", "erased"]
# No worker lives longer than this: a claim older than that is nobody's any more.
LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Entry:
    """One notice. ``at`` is when it was claimed or ended; ``why`` says what kept it from being sent."""

    key: str
    status: Status
    at: datetime
    covers: tuple[str, ...] = ()
    language: str | None = None
    why: str | None = None

    @property
    def moment(self) -> Moment:
        """Of which moment it tells."""
        return cast("Moment", self.key.partition("/")[0])

    @property
    def episode(self) -> str:
        """Which of several such moments; empty where there is one."""
        return self.key.partition("/")[2]

    @property
    def names(self) -> frozenset[str]:
        """Every moment that its mail told."""
        return frozenset({self.key, *self.covers})

    def is_left(self, now: datetime) -> bool:
        """Whether it was claimed and never ended, by somebody who must be dead by now."""
        return self.status == "claimed" and now >= self.at + LEASE


@dataclass(frozen=True, slots=True)
class Register:
    """All notices of one case. ``version`` is the one that was read; 0: nothing is written yet.

    ``opted_out_at`` is when the customer asked for no more notices, ``wanted_since`` when they asked for them again:
    what happened in between they did not want to know.
    """

    entries: tuple[Entry, ...] = ()
    opted_out_at: datetime | None = None
    wanted_since: datetime | None = None
    version: int = 0

    @property
    def chosen_at(self) -> datetime | None:
        """When the customer last chose, either way; None: never."""
        return self.opted_out_at or self.wanted_since

    def wants(self, at: datetime) -> bool:
        """Whether the customer wants to be told of what happened then.

        >>> from datetime import UTC
        >>> Register(opted_out_at=datetime(2026, 11, 22, tzinfo=UTC)).wants(datetime(2026, 11, 21, tzinfo=UTC))
        False
        """
        return self.opted_out_at is None and (self.wanted_since is None or at >= self.wanted_since)

    def entry(self, key: str) -> Entry | None:
        """The notice of this name; None: there is none."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def told(self, names: frozenset[str]) -> Entry | None:
        """The notice that told of a moment by any of its names."""
        return next((entry for entry in self.entries if entry.names & names), None)

    def with_entry(self, entry: Entry) -> Register:
        """The next version, with this notice in the place of the one of its name. A claim that nobody ended and that
        this notice tells too is dropped: it would be sent a second time."""
        kept = tuple(one for one in self.entries if one.key != entry.key and not _is_taken_over(one, entry))
        return replace(self, entries=(*kept, entry), version=self.version + 1)

    def chosen(self, now: datetime, *, opted_out: bool) -> Register:
        """The next version, after the customer chose."""
        out, since = (now, None) if opted_out else (None, now)
        return replace(self, opted_out_at=out, wanted_since=since, version=self.version + 1)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


def _is_taken_over(one: Entry, by: Entry) -> bool:
    return one.status == "claimed" and one.key in by.covers


def message_id(case_id: str, key: str) -> str:
    """The name of a mail, the same however often it is sent; it tells nothing of the case to who reads it.

    >>> message_id("c1", "held/ab") == message_id("c1", "held/ab") != message_id("c1", "held/cd")
    True
    """
    return sha256(f"{case_id}|{key}".encode()).hexdigest()[:32]
