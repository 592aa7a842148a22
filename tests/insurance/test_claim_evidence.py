"""The checklist of a claim and who may make it, by the rows."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.alerts.playbooks import every_playbook
from chalicelib.insurance.claim_evidence import (
    DATASET,
    CaseEvidence,
    Evidence,
    Have,
    bound_rule,
    checklist,
    right_to_claim,
)
from chalicelib.insurance.claim_states import CLAIM_KINDS, PARTIES
from chalicelib.insurance.claims import GRAVEST_FIRST, is_theft, kind_of
from chalicelib.rulebook import in_force
from tests.insurance.claim_parcels import a_claim

ON = date(2026, 11, 22)
ROWS = in_force(DATASET, ON).rules


def evidence(**said) -> CaseEvidence:
    right = right_to_claim("carrier", "dhl", "customer", ON)
    usual = {
        "papers": {"return_invoice": Have("papers/c/1", "return_invoice")}, "label": Have("labels/c/1", "waybill.pdf"),
        "sender": "customer", "consignee": "merchant", "theft": False, "stones": False, "right": right,
    }  # fmt: skip
    return CaseEvidence(**usual | said)


def lines(kind: str = "loss", party: str = "carrier", **said) -> dict[str, Evidence]:
    return {one.id: one for one in checklist(a_claim(party, kind), evidence(**said), ON)}


def test_each_item_is_had_made_or_to_be_got_from_somebody():
    found = lines()
    assert (found["invoice"].status, found["invoice"].have.key) == ("have", "papers/c/1")
    assert (found["timeline"].status, found["timeline"].whom) == ("make", None)
    assert (found["packing_photos"].status, found["packing_photos"].whom, found["packing_photos"].photo) == (
        "ask", "customer", True,
    )  # fmt: skip


def test_what_is_not_kept_is_asked_for_and_never_ticked():
    found = lines(label=None, papers={})
    assert {found[name].status for name in ("waybill_label", "invoice")} == {"ask"}


def test_photographs_are_wanted_of_who_packed_and_who_opened():
    home, out = lines("damage"), lines("damage", sender="merchant", consignee="customer")
    assert (home["packing_photos"].whom, home["receipt_photos"].whom) == ("customer", "merchant")
    assert (out["packing_photos"].whom, out["receipt_photos"].whom) == ("merchant", "customer")


def test_the_police_is_told_of_a_theft_and_a_certificate_wanted_of_a_stone():
    assert not {"police_report", "certificate"} & set(lines())
    assert {"police_report", "certificate"} <= set(lines(theft=True, stones=True))
    assert is_theft(["weight_changed", "weight_dropped"], ON)
    assert is_theft(["empty_parcel"], ON)
    assert not is_theft(["silence"], ON)
    assert not is_theft(["weight_changed", "weight_risen"], ON)


def test_an_assignment_is_made_only_where_the_customer_holds_the_right():
    ours = right_to_claim("carrier", "dhl", "merchant", ON)
    assert lines()["assignment"].signed
    assert "assignment" not in lines(right=ours)


@pytest.mark.parametrize(
    ("party", "carrier", "shipper", "holder", "confidence"),
    [("carrier", "dhl", "customer", "customer", "high"), ("carrier", "dhl", "merchant", "merchant", "high"),
     ("carrier", "ems", "customer", "customer", "high"), ("carrier", "fedex", "customer", "customer", "low"),
     ("insurer", "dhl", "customer", "merchant", "low")],
)  # fmt: skip
def test_who_sends_by_the_waybill_may_claim_and_an_insurer_pays_the_holder_of_the_policy(
    party, carrier, shipper, holder, confidence
):
    right = right_to_claim(party, carrier, shipper, ON)
    assert (right.holder, right.confidence) == (holder, confidence)


@pytest.mark.parametrize("kind", CLAIM_KINDS)
@pytest.mark.parametrize("party", PARTIES)
def test_every_claim_wants_a_statement_and_a_timeline(kind, party):
    assert {"claim_statement", "timeline"} <= set(lines(kind, party))


@pytest.mark.parametrize("row", ROWS["item"], ids=lambda row: row["id"])
def test_a_row_names_claims_parties_and_askable_people_there_are(row):
    assert set(row["claims"]) <= set(CLAIM_KINDS)
    assert set(row["parties"]) <= set(PARTIES)
    assert row["ask"] in {"merchant", "customer", "carrier", "insurer", "workshop", "sender", "consignee"}
    assert sum(name in row for name in ("paper", "label", "made")) <= 1


def test_the_bound_says_its_rule_and_that_it_is_a_proposal():
    rule, source, confidence = bound_rule(ON)
    assert "freight" not in rule or source
    assert confidence == "low"


@pytest.mark.parametrize(
    ("troubles", "arrived", "kind"),
    [(["silence"], False, "loss"), (["going_back"], True, "damage"), (["damaged"], False, "damage"),
     (["weight_changed", "damaged"], True, "shortage"), (["possible_loss", "damaged"], False, "loss"),
     (["action_required", "incomplete_shipment"], True, "shortage"), (["shortfall"], True, "shortage"),
     (["hold_too_old", "customs_duty_due"], False, "delay"),
     (["hold_too_old", "customs_seized"], False, "loss"),
     (["empty_parcel"], True, "shortage"), (["swapped_piece"], True, "shortage"),
     (["action_required", "delivered_to_unexpected_place"], True, "loss")],
)  # fmt: skip
def test_the_gravest_thing_that_is_known_decides_what_is_claimed_for(troubles, arrived, kind):
    assert kind_of(troubles, ON, arrived=arrived) == kind


def test_every_kind_that_a_trouble_means_is_one_there_is():
    assert set(ROWS["troubles"]["claim"].values()) <= set(CLAIM_KINDS) == set(GRAVEST_FIRST)


def test_every_trouble_that_is_named_is_one_that_somebody_tells_of():
    named = {*ROWS["troubles"]["theft"], *ROWS["troubles"]["claim"]}
    told = {name for row in every_playbook(ON) for name in (row.kind, row.reason)}
    assert named <= told, named - told
