from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.returns.windows import Whereabouts, months_window, window

# The window each country's law gives, in its own codes, and the first instant after it.
CHECKED = [
    # country, delivered, days, count, rest, first instant after, at local midnight
    (
        "DE",
        "2026-12-11",
        14,
        "excl_start",
        "sat_sun_hol",
        "2026-12-29",
        "Europe/Berlin",
    ),  # 25 hol, 26 hol, 27 Sun
    ("JP", "2026-11-22", 8, "incl_start", None, "2026-11-30", "Asia/Tokyo"),  # day of receipt is day 1
    ("TW", "2026-11-22", 7, "excl_start", "sun_hol", "2026-12-01", "Asia/Taipei"),  # 29th is a Sunday
    ("FR", "2026-11-12", 14, "excl_start", "sat_sun_hol", "2026-11-27", "Europe/Paris"),
    (
        "FR",
        "2026-04-17",
        14,
        "excl_start",
        "sat_sun_hol",
        "2026-05-05",
        "Europe/Paris",
    ),  # 1 May Fri, then Sat, Sun
    ("GB", "2026-12-12", 14, "excl_start", None, "2026-12-27", "Europe/London"),  # Boxing Day does not roll
    ("CN", "2026-02-09", 7, "excl_start", "statutory_rest", "2026-02-25", "Asia/Shanghai"),  # Spring Festival
    (
        "CN",
        "2026-02-07",
        7,
        "excl_start",
        "statutory_rest",
        "2026-02-15",
        "Asia/Shanghai",
    ),  # Sat 14th is worked
    ("KR", "2026-11-14", 7, "excl_start", "sat_sun_hol", "2026-11-24", "Asia/Seoul"),  # 21st is a Saturday
    ("DE", "2028-02-15", 14, "excl_start", None, "2028-03-01", "Europe/Berlin"),  # ends on 29 February
    ("DE", "2027-02-15", 14, "excl_start", None, "2027-03-02", "Europe/Berlin"),  # no 29 February
    ("US", "2026-10-18", 14, "excl_start", None, "2026-11-02", "Pacific/Honolulu"),
]


@pytest.mark.parametrize(("country", "delivered", "days", "count", "rest", "after", "zone"), CHECKED)
def test_a_window_ends_at_the_customers_own_midnight(country, delivered, days, count, rest, after, zone):
    found = window(date.fromisoformat(delivered), days, count, rest, Whereabouts(country, None))
    midnight = datetime.fromisoformat(after).replace(tzinfo=ZoneInfo(zone))
    assert found.sure_until == midnight


def test_the_last_instant_is_inside_and_the_next_one_is_outside():
    found = window(date(2026, 11, 9), 14, "excl_start", None, Whereabouts("FR", None))
    end = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert found.sure_until == end
    assert found.at(end - timedelta(microseconds=1)) == "open"
    assert found.at(end) == "closed"


def test_the_night_the_clocks_go_back_has_its_25th_hour():
    # 2026-10-25 has 25 hours in Paris: a window over it ends at 23:00 UTC, the one before it at 22:00 UTC.
    before = window(date(2026, 10, 10), 14, "excl_start", None, Whereabouts("FR", None))
    after = window(date(2026, 10, 11), 14, "excl_start", None, Whereabouts("FR", None))
    assert after.sure_until - before.sure_until == timedelta(hours=25)


def test_the_night_the_clocks_go_forward_has_only_23_hours():
    before = window(date(2026, 3, 14), 14, "excl_start", None, Whereabouts("FR", None))
    after = window(date(2026, 3, 15), 14, "excl_start", None, Whereabouts("FR", None))
    assert after.sure_until - before.sure_until == timedelta(hours=23)


def test_a_regional_holiday_leaves_a_doubt_when_the_region_is_not_known():
    # 2026-06-04 is Corpus Christi in Bavaria and six other states.
    anywhere = window(date(2026, 5, 21), 14, "excl_start", "sat_sun_hol", Whereabouts("DE", None))
    bavaria = window(date(2026, 5, 21), 14, "excl_start", "sat_sun_hol", Whereabouts("DE", "BY"))
    berlin = window(date(2026, 5, 21), 14, "excl_start", "sat_sun_hol", Whereabouts("DE", "BE"))
    assert anywhere.doubts == ("regional_holiday_possible",)
    assert anywhere.at(anywhere.sure_until) == "doubtful"
    assert (anywhere.sure_until, anywhere.latest_until) == (berlin.sure_until, bavaria.sure_until)
    assert not berlin.doubts
    assert not bavaria.doubts


def test_a_year_without_a_calendar_leaves_a_doubt_and_not_a_working_day():
    found = window(date(2028, 12, 11), 14, "excl_start", "sat_sun_hol", Whereabouts("DE", None))
    assert found.doubts == ("holiday_calendar_unknown",)
    assert found.at(datetime(2028, 12, 26, 12, tzinfo=UTC)) == "doubtful"


@pytest.mark.parametrize(
    ("rest", "sure_until"),
    [
        ("sat_sun_hol", datetime(2029, 1, 1, 23, 0, tzinfo=UTC)),  # Monday
        ("statutory_rest", datetime(2029, 1, 1, 23, 0, tzinfo=UTC)),
        ("sun_hol", datetime(2028, 12, 30, 23, 0, tzinfo=UTC)),  # the Saturday itself
    ],
)
def test_without_a_calendar_a_window_still_moves_past_the_weekend(rest, sure_until):
    found = window(date(2028, 12, 16), 14, "excl_start", rest, Whereabouts("DE", None))
    assert found.sure_until == sure_until


def test_chinese_holidays_not_published_yet_leave_a_doubt():
    found = window(date(2027, 5, 1), 7, "excl_start", "statutory_rest", Whereabouts("CN", None))
    assert found.doubts == ("holiday_calendar_unpublished",)


def test_where_no_zone_is_known_the_day_ends_where_days_end_last():
    found = window(date(2026, 11, 1), 7, "excl_start", None, Whereabouts("AQ", None))
    assert found.sure_until == datetime(2026, 11, 9, 12, 0, tzinfo=UTC)


def test_months_from_a_leap_day_end_on_the_last_of_february():
    found = months_window(date(2024, 2, 29), 24, Whereabouts("FR", None))
    assert found.sure_until == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)


@given(st.dates(date(2025, 1, 2), date(2027, 10, 1)), st.sampled_from(["FR", "DE", "GB", "CN", "US", "IT", "KR"]))
def test_rolling_over_rest_days_never_shortens_a_window(delivered, country):
    where = Whereabouts(country, None)
    plain = window(delivered, 14, "excl_start", None, where)
    rolled = window(delivered, 14, "excl_start", "sat_sun_hol", where)
    assert plain.sure_until <= rolled.sure_until <= rolled.latest_until
    last_day = (rolled.sure_until - timedelta(microseconds=1)).astimezone(ZoneInfo(where.zone_name))
    assert last_day.weekday() < 5


@given(st.dates(date(2025, 1, 2), date(2027, 10, 1)), st.integers(1, 60))
def test_a_window_always_ends_at_a_local_midnight(delivered, days):
    where = Whereabouts("US", "CA")
    end = window(delivered, days, "excl_start", None, where).sure_until.astimezone(ZoneInfo(where.zone_name))
    assert (end.hour, end.minute) == (0, 0)
    assert end.date() == delivered + timedelta(days=days + 1)
