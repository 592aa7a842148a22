"""Due work when the schedule fails: not run for hours, run twice at once, dead in the middle, nothing to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.adapters.table import Update
from chalicelib.errors import StoredItemUnreadable
from chalicelib.shipments.events import Reading, Tracking
from chalicelib.workflows.ports import Due
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_tracking import apply_reading
from tests.fakes.memory_ports import World, memory_ports
from tests.fakes.pieces import NOW, a_scan, a_track
from tests.faults.gate import Crash

PARCELS = 75


def stored(many: int = PARCELS) -> tuple[World, set[str]]:
    """Parcels that were to be asked about over the last hours."""
    world, numbers = memory_ports(), set()
    for n in range(many):
        due = NOW - timedelta(minutes=5 * n)
        track = a_track(a_scan(0), number=f"7946{n:08d}", case_id=f"case{n}", due_at=due, poll_after=due)
        world.ports.tracks.save(track)
        numbers.add(track.number)
    return world, numbers


def asked(world: World) -> Counter[str]:
    """How often each number was handed to the pollers."""
    return Counter(number for message in world.queues.sent.get("polls", ()) for number in message["numbers"])


class Meddled:
    """Due work where something else happens just before the n-th claim."""

    def __init__(self, due: Any, at: int, happens: Callable[[], None]) -> None:
        self._due, self._left, self._happens = due, at, happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._due, name)

    def claim(self, due: Due, until: datetime | None) -> bool:
        self._left -= 1
        if self._left == 0:
            self._happens()
        claimed: bool = self._due.claim(due, until)
        return claimed


@pytest.mark.parametrize("hours", [0, 6, 48])
def test_after_hours_without_a_sweep_all_due_work_is_queued_once(hours):
    world, numbers = stored()
    at = NOW + timedelta(hours=hours)
    sweep(world.ports, at)
    assert asked(world) == dict.fromkeys(numbers, 1)
    sweep(world.ports, at + timedelta(minutes=5))
    assert asked(world) == dict.fromkeys(numbers, 1)


@pytest.mark.parametrize("at", [1, 2, PARCELS // 2, PARCELS])
def test_two_sweeps_at_once_queue_each_piece_of_work_once(at):
    world, numbers = stored()
    second = replace(world.ports, due=Meddled(world.ports.due, at, lambda: sweep(world.ports, NOW) and None))
    sweep(second, NOW)
    assert asked(world) == dict.fromkeys(numbers, 1)


@pytest.mark.parametrize("at", [1, 2, PARCELS // 2, PARCELS])
def test_a_sweep_that_dies_in_the_middle_skips_nothing(at):
    def dies() -> None:
        raise Crash

    world, numbers = stored()
    with pytest.raises(Crash):
        sweep(replace(world.ports, due=Meddled(world.ports.due, at, dies)), NOW)
    for minutes in (5, 10, 15, 20):
        sweep(world.ports, NOW + timedelta(minutes=minutes))
    assert asked(world) == dict.fromkeys(numbers, 1)


def test_more_due_work_than_one_sweep_takes_is_all_done_by_the_next_ones():
    world, numbers = stored()
    sweeps = 0
    while set(asked(world)) != numbers:
        sweep(world.ports, NOW + timedelta(minutes=5 * sweeps), limit=20)
        sweeps += 1
        assert sweeps <= PARCELS // 20 + 1
    assert asked(world) == dict.fromkeys(numbers, 1)


def test_queues_that_are_away_cost_a_quarter_of_an_hour_and_not_the_work():
    world, numbers = stored()
    world.queues.down = True
    with pytest.raises(Exception, match="down"):
        sweep(world.ports, NOW)
    world.queues.down = False
    sweep(world.ports, NOW + timedelta(minutes=15))
    assert asked(world) == dict.fromkeys(numbers, 1)


@pytest.mark.parametrize("broken", [{"events": ["no line of ours"]}, {"lane": "FR"}, {"version": "x"}])
def test_one_record_that_cannot_be_read_costs_no_other_parcel_its_sweep_and_is_told_once(broken):
    world, numbers = stored()
    oldest = max(numbers)
    ((due, item),) = [
        (one.pk, world.table.get(one.pk, one.sk)) for one in world.ports.due.due(NOW, 400) if one.pk.endswith(oldest)
    ]
    assert world.table.update(Update(due, item["SK"], broken))
    for hours in (0, 1, 7):
        sweep(world.ports, NOW + timedelta(hours=hours))
    assert set(asked(world)) == numbers - {oldest}
    told = [one for one in world.queues.sent["alerts"] if one["kind"] == "record_unreadable"]
    assert {one["episode"] for one in told} == {told[0]["episode"]}
    assert oldest in told[0]["detail"]
    for one in told:
        take_alert(world.ports, one, NOW)
    (opened,) = world.ports.exceptions.listed("high", None, 10).exceptions
    assert (opened.kind, opened.status) == ("record_unreadable", "open")


def test_one_record_that_cannot_be_read_costs_its_neighbours_in_the_same_body_nothing():
    world, numbers = stored(2)
    first, second = sorted(numbers)
    (item,) = world.table.partition(f"NUM#fedex#{first}")
    assert world.table.update(Update(item["PK"], item["SK"], {"lane": "FR"}))
    scanned = Reading(tuple(Tracking(number, None, (a_scan(3),)) for number in (first, second)), ())
    with pytest.raises(StoredItemUnreadable):
        apply_reading(world.ports, "fedex", "fedex", scanned, "0" * 64, NOW)
    assert len(world.ports.tracks.file("fedex", second).tracks[0].events) == 2
