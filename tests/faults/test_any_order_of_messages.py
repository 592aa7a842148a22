"""Messages that come twice, late and in any order, from seeds: each run ends where the orderly one does.

A failing seed replays alone: ``python -m pytest tests/faults -k "seed-17"``.
"""

from __future__ import annotations

import random

import pytest

from tests.faults.gate import Gate
from tests.faults.stories import Picture, picture, tell
from tests.faults.test_every_call_may_fail import assert_ends_well
from tests.faults.world import World

SEEDS = range(60)


def shaken(seed: int) -> Picture:
    """The whole script with a queue that repeats one message in four and delivers in any order."""
    dice = random.Random(seed)
    world = World(Gate(), pick=lambda waiting: dice.randrange(len(waiting)), repeat=lambda: dice.random() < 0.25)
    tell(world)
    return picture(world)


@pytest.mark.parametrize("seed", SEEDS, ids=[f"seed-{seed}" for seed in SEEDS])
def test_repeated_and_reordered_messages_end_where_orderly_ones_do(seed):
    assert_ends_well(shaken(seed))


def test_a_seed_replays_to_the_same_end():
    assert shaken(3) == shaken(3)
