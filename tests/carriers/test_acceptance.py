from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.carriers.acceptance import accept
from chalicelib.carriers.acceptance_rows import rows_in_force, text_of_requirement
from chalicelib.carriers.goods import GOODS, ParcelFacts, goods_of
from chalicelib.carriers.routes import pick, routes, transit_of
from chalicelib.merchant import Agreement, CarrierContract, DestinationCheck
from chalicelib.money import Money
from chalicelib.places import Lane
from tests.returns.requests_of import ring

ON = date(2026, 11, 22)
RING = frozenset({"STONE_SET_JEWELLERY"})
CHECKED = tuple(DestinationCheck(c, date(2026, 10, 5), "desk") for c in ("CN", "FR", "GB", "US"))
FEDEX = CarrierContract("fedex", ("INTERNATIONAL_PRIORITY",), destinations_checked=CHECKED)
DHL = CarrierContract("dhl", ("EXPRESS_WORLDWIDE",), destinations_checked=CHECKED)
PRIORITY = ("fedex", "INTERNATIONAL_PRIORITY")
DHL_EXPRESS = ("dhl", "EXPRESS_WORLDWIDE")
HOME = Lane("FR", "CN")


def money(amount, currency="EUR") -> Money:
    return Money(Decimal(amount), currency)


def parcel(goods=RING, worth="1180", currency="EUR", **changes) -> ParcelFacts:
    value = money(worth, currency)
    facts = ParcelFacts(
        goods=frozenset(goods),
        value=value,
        item_values=(value,),
        customs_value=value,
        carrier_declared_value=money(0, currency),
        insured_by_policy=True,
        facts={"WEEKEND_IN_TRANSIT": False},
    )
    return replace(facts, **changes)


def judged(facts, how=PRIORITY, lane=HOME, on=ON, contracts=(FEDEX, DHL), rates=None):
    return accept(facts, *how, lane, on, contracts, rates)


def codes(answer) -> set[str]:
    return {reason.code for reason in answer.reasons}


@pytest.mark.parametrize("lane", ["FR-CN", "CN-FR", "GB-CN", "CN-GB", "US-CN", "CN-US"])
def test_fedex_takes_an_insured_ring_on_every_lane_of_the_spine(lane):
    answer = judged(parcel(), lane=Lane(*lane.split("-")))
    assert (answer.outcome, answer.reasons) == ("accepted", ())
    assert {"DIRECT_OR_ADULT_SIGNATURE", "BOX_NOT_PAK", "PLAIN_PACK", "DOUBLE_BOX"} <= set(answer.requirements)
    assert {"FDX-010", "FDX-011", "FDX-013", "ANY-POLICY", "ANY-WEEKEND"} <= set(answer.rows)
    assert answer.confidence == "medium"


def test_fedexs_own_service_code_means_the_same_service():
    assert judged(parcel(), ("fedex", "FEDEX_INTERNATIONAL_PRIORITY")).outcome == "accepted"


