"""Clocks on the wall of a country: weekends, holidays, daylight saving, leap days, month ends, what is not known."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.shipments.thresholds import thresholds
from chalicelib.shipments.walls import NEVER, Wall, calendar_end

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
HELD = ["FR", "DE", "GB", "CN", "JP", "US", "KR", "HK", "CH"]
NOT_HELD = ["BR", "SA", "IL", "AU", "ZZ"]
RULES = thresholds(date(2026, 11, 22))
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 1, tzinfo=UTC)
FIRST = datetime(1, 2, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=1200)).map(lambda since: EPOCH + since)
spans = st.integers(0, 500)


def at(country, clock="working"):
    return RULES.wall(country, clock)


@pytest.mark.parametrize(
    ("begin", "count", "end"),
    [
        (MONDAY, 24, MONDAY + timedelta(days=1)),
        (MONDAY + timedelta(days=4), 24, MONDAY + timedelta(days=7)),  # Friday to Monday
        (MONDAY + timedelta(days=5), 24, MONDAY + timedelta(days=7, hours=15)),  # Saturday counts from Monday 00:00
        (MONDAY + timedelta(days=4), 15, MONDAY + timedelta(days=4, hours=15)),  # Friday midnight
        (MONDAY, 240, MONDAY + timedelta(days=14)),
    ],
)
def test_the_working_clock_stands_still_at_the_weekend(begin, count, end):
    assert Wall("GB").end(begin, count) == end


@pytest.mark.parametrize(
    ("country", "begin", "hours", "end"),
    [
        ("US", "2026-11-25T12:00-05:00", 24, "2026-11-27T12:00-05:00"),  # Thanksgiving
        ("FR", "2026-04-30T10:00+02:00", 24, "2026-05-04T10:00+02:00"),  # 1 May is a Friday
        ("CN", "2026-02-13T10:00+08:00", 24, "2026-02-14T10:00+08:00"),  # a Saturday that is worked
        ("JP", "2026-04-28T10:00+09:00", 24, "2026-04-30T10:00+09:00"),  # Golden Week
        ("DE", "2026-10-23T12:00+02:00", 24, "2026-10-26T12:00+01:00"),  # the clocks went back on the Sunday
        ("GB", "2028-02-28T12:00+00:00", 48, "2028-03-01T12:00+00:00"),  # a leap day works; no calendar of 2028 is held
        ("FR", "2027-01-29T12:00+01:00", 24, "2027-02-01T12:00+01:00"),  # month end
        ("SA", "2026-11-26T12:00+00:00", 24, "2026-11-29T12:00+00:00"),  # Friday and Saturday
        ("IL", "2026-11-26T12:00+00:00", 24, "2026-11-29T12:00+00:00"),
        ("ZZ", "2026-11-27T12:00+00:00", 24, "2026-11-30T12:00+00:00"),  # no such country: our usual weekend
    ],
)
def test_the_days_of_a_country_are_its_own(country, begin, hours, end):
    assert at(country).end(datetime.fromisoformat(begin), hours) == datetime.fromisoformat(end)


def test_a_customs_office_counts_only_the_hours_it_is_open():
    friday = datetime(2026, 11, 27, 15, tzinfo=ZoneInfo("Europe/Paris"))
    assert at("FR", "customs").end(friday, 2) == friday + timedelta(hours=2)
    assert at("FR", "customs").end(friday, 3) == datetime(2026, 11, 30, 10, tzinfo=ZoneInfo("Europe/Paris"))
    night = datetime(2026, 11, 26, 2, tzinfo=ZoneInfo("Europe/Paris"))
    assert at("FR", "customs").end(night, 1) == night + timedelta(hours=8)


@given(st.sampled_from(HELD + NOT_HELD), st.sampled_from(["working", "customs"]), moments, spans, spans)
def test_a_longer_span_never_ends_sooner_and_two_halves_are_no_more_than_the_whole(country, clock, begin, hours, more):
    wall = at(country, clock)
    end = wall.end(begin, hours)
    assert end >= begin + timedelta(hours=hours) or hours == 0
    assert wall.end(begin, hours + more) >= end
    if hours:
        assert wall.end(end, more) <= wall.end(begin, hours + more)


@given(st.sampled_from(HELD + NOT_HELD), moments, moments, spans)
def test_what_begins_later_never_ends_sooner(country, one, other, hours):
    begin, later = sorted((one, other))
    assert at(country).end(begin, hours) <= at(country).end(later, hours)


@given(st.sampled_from(HELD), moments, st.integers(1, 300))
def test_a_span_ends_on_a_working_day_by_the_clock_of_the_place(country, begin, hours):
    wall = at(country)
    end = (wall.end(begin, hours) - timedelta(microseconds=1)).astimezone(ZoneInfo(wall.zone_name))
    assert end.weekday() < 5 or country in ("CN", "KR")


@given(st.sampled_from(HELD + NOT_HELD), st.timedeltas(timedelta(0), LAST - FIRST), spans)
def test_no_date_that_a_carrier_sends_is_an_error(country, since, hours):
    assert at(country).end(FIRST + since, hours) <= NEVER
    assert calendar_end(FIRST + since, hours) <= NEVER


@pytest.mark.parametrize(
    ("country", "clock", "year", "assumed"),
    [
        ("FR", "working", 2026, ()),
        ("FR", "customs", 2026, ("customs_hours:FR",)),
        ("FR", "working", 2029, ("calendar:FR-2029",)),
        ("CN", "working", 2027, ("calendar:CN-2027",)),  # not published when it was read
        ("US", "working", 2026, ("zone:US",)),
        ("ZZ", "working", 2026, ("zone:ZZ", "calendar:ZZ-2026")),
    ],
)
def test_what_is_not_known_is_taken_as_usual_and_said(country, clock, year, assumed):
    begin = datetime(year, 6, 1, tzinfo=UTC)
    assert at(country, clock).assumed(begin, begin + timedelta(days=3)) == assumed
