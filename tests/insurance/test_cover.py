from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.insurance.claims_clock import binding, clocks_for, earliest
from chalicelib.insurance.cover import Consignment, plan
from chalicelib.money import Money
from chalicelib.places import Lane
from tests.returns.requests_of import merchant

ON = date(2026, 11, 24)
HOME = Lane("FR", "CN")
POLICY = merchant().insurer[0]


def euros(amount) -> Money:
    return Money(Decimal(amount), "EUR")


def ring_of(worth="1180", **changes) -> Consignment:
    facts = Consignment(euros(worth), Decimal(500), frozenset({"STONE_SET_JEWELLERY"}), True, False, euros(worth))
    return replace(facts, **changes)


def covered(consignment, carrier="fedex", lane=HOME, policies=(POLICY,), on=ON):
    return plan(consignment, carrier, lane, policies, on)


def gaps(cover) -> set[str]:
    return {gap.code for gap in cover.gaps}


def test_a_ring_home_is_covered_whole_by_the_policy_and_nothing_is_declared():
    cover = covered(ring_of())
    assert (cover.insured_by, cover.policy_no, cover.who_pays) == (POLICY.insurer, POLICY.policy_no, "insurer")
    assert (cover.insured_value, cover.carrier_declared_value) == (euros(1180), euros(0))
    assert (cover.limit, cover.deductible) == (euros("50000.00"), euros("250.00"))
    assert not cover.needs_review
    assert cover.facts == {"OWN_POLICY_WEEKEND_LIMIT": True}


@pytest.mark.parametrize(
    ("change", "policy_change", "gap"),
    [
        ({}, {"ends": date(2026, 11, 23)}, "policy_not_in_force"),
        ({}, {"effective": date(2026, 11, 25)}, "policy_not_in_force"),
        ({}, {"carriers": ("dhl",)}, "carrier_not_covered"),
        ({}, {"countries": ("FR", "GB")}, "country_not_covered"),
        ({}, {"covers_returns": False}, "returns_not_covered"),
        ({}, {"covers_returns": None}, "returns_not_covered"),
        ({"goods": frozenset({"BULLION"})}, {}, "goods_excluded"),
        ({"value": euros("50000.01")}, {}, "parcel_limit_exceeded"),
        ({"value": euros("20000.01"), "weekend_in_transit": True}, {}, "weekend_limit_exceeded"),
        ({"value": euros("20000.01"), "weekend_in_transit": None}, {}, "weekend_limit_exceeded"),
        ({"address_day_value": euros("100000.01")}, {}, "address_day_limit_exceeded"),
        ({"value": Money(Decimal(9), "JPY"), "address_day_value": None}, {}, "parcel_limit_currency_missing"),
    ],
)
def test_each_term_of_the_policy_that_fails_leaves_the_parcel_uninsured_and_says_so(change, policy_change, gap):
    cover = covered(ring_of(**change), policies=(replace(POLICY, **policy_change),))
    assert {"uninsured", gap} <= gaps(cover)
    assert (cover.policy_no, cover.who_pays, cover.needs_review) == (None, "merchant", True)
    assert cover.insured_value.amount == 0


@pytest.mark.parametrize(("worth", "weekend"), [("20000", True), ("20000", None), ("50000", False)])
def test_the_limit_itself_is_still_covered(worth, weekend):
    assert not covered(ring_of(worth, weekend_in_transit=weekend)).gaps


def test_every_reason_is_told_at_once():
    cover = covered(ring_of("60000", goods=frozenset({"COIN"})), "ups", Lane("BR", "CN"))
    assert {
        "uninsured", "carrier_not_covered", "country_not_covered", "goods_excluded", "parcel_limit_exceeded",
    } <= gaps(cover)  # fmt: skip


def test_without_any_policy_the_whole_worth_is_the_gap():
    cover = covered(ring_of(), policies=())
    assert [(gap.code, gap.uncovered) for gap in cover.gaps] == [("uninsured", euros(1180))]


def test_the_second_policy_covers_what_the_first_does_not():
    other = replace(POLICY, policy_no="OTHER", carriers=("dhl",))
    assert covered(ring_of(), policies=(other, POLICY)).policy_no == POLICY.policy_no


def test_an_unknown_sum_to_the_address_is_said_and_not_taken_for_checked():
    assert covered(ring_of(address_day_value=None)).not_checked == ("address_day_total",)
    assert covered(ring_of()).not_checked == ()


