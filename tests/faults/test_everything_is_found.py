"""What goes wrong with a parcel is found in time and told once, and nothing is said of one that travels well."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.benchmarks.watched import FATES, IN_TIME, START, Outcome, WatchedFleet

AWAY = START + timedelta(days=8, hours=3)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """Three weeks of a hundred and fifty parcels; for six hours nobody sweeps."""
    return WatchedFleet(150, [(AWAY, AWAY + timedelta(hours=6))]).run()


def test_whatever_comes_true_for_a_quarter_of_an_hour_is_found(outcome):
    assert outcome.missed == []
    assert sum(outcome.found.values()) >= 40


def test_it_is_found_within_one_sweep_of_being_true_even_after_six_hours_without_one(outcome):
    assert max(outcome.late) <= IN_TIME


def test_nothing_is_told_twice(outcome):
    assert outcome.twice == []


def test_nothing_is_said_that_is_not_so_and_nothing_of_parcels_that_travel_well(outcome):
    assert outcome.false == []
    assert outcome.fine >= 100


def test_every_fate_is_dealt(outcome):
    assert set(outcome.fates) == {fate.name for fate in FATES}
