"""What is owed to whom because a track changed: the case's next stage, and word to the people who work on it.

Every row of ``TELLS`` is one kind of change; the effects are named so that a second sending is known.
A trouble that was announced is kept in ``Track.concerns`` as ``kind|episode`` and closed under that name,
even when an older scan that arrives later shows that it began before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.clock import stamp
from chalicelib.shipments.changes import Change, ChangeKind
from chalicelib.shipments.events import Milestone
from chalicelib.shipments.fold import Episode
from chalicelib.shipments.leg import Effect, Track
from chalicelib.shipments.watch import Concern

Told = dict[str, str]

OUTCOMES: dict[Milestone, str] = {
    "returning": "going_back", "returned": "going_back", "lost": "failed", "destroyed": "failed",
    "seized": "failed", "partially_delivered": "partially_delivered", "cancelled": "cancelled_by_carrier",
}  # fmt: skip


# What ends a way out before the customer has it. Home, people alone work on these: the case waits where it stands.
ENDS_A_WAY_OUT: dict[Milestone | None, str] = {
    "returned": "came_back", "lost": "lost", "destroyed": "lost", "seized": "lost",
}  # fmt: skip


def owed(track: Track, found: Iterable[Change]) -> tuple[tuple[Effect, ...], tuple[str, ...]]:
    """The effects of these changes on this track, and the troubles announced and not closed after them."""
    told: Told = dict(line.split("|", 1) for line in track.concerns)
    effects = [effect for change in found for effect in TELLS[change.kind](track, change, told)]
    return tuple(effects), tuple(sorted(f"{kind}|{episode}" for kind, episode in told.items()))


def closed_concerns(track: Track, before: Iterable[Concern], after: Iterable[Concern]) -> Iterator[Effect]:
    """What the watch rules had noticed and news has put right."""
    still = {concern.episode for concern in after}
    for concern in before:
        if concern.episode not in still:
            yield _alert(track, "close", concern.kind, concern.episode, since=concern.since)


def problem_effect(
    track: Track,
    kind: str,
    anchor: str,
    since: datetime,
    detail: str,
    *,
    severity: str | None = None,
    reason: str | None = None,
) -> Effect:
    """A person is told of something about this track that no later news puts right: what could not be kept or believed,
    or a sign that the parcel was opened."""
    return _alert(track, "open", kind, f"{kind}-{anchor}", since=since, detail=detail, severity=severity, reason=reason)


def new_code_effect(track: Track, code: str, now: datetime) -> Effect:
    """A person is told of a code that no table of ours has: named for the carrier and the day, so that any number of
    parcels tell of it once a day.
    """
    episode = f"code-{code}-{now.date().isoformat()}"
    body: dict[str, Any] = {
        "action": "open",
        "subject_kind": "carrier",
        "subject": track.carrier,
        "carrier": track.carrier,
        "number": track.number,
        "kind": "new_code",
        "episode": episode,
        "since": stamp(now),
        "detail": f"the code is {code}",
    }
    return Effect(f"{_name(track)}/open/{episode}", "alerts", body)


def alert_kind(episode: Episode) -> str | None:
    """Under which kind a trouble is announced; None for a delay (the promise is watched) and for what its
    milestone announces (lost, going back).
    """
    if episode.condition == "held":
        return "customs_hold" if episode.ground in ("export", "import") else "hold"
    if episode.condition == "action_required":
        return "action_required"
    if episode.condition != "failed" or episode.ground == "over":
        return None
    if episode.ground == "before_pickup":
        return "pickup_failed"
    return "delivery_failed" if episode.milestone == "delivery_attempted" else "failed"


def _stage(track: Track, change: Change, told: Told) -> Iterator[Effect]:
    yield _step(track, change, change.kind)
    if change.kind == "arrived":
        yield from _close(track, "delivery_withdrawn", change, told)


def _step(track: Track, change: Change, news: str) -> Effect:
    """The case is told. A leg out says that it is one: what it reached is not how far the return is."""
    body = {
        "kind": "advance_case",
        "case_id": track.case_id,
        "leg": track.leg_n,
        "change": news,
        "milestone": change.milestone,
        "at": stamp(change.at),
    }
    if track.direction == "out":
        body["direction"] = "out"
    return Effect(f"{_name(track)}/{change.name}", "steps", body)


def _withdrawn(track: Track, change: Change, told: Told) -> Iterator[Effect]:
    yield _open(track, "delivery_withdrawn", change, told)
    if track.direction == "out":
        yield _step(track, change, "delivery_withdrawn")


def _reached(track: Track, change: Change, told: Told) -> Iterator[Effect]:
    kind = OUTCOMES.get(change.milestone) if change.milestone else None
    if track.direction == "out" and change.milestone in ENDS_A_WAY_OUT:
        yield _step(track, change, ENDS_A_WAY_OUT[change.milestone])
    if kind is not None and kind not in told:
        # Lost, destroyed and seized are worked on by different people.
        yield _open(track, kind, replace(change, reason=change.milestone) if kind == "failed" else change, told)


def _left(track: Track, change: Change, told: Told) -> Iterator[Effect]:
    """The outcome that was announced is none after all; what has come back stays with the people until they
    close it.
    """
    now_at = track.state.milestone
    kind = OUTCOMES.get(change.milestone) if change.milestone else None
    if kind is not None and (now_at is None or OUTCOMES.get(now_at) != kind):
        yield from _close(track, kind, change, told)


def _trouble_opened(track: Track, change: Change, told: Told) -> Iterator[Effect]:
    kind = alert_kind(change.episode) if change.episode else None
    if kind is not None:
        yield _open(track, kind, change, told)


def _trouble_changed(track: Track, change: Change, told: Told) -> Iterator[Effect]:
    kind = alert_kind(change.episode) if change.episode else None
    if kind is not None:
        yield _told_of(track, "update", kind, told.get(kind, f"{kind}-{change.anchor}"), change)


def _trouble_closed(track: Track, change: Change, told: Told) -> Iterator[Effect]:
    kind = alert_kind(change.episode) if change.episode else None
    if kind is not None:
        yield from _close(track, kind, change, told)


def _trouble_passed(track: Track, change: Change, _told: Told) -> Iterator[Effect]:
    """A hold that was over before we heard of it is on the record, already closed."""
    if change.episode is not None and change.episode.condition == "held":
        kind = alert_kind(change.episode) or "hold"
        yield _told_of(track, "close", kind, f"{kind}-{change.anchor}", change)


TELLS: dict[ChangeKind, Callable[[Track, Change, Told], Iterator[Effect]]] = {
    "moving": _stage,
    "arrived": _stage,
    "delivery_withdrawn": _withdrawn,
    "milestone_left": _left,
    "milestone_reached": _reached,
    "trouble_opened": _trouble_opened,
    "trouble_changed": _trouble_changed,
    "trouble_closed": _trouble_closed,
    "trouble_passed": _trouble_passed,
}


def _open(track: Track, kind: str, change: Change, told: Told) -> Effect:
    told[kind] = f"{kind}-{change.anchor}"
    return _told_of(track, "open", kind, told[kind], change)


def _close(track: Track, kind: str, change: Change, told: Told) -> Iterator[Effect]:
    episode = told.pop(kind, None)
    if episode is not None:
        yield _told_of(track, "close", kind, episode, change)


def _told_of(track: Track, action: str, kind: str, episode: str, change: Change) -> Effect:
    since = change.episode.since if change.episode else change.at
    return _alert(track, action, kind, episode, since=since, reason=change.reason, action_by=change.action_by)


def _alert(track: Track, action: str, kind: str, episode: str, *, since: datetime, **facts: str | None) -> Effect:
    body: dict[str, Any] = {
        "action": action,
        "subject_kind": "case",
        "subject": track.case_id,
        "leg": track.leg_n,
        "carrier": track.carrier,
        "number": track.number,
        "kind": kind,
        "episode": episode,
        "since": stamp(since),
    }
    body |= {name: fact for name, fact in facts.items() if fact is not None}
    if track.value is not None and action != "close":
        body["money_at_risk"] = track.value.as_json()
    told = f"{episode}/{facts['reason']}" if action == "update" else episode
    return Effect(f"{_name(track)}/{action}/{told}", "alerts", body)


def _name(track: Track) -> str:
    return f"{track.case_id}/{track.leg_n}"
