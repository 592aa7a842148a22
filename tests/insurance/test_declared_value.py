"""How much may be declared to a carrier for jewellery, and what follows where that is less than it is worth."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chalicelib.insurance.cover import plan
from chalicelib.insurance.declared import cap_for
from chalicelib.insurance.parcel import CarrierCover
from chalicelib.places import Lane
from tests.insurance.parcels import HOME, ON, codes, money, ring_of

RATES = {("USD", "EUR"): Decimal("0.9"), ("EUR", "USD"): Decimal("1.1")}


def dollars(worth, **changes):
    value = money(worth, "USD")
    return ring_of(value=value, address_day_value=value, **changes)


def protected(parcel, carrier="fedex", up_to=("100000", "USD"), lane=HOME, **more):
    own = CarrierCover(carrier, built_in=False, up_to=(money(*up_to),))
    return plan(parcel, carrier, lane, (), ON, own, **more)


@pytest.mark.parametrize(("worth", "gaps"), [("499.99", set()), ("500", set()), ("500.01", {"carrier_cap_exceeded"})])
def test_fedex_lets_five_hundred_dollars_be_declared_for_jewellery(worth, gaps):
    cover = protected(dollars(worth))
    assert codes(cover.gaps) == gaps
    assert cover.carrier_cap.rule == "insurance/declared_value@2025-04-13#DV-FDX-INTL"


@pytest.mark.parametrize(
    ("grams", "cap"), [("25000", "500.00"), ("25005", "500.00"), ("30000", "599.88"), (None, "500")]
)
def test_a_heavy_parcel_is_capped_by_its_weight_where_that_is_more(grams, cap):
    weight = None if grams is None else Decimal(grams)
    assert cap_for(ring_of(gross_weight_g=weight), "fedex", HOME, ON).limit == money(cap, "USD")


def test_what_is_above_the_cap_is_uncovered_in_money_and_no_more_than_the_cap_is_declared():
    cover = protected(dollars("1180"))
    assert (cover.insured_value, cover.uncovered) == (money("500", "USD"), money("680", "USD"))
    assert (cover.carrier_declared_value, cover.limit) == (money("500", "USD"), money("500", "USD"))
    assert cover.needs_review
    assert not cover.insurable


def test_the_cap_is_compared_at_the_rate_of_the_day_and_said_where_there_is_none():
    up_to = ("5000", "EUR")
    assert protected(ring_of("1180"), up_to=up_to, rates=RATES).uncovered == money("730.00")
    assert codes(protected(ring_of("1180"), up_to=up_to).gaps) == {"carrier_cap_not_compared"}


def test_dhl_protects_jewellery_up_to_its_contract_and_must_agree_above_half_a_million():
    assert not protected(dollars("9000"), "dhl").gaps
    assert codes(protected(dollars("500000.01"), "dhl", ("900000", "USD")).gaps) == {"carrier_must_agree"}
    assert codes(protected(dollars("500000"), "dhl", ("900000", "USD")).gaps) == set()


@pytest.mark.parametrize(("service", "lane"), [("JP_EMS", Lane("JP", "CN")), ("USPS_PMEI", Lane("US", "CN"))])
def test_a_post_that_takes_no_valuables_pays_nothing_whatever_is_declared(service, lane):
    parcel = replace(dollars("900"), service=service)
    cover = protected(parcel, "ems", lane=lane)
    assert codes(cover.gaps) == {"carrier_pays_nothing"}
    assert cover.insured_value == money("0", "USD")


@pytest.mark.parametrize(
    ("carrier", "service", "lane", "cap"),
    [
        ("post", "HK_INSURED", Lane("HK", "FR"), money("46000", "HKD")),
        ("ems", "HK_SPEEDPOST", Lane("HK", "FR"), money("50000", "HKD")),
        ("ems", "CN_EMS_INSURED", Lane("CN", "CN"), money("100000", "CNY")),
        ("post", "USPS_PMI_INSURED", Lane("US", "CN"), money("5000", "USD")),
        ("post", "AU_INTL", Lane("AU", "CN"), money("5000", "AUD")),
    ],
)
def test_each_post_has_its_own_cap_with_its_source(carrier, service, lane, cap):
    found = cap_for(ring_of(service=service), carrier, lane, ON)
    assert (found.limit, bool(found.source)) == (cap, True)


def test_no_row_no_cap_and_none_before_the_first_vintage():
    assert cap_for(ring_of(service="CN_EMS_INSURED"), "ems", Lane("CN", "FR"), ON) is None
    assert cap_for(ring_of(), "fedex", HOME, date(2025, 4, 12)) is None


def test_what_only_a_contract_of_its_own_gives_is_no_cap_of_anybody_s():
    assert cap_for(ring_of(), "fedex", Lane("US", "US"), ON) is None


@pytest.mark.parametrize(("customs", "gaps"), [("9000", set()), ("8999.99", {"declared_above_customs_value"})])
def test_no_more_is_declared_to_the_carrier_than_to_customs(customs, gaps):
    cover = protected(dollars("9000", customs_value=money(customs, "USD")), "dhl")
    assert codes(cover.gaps) == gaps
    assert cover.carrier_declared_value == money(customs, "USD")
