"""The ring's own request: dated so that it is always a return in time, whatever day it is told on."""

from datetime import date, timedelta

import pytest

from chalicelib.workdays import is_rest_day
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

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
CHRISTMAS_EVE = date(2026, 12, 24)


@pytest.mark.parametrize(("today", "expected"), [(FRIDAY, MONDAY), (CHRISTMAS_EVE, date(2026, 12, 28))])
def test_the_courier_comes_on_the_next_day_that_paris_works(today, expected):
    assert pickup_day(today) == expected
    assert not is_rest_day("FR", expected)


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
    assert sold < exported < delivered <= FRIDAY
    assert FRIDAY - delivered < timedelta(days=14)


def test_the_scans_follow_each_other_in_real_time_across_the_zones():
    times = [
        scan.when(FRIDAY) for scan in (PICKED_UP, DEPARTED, LANDED, HELD, RELEASED, ON_THE_VAN, DELIVERED)
    ]
    assert times == sorted(times)
    assert len(set(times)) == len(times)


def test_a_waybill_number_carries_its_check_digit():
    for number in (fedex_number() for _ in range(50)):
        body, check = number[:11], int(number[11])
        assert sum(int(digit) * (3, 1, 7)[place % 3] for place, digit in enumerate(body)) % 11 % 10 == check