@pytest.mark.parametrize(
    ("how", "lane", "goods", "outcome", "row"),
    [
        (DHL_EXPRESS, "FR-CN", "BULLION", "denied", "DHL-001"),
        (DHL_EXPRESS, "FR-CN", "LOOSE_STONE", "denied", "DHL-002"),
        (DHL_EXPRESS, "FR-CN", "COIN", "denied", "DHL-003"),
        (DHL_EXPRESS, "FR-CN", "GOLD_JEWELLERY", "accepted", "DHL-010"),
        (DHL_EXPRESS, "US-CN", "GOLD_JEWELLERY", "denied", "DHL-012"),
        (PRIORITY, "FR-CN", "BULLION", "denied", "FDX-001"),
        (PRIORITY, "FR-CN", "COIN", "denied", "FDX-001"),
        (PRIORITY, "FR-IN", "GOLD_JEWELLERY", "denied", "FDX-002"),
        (("ems", "JP_EMS"), "JP-CN", "GOLD_JEWELLERY", "denied", "EMS-JP-001"),
        (("ems", "USPS_PMEI"), "US-CN", "GOLD_JEWELLERY", "denied", "EMS-US-001"),
        (("ems", "CN_EMS_UNINSURED"), "CN-FR", "GOLD_JEWELLERY", "denied", "EMS-CN-001"),
        (("ems", "CN_EMS_INSURED"), "CN-FR", "BULLION", "denied", "EMS-CN-002"),
        (("ems", "CN_EMS_INSURED"), "CN-FR", "GOLD_JEWELLERY", "review", "EMS-CN-003"),
        (("ems", "KR_EMS"), "KR-CN", "GOLD_JEWELLERY", "review", "POST-KR-001"),
        (("ems", "ANY"), "FR-CN", "GOLD_JEWELLERY", "review", "EMS-DEF"),
        (("post", "AU_ALL_INTL"), "AU-CN", "BULLION", "denied", "POST-AU-001"),
        (("post", "USPS_PMI_INSURED"), "US-AU", "COIN", "denied", "POST-USAU"),
        (("post", "ANY"), "FR-CN", "GOLD_JEWELLERY", "review", "POST-CN-IN"),
        (PRIORITY, "FR-CN", "SCRAP_GOLD", "review", "ANY-SCRAP"),
        (PRIORITY, "FR-US", "SCRAP_GOLD", "review", "ANY-SCRAP"),  # a row for all goods silences no default
    ],
)
def test_each_carrier_takes_and_refuses_what_its_rows_say(how, lane, goods, outcome, row):
    answer = judged(parcel({goods}), how, Lane(*lane.split("-")))
    assert (answer.outcome, row in answer.rows) == (outcome, True)


@pytest.mark.parametrize("goods", ["LOOSE_STONE", "COSTUME", "UNCLEAR"])
def test_goods_no_row_names_are_a_review_and_never_a_yes(goods):
    answer = judged(parcel({goods}))
    assert (answer.outcome, codes(answer), answer.confidence) == ("review", {"no_rule"}, "low")


def test_a_stone_that_travels_loose_beside_the_ring_stops_it():
    assert judged(parcel(goods_of(ring(stone_loose=True)))).outcome == "review"
    assert judged(parcel(goods_of(ring(stone_loose=True))), DHL_EXPRESS).outcome == "denied"


def test_a_carrier_without_any_row_is_a_review():
    assert judged(parcel(), ("pigeon", "ANY")).outcome == "review"


def test_one_ban_outweighs_every_condition_that_holds():
    answer = judged(parcel({"GOLD_JEWELLERY", "COIN"}))
    assert answer.outcome == "denied"
    assert "FDX-010" in answer.rows


def test_a_ban_with_an_exception_needs_a_person_once_all_of_it_is_proven():
    lane, both = (
        Lane("FR", "IN"),
        frozenset({"BROKER_SELECT", "CONSIGNEE_SEZ_EOU_SEEPZ", "DEST_RULE_CHECKED"}),
    )
    assert judged(parcel(proven=both), lane=lane).outcome == "review"
    assert judged(parcel(proven=both - {"BROKER_SELECT"}), lane=lane).outcome == "denied"


@pytest.mark.parametrize(("worth", "outcome"), [("5000", "accepted"), ("5000.01", "review")])
def test_above_what_dhl_takes_without_agreement_a_person_asks(worth, outcome):
    assert judged(parcel(worth=worth), DHL_EXPRESS).outcome == outcome


def test_a_limit_per_item_looks_at_the_dearest_piece_and_not_at_the_sum():
    two = parcel(worth="8000", item_values=(money(4000), money(4000)))
    assert judged(two, DHL_EXPRESS).outcome == "accepted"
    assert judged(replace(two, item_values=(money(2000), money(6000))), DHL_EXPRESS).outcome == "review"


def test_a_limit_per_shipment_looks_at_the_sum():
    facts = parcel(worth="4500", currency="GBP", item_values=(money(2250, "GBP"), money(2250, "GBP")))
    answer = judged(facts, DHL_EXPRESS, Lane("GB", "CN"), rates={("GBP", "EUR"): Decimal(1)})
    assert "value_above_limit" in codes(answer)


