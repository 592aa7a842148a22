"""A policy's terms held against a parcel: what fails, what must be kept, what nobody wrote down; each limit's edge."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.insurance.terms import conditions, failures, unwritten
from chalicelib.insurance.words import gap_text
from chalicelib.insurers import InsuredLane
from chalicelib.places import Lane
from tests.insurance.parcels import HOME, ON, POLICY, codes, covered, money, ring_of

BARE = replace(
    POLICY, packing=None, signature=None, acceptance_scan=None, drop_points=None, void_if_described=None, premium=None,
    valuation=None, weekend_counts=None, deductible=(), per_weekend=(), per_address_day=(),
)  # fmt: skip


def failed(parcel, policy=POLICY, lane=HOME, on=ON, carrier="fedex"):
    return codes(failures(policy, parcel, carrier, lane, on))


@pytest.mark.parametrize(
    ("policy", "parcel", "code"),
    [
        ({"services": ("INTERNATIONAL_FIRST",)}, {}, "service_not_covered"),
        ({"excluded_countries": ("FR",), "countries": ()}, {}, "country_excluded"),
        ({"lanes": (InsuredLane("CN", "FR"),)}, {}, "lane_not_covered"),
        ({"goods": ("GOLD_JEWELLERY",)}, {}, "goods_not_covered"),
        ({"consignees": ("consumer",)}, {}, "consignee_not_covered"),
        ({}, {"packing": frozenset({"PLAIN_PACK"})}, "packing_not_enough"),
        ({}, {"signature": "any"}, "signature_not_enough"),
        ({}, {"signature": "none"}, "signature_not_enough"),
        ({}, {"scanned_in": False}, "acceptance_scan_missing"),
        ({}, {"drop_point": True}, "drop_point_voids"),
        ({}, {"described_outside": True}, "described_outside"),
    ],
)
def test_a_fact_that_is_known_and_against_a_term_fails(policy, parcel, code):
    assert failed(ring_of(**parcel), replace(POLICY, **policy)) == {code}


@pytest.mark.parametrize(
    ("policy", "parcel"),
    [
        ({"services": ("INTERNATIONAL_PRIORITY",)}, {}),
        ({"services": ("INTERNATIONAL_FIRST",)}, {"service": None}),
        ({"lanes": (InsuredLane("FR", "CN"),)}, {}),
        ({"goods": ("STONE_SET_JEWELLERY", "GOLD_JEWELLERY")}, {}),
        ({"consignees": ("consumer",)}, {"consignee": None}),
        ({}, {"packing": frozenset({"DOUBLE_BOX", "BOX_NOT_PAK", "PLAIN_PACK", "REINFORCED_TAPE", "SEAL_NUMBERS"})}),
        ({}, {"signature": "direct"}),
        ({}, {"signature": "adult"}),
        ({}, {"scanned_in": True, "drop_point": False, "described_outside": False}),
        ({"drop_points": True}, {"drop_point": True}),
        ({"void_if_described": False}, {"described_outside": True}),
    ],
)
def test_a_fact_that_is_as_the_term_wants_it_or_not_known_yet_does_not_fail(policy, parcel):
    assert failed(ring_of(**parcel), replace(POLICY, **policy)) == set()


@pytest.mark.parametrize(
    ("limits", "parcel", "edge", "name"),
    [
        ({"per_parcel": (money("5000"),)}, {}, "5000", "parcel"),
        (
            {"per_weekend": (money("5000"),), "weekend_counts": "parcel"},
            {"weekend_in_transit": True},
            "5000",
            "weekend",
        ),
        ({"per_weekend": (money("5000"),)}, {"weekend_in_transit": None}, "5000", "weekend"),
        ({"per_address_day": (money("5000"),)}, {}, "5000", "address_day"),
    ],
)
@pytest.mark.parametrize(("over", "exceeded"), [("-0.01", False), ("0", False), ("0.01", True)])
def test_each_limit_holds_up_to_itself(limits, parcel, edge, name, over, exceeded):
    worth = money(edge) + money(over)
    found = failures(
        replace(POLICY, **limits), ring_of(value=worth, address_day_value=worth, **parcel), "fedex", HOME, ON
    )
    assert codes(found) == ({f"{name}_limit_exceeded"} if exceeded else set())
    assert all((gap.limit, gap.amount, gap.uncovered) == (money(edge), worth, money("0.01")) for gap in found)


def test_the_weekend_limit_counts_one_parcel_or_all_to_the_address():
    parcel = ring_of("8000", weekend_in_transit=True, address_day_value=money("24000"))
    assert failed(parcel, replace(POLICY, weekend_counts="parcel")) == set()
    assert failed(parcel, replace(POLICY, weekend_counts="address_day")) == {"weekend_limit_exceeded"}


def test_how_the_weekend_is_counted_is_the_stricter_where_nobody_wrote_it_down_and_is_said():
    parcel, policy = (
        ring_of("8000", weekend_in_transit=True, address_day_value=money("24000")),
        replace(POLICY, weekend_counts=None),
    )
    assert failed(parcel, policy) == {"weekend_limit_exceeded"}
    assert "policy_weekend_counts" in unwritten(policy, parcel)


def test_a_sum_of_the_day_below_the_parcel_itself_is_never_believed():
    assert "address_day_limit_exceeded" in failed(ring_of("100000.01", address_day_value=money("5")))


@pytest.mark.parametrize(("day", "runs"), [("2025-12-31", False), ("2026-01-01", True), ("2028-12-31", True)])
def test_a_policy_runs_from_its_first_day_to_its_last(day, runs):
    assert ("policy_not_in_force" not in failed(ring_of(), on=date.fromisoformat(day))) is runs


def test_every_term_that_is_not_written_down_is_said_and_none_is_taken_for_good():
    assert set(unwritten(BARE, ring_of())) == {
        "policy_packing", "policy_signature", "policy_acceptance_scan", "policy_drop_points", "policy_label",
        "policy_premium", "policy_deductible", "policy_valuation",
    }  # fmt: skip
    assert unwritten(POLICY, ring_of()) == ()


def test_what_is_not_done_yet_is_a_condition_to_keep_and_what_is_done_is_met():
    asked = {one.code: one.state for one in conditions(POLICY, ring_of(scanned_in=True, signature="adult"))}
    assert (asked["ACCEPTANCE_SCAN"], asked["SIGNATURE_DIRECT"], asked["DOUBLE_BOX"]) == ("met", "met", "to_keep")
    assert asked["NOTHING_DECLARED"] == "met"


def test_a_gap_tells_its_figures_in_a_sentence():
    (gap,) = failures(replace(POLICY, per_parcel=(money("1000"),)), ring_of("1180"), "fedex", HOME, ON)
    assert gap_text(gap) == "worth 1180.00 EUR, and the policy takes 1000.00 EUR in one parcel"


def test_a_policy_that_covers_no_returns_is_not_insurable_by_direction_alone():
    """The trap of the general shipping policies: what the shop sends is covered, what comes back is not."""
    outbound_only = replace(POLICY, covers_returns=False)
    assert covered(ring_of(home=False), policy=outbound_only, lane=Lane("CN", "FR")).insurable
    assert codes(covered(ring_of(home=True), policy=outbound_only).gaps) == {"uninsured", "returns_not_covered"}
