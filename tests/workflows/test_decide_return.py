"""A person decides what a machine could not: approved it goes on, refused it ends with reasons, or more is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import pytest

from chalicelib.api.law_bodies import RuledWord
from chalicelib.errors import ConflictError, InvalidRequestError
from chalicelib.returns.case import Order
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.workflows.decide_return import Ruled, Ruling, decide_return
from chalicelib.workflows.declare_withdrawal import declare
from chalicelib.workflows.gather_notice import history_of
from tests.faults.stories import RING
from tests.workflows.desk import MONDAY, REQUEST, Desk

ENGRAVED = replace(REQUEST, items=(replace(RING, engraved=True),))
EU_CUSTOM = "returns/withdrawal@2021-01-01#X-EU-CUSTOM"
NO_DELIVERY_DAY = replace(REQUEST, order=Order("SO-1001", date(2026, 11, 1), None))
REFUSED = Ruling("refused", ("excluded_custom",), (EU_CUSTOM,), note="engraved by the order")


def opened(request=ENGRAVED) -> Desk:
    desk = Desk()
    desk.open(request)
    return desk


def ruled(desk: Desk, ruling: Ruling, now=MONDAY):
    return decide_return(desk.ports, "case0001", ruling, holder="anna", now=now)


def fault_codes(desk: Desk, ruling: Ruling) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequestError) as refused:
        ruled(desk, ruling)
    return [(fault.field, fault.code) for fault in refused.value.faults]


def test_the_body_knows_every_ruling_there_is():
    assert get_args(RuledWord) == get_args(Ruled)


def test_approved_it_goes_on_as_if_it_had_been_so_from_the_first_moment():
    desk = opened()
    assert desk.file.case.stage == "review"
    told = ruled(desk, Ruling("approved"))
    assert (told["stage"], len(desk.waiting("steps"))) == ("approved", 1)
    assert [one.status for one in desk.file.exceptions] == ["resolved"]
    desk.world.pump()
    assert desk.booking("waybill").status == "done"


def test_check_case_9_an_engraved_ring_is_refused_only_by_a_person_who_names_the_row_of_law():
    desk = opened()
    decision = desk.file.plan.answer["decision"]
    assert decision["outcome"] == "review"
    row = next(one for one in decision["reasons"] if one["code"] == "excluded_custom" and one["legal_ground"])
    assert (row["rule"], row["confidence"]) == (EU_CUSTOM, "medium")
    assert fault_codes(desk, replace(REFUSED, legal_grounds=())) == [("legal_grounds", "legal_ground_required")]
    told = ruled(desk, REFUSED)
    assert told["stage"] == "cancelled"
    assert [one.status for one in desk.file.exceptions] == ["resolved"]


def test_a_refusal_owes_the_customer_the_notice_with_the_persons_own_reasons():
    desk = opened()
    ruled(desk, REFUSED)
    (said,) = history_of(desk.file, ()).decisions
    assert (said.outcome, said.reasons) == ("refused", ("excluded_custom",))
    assert any('"notices"' in body for body in desk.waiting("notices"))


def test_a_refusal_without_a_reason_or_with_an_unknown_one_says_both_faults_at_once():
    desk = opened()
    assert ("reasons", "required") in fault_codes(desk, Ruling("refused"))
    assert fault_codes(desk, Ruling("refused", ("because",), (EU_CUSTOM,))) == [("reasons.0", "unknown_reason")]


def test_a_right_that_the_law_grants_is_refused_by_nobody():
    # Only its papers lack something; the right itself stands.
    held = replace(REQUEST, original_export=replace(REQUEST.original_export, reference=None))
    desk = opened(held)
    assert fault_codes(desk, replace(REFUSED, reasons=("policy_window_over",))) == [("legal_grounds", "right_stands")]


def test_what_was_in_time_when_it_was_asked_for_stays_so_however_long_a_person_takes():
    desk = opened(replace(REQUEST, original_export=replace(REQUEST.original_export, reference=None)))
    with pytest.raises(InvalidRequestError):
        ruled(desk, replace(REFUSED, reasons=("withdrawal_window_over",)), MONDAY + timedelta(days=40))


def test_a_fault_that_was_not_found_ends_a_claim_under_the_guarantee_by_its_row():
    late = Order("SO-1001", date(2026, 8, 1), date(2026, 8, 12))
    desk = opened(replace(REQUEST, kind="warranty", reason="quality", order=late))
    row = "returns/guarantee@2022-01-01#G-FR"
    assert fault_codes(desk, Ruling("refused", ("fault_not_found",))) == [("legal_grounds", "legal_ground_required")]
    assert ruled(desk, Ruling("refused", ("fault_not_found",), (row,)))["stage"] == "cancelled"


def test_evidence_is_asked_for_by_its_kinds_and_the_customer_is_told():
    desk = opened()
    assert fault_codes(desk, Ruling("evidence_wanted")) == [("evidence", "required")]
    assert fault_codes(desk, Ruling("evidence_wanted", evidence=("poem",))) == [("evidence.0", "unknown_kind")]
    told = ruled(desk, Ruling("evidence_wanted", evidence=("photo_item",)))
    assert (told["stage"], told["decision"]["evidence_wanted"]) == ("evidence_needed", ["photo_item"])
    assert "give photo_item" in told["next"]
    assert history_of(desk.file, ()).evidence_wanted_at == MONDAY


def test_after_the_evidence_a_person_decides_again():
    desk = opened()
    ruled(desk, Ruling("evidence_wanted", evidence=("photo_item",)))
    assert ruled(desk, Ruling("approved"))["stage"] == "approved"


@pytest.mark.parametrize("ruling", [Ruling("approved"), REFUSED, Ruling("evidence_wanted", evidence=("photo_item",))])
def test_the_same_ruling_again_writes_nothing(ruling):
    desk = opened()
    ruled(desk, ruling)
    log = len(desk.file.log)
    ruled(desk, ruling)
    assert len(desk.file.log) == log


def test_another_ruling_on_what_is_decided_is_a_conflict():
    desk = opened()
    ruled(desk, Ruling("approved"))
    with pytest.raises(ConflictError, match="nothing of this return waits"):
        ruled(desk, REFUSED)


def test_what_its_papers_lack_is_given_or_waived_before_it_is_approved():
    desk = opened(replace(REQUEST, original_export=replace(REQUEST.original_export, reference=None)))
    with pytest.raises(ConflictError, match="the declaration lacks"):
        ruled(desk, Ruling("approved"))
    assert ruled(desk, Ruling("approved_without_proof"))["stage"] == "approved"


class TestOfAWithdrawalThatWaits:
    def waits(self) -> Desk:
        desk = opened(NO_DELIVERY_DAY)
        declare(desk.ports, "case0001", by="customer", now=MONDAY)
        return desk

    def test_it_is_granted_with_the_return(self):
        desk = self.waits()
        ruled(desk, Ruling("approved"))
        assert [one.in_time for one in desk.file.parts.of(Withdrawal)] == [True]
        assert {one.status for one in desk.file.exceptions} == {"resolved"}

    def test_it_falls_with_it_and_its_clock_stops(self):
        desk = self.waits()
        row = "returns/withdrawal@2021-01-01#W-EU"
        ruled(desk, Ruling("refused", ("withdrawal_window_over",), (row,)))
        (found,) = desk.file.parts.of(Withdrawal)
        assert (found.in_time, found.due_at, desk.file.case.stage) == (False, None, "cancelled")

    def test_on_a_return_under_way_only_the_withdrawal_is_decided(self):
        desk = opened(replace(REQUEST, kind="repair", reason="repair"))
        assert desk.file.case.stage == "approved"
        declare(desk.ports, "case0001", by="customer", now=MONDAY)
        told = ruled(desk, Ruling("approved"))
        assert (told["stage"], told["withdrawal"][0]["in_time"]) == ("approved", True)
        assert history_of(desk.file, ()).decisions == ()
