from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pickups.booking import (
    LocalWindow,
    PickupPlace,
    first_moment,
    horizon_of,
    last_change,
    plan,
)
from chalicelib.pickups.hand_over import hand_over
from chalicelib.workdays import is_rest_day

PARIS = PickupPlace("FR", None, "Europe/Paris")
SHENZHEN = PickupPlace("CN", None, "Asia/Shanghai")
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def planned(on, place=PARIS, now=SUNDAY, ready_from="10:00", until="16:00", carrier="fedex"):
    return plan(on, ready_from, until, carrier, place, now)


@pytest.mark.parametrize(
    ("now", "on", "status"),
    [
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), date(2026, 11, 23), "book_now"),  # the same day
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), date(2026, 11, 24), "book_now"),  # the next business day
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), date(2026, 11, 25), "wait"),
        (datetime(2026, 11, 20, 8, 0, tzinfo=UTC), date(2026, 11, 23), "book_now"),  # Friday for Monday
        (SUNDAY, date(2026, 11, 23), "book_now"),
        (SUNDAY, date(2026, 11, 24), "wait"),
        (datetime(2026, 12, 24, 8, 0, tzinfo=UTC), date(2026, 12, 28), "book_now"),  # over Christmas
    ],
)
def test_express_is_booked_for_today_or_the_next_business_day_and_else_waits(now, on, status):
    assert planned(on, now=now).status == status


def test_a_waiting_booking_names_the_first_morning_the_carrier_takes_it():
    found = planned(date(2026, 11, 30))
    assert found.not_before == datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
    assert planned(date(2026, 11, 30), now=found.not_before).status == "book_now"
    assert planned(date(2026, 11, 30), now=found.not_before - timedelta(seconds=1)).status == "wait"


def test_golden_week_is_skipped_and_a_worked_saturday_still_is_no_courier_day():
    assert first_moment(date(2026, 10, 8), SHENZHEN).date() == date(2026, 9, 30)
    assert planned(date(2026, 10, 10), SHENZHEN).status == "invalid"


@pytest.mark.parametrize(
    ("on", "ready_from", "until", "reason"),
    [
        (date(2026, 11, 21), "10:00", "16:00", "window_is_over"),
        (date(2026, 11, 24), "16:00", "10:00", "window_ends_before_it_starts"),
        (date(2026, 11, 24), "10:00", "10:00", "window_ends_before_it_starts"),
        (date(2026, 11, 29), "10:00", "16:00", "no_pickup_on_rest_day"),
        (date(2026, 12, 25), "10:00", "16:00", "no_pickup_on_rest_day"),
        (date(2027, 6, 1), "10:00", "16:00", "too_far_ahead"),
        (date(2026, 11, 24), "10h", "16:00", "time_not_readable"),
        (date(2026, 11, 24), "9:00", "16:00", "time_not_readable"),
        (date(2026, 11, 24), "24:00", "25:00", "time_not_readable"),
    ],
)
def test_what_no_courier_can_do_is_said(on, ready_from, until, reason):
    found = planned(on, ready_from=ready_from, until=until)
    assert (found.status, reason in found.reasons) == ("invalid", True)


def test_every_reason_is_told_at_once():
    found = planned(date(2026, 11, 15), ready_from="16:00", until="10:00")
    assert set(found.reasons) == {"window_ends_before_it_starts", "window_is_over", "no_pickup_on_rest_day"}


def test_the_window_is_over_by_the_clock_of_the_place():
    now = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # 16:30 in Shenzhen, 09:30 in Paris
    assert planned(date(2026, 11, 24), SHENZHEN, now).reasons == ("window_is_over",)
    assert planned(date(2026, 11, 24), PARIS, now).status == "book_now"


def test_a_window_that_has_begun_can_still_be_booked_until_it_ends():
    begun = datetime(2026, 11, 24, 14, 59, tzinfo=UTC)
    assert planned(date(2026, 11, 24), now=begun).status == "book_now"
    assert planned(date(2026, 11, 24), now=begun + timedelta(minutes=1)).status == "invalid"


