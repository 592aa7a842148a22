"""Under way over a weekend, by the calendars of both ends."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.insurance.weekend import business_days_after, over_weekend, under_way_over_weekend

MONDAY, FRIDAY, NEXT_MONDAY = date(2026, 11, 23), date(2026, 11, 27), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("leaves", "arrives", "over"),
    [
        (MONDAY, MONDAY, False),
        (MONDAY, FRIDAY, False),
        (MONDAY, date(2026, 11, 28), True),
        (FRIDAY, date(2026, 11, 30), True),
        (date(2026, 11, 29), date(2026, 11, 30), True),
        (date(2026, 11, 30), date(2026, 12, 3), False),
        (MONDAY, date(2026, 12, 28), True),
    ],
)
def test_a_saturday_or_sunday_between_the_days_is_a_weekend(leaves, arrives, over):
    assert over_weekend(leaves, arrives) is over


@pytest.mark.parametrize(
    ("leaves", "arrives", "over"),
    [
        ("2026-11-27T15:59:00Z", "2026-11-27T15:59:00Z", False),
        ("2026-11-27T10:00:00Z", "2026-11-27T16:00:00Z", True),
        ("2026-11-29T15:00:00Z", "2026-11-29T16:00:00Z", True),
        ("2026-11-30T08:00:00Z", "2026-11-30T16:00:00Z", False),
        ("2026-11-30T07:59:00Z", "2026-11-30T16:00:00Z", True),
    ],
)
def test_friday_afternoon_in_los_angeles_is_saturday_in_shenzhen(leaves, arrives, over):
    at = [datetime.fromisoformat(text).astimezone(UTC) for text in (leaves, arrives)]
    assert under_way_over_weekend(*at, "America/Los_Angeles", "Asia/Shanghai") is over


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        (MONDAY, 0, MONDAY),
        (MONDAY, 4, FRIDAY),
        (FRIDAY, 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
    ],
)
def test_business_days_leave_weekends_out(day, count, later):
    assert business_days_after(day, count) == later
