"""What nobody told us: the parcel that is not scanned, not collected, late, silent, or held too long.

A rule is a row of ``RULES``: a name and a small function that says since when its clock runs on a track, or
None. How long it may run, by carrier, is data (``rules/watch``). Nothing here is remembered: the same track
at the same moment always gives the same concerns, each with an episode by which a second telling is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from chalicelib.clock import stamp
from chalicelib.shipments.leg import Track
from chalicelib.shipments.thresholds import Polling, Threshold, Thresholds, thresholds

_AT_CUSTOMS = ("export_customs", "import_customs")
# What is true of a parcel only if nothing happened to it: not to be said while its carrier cannot be asked.
UNHEARD = frozenset({"no_first_scan", "pickup_missed", "promise_passed", "silence"})
ASKED_BEFORE = timedelta(minutes=90)
# A scanner's clock may be ahead of ours: a scan so little later than the push that told it came with that push.
CLOCKS_DIFFER = timedelta(minutes=5)
_NEVER = datetime.max.replace(tzinfo=UTC)
_NEAR_DOOR = ("out_for_delivery", "delivery_attempted", "ready_for_collection")


@dataclass(frozen=True, slots=True)
class Concern:
    """Something a rule noticed.

    ``since`` is when its clock began, ``risen_at`` when that had run too long, ``deadline`` when it is
    critical. One that has become critical is a new episode, so that it is told again.
    """

    kind: str
    episode: str
    severity: Literal["critical", "high", "medium", "low"]
    since: datetime
    deadline: datetime
    risen_at: datetime


@dataclass(frozen=True, slots=True)
class Running:
    """A rule's clock that runs: since when, and what names this run."""

    since: datetime
    anchor: str


def watch(track: Track, now: datetime) -> tuple[Concern, ...]:
    """Every concern about this track at this moment; none once it is at rest."""
    rules = thresholds(now.date())
    return tuple(concern for kind, running, row in _clocks(track, rules) for concern in _risen(kind, running, row, now))


def next_due(track: Track, now: datetime) -> datetime | None:
    """When this track must be looked at again: the next poll or the next threshold, whichever is first.

    None when it is at rest and has settled. Always after ``now``.
    """
    rules = thresholds(now.date())
    asked = track.poll_after
    poll = asked if asked is not None and asked > now else next_poll(track, now)
    ends = (end for _, running, row in _clocks(track, rules) for end in _ends(running, row))
    return min((at for at in (poll, *ends) if at is not None and at > now), default=None)


def untold(track: Track, now: datetime) -> tuple[Concern, ...]:
    """The concerns that no sweep has told of yet: a sweep that looks moves the due time past them."""
    return tuple(one for one in watch(track, now) if track.due_at is None or track.due_at <= one.risen_at)


def held_back(track: Track, concern: Concern) -> bool:
    """Whether this concern came true while the carrier could not be asked, and so was told to nobody."""
    since = track.unheard_since
    return since is not None and concern.kind in UNHEARD and concern.risen_at >= since


def next_poll(track: Track, now: datetime) -> datetime | None:
    """When to ask the carrier again, counted from now: by how the parcel is, less often the longer nothing
    was heard and while its webhook speaks, more often when that has fallen silent. None when it is at rest
    and has settled.
    """
    rules = thresholds(now.date())
    if _settled(track, now, rules):
        return None
    last = _last_look(track, rules)
    if last is not None:
        return last
    minutes = _by_state(track, rules.polling) * _quiet_percent(track, now, rules.polling) // 100
    if not track.state.at_rest and track.webhook_seen_at is not None:
        healthy = _is_healthy(track, now, rules)
        minutes = minutes * _slower(track, rules.polling) if healthy else minutes // rules.polling.webhook_silent_faster
    least = timedelta(minutes=rules.least_minutes(track.carrier))
    wait = min(max(timedelta(minutes=minutes), least), timedelta(minutes=rules.polling.most_minutes))
    return min(now + wait, _before_an_alarm(track, now + least, rules))


def _before_an_alarm(track: Track, earliest: datetime, rules: Thresholds) -> datetime:
    """A clock that counts silence must not ring before the carrier was asked: a push that got lost is no lost
    parcel."""
    ends = (row.warn.end(running.since) for kind, running, row in _clocks(track, rules) if kind in UNHEARD)
    return min((end - ASKED_BEFORE for end in ends if end - ASKED_BEFORE >= earliest), default=_NEVER)


def _no_first_scan(track: Track) -> Running | None:
    """Nobody can scan a parcel before its courier comes: until the booked window is over nothing is missing."""
    if track.state.moving_since is not None:
        return None
    return Running(max(track.created_at, track.pickup_until or track.created_at), "first")


def _pickup_missed(track: Track) -> Running | None:
    if track.pickup_until is None or track.state.moving_since is not None:
        return None
    return Running(track.pickup_until, stamp(track.pickup_until))


def _promise_passed(track: Track) -> Running | None:
    if track.eta is None or track.state.goes_back_to is not None:
        return None
    return Running(track.eta, stamp(track.eta))


