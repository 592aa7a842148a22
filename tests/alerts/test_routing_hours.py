"""Quiet hours on the receiver's own wall: weekends, holidays, days worked in exchange, and clocks that change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.quiet_hours import last_daily, next_telling, waits_until
from chalicelib.clock import instant, zone
from chalicelib.receivers import OpenHours
from tests.alerts.told import WEEK, a_receiver


def desk(zone_name="Europe/Paris", holidays_of="FR", digest_at=("09:00",), days=WEEK, opens="09:00", closes="18:00"):
    hours = OpenHours(days, time.fromisoformat(opens), time.fromisoformat(closes), holidays_of)
    return a_receiver(time_zone=zone_name, hours=hours, digest_at=tuple(map(time.fromisoformat, digest_at)))


SHENZHEN = {"zone_name": "Asia/Shanghai", "holidays_of": "CN"}


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        # within hours
        ({}, "2026-11-23T08:00:00Z", None),
        ({}, "2026-11-23T16:59:59Z", None),
        # before, after, weekend
        ({}, "2026-11-23T07:59:59Z", "2026-11-23T08:00:00Z"),
        ({}, "2026-11-23T17:00:00Z", "2026-11-24T08:00:00Z"),
        ({}, "2026-11-27T20:00:00Z", "2026-11-30T08:00:00Z"),
        # 03:00 on Christmas Day, a Friday: the next working day is Monday
        ({}, "2026-12-25T02:00:00Z", "2026-12-28T08:00:00Z"),
        ({"holidays_of": None}, "2026-12-25T10:00:00Z", None),
        # the national holiday of China; its Saturday 10 October 2026 is worked in exchange
        (SHENZHEN, "2026-10-01T03:00:00Z", "2026-10-08T01:00:00Z"),
        (SHENZHEN, "2026-10-10T03:00:00Z", None),
        # several times of telling, the next one wins, and it may lie before the hours
        ({"digest_at": ("14:00", "08:30")}, "2026-11-24T01:00:00Z", "2026-11-24T07:30:00Z"),
        ({"digest_at": ("14:00", "08:30")}, "2026-11-24T07:30:00Z", "2026-11-24T13:00:00Z"),
        # without one: when the hours begin
        ({"digest_at": ()}, "2026-11-23T22:00:00Z", "2026-11-24T08:00:00Z"),
        # a country or a year whose holidays nobody holds: told, not held back
        ({"holidays_of": "XX"}, "2026-12-25T10:00:00Z", None),
        ({}, "2051-05-01T10:00:00Z", None),
        # until the end of the day
        ({"closes": "00:00"}, "2026-11-23T22:59:59Z", None),
        ({"closes": "00:00"}, "2026-11-23T23:00:00Z", "2026-11-24T08:00:00Z"),
        # the clocks go forward on 29 March 2026: nine o'clock comes an hour sooner
        ({"days": ("sun",)}, "2026-03-28T12:00:00Z", "2026-03-29T07:00:00Z"),
        # 02:30 does not exist that day: an hour later on the wall
        ({"days": ("sun",), "digest_at": ("02:30",)}, "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"),
        # they go back on 25 October 2026: of the two 02:30 the first
        ({"days": ("sun",), "digest_at": ("02:30",)}, "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
    ],
)
def test_when_a_receiver_is_told_what_happens_at_this_moment(hours, at, until):
    assert waits_until(desk(**hours), instant(at)) == (instant(until) if until else None)


def test_without_hours_nothing_waits():
    assert waits_until(a_receiver(), instant("2026-12-25T02:00:00Z")) is None


@given(
    st.timedeltas(timedelta(0), timedelta(days=700)).map(lambda gone: datetime(2026, 1, 1, tzinfo=UTC) + gone),
    st.sampled_from(["Europe/Paris", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
    st.lists(st.sampled_from(["00:00", "02:30", "09:00", "23:59"]), min_size=1, max_size=3, unique=True),
)
def test_what_waits_is_told_soon_after_on_a_working_day_and_at_no_time_in_between(at, zone_name, digest_at):
    receiver = desk(zone_name=zone_name, holidays_of=None, digest_at=tuple(digest_at))

    until = next_telling(receiver, at)

    assert timedelta(0) < until - at <= timedelta(days=4)
    assert until.astimezone(zone(zone_name)).weekday() < 5
    assert next_telling(receiver, until - timedelta(microseconds=1)) == until
    day, told = last_daily(receiver, until)
    assert told <= until < next_telling(receiver, until)
    assert told.astimezone(zone(zone_name)).date() in (day, day + timedelta(days=1))


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-23T07:59:59Z", date(2026, 11, 20)),
        ("2026-11-23T08:00:00Z", date(2026, 11, 23)),
        ("2026-11-29T23:00:00Z", date(2026, 11, 27)),
        ("2026-12-26T12:00:00Z", date(2026, 12, 24)),
    ],
)
def test_the_daily_digest_is_that_of_the_last_working_day_whose_time_has_come(now, day):
    assert last_daily(desk(), instant(now))[0] == day
