"""What a carrier owes when nothing was declared: by which rule, how many special drawing rights, how much money."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.insurance.owed import owed_by, sdr_rate
from chalicelib.money import Money
from chalicelib.places import Lane

ON = date(2026, 11, 24)
HALF_A_KILO = Decimal(500)


def worth(amount="1180", currency="EUR") -> Money:
    return Money(Decimal(amount), currency)


def owes(carrier, service, lane, weight=HALF_A_KILO, on=ON, value=None, rates=None):
    return owed_by(carrier, service, lane, weight, value or worth(), on, rates)


@pytest.mark.parametrize(
    ("carrier", "service", "lane", "told"),
    [
        ("fedex", "INTERNATIONAL_PRIORITY", Lane("FR", "CN"), [("montreal", "13")]),
        ("dhl", "EXPRESS_WORLDWIDE", Lane("US", "CN"), [("montreal", "13")]),
        ("dhl", "EXPRESS_WORLDWIDE", Lane("FR", "DE"), [("cmr", "4.165"), ("montreal", "13")]),
        ("dhl", "EXPRESS_WORLDWIDE", Lane("FR", "GB"), [("cmr", "4.165"), ("montreal", "13")]),
        ("fedex", "INTERNATIONAL_PRIORITY", Lane("CH", "FR"), [("cmr", "4.165"), ("montreal", "13")]),
        ("dhl", "ECONOMY_SELECT", Lane("FR", "DE"), [("cmr", "4.165")]),
        ("post", "REGISTERED_OR_PARCEL", Lane("FR", "CN"), [("upu_registered", "30"), ("upu_parcel", "42.25")]),
        ("post", None, Lane("FR", "CN"), [("upu_registered", "30"), ("upu_parcel", "42.25")]),
        ("ems", "ANY", Lane("IN", "CN"), [("ems_operator", "30")]),
    ],
)
def test_carrier_service_and_lane_decide_by_which_rule_it_owes(carrier, service, lane, told):
    found = owes(carrier, service, lane)
    assert [(one.regime, format(one.sdr.normalize(), "f")) for one in found.floors] == told
    assert found.certain is (len(told) == 1)
    assert found.rule.startswith("insurance/liability@2024-12-28#LA-")
    assert found.why


@pytest.mark.parametrize(
    ("service", "lane", "currency", "least"),
    [
        ("JP_EMS", Lane("JP", "CN"), "JPY", "0"),
        ("USPS_PMEI", Lane("US", "CN"), "USD", "0"),
        ("CN_EMS_UNINSURED", Lane("CN", "FR"), "CNY", "530.00"),
        ("KR_EMS", Lane("KR", "CN"), "KRW", "73935"),
    ],
)
def test_an_operator_owes_by_its_own_rule_in_its_own_money(service, lane, currency, least):
    assert owes("ems", service, lane, value=worth("900000", currency)).least == Money(Decimal(least), currency)


def test_an_insured_item_is_owed_what_was_declared_and_no_floor_says_how_much():
    found = owes("post", "HK_INSURED", Lane("HK", "FR"))
    assert [(one.regime, one.money) for one in found.floors] == [("upu_insured", None)]


@pytest.mark.parametrize(
    ("carrier", "lane"), [("dhl", Lane("CN", "CN")), ("pigeon", Lane("FR", "CN")), ("ems", Lane("BR", "CN"))]
)
def test_a_way_whose_rule_is_not_held_has_no_floor_and_says_so(carrier, lane):
    found = owes(carrier, "ANY", lane)
    assert (found.floors, found.least, found.rule, found.confidence) == ((), None, None, "low")


@pytest.mark.parametrize(
    ("on", "per_kg"), [(date(2019, 12, 28), "22"), (date(2024, 12, 27), "22"), (date(2024, 12, 28), "26")]
)
def test_the_convention_s_limit_is_that_of_the_day(on, per_kg):
    (floor,) = owes("fedex", None, Lane("US", "CN"), on=on).floors
    assert floor.sdr_per_kg == Decimal(per_kg)


def test_before_the_first_vintage_nothing_is_said_to_be_owed():
    found = owes("fedex", None, Lane("US", "CN"), on=date(2019, 12, 27))
    assert (found.floors, found.least) == ((), None)


def test_half_a_kilo_by_air_is_about_fifteen_euros_and_the_rate_is_dated_and_old():
    (floor,) = owes("fedex", None, Lane("US", "CN")).floors
    assert floor.money == worth("15.47")
    assert (floor.rate.as_of, floor.rate.old, floor.rate.confidence) == (date(2026, 6, 30), True, "low")


def test_an_unknown_weight_owes_an_unknown_sum_and_not_nothing():
    (floor,) = owes("fedex", None, Lane("US", "CN"), weight=None).floors
    assert (floor.sdr, floor.money) == (None, None)


def test_a_carrier_never_owes_more_than_the_goods_are_worth():
    assert owes("fedex", None, Lane("US", "CN"), weight=Decimal(5000), value=worth("20")).least == worth("20")


def test_the_least_is_not_known_while_one_of_the_rules_cannot_be_put_in_money():
    found = owes("dhl", None, Lane("FR", "DE"), weight=None)
    assert len(found.floors) == 2
    assert found.least is None


@pytest.mark.parametrize(
    ("on", "as_of", "per_sdr"),
    [(date(2024, 12, 19), date(2024, 12, 19), "1.333"), (date(2026, 6, 29), date(2026, 6, 23), "1.35868"),
     (date(2026, 6, 30), date(2026, 6, 30), "1.3561")],
)  # fmt: skip
def test_a_drawing_right_is_worth_what_the_latest_file_up_to_that_day_says(on, as_of, per_sdr):
    rate = sdr_rate("USD", on)
    assert (rate.as_of, rate.per_sdr) == (as_of, Decimal(per_sdr))


@pytest.mark.parametrize(("days", "old"), [(35, False), (36, True)])
def test_a_rate_is_old_when_more_than_thirty_five_days_have_gone(days, old):
    rate = sdr_rate("USD", date(2026, 6, 30) + timedelta(days))
    assert (rate.old, rate.confidence) == (old, "low" if old else "medium")


def test_before_the_first_rate_there_is_no_money_and_still_the_drawing_rights():
    (floor,) = owes("fedex", None, Lane("US", "CN"), on=date(2024, 10, 16)).floors
    assert (floor.sdr, floor.money, floor.rate) == (Decimal(11), None, None)


def test_a_currency_without_a_rate_of_its_own_goes_across_a_reference_rate_and_is_low():
    rate = sdr_rate("HKD", date(2026, 7, 1), {("USD", "HKD"): Decimal("7.8")})
    assert (rate.per_sdr, rate.confidence) == (Decimal("1.3561") * Decimal("7.8"), "low")
    assert sdr_rate("HKD", date(2026, 7, 1)) is None


@pytest.mark.parametrize(("crosses", "as_of"), [({}, "2025-10-28"), ({("USD", "SGD"): Decimal("1.29")}, "2026-06-30")])
def test_a_later_figure_across_a_reference_rate_stands_before_an_older_one_of_its_own(crosses, as_of):
    assert sdr_rate("SGD", date(2026, 7, 1), crosses).as_of == date.fromisoformat(as_of)
