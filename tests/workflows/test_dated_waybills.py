"""A waybill is dated by the day its parcel is handed over, at the place where it starts, and never back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.workflows.desk import Desk


@pytest.mark.parametrize(
    ("bought_at", "dated"),
    [
        pytest.param(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "2026-11-24", id="the day before"),
        pytest.param(datetime(2026, 11, 24, 14, 59, tzinfo=UTC), "2026-11-24", id="a minute before the hours end"),
        pytest.param(datetime(2026, 11, 24, 15, 0, tzinfo=UTC), "2026-11-25", id="as they end"),
        pytest.param(datetime(2026, 11, 26, 12, 0, tzinfo=UTC), "2026-11-26", id="days late, within the hours"),
        pytest.param(datetime(2026, 11, 27, 16, 0, tzinfo=UTC), "2026-11-30", id="after hours on a Friday"),
    ],
)
def test_a_waybill_is_dated_by_the_courier_and_by_the_next_working_day_once_his_hours_are_over(bought_at, dated):
    desk = Desk()
    desk.open()
    desk.step("waybill", bought_at)
    (shipment,) = desk.world.carrier.memory.shipments.values()
    assert shipment.ship_date == dated