def test_a_place_without_a_calendar_is_said_and_not_guessed():
    found = planned(date(2026, 11, 24), PickupPlace("BR", None, "America/Sao_Paulo"))
    assert (found.status, found.reasons) == ("invalid", ("holiday_calendar_unknown",))


def test_a_carrier_of_whose_pickups_nothing_is_known_is_said():
    assert planned(date(2026, 11, 24), carrier="pigeon").reasons == ("carrier_unknown",)


def test_the_customer_is_told_how_to_pack_before_whom_to_hand_it_to():
    keys = [step.key for step in hand_over()]
    assert keys.index("pickup.photo_and_weight") < keys.index("pickup.seal") < keys.index("pickup.receipt")
    assert len(set(keys)) == len(keys)
    assert all(step.text.endswith(".") for step in hand_over())


@given(st.dates(date(2026, 11, 23), date(2027, 4, 30)), st.sampled_from([PARIS, SHENZHEN]))
def test_a_waiting_booking_can_be_booked_when_its_moment_comes_and_not_before(on, place):
    found = planned(on, place)
    if is_rest_day(place.country, on):
        assert found.status == "invalid"
    elif found.status == "wait":
        assert SUNDAY < found.not_before < found.window.starts_at
        assert planned(on, place, found.not_before).status == "book_now"
    else:
        assert found.status == "book_now"


def dhl(on, now=SUNDAY, **hours):
    return planned(on, now=now, carrier="dhl", **hours)


def test_dhl_takes_a_courier_ten_days_before_the_parcel_is_ready_and_not_a_second_sooner():
    wished = date(2026, 12, 7)
    found = dhl(wished)
    assert (found.status, found.not_before) == ("wait", datetime(2026, 11, 27, 9, 0, tzinfo=UTC))
    assert dhl(wished, found.not_before).status == "book_now"
    assert dhl(wished, found.not_before - timedelta(seconds=1)).status == "wait"


def test_dhl_wants_two_hours_between_ready_and_close():
    assert dhl(date(2026, 11, 24), ready_from="10:00", until="12:00").status == "book_now"
    assert dhl(date(2026, 11, 24), ready_from="10:00", until="11:59").reasons == ("window_too_short",)


def ground(on, now=SUNDAY):
    return plan(on, "10:00", "16:00", "fedex", PARIS, now, service="FEDEX_GROUND")


def test_fedex_ground_takes_two_weeks_ahead_and_never_the_same_day():
    assert ground(date(2026, 12, 4)).status == "book_now"
    assert ground(date(2026, 12, 7)).not_before == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert ground(date(2026, 11, 23), datetime(2026, 11, 23, 6, tzinfo=UTC)).reasons == ("not_on_the_same_day",)


def test_a_posts_courier_may_be_asked_for_on_any_working_day():
    assert planned(date(2027, 2, 1), SHENZHEN, carrier="ems").status == "book_now"
    assert planned(date(2027, 6, 7), SHENZHEN, carrier="ems").reasons == ("too_far_ahead",)


@pytest.mark.parametrize("carrier", ["fedex", "dhl", "ems"])
def test_each_carrier_says_by_which_rule_it_was_planned(carrier):
    assert planned(date(2026, 11, 24), carrier=carrier).rule.startswith(f"pickups/horizons@2025-01-01#{carrier}-")


def test_until_when_a_courier_can_be_changed_by_a_call():
    window = LocalWindow(date(2026, 11, 24), time(10), time(16), "Europe/Paris")
    booked_at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    until = {
        name: last_change(window, horizon_of(carrier, service, date(2026, 11, 22)), booked_at)
        for name, carrier, service in (
            ("express", "fedex", "INTERNATIONAL_PRIORITY"),
            ("ground", "fedex", "FEDEX_GROUND"),
            ("dhl", "dhl", "P"),
            ("ems", "ems", ""),
        )
    }
    assert until == {
        "express": datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
        "ground": datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        "dhl": datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
        "ems": None,
    }
