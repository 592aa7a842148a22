"""Switzerland: five years for another than the sender, tax too small to collect, and the ways to tax once paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.customs.refunds import PaidEntry, RefundWay, refund_ways
from tests.customs.asking import answer, relief

PAID = PaidEntry(
    "CH", date(2024, 2, 29), entry_number="CH1", left_on=date(2027, 2, 28), export_reference="E1", same_state=True
)


def into_switzerland(*values: str, **given: Any) -> dict[str, Any]:
    lines = [{"value": value, "value_basis": "cif"} for value in values]
    return answer(destination="CH", **{"purpose": "exchange_replacement", "lines": lines, **given})


def way(paid: PaidEntry, code: str, on: date) -> RefundWay:
    return next(each for each in refund_ways(paid, on) if each.code == code)


def test_five_francs_of_tax_are_counted_on_the_whole_parcel() -> None:
    # 2 x 2.51 would each be too little; 62.00 x 8.1 % = 5.02 is not
    assert into_switzerland("31 CHF", "31 CHF")["total"] == "5.02"


def test_tax_that_is_not_collected_is_still_shown_with_its_rule() -> None:
    row = into_switzerland("61 CHF")["taxes"][0]
    assert (row["rate"], row["base"], row["amount"]) == ("0.081", "61.00", "0.00")
    assert "not collected up to CHF 5" in row["rule"]


@pytest.mark.parametrize(
    ("exported", "last"),
    [(date(2021, 11, 22), date(2026, 11, 22)), (date(2020, 2, 29), date(2025, 2, 28))],
)
def test_goods_back_to_another_have_five_years_and_the_sender_has_for_ever(exported: date, last: date) -> None:
    past = {"exported_on": exported, "export_reference": "E1", "same_state": True, "vat_refunded": False}
    for day, status in ((-1, "proven"), (0, "proven"), (1, "not_eligible")):
        on = date.fromordinal(last.toordinal() + day)
        another, sender = (
            into_switzerland(
                "3000 CHF", purpose="refund_return", entry_on=on, history=past | {"importer_is_exporter": same}
            )
            for same in (False, True)
        )
        assert relief(another, "CH-10")["status"] == status
        assert (relief(sender, "CH-53-1-F")["status"], sender["total"]) == ("proven", "0.00")


def test_of_a_relief_that_frees_the_tax_it_is_not_said_that_the_tax_stays_due() -> None:
    past = {"export_reference": "E1", "same_state": True, "vat_refunded": False, "importer_is_exporter": True}
    given = into_switzerland("3000 CHF", purpose="refund_return", history=past)
    assert (given["total"], "vat_stays_due" in given["reasons"]) == ("0.00", False)


def test_the_tax_of_goods_back_to_another_is_due_and_that_is_said() -> None:
    past = {"exported_on": date(2026, 1, 1), "export_reference": "E1", "same_state": True, "vat_refunded": False}
    given = into_switzerland("3000 CHF", purpose="refund_return", history=past | {"importer_is_exporter": False})
    assert (given["total"], "vat_stays_due" in given["reasons"]) == ("243.00", True)


@pytest.mark.parametrize(("left", "status"), [(date(2027, 2, 28), "unproven"), (date(2027, 3, 1), "not_eligible")])
def test_foreign_goods_leave_again_within_three_years_of_a_leap_day(left: date, status: str) -> None:
    assert way(replace(PAID, left_on=left), "CH-11", date(2027, 6, 1)).status == status


def test_the_claim_needs_the_export_declaration_it_is_made_in() -> None:
    found = way(replace(PAID, export_reference=None), "CH-11", date(2027, 2, 28))
    claimed = "claimed_in_the_export_declaration_itself"
    assert (found.status, found.missing) == ("unproven", ("export_reference", claimed))
    assert way(PAID, "CH-11", date(2027, 2, 28)).missing == (claimed,)


@pytest.mark.parametrize(("day", "status"), [(28, "open"), (29, "open"), (30, "not_eligible")])
def test_a_complaint_has_sixty_days(day: int, status: str) -> None:
    assert way(PAID, "CH-COMPLAINT", date(2024, 4, day)).status == status
