"""Until when a refund is owed: the earliest of law, promise and the bank's patience, two days early, never rolled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.clock import zone
from chalicelib.merchant import ReturnPolicy
from chalicelib.returns.law import collecting_by_courier, every_right, guarantee_of, withdrawal_right
from chalicelib.returns.settlement_deadlines import Clock, Starts, Told, clocks, earliest, last_day
from chalicelib.returns.settlement_rules import rules_on

SOLD = date(2026, 10, 1)
RULES = rules_on(SOLD)
PROMISE = ReturnPolicy("2026-01", date(2026, 1, 1), 30, 24, {}, {}, refund_business_days=7)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=UTC)


def told(country: str, **more: Any) -> Told:
    return Told(country, None, withdrawal_right(country, SOLD), method="bank_transfer", **more)


def statute(country: str, **starts: str) -> Clock | None:
    when = Starts(**{name: at(day) for name, day in starts.items()})
    return next((one for one in clocks(told(country), when, RULES) if one.code == "statute"), None)


def test_a_german_withdrawal_of_22_november_is_paid_back_by_6_december_and_meant_for_the_4th():
    """Check case 7: no goods yet, so it may be held until they or the proof that they were sent are here."""
    clock = statute("DE", notice="2026-11-22")
    assert clock is not None
    assert (clock.last_day, clock.target) == (date(2026, 12, 6), date(2026, 12, 4))
    assert clock.last_day.weekday() == 6  # a Sunday, and it does not roll
    assert clock.may_hold
    assert earliest([clock]) is None


def test_with_the_proof_that_it_was_sent_the_same_day_counts():
    clock = statute("DE", notice="2026-11-22", proof_of_dispatch="2026-11-25")
    assert clock is not None
    assert (clock.last_day, clock.may_hold) == (date(2026, 12, 6), False)
    assert clock.alert_at == datetime(2026, 12, 3, 23, tzinfo=UTC)


def test_goods_that_come_after_the_fourteen_days_are_paid_back_at_once():
    clock = statute("DE", notice="2026-11-22", goods_received="2026-12-10")
    assert clock is not None
    assert (clock.last_day, clock.alert_at) == (date(2026, 12, 10), at("2026-12-10"))


@pytest.mark.parametrize(
    ("country", "starts", "last"),
    [
        ("GB", {"goods_received": "2026-12-01"}, date(2026, 12, 15)),
        ("GB", {"goods_received": "2026-12-01", "proof_of_dispatch": "2026-11-26"}, date(2026, 12, 10)),
        ("GB", {"notice": "2026-11-22"}, None),
        ("CN", {"goods_received": "2026-12-01"}, date(2026, 12, 8)),
        ("KR", {"goods_received": "2026-11-27"}, date(2026, 12, 2)),
        ("TW", {"goods_received": "2026-12-01"}, date(2026, 12, 16)),
        ("JP", {"goods_received": "2026-12-01"}, None),
        ("US", {"agreed": "2026-11-27"}, date(2026, 12, 8)),
    ],
)
def test_each_country_counts_from_its_own_event(country, starts, last):
    clock = statute(country, **starts)
    assert (clock.last_day if clock else None) == last


def test_a_bank_may_be_asked_from_day_16_and_we_are_told_on_day_13():
    """Check case 14: goods back on 1 December."""
    card = replace(told("AU"), method="card")
    (clock,) = clocks(card, Starts(goods_received=at("2026-12-01")), RULES)
    assert (clock.code, clock.last_day, clock.target) == ("chargeback", date(2026, 12, 16), date(2026, 12, 14))


def test_the_earliest_of_law_promise_and_bank_counts():
    all_of_them = replace(told("DE", policy=PROMISE, facility_country="CN"), method="card")
    starts = Starts(at("2026-11-22"), at("2026-12-01"), at("2026-11-25"))
    running = clocks(all_of_them, starts, RULES)
    assert [one.code for one in running] == ["statute", "policy", "chargeback"]
    first = earliest(running)
    assert first is not None
    assert first.code == "statute"


def test_a_guarantee_refund_runs_from_when_it_was_agreed():
    british = Told("GB", None, guarantee=guarantee_of("GB", SOLD), method="cash")
    (clock,) = clocks(british, Starts(agreed=at("2026-12-01")), RULES)
    assert (clock.code, clock.last_day) == ("guarantee", date(2026, 12, 15))


def test_a_payment_nobody_knows_is_taken_for_one_a_bank_may_take_back():
    unknown = replace(told("AU"), method=None)
    assert [one.code for one in clocks(unknown, Starts(goods_received=at("2026-12-01")), RULES)] == ["chargeback"]


def test_a_year_without_a_calendar_is_counted_without_holidays_and_says_so():
    last, assumed = last_day(date(2099, 1, 1), 3, "business", "KR")
    assert (last, assumed) == (date(2099, 1, 6), True)


def test_a_corrected_event_moves_the_day():
    before, after = statute("CN", goods_received="2026-12-01"), statute("CN", goods_received="2026-11-30")
    assert before is not None
    assert after is not None
    assert before.last_day - after.last_day == timedelta(days=1)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([one for one in every_right(SOLD) if one.row.refund_days is not None]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    st.integers(0, 3),
)
def test_no_clock_ends_on_a_day_it_does_not_count_to_whatever_the_hour_or_the_season(right, naive, shift):
    """Every row of law: never rolled, alert before the end, the last instant at midnight of the customer's own day."""
    began = naive.replace(tzinfo=UTC)
    country = next((one for one in right.row.countries if one != "*"), "CA")
    region = next(iter(right.row.regions), None)
    starts = Starts(began, began + timedelta(days=shift), began, began)
    running = clocks(Told(country, region, right, method="cash"), starts, RULES)
    for one in running:
        span = (one.last_day - one.began_at.astimezone(zone(one.zone_name)).date()).days
        held = one.last_day == starts.goods_or_proof.date()
        assert held or (span == one.days if one.unit == "calendar" else span >= one.days)
        assert one.target == one.last_day - timedelta(days=2)
        assert one.alert_at < one.ends_at
        assert one.ends_at.astimezone(zone(one.zone_name)).time().hour in (0, 1)


