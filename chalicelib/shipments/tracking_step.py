"""Story A's one step: a track and what a carrier now says of it become the next track, or None when that is
no news.

Pure: the caller saves the result in one conditional write, sends its effects, and saves ``at_peace``. The due
index is lazy: ``apply`` moves ``due_at`` only earlier, because moving an index entry costs as much as the
write itself. News that makes the next poll later moves ``poll_after`` alone; the sweep finds the old due
time, sees that nothing is due, and re-arms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from chalicelib.clock import stamp
from chalicelib.shipments.changes import changes
from chalicelib.shipments.events import Event, Tracking
from chalicelib.shipments.fold import fold_merged, merge
from chalicelib.shipments.history import within_limit
from chalicelib.shipments.leg import Effect, Track
from chalicelib.shipments.owed import closed_concerns, new_code_effect, owed, problem_effect
from chalicelib.shipments.signs import opened, weights_after
from chalicelib.shipments.thresholds import Bounds, Thresholds, thresholds
from chalicelib.shipments.watch import Concern, next_due, next_poll, told, untold, watch

REPAIR_WITHIN = timedelta(minutes=15)
HISTORY_FULL = "history_full"
MOST_PROBLEMS = 10


def apply(
    track: Track, tracking: Tracking, now: datetime, source: str, rules: Thresholds | None = None
) -> Track | None:
    """The track after this news; None when it says nothing new, so that a duplicate writes nothing.

    Effects already owed stay owed. With any owed, the sweep looks within 15 minutes, in case their sender
    dies. Clocks of ours are kept to the second: what is finer costs with every later write. ``rules``: the house's
    thresholds, unless handed down with the merchant's own among them.
    """
    now = now.replace(microsecond=0)
    rules = rules or thresholds(now.date())
    odd = [event for event in tracking.events if not _within(event, track.ship_date, now, rules.bounds)]
    sound = [event for event in tracking.events if event not in odd] if odd else tracking.events
    kept = within_limit(merge(track.events, sound))
    problems = _problems(track.problems, odd, kept.dropped)
    news = _says_more(track.events, kept.events)
    eta = _eta(track, tracking)
    state = fold_merged(kept.events, track.facts) if news else track.state
    weights = _weights(track, tracking, rules, moving=state.moving_since is not None)
    if not news and (problems, eta) == (track.problems, track.eta) and len(weights) <= max(len(track.weights_g), 1):
        return None
    after = replace(
        track,
        events=kept.events,
        state=state,
        pickup_until=None if state.moving_since else track.pickup_until,
        eta=eta,
        problems=problems,
        unique_id=track.unique_id or tracking.unique_id,
        attempts=0,
        unheard_since=None,
        weights_g=weights,
        version=track.version + 1,
        webhook_seen_at=now if source.endswith("_push") else track.webhook_seen_at,
        last_polled_at=None if source.endswith("_push") else now,
    )
    return _owing(track, after, odd, now, rules)


def at_peace(track: Track, now: datetime | None = None, rules: Thresholds | None = None) -> Track:
    """The track once its effects are sent: nothing owed, due at the next poll or threshold, None at settled
    rest. Without ``now``, counted from when the carrier was last heard.
    """
    moment = now or heard_at(track)
    return looked_after(replace(track, effects=(), attempts=0), moment, rules)


def looked_after(track: Track, now: datetime, rules: Thresholds | None = None) -> Track:
    """The track, due at its next poll or threshold; one with a concern that nobody has told of yet stays due for it."""
    waiting = track.due_at is not None and untold(track, now, rules)
    return track if waiting else replace(track, due_at=next_due(track, now, rules))


def retimed(track: Track, pickup_until: datetime | None, now: datetime, rules: Thresholds | None = None) -> Track:
    """The track whose courier comes at another time, or not at all: what the old time had led to is closed."""
    moved = replace(track, pickup_until=pickup_until, version=track.version + 1)
    closed = tuple(closed_concerns(moved, told(track, now, rules), watch(moved, now, rules)))
    after = looked_after(moved, now, rules)
    if not closed:
        return after
    due = min(now + REPAIR_WITHIN, after.due_at) if after.due_at is not None else now + REPAIR_WITHIN
    return replace(after, effects=(*after.effects, *closed), due_at=due)


def heard_at(track: Track) -> datetime:
    """When the carrier last spoke to us of this track, else when it was made."""
    heard = (track.created_at, track.last_polled_at, track.webhook_seen_at)
    return max(at for at in heard if at is not None)


def chosen(tracks: Iterable[Track], tracking: Tracking, others: Iterable[Tracking] = ()) -> Track | None:
    """Which of the tracks under a number this shipment is; None when it can be none of them.

    Carriers use numbers again after months, and one answer may hold two shipments: the carrier's own unique
    id decides where both have one, then the ship date, else the date of the first event. What is too far from
    a track's ship date is another parcel. ``others`` are the further shipments that the same body holds under this
    number: a track that has no unique id yet is the one dated nearest to it, whichever stands first in the body.
    """
    found = _nearest_track(tracks, tracking)
    if found is None or found.unique_id is not None:
        return found
    away = _days_apart(found, tracking)
    return None if any(_days_apart(found, other) < away for other in others) else found


def _days_apart(track: Track, tracking: Tracking) -> int:
    """Days between a track's ship date and a shipment's; a shipment without any date is further than all."""
    day = _day_of(tracking)
    return date.max.toordinal() if day is None else abs((track.ship_date - day).days)


def _nearest_track(tracks: Iterable[Track], tracking: Tracking) -> Track | None:
    fits = [track for track in tracks if track.unique_id in (None, tracking.unique_id) or tracking.unique_id is None]
    sure = [track for track in fits if track.unique_id is not None and track.unique_id == tracking.unique_id]
    day = _day_of(tracking)
    if day is None or sure:
        return max(sure or fits, key=lambda track: (track.ship_date, track.leg_n), default=None)
    near = [track for track in fits if _may_ship(track, day)]
    return min(near, key=lambda track: (abs(track.ship_date - day), -track.leg_n), default=None)


def _owing(before: Track, after: Track, odd: list[Event], now: datetime, rules: Thresholds) -> Track:
    """The track with what is owed, and due no later than it was, unless nothing is due any more."""
    effects, concerns = owed(after, changes(before.state, after.state))
    told_of, noticed = told(before, now, rules), watch(after, now, rules)
    closed = closed_concerns(after, told_of, noticed)
    problems = (*_told_problems(before, after, odd, now), *opened(before, after, rules, now))
    codes = (new_code_effect(after, code, now) for code in _new_codes(before, after))
    known = {effect.id: effect for effect in (*before.effects, *effects, *closed, *problems, *codes)}
    poll_after = _next_poll(before, after, now, rules)
    after = replace(after, effects=tuple(known.values()), concerns=concerns, poll_after=poll_after)
    wanted = [one.risen_at for one in noticed if not _is_told(one, told_of, before)]
    if after.effects:
        wanted.append(now + REPAIR_WITHIN)
    return replace(after, due_at=_earliest(next_due(after, now, rules), wanted, before.due_at))


def _is_told(concern: Concern, told_of: Iterable[Concern], before: Track) -> bool:
    """Whether this concern was told of as so grave. While a sweep is at it we do not know, and it is told again."""
    if before.due_at is None or before.attempts:
        return False
    known = next((one for one in told_of if one.episode == concern.episode), None)
    return known is not None and known.severity == concern.severity and known.risen_at < before.due_at


def _next_poll(before: Track, after: Track, now: datetime, rules: Thresholds) -> datetime | None:
    """Good news that was pushed brings no poll nearer: who has just spoken need not be asked sooner, and to move a
    due time earlier costs as much as the news itself.
    """
    asked = next_poll(after, now, rules)
    is_quiet = after.webhook_seen_at == now and after.state.condition == "ok"
    if asked is None or before.poll_after is None or not is_quiet:
        return asked
    return max(asked, before.poll_after)


def _earliest(due: datetime | None, wanted: list[datetime], already: datetime | None) -> datetime | None:
    times = [*wanted, due] if due is not None else wanted
    return min([*times, already] if already is not None else times) if times else None


def _within(event: Event, ship_date: date, now: datetime, bounds: Bounds) -> bool:
    """Whether the event can be this parcel's: not far in the future, not from long before it was shipped."""
    shipped = datetime.combine(ship_date, time(), UTC)
    latest = now + timedelta(hours=bounds.future_hours)
    return shipped - timedelta(days=bounds.before_ship_days) <= event.at <= latest


