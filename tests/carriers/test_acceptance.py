import ast
import inspect
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.carriers import acceptance, requirements, routes
from chalicelib.carriers.acceptance import accept
from chalicelib.carriers.acceptance_rows import requirement, rows_in_force, words_of
from chalicelib.carriers.findings import OUTCOMES
from chalicelib.carriers.goods import GOODS, ParcelFacts, goods_of
from chalicelib.carriers.routes import pick, rank, route_of, transit_of
from chalicelib.merchant import Agreement, CarrierContract, DestinationCheck, Proof
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
OUT = Lane("CN", "FR")
EMS = CarrierContract("ems", ("CN_EMS_INSURED", "CN_EMS_UNINSURED"))
CONTRACT_POST = CarrierContract("post", ("HK_INSURED",))
INSURED = ("ems", "CN_EMS_INSURED")


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
    assert (answer.outcome, answer.reasons) == ("conditional", ())
    to_do = {(one.code, one.by) for one in answer.conditions if one.state == "to_do"}
    assert to_do == {
        ("DIRECT_OR_ADULT_SIGNATURE", "merchant"), ("BOX_NOT_PAK", "sender"), ("PLAIN_PACK", "sender"),
        ("DOUBLE_BOX", "sender"),
    }  # fmt: skip
    assert all(one.state in ("met", "to_do", "by_carrier") for one in answer.conditions)
    assert {"FDX-010", "FDX-011", "FDX-013", "ANY-POLICY", "ANY-WEEKEND"} <= set(answer.rows)
    assert answer.confidence == "medium"


def test_fedexs_own_service_code_means_the_same_service():
    assert judged(parcel(), ("fedex", "FEDEX_INTERNATIONAL_PRIORITY")).outcome == "conditional"


@pytest.mark.parametrize(
    ("how", "lane", "goods", "outcome", "row"),
    [
        (DHL_EXPRESS, "FR-CN", "BULLION", "refused", "DHL-001"),
        (DHL_EXPRESS, "FR-CN", "LOOSE_STONE", "refused", "DHL-002"),
        (DHL_EXPRESS, "FR-CN", "COIN", "refused", "DHL-003"),
        (DHL_EXPRESS, "FR-CN", "GOLD_JEWELLERY", "conditional", "DHL-010"),
        (DHL_EXPRESS, "US-CN", "GOLD_JEWELLERY", "refused", "DHL-012"),
        (PRIORITY, "FR-CN", "BULLION", "refused", "FDX-001"),
        (PRIORITY, "FR-CN", "COIN", "refused", "FDX-001"),
        (PRIORITY, "FR-IN", "GOLD_JEWELLERY", "refused", "FDX-002"),
        (("ems", "JP_EMS"), "JP-CN", "GOLD_JEWELLERY", "refused", "EMS-JP-001"),
        (("ems", "USPS_PMEI"), "US-CN", "GOLD_JEWELLERY", "refused", "EMS-US-001"),
        (("ems", "CN_EMS_UNINSURED"), "CN-FR", "GOLD_JEWELLERY", "refused", "EMS-CN-001"),
        (("ems", "CN_EMS_INSURED"), "CN-FR", "BULLION", "refused", "EMS-CN-002"),
        (("ems", "CN_EMS_INSURED"), "CN-FR", "GOLD_JEWELLERY", "needs_a_person", "EMS-CN-003"),
        (("ems", "KR_EMS"), "KR-CN", "GOLD_JEWELLERY", "needs_a_person", "POST-KR-001"),
        (("ems", "ANY"), "FR-CN", "GOLD_JEWELLERY", "needs_a_person", "EMS-DEF"),
        (("post", "AU_ALL_INTL"), "AU-CN", "BULLION", "refused", "POST-AU-001"),
        (("post", "USPS_PMI_INSURED"), "US-AU", "COIN", "refused", "POST-USAU"),
        (("post", "ANY"), "FR-CN", "GOLD_JEWELLERY", "needs_a_person", "POST-CN-IN"),
        (PRIORITY, "FR-CN", "SCRAP_GOLD", "needs_a_person", "ANY-SCRAP"),
        (PRIORITY, "FR-US", "SCRAP_GOLD", "needs_a_person", "ANY-SCRAP"),  # a row for all goods silences no default
    ],
)
def test_each_carrier_takes_and_refuses_what_its_rows_say(how, lane, goods, outcome, row):
    answer = judged(parcel({goods}), how, Lane(*lane.split("-")))
    assert (answer.outcome, row in answer.rows) == (outcome, True)


