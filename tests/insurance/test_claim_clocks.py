"""Every clock of a claim: which rows apply, from which moment, in whose zone, and which one ends first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock import end_of_day, zone
from chalicelib.insurance.claim_starts import beginnings
from chalicelib.insurance.claims import Policy, standing
from chalicelib.insurance.claims_clock import Began, ClaimClock, clocks_for, legal_clocks, run
from chalicelib.places import Lane
from tests.insurance.claim_parcels import POLICY, at, parcel, scan

ON = date(2026, 11, 22)
TAKEN = scan("picked_up", "2026-11-24T18:00:00+01:00")
BROUGHT = scan("delivered", "2026-11-30T10:00:00+08:00", "CN")


def last_day(carrier: str, origin: str, kind: str, clock: str, *scans, destination: str = "CN") -> str:
    found = standing("carrier", kind, parcel(*scans, carrier=carrier, lane=(origin, destination)), None)
    return next(one.last_day.isoformat() for one in (*found.runs, *found.suits) if one.clock.id == clock)


# The rows, each once


@pytest.mark.parametrize("kind", ["loss", "damage", "shortage", "delay"])
def test_dhl_hears_within_30_days_of_acceptance_whatever_it_is(kind):
    assert last_day("dhl", "FR", kind, "CL-DHL", TAKEN) == "2026-12-24"


@pytest.mark.parametrize("kind", ["damage", "shortage", "delay"])
def test_fedex_hears_of_what_was_delivered_within_21_days(kind):
    assert last_day("fedex", "US", kind, "CL-FDX-DAMAGE", TAKEN, BROUGHT) == "2026-12-21"


def test_fedex_in_europe_hears_of_damage_within_14_days():
    assert last_day("fedex", "FR", "damage", "CL-FDX-DAMAGE-EU", TAKEN, BROUGHT) == "2026-12-14"


def test_fedex_hears_of_a_loss_within_9_months_of_tender():
    assert last_day("fedex", "US", "loss", "CL-FDX-LOSS", scan("picked_up", "2026-11-30T09:00:00-05:00", "US")) == (
        "2027-08-30"
    )


def test_fedex_in_europe_hears_of_a_loss_within_30_days_of_tender():
    assert last_day("fedex", "FR", "loss", "CL-FDX-LOSS-EU", TAKEN) == "2026-12-24"


@pytest.mark.parametrize(
    ("origin", "clock", "expected"),
    [("JP", "CL-EMS-JP", "2027-04-30"), ("KR", "CL-EMS-KR", "2027-02-28"), ("US", "CL-EMS-US", "2027-01-29"),
     ("FR", "CL-EMS", "2027-02-28")],
)  # fmt: skip
def test_each_post_has_its_own_months_from_posting(origin, clock, expected):
    posted = scan("picked_up", "2026-10-31T12:00:00+00:00", origin)
    assert last_day("ems", origin, "loss", clock, posted) == expected


def test_a_post_of_the_united_states_takes_no_claim_before_its_floor():
    facts = parcel(scan("picked_up", "2026-11-30T12:00:00-05:00", "US"), carrier="ems", lane=("US", "CN"))
    found = standing("carrier", "loss", facts, None)
    assert found.not_before == date(2026, 12, 3)
    assert found.deadline.clock == "CL-EMS-US"


def test_a_parcel_by_post_of_the_united_states_has_7_days_and_6_months():
    (clock,) = (one for one in clocks_for("post", Lane("US", "CN"), ON) if one.id == "CL-POST-US")
    assert (clock.first_day(date(2026, 8, 31)), clock.last_day(date(2026, 8, 31))) == (
        date(2026, 9, 7), date(2027, 2, 28),
    )  # fmt: skip


def test_the_law_of_the_air_wants_damage_in_14_days_and_delay_in_21():
    assert last_day("dhl", "US", "damage", "CL-AIR-DAMAGE", TAKEN, BROUGHT) == "2026-12-14"
    assert last_day("dhl", "US", "delay", "CL-AIR-DELAY", TAKEN, BROUGHT) == "2026-12-21"


def test_a_part_that_is_missing_is_told_as_soon_as_damage_for_courts_take_it_for_that():
    assert last_day("fedex", "US", "shortage", "LG-AIR-PARTIAL", TAKEN, BROUGHT) == "2026-12-14"


def test_an_air_waybill_wants_a_loss_in_120_days_of_its_issue():
    facts = parcel(TAKEN, carrier="fedex", lane=("US", "CN"), ship_date=date(2026, 11, 23))
    found = standing("carrier", "loss", facts, None)
    assert (found.deadline.clock, found.deadline.last_day) == ("LG-AIR-NOT-DELIVERED", date(2027, 3, 23))


def test_a_loss_counts_as_one_seven_days_after_the_promise():
    facts = parcel(TAKEN, eta=at("2026-11-27T12:00:00+08:00"))
    (right,) = standing("carrier", "loss", facts, None).rights
    assert (right.not_before, right.assumed) == (date(2026, 12, 4), False)


def test_a_suit_is_brought_within_two_years_of_arrival_or_of_the_promise():
    assert last_day("dhl", "US", "damage", "LG-AIR-SUIT-ARRIVED", TAKEN, BROUGHT) == "2028-11-30"
    facts = parcel(TAKEN, eta=at("2026-11-27T12:00:00+08:00"))
    assert standing("carrier", "loss", facts, None).suits[0].last_day == date(2028, 11, 27)


@pytest.mark.parametrize(("kind", "expected"), [("damage", "2026-12-07"), ("shortage", "2026-12-07"), ("delay", None)])
def test_inside_europe_it_may_have_been_driven_and_hidden_damage_has_7_days(kind, expected):
    home = scan("delivered", "2026-11-30T10:00:00+01:00", "FR")
    facts = parcel(TAKEN, home, lane=("DE", "FR"))
    found = standing("carrier", kind, facts, None)
    assert (found.deadline.last_day.isoformat() if expected else None) == expected
    assert any(one.clock.id.startswith("LG-ROAD") for one in found.runs)


def test_by_post_anywhere_an_inquiry_has_six_months():
    assert "LG-POST-INQUIRY" in {one.id for one in legal_clocks("post", Lane("FR", "CN"), ON)}
    assert not legal_clocks("ems", Lane("FR", "CN"), ON)


def test_an_insurer_hears_within_the_days_of_its_policy_from_discovery():
    found = standing("insurer", "loss", parcel(TAKEN), POLICY)
    assert (found.deadline.clock, found.deadline.last_day) == ("policy:P-1", date(2026, 12, 8))
    assert found.deadline.ends_at == end_of_day(date(2026, 12, 8), "Asia/Shanghai")


def test_delay_is_not_insured_and_has_no_clock():
    found = standing("insurer", "delay", parcel(TAKEN, BROUGHT), POLICY)
    assert (found.deadline, found.unknown) == (None, None)


# Which one ends first


def test_the_earliest_of_all_is_the_one_to_work_by_and_the_others_are_still_told():
    facts = parcel(TAKEN, BROUGHT, carrier="fedex", lane=("FR", "CN"))
    found = standing("carrier", "damage", facts, None)
    assert [one.clock.id for one in found.runs][:2] == ["CL-AIR-DAMAGE", "CL-FDX-DAMAGE-EU"]
    assert found.deadline.last_day == date(2026, 12, 14)
    assert found.deadline.file_by == date(2026, 12, 7), "the row that asks first is kept to"
    assert found.later


def test_what_has_not_come_may_be_lost_whatever_else_is_wrong_with_it():
    facts = parcel(TAKEN, carrier="fedex", lane=("FR", "CN"))
    found = standing("carrier", "shortage", facts, None)
    assert found.deadline.clock == "CL-FDX-LOSS-EU"
    assert {one.id for one in found.waiting} >= {"CL-FDX-DAMAGE"}


# Corrections


def test_a_corrected_acceptance_moves_every_day_that_counts_from_it():
    late = scan("picked_up", "2026-11-26T18:00:00+01:00")
    first = standing("carrier", "loss", parcel(late), None).deadline.last_day
    again = standing("carrier", "loss", parcel(TAKEN, late), None).deadline.last_day
    assert (first, again) == (date(2026, 12, 26), date(2026, 12, 24))


def test_a_delivery_that_was_taken_back_starts_no_clock():
    taken_back = scan("in_transit", "2026-11-30T12:00:00+08:00", "CN", withdraws_delivery=True)
    facts = parcel(TAKEN, BROUGHT, taken_back)
    assert not facts.has_arrived
    assert "delivered" not in beginnings(facts)


def test_of_a_delivery_told_again_after_it_was_taken_back_the_second_counts():
    taken_back = scan("in_transit", "2026-11-30T12:00:00+08:00", "CN", withdraws_delivery=True)
    second = scan("delivered", "2026-12-02T10:00:00+08:00", "CN")
    assert beginnings(parcel(TAKEN, BROUGHT, taken_back, second))["delivered"].at == second.at


# Unknown starts: the earliest it can have been, and said


def test_without_an_acceptance_scan_the_day_on_the_waybill_is_taken_and_said_to_be_assumed():
    facts = parcel(scan("in_transit", "2026-11-25T04:00:00+01:00"), ship_date=date(2026, 11, 23))
    deadline = standing("carrier", "loss", facts, None).deadline
    assert (deadline.last_day, deadline.assumed) == (date(2026, 12, 23), True)


def test_a_scan_before_the_day_on_the_waybill_is_earlier_still():
    facts = parcel(scan("in_transit", "2026-11-22T04:00:00+01:00"), ship_date=date(2026, 11, 23))
    deadline = standing("carrier", "loss", facts, None).deadline
    assert (deadline.last_day, deadline.assumed) == (date(2026, 12, 22), True)


def test_with_nothing_at_all_the_opening_of_the_return_is_the_earliest_there_is():
    deadline = standing("carrier", "loss", parcel(), None).deadline
    assert (deadline.last_day, deadline.assumed) == (date(2026, 12, 22), True)


def test_a_parcel_in_our_hands_that_no_carrier_delivered_came_at_its_last_scan_at_the_earliest():
    landed = scan("import_cleared", "2026-11-28T10:00:00+08:00", "CN")
    facts = parcel(TAKEN, landed, taken_in=True)
    began = beginnings(facts)["delivered"]
    assert (began.at, began.assumed) == (landed.at, True)


def test_what_was_never_delivered_has_no_delivery_clock_and_says_what_it_waits_for():
    found = standing("carrier", "delay", parcel(TAKEN, carrier="fedex", lane=("US", "CN")), None)
    assert {one.starts for one in found.waiting} == {"delivered"}
    assert found.unknown is None


@pytest.mark.parametrize(
    ("policy", "why"),
    [(None, "how soon its insurer"), (Policy("P-1", "Atlas", None), "how soon its insurer")],
)
def test_a_policy_that_does_not_say_is_an_unknown_clock_and_never_none(policy, why):
    found = standing("insurer", "loss", parcel(TAKEN), policy)
    assert found.deadline is None
    assert why in found.unknown


def test_a_day_before_the_rules_is_an_unknown_clock():
    facts = parcel(ship_date=date(2019, 1, 1))
    assert "2019-01-01" in standing("carrier", "loss", facts, None).unknown


def test_in_a_country_of_many_zones_the_day_that_ends_first_counts_and_is_assumed():
    facts = parcel(scan("picked_up", "2026-11-30T12:00:00-05:00", "US"), lane=("US", "CN"))
    deadline = standing("carrier", "loss", facts, None).deadline
    assert (deadline.zone_name, deadline.assumed) == ("America/New_York", True)
    west = parcel(
        scan("picked_up", "2026-11-30T12:00:00-05:00", "US"), lane=("US", "CN"), regions={"US": "CA"}
    )  # fmt: skip
    assert standing("carrier", "loss", west, None).deadline.assumed is False


def test_a_scan_whose_zone_was_assumed_makes_an_assumed_clock():
    facts = parcel(scan("picked_up", "2026-11-24T18:00:00+01:00", tz_source="assumed"))
    assert standing("carrier", "loss", facts, None).deadline.assumed


# Zones, daylight saving, leap days, month ends

ZONES = st.sampled_from([
    "Europe/Paris", "America/New_York", "America/Los_Angeles", "Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Honolulu", "America/Sao_Paulo", "Africa/Cairo", "UTC",
])  # fmt: skip
FIRST, SECONDS = datetime(2024, 1, 1, tzinfo=UTC), 9 * 366 * 86_400
MOMENTS = st.integers(0, SECONDS).map(lambda seconds: FIRST + timedelta(seconds=seconds))
LIMITS = st.one_of(
    st.integers(1, 200).map(lambda days: (days, None)), st.integers(1, 30).map(lambda months: (None, months))
)


def clock_of(days: int | None, months: int | None) -> ClaimClock:
    return ClaimClock("X", ("loss",), "accepted", days, months, None, "", "high")


@given(MOMENTS, ZONES, LIMITS)
def test_the_last_day_is_a_whole_local_day_and_its_end_is_the_next_midnight_there(moment, name, limit):
    found = run(clock_of(*limit), Began(moment, (name,), ""))
    local_end = found.ends_at.astimezone(ZoneInfo(name))
    assert found.started_on == moment.astimezone(ZoneInfo(name)).date()
    # The first instant of the next local day: midnight, or the hour the clocks jump to where there is none.
    assert (found.ends_at - timedelta(seconds=1)).astimezone(ZoneInfo(name)).date() <= found.last_day
    assert local_end.date() == found.last_day + timedelta(days=1)
    assert moment < found.ends_at


@given(MOMENTS, ZONES, st.integers(1, 200))
def test_so_many_days_later_is_so_many_on_the_calendar_there_whatever_the_clocks_do(moment, name, days):
    found = run(clock_of(days, None), Began(moment, (name,), ""))
    assert (found.last_day - found.started_on).days == days
    hours = (found.ends_at - moment) / timedelta(hours=1)
    assert 24 * days - 2 <= hours <= 24 * (days + 1) + 2


@given(MOMENTS, ZONES, st.integers(1, 30))
def test_calendar_months_keep_the_day_or_end_with_the_month(moment, name, months):
    found = run(clock_of(None, months), Began(moment, (name,), ""))
    started, last = found.started_on, found.last_day
    assert (last.year - started.year) * 12 + last.month - started.month == months
    assert last.day == started.day or (last.day < started.day and (last + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("started", "months", "expected"),
    [("2027-01-31", 1, "2027-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2028-02-29", 12, "2029-02-28"),
     ("2026-08-31", 6, "2027-02-28"), ("2026-10-31", 4, "2027-02-28"), ("2027-03-31", 9, "2027-12-31")],
)  # fmt: skip
def test_the_end_of_a_short_month_is_its_last_day(started, months, expected):
    assert clock_of(None, months).last_day(date.fromisoformat(started)).isoformat() == expected


@given(MOMENTS, st.lists(ZONES, min_size=2, max_size=4, unique=True), LIMITS)
def test_of_several_zones_the_one_that_ends_first_is_taken_and_none_ends_sooner(moment, names, limit):
    found = run(clock_of(*limit), Began(moment, tuple(names), ""))
    alone = [run(clock_of(*limit), Began(moment, (name,), "")) for name in names]
    assert found.ends_at == min(one.ends_at for one in alone)
    assert found.assumed


@given(MOMENTS, MOMENTS, ZONES, LIMITS)
def test_what_began_earlier_never_ends_later(one, other, name, limit):
    early, late = sorted((one, other))
    ends = [run(clock_of(*limit), Began(moment, (name,), "")).ends_at for moment in (early, late)]
    assert ends[0] <= ends[1]


def test_thirty_days_over_the_end_of_summer_time_end_at_the_winter_midnight():
    found = run(clock_of(30, None), Began(at("2026-10-10T23:30:00+02:00"), ("Europe/Paris",), ""))
    assert (found.last_day, found.ends_at) == (date(2026, 11, 9), at("2026-11-10T00:00:00+01:00"))
    assert zone("Europe/Paris")