def _silence_of(track: Track) -> Running | None:
    """Only scans that prove the parcel was somewhere break a silence; a hold has its own clock."""
    state = track.state
    if state.last_scan_at is None or state.last_scan_id is None or state.hold_episode is not None:
        return None
    well_since = state.since if state.condition == "ok" and state.since else state.last_scan_at
    return Running(max(state.last_scan_at, well_since), state.last_scan_id)


def _hold_too_old(track: Track) -> Running | None:
    state = track.state
    if state.hold_episode is None or state.since is None:
        return None
    return Running(state.since, state.hold_episode)


def _plain(name: str) -> Callable[[Track, Thresholds], str]:
    return lambda _track, _rules: name


def _by_worth(name: str) -> Callable[[Track, Thresholds], str]:
    return lambda track, rules: f"{name}_valuable" if rules.valuable.covers(track.value) else name


# kind, whether its clock runs, and which row of the thresholds holds. At rest no clock runs.
RULES: tuple[
    tuple[str, Callable[[Track], Running | None], Callable[[Track, Thresholds], str]],
    ...,
] = (
    ("no_first_scan", _no_first_scan, _plain("no_first_scan")),
    ("pickup_missed", _pickup_missed, _plain("pickup_missed")),
    ("promise_passed", _promise_passed, _plain("promise_passed")),
    ("silence", _silence_of, _by_worth("silence")),
    ("hold_too_old", _hold_too_old, _plain("hold_too_old")),
)


def _clocks(track: Track, rules: Thresholds) -> Iterator[tuple[str, Running, Threshold]]:
    if track.state.at_rest:
        return
    for kind, clock, row in RULES:
        running = clock(track)
        if running is not None:
            yield kind, running, rules.threshold(row(track, rules), track.carrier)


def _ends(running: Running, row: Threshold) -> tuple[datetime, datetime]:
    return row.warn.end(running.since), row.critical.end(running.since)


def _risen(kind: str, running: Running, row: Threshold, now: datetime) -> Iterator[Concern]:
    warn, critical = _ends(running, row)
    episode = f"{kind}-{running.anchor}"
    if now >= warn:
        yield Concern(kind, episode, row.warn.severity, running.since, critical, warn)
    if now >= critical:
        yield Concern(kind, f"{episode}-critical", row.critical.severity, running.since, critical, critical)


def _by_state(track: Track, polling: Polling) -> int:
    state = track.state
    if state.at_rest:
        return polling.at_rest
    if state.condition == "held":
        return polling.held
    if state.moving_since is None:
        return polling.awaiting_first_scan
    if state.milestone in _NEAR_DOOR:
        return polling.near_door
    if state.condition != "ok":
        return polling.trouble
    return polling.at_customs if state.milestone in _AT_CUSTOMS else polling.moving


def _is_healthy(track: Track, now: datetime, rules: Thresholds) -> bool:
    """Whether the webhook speaks: heard not long ago, and of the newest scan too. One that was only found by asking
    shows that pushes are being lost."""
    seen = track.webhook_seen_at
    if seen is None or now - seen > rules.webhook_healthy_for(track.carrier):
        return False
    return _newest_was_pushed(track)


def _newest_was_pushed(track: Track) -> bool:
    seen, newest = track.webhook_seen_at, track.state.last_event_at
    return seen is not None and (newest is None or newest <= seen + CLOCKS_DIFFER)


def _slower(track: Track, polling: Polling) -> int:
    """How many times less often a parcel is asked about whose webhook speaks."""
    in_trouble = track.state.condition not in (None, "ok") or track.state.milestone in _NEAR_DOOR
    return polling.webhook_slower_in_trouble if in_trouble else polling.webhook_slower


def _quiet_percent(track: Track, now: datetime, polling: Polling) -> int:
    """A hundred, and more for each whole day since the last event (before any: since the track was made)."""
    quiet = now - (track.state.last_event_at or track.created_at)
    return 100 + max(quiet.days, 0) * polling.slower_per_quiet_day_percent


def _last_look(track: Track, rules: Thresholds) -> datetime | None:
    """A parcel whose end was pushed is asked about once more, when it has settled; what changes before that is pushed
    too."""
    ends = _settles_at(track, rules)
    return ends if track.state.milestone != "lost" and _newest_was_pushed(track) else None


def _settled(track: Track, now: datetime, rules: Thresholds) -> bool:
    ends = _settles_at(track, rules)
    return ends is not None and now >= ends


def _settles_at(track: Track, rules: Thresholds) -> datetime | None:
    """When a parcel at rest is asked about no more; None while it is under way."""
    state = track.state
    if not state.at_rest or state.last_event_at is None:
        return None
    express = rules.class_of(track.carrier) == "express"
    hours = rules.settling.express if express else rules.settling.postal
    if state.milestone == "lost":
        hours = rules.settling.lost
    return state.last_event_at + timedelta(hours=hours)
