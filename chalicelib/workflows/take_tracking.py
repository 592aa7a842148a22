"""Story A, one tracking event: bytes from a carrier -> events -> the track's set grows -> ``fold`` gives the state ->
one conditional write -> what changed gives effects -> queues.

The fast half (``accept_webhook``) only proves the sender and queues the raw body; the worker half (``take_body``) keeps
the body under its digest, reads it and applies it. Nothing is parsed before it is verified, and nothing is lost if
parsing fails later. Polling enters at ``apply_reading`` with the same bytes-to-events function.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.carriers.contract import UnknownSource
from chalicelib.carriers.registry import carrier as carrier_named
from chalicelib.carriers.registry import carrier_of, open_push, read_tracking
from chalicelib.clock import instant, stamp
from chalicelib.errors import CarrierUnreadable, StaleVersion, StoredItemUnreadable, UnavailableError
from chalicelib.shipments.events import Problem, Reading, Tracking
from chalicelib.shipments.leg import Effect, Track
from chalicelib.shipments.tracking_step import apply, at_peace, chosen, heard_at
from chalicelib.workflows.alert_words import alert_of_unreadable
from chalicelib.workflows.ports import Parked, Ports
from chalicelib.workflows.watched_by import rules_at

TRIES = 6
QUEUE_LIMIT = 180_000
PARKED_FIRST_LOOK = timedelta(minutes=15)


def accept_webhook(
    ports: Ports, carrier: str, body: bytes, headers: Mapping[str, str], *, request_id: str, now: datetime
) -> Mapping[str, Any] | None:
    """Prove the sender on the raw bytes and queue them; the answer this carrier wants instead of ours. Raises
    ``SignatureMismatch`` for anything unproven, ``NotFoundError`` for a carrier that does not push,
    ``UnavailableError`` while the secrets cannot be read."""
    push = carrier_named(carrier).push
    if push is None:
        raise UnknownSource(f"{carrier} does not push")
    secrets = ports.secrets.webhooks().get(carrier)
    if not secrets:
        raise UnavailableError("no webhook secret is configured for this carrier")
    opened = open_push(carrier, body, headers, secrets)
    ports.queues.send("tracking", [envelope(ports, push.source, opened.body, request_id, now)])
    return opened.answer


def envelope(ports: Ports, source: str, body: bytes, request_id: str, now: datetime) -> dict[str, Any]:
    """The queued form of a body: base64, because a queue refuses control characters that carriers send; a body too
    large for a message is kept first and named by its digest, never cut."""
    head = {"source": source, "received_at": stamp(now), "request_id": request_id}
    if len(body) > QUEUE_LIMIT:
        return {**head, "body_sha256": ports.evidence.keep_raw(body, source, now)}
    return {**head, "body_b64": base64.b64encode(body).decode("ascii")}


def take_body(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Read one queued body and apply all that it says; the legs it was about, as ``case/leg``. Raises only what
    another try can mend."""
    digest, body = _opened(ports, message)
    source = message["source"]
    carrier = carrier_of(source)
    try:
        reading = read_tracking(source, body, instant(message["received_at"]))
    except CarrierUnreadable as unreadable:
        ports.queues.send("alerts", [alert_of_unreadable(carrier, digest, now, f"{unreadable} (kept as raw/{digest})")])
        return set()
    if _is_about_pushing(ports, carrier, reading, digest):
        return set()
    return apply_reading(ports, carrier, source, reading, digest, now)


def _is_about_pushing(ports: Ports, carrier: str, reading: Reading, digest: str) -> bool:
    """Whether a push is no news of a parcel but about pushing itself; the question whether pushes are wanted goes to
    the worker that may speak to the carrier."""
    push = carrier_named(carrier).push
    handshake = push.handshake if push else None
    said = {problem.code for problem in reading.problems}
    if handshake is None or reading.trackings or not said & {handshake.asked_as, *handshake.also_says}:
        return False
    if handshake.asked_as in said:
        ports.queues.send("steps", [{"kind": "confirm_push", "carrier": carrier, "raw_digest": digest}])
    return True


def apply_reading(
    ports: Ports, carrier: str, source: str, reading: Reading, raw_digest: str, now: datetime
) -> set[str]:
    """Apply every shipment of one reading; the legs it was about. What could not be read goes to a person, once
    however many bodies repeat it. A shipment whose own record cannot be read is raised after its neighbours."""
    found: list[Track | None] = []
    unreadable: StoredItemUnreadable | None = None
    for tracking in reading.trackings:
        try:
            others = [one for one in reading.trackings if one.number == tracking.number and one is not tracking]
            found.append(apply_tracking(ports, carrier, source, tracking, others, raw_digest, now))
        except StoredItemUnreadable as fault:
            unreadable = fault
    tell = [problem for problem in reading.problems if not problem.retryable]
    if tell:
        words = _words(tell)
        digest = hashlib.sha256(words.encode()).hexdigest()
        detail = f"{words} (kept as raw/{raw_digest})"
        ports.queues.send("alerts", [alert_of_unreadable(carrier, digest, now, detail)])
    if unreadable is not None:
        raise unreadable
    return {f"{track.case_id}/{track.leg_n}" for track in found if track is not None}


