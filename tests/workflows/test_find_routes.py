"""The answer to a parcel that looks for a carrier: ways, cover, and what to do where a limit stands in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.customs.rate_choice import NOTHING
from chalicelib.errors import InvalidRequestError
from chalicelib.merchant import Agreement
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.workflows.find_routes import RoutesRequest, Shipment, best_of, ways_of
from chalicelib.workflows.propose_ways import routes
from tests.returns.requests_of import merchant, ring

ON = date(2026, 11, 24)
HOME, OUT = Lane("FR", "CN"), Lane("CN", "FR")
SHOP = merchant()


def priced(amount: str, currency: str = "EUR", **changes: Any) -> Any:
    return ring(price=Money(Decimal(amount), currency), **changes)


def asked(
    *items: Any, lane: Lane = HOME, carrier: str | None = None, service: str | None = None, shop: Any = SHOP
) -> Any:
    ports: Any = SimpleNamespace(merchant=lambda: shop, rates=SimpleNamespace(book=lambda _day: NOTHING))
    return routes(ports, RoutesRequest(lane, ON, items or (ring(),), None, carrier, service))


def by_service(told: Any) -> dict[str, Any]:
    return {row["service"]: row for row in told["routes"]}


def having(carrier: str, **changes: Any) -> Any:
    return replace(SHOP, carrier=tuple(replace(c, **changes) if c.carrier == carrier else c for c in SHOP.carrier))


def insured(**changes: Any) -> Any:
    return replace(SHOP, insurer=tuple(replace(one, **changes) for one in SHOP.insurer))


def test_an_insured_ring_goes_home_by_the_first_carrier_the_merchant_names():
    told = asked()
    assert [row["carrier"] for row in told["routes"]][:1] == ["fedex"]
    assert (told["chosen"]["carrier"], told["chosen"]["outcome"]) == ("fedex", "conditional")
    assert {one["code"] for one in told["chosen"]["conditions"] if one["state"] == "to_do"} >= {
        "DOUBLE_BOX",
        "PLAIN_PACK",
    }
    assert told["proposals"] == []


def test_the_merchant_s_own_order_decides_between_ways_that_are_as_good():
    turned = replace(SHOP, carrier=tuple(sorted(SHOP.carrier, key=lambda one: one.carrier != "dhl")))
    free = [row for row in asked(shop=turned)["routes"] if row["bookable"] and row["outcome"] == "conditional"]
    assert [row["carrier"] for row in free] == [
        c.carrier for c in turned.carrier if c.carrier in {r["carrier"] for r in free}
    ]


def test_china_post_refuses_gold_uninsured_and_takes_it_insured_where_the_destination_was_asked():
    rows = by_service(asked(lane=OUT, carrier="ems"))
    bare, insured = rows["CN_EMS_UNINSURED"], rows["CN_EMS_INSURED"]
    assert (bare["outcome"], {one["rule"] for one in bare["reasons"]} >= {"EMS-CN-001"}) == ("refused", True)
    assert insured["outcome"] == "conditional"
    proof = next(one for one in insured["conditions"] if one["code"] == "DEST_INSURED_EXCHANGE")
    assert (proof["state"], proof["proven_on"]) == ("met", "2026-10-07")


def test_an_insured_postal_item_is_covered_by_the_post_and_by_no_policy_of_ours():
    cover = by_service(asked(lane=OUT, carrier="ems"))["CN_EMS_INSURED"]["cover"]
    assert (cover["insured_by"], cover["policy_no"], cover["who_pays"]) == ("ems", None, "carrier")
    assert cover["carrier_declared_value"] == cover["insured_value"] == {"amount": "1180.00", "currency": "EUR"}
    assert (cover["limit"], cover["gaps"]) == ({"amount": "4000.00", "currency": "EUR"}, [])


def test_an_insured_item_to_a_country_nobody_asked_about_waits_for_a_person_and_its_limit_is_not_made_up():
    row = by_service(asked(lane=Lane("CN", "IT"), carrier="ems"))["CN_EMS_INSURED"]
    assert row["outcome"] == "needs_a_person"
    assert row["cover"]["limit"] is None
    assert "carrier_limit_unknown" in {gap["code"] for gap in row["cover"]["gaps"]}


def test_china_post_cannot_start_in_france():
    told = asked(carrier="ems")
    assert {row["outcome"] for row in told["routes"]} == {"refused"}
    assert all("service_not_from_origin" in {one["code"] for one in row["reasons"]} for row in told["routes"])


def test_pieces_that_are_too_much_together_are_proposed_as_parcels_that_are_not():
    """Three pieces of 8,000: the policy takes 20,000 a parcel over a weekend, and each parcel is judged anew."""
    told = asked(priced("8000", quantity=3), carrier="fedex", shop=insured(weekend_counts="parcel"))
    (split,) = [one for one in told["proposals"] if one["kind"] == "split"]
    assert (split["carrier"], split["complete"]) == ("fedex", True)
    assert {"policy_required", "uninsured", "weekend_limit_exceeded"} <= set(split["why"])
    assert [parcel["pieces"] for parcel in split["parcels"]] == [
        [{"item": 0, "quantity": 2}],
        [{"item": 0, "quantity": 1}],
    ]
    assert [parcel["value"]["amount"] for parcel in split["parcels"]] == ["16000.00", "8000.00"]
    assert {parcel["outcome"] for parcel in split["parcels"]} == {"conditional"}


def test_parcels_of_a_split_are_summed_where_the_policy_counts_the_weekend_by_address():
    """Three parcels of 8,000 are still 24,000 to one address, and the policy takes 20,000 there over a weekend."""
    told = asked(priced("8000", quantity=3), carrier="fedex", shop=insured(weekend_counts="address_day"))
    assert [one for one in told["proposals"] if one["kind"] == "split"] == []


def test_a_way_says_what_its_cover_costs_and_what_must_be_kept_for_it():
    cover = by_service(asked())["INTERNATIONAL_PRIORITY"]["cover"]
    assert (cover["premium"], cover["insurable"]) == ({"amount": "4.13", "currency": "EUR"}, True)
    assert {one["code"] for one in cover["conditions"] if one["state"] == "to_keep"} >= {
        "SIGNATURE_DIRECT",
        "ACCEPTANCE_SCAN",
        "NO_DROP_POINT",
    }
    assert cover["not_checked"] == ["address_day_total", "weekend_total"]


def test_a_piece_that_may_not_go_at_all_does_not_keep_the_others():
    told = asked(ring(), ring(stones="none", article="coin"), carrier="fedex")
    (split,) = [one for one in told["proposals"] if one["kind"] == "split"]
    assert split["complete"] is False
    assert [(parcel["pieces"][0]["item"], parcel["outcome"]) for parcel in split["parcels"]] == [
        (0, "conditional"),
        (1, "refused"),
    ]


def test_one_piece_above_the_limit_is_never_divided():
    told = asked(priced("60000"), carrier="fedex")
    assert [one for one in told["proposals"] if one["kind"] == "split"] == []


def test_the_sum_to_one_address_is_not_made_smaller_by_more_parcels():
    """Seven pieces of 15,000 pass the policy's 100,000 to one address a day; parcels of one piece each do too."""
    told = asked(priced("15000", quantity=7), carrier="fedex")
    assert [one for one in told["proposals"] if one["kind"] == "split"] == []


