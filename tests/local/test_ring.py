"""The rings' own requests: dated so that each is always a return in time, whatever day it is told on."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.pickups.booking import plan
from chalicelib.shipments.thresholds import thresholds
from infra.local.ring import TALES, TEXTS, fedex_number

PARIS = ZoneInfo("Europe/Paris")
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=PARIS)
HOME = TALES["fedex"]
ALL = pytest.mark.parametrize("tale", TALES.values(), ids=TALES)


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
    assert HOME.pickup_day(now) == expected
    assert plan(expected, "10:00", "16:00", "fedex", HOME.place, now).status == "book_now"
    assert plan(expected, "10:00", "16:00", "dhl", HOME.place, now).status == "book_now"


@ALL
def test_every_telling_has_its_own_order_serial_and_waybill(tale):
    first, second = tale.request(FRIDAY), tale.request(FRIDAY)
    assert first["order"]["number"] != second["order"]["number"]
    assert first["items"][0]["serial"] != second["items"][0]["serial"]
    assert first["original_export"]["tracking_number"] != second["original_export"]["tracking_number"]


@ALL
def test_it_was_sold_shipped_and_delivered_in_that_order_and_within_a_fortnight_of_today(tale):
    request = tale.request(FRIDAY)
    sold, exported, delivered = (
        date.fromisoformat(text)
        for text in (
            request["order"]["sold_on"],
            request["original_export"]["exported_on"],
            request["order"]["delivered_on"],
        )
    )
    today = FRIDAY.astimezone(tale.zone).date()
    assert sold < exported < delivered <= today
    assert today - delivered < timedelta(days=14)


@ALL
def test_the_scans_follow_each_other_across_the_zones_within_the_day_that_is_taken(tale):
    steps = tale.steps(FRIDAY)
    assert set(steps) == set(TEXTS) - {"lost"}
    times = [step.at for step in steps.values()]
    assert times == sorted(set(times))
    assert times[-1] - FRIDAY < timedelta(hours=thresholds(FRIDAY.date() + timedelta(days=7)).bounds.future_hours)


@ALL
def test_the_ring_starts_at_the_customer_and_ends_at_the_merchant(tale):
    request = tale.request(FRIDAY)
    assert request["customer"]["address"]["country"] == tale.lane.origin.country
    assert request["carrier"] in (None, tale.carrier)
    assert tale.routes_question(FRIDAY)["lane"] == {
        "from": tale.lane.origin.country,
        "to": tale.lane.destination.country,
    }


def test_a_waybill_number_carries_its_check_digit():
    for number in (fedex_number() for _ in range(50)):
        body, check = number[:11], int(number[11])
        assert sum(int(digit) * (3, 1, 7)[place % 3] for place, digit in enumerate(body)) % 11 % 10 == check
