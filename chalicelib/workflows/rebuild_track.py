"""A track made anew from nothing but what its carrier sent: the raw bodies, read and applied in the order they came.

State is a function of the set of events, so the same bodies must give the same state; a difference means that a reader
has changed since, that a body is missing, or that something wrote what no carrier said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.carriers.registry import carrier_of, read_tracking
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import Event
from chalicelib.shipments.fold import fold
from chalicelib.shipments.leg import Track
from chalicelib.shipments.tracking_step import apply, chosen


@dataclass(frozen=True, slots=True)
class RawBody:
    """What a carrier sent, from where (a reader's name) and when it came."""

    digest: str
    source: str
    received_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A track as its bodies tell it beside the track as it is kept. ``used`` are the digests of the bodies that spoke
    of it, ``unreadable`` those that no reader understood."""

    track: Track
    kept: Track
    used: tuple[str, ...]
    unreadable: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether history and state are the ones that are kept."""
        return self.track.events == self.kept.events and self.track.state == self.kept.state

    @property
    def only_rebuilt(self) -> tuple[Event, ...]:
        """Events that the bodies tell and the kept track has not."""
        return _without(self.track.events, self.kept.events)

    @property
    def only_kept(self) -> tuple[Event, ...]:
        """Events that the kept track has and no body tells."""
        return _without(self.kept.events, self.track.events)

    @property
    def repaired(self) -> Track:
        """The kept track with the rebuilt history and state, as the next version to be written; it owes nothing."""
        return replace(
            self.kept, events=self.track.events, state=self.track.state, eta=self.track.eta,
            problems=self.track.problems, weights_g=self.track.weights_g, version=self.kept.version + 1,
        )  # fmt: skip


def as_made(kept: Track) -> Track:
    """The track as it was before any carrier spoke of it."""
    nothing = fold((), kept.facts)
    return replace(
        kept, events=(), state=nothing, eta=None, unique_id=None, effects=(), concerns=(), problems=(),
        webhook_seen_at=None, last_polled_at=None, unheard_since=None, weights_g=(), version=1,
    )  # fmt: skip


def rebuilt(kept: Track, bodies: Iterable[RawBody], said: Callable[[RawBody], None] = lambda _body: None) -> Rebuilt:
    """Read every body of this track's carrier again; ``said`` hears of each one that speaks of it."""
    track, used, unreadable = as_made(kept), [], []
    for body in sorted(bodies, key=lambda one: (one.received_at, one.digest)):
        if carrier_of(body.source) != kept.carrier:
            continue
        try:
            reading = read_tracking(body.source, body.body, body.received_at)
        except CarrierUnreadable:
            unreadable.append(body.digest)
            continue
        under_it = [tracking for tracking in reading.trackings if tracking.number == kept.number]
        for tracking in under_it:
            others = [one for one in under_it if one is not tracking]
            if chosen([track], tracking, others) is not None:
                track = apply(track, tracking, body.received_at, body.source) or track
        if under_it:
            used.append(body.digest)
            said(body)
    return Rebuilt(track, kept, tuple(used), tuple(unreadable))


def _without(events: Iterable[Event], known: Iterable[Event]) -> tuple[Event, ...]:
    ids = {event.id for event in known}
    return tuple(event for event in events if event.id not in ids)