def test_where_the_carrier_asked_for_cannot_another_contracted_one_is_named():
    told = asked(lane=Lane("US", "CN"), carrier="dhl")
    assert told["chosen"] is None
    other = [one for one in told["proposals"] if one["kind"] == "other_route"]
    assert [(one["carrier"], "carrier_bans_goods" in one["why"]) for one in other] == [("fedex", True)]


def test_where_a_limit_is_passed_another_service_without_it_is_named_beside_the_split():
    told = asked(priced("2500", "GBP", quantity=2), lane=Lane("GB", "CN"), carrier="dhl")
    assert told["routes"][0]["outcome"] == "needs_a_person"
    assert "value_above_limit" in {one["code"] for one in told["routes"][0]["reasons"]}
    assert ("other_route", "fedex") in {(one["kind"], one["carrier"]) for one in told["proposals"]}


def test_an_agreement_that_lifts_a_rule_is_named_with_its_reference():
    agreed = Agreement("DHL-2026-7", ("DHL-012",), date(2026, 1, 1), date(2026, 12, 31))
    checked = SHOP.contract_with("dhl").destinations_checked
    told = asked(
        lane=Lane("US", "CN"), carrier="dhl", shop=having("dhl", agreements=(agreed,), destinations_checked=checked)
    )
    row = next(one for one in told["routes"][0]["rules"] if one["id"] == "DHL-012")
    assert row["lifted_by"] == {"agreement_ref": "DHL-2026-7", "valid_to": "2026-12-31"}
    assert told["routes"][0]["outcome"] == "conditional"