def test_half_a_kilogram_is_worth_thirteen_special_drawing_rights_to_an_air_carrier():
    floor = covered(ring_of()).liability_floor
    assert (floor.sdr_per_kg, floor.sdr) == (Decimal(26), Decimal(13))


@pytest.mark.parametrize(
    ("on", "per_kg"), [(date(2024, 12, 27), 22), (date(2024, 12, 28), 26), (date(2019, 12, 28), 22)]
)
def test_the_liability_floor_is_that_of_the_day(on, per_kg):
    assert covered(ring_of(), on=on).liability_floor.sdr_per_kg == per_kg


def test_an_unknown_weight_has_no_liability_figure_rather_than_zero():
    cover = covered(ring_of(gross_weight_g=None))
    assert cover.liability_floor.sdr is None
    assert cover.as_json()["liability_floor"]["sdr"] is None


def test_before_the_first_rules_the_clocks_are_a_gap_and_not_an_empty_list():
    cover = covered(ring_of(), policies=(replace(POLICY, effective=date(2024, 1, 1)),), on=date(2024, 6, 1))
    assert "claim_clocks_unknown" in gaps(cover)


@pytest.mark.parametrize(
    ("carrier", "lane", "claim", "start", "last", "file_by"),
    [
        ("fedex", Lane("FR", "CN"), "loss", "tendered", date(2026, 12, 24), date(2026, 12, 19)),
        ("fedex", Lane("US", "CN"), "loss", "tendered", date(2027, 8, 24), date(2026, 12, 24)),
        ("fedex", Lane("FR", "CN"), "damage", "delivered", date(2026, 12, 8), date(2026, 12, 1)),
        ("fedex", Lane("GB", "CN"), "damage", "delivered", date(2026, 12, 8), date(2026, 12, 8)),
        ("fedex", Lane("US", "CN"), "shortage", "delivered", date(2026, 12, 15), date(2026, 12, 4)),
        ("dhl", Lane("US", "CN"), "loss", "accepted", date(2026, 12, 24), date(2026, 12, 19)),
        ("ems", Lane("KR", "CN"), "loss", "posted", date(2027, 3, 24), date(2027, 3, 24)),
        ("ems", Lane("US", "CN"), "loss", "posted", date(2027, 2, 22), date(2027, 2, 22)),
        ("ems", Lane("JP", "CN"), "loss", "posted", date(2027, 3, 24), date(2027, 3, 24)),
    ],
)
def test_the_earliest_clock_that_matches_is_the_one_to_work_by(carrier, lane, claim, start, last, file_by):
    clock = earliest(clocks_for(carrier, lane, ON), claim, start)
    assert (clock.last_day(ON), clock.file_by(ON)) == (last, file_by)


def test_the_insurers_own_notice_is_one_more_clock():
    clocks = covered(ring_of()).claim_clocks
    assert ("discovered", 7) in {(clock.starts, clock.limit_days) for clock in clocks}


def test_a_clock_that_a_shorter_one_beats_everywhere_is_left_out():
    kept = {clock.id for clock in covered(ring_of()).claim_clocks}
    assert {"CL-FDX-LOSS-EU", "CL-FDX-DAMAGE-EU"} <= kept
    assert "CL-FDX-LOSS" not in kept


def test_a_longer_clock_that_wants_its_claim_sooner_is_kept_beside_the_strictest():
    damage = [c for c in binding(clocks_for("fedex", Lane("US", "CN"), ON)) if "damage" in c.claims]
    assert {"CL-AIR-DAMAGE", "CL-FDX-DAMAGE"} == {clock.id for clock in damage}
    assert min(clock.file_by(ON) for clock in damage) == date(2026, 12, 4)
    assert min(clock.last_day(ON) for clock in damage) == date(2026, 12, 8)


@given(
    st.decimals(0, 10**6, places=2),
    st.sampled_from([True, False, None]),
    st.sampled_from(["fedex", "dhl"]),
    st.booleans(),
)
def test_a_parcel_is_never_both_insured_and_declared_and_never_quietly_uninsured(worth, weekend, carrier, home):
    cover = covered(ring_of(worth, weekend_in_transit=weekend, home=home), carrier)
    assert not (cover.policy_no and cover.carrier_declared_value.amount)
    assert (cover.policy_no is None) == ("uninsured" in gaps(cover))
    assert cover.as_json()["complete"] is not cover.needs_review
