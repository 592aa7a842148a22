"""Quotas as data, and the arithmetic that keeps them whatever the order of the requests."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.carriers.quotas import Quota, patience, quota_of
from chalicelib.carriers.registry import CARRIERS
from chalicelib.carriers.standing import Standing, answered, failed, next_slot, paused, room, shut_until, take
from chalicelib.errors import RuleFileInvalid

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOON.date()
RULES = patience(TODAY)


@pytest.mark.parametrize("source", [way.source for one in CARRIERS.values() for way in one.polling])
def test_every_interface_that_is_asked_has_a_quota(source):
    assert quota_of(source, TODAY).per_day > 0


def test_the_documented_quotas_are_those_of_the_carriers():
    fedex, unified = quota_of("fedex", TODAY), quota_of("dhl_unified", TODAY)
    assert (fedex.per_day, fedex.burst, fedex.burst_seconds) == (100_000, 1400, 10)
    assert (unified.per_day, unified.burst, unified.burst_seconds, unified.per_number_per_day) == (250, 1, 1, 10)


def test_an_interface_without_a_row_is_not_asked_without_a_limit():
    with pytest.raises(RuleFileInvalid):
        quota_of("pigeon", TODAY)


def test_there_are_no_quotas_before_the_first_vintage():
    from chalicelib.errors import RuleNotInForce

    with pytest.raises(RuleNotInForce):
        quota_of("fedex", date(2026, 11, 21))


@given(
    st.builds(
        Quota,
        st.just("x"),
        per_day=st.integers(1, 300),
        burst=st.integers(1, 40),
        burst_seconds=st.integers(1, 10),
        head_start_percent=st.integers(0, 100),
    ),
    st.lists(st.integers(0, 90_000), min_size=1, max_size=400),
)
def test_whenever_it_is_asked_for_no_day_and_no_span_has_more_than_its_quota(quota, gaps_ms):
    standing, now, made = Standing(), NOON, []
    for gap in gaps_ms:
        now += timedelta(milliseconds=gap)
        after = take(standing, quota, now)
        if isinstance(after, datetime):
            assert after > now
            continue
        standing = after
        made.append(now)
    assert max(Counter(at.date() for at in made).values()) <= quota.per_day
    span = timedelta(seconds=quota.burst_seconds)
    assert all(sum(first <= at < first + span for at in made) <= quota.burst for first in made)


@given(st.integers(1, 300), st.integers(0, 100), st.integers(0, 86_399))
def test_the_moment_that_is_named_has_room(per_day, head, second):
    quota = Quota("x", per_day, 10, 1, head_start_percent=head)
    standing, now = Standing(), NOON.replace(hour=0) + timedelta(seconds=second)
    for _ in range(30):
        after = take(standing, quota, now)
        if isinstance(after, datetime):
            assert now < after <= now + timedelta(days=1, seconds=1)
            now = after
            after = take(standing, quota, now)
        if isinstance(after, datetime):  # the short span, once more
            now = after
            after = take(standing, quota, now)
        assert isinstance(after, Standing)
        standing = after


def test_a_days_quota_is_not_spent_in_the_morning():
    quota = Quota("x", 250, 1000, 1, head_start_percent=20)
    assert [quota.allowed_by(NOON.replace(hour=hour)) for hour in (0, 6, 12, 18)] == [50, 100, 150, 200]
    assert room(Standing(1, day=TODAY, count=140), quota, NOON) == 10
    assert room(Standing(1, day=TODAY - timedelta(days=1), count=250), quota, NOON) == 150


def test_what_waits_for_the_quota_is_spread_over_its_free_places_into_the_next_day():
    quota = Quota("x", 250, 1, 1, head_start_percent=20)
    standing = Standing(1, day=TODAY, count=150)
    slots = [next_slot(standing, quota, place, NOON) for place in range(300)]
    assert slots == sorted(slots)
    assert slots[99].date() == TODAY
    assert slots[100] == NOON.replace(hour=0) + timedelta(days=1)
    assert max(Counter(slot.date() for slot in slots).values()) <= 250


def test_a_breaker_opens_after_some_failures_in_a_row_and_for_longer_each_time():
    standing = Standing()
    for _ in range(RULES.failures - 1):
        standing = failed(standing, "fedex/track", NOON, RULES)
    assert shut_until(standing, NOON) is None
    waits, now = [], NOON
    for _ in range(12):
        standing = failed(standing, "fedex/track", now, RULES)
        waits.append(standing.open_until - now)
        now = standing.open_until
    part = RULES.jitter_percent / 100
    plain = [min(RULES.first_wait_s * 2**n, RULES.longest_wait_s) for n in range(12)]
    for wait, seconds in zip(waits, plain, strict=True):
        assert seconds * (1 - part) - 1 <= wait.total_seconds() <= seconds * (1 + part) + 1
    assert len(set(waits[6:])) > 1, "spread"
    assert standing.broken_since == NOON


def test_one_answer_forgets_every_failure():
    standing = Standing()
    for _ in range(RULES.failures + 3):
        standing = failed(standing, "fedex/track", NOON, RULES)
    well = answered(standing)
    assert (well.failures, well.broken_since, well.open_until, well.opened) == (0, None, None, 0)
    assert shut_until(well, NOON) is None


def test_a_failure_that_comes_in_late_does_not_lengthen_the_wait():
    standing = Standing()
    for _ in range(RULES.failures):
        standing = failed(standing, "fedex/track", NOON, RULES)
    assert failed(standing, "fedex/track", NOON, RULES).open_until == standing.open_until


def test_an_answer_does_not_end_a_pause_that_was_asked_for():
    standing = answered(paused(Standing(), NOON + timedelta(hours=1)))
    assert shut_until(standing, NOON) == NOON + timedelta(hours=1)
