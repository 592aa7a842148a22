"""Proof of the export that is given while a waybill is bought, a label asked for or papers made: what the carrier was
told and what the case and its papers say is the same, whoever was faster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import ConflictError
from chalicelib.shipments.leg import ExportLink
from chalicelib.workflows.bookings import LABEL_AWAITED
from chalicelib.workflows.prove_export import prove_export
from chalicelib.workflows.take_steps import take_step
from tests.faults.gate import asked
from tests.workflows.desk import MONDAY, REQUEST, Desk

ANOTHER = ExportLink(invoice_number="INV-2002")
ORDERED = "POST /ship/v1/shipments"


class Interrupted:
    """A desk of which one call of the worker is preceded by somebody else's work."""

    def __init__(self, at: int, meanwhile: Callable[[Desk], None]) -> None:
        self.desk = Desk()
        self.desk.open()
        self._through, self._left, self._meanwhile = self.desk.world.gate.through, at, meanwhile
        self.ordered: list[str] = []
        self.desk.world.gate.through = self._stopped  # type: ignore[method-assign]

    def _stopped(self, name: str, call: Callable[[], Any], request: Any = None) -> Any:
        self._left -= 1
        if self._left == -1:
            self._meanwhile(self.desk)
        if request is not None and asked(request) == ORDERED:
            self.ordered.append(request.body.decode())
        return self._through(name, call, request)


def prove(desk: Desk, **facts: Any) -> None:
    prove_export(desk.ports, "case0001", ExportLink(**facts), holder="customs desk", now=desk.world.now)


def another_invoice(desk: Desk) -> None:
    try:
        prove(desk, invoice_number=ANOTHER.invoice_number)
    except ConflictError:
        return


def calls_of_a_booking() -> int:
    desk = Desk()
    desk.open()
    desk.world.gate.calls.clear()
    desk.world.pump()
    return len(desk.world.gate.calls)


@pytest.mark.parametrize("at", range(calls_of_a_booking()))
def test_a_waybill_declares_what_the_case_says_at_whatever_call_another_invoice_is_given(at):
    meanwhile = Interrupted(at, another_invoice)
    desk = meanwhile.desk
    desk.world.pump()

    said = desk.file.legs[0].original_export.invoice_number
    assert [said in order for order in meanwhile.ordered] == [True]
    assert desk.booking("waybill").status == "done"
    assert desk.file.plan.request.original_export.invoice_number == said


def test_the_worker_that_lost_its_waybill_to_a_correction_leaves_it_to_the_next_one():
    desk = Desk()
    desk.open()
    before = desk.booking("waybill")
    another_invoice(desk)
    after = desk.booking("waybill")
    assert (after.status, after.reference) == ("planned", f"{before.reference}.2")
    assert after.due_at is not None


def test_a_case_that_still_waits_is_not_made_due_by_half_of_its_proof():
    desk = Desk()
    desk.open(replace(REQUEST, original_export=replace(REQUEST.original_export, reference=None, invoice_number=None)))
    prove(desk, invoice_number="INV-1")
    assert {one.due_at for one in desk.file.bookings} == {None}


def test_papers_of_what_was_known_before_do_not_put_the_new_ones_to_rest():
    desk = Desk()
    desk.open()
    desk.step("waybill")
    read_before = desk.booking("waybill")
    prove(desk, vat_refunded=False)
    desk.world.queues.waiting.clear()  # the process died before it could queue them

    desk.ports.cases.put_to_rest(read_before)

    assert desk.booking("waybill").due_at is not None


def test_another_proof_in_the_same_second_moves_the_due_time_too():
    desk = Desk()
    desk.open()
    desk.step("waybill")
    prove(desk, vat_refunded=False)
    first = desk.booking("waybill").due_at
    prove(desk, duty_paid_on_import=True)
    assert desk.booking("waybill").due_at not in (None, first)


@pytest.mark.parametrize(("label", "due"), [(LABEL_AWAITED, True), ("kept", False)])
def test_changed_papers_are_asked_for_though_a_label_is_awaited_or_was_kept_meanwhile(label, due):
    desk = Desk()
    desk.open()
    desk.step("waybill")
    bought = desk.booking("waybill")
    desk.world.queues.waiting.clear()
    due_at = MONDAY + timedelta(hours=1) if due else None
    told = replace(bought, result={**bought.result, "label": label}, due_at=due_at)
    assert desk.ports.cases.save_booking(told, "done")

    take_step(desk.ports, {"kind": "waybill", "case_id": "case0001", "leg": 1, "papers": True}, MONDAY)

    assert len(desk.waiting("papers")) == 1
