"""The rules of the watch: since when a clock runs on a track, and on which wall it hangs.

A rule is a small function of (track, thresholds) that gives the clocks that run, none when its trouble is impossible
now. How long a clock may run is data (``rules/watch``); nothing is remembered. What names a run of a clock (``anchor``)
is chosen so that a scan told late does not give one trouble a second name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import blake2s
from typing import NamedTuple

from chalicelib.clock import stamp
from chalicelib.places import territory_of
from chalicelib.shipments.fold import Episode
from chalicelib.shipments.leg import Track
from chalicelib.shipments.thresholds import Thresholds
from chalicelib.shipments.walls import calendar_end
from chalicelib.watch_rows import Ground, Parcel, Span, WatchedKind, WatchRow

ON_ROAD = frozenset({"picked_up", "in_transit", "export_customs", "export_cleared", "import_customs", "import_cleared"})
_WORKDAY = 24


class Running(NamedTuple):
    """A rule's clock that runs: since when, on the wall of which country, and what names this run.

    ``ours`` is since when it is not the customer's turn: working and customs hours count from then, and not at all
    while it is None. ``until`` is an end that is known, ``reason`` and ``ground`` pick the row of a trouble.
    """

    kind: WatchedKind
    since: datetime
    anchor: str
    country: str
    ours: datetime | None
    reason: str | None = None
    ground: Ground | None = None
    until: datetime | None = None
    said: tuple[str, ...] = ()


class Ends(NamedTuple):
    """A running clock with its row: when it warns and when it is critical; None: not at all, or not yet."""

    clock: Running
    row: WatchRow
    warn: datetime | None
    critical: datetime | None

    @property
    def first(self) -> datetime | None:
        """When it first comes true."""
        times = [at for at in (self.warn, self.critical) if at is not None]
        return min(times, default=None)


def parcel_of(track: Track, rules: Thresholds) -> Parcel:
    """What a row of the thresholds may name of this track."""
    return Parcel(
        rules.class_of(track.carrier),
        track.carrier,
        track.service,
        track.lane.origin,
        track.lane.destination,
        track.direction,
        rules.valuable.covers(track.value),
    )


def running(track: Track, rules: Thresholds) -> tuple[Ends, ...]:
    """Every clock that runs on this track, one for each kind: of several of one kind the first to come true. At rest
    none runs. Some are named by nothing but their kind ("first", "norm"), so a second parcel of a case says its leg."""
    if track.state.at_rest:
        return ()
    parcel = parcel_of(track, rules)
    found: dict[str, Ends] = {}
    for rule in RULES:
        for found_here in rule(track, rules):
            clock = _of_its_leg(found_here, track)
            ends = _ends(clock, rules.threshold(clock.kind, parcel, clock.reason, clock.ground), rules)
            known = found.get(clock.kind)
            if known is None or _sooner(ends, known):
                found[clock.kind] = ends
    return tuple(_without_doubles(found))


def end_of(span: Span | None, clock: Running, rules: Thresholds) -> datetime | None:
    """When this span of the clock is over; None when there is none, or while the customer must act."""
    if span is None:
        return None
    if span.before:
        return None if clock.until is None else max(clock.since, clock.until - timedelta(hours=span.hours))
    if span.clock == "calendar":
        return calendar_end(clock.since, span.hours)
    return None if clock.ours is None else rules.wall(clock.country, span.clock).end(clock.ours, span.hours)


def _of_its_leg(clock: Running, track: Track) -> Running:
    return clock if track.leg_n == 1 else clock._replace(anchor=f"{clock.anchor}.{track.leg_n}")


def _ends(clock: Running, row: WatchRow, rules: Thresholds) -> Ends:
    return Ends(clock, row, end_of(row.warn, clock, rules), end_of(row.critical, clock, rules))


def _sooner(one: Ends, other: Ends) -> bool:
    first, known = one.first, other.first
    return first is not None and (known is None or first < known)


def _without_doubles(found: dict[str, Ends]) -> Iterator[Ends]:
    """A parcel that falls silent before it is stuck is silent: one trouble is not told twice."""
    stuck, silent = found.get("stuck_at_one_place"), found.get("silence")
    if stuck is not None and silent is not None and not _sooner(stuck, silent):
        del found["stuck_at_one_place"]
    yield from found.values()


def _plain(kind: WatchedKind, since: datetime, anchor: str, country: str, ground: Ground | None = None) -> Running:
    return Running(kind, since, anchor, country, since, ground=ground)


def _no_first_scan(track: Track, _rules: Thresholds) -> Iterator[Running]:
    """Nobody can scan a parcel before its courier comes: until the booked window is over nothing is missing."""
    if track.state.moving_since is None:
        since = max(track.created_at, track.pickup_until or track.created_at)
        yield _plain("no_first_scan", since, "first", track.lane.origin)


def _pickup_missed(track: Track, _rules: Thresholds) -> Iterator[Running]:
    until = track.pickup_until
    if until is not None and track.state.moving_since is None:
        yield _plain("pickup_missed", until, stamp(until), track.lane.origin)


def _promise(track: Track, rules: Thresholds) -> tuple[datetime, str, Ground] | None:
    """When the parcel ought to be there, what names that promise and whose it is: the carrier's estimate, else the
    usual time of the service from the first scan, without the time that customs held it."""
    state = track.state
    if state.goes_back_to is not None:
        return None
    if track.eta is not None:
        return track.eta, stamp(track.eta), "estimate"
    days = rules.usual_days(track.carrier, track.service)
    if days is None or state.moving_since is None or _held_by_customs(track):
        return None
    holds = (one for one in state.episodes if one.ground in ("export", "import"))
    at_customs = sum((one.until - one.since for one in holds if one.until is not None), timedelta(0))
    wall = rules.wall(track.lane.destination, "working")
    return wall.end(state.moving_since + at_customs, days * _WORKDAY), "norm", "norm"


def _promise_passed(track: Track, rules: Thresholds) -> Iterator[Running]:
    promise = _promise(track, rules)
    if promise is not None:
        at, anchor, _ = promise
        yield _plain("promise_passed", at, anchor, track.lane.destination)


def _silence(track: Track, _rules: Thresholds) -> Iterator[Running]:
    """Only scans that prove the parcel was somewhere break a silence. A hold and a counter have their own clocks."""
    state = track.state
    if state.last_scan_at is None or state.last_scan_id is None or state.hold_episode is not None:
        return
    if state.milestone == "ready_for_collection":
        return
    well_since = state.since if state.condition == "ok" and state.since else state.last_scan_at
    yield _plain("silence", max(state.last_scan_at, well_since), state.last_scan_id, _seen_in(track))


def _stuck(track: Track, _rules: Thresholds) -> Iterator[Running]:
    """Seen more than once at one office and nowhere else since; a hold that ended there was no standing about."""
    state, office = track.state, track.state.office
    if office is None or office.scans < 2 or state.hold_episode is not None or state.milestone not in ON_ROAD:
        return
    released = state.since if state.condition == "ok" and state.since else office.since
    name = blake2s(office.name.encode(), digest_size=4).hexdigest()
    yield _plain("stuck_at_one_place", max(office.since, released), f"{name}-{office.visit}", _seen_in(track))


def _hold(track: Track, _rules: Thresholds) -> Iterator[Running]:
    hold = track.state.trouble
    if hold is not None and hold.condition == "held":
        yield _of_trouble("hold_too_old", hold, track)


def _unanswered(track: Track, _rules: Thresholds) -> Iterator[Running]:
    """Something was asked of somebody and nothing has moved since: an address, a number, a payment, a choice."""
    asked = track.state.trouble
    if asked is not None and asked.condition == "action_required":
        yield _of_trouble("unanswered", asked, track)


def _of_trouble(kind: WatchedKind, trouble: Episode, track: Track) -> Running:
    ground: Ground | None = "export" if trouble.ground == "export" else "import" if trouble.ground == "import" else None
    ours = None if trouble.action_by == "customer" else trouble.acting_since
    where = _known(trouble.country) or (_seen_in(track) if ground is None else _end_of_lane(track, ground))
    return Running(kind, trouble.since, trouble.id, where, ours, trouble.reason, ground)


def _delivery_failed_again(track: Track, rules: Thresholds) -> Iterator[Running]:
    """The n-th attempt, each its own episode; over when the parcel waits at a counter or turns round."""
    state, apart = track.state, timedelta(hours=rules.attempts.apart_hours)
    if not state.attempted or state.milestone in ("ready_for_collection", "returning"):
        return
    attempts = [state.attempted[0]]
    for at in state.attempted:
        if at - attempts[-1] >= apart:
            attempts.append(at)
    if len(attempts) >= rules.attempts.told_from:
        yield _plain("delivery_failed_again", attempts[-1], str(len(attempts)), _seen_in(track))


def _waiting_at_counter(track: Track, rules: Thresholds) -> Iterator[Running]:
    state = track.state
    if state.milestone != "ready_for_collection" or state.milestone_at is None or state.milestone_id is None:
        return
    country, since = _seen_in(track), state.milestone_at
    days = rules.kept_days(track.carrier, country)
    until = None if days is None else since + timedelta(days=days)
    said = (f"storage:{track.carrier}-{country}",) if days is None else ()
    ground: Ground = "unknown" if days is None else "known"
    yield Running("waiting_at_counter", since, state.milestone_id, country, since, None, ground, until, said)


def _misrouted(track: Track, rules: Thresholds) -> Iterator[Running]:
    """Last seen in a country that is neither on the lane nor one that its carrier sends parcels through."""
    seen = track.state.country
    if seen is None or _known(seen.name) is None or rules.is_hub(track.carrier, seen.name):
        return
    if territory_of(seen.name) not in (territory_of(track.lane.origin), territory_of(track.lane.destination)):
        yield _plain("misrouted", seen.since, f"{seen.name}-{seen.visit}", seen.name)


def _possible_loss(track: Track, rules: Thresholds) -> Iterator[Running]:
    """Long overdue, unseen for twice as long as is critical, or long posted: whichever is first. What is held, or lies
    at a counter, is not lost."""
    state = track.state
    if state.moving_since is None or state.hold_episode is not None or state.milestone == "ready_for_collection":
        return
    promise = _promise(track, rules)
    if promise is not None:
        at, anchor, ground = promise
        yield _plain("possible_loss", at, anchor, track.lane.destination, ground)
    for silent in _silence(track, rules):
        yield silent._replace(kind="possible_loss", ground="silence")
    if state.goes_back_to is None:
        yield _plain("possible_loss", state.moving_since, "posting", _seen_in(track), "posting")


RULES: tuple[Callable[[Track, Thresholds], Iterator[Running]], ...] = (
    _no_first_scan,
    _pickup_missed,
    _promise_passed,
    _silence,
    _stuck,
    _hold,
    _unanswered,
    _delivery_failed_again,
    _waiting_at_counter,
    _misrouted,
    _possible_loss,
)


def _held_by_customs(track: Track) -> bool:
    trouble = track.state.trouble
    return trouble is not None and trouble.condition == "held" and trouble.ground in ("export", "import")


def _seen_in(track: Track) -> str:
    """The country where the parcel was last seen, else where it sets out."""
    seen = track.state.country
    return (_known(seen.name) if seen is not None else None) or track.lane.origin


def _end_of_lane(track: Track, ground: Ground) -> str:
    return track.lane.origin if ground == "export" else track.lane.destination


def _known(country: str | None) -> str | None:
    """A country code as carriers send it, if it is one."""
    return country if country and len(country) == 2 and country.isascii() and country.isupper() else None