BY_COURIER = collecting_by_courier(SOLD)


@pytest.mark.parametrize("country", ["FR", "DE", "GB"])
def test_where_we_offered_to_collect_the_goods_the_notice_counts_and_nothing_is_waited_for(country):
    """Art. 13(3) of the directive and reg. 34 of the British regulations, as far as a courier of ours is such an
    offer."""
    running = clocks(told(country, collects=BY_COURIER), Starts(notice=at("2026-11-22")), RULES)
    (clock,) = (one for one in running if one.code == "statute")
    assert (clock.starts, clock.last_day, clock.may_hold) == ("notice", date(2026, 12, 6), False)
    assert (clock.because, clock.assumed, clock.confidence) == ("we_collect", True, "low")
    assert earliest(running) == clock


@pytest.mark.parametrize("country", [cited.row.countries[0] for cited in every_right(SOLD)])
def test_an_offer_to_collect_never_sets_a_day_later(country):
    starts = Starts(at("2026-11-22"), at("2026-12-10"), at("2026-12-01"), at("2026-12-11"))
    plain, collected = (clocks(told(country, collects=row), starts, RULES) for row in (None, BY_COURIER))
    assert [one.ends_at for one in collected] <= [one.ends_at for one in plain]


def test_what_the_law_says_nothing_of_stays_as_it_is_where_we_collect():
    starts = Starts(at("2026-11-22"), at("2026-12-10"))
    assert clocks(told("KR", collects=BY_COURIER), starts, RULES) == clocks(told("KR"), starts, RULES)
