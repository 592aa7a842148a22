"""Signs that a parcel was opened: its weight has changed between two tellings, it was packed anew, its seal differs;
and what is told of one that is held, and would be hidden by its hold: that it is damaged or not found.

Each is told when it is first heard, and only a person closes it: that the parcel arrived does not undo it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from chalicelib.shipments.events import Event, Tracking
from chalicelib.shipments.leg import Effect, Track
from chalicelib.shipments.owed import problem_effect
from chalicelib.shipments.thresholds import Thresholds

MOST_WEIGHTS = 6
_TROUBLES = ("action_required", "failed")


def weights_after(
    track: Track, tracking: Tracking, rules: Thresholds, *, moving: bool, older: bool
) -> tuple[Decimal, ...]:
    """The weights known of this parcel after this telling, in whole grams and in the order they were true.

    Only what is told of a parcel under way counts: before, a weight is what we said ourselves. One that lies within the
    error of the scale of a known one proves nothing and is not kept. ``older``: this telling is older than what is
    known.
    """
    known, error = track.weights_g, rules.scale_of(track.carrier)
    if tracking.weight_g is None or tracking.weight_g <= 0 or not moving or len(known) >= MOST_WEIGHTS:
        return known
    told = tracking.weight_g.to_integral_value()
    if any(abs(told - weight) <= error for weight in known):
        return known
    return (told, *known) if older else (*known, told)


def opened(before: Track, after: Track, rules: Thresholds, now: datetime) -> Iterator[Effect]:
    """Word to a person of every such sign that is news."""
    yield from _weighed(before, after, rules, now)
    known = {event.id: event.text for event in before.events}
    fresh = [event for event in after.events if known.get(event.id) != event.text]
    yield from _told_by_words(after, fresh, rules)
    yield from _beside_a_hold(after, fresh, rules)


def _weighed(before: Track, after: Track, rules: Thresholds, now: datetime) -> Iterator[Effect]:
    if after.weights_g == before.weights_g or len(after.weights_g) < 2:
        return
    first, last = after.weights_g[0], after.weights_g[-1]
    dropped = last < first
    yield problem_effect(
        after, "weight_changed", f"{len(after.weights_g) - 1}", now, f"told as {first} g, later as {last} g",
        severity=rules.weighing.dropped if dropped else rules.weighing.risen,
        reason="weight_dropped" if dropped else "weight_risen",
    )  # fmt: skip


def _told_by_words(after: Track, fresh: Iterable[Event], rules: Thresholds) -> Iterator[Effect]:
    for event in fresh:
        for sign in rules.sign:
            if _pattern(sign.words).search(event.text):
                words = f"{event.code}: the carrier's words say so"
                yield problem_effect(after, sign.kind, event.id, event.at, words, severity=sign.severity)


def _beside_a_hold(after: Track, fresh: Iterable[Event], rules: Thresholds) -> Iterator[Effect]:
    """What weighs less than the hold it is told in is no trouble of its own, and may still be the worst of it."""
    grave = [one for one in fresh if one.reason in rules.beside_a_hold.reasons and one.condition in _TROUBLES]
    holds = [one for one in after.state.episodes if one.condition == "held"] if grave else []
    for event in grave:
        hold = next((one for one in holds if event.id in one.scans and event.reason != one.reason), None)
        if hold is not None:
            yield problem_effect(
                after, "action_required", f"{event.reason}-{hold.id}", event.at,
                f"{event.code}: told while the parcel is held",
                severity=rules.beside_a_hold.severity, reason=event.reason,
            )  # fmt: skip


@lru_cache(maxsize=16)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
