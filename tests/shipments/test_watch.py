"""What nobody tells: each rule just before and just after it comes true, on whose clock, and when to look again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.shipments.fold import fold
from chalicelib.shipments.thresholds import thresholds
from chalicelib.shipments.troubles import running
from chalicelib.shipments.watch import next_due, next_poll, told, untold, watch
from chalicelib.watch_rows import WATCHED_KINDS
from tests.shipments.journeys import HOME, JOURNEY, START, scan, track

MINUTE = timedelta(minutes=1)


def at(*events, **more):
    return track(**({"state": fold(events, HOME), "events": tuple(events), "created_at": START} | more))


def hours(count):
    return START + timedelta(hours=count)


MOVING = (JOURNEY[1],)  # Tuesday 14:00, Paris
HELD = (JOURNEY[1], JOURNEY[5])  # Wednesday 07:00, Guangzhou: papers are missing
CHEAP = Money(Decimal("900.00"), "USD")


def held(reason=None, action_by=None, hour=22, country="CN", milestone="import_customs", name="held"):
    return (JOURNEY[1], scan(name, hour, milestone, "held", reason, country=country, action_by=action_by))


def asked(reason, action_by="merchant"):
    return at(*MOVING, scan("ask", 22, "in_transit", "action_required", reason, country="CN", action_by=action_by))


def around(city, *scanned):
    return [scan(f"{city}{hour}", hour, "in_transit", city=city, country="CN") for hour in scanned]


AGAIN = (*MOVING, scan("one", 30, "delivery_attempted", "action_required", "recipient_absent", country="CN"))
TWICE = (*AGAIN, scan("two", 50, "delivery_attempted", "action_required", "recipient_absent", country="CN"))
AT_COUNTER = (*MOVING, scan("shop", 30, "ready_for_collection", city="SHENZHEN", country="CN"))
ASTRAY = (*MOVING, scan("rio", 30, "in_transit", city="RIO", country="BR"))
# What is watched, the hour it warns, the hour it becomes critical. Hour 0 is a Tuesday, 9 o'clock UTC.
CASES = {
    "no_first_scan": (at(), 48, 144),
    "no_first_scan by post": (at(carrier="ems"), 144, 216),
    "no_first_scan of a courier to come": (at(pickup_until=hours(60)), 156, 204),
    "pickup_missed": (at(pickup_until=hours(7)), 9, 31),
    "promise_passed": (at(*MOVING, eta=hours(6)), 30, 54),
    "promise_passed over the weekend": (at(*MOVING, eta=hours(78)), 150, 174),
    "promise_passed that nobody made, three days of its service": (
        at(*MOVING, service="INTERNATIONAL_PRIORITY"),
        149,
        173,
    ),
    "silence": (at(*MOVING), 29, 53),
    "silence of little worth": (at(*MOVING, value=CHEAP), 41, 77),
    "silence by post": (at(*MOVING, carrier="ems"), 173, 341),
    "stuck_at_one_place": (at(*MOVING, *around("HUB", 10, 30, 50, 70, 90, 110, 130, 150, 170)), 58, 154),
    "hold_too_old for papers": (at(*HELD), 46, 94),
    "hold_too_old for papers by post": (at(*HELD, carrier="ems"), 70, 142),
    "hold_too_old without a reason": (at(*held()), 46, 94),
    "hold_too_old without a reason by post": (at(*held(), carrier="ems"), 142, 238),
    "hold_too_old for duty": (at(*held("customs_duty_due")), 46, 94),
    "hold_too_old for duty that the customer owes": (at(*held("customs_duty_due", "customer")), None, 94),
    "hold_too_old at export": (at(*held(country="FR", hour=10)), 34, 82),
    "hold_too_old for an inspection, in customs hours": (at(*held("customs_inspection", "customs")), 70, 142),
    "hold_too_old for a permit": (at(*held("customs_permit_required")), 46, 94),
    "hold_too_old for its worth": (at(*held("customs_value_doubted")), 46, 94),
    "hold_too_old because it is prohibited": (at(*held("customs_prohibited")), None, 22),
    "unanswered address": (asked("address_incomplete"), 46, 94),
    "unanswered by the customer": (asked("address_incomplete", "customer"), None, 94),
    "delivery_failed_again": (at(*TWICE), None, 50),
    "waiting_at_counter of a carrier that keeps it five days": (at(*AT_COUNTER), 30 + 48, 30 + 96),
    "waiting_at_counter for nobody knows how long": (at(*AT_COUNTER, carrier="dhl"), 30 + 48, 30 + 96),
    "waiting_at_counter of the post in Shenzhen": (at(*AT_COUNTER, carrier="ems"), 30 + 11 * 24, 30 + 13 * 24),
    "misrouted": (at(*ASTRAY), None, 30),
    "misrouted by post": (at(*ASTRAY, carrier="ems"), 30, None),
    "possible_loss a week after it ought to be there": (
        at(*MOVING, *around("A", 24 * 9), eta=hours(30)),
        None,
        30 + 168,
    ),
    "possible_loss of what nobody sees": (at(*MOVING), None, 149),
    "possible_loss by post, a month after posting": (at(*MOVING, *around("A", 24 * 20), carrier="ems"), None, 5 + 720),
}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_warns_and_becomes_critical_on_the_minute_in_one_episode(name):
    watched, warn, critical = CASES[name]
    kind = name.split()[0]

    def noticed(moment):
        return [one for one in watch(watched, moment) if one.kind == kind]

    begins = warn if warn is not None else critical
    assert noticed(hours(begins) - MINUTE) == []
    (first,) = noticed(hours(begins))
    assert (first.severity == "critical") == (warn is None)
    if warn is not None and critical is not None:
        (later,) = noticed(hours(critical) - MINUTE)
        assert later == first
        (grave,) = noticed(hours(critical))
        assert (grave.severity, grave.episode, grave.began_at) == ("critical", first.episode, first.risen_at)
        assert grave.risen_at == hours(critical)


@pytest.mark.parametrize("name", CASES)
def test_a_parcel_is_looked_at_no_later_than_a_rule_comes_true(name):
    watched, warn, critical = CASES[name]
    watched = replace(watched, poll_after=hours(9999))
    for end in (warn, critical):
        if end is not None:
            assert next_due(watched, hours(end) - MINUTE) == hours(end)


def test_every_rule_is_tested_here():
    assert {name.split()[0] for name in CASES} == set(WATCHED_KINDS)


@pytest.mark.parametrize("milestone", ["delivered", "returned", "lost", "destroyed", "seized", "cancelled"])
def test_a_parcel_at_rest_is_watched_no_more(milestone):
    assert watch(at(scan("x", 1, milestone), eta=hours(2)), hours(5000)) == ()


def test_a_delivery_that_is_withdrawn_is_watched_again():
    gone = at(*JOURNEY, scan("w", 60, None, withdraws_delivery=True), eta=hours(50))
    assert {one.kind for one in watch(gone, hours(24 * 8))} >= {"promise_passed", "silence"}


def kinds(watched, moment):
    return {one.kind for one in watch(watched, moment)}


def test_a_silence_is_not_counted_while_a_hold_is_open_and_begins_anew_when_it_ends():
    assert kinds(at(*HELD), hours(94)) == {"hold_too_old"}
    released = at(*HELD, scan("r", 93, None, "ok", "customs_released"))
    assert watch(released, hours(94)) == ()


def test_each_hold_has_its_own_clock_and_name():
    again = (*HELD, scan("r", 50, "import_cleared", country="CN"))
    again = (*again, scan("held2", 60, "import_customs", "held", country="CN"))
    assert kinds(at(*again), hours(83)) == set()
    assert [one.episode for one in watch(at(*again), hours(84))] == ["hold_too_old-held2"]


def test_a_hold_that_turns_to_us_runs_from_the_turn_and_its_storage_from_the_beginning():
    ours = (*held("customs_duty_due", "customer"), scan("m", 62, "import_customs", "held", "customs_documents_missing",
            country="CN", action_by="merchant"))  # fmt: skip
    (clock,) = [one for one in running(at(*ours), thresholds(START.date())) if one.clock.kind == "hold_too_old"]
    assert (clock.clock.ours, clock.critical) == (hours(62), hours(22 + 72))
    assert clock.warn > clock.critical, "three days of storage are over before we had a working day"


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


def test_a_parcel_that_falls_silent_before_it_is_stuck_is_told_of_once():
    assert kinds(at(*MOVING, *around("HUB", 10, 30)), hours(60)) == {"silence"}
    assert kinds(at(*MOVING, *around("HUB", 10, 30, 50)), hours(60)) == {"stuck_at_one_place"}


def test_a_scan_told_late_leaves_a_stay_its_name_and_another_place_ends_it():
    stuck = at(*MOVING, *around("HUB", 10, 30, 50))
    (one,) = watch(stuck, hours(60))
    (late,) = watch(at(*MOVING, *around("HUB", 9, 10, 30, 50)), hours(60))
    assert late.episode == one.episode
    assert watch(at(*MOVING, *around("HUB", 10, 30, 50), *around("NEXT", 59)), hours(60)) == ()


def test_a_second_stay_at_one_place_is_a_second_episode():
    back = at(*MOVING, *around("HUB", 10, 30, 50), *around("NEXT", 60), *around("HUB", 70, 100, 130, 150, 165))
    (one,) = watch(back, hours(166))
    assert one.episode.endswith("-2")


def test_a_scan_without_a_city_moves_the_parcel_nowhere():
    assert kinds(at(*MOVING, *around("HUB", 10, 30, 50), scan("n", 55, "in_transit")), hours(60)) == {
        "stuck_at_one_place"
    }


def test_two_scans_of_one_attempt_are_one_attempt_and_a_third_attempt_is_told_anew():
    assert "delivery_failed_again" not in kinds(at(*AGAIN, scan("same", 32, "delivery_attempted")), hours(33))
    third = at(*TWICE, scan("three", 76, "delivery_attempted"))
    assert [one.episode for one in watch(third, hours(77)) if one.kind == "delivery_failed_again"] == [
        "delivery_failed_again-3"
    ]
    waits = at(*TWICE, scan("shop", 76, "ready_for_collection", country="CN"))
    assert "delivery_failed_again" not in kinds(waits, hours(77))


@pytest.mark.parametrize("country", ["FR", "DE", "CN", "HK", None, "??"])
def test_the_lane_its_customs_territory_a_hub_and_a_place_unknown_are_not_astray(country):
    assert "misrouted" not in kinds(at(*MOVING, scan("x", 10, "in_transit", country=country)), hours(11))


def test_a_parcel_astray_that_is_seen_on_its_lane_again_is_astray_no_more_and_anew_the_next_time():
    found = (*ASTRAY, scan("home", 40, "in_transit", city="PARIS", country="FR"))
    assert "misrouted" not in kinds(at(*found), hours(41))
    episodes = {one.episode for one in watch(at(*found, scan("rio2", 50, "in_transit", country="BR")), hours(51))}
    assert "misrouted-BR-2" in episodes


def test_what_is_held_or_waits_at_a_counter_is_late_and_not_lost():
    for events in (HELD, AT_COUNTER):
        noticed = kinds(at(*events, eta=hours(30)), hours(30 + 24 * 9))
        assert "promise_passed" in noticed
        assert "possible_loss" not in noticed


def test_without_an_estimate_the_time_customs_held_it_is_no_delay_of_the_carrier():
    norm = {"service": "INTERNATIONAL_PRIORITY"}
    assert "promise_passed" not in kinds(at(*HELD, **norm), hours(400))
    free = (*HELD, scan("r", 94, "import_cleared", country="CN"))
    usual, late = (
        next(end for end in running(at(*one, **norm), thresholds(START.date())) if end.clock.kind == "promise_passed")
        for one in (MOVING, free)
    )
    assert late.warn - usual.warn == timedelta(days=3)


def test_a_service_without_a_norm_and_an_estimate_promises_nothing():
    assert "promise_passed" not in kinds(at(*MOVING, service="SLOW_BOAT"), hours(900))


def test_a_counter_says_until_when_or_that_nobody_knows():
    (known,) = [one for one in watch(at(*AT_COUNTER), hours(80)) if one.kind == "waiting_at_counter"]
    (unknown,) = [one for one in watch(at(*AT_COUNTER, carrier="dhl"), hours(80)) if one.kind == "waiting_at_counter"]
    assert (known.until, known.deadline) == (hours(30 + 120), hours(30 + 120))
    assert (unknown.until, unknown.assumed) == (None, ("storage:dhl-CN",))


def test_a_country_without_a_calendar_is_watched_by_its_weekends_and_the_concern_says_so():
    lane = {"lane": Lane("FR", "BR"), "eta": hours(6)}
    (one,) = [one for one in watch(at(*MOVING, **lane), hours(40)) if one.kind == "promise_passed"]
    assert one.assumed == ("zone:BR", "calendar:BR-2026")
    assert one.country == "BR"


def test_customs_hours_that_nobody_looked_up_are_said_to_be_assumed():
    (one,) = watch(at(*held("customs_inspection", "customs")), hours(71))
    assert one.assumed == ("customs_hours:CN",)


def test_the_clock_of_a_hold_keeps_the_holidays_of_the_country_where_it_is():
    eve = datetime(2026, 9, 30, 3, tzinfo=UTC)  # the last day before China's week of holidays
    by = eve - hours(22)
    moved = [event._replace(at=event.at + by) for event in held("customs_duty_due")]
    for country, ends in (("CN", datetime(2026, 10, 8, 3, tzinfo=UTC)), ("JP", datetime(2026, 10, 1, 3, tzinfo=UTC))):
        there = [event._replace(place=event.place.__class__(None, country)) for event in moved]
        clocks = running(at(*there, lane=Lane("FR", country)), thresholds(START.date()))
        assert [one.warn for one in clocks if one.clock.kind == "hold_too_old"] == [ends]


def test_what_a_sweep_told_as_a_warning_is_untold_again_when_it_is_critical():
    looked = replace(at(*MOVING), due_at=hours(29) + MINUTE)
    assert untold(looked, hours(52)) == ()
    assert [one.severity for one in untold(looked, hours(53))] == ["critical"]
    assert [one.episode for one in told(looked, hours(53))] == ["silence-pickup"]
    assert untold(replace(looked, due_at=hours(53) + MINUTE), hours(54)) == ()


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
        for moment in (hours(warn or 0), hours(critical or 0), hours(9000)):
            assert next_due(replace(watched, poll_after=hours(1)), moment) > moment


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_same_trouble_of_another_parcel_of_the_case_is_told_under_a_name_of_its_own(name):
    first, warns, critical = CASES[name]
    names = [{one.episode for one in watch(replace(first, leg_n=leg), hours(critical or warns))} for leg in (1, 2, 3)]
    assert names[0]
    assert len(set.union(*names)) == sum(map(len, names))
