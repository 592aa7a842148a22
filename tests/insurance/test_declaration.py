"""What is told to whoever insures a parcel: recorded with the case, told whole again, bound and void."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.api.cover_answers import CoverTold
from chalicelib.insurance.declaration import declare, valuation_of
from chalicelib.insurance.kept import declaration_told, kept, told
from chalicelib.insurance.parcel import CarrierCover
from chalicelib.places import Lane
from tests.insurance.parcels import ON, POLICY, covered, money, ring_of

OWN = CarrierCover("fedex", built_in=False, up_to=(money("5000"),))
OTHER = replace(POLICY, policy_no="SECOND", insurer="Second")
OUTBOUND_ONLY = replace(POLICY, policy_no="OUT", covers_returns=False)


def declared(cover, policies=(POLICY,), metal=None, **more):
    sums = valuation_of(cover, policies, metal, ON)
    return declare(cover, policies, sums, "fedex", "INTERNATIONAL_PRIORITY", **more)


def test_a_declaration_says_who_insures_what_for_how_much_and_on_which_conditions():
    told_as = declared(covered(ring_of()), metal=money("430"), accumulates_under="SZX-1/2026-11-24").as_json()
    assert (told_as["insurer"], told_as["policy_no"], told_as["holder"]) == (
        POLICY.insurer, POLICY.policy_no, POLICY.holder,
    )  # fmt: skip
    assert (told_as["insured_value"], told_as["metal_value"], told_as["stones_and_work"]) == (
        money("1180").as_json(), money("430").as_json(), money("750").as_json(),
    )  # fmt: skip
    assert (told_as["valuation_basis"], told_as["valuation_date"]) == ("invoice", "2026-11-24")
    assert (told_as["declared_to_carrier"]["amount"], told_as["premium"]["amount"]) == ("0.00", "4.13")
    assert (told_as["cover_start"], told_as["cover_end"]) == ("acceptance_scan", "delivery_scan")
    assert {"BULLION", "LOOSE_STONE"} <= set(told_as["exclusions"])
    assert (told_as["status"], told_as["accumulation_key"]) == ("quoted", "SZX-1/2026-11-24")


def test_nobody_insures_it_so_nothing_is_declared():
    assert declared(covered(ring_of(), policy=())) is None
    assert declaration_told(kept(covered(ring_of(), policy=()), None), "794644790131") is None


def test_a_declaration_to_the_carrier_itself_names_no_policy_and_the_declared_value():
    told_as = declared(covered(ring_of("400"), policy=(), own=OWN, rates={("USD", "EUR"): Decimal("0.9")})).as_json()
    assert (told_as["insurer"], told_as["policy_no"], told_as["holder"]) == ("fedex", None, None)
    assert told_as["declared_to_carrier"] == money("400").as_json()
    assert (told_as["cover_start"], told_as["valuation_basis"]) == (None, None)


@pytest.mark.parametrize(
    ("waybill", "void", "status"), [(None, False, "quoted"), ("7946", False, "bound"), ("7946", True, "void")]
)
def test_papers_print_it_as_it_stands_by_then(waybill, void, status):
    cover = covered(ring_of())
    printed = declaration_told(kept(cover, declared(cover)), waybill, void=void)
    assert (printed["status"], printed["waybill"]) == (status, waybill)
    assert {one["state"] for one in printed["conditions"]} == {"met", "to_keep"}
    assert all(one["text"] != one["code"] for one in printed["conditions"])


COVERS = {
    "by the policy": covered(ring_of()),
    "by the second": covered(ring_of(), policy=(OUTBOUND_ONLY, OTHER)),
    "in part": covered(ring_of("1180"), policy=replace(POLICY, per_parcel=(money("1000"),), over_limit="up_to_limit")),
    "by the carrier": covered(ring_of("1180"), policy=(), own=OWN, rates={("USD", "EUR"): Decimal("0.9")}),
    "by nobody": covered(ring_of("60000", goods=frozenset({"COIN"})), carrier="dhl", lane=Lane("FR", "DE")),
    "unknown weight": covered(ring_of(gross_weight_g=None, address_day_value=None)),
    "unknown carrier": covered(ring_of(), carrier="pigeon"),
    "insured post": covered(
        ring_of(service="HK_INSURED"), carrier="post", lane=Lane("HK", "FR"), own=CarrierCover("post", True)
    ),
    "before the rules": covered(ring_of(), on=ON.replace(year=2018)),
}


@pytest.mark.parametrize("cover", COVERS.values(), ids=COVERS.keys())
def test_what_a_case_keeps_is_told_again_word_for_word(cover):
    policies = (POLICY, OTHER, OUTBOUND_ONLY)
    declaration = declared(cover, policies, weekend=True)
    again = told(kept(cover, declaration))
    whole = {**cover.as_json(), "declaration": declaration.as_json() if declaration else None}
    if cover.policy_no is not None:
        # Under a policy the carrier's cap says nothing of the parcel and is not kept.
        whole["carrier_cap"] = None
    assert again == whole


@pytest.mark.parametrize("cover", COVERS.values(), ids=COVERS.keys())
def test_the_api_has_a_place_for_everything_a_cover_says(cover):
    policies = (POLICY, OTHER, OUTBOUND_ONLY)
    CoverTold.model_validate(cover.as_json())
    CoverTold.model_validate(told(kept(cover, declared(cover, policies))))


def test_a_policy_that_was_not_used_is_told_with_every_reason_though_another_covers():
    cover = covered(ring_of(), policy=(replace(OUTBOUND_ONLY, carriers=("dhl",)), OTHER))
    assert (cover.policy_no, cover.gaps) == ("SECOND", ())
    assert {(gap.policy_no, gap.code) for gap in cover.rejected} == {
        ("OUT", "returns_not_covered"), ("OUT", "carrier_not_covered"),
    }  # fmt: skip
