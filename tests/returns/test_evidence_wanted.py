"""What is wanted of a case: from whom, why, by when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from chalicelib.errors import RuleNotInForce
from chalicelib.insurance.claim_states import ClaimKind
from chalicelib.returns.case import KINDS, REASONS
from chalicelib.returns.evidence import EVIDENCE_KINDS, Evidence
from chalicelib.returns.evidence_rules import evidence_rules
from chalicelib.returns.evidence_wanted import CaseFacts, for_the_customer, still_wanted
from chalicelib.returns.inspection import PieceVerdict
from chalicelib.returns.settlement import SettlementKind
from chalicelib.returns.stages import STAGES

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RULES = evidence_rules(TODAY)


def a_case(**changed: Any) -> CaseFacts:
    return CaseFacts(**{"kind": "refund", "reason": "change_of_mind", "stage": "booked", **changed})


def a_piece(kind: Any, *, by: str = "desk", state: Any = "kept", n: int = 1) -> Evidence:
    return Evidence("c1", f"e{n:04d}", kind, "image/jpeg", 1000, state, by, NOW, NOW)


def asked(facts: CaseFacts, *given: Evidence) -> dict[str, int]:
    """What is wanted by the id of its row, with how many are missing."""
    return {one.id: one.missing for one in still_wanted(facts, given, RULES)}


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"stage": "approved"}, {"parcel_before_hand_over", "piece_before_hand_over", "closed_parcel"}),
        ({"stage": "approved"}, {"seal_of_the_customer"}),
        ({"stage": "booked", "kind": "recall", "reason": "recall"}, {"serial_of_a_recalled_piece"}),
        ({"stage": "booked", "true_of_it": frozenset({"export_unproven"})}, {"export_proof"}),
        ({"stage": "in_transit"}, set()),
        ({"stage": "arrived"}, {"six_sides", "label_at_receipt", "seal_at_receipt"}),
        ({"stage": "arrived", "above": frozenset({"two_person_open_above"})}, {"opening_on_camera"}),
        ({"stage": "received"}, {"piece_as_found", "marks_as_found", "seal_at_receipt"}),
        ({"stage": "received", "kind": "repair", "reason": "repair"}, {"take_in_views", "take_in_hallmark"}),
        ({"stage": "settling", "outcomes": frozenset({"partial_refund"})}, {"fault_as_found"}),
        ({"stage": "settling", "outcomes": frozenset({"refund"})}, set()),
        ({"stage": "inspected", "verdicts": frozenset({"swapped"})}, {"judged_by_a_laboratory"}),
        ({"stage": "in_transit", "claims": frozenset({"damage"})}, {"damage_for_a_claim", "inside_for_a_claim"}),
        ({"stage": "in_transit", "claims": frozenset({"loss"})}, set()),
        ({"claims": frozenset({"loss"}), "true_of_it": frozenset({"theft"})}, {"theft_reported"}),
        ({"stage": "settling", "kind": "recall"}, {"what_became_of_it"}),
        ({"stage": "sending_out"}, {"packed_to_go_out", "sealed_to_go_out"}),
    ],
)  # fmt: skip
def test_each_stage_reason_outcome_and_claim_wants_its_own(facts, wanted):
    found = set(asked(a_case(**facts)))
    assert wanted <= found
    assert found == wanted if not wanted else True


def test_what_is_given_is_not_asked_for_again():
    facts = a_case(stage="arrived")
    five = [a_piece("photo_outer_box", n=n) for n in range(5)]
    assert asked(facts, *five)["six_sides"] == 1
    assert "six_sides" not in asked(facts, *five, a_piece("photo_outer_box", n=6))


@pytest.mark.parametrize(("state", "counts"), [
    ("kept", True), ("uploaded", True), ("offered", False), ("refused", False), ("lapsed", False),
])  # fmt: skip
def test_only_what_is_there_counts(state, counts):
    given = a_piece("photo_packing", by="customer", state=state)
    assert ("parcel_before_hand_over" not in asked(a_case(), given)) is counts


def test_the_desk_may_give_for_the_customer_and_never_the_customer_for_the_desk():
    assert "piece_before_hand_over" not in asked(a_case(), a_piece("photo_item", by="desk"))
    assert "piece_as_found" in asked(a_case(stage="received"), a_piece("photo_item", by="customer"))
    assert "piece_as_found" not in asked(a_case(stage="received"), a_piece("photo_item", by="desk"))


def test_what_the_policy_asks_comes_first_and_alone_decides():
    facts = a_case(stage="evidence_needed", policy_asks=("photo_item", "photo_defect"))
    wanted = still_wanted(facts, [], RULES)
    assert [(one.kind, one.decides, one.by) for one in wanted] == [
        ("photo_item", True, "decision"), ("photo_defect", True, "decision"),
    ]  # fmt: skip
    assert wanted[1].text == "Photograph the fault from near, and once with the whole piece around it"


def test_no_row_of_the_house_decides_anything():
    for stage in STAGES:
        facts = a_case(
            stage=stage, outcomes=frozenset({"refusal"}), verdicts=frozenset({"short"}), claims=frozenset({"damage"}),
            above=frozenset({"two_person_open_above"}), true_of_it=frozenset({"theft", "export_unproven"}),
        )  # fmt: skip
        assert not any(one.decides for one in still_wanted(facts, [], RULES))


def test_the_customer_is_asked_for_each_kind_once_and_for_nothing_of_the_desk_s():
    facts = a_case(policy_asks=("photo_item",), stage="booked", true_of_it=frozenset({"export_unproven"}))
    wanted = for_the_customer(still_wanted(facts, [], RULES))
    kinds = [one.kind for one in wanted]
    assert len(kinds) == len(set(kinds))
    assert {one.giver for one in wanted} == {"customer"}
    assert next(one for one in wanted if one.kind == "photo_item").decides


def test_a_known_day_is_told_and_an_unknown_one_is_not_guessed():
    facts = a_case(by_moment={"hand_over": TODAY})
    by = {one.id: one.on for one in still_wanted(facts, [], RULES)}
    assert by["closed_parcel"] == TODAY
    assert all(one.on is None for one in still_wanted(a_case(stage="arrived"), [], RULES))


def test_every_row_names_only_words_of_the_trade():
    for row in RULES.wants:
        assert set(row.cases) <= set(KINDS)
        assert set(row.reasons) <= set(REASONS)
        assert set(row.stages) <= set(STAGES)
        assert set(row.outcomes) <= set(get_args(SettlementKind))
        assert set(row.verdicts) <= set(get_args(PieceVerdict))
        assert set(row.claims) <= set(get_args(ClaimKind))
        assert row.giver in RULES.row_of(row.kind).givers
        assert row.count <= RULES.row_of(row.kind).most


def test_every_kind_is_taken_in_some_type_and_size():
    for kind in EVIDENCE_KINDS:
        assert RULES.types_of(kind)
        assert 0 < RULES.smallest_of(kind) < RULES.largest_of(kind) <= 200_000_000


def test_every_problem_that_may_be_found_has_words_for_it():
    found = {
        "not_uploaded", "lapsed", "too_small", "too_large", "other_size", "other_digest", "other_type",
        "type_not_taken", "heic", "markup", "hidden_content", "truncated", "too_many_pixels", "unreadable",
        "active_content",
    }  # fmt: skip
    assert set(RULES.vintage.rules["problem"]) == found
    assert all(RULES.words_of(problem) for problem in found)


def test_no_rules_are_borrowed_for_a_day_before_the_first():
    with pytest.raises(RuleNotInForce):
        evidence_rules(date(2026, 11, 21))
