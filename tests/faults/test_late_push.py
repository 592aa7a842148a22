"""Pushes that the carrier holds back and delivers at the end, newest first, change the way and not the end."""

from __future__ import annotations

import random

import pytest

from chalicelib.workflows.take_tracking import accept_webhook
from tests.faults import stories
from tests.faults.gate import Gate
from tests.faults.stories import picture, tell
from tests.faults.world import World


@pytest.mark.parametrize("seed", range(10), ids=[f"seed-{seed}" for seed in range(10)])
def test_pushes_delivered_late_and_backwards_end_with_the_same_scans_and_stage(seed):
    world = World(Gate())
    held: list[tuple[bytes, dict[str, str]]] = []
    world.push = lambda number: held.append(world.carrier.push_body(number))  # type: ignore[method-assign]
    tell(world)
    random.Random(seed).shuffle(held)
    for body, headers in held:
        accept_webhook(world.ports, "fedex", body, headers, request_id="late", now=world.now)
        world.pump()
    ended, orderly = picture(world), stories.picture(_orderly())
    assert (ended.stage, ended.milestone, ended.condition) == (orderly.stage, orderly.milestone, orderly.condition)
    assert ended.scans == orderly.scans
    assert {status for _, status, _ in ended.exceptions} == {"resolved"}


def _orderly() -> World:
    world = World(Gate())
    tell(world)
    return world