def test_services_without_a_contract_are_shown_so_that_a_legal_way_is_known():
    told = asked(priced("900", "HKD"), lane=Lane("HK", "CN"))
    found = {row["service"]: row["outcome"] for row in told["not_contracted"] if row["carrier"] != "fedex"}
    assert found == {"HK_INSURED": "needs_a_person", "HK_SPEEDPOST": "needs_a_person"}
    assert all(row["bookable"] is (row["carrier"] == "fedex") for row in told["not_contracted"])


def test_a_carrier_s_own_protection_is_bought_where_no_policy_covers_and_never_beside_one():
    protected = having("dhl", value_protection=(Money(Decimal(3000), "EUR"),))
    covered = asked(carrier="dhl", shop=protected)["routes"][0]["cover"]
    assert (covered["policy_no"], covered["carrier_declared_value"]["amount"]) == ("SAMPLE-JB-2026", "0.00")
    bare = asked(carrier="dhl", shop=replace(protected, insurer=()))["routes"][0]
    assert (bare["cover"]["who_pays"], bare["cover"]["carrier_declared_value"]["amount"]) == ("carrier", "1180.00")
    assert (bare["outcome"], bare["cover"]["gaps"]) == ("conditional", [])


@pytest.mark.parametrize(("worth", "gap"), [("3000", None), ("3000.01", "carrier_limit_exceeded")])
def test_above_what_the_carrier_protects_a_parcel_is_not_covered(worth, gap):
    shop = replace(having("dhl", value_protection=(Money(Decimal(3000), "EUR"),)), insurer=())
    gaps = {one["code"] for one in asked(priced(worth), carrier="dhl", shop=shop)["routes"][0]["cover"]["gaps"]}
    assert gaps == ({gap} if gap else set())


def test_a_way_that_is_covered_stands_before_one_that_is_not():
    only_dhl = replace(SHOP, insurer=(replace(SHOP.insurer[0], carriers=("dhl",)),))
    ways = ways_of(Shipment((priced("400"),), HOME, ON, only_dhl), None).ways
    as_good = [
        replace(
            way, route=replace(way.route, bookable=True, acceptance=replace(way.route.acceptance, outcome="allowed"))
        )
        for way in ways
        if way.route.carrier != "ems"
    ]
    assert [way.route.carrier for way in as_good[::-1]] != [way.route.carrier for way in as_good]
    assert {best_of(order)[0].route.carrier for order in (as_good, as_good[::-1])} == {"dhl"}


@pytest.mark.parametrize(("carrier", "service"), [("pigeon", None), ("fedex", "CN_EMS_INSURED"), (None, "LOFT")])
def test_a_carrier_or_service_without_a_contract_is_named_as_the_fault(carrier, service):
    with pytest.raises(InvalidRequestError) as refused:
        asked(carrier=carrier, service=service)
    assert [fault.code for fault in refused.value.faults] == ["no_contract"]


@pytest.mark.parametrize(
    ("on", "weekend"), [(date(2026, 11, 23), None), (date(2026, 11, 27), True), (date(2026, 11, 28), True)]
)
def test_a_parcel_that_usually_arrives_before_the_weekend_may_be_held_and_one_that_does_not_is_under_way(on, weekend):
    ways = ways_of(Shipment((ring(),), HOME, on, SHOP), "fedex").ways
    assert ways[0].declaration.weekend is weekend
