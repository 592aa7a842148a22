"""What nobody tells: each rule just before and just after it comes true, and when to look again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.errors import RuleFileInvalid, RuleNotInForce
from chalicelib.money import Money
from chalicelib.shipments.fold import fold
from chalicelib.shipments.thresholds import thresholds
from chalicelib.shipments.troubles import RULES, parcel_of
from chalicelib.shipments.watch import next_due, next_poll, watch
from tests.shipments.journeys import HOME, JOURNEY, START, scan, track

MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def at(*events, **more):
    return track(**({"state": fold(events, HOME), "events": tuple(events), "created_at": START} | more))


def hours(count):
    return START + timedelta(hours=count)


MOVING = (JOURNEY[1],)  # Tuesday 14:00
HELD = (JOURNEY[1], JOURNEY[5])  # Wednesday 07:00
CHEAP = Money(Decimal("900.00"), "USD")

# What is watched, the hour it warns, the hour it becomes critical.
CASES = {
    "no_first_scan": (at(), 48, 96),
    "no_first_scan by post": (at(carrier="ems"), 96, 168),
    "no_first_scan of a courier to come": (at(pickup_until=hours(60)), 108, 156),
    "pickup_missed": (at(pickup_until=hours(7)), 9, 31),
    "promise_passed": (at(*MOVING, eta=hours(6)), 30, 54),
    "silence": (at(*MOVING), 29, 53),
    "silence of little worth": (at(*MOVING, value=CHEAP), 41, 77),
    "silence by post": (at(*MOVING, carrier="ems"), 173, 341),
    "hold_too_old": (at(*HELD), 46, 94),
    "hold_too_old by post": (at(*HELD, carrier="ems"), 142, 238),
}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_warns_and_becomes_critical_on_the_minute(name):
    watched, warn, critical = CASES[name]
    kind = name.split()[0]

    def severities(moment):
        return [one.severity for one in watch(watched, moment) if one.kind == kind]

    assert severities(hours(warn) - MINUTE) == []
    assert len(severities(hours(warn))) == 1
    assert len(severities(hours(critical) - MINUTE)) == 1
    assert severities(hours(critical))[1:] == ["critical"]


@pytest.mark.parametrize("name", CASES)
def test_a_parcel_is_looked_at_no_later_than_a_rule_comes_true(name):
    watched, warn, critical = CASES[name]
    watched = replace(watched, poll_after=hours(9999))
    assert next_due(watched, hours(warn) - MINUTE) == hours(warn)
    assert next_due(watched, hours(critical) - MINUTE) == hours(critical)


def test_every_rule_is_tested_here_and_has_a_row_for_every_carrier():
    assert {name.split()[0] for name in CASES} == {kind for kind, _, _ in RULES}
    rules = thresholds(START.date())
    for kind in (
        "no_first_scan",
        "pickup_missed",
        "promise_passed",
        "silence",
        "silence_valuable",
        "hold_too_old",
    ):
        assert rules.threshold(kind, "fedex").carrier_class == "express"
        assert rules.threshold(kind, "ems").carrier_class == "postal"


def test_a_rule_without_a_row_is_a_broken_rule_file_not_a_rule_that_never_warns():
    with pytest.raises(RuleFileInvalid):
        thresholds(START.date()).threshold("misroute", "fedex")


def test_there_are_no_thresholds_before_the_first_vintage():
    with pytest.raises(RuleNotInForce):
        thresholds(date(2026, 11, 21))


@pytest.mark.parametrize("milestone", ["delivered", "returned", "lost", "destroyed", "seized", "cancelled"])
def test_a_parcel_at_rest_is_watched_no_more(milestone):
    assert watch(at(scan("x", 1, milestone), eta=hours(2)), hours(5000)) == ()


def test_a_silence_is_not_counted_while_a_hold_is_open_and_begins_anew_when_it_ends():
    assert {one.kind for one in watch(at(*HELD), hours(94))} == {"hold_too_old"}
    released = at(*HELD, scan("r", 93, None, "ok", "customs_released"))
    assert watch(released, hours(94)) == ()


def test_a_parcel_that_a_courier_fetches_after_the_weekend_is_not_missing_on_sunday():
    friday, monday = datetime(2026, 11, 27, 5, tzinfo=UTC), datetime(2026, 11, 30, 15, tzinfo=UTC)
    booked = track(created_at=friday, pickup_until=monday)
    assert watch(booked, monday + timedelta(hours=2) - MINUTE) == ()
    assert [one.kind for one in watch(booked, monday + timedelta(hours=2))] == ["pickup_missed"]


def test_data_does_not_break_a_silence():
    labelled = at(*MOVING, scan("note", 28, None), scan("label", 28, "announced"))
    assert [one.kind for one in watch(labelled, hours(29))] == ["silence"]


def test_a_parcel_whose_worth_cannot_be_compared_is_watched_as_valuable():
    for value in (None, Money(Decimal("900.00"), "EUR"), Money(Decimal("2000.00"), "USD")):
        assert len(watch(at(*MOVING, value=value), hours(29))) == 1


def test_a_parcel_on_its_way_back_is_not_late():
    assert watch(at(*MOVING, scan("back", 30, "returning"), eta=hours(6)), hours(31)) == ()


def test_each_hold_has_its_own_clock_and_name():
    again = (*HELD, scan("r", 50, "import_cleared", country="CN"))
    again = (*again, scan("held2", 60, "import_customs", "held", country="CN"))
    assert [one.kind for one in watch(at(*again), hours(83))] == []
    assert [one.episode for one in watch(at(*again), hours(84))] == ["hold_too_old-held2"]


@pytest.mark.parametrize(
    ("begin", "count", "end"),
    [
        (MONDAY, 24, MONDAY + timedelta(days=1)),
        (MONDAY + timedelta(days=4), 24, MONDAY + timedelta(days=7)),  # Friday to Monday
        (
            MONDAY + timedelta(days=5),
            24,
            MONDAY + timedelta(days=7, hours=15),
        ),  # Saturday counts from Monday 00:00
        (MONDAY + timedelta(days=4), 15, MONDAY + timedelta(days=4, hours=15)),  # Friday midnight
        (MONDAY, 240, MONDAY + timedelta(days=14)),
    ],
)
def test_the_working_clock_stands_still_at_the_weekend(begin, count, end):
    assert Span(hours=count, clock="working", severity="low").end(begin) == end


def watch_begins(watched):
    """The first hour at which a concern about this parcel is told, if nothing more is heard."""
    return next(hours(late) for late in range(6, 100) if watch(watched, hours(late)))


def wait(watched, moment):
    return (next_poll(watched, moment) - moment) / MINUTE


def test_polling_follows_how_the_parcel_is():
    assert wait(at(), hours(1)) == 360
    assert wait(at(*MOVING), hours(6)) == 240
    assert wait(at(*HELD), hours(23)) == 180
    assert wait(at(*JOURNEY[:9]), hours(51)) == 120
    assert wait(at(*MOVING, scan("w", 6, "delivery_attempted", "action_required")), hours(7)) == 120
    assert wait(at(*MOVING, scan("l", 6, None, "delayed")), hours(7)) == 240


def test_polling_is_slower_while_the_webhook_speaks_and_faster_when_it_has_fallen_silent():
    pushed = at(*MOVING, webhook_seen_at=hours(6))
    near = at(*JOURNEY[:9], webhook_seen_at=hours(51))
    assert wait(near, hours(51)) == 120 * 4
    held = at(*HELD, webhook_seen_at=hours(23))
    assert wait(held, hours(23)) == 180 * 4
    assert wait(at(*HELD, webhook_seen_at=hours(5)), hours(23)) == 180 // 2, "the hold itself was not pushed"
    assert wait(pushed, hours(5 + 25)) == 1440  # once a day at least, while it is healthy
    assert hours(6) + wait(pushed, hours(6)) * MINUTE < watch_begins(pushed), "it is asked before its silence is told"
    assert wait(pushed, hours(6 + 36)) == 1440
    assert wait(pushed, hours(6 + 37)) == 240 * 1.5 // 2
    assert wait(at(*MOVING), hours(6)) == 240


def test_polling_stays_between_half_an_hour_and_a_day():
    for days in (0, 1, 5, 30, 400):
        for watched in CASES.values():
            assert 30 <= wait(watched[0], hours(24 * days + 30)) <= 1440


def test_a_carrier_that_wants_to_be_asked_rarely_is():
    near = JOURNEY[:9]
    assert wait(at(*near, carrier="dhl"), hours(51)) == 150
    assert wait(at(*near, carrier="ems"), hours(51)) == 360
    assert 24 * 60 / 150 < 10, "DHL lets a shipment be asked about ten times a day"


def test_a_parcel_whose_end_was_pushed_is_asked_about_once_more_when_it_has_settled():
    arrived = at(*JOURNEY, carrier="ems", webhook_seen_at=hours(52))  # hour 52
    assert next_poll(arrived, hours(52)) == hours(52 + 72)
    assert next_poll(arrived, hours(52 + 72)) is None
    found = at(*JOURNEY, carrier="ems", webhook_seen_at=hours(20))
    assert next_poll(found, hours(52)) == hours(52 + 24), "its webhook had fallen silent before"


def test_a_parcel_at_rest_is_asked_about_until_it_has_settled():
    arrived = at(*JOURNEY)  # hour 52
    assert next_due(arrived, hours(53)) == hours(53 + 24)
    assert next_due(arrived, hours(52 + 24)) is None
    assert next_due(replace(arrived, carrier="ems"), hours(52 + 24)) is not None
    lost = at(*JOURNEY[:3], scan("l", 30, "lost"))
    assert next_due(lost, hours(24 * 20)) is not None
    assert next_due(lost, hours(24 * 32)) is None


def test_what_is_due_is_always_later_than_now():
    for watched, warn, critical in CASES.values():
        for moment in (hours(warn), hours(critical), hours(9000)):
            assert next_due(replace(watched, poll_after=hours(1)), moment) > moment