@pytest.mark.parametrize("goods", ["LOOSE_STONE", "COSTUME", "UNCLEAR"])
def test_goods_no_row_names_are_a_review_and_never_a_yes(goods):
    answer = judged(parcel({goods}))
    assert (answer.outcome, codes(answer), answer.confidence) == ("needs_a_person", {"no_rule"}, "low")


def test_a_stone_that_travels_loose_beside_the_ring_stops_it():
    assert judged(parcel(goods_of(ring(stone_loose=True)))).outcome == "needs_a_person"
    assert judged(parcel(goods_of(ring(stone_loose=True))), DHL_EXPRESS).outcome == "refused"


def test_a_carrier_without_any_row_is_a_review():
    assert judged(parcel(), ("pigeon", "ANY")).outcome == "needs_a_person"


def test_one_ban_outweighs_every_condition_that_holds():
    answer = judged(parcel({"GOLD_JEWELLERY", "COIN"}))
    assert answer.outcome == "refused"
    assert "FDX-010" in answer.rows


def test_a_ban_with_an_exception_needs_a_person_once_all_of_it_is_proven():
    lane, both = (
        Lane("FR", "IN"),
        frozenset({"BROKER_SELECT", "CONSIGNEE_SEZ_EOU_SEEPZ", "DEST_RULE_CHECKED"}),
    )
    assert judged(parcel(proven=both), lane=lane).outcome == "needs_a_person"
    assert judged(parcel(proven=both - {"BROKER_SELECT"}), lane=lane).outcome == "refused"


@pytest.mark.parametrize(("worth", "outcome"), [("5000", "conditional"), ("5000.01", "needs_a_person")])
def test_above_what_dhl_takes_without_agreement_a_person_asks(worth, outcome):
    assert judged(parcel(worth=worth), DHL_EXPRESS).outcome == outcome


def test_a_limit_per_item_looks_at_the_dearest_piece_and_not_at_the_sum():
    two = parcel(worth="8000", item_values=(money(4000), money(4000)))
    assert judged(two, DHL_EXPRESS).outcome == "conditional"
    assert judged(replace(two, item_values=(money(2000), money(6000))), DHL_EXPRESS).outcome == "needs_a_person"


def test_a_limit_per_shipment_looks_at_the_sum():
    facts = parcel(worth="4500", currency="GBP", item_values=(money(2250, "GBP"), money(2250, "GBP")))
    answer = judged(facts, DHL_EXPRESS, Lane("GB", "CN"), rates={("GBP", "EUR"): Decimal(1)})
    assert "value_above_limit" in codes(answer)


def test_an_agreement_lifts_what_the_carrier_leaves_to_agreement():
    agreed = Agreement("DHL-2026-7", ("DHL-012", "DHL-010"), date(2026, 1, 1), date(2026, 12, 31))
    contract = replace(DHL, agreements=(agreed,))
    lane, rates = Lane("US", "CN"), {("EUR", "USD"): Decimal("1.1")}
    dear = parcel(worth="9000")
    assert judged(dear, DHL_EXPRESS, lane, contracts=(contract,), rates=rates).outcome == "conditional"
    assert judged(dear, DHL_EXPRESS, lane, contracts=(DHL,), rates=rates).outcome == "refused"
    row = next(
        one for one in judged(dear, DHL_EXPRESS, lane, ON, (contract,), rates).findings if one.row.id == "DHL-012"
    )
    assert row.as_json(ON)["lifted_by"] == {"agreement_ref": "DHL-2026-7", "valid_to": "2026-12-31"}