def _may_ship(track: Track, day: date) -> bool:
    bounds = thresholds(track.created_at.date()).bounds
    days = (day - track.ship_date).days
    return -bounds.before_ship_days <= days <= bounds.after_ship_days


def _day_of(tracking: Tracking) -> date | None:
    try:
        return date.fromisoformat(tracking.ship_date or "")
    except ValueError:  # none, or no date at all: the events tell
        return min((event.at.date() for event in tracking.events), default=None)


def _says_more(before: tuple[Event, ...], after: tuple[Event, ...]) -> bool:
    """Whether anything but the name of who told it is new: a scan pushed and then polled is one scan, written
    once.
    """
    if len(before) != len(after):
        return True
    return any(
        one is not other and one != other and one._replace(source=other.source) != other
        for one, other in zip(before, after, strict=True)
    )


def _eta(track: Track, tracking: Tracking) -> datetime | None:
    """The estimate of the newest body: one that ends before what is known is older news."""
    older = track.eta is not None and _is_older(track, tracking)
    return track.eta if older or tracking.eta is None else tracking.eta


def _weights(track: Track, tracking: Tracking, rules: Thresholds, *, moving: bool) -> tuple[Decimal, ...]:
    return weights_after(track, tracking, rules, moving=moving, older=_is_older(track, tracking))


def _is_older(track: Track, tracking: Tracking) -> bool:
    """Whether this body ends before what is known."""
    last = max((event.at for event in tracking.events), default=None)
    known = track.state.last_event_at
    return known is not None and (last is None or last < known)


def _problems(known: tuple[str, ...], odd: list[Event], dropped: int) -> tuple[str, ...]:
    found = {*known, *(f"event_out_of_bounds {event.code} {stamp(event.at)}" for event in odd)}
    if dropped:
        found.add(HISTORY_FULL)
    return known if found == set(known) else tuple(sorted(found, reverse=True)[:MOST_PROBLEMS])


def _new_codes(before: Track, after: Track) -> list[str]:
    """Codes that no table has, among the events that are news."""
    known = {event.id for event in before.events}
    return sorted({e.code for e in after.events if e.milestone == "unrecognised" and e.id not in known})


def _told_problems(before: Track, after: Track, odd: list[Event], now: datetime) -> Iterator[Effect]:
    if HISTORY_FULL in after.problems and HISTORY_FULL not in before.problems:
        yield problem_effect(after, HISTORY_FULL, f"leg-{after.leg_n}", now, "the oldest plain scans are not kept")
    fresh = set(after.problems) - set(before.problems)
    for event in odd:
        if f"event_out_of_bounds {event.code} {stamp(event.at)}" in fresh:
            yield problem_effect(after, "event_out_of_bounds", event.id, now, f"{event.code} dated {stamp(event.at)}")
