from datetime import UTC, date, datetime, time, timedelta

import pytest

from chalicelib.pickups.booking import LocalWindow, PickupPlace, horizon_of
from chalicelib.pickups.offers import KnownDays, OfferedDay, fit
from chalicelib.pickups.windows import windows

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PARIS = PickupPlace("FR", None, "Europe/Paris")
TUESDAY = date(2026, 11, 24)
WISHED = LocalWindow(TUESDAY, time(10), time(16), "Europe/Paris")


def shown(carrier="fedex", service="", days=7, known=None, now=MONDAY, place=PARIS, first=date(2026, 11, 23)):
    return windows(horizon_of(carrier, service, now.date()), place, first, days, known, now)


def test_fedex_is_bookable_today_and_tomorrow_held_after_and_off_on_the_weekend():
    statuses = [day.status for day in shown()]
    assert statuses == ["now", "now", "held", "held", "held", "not_offered", "not_offered"]
    assert shown()[5].reasons == ("no_pickup_on_rest_day",)
    assert shown()[2].held_until == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def test_dhl_is_bookable_for_ten_days():
    by_day = {day.on: day.status for day in shown("dhl", days=14)}
    assert by_day[date(2026, 12, 3)] == "now"
    assert by_day[date(2026, 12, 4)] == "held"
    assert shown("dhl")[0].min_window == timedelta(hours=2)


def test_a_day_whose_hours_are_over_and_one_too_far_ahead_are_not_offered():
    late = shown(now=datetime(2026, 11, 23, 16, 30, tzinfo=UTC))
    assert late[0].reasons == ("window_is_over",)
    far = shown(first=date(2027, 5, 24), days=1)
    assert "too_far_ahead" in far[0].reasons


def test_a_place_without_a_calendar_offers_no_day_and_says_why():
    brazil = PickupPlace("BR", None, "America/Sao_Paulo")
    assert {day.reasons for day in shown(place=brazil, days=2)} == {("holiday_calendar_unknown",)}


def test_what_the_carrier_said_goes_before_the_rule_for_a_day():
    known = KnownDays((OfferedDay(TUESDAY, True, time(15, 30), timedelta(hours=4), time(8), time(18)),), MONDAY)
    monday, tuesday, *_ = shown(known=known)
    assert (monday.source, tuesday.source) == ("rule", "carrier")
    assert (tuesday.earliest, tuesday.latest, tuesday.min_window) == (time(8), time(18), timedelta(hours=4))
    assert tuesday.cut_off_at == datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
    assert (monday.confidence, tuesday.confidence) == ("low", "high")


def test_the_cut_off_is_by_the_clock_of_the_place():
    known = KnownDays((OfferedDay(TUESDAY, True, time(15, 30)),), MONDAY)
    before = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert shown(known=known, now=before, first=TUESDAY)[0].status == "now"
    after = datetime(2026, 11, 24, 8, 59, tzinfo=UTC)
    earlier = KnownDays((OfferedDay(TUESDAY, True, time(9, 30)),), MONDAY)
    assert shown(known=earlier, now=after, first=TUESDAY)[0].reasons == ("cut_off_passed",)


def test_an_answer_is_shown_for_a_day_and_no_longer():
    known = KnownDays((OfferedDay(date(2026, 11, 25), False),), MONDAY)
    at_last = shown(known=known, now=MONDAY + timedelta(hours=24), first=date(2026, 11, 25))
    assert at_last[0].reasons == ("day_not_offered",)
    too_old = shown(known=known, now=MONDAY + timedelta(hours=24, seconds=1), first=date(2026, 11, 25))
    assert too_old[0].source == "rule"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (OfferedDay(TUESDAY, False), "day_not_offered"),
        (OfferedDay(TUESDAY, True, earliest=time(16)), "hours_not_offered"),
        (OfferedDay(TUESDAY, True, latest=time(10)), "hours_not_offered"),
        (OfferedDay(TUESDAY, True, access=timedelta(hours=6, minutes=1)), "window_too_short"),
    ],
)
def test_what_does_not_fit_says_why_and_names_the_days_that_are_offered(said, reason):
    wednesday = OfferedDay(date(2026, 11, 25), True)
    found = fit(WISHED, (said, wednesday), MONDAY)
    assert (found.window, found.reason) == (None, reason)
    assert wednesday.on in found.offered


def test_hours_are_narrowed_and_never_widened():
    found = fit(WISHED, [OfferedDay(TUESDAY, True, None, timedelta(hours=2), time(11), time(20))], MONDAY).window
    assert (found.ready_from, found.until) == (time(11), time(16))


def test_the_last_minutes_of_a_window_cannot_be_asked_for():
    assert fit(WISHED, (), datetime(2026, 11, 24, 14, 58, tzinfo=UTC)).reason == "window_is_over"
    assert fit(WISHED, (), datetime(2026, 11, 24, 14, 50, tzinfo=UTC)).window.ready_from == time(15, 55)