@pytest.mark.parametrize(
    ("on", "code"),
    [(date(2027, 1, 1), "agreement_expired"), (date(2025, 12, 31), "agreement_not_yet_valid")],
)
def test_an_agreement_out_of_its_time_lifts_nothing_and_is_named(on, code):
    agreed = Agreement("DHL-2026-7", ("DHL-012",), date(2026, 1, 1), date(2026, 12, 31))
    answer = judged(parcel(), DHL_EXPRESS, Lane("US", "CN"), on, (replace(DHL, agreements=(agreed,)),))
    assert answer.outcome == "refused"
    assert ("DHL-2026-7", "DHL-012") in {(one.detail, one.row) for one in answer.reasons if one.code == code}


def test_no_agreement_lifts_a_ban():
    agreed = Agreement("X", ("FDX-001", "DHL-001", "FDX-002"), date(2026, 1, 1), date(2026, 12, 31))
    contracts = (replace(FEDEX, agreements=(agreed,)), replace(DHL, agreements=(agreed,)))
    assert judged(parcel({"BULLION"}), contracts=contracts).outcome == "refused"
    assert judged(parcel({"BULLION"}), DHL_EXPRESS, contracts=contracts).outcome == "refused"
    assert judged(parcel(), lane=Lane("FR", "IN"), contracts=contracts).outcome == "refused"
    assert "agreement_lifts_no_ban" in codes(judged(parcel({"BULLION"}), contracts=contracts))


@pytest.mark.parametrize(
    ("proof", "outcome"),
    [
        (Proof("DEST_INSURED_EXCHANGE", date(2026, 10, 7), "desk", "FR"), "conditional"),
        (Proof("DEST_INSURED_EXCHANGE", date(2026, 10, 7), "desk", "FR", (money("1180"),)), "conditional"),
        (Proof("DEST_INSURED_EXCHANGE", date(2026, 10, 7), "desk", "FR", (money("1179.99"),)), "needs_a_person"),
        (Proof("DEST_INSURED_EXCHANGE", date(2026, 10, 7), "desk", "FR", (money("9999", "CNY"),)), "needs_a_person"),
        (Proof("DEST_INSURED_EXCHANGE", date(2026, 10, 7), "desk", "DE"), "needs_a_person"),
        (Proof("DEST_INSURED_EXCHANGE", date(2026, 10, 7), "desk", None), "needs_a_person"),
        (Proof("DEST_INSURED_EXCHANGE", date(2025, 11, 21), "desk", "FR"), "needs_a_person"),
        (Proof("DEST_INSURED_EXCHANGE", date(2026, 11, 23), "desk", "FR"), "needs_a_person"),
        (Proof("DEST_ACCEPTS", date(2026, 10, 7), "desk", "FR"), "needs_a_person"),
    ],
)
def test_a_question_that_was_asked_for_this_destination_within_a_year_is_settled(proof, outcome):
    facts = parcel(
        insured_by_policy=False, carrier_declared_value=money(1180),
        facts={"INSURED_PARCEL": True, "CARRIER_INSURES": True},
    )  # fmt: skip
    answer = judged(facts, INSURED, OUT, contracts=(replace(EMS, proofs=(proof,)),))
    assert answer.outcome == outcome
    assert ("EMS-DEF" in answer.rows) is (outcome != "conditional"), "the default is silent once it is settled"


def test_no_proof_settles_a_row_that_asks_for_more_than_proof():
    korea = CarrierContract("ems", ("KR_EMS",), proofs=(Proof("INSURED", ON, "desk", "CN"),))
    facts = parcel(facts={"INSURED_PARCEL": True, "WEEKEND_IN_TRANSIT": False})
    assert judged(facts, ("ems", "KR_EMS"), Lane("KR", "CN"), contracts=(korea,)).outcome == "needs_a_person"


def test_every_rule_that_was_looked_at_is_told_with_its_source_and_its_age():
    told = {row["id"]: row for row in judged(parcel(), on=date(2026, 12, 2)).as_json()["rules"]}
    assert told["FDX-010"]["age_days"] == 10
    assert told["FDX-010"]["checked_on"] == "2026-11-22"
    assert told["FDX-011"]["limit"]["of"] == "carrier_declared_value"
    assert all(row["source"] and row["confidence"] for row in told.values())


