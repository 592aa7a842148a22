"""A small fleet in virtual time: no carrier is ever asked more than it allows, and hardly ever for nothing.

``make fleet`` runs the same with ten thousand parcels.
"""

from __future__ import annotations

import pytest

from tests.benchmarks.fleet import Fleet

PARCELS = 180


@pytest.mark.parametrize(("pushes", "bar"), [(False, 2.5), (True, 0.3)], ids=["without webhooks", "with webhooks"])
def test_a_carrier_is_asked_about_as_often_as_there_is_news(pushes, bar):
    told = Fleet(PARCELS, pushes=pushes).run()
    assert told.ratio <= bar
    assert told.over == ()
    assert told.unheard == 0, "every scan of every parcel was heard of"


def test_of_a_carrier_that_allows_little_no_more_is_asked_and_the_rest_waits():
    told = Fleet(PARCELS * 4, pushes=False, ways={"dhl": 1}).run()
    assert told.over == ()
    assert 225 <= told.most_per_day["dhl"] <= 250, "what it allows is used"
    assert told.most_per_span["dhl"] == 1
    assert told.most_per_number["dhl"] <= 10
    assert told.unheard == 0


def test_the_fleet_sees_a_quota_that_is_not_kept():
    fleet = Fleet(60, pushes=False)
    way = fleet.ways["ems"]
    fleet.run()
    way.per_day["2026-11-30"] = way.quota.per_day + 1
    assert not way.kept
