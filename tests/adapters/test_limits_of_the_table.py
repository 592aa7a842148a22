"""What DynamoDB limits: the size of an item, the digits of a number, how much one partition of an index takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.marshal import typed_value
from chalicelib.adapters.track_items import track_item
from chalicelib.shipments.events import Place, Tracking
from chalicelib.shipments.tracking_step import apply
from tests.fakes.memory_table import LARGEST_ITEM
from tests.fakes.pieces import NOW, NUMBER, a_scan, a_track
from tests.metering.sizes import item_size


def test_a_storm_of_scans_in_the_widest_letters_stays_far_below_the_largest_item():
    wide = "𠮷" * 200
    storm = tuple(
        a_scan(
            0, id=f"{n:016x}", at=NOW + timedelta(seconds=n), text=wide, code=f"C{n % 900}", milestone="unrecognised",
            place=Place(wide[:80], "CN"),
        )
        for n in range(5_000)
    )  # fmt: skip
    track = a_track()
    for start in range(0, len(storm), 500):
        after = apply(track, Tracking(NUMBER, None, storm[start : start + 500]), NOW + timedelta(hours=2), "fedex")
        track = replace(after or track, effects=())
        assert item_size(track_item(track)) < LARGEST_ITEM / 2
    assert len(track.events) == 200


@pytest.mark.parametrize("value", [0.1, float("nan"), float("inf"), Decimal("0.1"), Decimal("1E+40"), 1j, {1}])
def test_a_number_that_the_table_would_round_or_refuse_never_reaches_it(value):
    with pytest.raises(ValueError, match="holds no"):
        typed_value(value)


@pytest.mark.parametrize("pk", [keys.number_pk, lambda _, n: keys.case_pk(n)], ids=["numbers", "cases"])
@pytest.mark.parametrize(
    ("shard", "shards"),
    [(keys.due_shard, keys.DUE_SHARDS), (lambda pk: keys.listed_as("case", "booked", pk), keys.LISTING_SHARDS)],
    ids=["due", "listing"],
)
def test_due_work_and_lists_are_spread_evenly_however_numbers_follow_each_other(pk, shard, shards):
    found = Counter(shard(pk("fedex", f"{794600000000 + n * 9}")) for n in range(8_000))
    assert len(found) == shards
    assert max(found.values()) < 2 * 8_000 / shards