def apply_tracking(
    ports: Ports,
    carrier: str,
    source: str,
    tracking: Tracking,
    others: Sequence[Tracking],
    raw_digest: str,
    now: datetime,
) -> Track | None:
    """Grow one track by what was said of it, or park it until a leg has the number (then None). ``others`` are the
    shipments beside it in the same body under the same number.

    Both sides write first and then read the partition again: the parker for a track, the maker of a track for parked
    events, so neither can miss the other.
    """
    for _ in range(TRIES):
        file = ports.tracks.file(carrier, tracking.number)
        track = chosen(file.tracks, tracking, others)
        if track is None:
            parked = _parked(carrier, source, tracking, raw_digest, now)
            if all(known.digest != parked.digest for known in file.parked):
                ports.tracks.park(parked)
            made = chosen(ports.tracks.file(carrier, tracking.number).tracks, tracking, others)
            if made is not None:
                join(ports, carrier, tracking.number, now)
            return made
        if _grown(ports, track, tracking, source, now):
            return track
    raise StaleVersion("the track is being written by others; try again")


def join(ports: Ports, carrier: str, number: str, now: datetime) -> None:
    """Apply what was parked for a number, from the kept bodies, to the track that now has it."""
    file = ports.tracks.file(carrier, number)
    for parked in file.parked:
        reading = read_tracking(parked.source, ports.evidence.raw(parked.raw_digest), parked.received_at)
        under_it = [tracking for tracking in reading.trackings if tracking.number == number]
        told = [tracking for tracking in under_it if content_digest(carrier, tracking) == parked.digest]
        joined = [_join_one(ports, carrier, parked.source, one, under_it, now) for one in told]
        if joined and all(joined):
            ports.tracks.unpark(parked)


def send_effects(ports: Ports, effects: Iterable[Effect]) -> None:
    """Send what is owed, one batch per queue."""
    by_queue: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for effect in effects:
        by_queue[effect.queue].append(effect.body)
    for queue, messages in by_queue.items():
        ports.queues.send(queue, messages)


def deliver(ports: Ports, track: Track) -> None:
    """Send a saved track's effects and forget them; a track without any is left alone."""
    if track.effects:
        send_effects(ports, track.effects)
        ports.tracks.settle(at_peace(track, rules=rules_at(ports, heard_at(track))))


def _join_one(
    ports: Ports, carrier: str, source: str, tracking: Tracking, under_it: Sequence[Tracking], now: datetime
) -> bool:
    others = [one for one in under_it if one is not tracking]
    for _ in range(TRIES):
        track = chosen(ports.tracks.file(carrier, tracking.number).tracks, tracking, others)
        if track is None:
            return False
        if _grown(ports, track, tracking, source, now):
            return True
    raise StaleVersion("the track is being written by others; try again")


def _grown(ports: Ports, track: Track, tracking: Tracking, source: str, now: datetime) -> bool:
    """Save and deliver; False when somebody else wrote first. News that changes nothing writes nothing, but still
    delivers what an interrupted run left unsent."""
    after = apply(track, tracking, now, source, rules_at(ports, now))
    if after is None:
        deliver(ports, track)
        return True
    try:
        ports.tracks.save(after)
    except StaleVersion:
        return False
    deliver(ports, after)
    return True


def content_digest(carrier: str, tracking: Tracking) -> str:
    """Names what was said of a shipment, whatever body said it: told again at every poll, it is parked once."""
    told = [carrier, tracking.number, tracking.unique_id or "", *sorted(event.id for event in tracking.events)]
    return hashlib.sha256("|".join(told).encode()).hexdigest()


def _parked(carrier: str, source: str, tracking: Tracking, raw_digest: str, now: datetime) -> Parked:
    digest = content_digest(carrier, tracking)
    return Parked(carrier, tracking.number, digest, source, now, raw_digest, now + PARKED_FIRST_LOOK)


def _opened(ports: Ports, message: Mapping[str, Any]) -> tuple[str, bytes]:
    if "body_sha256" in message:
        return message["body_sha256"], ports.evidence.raw(message["body_sha256"])
    body = base64.b64decode(message["body_b64"], validate=True)
    return ports.evidence.keep_raw(body, message["source"], instant(message["received_at"])), body


def _words(problems: Iterable[Problem]) -> str:
    """What is wrong, the same words for the same faults."""
    told = {f"{problem.number or '-'} {problem.code}: {problem.text}" for problem in problems}
    return "; ".join(sorted(told))[:400]
