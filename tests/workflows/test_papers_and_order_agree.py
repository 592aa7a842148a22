"""One parcel, one set of figures: what the carrier's order declares, what the papers print, what the cover insures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customs.papers.make import papers_for
from chalicelib.money import Money, total
from chalicelib.workflows.carrier_orders import waybill_order
from chalicelib.workflows.gather_papers import gather
from tests.faults.stories import RING
from tests.faults.world import MONDAY
from tests.workflows.desk import REQUEST, Desk

RINGS = replace(RING, quantity=3, price=Money(Decimal("333.33"), "EUR"), serial=None)
CHAIN = replace(
    RING, sku="C-2", description="18K yellow gold chain", article="necklace", quantity=7, serial=None,
    price=Money(Decimal("410.01"), "EUR"), gross_weight_g=Decimal("6.2345"), net_weight_g=Decimal("6.2344"),
)  # fmt: skip
KINDS = [("refund", "change_of_mind"), ("exchange", "size"), ("repair", "repair"), ("warranty", "quality")]


def declared(kind: str, reason: str, carrier: str) -> tuple[Desk, Any, dict[str, dict[str, Any]]]:
    """The case with its order as it would be sent now, and the data of each paper."""
    desk = Desk()
    desk.open(replace(REQUEST, kind=kind, reason=reason, items=(RINGS, CHAIN), carrier=carrier))
    file, leg, merchant = desk.file, desk.file.legs[0], desk.ports.merchant()
    person, on = desk.ports.cases.person(leg.case_id), MONDAY.date()
    order = waybill_order(merchant, file.plan, leg, person, "GT-1", MONDAY, rma=file.case.rma)
    papers = papers_for(gather(file, leg, person, merchant, on), on)
    return desk, order, {paper.name: paper.data for paper in papers if paper.status == "ready"}


@pytest.mark.parametrize("carrier", ["fedex", "dhl"])
@pytest.mark.parametrize(("kind", "reason"), KINDS)
def test_the_invoice_prints_what_the_carrier_declares_line_by_line(kind, reason, carrier):
    _, order, papers = declared(kind, reason, carrier)
    printed = [
        (
            row["description"],
            row["hs_code"],
            row["origin"],
            row["quantity"],
            Decimal(row["gross_weight_g"]),
            row["value"],
        )
        for row in papers["return_invoice"]["lines"]
    ]
    ordered = [
        (line.description, line.hs_code, line.made_in, line.quantity, line.weight_g, line.value.as_json())
        for line in order.lines
    ]
    assert printed == ordered


@pytest.mark.parametrize("carrier", ["fedex", "dhl"])
@pytest.mark.parametrize(("kind", "reason"), KINDS)
def test_invoice_cover_and_money_at_risk_are_of_one_worth(kind, reason, carrier):
    desk, order, papers = declared(kind, reason, carrier)
    worth = total((item.worth for item in (RINGS, CHAIN)), "EUR")
    printed, covered = papers["return_invoice"], papers["insurance_declaration"]["cover"]
    assert printed["totals"]["goods"] == worth.as_json()
    assert covered["customs_value"] == worth.as_json()
    assert desk.file.case.money_at_risk == worth
    assert order.declared_value is None or order.declared_value <= worth
    assert printed["number"] == order.invoice_number