def test_each_limit_is_held_against_the_amount_it_is_about():
    facts = parcel(worth="4500", currency="GBP", item_values=(money(2000, "GBP"), money(2500, "GBP")))
    answer = judged(facts, DHL_EXPRESS, Lane("GB", "CN"), rates={("GBP", "EUR"): Decimal(1)})
    checks = {one.row.id: one.check for one in answer.findings if one.check}
    assert (checks["DHL-010"].amount, checks["DHL-010"].is_above) == (money(2500, "GBP"), False)
    assert (checks["DHL-011"].amount, checks["DHL-011"].is_above) == (money(4500, "GBP"), True)


def test_a_rule_not_looked_at_for_a_year_is_a_review():
    on = date(2027, 11, 23)
    fresh = replace(FEDEX, destinations_checked=(DestinationCheck("CN", on, "desk"),))
    answer = judged(parcel(), on=on, contracts=(fresh,))
    assert (answer.outcome, "rule_out_of_date" in codes(answer)) == ("needs_a_person", True)
    assert (
        judged(
            parcel(),
            on=date(2027, 11, 22),
            contracts=(replace(FEDEX, destinations_checked=(DestinationCheck("CN", date(2027, 11, 22), "desk"),)),),
        ).outcome
        == "conditional"
    )


def test_a_day_before_the_first_rules_is_a_review():
    answer = judged(parcel(), on=date(2025, 4, 12))
    assert (answer.outcome, codes(answer)) == ("needs_a_person", {"rules_not_in_force"})


def test_a_destination_nobody_asked_about_is_a_review():
    answer = judged(parcel(), lane=Lane("FR", "DE"))
    assert (answer.outcome, codes(answer)) == ("needs_a_person", {"requirement_unproven"})


@pytest.mark.parametrize("checked_on", [date(2025, 11, 21), date(2026, 11, 23)])
def test_an_answer_older_than_a_year_or_from_the_future_proves_nothing(checked_on):
    old = replace(FEDEX, destinations_checked=(DestinationCheck("CN", checked_on, "desk"),))
    assert judged(parcel(), contracts=(old,)).outcome == "needs_a_person"


def test_declared_value_and_policy_together_are_refused():
    answer = judged(parcel(currency="USD", carrier_declared_value=money(100, "USD")))
    assert (answer.outcome, "declared_value_and_policy_both" in codes(answer)) == ("refused", True)


def test_declaring_more_than_the_customs_value_is_refused():
    facts = parcel(worth="300", currency="USD", carrier_declared_value=money("300.01", "USD"), insured_by_policy=False)
    answer = judged(facts)
    assert (answer.outcome, "declared_value_above_customs_value" in codes(answer)) == ("refused", True)


@pytest.mark.parametrize(("declared", "outcome"), [("500", "conditional"), ("500.01", "refused")])
def test_what_fedex_lets_one_declare_for_jewellery_is_capped(declared, outcome):
    facts = parcel(
        worth="500", currency="USD", customs_value=money(900, "USD"),
        carrier_declared_value=money(declared, "USD"), insured_by_policy=False,
    )  # fmt: skip
    assert judged(facts).outcome == outcome


@pytest.mark.parametrize("insured", [False, None])
def test_worth_more_than_one_may_declare_a_parcel_without_a_policy_needs_a_person(insured):
    answer = judged(parcel(worth="501", currency="USD", insured_by_policy=insured))
    assert (answer.outcome, codes(answer)) == ("needs_a_person", {"policy_required"})


def test_an_amount_that_no_rate_compares_is_a_review_and_never_within_the_limit():
    facts = parcel(facts={"WEEKEND_IN_TRANSIT": True}, address_day_value=money(1180))
    answer = judged(facts)
    assert (answer.outcome, codes(answer)) == ("needs_a_person", {"exchange_rate_required"})
    assert judged(facts, rates={("EUR", "USD"): Decimal("1.1")}).outcome == "conditional"


@pytest.mark.parametrize(
    ("known", "together", "outcome"),
    [
        ({"WEEKEND_IN_TRANSIT": True}, "40000", "conditional"),
        ({"WEEKEND_IN_TRANSIT": True}, "40000.01", "refused"),
        ({"WEEKEND_IN_TRANSIT": False}, "40000.01", "conditional"),
        ({}, "40000.01", "needs_a_person"),
        ({}, "40000", "conditional"),
        ({"OWN_POLICY_WEEKEND_LIMIT": True}, "40000.01", "conditional"),
    ],
)
def test_the_weekend_limit_bites_only_when_the_parcel_is_under_way_then(known, together, outcome):
    facts = parcel(worth="1000", currency="USD", facts=known, address_day_value=money(together, "USD"))
    assert judged(facts).outcome == outcome


