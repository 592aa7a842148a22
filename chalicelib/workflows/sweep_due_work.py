"""Story C, the sweep: what is due now -> claim it -> queue the work -> next due time.

The index says what asked to be looked at; the item itself is read again and decides. The sweep makes no carrier call
and costs what is due, not what is stored. A claim holds for a quarter of an hour, so two sweeps do not queue the same
work; once the work is queued the item gets its next due time. A sweep that dies between the two costs a quarter of an
hour, not the work, and what it had queued is harmless twice.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.carriers.registry import carrier
from chalicelib.clock import stamp
from chalicelib.errors import StoredItemUnreadable
from chalicelib.shipments.leg import Track
from chalicelib.shipments.tracking_step import at_peace
from chalicelib.shipments.watch import next_due, watch
from chalicelib.workflows.alert_words import (
    alert_of_booking,
    alert_of_concern,
    alert_of_number,
    alert_of_record,
    alert_of_stuck,
)
from chalicelib.workflows.ports import Booking, Due, Parked, Ports

RETRY = timedelta(minutes=15)
UNREADABLE_EVERY = timedelta(hours=6)
PARKED_EVERY = timedelta(hours=6)
PARKED_FOR = timedelta(hours=72)
LAST_TRY = 5


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did, for the log and the metrics."""

    due: int
    claimed: int
    polls: int
    steps: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Found:
    """What one sweep has gathered and not yet sent: messages by queue, numbers to poll by carrier, tracks whose owed
    messages are among them, and claims with the due time they get once all is sent."""

    outbox: dict[str, list[dict[str, Any]]]
    numbers: dict[str, list[str]]
    owing: list[Track]
    queued: list[tuple[Due, datetime | None]]


def sweep(ports: Ports, now: datetime, limit: int = 400) -> Swept:
    """Look at everything due by now, up to ``limit`` entries; what is left is due at the next sweep."""
    found = Found(defaultdict(list), defaultdict(list), [], [])
    seen = claimed = 0
    for due in ports.due.due(now, limit):
        seen += 1
        claimed += _look_at(ports, due, now, found)
    for name, wanted in found.numbers.items():
        most = max((way.numbers_per_call for way in carrier(name).polling), default=1)
        found.outbox["polls"] += [
            {"kind": "poll", "carrier": name, "numbers": wanted[start : start + most]}
            for start in range(0, len(wanted), most)
        ]
    for queue, messages in found.outbox.items():
        ports.queues.send(queue, messages)
    for track in found.owing:
        ports.tracks.settle(at_peace(track, now))
    for due, until in found.queued:
        ports.due.rearm(due, until)
    polls = sum(map(len, found.numbers.values()))
    return Swept(seen, claimed, polls, len(found.outbox["steps"]), len(found.outbox["alerts"]))


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
    parked = ports.due.parked_of(due)
    return parked is not None and _parked(ports, due, parked, now, found)


def _track(ports: Ports, due: Due, track: Track, now: datetime, found: Found) -> bool:
    """A parcel that asked to be looked at: unsent effects, a poll, a watch rule that has come true."""
    concerns = watch(track, now)
    poll = track.poll_after is not None and track.poll_after <= now
    work = bool(track.effects or concerns or poll)
    until = now + RETRY if work else next_due(track, now)
    if not ports.due.claim(due, until):
        return False
    for effect in track.effects:
        found.outbox[effect.queue].append(dict(effect.body))
    found.outbox["alerts"] += [alert_of_concern(track, concern) for concern in concerns]
    if poll:
        found.numbers[track.carrier].append(track.number)
    if track.effects and track.attempts + 1 >= LAST_TRY:
        found.outbox["alerts"].append(alert_of_stuck(track, now))
    if track.effects:
        found.owing.append(replace(track, due_at=until))
    elif work:
        found.queued.append((replace(due, due_at=stamp(now + RETRY)), next_due(track, now)))
    return True


def _booking(ports: Ports, due: Due, booking: Booking, now: datetime, found: Found) -> bool:
    """A step that was planned, is waiting for its first allowed moment, or was interrupted."""
    attempts = booking.attempts + 1
    last = attempts >= LAST_TRY
    if not ports.due.claim(due, None if last else now + RETRY * 2**attempts):
        return False
    if last:
        found.outbox["alerts"].append(alert_of_booking(booking, "booking_stuck", now))
    else:
        found.outbox["steps"].append({"kind": booking.kind, "case_id": booking.case_id, "leg": booking.leg_n})
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