def test_an_agreement_lifts_what_the_carrier_leaves_to_agreement():
    agreed = Agreement("DHL-2026-7", ("DHL-012", "DHL-010"), date(2026, 1, 1), date(2026, 12, 31))
    contract = replace(DHL, agreements=(agreed,))
    lane, rates = Lane("US", "CN"), {("EUR", "USD"): Decimal("1.1")}
    dear = parcel(worth="9000")
    assert judged(dear, DHL_EXPRESS, lane, contracts=(contract,), rates=rates).outcome == "accepted"
    assert judged(dear, DHL_EXPRESS, lane, contracts=(DHL,), rates=rates).outcome == "denied"
    late = judged(dear, DHL_EXPRESS, lane, date(2027, 1, 1), (contract,), rates)
    assert late.outcome == "denied"


def test_no_agreement_lifts_a_ban():
    agreed = Agreement("X", ("FDX-001", "DHL-001", "FDX-002"), date(2026, 1, 1), date(2026, 12, 31))
    contracts = (replace(FEDEX, agreements=(agreed,)), replace(DHL, agreements=(agreed,)))
    assert judged(parcel({"BULLION"}), contracts=contracts).outcome == "denied"
    assert judged(parcel({"BULLION"}), DHL_EXPRESS, contracts=contracts).outcome == "denied"
    assert judged(parcel(), lane=Lane("FR", "IN"), contracts=contracts).outcome == "denied"


def test_a_rule_not_looked_at_for_a_year_is_a_review():
    on = date(2027, 11, 23)
    fresh = replace(FEDEX, destinations_checked=(DestinationCheck("CN", on, "desk"),))
    answer = judged(parcel(), on=on, contracts=(fresh,))
    assert (answer.outcome, "rule_out_of_date" in codes(answer)) == ("review", True)
    assert (
        judged(
            parcel(),
            on=date(2027, 11, 22),
            contracts=(replace(FEDEX, destinations_checked=(DestinationCheck("CN", date(2027, 11, 22), "desk"),)),),
        ).outcome
        == "accepted"
    )


def test_a_day_before_the_first_rules_is_a_review():
    answer = judged(parcel(), on=date(2025, 4, 12))
    assert (answer.outcome, codes(answer)) == ("review", {"rules_not_in_force"})


def test_a_destination_nobody_asked_about_is_a_review():
    answer = judged(parcel(), lane=Lane("FR", "DE"))
    assert (answer.outcome, codes(answer)) == ("review", {"requirement_unproven"})


@pytest.mark.parametrize("checked_on", [date(2025, 11, 21), date(2026, 11, 23)])
def test_an_answer_older_than_a_year_or_from_the_future_proves_nothing(checked_on):
    old = replace(FEDEX, destinations_checked=(DestinationCheck("CN", checked_on, "desk"),))
    assert judged(parcel(), contracts=(old,)).outcome == "review"


def test_declared_value_and_policy_together_are_refused():
    answer = judged(parcel(currency="USD", carrier_declared_value=money(100, "USD")))
    assert (answer.outcome, "declared_value_and_policy_both" in codes(answer)) == ("denied", True)


def test_declaring_more_than_the_customs_value_is_refused():
    facts = parcel(worth="300", currency="USD", carrier_declared_value=money("300.01", "USD"), insured_by_policy=False)
    answer = judged(facts)
    assert (answer.outcome, "declared_value_above_customs_value" in codes(answer)) == ("denied", True)


@pytest.mark.parametrize(("declared", "outcome"), [("500", "accepted"), ("500.01", "denied")])
def test_what_fedex_lets_one_declare_for_jewellery_is_capped(declared, outcome):
    facts = parcel(
        worth="500", currency="USD", customs_value=money(900, "USD"),
        carrier_declared_value=money(declared, "USD"), insured_by_policy=False,
    )  # fmt: skip
    assert judged(facts).outcome == outcome


@pytest.mark.parametrize("insured", [False, None])
def test_worth_more_than_one_may_declare_a_parcel_without_a_policy_needs_a_person(insured):
    answer = judged(parcel(worth="501", currency="USD", insured_by_policy=insured))
    assert (answer.outcome, codes(answer)) == ("review", {"policy_required"})


def test_an_amount_that_no_rate_compares_is_a_review_and_never_within_the_limit():
    facts = parcel(facts={"WEEKEND_IN_TRANSIT": True}, address_day_value=money(1180))
    answer = judged(facts)
    assert (answer.outcome, codes(answer)) == ("review", {"exchange_rate_required"})
    assert judged(facts, rates={("EUR", "USD"): Decimal("1.1")}).outcome == "accepted"


