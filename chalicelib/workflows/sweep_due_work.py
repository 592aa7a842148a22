"""Story C, the sweep: what is due now -> claim it -> queue the work -> next due time.

The index says what asked to be looked at; the item itself is read again and decides. The sweep makes no carrier call
and costs what is due, not what is stored. A claim holds for a quarter of an hour, so two sweeps do not queue the same
work; once the work is queued the item gets its next due time. A sweep that dies between the two costs a quarter of an
hour, not the work, and what it had queued is harmless twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.carriers.registry import carrier
from chalicelib.clock import stamp
from chalicelib.customs.ledger import DutyEntry
from chalicelib.errors import StoredItemUnreadable
from chalicelib.shipments.leg import Track
from chalicelib.shipments.thresholds import Thresholds
from chalicelib.shipments.tracking_step import at_peace
from chalicelib.shipments.watch import UNHEARD, next_due, next_poll, watch
from chalicelib.workflows import retry_deliveries, wake_exceptions, wake_parts, watch_claims
from chalicelib.workflows.alert_words import (
    alert_of_booking,
    alert_of_concern,
    alert_of_number,
    alert_of_record,
    alert_of_stuck,
    stuck_kind,
)
from chalicelib.workflows.carrier_incidents import still_wait
from chalicelib.workflows.carrier_outlook import OPEN, Outlook, outlook
from chalicelib.workflows.due_again import LAST_TRY, RETRY, Outbox, wait_after
from chalicelib.workflows.keep_ledger import alert_of_stuck_claim, step_of
from chalicelib.workflows.ports import Booking, Due, Parked, Ports
from chalicelib.workflows.watched_by import rules_at

OTHERS: Mapping[str, Callable[[Ports, Due, datetime, Outbox], bool]] = {
    "exception": wake_exceptions.look_at,
    "delivery": retry_deliveries.look_at,
    "digest": retry_deliveries.look_at,
    "claim": watch_claims.look_at,
    "part": wake_parts.look_at,
}
UNREADABLE_EVERY = timedelta(hours=6)
PARKED_EVERY = timedelta(hours=6)
PARKED_FOR = timedelta(hours=72)
LEAST_PER_MESSAGE = 20


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did, for the log and the metrics."""

    due: int
    claimed: int
    polls: int
    steps: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Look:
    """A track that was claimed because there is work on it: the claim, whether its carrier is to be asked, and when to
    look again for the sake of what was not told (None: all was)."""

    due: Due
    track: Track
    ask: bool
    again: datetime | None = None

    def urgency(self, now: datetime, rules: Thresholds) -> tuple[timedelta, datetime]:
        """What is asked most often goes first, then what has waited longest."""
        again = next_poll(self.track, now, rules)
        return (again - now if again else timedelta.max, self.track.poll_after or now)


@dataclass(frozen=True, slots=True)
class Found:
    """What one sweep has gathered and not yet sent: messages by queue, the tracks it claimed, how each carrier may be
    asked, and how many parcels of each could not be asked about."""

    outbox: dict[str, list[dict[str, Any]]]
    looks: list[Look]
    outlooks: dict[str, Outlook]
    held: Counter[str]

    def outlook(self, ports: Ports, name: str, now: datetime) -> Outlook:
        """How this carrier may be asked, looked up once a sweep."""
        if name not in self.outlooks:
            self.outlooks[name] = outlook(ports, name, now)
        return self.outlooks[name]


def sweep(ports: Ports, now: datetime, limit: int = 400) -> Swept:
    """Look at everything due by now, up to ``limit`` entries; what is left is due at the next sweep."""
    found = Found(defaultdict(list), [], {}, Counter())
    seen = claimed = 0
    for due in ports.due.due(now, limit):
        seen += 1
        claimed += _look_at(ports, due, now, found)
    rests, polls = _asked_by_carrier(ports, now, found)
    for queue, messages in found.outbox.items():
        ports.queues.send(queue, messages)
    for look in found.looks:
        _rest(ports, look, rests.get(look.due, look.track), now)
    for name, count in found.held.items():
        still_wait(ports, name, count, now)
    return Swept(seen, claimed, polls, len(found.outbox["steps"]), len(found.outbox["alerts"]))


def _asked_by_carrier(ports: Ports, now: datetime, found: Found) -> tuple[dict[Due, Track], int]:
    """Queue the questions that each carrier has room for, the most urgent first; each track with when it is asked next,
    and how many numbers were queued."""
    wanted: dict[str, list[Look]] = defaultdict(list)
    rests: dict[Due, Track] = {}
    polls, rules = 0, rules_at(ports, now)
    for look in found.looks:
        if look.ask:
            wanted[look.track.carrier].append(look)
    for name, looks in wanted.items():
        may = found.outlook(ports, name, now)
        looks.sort(key=lambda look: look.urgency(now, rules))
        asked, held = looks[: may.room], looks[may.room :] if may.room is not None else []
        found.outbox["polls"] += _messages(name, [look.track.number for look in asked])
        rests |= {look.due: replace(look.track, poll_after=next_poll(look.track, now, rules)) for look in asked}
        rests |= {look.due: may.put_off(look.track, place, now) for place, look in enumerate(held)}
        found.held[name] += sum(look.track.attempts == 0 for look in held if may.wait.unheard_since)
        polls += len(asked)
    return rests, polls


