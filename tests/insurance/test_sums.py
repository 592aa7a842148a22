"""What a parcel is insured for, what it costs, what is borne, and what is uncovered in money."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chalicelib.insurance.sums import deductible_of, premium_of, sum_insured
from chalicelib.insurers import Premium
from tests.insurance.parcels import POLICY, codes, covered, money, ring_of

DAY = date(2026, 11, 24)


def test_a_sum_is_made_up_of_metal_and_of_stones_and_work():
    found = sum_insured([money("1180"), money("820")], money("900"), "metal_plus_making", DAY)
    assert (found.value, found.metal_value, found.stones_and_work) == (money("2000"), money("900"), money("1100"))
    assert (found.basis, found.on, found.reasons) == ("metal_plus_making", DAY, ())


@pytest.mark.parametrize(
    ("metal", "rest", "reasons"),
    [
        ("1180", "0", ()),
        ("1179.99", "0.01", ()),
        ("1180.01", None, ("metal_above_value",)),
    ],
)
def test_stones_and_work_are_never_worth_less_than_nothing(metal, rest, reasons):
    found = sum_insured([money("1180")], money(metal), "invoice", DAY)
    assert (found.stones_and_work, found.reasons) == (None if rest is None else money(rest), reasons)


def test_without_a_price_the_metal_is_unknown_and_not_nothing():
    found = sum_insured([money("1180")], None, "metal_plus_making", DAY)
    assert (found.metal_value, found.stones_and_work) == (None, None)
    assert found.reasons == ("metal_value_not_known", "metal_value_wanted")


def test_a_price_in_another_currency_is_not_taken_off():
    found = sum_insured([money("1180")], money("900", "USD"), None, DAY)
    assert found.stones_and_work is None
    assert found.reasons == ("metal_in_another_currency", "valuation_basis_not_known")


@pytest.mark.parametrize("worths", [[], [money("1"), money("1", "USD")]])
def test_nothing_and_several_currencies_are_refused(worths):
    with pytest.raises(ValueError, match=r".+"):
        sum_insured(worths, None, "invoice", DAY)


@pytest.mark.parametrize(("worth", "due"), [("1180", "4.13"), ("428.57", "1.50"), ("1", "1.50"), ("430", "1.51")])
def test_a_premium_is_so_much_per_mille_and_at_least_the_minimum(worth, due):
    assert premium_of(POLICY, money(worth)) == money(due)


def test_a_premium_that_is_not_written_down_in_this_currency_is_unknown():
    assert premium_of(POLICY, money("1180", "HKD")) is None
    assert premium_of(replace(POLICY, premium=None), money("1180")) is None
    assert premium_of(replace(POLICY, premium=Premium(Decimal(4))), money("1000", "HKD")) == money("4.00", "HKD")


@pytest.mark.parametrize(
    ("worth", "borne"), [("800", "250.00"), ("1000", "250.00"), ("1200", "300.00"), ("100", "100")]
)
def test_a_quarter_is_borne_where_that_is_more_than_the_amount_and_never_more_than_the_sum(worth, borne):
    """Some parcel insurers keep 25 % of every loss of jewellery."""
    policy = replace(POLICY, deductible_share=Decimal("0.25"))
    assert deductible_of(policy, money(worth)) == money(borne)


def test_a_deductible_that_is_not_written_down_is_unknown():
    assert deductible_of(replace(POLICY, deductible=()), money("1180")) is None


def test_what_is_dearer_than_a_limit_is_covered_in_part_only_where_the_policy_says_so():
    small = replace(POLICY, per_parcel=(money("1000"),))
    none = covered(ring_of("1180"), policy=small)
    assert (none.insured_by, none.uncovered, codes(none.gaps)) == (
        None, money("1180"), {"uninsured", "parcel_limit_exceeded"},
    )  # fmt: skip
    part = covered(ring_of("1180"), policy=replace(small, over_limit="up_to_limit"))
    assert (part.insured_value, part.uncovered) == (money("1000"), money("180"))
    assert (part.premium, part.deductible) == (money("3.50"), money("250.00"))
    assert part.needs_review
    assert not part.insurable


def test_other_parcels_of_the_day_leave_only_the_rest_of_the_limit():
    policy = replace(POLICY, per_address_day=(money("3000"),), over_limit="up_to_limit")
    rest = covered(ring_of("1180", address_day_value=money("3500")), policy=policy)
    assert (rest.insured_value, rest.uncovered) == (money("680"), money("500"))
    used_up = covered(ring_of("1180", address_day_value=money("4180")), policy=policy)
    assert (used_up.insured_by, used_up.uncovered) == (None, money("1180"))


def test_a_term_that_fails_beside_the_limit_leaves_no_part_covered():
    policy = replace(POLICY, per_parcel=(money("1000"),), over_limit="up_to_limit", covers_returns=False)
    assert covered(ring_of("1180"), policy=policy).insured_by is None


def test_an_uninsured_ring_tells_in_money_what_the_carrier_would_owe_and_what_is_lost():
    cover = covered(ring_of("1180"), policy=()).as_json()
    assert cover["uncovered"] == {"amount": "1180.00", "currency": "EUR"}
    assert cover["carrier_owes"]["least"] == {"amount": "15.47", "currency": "EUR"}
    assert cover["who_pays"] == "merchant"