@pytest.mark.parametrize(
    ("known", "together", "outcome"),
    [
        ({"WEEKEND_IN_TRANSIT": True}, "40000", "accepted"),
        ({"WEEKEND_IN_TRANSIT": True}, "40000.01", "denied"),
        ({"WEEKEND_IN_TRANSIT": False}, "40000.01", "accepted"),
        ({}, "40000.01", "review"),
        ({}, "40000", "accepted"),
        ({"OWN_POLICY_WEEKEND_LIMIT": True}, "40000.01", "accepted"),
    ],
)
def test_the_weekend_limit_bites_only_when_the_parcel_is_under_way_then(known, together, outcome):
    facts = parcel(worth="1000", currency="USD", facts=known, address_day_value=money(together, "USD"))
    assert judged(facts).outcome == outcome


def test_an_unknown_sum_to_one_address_is_not_taken_for_nothing():
    answer = judged(parcel(facts={"WEEKEND_IN_TRANSIT": True}))
    assert (answer.outcome, codes(answer)) == ("review", {"address_day_total_required"})


@pytest.mark.parametrize(
    ("piece", "goods"),
    [
        (ring(), {"STONE_SET_JEWELLERY"}),
        (ring(stones="none"), {"GOLD_JEWELLERY"}),
        (ring(stones="none", metal="platinum"), {"GOLD_JEWELLERY"}),
        (ring(stones="none", metal="base", construction="plated"), {"COSTUME"}),
        (ring(article="bar", stones="none"), {"BULLION"}),
        (ring(article="coin", stones="none"), {"COIN"}),
        (ring(article="watch"), {"WATCH_PRECIOUS"}),
        (ring(article="watch", metal="base", stones="none"), {"UNCLEAR"}),
        (ring(article="other", stones="none"), {"UNCLEAR"}),
        (ring(scrap=True), {"SCRAP_GOLD"}),
        (ring(stone_loose=True), {"STONE_SET_JEWELLERY", "LOOSE_STONE"}),
    ],
)
def test_a_piece_is_the_kind_of_goods_a_carrier_sees_in_it(piece, goods):
    assert goods_of(piece) == goods


def test_routes_show_every_contract_and_only_what_can_be_booked_is_picked():
    known = routes(parcel(), HOME, ON, (DHL, FEDEX))
    assert [(route.carrier, route.bookable) for route in known] == [("fedex", True), ("dhl", False)]
    assert pick(known).carrier == "fedex"
    assert pick(known, "dhl") is None
    assert known[0].as_json()["transit"]["business_days_max"] == 3


def test_nothing_is_picked_that_needs_a_person():
    assert pick(routes(parcel({"LOOSE_STONE"}), HOME, ON, (FEDEX,))) is None


def test_no_transit_time_is_made_up_where_none_is_known():
    assert transit_of("dhl", "EXPRESS_WORLDWIDE", ON) is None
    assert transit_of("fedex", "INTERNATIONAL_PRIORITY", date(2020, 1, 1)) is None


def test_every_row_asks_only_for_what_the_dictionary_explains():
    assert all(text_of_requirement(code) for row in rows_in_force(ON) for code in row.requires)


@given(
    st.frozensets(st.sampled_from(GOODS), min_size=1),
    st.sampled_from([PRIORITY, DHL_EXPRESS, ("ems", "JP_EMS"), ("post", "HK_INSURED"), ("pigeon", "X")]),
    st.tuples(st.sampled_from(["FR", "CN", "US", "HK", "JP"]), st.sampled_from(["FR", "CN", "US", "IN", "AU"])),
    st.decimals(0, 10**6, places=2),
    st.sampled_from(["EUR", "USD", "CNY"]),
)
def test_adding_goods_never_makes_a_parcel_more_welcome(goods, how, lane, worth, currency):
    order = ("accepted", "review", "denied")
    whole = order.index(judged(parcel(goods, worth, currency), how, Lane(*lane)).outcome)
    parts = [order.index(judged(parcel({one}, worth, currency), how, Lane(*lane)).outcome) for one in goods]
    assert whole >= max(parts)
