"""What each carrier offers is data; what we can do with it is asked of its module."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.carriers.acceptance_rows import rows_in_force
from chalicelib.carriers.capabilities import capabilities_on, is_bookable, service_of
from chalicelib.carriers.fedex.order_checks import limits as fedex_limits
from chalicelib.carriers.registry import CARRIERS
from chalicelib.places import Lane
from chalicelib.rulebook import CONFIDENCES, dictionary
from chalicelib.workflows.read_carriers import carriers
from tests.fakes.memory_ports import memory_ports

ON = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
KNOWN = capabilities_on(ON)
PRIORITY = service_of("fedex", "INTERNATIONAL_PRIORITY", ON)
FEDEX = CARRIERS["fedex"]


def told(origin=None, destination=None):
    answer = carriers(memory_ports().ports, origin, destination, NOW)
    return {row["carrier"]: row for row in answer["carriers"]}


def test_a_service_is_bookable_when_its_carrier_s_module_can_order_and_not_before():
    lane = Lane("FR", "CN")
    assert is_bookable(PRIORITY, lane, {"fedex": FEDEX})
    assert not is_bookable(PRIORITY, lane, {})
    assert not is_bookable(PRIORITY, lane, {"fedex": replace(FEDEX, waybills=None)})
    assert not is_bookable(replace(PRIORITY, ordered="by_person"), lane, {"fedex": FEDEX})
    assert not is_bookable(PRIORITY, Lane("FR", "FR"), {"fedex": FEDEX})
    assert not is_bookable(None, lane, {"fedex": FEDEX})


@pytest.mark.parametrize(("lane", "served"), [("CN-CN", True), ("CN-FR", False), ("FR-FR", False), ("FR-CN", False)])
def test_mail_abroad_is_ordered_by_a_person_since_china_posts_interface_serves_mail_inside_china(lane, served):
    service = service_of("ems", "CN_EMS_INSURED", ON)
    assert is_bookable(service, Lane(*lane.split("-")), {"ems": replace(FEDEX, name="ems")}) is served


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
def test_the_services_that_can_be_ordered_are_those_the_carrier_s_module_has_words_for(carrier):
    ordered = {row.service for row in KNOWN.services if row.carrier == carrier and row.ordered != "by_person"}
    assert ordered == set(dictionary("carriers", f"{carrier}_purposes")["services"])


@pytest.mark.parametrize(
    ("origin", "destination", "services"),
    [
        (None, None, {"CN_EMS_INSURED", "CN_EMS_UNINSURED", "JP_EMS", "USPS_PMEI", "KR_EMS", "HK_SPEEDPOST"}),
        ("CN", "FR", {"CN_EMS_INSURED", "CN_EMS_UNINSURED"}),
        ("CN", None, {"CN_EMS_INSURED", "CN_EMS_UNINSURED"}),
        ("FR", "CN", set()),
        ("CN", "CN", {"CN_EMS_INSURED", "CN_EMS_UNINSURED"}),
    ],
)
def test_only_the_services_that_run_on_the_lane_are_shown(origin, destination, services):
    assert {row["service"] for row in told(origin, destination)["ems"]["services"]} == services


def test_what_our_module_can_do_is_what_is_told():
    fedex = told()["fedex"]
    assert (fedex["waybill"]["dry_run"], fedex["waybill"]["cancel"]) == (True, "api")
    assert (fedex["pickup"]["order"], fedex["pickup"]["change"]) == ("api", "cancel_and_rebook")
    assert fedex["tracking"]["polled"] == [
        {"source": one.source, "numbers_per_call": one.numbers_per_call} for one in FEDEX.polling
    ]
    assert fedex["tracking"]["pushed"] == "fedex_push"
    assert {row["service"] for row in fedex["pickup"]["rules"]} == {"EXPRESS", "GROUND"}


def test_with_a_carrier_that_has_no_module_everything_is_a_person_s():
    post = told()["post"]
    assert (post["contracted"], post["waybill"]["order"], post["pickup"]["order"]) == (False, "person", "person")
    assert post["tracking"] == {"polled": [], "pushed": None}
    assert not any(row["bookable"] for row in post["services"])


def test_contracted_carriers_come_first_in_the_merchant_s_own_order():
    assert list(told())[:3] == ["fedex", "dhl", "ems"]


def test_a_limit_of_the_interface_is_the_one_the_order_is_checked_by():
    limits = {row["code"]: row["value"] for row in told()["fedex"]["limits"]}
    checked_by = fedex_limits()
    assert limits["description"] == str(checked_by["description"])
    assert limits["unit_price"] == str(checked_by["unit_price_digits"])
    assert limits["lines"] == str(checked_by["commodities"])


@pytest.mark.parametrize("row", KNOWN.limits, ids=lambda row: f"{row.carrier}/{row.code}")
def test_every_limit_has_a_value(row):
    assert row.told.isdigit()


@pytest.mark.parametrize(
    "row",
    [*KNOWN.services, *KNOWN.offers, *KNOWN.limits, *KNOWN.by_hand],
    ids=lambda row: f"{type(row).__name__}/{row.carrier}/{getattr(row, 'code', getattr(row, 'service', ''))}",
)
def test_every_row_is_sourced_and_says_how_sure_it_is(row):
    cited = row.cited(KNOWN.vintage)
    assert cited["source"]
    assert cited["confidence"] in CONFIDENCES


def test_every_carrier_we_speak_to_is_told_for_each_thing_it_may_offer():
    codes = {row.code for row in KNOWN.offers}
    for carrier in ("fedex", "dhl", "ems"):
        assert {row.code for row in KNOWN.offers if row.carrier == carrier} == codes


def test_every_service_of_the_sample_merchant_is_known():
    for contract in memory_ports().ports.merchant().carrier:
        assert all(service_of(contract.carrier, service, ON) for service in contract.services)


def test_every_known_service_is_spoken_of_by_a_rule():
    for row in KNOWN.services:
        assert any(rule.carrier == row.carrier and rule.decision != "review" for rule in rows_in_force(ON)), row.service


def test_before_the_first_capabilities_nothing_is_claimed():
    answer = carriers(memory_ports().ports, None, None, datetime(2020, 1, 1, tzinfo=UTC))
    assert all(not row["services"] and not row["limits"] for row in answer["carriers"])
