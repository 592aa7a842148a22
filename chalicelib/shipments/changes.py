"""What changed between two states, in the words of the trade.

A change is told from what is true before and after, never from the event that happened to arrive: a late
telling of old news changes nothing, and the same step taken again gives the same changes under the same
names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.shipments.events import Milestone, Party
from chalicelib.shipments.fold import Episode, State

ChangeKind = Literal[
    "moving", "arrived", "delivery_withdrawn", "milestone_reached", "milestone_left",
    "trouble_opened", "trouble_changed", "trouble_closed", "trouble_passed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is now so and was not.

    ``anchor`` is the event that makes it so: with the kind and the leg it names the change for good.
    ``episode`` is set for troubles.
    """

    kind: ChangeKind
    anchor: str
    at: datetime
    milestone: Milestone | None
    episode: Episode | None = None
    reason: str | None = None
    responsible: Party | None = None
    action_by: Party | None = None

    @property
    def name(self) -> str:
        """Stable for the leg: the same change found again has the same name."""
        told = f"{self.kind}/{self.anchor}"
        return f"{told}/{self.reason}" if self.kind == "trouble_changed" else told


def changes(before: State | None, after: State) -> tuple[Change, ...]:
    """Every change from ``before`` (None: nothing was known) to ``after``: how far it is, then how it is."""
    return (*_travelled(before or State(), after), *_fared(before or State(), after))


def _travelled(before: State, after: State) -> Iterator[Change]:
    if before.moving_since is None and after.moving_since is not None:
        yield Change("moving", "first", after.moving_since, after.milestone)
    anchor, at = after.milestone_id, after.milestone_at
    if before.milestone == after.milestone or anchor is None or at is None:
        return
    if before.milestone is not None:
        yield Change("milestone_left", before.milestone_id or "none", at, before.milestone)
    if before.delivered_at is not None and after.delivered_at is None and after.goes_back_to is None:
        yield Change("delivery_withdrawn", anchor, at, after.milestone)
    kind: ChangeKind = "arrived" if after.milestone == "delivered" else "milestone_reached"
    yield Change(kind, anchor, at, after.milestone)


def _fared(before: State, after: State) -> Iterator[Change]:
    """Troubles are told by their episodes: hold, release and hold again are two even when told at once."""
    told: set[str] = set()
    for episode in after.episodes:
        earlier = next((one for one in before.episodes if one.id in episode.scans), None)
        if earlier is not None:
            told.add(earlier.id)
        yield from _turned(earlier, episode, after)
    for gone in before.episodes:
        if gone.until is None and gone.id not in told:
            yield _of(gone, "trouble_closed", gone.since, after)


def _turned(earlier: Episode | None, episode: Episode, after: State) -> Iterator[Change]:
    was_open = earlier is not None and earlier.until is None
    if episode.until is None and not was_open:
        yield _of(episode, "trouble_opened", episode.since, after)
    elif episode.until is None and earlier is not None:
        if (episode.reason, episode.action_by) != (earlier.reason, earlier.action_by):
            yield _of(episode, "trouble_changed", episode.since, after)
    elif episode.until is not None and was_open:
        yield _of(episode, "trouble_closed", episode.until, after)
    elif episode.until is not None and earlier is None:
        yield _of(episode, "trouble_passed", episode.until, after)


def _of(episode: Episode, kind: ChangeKind, at: datetime, after: State) -> Change:
    return Change(
        kind=kind,
        anchor=episode.id,
        at=at,
        milestone=after.milestone,
        episode=episode,
        reason=episode.reason,
        responsible=episode.responsible,
        action_by=episode.action_by,
    )
