"""An order that brings the courier brings him in hours that are yet to come and were named, or waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.world import MONDAY
from tests.workflows.test_courier_by_telephone import PostDesk

OVER = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 16:00 in Beijing, when the named hours end


def late(now: datetime) -> PostDesk:
    desk = PostDesk()
    desk.world.now = now
    desk.go_on("waybill")
    return desk


@pytest.mark.parametrize("now", [OVER, OVER + timedelta(hours=5), OVER + timedelta(days=3)])
def test_hours_that_are_over_are_neither_ordered_nor_moved_to_another_day(now):
    desk = late(now)
    for hours in range(1, 12):
        desk.world.sweep_at(now + timedelta(hours=hours))
    desk.go_on("waybill")
    assert desk.world.carrier.memory.shipments == {}
    assert (desk.booking("waybill").status, desk.booking("waybill").due_at) == ("planned", None)
    assert (desk.pickup["state"], desk.troubles) == ("refused", [("pickup_not_offered", "window_is_over")])


def test_what_is_left_of_hours_that_have_begun_is_asked_for():
    desk = late(OVER - timedelta(hours=2))
    assert (desk.pickup["state"], desk.booking("pickup").result["from"][:2]) == ("booked", "14")


@pytest.mark.parametrize("by", ["change", "ask"])
def test_when_another_day_is_named_the_order_goes_and_brings_him_then(by):
    desk = late(OVER + timedelta(hours=1))
    getattr(desk, by)("2026-11-26", "10:00", "16:00")
    desk.world.pump()
    desk.world.sweep_at(datetime(2026, 11, 26, 0, 30, tzinfo=UTC))
    assert len(desk.world.carrier.memory.shipments) == 1
    (courier,) = desk.world.carrier.memory.pickups
    assert str(courier).count("2026-11-26")
    assert (desk.pickup["state"], desk.pickup["on"]) == ("booked", "2026-11-26")
    assert "pickup_not_offered" not in [kind for kind, _ in desk.troubles]


def test_a_customer_who_wants_no_courier_any_more_gets_the_waybill_without_one():
    desk = late(OVER + timedelta(hours=1))
    desk.call_off()
    desk.world.pump()
    assert (len(desk.world.carrier.memory.shipments), desk.world.carrier.memory.pickups) == (1, [])


def test_hours_yet_to_come_are_ordered_as_they_were_named():
    desk = late(MONDAY)
    result = desk.booking("pickup").result
    assert (result["on"], result["from"], result["until"]) == ("2026-11-24", "10:00", "16:00")
