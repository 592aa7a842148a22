"""Parcels with stories: what is wrong with them is told, in time, once, and of the others nothing is said."""

from __future__ import annotations

import pytest

from chalicelib.watch_rows import WATCHED_KINDS
from tests.benchmarks.watch_fleet import STORIES, Told, run


@pytest.fixture(scope="module")
def told() -> Told:
    return run(3 * 3 * len(STORIES))


def test_nothing_that_ought_to_be_told_is_missed(told):
    assert told.missed == {}


def test_nothing_is_told_later_than_one_sweep_after_it_was_true_and_known_nor_after_a_sleep_of_six_hours(told):
    assert sum(told.late.values()) == 0


def test_nothing_is_told_again_that_was_closed(told):
    assert sum(told.again.values()) == 0


def test_of_parcels_that_are_fine_nothing_is_said(told):
    assert told.false == {}


def test_every_rule_of_the_clock_is_in_a_story(told):
    assert set(told.told) >= set(WATCHED_KINDS)