def test_an_unknown_sum_to_one_address_is_not_taken_for_nothing():
    answer = judged(parcel(facts={"WEEKEND_IN_TRANSIT": True}))
    assert (answer.outcome, codes(answer)) == ("needs_a_person", {"address_day_total_required"})


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
        (ring(article="watch", metal="base", stones="diamond"), {"WATCH_PRECIOUS"}),
        (ring(article="chain_by_length", stones="none"), {"UNCLEAR"}),
        (ring(article="chain_by_length", stones="none", metal="base"), {"COSTUME"}),
        (ring(article="clasp", stones="none"), {"UNCLEAR"}),
        (ring(article="bracelet", stones="none", fineness=999, description="24K bangle"), {"GOLD_JEWELLERY"}),
        (ring(article="bracelet", stones="none", fineness=999, description="Investment bangle, 24K"), {"BULLION"}),
        (ring(article="other", stones="none", description="足金投资手镯"), {"BULLION"}),
        (ring(article="other", description="Gold beans, 1 g each"), {"BULLION"}),
        (ring(article="pendant", stones="none", description="Pendant with a gold coin, 1/10 oz"), {"UNCLEAR"}),
        (ring(article="ring", description="Coined-edge ring"), {"STONE_SET_JEWELLERY"}),
        (ring(scrap=True), {"SCRAP_GOLD"}),
        (ring(stone_loose=True), {"STONE_SET_JEWELLERY", "LOOSE_STONE"}),
    ],
)
def test_a_piece_is_the_kind_of_goods_a_carrier_sees_in_it(piece, goods):
    assert goods_of(piece) == goods


def route(facts, contract, service=None, lane=HOME):
    return route_of(facts, contract.carrier, service or contract.services[0], lane, ON, contract)


def test_only_a_bookable_way_that_needs_nobody_is_picked():
    by_post = replace(CONTRACT_POST, proofs=(Proof("DEST_ACCEPTS", ON, "desk", "CN"),))
    insured = parcel(facts={"INSURED_PARCEL": True, "WEEKEND_IN_TRANSIT": False}, worth="100", currency="HKD")
    post = route(insured, by_post, lane=Lane("HK", "FR"))
    known = [post, route(parcel(), FEDEX)]
    assert [(way.carrier, way.bookable) for way in sorted(known, key=rank)] == [("fedex", True), ("post", False)]
    assert pick(known).carrier == "fedex"
    assert pick(known, "post") is None
    assert known[1].as_json()["transit"]["business_days_max"] == 3


def test_nothing_is_picked_that_needs_a_person():
    assert pick([route(parcel({"LOOSE_STONE"}), FEDEX)]) is None


@pytest.mark.parametrize(
    ("contract", "lane", "code"),
    [(FEDEX, "FR-FR", "service_is_international"), (EMS, "FR-CN", "service_not_from_origin")],
)
def test_a_service_that_does_not_run_on_the_lane_is_refused_and_says_why(contract, lane, code):
    way = route(parcel(), contract, lane=Lane(*lane.split("-")))
    assert (way.acceptance.outcome, way.bookable) == ("refused", False)
    assert code in codes(way.acceptance)


def test_no_transit_time_is_made_up_where_none_is_known():
    assert transit_of("pigeon", "LOFT", ON) is None
    assert transit_of("fedex", "INTERNATIONAL_PRIORITY", date(2020, 1, 1)) is None


def test_every_row_asks_only_for_what_the_dictionary_explains():
    assert all(requirement(code) for row in rows_in_force(ON) for code in row.requires)


