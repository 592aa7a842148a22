"""What nobody told us: the parcel that is not scanned, not collected, late, silent, stuck, held too long, gone astray.

The rules are in ``troubles``, how long each clock may run is data (``rules/watch``) with the merchant's own rows before
the house's. Nothing here is remembered: the same track at the same moment always gives the same concerns, each with an
episode by which a second telling is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.shipments.leg import Track
from chalicelib.shipments.thresholds import Polling, Thresholds, thresholds
from chalicelib.shipments.troubles import Ends, running
from chalicelib.shipments.walls import NEVER
from chalicelib.watch_rows import Severity

_AT_CUSTOMS = ("export_customs", "import_customs")
# What is true of a parcel only if nothing happened to it: not to be said while its carrier cannot be asked.
UNHEARD = frozenset(
    {"no_first_scan", "pickup_missed", "promise_passed", "silence", "stuck_at_one_place", "possible_loss"}
)
ASKED_BEFORE = timedelta(minutes=90)
# A scanner's clock may be ahead of ours: a scan so little later than the push that told it came with that push.
CLOCKS_DIFFER = timedelta(minutes=5)
_NEAR_DOOR = ("out_for_delivery", "delivery_attempted", "ready_for_collection")


@dataclass(frozen=True, slots=True)
class Concern:
    """Something a rule noticed.

    ``since`` is when its clock began, ``began_at`` when that had first run too long, ``risen_at`` when it came to be as
    grave as it is now: one that has become critical keeps its episode and is told once more. ``deadline`` is when it is
    critical, or the end that is known (the last day at a counter). ``country`` is the one whose clock counted, and
    ``assumed`` what was not known of it and taken as usual.
    """

    kind: str
    episode: str
    severity: Severity
    since: datetime
    deadline: datetime
    risen_at: datetime
    began_at: datetime
    country: str
    reason: str | None = None
    until: datetime | None = None
    assumed: tuple[str, ...] = ()


def watch(track: Track, now: datetime, rules: Thresholds | None = None) -> tuple[Concern, ...]:
    """Every concern about this track at this moment; none once it is at rest. ``rules``: the house's, unless handed
    down with the merchant's own among them."""
    rules = rules or thresholds(now.date())
    found = (_risen(ends, rules, now) for ends in running(track, rules))
    return tuple(concern for concern in found if concern is not None)


def next_due(track: Track, now: datetime, rules: Thresholds | None = None) -> datetime | None:
    """When this track must be looked at again: the next poll or the next threshold, whichever is first.

    None when it is at rest and has settled. Always after ``now``.
    """
    rules = rules or thresholds(now.date())
    clocks = running(track, rules)
    asked = track.poll_after
    poll = asked if asked is not None and asked > now else _next_poll(track, now, rules, clocks)
    ends = (end for one in clocks for end in (one.warn, one.critical))
    return min((at for at in (poll, *ends) if at is not None and at > now), default=None)


def untold(track: Track, now: datetime, rules: Thresholds | None = None) -> tuple[Concern, ...]:
    """The concerns that no sweep has told of yet, or not as so grave: a sweep that looks moves the due time past
    them."""
    return tuple(one for one in watch(track, now, rules) if track.due_at is None or track.due_at <= one.risen_at)


def told(track: Track, now: datetime, rules: Thresholds | None = None) -> tuple[Concern, ...]:
    """The concerns that a sweep has told of, be it as less grave than they are now."""
    if track.due_at is None:
        return ()
    known = (one for one in watch(track, now, rules) if track.due_at > one.began_at)
    return tuple(one for one in known if not held_back(track, one))


def held_back(track: Track, concern: Concern) -> bool:
    """Whether this concern came true while the carrier could not be asked, and so was told to nobody."""
    since = track.unheard_since
    return since is not None and concern.kind in UNHEARD and concern.began_at >= since


def next_poll(track: Track, now: datetime, rules: Thresholds | None = None) -> datetime | None:
    """When to ask the carrier again, counted from now: by how the parcel is, less often the longer nothing
    was heard and while its webhook speaks, more often when that has fallen silent. None when it is at rest
    and has settled.
    """
    rules = rules or thresholds(now.date())
    return _next_poll(track, now, rules, running(track, rules))


def _next_poll(track: Track, now: datetime, rules: Thresholds, clocks: tuple[Ends, ...]) -> datetime | None:
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
    return min(now + wait, _before_an_alarm(clocks, now + least))


def _before_an_alarm(clocks: tuple[Ends, ...], earliest: datetime) -> datetime:
    """A clock that counts silence must not ring before the carrier was asked: a push that got lost is no lost
    parcel."""
    ends = (one.first for one in clocks if one.clock.kind in UNHEARD)
    asked = (end - ASKED_BEFORE for end in ends if end is not None)
    return min((at for at in asked if at >= earliest), default=NEVER)


def _risen(ends: Ends, rules: Thresholds, now: datetime) -> Concern | None:
    """The concern that this clock has become by now."""
    clock, row, warn, critical = ends.clock, ends.row, ends.warn, ends.critical
    began = ends.first
    if began is None or began > now:
        return None
    is_critical = critical is not None and critical <= now
    span, risen = (row.critical, critical) if is_critical else (row.warn, warn)
    if span is None or risen is None:
        return None
    return Concern(
        kind=clock.kind,
        episode=f"{clock.kind}-{clock.anchor}",
        severity=span.severity,
        since=clock.since,
        deadline=clock.until or critical or risen,
        risen_at=risen,
        began_at=began,
        country=clock.country,
        reason=clock.reason,
        until=clock.until,
        assumed=(*clock.said, *_assumed(ends, rules, risen)),
    )


def _assumed(ends: Ends, rules: Thresholds, risen: datetime) -> tuple[str, ...]:
    """What the clocks of this row had to take as usual."""
    clocks = {span.clock for span in (ends.row.warn, ends.row.critical) if span is not None and not span.before}
    found = (
        rules.wall(ends.clock.country, one).assumed(ends.clock.since, risen) for one in sorted(clocks - {"calendar"})
    )
    return tuple(dict.fromkeys(note for notes in found for note in notes))


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
