"""Messages that come twice, late and in any order, from seeds: each run ends where the orderly one does.

A failing seed replays alone: ``python -m pytest tests/faults -k "dhl-seed-17"``.
"""

from __future__ import annotations

import random
from functools import cache

import pytest

from tests.faults.carrier_stories import STORIES
from tests.faults.endings import assert_ends_well
from tests.faults.stories import Picture

SEEDS = {"fedex": range(60), "dhl": range(20)}
RINGS = {story.carrier: story for story in STORIES if story.name == "ring"}
SHAKEN = [
    pytest.param(carrier, seed, id=f"seed-{seed}" if carrier == "fedex" else f"{carrier}-seed-{seed}")
    for carrier, seeds in SEEDS.items()
    for seed in seeds
]


def shaken(carrier: str, seed: int) -> Picture:
    """The whole script with a queue that repeats one message in four and delivers in any order."""
    dice = random.Random(seed)
    _, ended, _ = RINGS[carrier].run(
        pick=lambda waiting: dice.randrange(len(waiting)), repeat=lambda: dice.random() < 0.25
    )
    return ended


@cache
def orderly(carrier: str) -> Picture:
    _, ended, _ = RINGS[carrier].run()
    return ended


@pytest.mark.parametrize(("carrier", "seed"), SHAKEN)
def test_repeated_and_reordered_messages_end_where_orderly_ones_do(carrier, seed):
    assert_ends_well(shaken(carrier, seed), orderly(carrier))


@pytest.mark.parametrize("carrier", SEEDS)
def test_a_seed_replays_to_the_same_end(carrier):
    assert shaken(carrier, 3) == shaken(carrier, 3)
