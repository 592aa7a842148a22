"""How a receiver of the merchant's is: well, resting after it did not answer, or gone by its own word.

While it rests nothing is sent to it, so that one that hangs holds no worker; when the rest is over one message tries
it and the others wait for what comes of that. A success ends it all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.alerts.deliveries import UNUSABLE, Patience, Verdict
from chalicelib.clock import stamp

Health = Literal["well", "failing", "resting", "gone"]


@dataclass(frozen=True, slots=True)
class ReceiverHealth:
    """``failing_since`` and ``failures`` count what failed without a success between; ``told`` names the episodes
    that a person was told of and that are not over, ``gone_at`` when it answered 410. Version 0 is a receiver that
    never failed."""

    receiver: str
    failing_since: datetime | None = None
    failures: int = 0
    rest_until: datetime | None = None
    gone_at: datetime | None = None
    told: tuple[str, ...] = ()
    last_outcome: str | None = None
    version: int = 0

    @property
    def is_well(self) -> bool:
        """Nothing is known against it, and nothing that a person was told of it is still open."""
        return self.failing_since is None and self.gone_at is None and not self.told

    @property
    def gone_episode(self) -> str | None:
        """The episode of its having gone."""
        return f"gone-{stamp(self.gone_at)}" if self.gone_at else None

    @property
    def failing_episode(self) -> str | None:
        """The episode of its failing."""
        return f"failing-{stamp(self.failing_since)}" if self.failing_since else None

    def state(self, now: datetime) -> Health:
        """In one word.

        >>> ReceiverHealth("crm").state(datetime.fromisoformat("2026-11-22T10:00:00Z"))
        'well'
        """
        if self.gone_at is not None:
            return "gone"
        if self.rests(now):
            return "resting"
        return "well" if self.failing_since is None else "failing"

    def rests(self, now: datetime) -> bool:
        """Whether it is left alone now."""
        return self.rest_until is not None and now < self.rest_until

    @property
    def has_rested(self) -> bool:
        """Whether one message must try it before others go out."""
        return self.rest_until is not None

    def is_to_be_told(self, now: datetime, patience: Patience) -> bool:
        """Whether a person must hear that it fails: at once where a setting is to be mended, else when it has failed
        for long; once."""
        since, long = self.failing_since, timedelta(seconds=patience.told_after_s)
        if since is None or self.failing_episode in self.told:
            return False
        return self.last_outcome in UNUSABLE or now - since >= long


def failed(health: ReceiverHealth, verdict: Verdict, now: datetime, patience: Patience) -> ReceiverHealth:
    """After one more failure. One that was not there rests, twice as long each time, or as long as it asked for; one
    that answered and refused does not: that may be for the message."""
    failures = health.failures + 1
    rest_s = min(patience.rest_longest_s, patience.rest_first_s * 2 ** min(failures - 1, 16))
    until = now + timedelta(seconds=rest_s)
    return replace(
        health,
        failing_since=health.failing_since or now,
        failures=failures,
        rest_until=max(until, verdict.not_before or until) if verdict.rests else None,
        last_outcome=verdict.outcome,
        version=health.version + 1,
    )


def probed(health: ReceiverHealth, now: datetime, patience: Patience) -> ReceiverHealth:
    """While one message tries it: the others wait."""
    return replace(health, rest_until=now + timedelta(seconds=patience.probe_s), version=health.version + 1)


def gone(health: ReceiverHealth, now: datetime) -> ReceiverHealth:
    """After a 410: nothing is sent to it until a person enables it again."""
    return replace(health, gone_at=now, last_outcome="410", version=health.version + 1)


def well_again(health: ReceiverHealth) -> ReceiverHealth:
    """After a success, or as a person has enabled it."""
    return ReceiverHealth(health.receiver, version=health.version + 1)


def told_of(health: ReceiverHealth, episode: str) -> ReceiverHealth:
    """After a person was told of this episode."""
    return replace(health, told=(*health.told, episode), version=health.version + 1)