def _messages(name: str, numbers: list[str]) -> list[dict[str, Any]]:
    """As many numbers in one message as one question may hold, and enough to be worth a worker."""
    most = max([LEAST_PER_MESSAGE, *(way.numbers_per_call for way in carrier(name).polling)])
    return [
        {"kind": "poll", "carrier": name, "numbers": numbers[start : start + most]}
        for start in range(0, len(numbers), most)
    ]


def _rest(ports: Ports, look: Look, track: Track, now: datetime) -> None:
    """All is sent: the track gets its next due time, and forgets what it owed."""
    due = replace(look.due, due_at=stamp(now + RETRY))
    if not track.effects:
        asked_next = track.poll_after if track.poll_after != look.track.poll_after else None
        due_next = next_due(track, now, rules_at(ports, now))
        until = min((at for at in (due_next, look.again) if at is not None), default=None)
        ports.due.rearm(due, until, poll_after=asked_next, unheard_since=track.unheard_since)
        return
    ports.tracks.settle(at_peace(replace(track, due_at=now + RETRY), now, rules_at(ports, now)))


def _look_at(ports: Ports, due: Due, now: datetime, found: Found) -> bool:
    """Whether this entry was claimed. One item that cannot be read must not cost the others their sweep."""
    try:
        return _read_and_claimed(ports, due, now, found)
    except StoredItemUnreadable:
        if not ports.due.claim(due, now + UNREADABLE_EVERY):
            return False
        found.outbox["alerts"].append(alert_of_record(due, now))
        return True


def _read_and_claimed(ports: Ports, due: Due, now: datetime, found: Found) -> bool:
    if due.kind == "track":
        track = ports.due.track_of(due)
        return track is not None and _track(ports, due, track, now, found)
    if due.kind == "booking":
        booking = ports.due.booking_of(due)
        return booking is not None and _booking(ports, due, booking, now, found)
    if due.kind == "duty":
        entry = ports.duties.of_due(due)
        return entry is not None and _duty(ports, due, entry, now, found)
    if due.kind in OTHERS:
        return OTHERS[due.kind](ports, due, now, found.outbox)
    parked = ports.due.parked_of(due)
    return parked is not None and _parked(ports, due, parked, now, found)


def _track(ports: Ports, due: Due, track: Track, now: datetime, found: Found) -> bool:
    """A parcel that asked to be looked at: unsent effects, a poll, a watch rule that has come true. While its carrier
    cannot be asked nothing is said of its silence, and it is looked at again when the carrier can."""
    rules = rules_at(ports, now)
    concerns = watch(track, now, rules)
    poll = track.poll_after is not None and track.poll_after <= now
    may = found.outlook(ports, track.carrier, now) if poll or concerns else OPEN
    told = [one for one in concerns if not (may.is_silent and one.kind in UNHEARD)]
    held = len(told) < len(concerns) or (poll and may.room == 0)
    found.held[track.carrier] += held and may.is_silent and track.attempts == 0
    track = may.put_off(track, 0, now) if held else may.looked_at(track)
    ask = poll and may.room != 0
    if not (track.effects or told or ask):
        until = next_due(track, now, rules)
        return ports.due.claim(due, until, unheard_since=track.unheard_since if held else None)
    if not ports.due.claim(due, now + RETRY):
        return False
    for effect in track.effects:
        found.outbox[effect.queue].append(dict(effect.body))
    found.outbox["alerts"] += [alert_of_concern(track, concern) for concern in told]
    if track.effects and track.attempts + 1 >= LAST_TRY:
        found.outbox["alerts"].append(alert_of_stuck(track, now))
    found.looks.append(Look(due, track, ask, track.poll_after if held else None))
    return True


def _booking(ports: Ports, due: Due, booking: Booking, now: datetime, found: Found) -> bool:
    """A step that was planned, is waiting for its first allowed moment, or was interrupted."""
    attempts = booking.attempts + 1
    last = attempts >= LAST_TRY
    if not ports.due.claim(due, None if last else now + RETRY * 2**attempts):
        return False
    if last:
        found.outbox["alerts"].append(alert_of_booking(booking, stuck_kind(booking), now))
    else:
        found.outbox["steps"].append(booking.step)
    return True


def _duty(ports: Ports, due: Due, entry: DutyEntry, now: datetime, found: Found) -> bool:
    """A claim on duty once paid whose last day comes near, or that lacks a fact. It is tried on: its day stands."""
    attempts = entry.attempts + 1
    if not ports.due.claim(due, now + wait_after(attempts)):
        return False
    if attempts == LAST_TRY:
        found.outbox["alerts"].append(alert_of_stuck_claim(entry, now))
    found.outbox["steps"].append(step_of(entry))
    return True


def _parked(ports: Ports, due: Due, parked: Parked, now: datetime, found: Found) -> bool:
    """Events for a number that no leg had: join them if it has one now; after three days tell a person."""
    old = now - parked.received_at >= PARKED_FOR
    if not ports.due.claim(due, None if old else now + PARKED_EVERY):
        return False
    if old:
        found.outbox["alerts"].append(alert_of_number(parked, now))
    found.outbox["steps"].append({"kind": "join", "carrier": parked.carrier, "number": parked.number, "at": stamp(now)})
    return True
