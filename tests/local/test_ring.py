"""The ring's own request: dated so that it is always a return in time, whatever day it is told on."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.pickups.booking import PickupPlace, plan
from chalicelib.shipments.thresholds import thresholds
from infra.local.ring import (
    DELIVERED,
    DEPARTED,
    HELD,
    LANDED,
    ON_THE_VAN,
    PICKED_UP,
    RELEASED,
    fedex_number,
    pickup_day,
    return_request,
)

PARIS = ZoneInfo("Europe/Paris")
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (FRIDAY, date(2026, 11, 23)),
        (datetime(2026, 12, 24, 12, 0, tzinfo=PARIS), date(2026, 12, 28)),
        (datetime(2026, 11, 23, 0, 30, tzinfo=PARIS), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 3, 0, tzinfo=PARIS), date(2026, 11, 23)),
    ],
)
def test_the_courier_is_ordered_for_a_day_that_the_carrier_takes_at_once(now, expected):
    assert pickup_day(now) == expected
    place = PickupPlace("FR", None, "Europe/Paris")
    assert plan(expected, "10:00", "16:00", "fedex", place, now).status == "book_now"


def test_every_telling_has_its_own_order_serial_and_waybill():
    first, second = return_request(FRIDAY), return_request(FRIDAY)
    assert first["order"]["number"] != second["order"]["number"]
    assert first["items"][0]["serial"] != second["items"][0]["serial"]
    assert first["original_export"]["tracking_number"] != second["original_export"]["tracking_number"]


def test_it_was_sold_shipped_and_delivered_in_that_order_and_within_a_fortnight_of_today():
    request = return_request(FRIDAY)
    sold, exported, delivered = (
        date.fromisoformat(text)
        for text in (
            request["order"]["sold_on"],
            request["original_export"]["exported_on"],
            request["order"]["delivered_on"],
        )
    )
    assert sold < exported < delivered <= FRIDAY.date()
    assert FRIDAY.date() - delivered < timedelta(days=14)


def test_the_scans_follow_each_other_across_the_zones_within_the_day_that_is_taken():
    way = (PICKED_UP, DEPARTED, LANDED, HELD, RELEASED, ON_THE_VAN, DELIVERED)
    times = [scan.when(FRIDAY) for scan in way]
    assert times == sorted(set(times))
    assert times[-1] - FRIDAY < timedelta(hours=thresholds(FRIDAY.date() + timedelta(days=7)).bounds.future_hours)


def test_a_waybill_number_carries_its_check_digit():
    for number in (fedex_number() for _ in range(50)):
        body, check = number[:11], int(number[11])
        assert sum(int(digit) * (3, 1, 7)[place % 3] for place, digit in enumerate(body)) % 11 % 10 == check
