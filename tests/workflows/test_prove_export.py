"""A return waits for the link to its original export, and goes on by itself when it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError
from chalicelib.money import Money
from chalicelib.shipments.leg import ExportLink
from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.prove_export import prove_export
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.workflows.desk import MONDAY, REQUEST, Desk

KNOWN = REQUEST.original_export
WITHOUT = replace(KNOWN, reference=None)
HELD = replace(REQUEST, original_export=WITHOUT)


def waiting() -> Desk:
    desk = Desk()
    assert desk.open(HELD).body["stage"] == "evidence_needed"
    return desk


def given(desk: Desk, **facts: object) -> dict[str, object]:
    return prove_export(desk.ports, "case0001", ExportLink(**facts), holder="customs desk", now=MONDAY)  # type: ignore[arg-type]


def decided(desk: Desk, outcome: str) -> None:
    found = next(one for one in desk.file.exceptions if one.kind == "decision_wanted")
    act_on_exception(desk.ports, found.exception_id, Verdict("resolve", "anna", note="seen", outcome=outcome), MONDAY)


def test_with_the_missing_number_the_case_is_approved_its_bookings_due_and_its_exception_closed():
    desk = waiting()
    told = given(desk, reference=KNOWN.reference)
    assert told["stage"] == "approved"
    assert all(booking.due_at is not None for booking in desk.file.bookings)
    assert [one.status for one in desk.file.exceptions] == ["resolved"]
    assert len(desk.waiting("steps")) == 1


def test_the_waybill_is_bought_and_its_declaration_carries_the_number():
    desk = waiting()
    given(desk, reference=KNOWN.reference)
    desk.world.pump()
    assert desk.booking("waybill").status == "done"
    assert desk.file.legs[0].original_export.reference == KNOWN.reference


def test_half_of_what_is_missing_keeps_it_waiting_and_says_what_is_left():
    desk = Desk()
    desk.open(replace(REQUEST, original_export=replace(KNOWN, reference=None, invoice_number=None)))
    told = given(desk, invoice_number="INV-77")
    assert told["stage"] == "evidence_needed"
    wanted = "give original_export.reference (the number of the export declaration) for the return_invoice"
    assert wanted in told["next"]  # type: ignore[operator]
    assert not any("invoice_number" in text for text in told["next"])  # type: ignore[attr-defined]
    assert desk.waiting("steps") == []


def test_the_same_again_writes_nothing():
    desk = waiting()
    given(desk, reference=KNOWN.reference)
    before = desk.file
    given(desk, reference=KNOWN.reference)
    assert desk.file == before


def test_facts_of_relief_change_the_estimate_and_not_the_case():
    desk = Desk()
    desk.open()
    before = desk.file.plan.answer["estimate"]
    told = given(desk, export_rebate=False)
    assert told["stage"] == desk.file.case.stage
    missing = {row["code"]: row["missing"] for row in told["estimate"]["relief"]}  # type: ignore[index]
    was = {row["code"]: row["missing"] for row in before["relief"]}
    assert any("export_rebate" in was[code] and "export_rebate" not in missing[code] for code in missing)


def test_nothing_given_and_a_day_to_come_are_refused_by_field():
    desk = waiting()
    with pytest.raises(InvalidRequestError) as nothing:
        given(desk)
    assert [fault.code for fault in nothing.value.faults] == ["required"]
    with pytest.raises(InvalidRequestError) as later:
        given(desk, exported_on=MONDAY.date() + timedelta(days=5), imported_on=date(2027, 1, 1))
    assert {fault.field for fault in later.value.faults} == {"exported_on"}


@pytest.mark.parametrize("told", [{"imported_on": date(2026, 11, 4)}, {"exported_on": date(2026, 10, 1)}])
def test_a_day_that_contradicts_what_is_known_already_is_refused_by_field(told):
    desk = Desk()
    desk.open(replace(HELD, original_export=replace(WITHOUT, imported_on=date(2026, 10, 20))))
    before = desk.file
    with pytest.raises(InvalidRequestError) as refused:
        given(desk, **told)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("imported_on", "after_export")]
    assert desk.file == before


def test_an_unknown_case_and_a_cancelled_one_take_no_proof():
    desk = waiting()
    with pytest.raises(NotFoundError):
        prove_export(desk.ports, "case9999", KNOWN, holder="customs desk", now=MONDAY)
    cancel_case(desk.ports, "case0001", reason="changed mind", holder="desk", now=MONDAY)
    with pytest.raises(ConflictError):
        given(desk, reference=KNOWN.reference)


def test_what_a_bought_waybill_declares_is_added_to_and_not_changed():
    desk = Desk()
    desk.open()
    desk.world.pump()
    with pytest.raises(ConflictError, match="invoice_number"):
        given(desk, invoice_number="ANOTHER-1")
    assert desk.file.legs[0].original_export == KNOWN
    given(desk, vat_refunded=False)
    assert desk.file.legs[0].original_export.vat_refunded is False


def test_a_person_may_not_approve_over_the_list_of_what_is_missing():
    desk = waiting()
    with pytest.raises(ConflictError, match=r"original_export\.reference"):
        decided(desk, "approved")
    assert desk.file.case.stage == "evidence_needed"


def test_a_person_may_bring_it_home_without_relief_and_the_papers_claim_none():
    desk = waiting()
    decided(desk, "approved_without_proof")
    assert desk.file.case.stage == "approved"
    assert desk.file.plan.answer["proof"] == "waived"
    assert all(paper["missing"] == [] for paper in desk.file.plan.answer["papers"])
    desk.world.pump()
    assert desk.booking("waybill").status == "done"


def test_a_waiver_falls_when_the_proof_is_given_before_the_waybill_and_the_papers_claim_relief():
    desk = waiting()
    decided(desk, "approved_without_proof")
    given(desk, reference=KNOWN.reference)
    assert "proof" not in desk.file.plan.answer
    desk.world.pump()
    assert desk.booking("waybill").status == "done"


def test_a_waiver_stands_while_a_fact_is_lacking_and_its_papers_wait_for_nothing():
    desk = waiting()
    decided(desk, "approved_without_proof")
    told = given(desk, vat_refunded=False)
    assert desk.file.plan.answer["proof"] == "waived"
    assert [paper["missing"] for paper in told["papers"]] == [[], []]  # type: ignore[attr-defined]


def test_a_waiver_on_which_a_waybill_was_bought_stands():
    desk = waiting()
    decided(desk, "approved_without_proof")
    desk.world.pump()
    given(desk, reference=KNOWN.reference)
    assert desk.file.plan.answer["proof"] == "waived"


def test_a_return_that_no_carrier_may_take_yet_gets_its_proof_too():
    desk = Desk()
    dear = replace(REQUEST.items[0], price=Money(Decimal("900000.00"), "EUR"))
    desk.open(replace(HELD, items=(dear,)))
    assert desk.file.legs == ()
    given(desk, reference=KNOWN.reference)
    assert desk.file.plan.request.original_export.reference == KNOWN.reference


def test_an_export_after_the_delivery_is_another_one_and_proves_nothing():
    desk = waiting()
    delivered = REQUEST.order.delivered_on
    assert delivered is not None
    with pytest.raises(InvalidRequestError) as refused:
        given(desk, exported_on=delivered + timedelta(days=1))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("exported_on", "after_delivery")]
    assert given(desk, exported_on=delivered)["original_export"]["exported_on"] == delivered.isoformat()
