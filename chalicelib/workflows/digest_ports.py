"""What digests need of the table: what has waited for a receiver, told together at its time, and how much it was told
in this minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.alerts.gathered import Gathered

if TYPE_CHECKING:
    from chalicelib.workflows.ports import Due


@dataclass(frozen=True, slots=True)
class Slot:
    """The digest of one receiver at one time. ``at`` names it; ``due_at`` is when it is looked at next, None when
    nothing waits. ``done`` parts of it were sent; ``rung`` counts who came after it was looked at."""

    receiver: str
    at: datetime
    due_at: datetime | None
    is_looked_at: bool = False
    done: int = 0
    rung: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class SlotFile:
    """All that was gathered for a slot, and what each part of its digest holds, by name."""

    gathered: tuple[Gathered, ...]
    parts: tuple[frozenset[str], ...]


class Digests(Protocol):
    """What waits for receivers. ``at`` is when it is told, and with the receiver the name of its digest."""

    def gather(self, receiver: str, at: datetime, one: Gathered, now: datetime) -> None:
        """Keep it until then, once, and see that somebody looks; where the digest of that time was made already, that
        it is made again of what it lacks. Raises ``StaleVersion`` when others will not let it."""

    def admit(self, receiver: str, window: str, until: datetime, message_id: str, most: int) -> bool:
        """Whether this message is among the first so many of its window, which is over at ``until``: always the same
        answer for the same message. Raises ``StaleVersion`` when others will not let it."""

    def of_due(self, due: Due) -> Slot | None:
        """The slot of this due time; None when it is gone or no longer due then."""

    def begin(self, receiver: str, at: datetime) -> Slot | None:
        """Take up a slot: who gathers for it from now on rings. None when nothing waits. Raises ``StaleVersion``."""

    def file(self, receiver: str, at: datetime) -> SlotFile:
        """Everything of a slot, read consistently."""

    def plan(self, receiver: str, at: datetime, part: int, names: Sequence[str]) -> frozenset[str]:
        """Settle for good what this part of a digest holds: what is given, or what somebody settled before."""

    def close(self, slot: Slot, done: int) -> bool:
        """Nothing waits any more, ``done`` parts are sent; False when somebody rang meanwhile: it stays due."""

    def daily_of(self, receiver: str) -> date | None:
        """The last day whose daily digest was sent to this receiver."""

    def daily_sent(self, receiver: str, day: date) -> None:
        """The daily digest of this day was sent; an earlier day than the one that is kept changes nothing."""
