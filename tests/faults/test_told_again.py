"""What a carrier says twice, late, otherwise, or all at once; and that the raw bodies alone tell the same story."""

from __future__ import annotations

import base64
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.carriers.registry import read_tracking
from chalicelib.clock import stamp
from chalicelib.shipments.events import Event
from chalicelib.shipments.fold import fold, merge
from chalicelib.workflows.take_tracking import accept_webhook, take_body
from tests.fakes.memory_ports import memory_ports
from tests.faults.gate import Gate
from tests.faults.parcels import WAY, booked, scanned, track_of
from tests.faults.stories import bought, tell
from tests.faults.world import MONDAY, World


def sent_again(world: World, body: bytes, headers: dict[str, str]) -> None:

    accept_webhook(world.ports, "fedex", body, headers, request_id="again", now=world.now)
    world.pump()


def travelled() -> tuple[World, str, list[tuple[bytes, dict[str, str]]]]:
    """A parcel that was pushed all the way; the pushes as they came."""
    world, number = booked()
    pushes = []
    for scan in WAY:
        scanned(world, number, *scan)
        pushes.append(world.carrier.push_body(number))
        sent_again(world, *pushes[-1])
    return world, number, pushes


@pytest.mark.parametrize("days", [0, 8, 300])
def test_a_push_sent_again_after_days_writes_nothing_and_tells_nobody(days):
    world, number, pushes = travelled()
    world.now += timedelta(days=days)
    before, writes = track_of(world, number), world.table.writes
    for body, headers in pushes:
        sent_again(world, body, headers)
    assert world.table.writes == writes
    assert track_of(world, number) == before
    assert not world.queues.waiting


def corrected(body: bytes, change: dict[str, str]) -> bytes:
    """The push with its newest scan said otherwise."""
    said = json.loads(body)
    holder = (said.get("output") or said)["completeTrackResults"][0] if "output" in said else said
    scans = holder["trackResults"][0]["scanEvents"]
    newest = max(scans, key=lambda scan: scan["date"])
    newest.update(change)
    return json.dumps(said).encode()


def test_a_scan_that_is_corrected_in_its_time_stands_beside_what_was_said_first():
    world, number = booked()
    scanned(world, number, *WAY[0])
    body, headers = world.carrier.push_body(number)
    sent_again(world, body, headers)
    first = track_of(world, number)
    later = corrected(body, {"date": (MONDAY + timedelta(hours=27)).isoformat()})
    sent_again(world, later, world.carrier.signed(later))
    after = track_of(world, number)
    assert set(first.events) < set(after.events)
    assert (after.state.milestone, len(after.events)) == (first.state.milestone, len(first.events) + 1)


def test_a_scan_that_is_told_in_other_words_is_one_scan_and_both_tellings_are_kept_raw():
    ends = []
    for order in (0, 1):
        world, number = booked()
        scanned(world, number, *WAY[0])
        body, _ = world.carrier.push_body(number)
        both = [body, corrected(body, {"eventDescription": "Picked up after a second look at the parcel"})]
        for telling in both if order else reversed(both):
            sent_again(world, telling, world.carrier.signed(telling))
        kept = world.evidence.objects.values()
        assert all(telling in kept for telling in both)
        ends.append([event._replace(source="") for event in track_of(world, number).events])
    assert ends[0] == ends[1], "whichever telling came first, the history reads the same"


@pytest.mark.parametrize("order", ["oldest first", "newest first", "shuffled"])
def test_a_backlog_after_an_outage_tells_each_change_once_and_not_each_scan(order):
    world, number = booked()
    pushes = []
    for scan in WAY:
        scanned(world, number, *scan)
        pushes += [world.carrier.push_body(number)] * 3
    if order == "newest first":
        pushes.reverse()
    if order == "shuffled":
        random.Random(7).shuffle(pushes)
    sent: Counter[str] = Counter()
    remember = world.queues.send

    def send(queue, messages):
        if queue not in ("tracking", "notices", "deliveries"):  # what these make of the changes has tests of its own
            sent.update(json.dumps(message, sort_keys=True) for message in messages)
        remember(queue, messages)

    world.queues.send = send  # type: ignore[method-assign]
    for body, headers in pushes:
        accept_webhook(world.ports, "fedex", body, headers, request_id="late", now=world.now)
    world.pump()
    assert max(sent.values()) == 1
    assert sum(sent.values()) <= 4, "it moves, it is held, it is released, it has arrived"
    assert track_of(world, number).state.milestone == "delivered"


def test_an_unknown_code_on_many_parcels_is_one_exception_a_day():
    world, number = booked()
    for hours in (26, 27, 28):
        scanned(world, number, "Q9", "PARIS", "FR", hours)
        sent_again(world, *world.carrier.push_body(number))
    page = world.ports.exceptions.listed(None, None, 10)
    assert [(one.kind, one.subject) for one in page.exceptions] == [("new_code", "fedex")] * len(page.exceptions)
    assert len(page.exceptions) == len({(MONDAY + timedelta(hours=hours)).date() for hours in (26, 27, 28)})
    scanned(world, number, "PU", "PARIS", "FR", 29)
    sent_again(world, *world.carrier.push_body(number))
    assert track_of(world, number).state.milestone == "picked_up"


def raw_bodies(world: World) -> list[bytes]:
    return [body for key, body in world.evidence.objects.items() if key.startswith("raw/")]


def nameless(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Which way a scan was told (push or poll) is not in the bytes; everything else of it is."""
    return tuple(event._replace(source="") for event in events)


def whole_story() -> tuple[World, str]:
    world = World(Gate())
    tell(world)
    number = bought(world)
    assert number is not None
    return world, number


@pytest.mark.parametrize("seed", range(5))
def test_the_raw_bodies_alone_tell_the_same_events_and_the_same_state(seed):
    world, number = whole_story()
    stored, bodies = track_of(world, number), raw_bodies(world)
    assert len(bodies) > len(WAY)
    random.Random(seed).shuffle(bodies)
    events: tuple[Event, ...] = ()
    for body in bodies:
        for tracking in read_tracking("fedex", body, world.now).trackings:
            assert tracking.number == number
            events = merge(events, tracking.events)
    assert nameless(events) == nameless(stored.events)
    assert fold(events, stored.facts) == stored.state


def test_a_lost_history_is_rebuilt_by_the_product_from_the_raw_bodies():
    world, number = whole_story()
    stored = track_of(world, number)
    empty = replace(
        stored, events=(), state=fold((), stored.facts), version=1, effects=(), concerns=(), due_at=None, unique_id=None
    )
    other = memory_ports()
    other.ports.tracks.save(empty)
    for body in raw_bodies(world):
        message = {"source": "fedex_push", "received_at": stamp(world.now), "request_id": "replay"}
        take_body(other.ports, {**message, "body_b64": base64.b64encode(body).decode()}, world.now)
    (rebuilt,) = other.ports.tracks.file("fedex", number).tracks
    assert nameless(rebuilt.events) == nameless(stored.events)
    assert rebuilt.state == stored.state
    assert set(rebuilt.concerns) == set(stored.concerns)
