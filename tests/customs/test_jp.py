"""Japan: how it cuts to 1,000 and 100 yen, the year of a repair, and the ways to duty once paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customs.refunds import PaidEntry, RefundWay, refund_ways
from tests.customs.asking import answer, relief

BOUGHT = PaidEntry(
    "JP", date(2026, 2, 28), left_on=date(2026, 8, 28), export_reference="E1", reason="change_of_mind",
    same_state=True, sold_at_a_distance=True, importer="customer",
)  # fmt: skip


def into_japan(*values: str, **given: Any) -> dict[str, Any]:
    lines = [{"value": value, "value_basis": "cif"} for value in values]
    return answer(destination="JP", **{"purpose": "exchange_replacement", "lines": lines, **given})


def way(paid: PaidEntry, code: str, on: date) -> RefundWay:
    return next(each for each in refund_ways(paid, on) if each.code == code)


def test_each_line_is_cut_by_itself_and_the_tax_on_all_of_them_once() -> None:
    given = into_japan("150999 JPY", "150999 JPY")
    assert [row["duties"][0]["amount"] for row in given["lines"]] == ["7800", "7800"]
    # 2 x (150,999 + 7,800) = 317,598, cut to 317,000; 24,726 cut to 24,700; 22/78 of that 6,966 cut to 6,900
    assert {row["code"]: row["amount"] for row in given["taxes"]} == {
        "consumption_tax": "24700",
        "local_consumption_tax": "6900",
    }


def test_the_base_shown_is_the_one_that_was_charged() -> None:
    given = into_japan("299999 JPY")
    assert given["lines"][0]["duties"][0]["base"] == "299000"
    assert given["taxes"][0]["base"] == "315000"


@pytest.mark.parametrize("metal", ["gold", "silver"])
def test_only_the_disputed_rate_of_gold_is_said_to_be_disputed(metal: str) -> None:
    given = into_japan("300000 JPY", lines=[{"metal": metal, "value": "300000 JPY", "value_basis": "cif"}])
    assert ("duty_rate_between:5.2:5.4" in given["reasons"]) is (metal == "gold")
    assert given["confidence"] == ("low" if metal == "gold" else "medium")


@pytest.mark.parametrize(
    ("exported", "last"),
    [
        (date(2025, 11, 22), date(2026, 11, 22)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2025, 8, 31), date(2026, 8, 31)),
    ],
)
def test_a_repair_is_back_within_a_year_to_the_day(exported: date, last: date) -> None:
    past = {"exported_on": exported, "export_reference": "E1"}
    work = {"charge": "40000 JPY", "parts": "0 JPY", "replaced": False}
    for day, status in ((-1, "proven"), (0, "proven"), (1, "not_eligible")):
        on = date.fromordinal(last.toordinal() + day)
        row = relief(into_japan("500000 JPY", purpose="repaired_back", entry_on=on, history=past, repair=work), "JP-11")
        assert (row["status"], row["claim_by"]) == (status, last.isoformat())


@pytest.mark.parametrize(("left", "status"), [(27, "unproven"), (28, "unproven"), (29, "not_eligible")])
def test_what_was_bought_at_a_distance_leaves_again_within_six_months(left: int, status: str) -> None:
    paid = replace(BOUGHT, left_on=date(2026, 8, left))
    found = way(paid, "JP-20-2", date(2026, 11, 22))
    assert (found.status, found.share, found.covers) == (status, Decimal(1), ("duty", "tax"))


def test_before_it_left_the_refund_is_open_to_proof_and_has_its_last_day() -> None:
    found = way(replace(BOUGHT, left_on=None, export_reference=None), "JP-20-2", date(2026, 8, 28))
    assert (found.status, found.missing, found.claim_by) == (
        "unproven",
        ("left_on", "export_reference", "placed_in_a_customs_area_before_export"),
        date(2026, 8, 28),
    )


def test_a_change_of_mind_is_no_difference_from_the_contract() -> None:
    assert way(BOUGHT, "JP-20-1", date(2026, 8, 28)).status == "not_eligible"
    assert way(replace(BOUGHT, reason="quality"), "JP-20-1", date(2026, 8, 28)).status == "unproven"


def test_no_record_says_whether_the_goods_were_in_a_customs_area() -> None:
    """Article 20: goods that simply left with a carrier bring nothing back."""
    assert way(BOUGHT, "JP-20-2", date(2026, 8, 28)).missing == ("placed_in_a_customs_area_before_export",)


def test_a_merchant_has_no_refund_for_what_it_did_not_expect() -> None:
    assert way(replace(BOUGHT, importer="merchant"), "JP-20-2", date(2026, 8, 28)).status == "not_eligible"


def test_no_record_says_whether_the_refund_was_notified_at_import() -> None:
    found = way(BOUGHT, "JP-19-3", date(2026, 8, 28))
    assert (found.status, found.missing) == ("unproven", ("notified_at_import",))
