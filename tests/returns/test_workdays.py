from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import RuleNotInForce
from chalicelib.rulebook import effective_dates
from chalicelib.workdays import calendar_of, is_rest_day, next_working_day, roll

KNOWN = ["FR", "DE", "GB", "CN", "US", "TW", "KR", "JP"]


@pytest.mark.parametrize(
    ("country", "day", "rest", "expected"),
    [
        ("FR", date(2026, 7, 14), "sat_sun_hol", True),
        ("FR", date(2026, 7, 15), "sat_sun_hol", False),
        ("DE", date(2026, 10, 3), "sat_sun_hol", True),
        ("GB", date(2026, 12, 28), "sat_sun_hol", True),  # Boxing Day, kept on the Monday
        ("US", date(2026, 11, 26), "sat_sun_hol", True),
        ("CN", date(2026, 10, 7), "statutory_rest", True),
        ("CN", date(2026, 10, 10), "statutory_rest", False),  # a Saturday worked in exchange
        ("CN", date(2026, 10, 10), "sat_sun_hol", True),
        ("TW", date(2026, 11, 28), "sun_hol", False),  # a Saturday counts there
        ("TW", date(2026, 11, 29), "sun_hol", True),
    ],
)
def test_a_rest_day_is_what_the_country_keeps(country, day, rest, expected):
    assert is_rest_day(country, day, rest) is expected


def test_a_regional_holiday_is_kept_where_it_is_kept():
    epiphany = date(2026, 1, 6)
    assert is_rest_day("DE", epiphany, region="BY")
    assert not is_rest_day("DE", epiphany, region="BE")
    assert not is_rest_day("DE", epiphany)
    assert is_rest_day("DE", epiphany, anywhere=True)


@pytest.mark.parametrize(
    ("country", "day"), [("BR", date(2026, 11, 24)), ("FR", date(2028, 1, 3)), ("FR", date(2024, 12, 31))]
)
def test_a_country_or_a_year_without_a_calendar_is_said_and_not_guessed(country, day):
    with pytest.raises(RuleNotInForce):
        is_rest_day(country, day)


def test_chinas_calendar_of_a_year_not_published_is_marked_unsure():
    marks = calendar_of("CN", date(2027, 5, 1)).confidence
    assert {mark for day, mark in marks.items() if day.year == 2027} == {"low"}
    assert "low" not in {mark for day, mark in marks.items() if day.year == 2026}


@given(st.sampled_from(KNOWN), st.dates(date(2025, 1, 1), date(2027, 12, 1)))
def test_rolling_stops_at_the_first_working_day(country, day):
    stop = roll(country, day, "sat_sun_hol")
    assert not is_rest_day(country, stop)
    assert all(is_rest_day(country, day + timedelta(days=n)) for n in range((stop - day).days))
    assert next_working_day(country, day) > day


@pytest.mark.parametrize("country", KNOWN)
def test_every_shipped_calendar_covers_three_years(country):
    assert effective_dates(f"calendars/{country.lower()}") == (date(2025, 1, 1),)
    days = calendar_of(country, date(2026, 1, 1)).national
    assert {day.year for day in days} >= {2025, 2026, 2027}