@given(
    st.frozensets(st.sampled_from(GOODS), min_size=1),
    st.sampled_from([PRIORITY, DHL_EXPRESS, ("ems", "JP_EMS"), ("post", "HK_INSURED"), ("pigeon", "X")]),
    st.tuples(st.sampled_from(["FR", "CN", "US", "HK", "JP"]), st.sampled_from(["FR", "CN", "US", "IN", "AU"])),
    st.decimals(0, 10**6, places=2),
    st.sampled_from(["EUR", "USD", "CNY"]),
)
def test_adding_goods_never_makes_a_parcel_more_welcome(goods, how, lane, worth, currency):
    order = OUTCOMES
    whole = order.index(judged(parcel(goods, worth, currency), how, Lane(*lane)).outcome)
    parts = [order.index(judged(parcel({one}, worth, currency), how, Lane(*lane)).outcome) for one in goods]
    assert whole >= max(parts)


def test_a_settled_question_of_every_carrier_takes_nothing_where_the_carrier_has_no_rule():
    asked = CarrierContract("pigeon", ("LOFT",), destinations_checked=(DestinationCheck("DE", ON, "desk"),))
    answer = judged(parcel(), ("pigeon", "LOFT"), Lane("FR", "DE"), contracts=(asked,))
    assert (answer.outcome, codes(answer)) == ("needs_a_person", {"no_rule"})


def test_a_carrier_that_takes_gold_by_agreement_alone_takes_it_under_one():
    agreed = Agreement("M-7", ("MAL-001",), date(2026, 1, 1), date(2026, 12, 31))
    contract = CarrierContract("malca_amit", ("SECURE",), agreements=(agreed,))
    vault = ("malca_amit", "SECURE")
    assert judged(parcel(), vault, contracts=()).outcome == "needs_a_person"
    assert judged(parcel(), vault, contracts=(contract,)).outcome == "allowed"


@pytest.mark.parametrize("country", ["DE", "CH", "AE", "BR", "MX", "RU", "TR", "SG", "MY", "TH", "VN"])
def test_a_country_nothing_was_found_for_waits_until_the_carrier_was_asked(country):
    lane = Lane("FR", country)
    assert judged(parcel(), lane=lane).outcome == "needs_a_person"
    asked = replace(FEDEX, destinations_checked=(DestinationCheck(country, ON, "desk"),))
    assert judged(parcel(), lane=lane, contracts=(asked,)).outcome == "conditional"


@given(
    st.sampled_from(GOODS),
    st.sampled_from([PRIORITY, DHL_EXPRESS, INSURED, ("post", "HK_INSURED"), ("pigeon", "X"), ("ups", "X")]),
    st.sampled_from(["FR", "CN", "US", "HK", "GB"]),
    st.sampled_from(["FR", "CN", "US", "IN", "DE", "AU", "SA"]),
)
def test_nothing_goes_that_no_row_of_its_carrier_takes(kind, how, origin, destination):
    answer = judged(parcel({kind}, "10"), how, Lane(origin, destination), contracts=(FEDEX, DHL, EMS))
    named = [one for one in answer.findings if one.takes and kind in one.row.goods and one.row.carrier == how[0]]
    assert named or not answer.may_go


def codes_of_reasons() -> set[str]:
    """Every code that the source can give as a reason: first argument or outcome of what makes one."""
    makers = ("_reason", "AcceptanceReason", "Unmet", "LimitCheck")
    found: set[str] = set()
    for module in (acceptance, requirements, routes):
        calls = [one for one in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(one, ast.Call)]
        for call in (one for one in calls if isinstance(one.func, ast.Name) and one.func.id in makers):
            texts = [one.value for one in ast.walk(call) if isinstance(one, ast.Constant)]
            found |= {one for one in texts if isinstance(one, str) and re.fullmatch(r"[a-z]+(_[a-z]+)+", one)}
    return found - {"needs_a_person"}


def test_every_reason_against_a_parcel_is_told_in_words():
    codes = codes_of_reasons()
    assert {"carrier_bans_goods", "agreement_expired", "cover_required", "address_day_total_required"} <= codes
    assert [code for code in sorted(codes) if words_of(code, None) == code] == []
    for why in ("service_is_domestic", "service_is_international", "service_not_from_origin"):
        assert words_of(why, None) != why


def test_a_reason_says_what_is_asked_and_a_code_without_words_says_itself():
    told = words_of("cover_required", "INSURANCE_OR_SVP")
    assert told.endswith("Asked: A policy or the carrier's value protection covers it.")
    assert words_of("never_heard_of", None) == "never_heard_of"
