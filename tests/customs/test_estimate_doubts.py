"""What a broker would not sign: figures that rest on something nobody said, or on something that cannot have been."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customs.answer import Estimate, ReliefRow
from chalicelib.customs.estimate import estimate
from tests.customs.asking import request


def told(destination: str, purpose: str = "refund_return", value: str = "1000 USD", **said: Any) -> Estimate:
    line = {"value": value, **said.pop("line", {})}
    return estimate(request(destination=destination, purpose=purpose, lines=[line], **said))


def relief(answer: Estimate, code: str) -> ReliefRow:
    return next(row for row in answer.relief if row.code == code)


REJECTED = {
    "duty_paid_on_import": True, "imported_on": date(2024, 1, 1), "exported_on": date(2025, 11, 22),
    "importer_is_exporter": True, "export_reference": "X1", "return_reason": "quality", "drawback_claimed": False,
}  # fmt: skip
PROVEN_F05 = {"same_state": True, "export_reference": "X1", "importer_is_exporter": True, "vat_refunded": False}
UNDER_1300 = {"export_mode": "1300", "export_reference": "X2"}
CHARGED = {"charge": "1200 CNY", "parts": "300 CNY", "back_in_time": True}


def test_a_piece_improved_abroad_is_no_rejected_piece() -> None:
    answer = told("US", history={**REJECTED, "same_state": False})
    assert relief(answer, "US-9801.00.25").status == "not_eligible"
    assert answer.total == Decimal("255.00")


def test_a_piece_replaced_abroad_was_not_repaired() -> None:
    home = {"purpose": "repaired_back", "value": "10000 CNY", "history": UNDER_1300}
    replaced = told("CN", **home, repair={**CHARGED, "replaced": True})
    assert (relief(replaced, "CN-1300").status, replaced.total) == ("not_eligible", Decimal("2204.00"))
    unsaid = told("CN", **home, repair=CHARGED)
    assert unsaid.total == Decimal("330.60")
    assert "repaired_not_replaced_assumed" in unsaid.reasons


def test_goods_cannot_come_back_before_they_left() -> None:
    answer = told("GB", value="920 GBP", history={**PROVEN_F05, "exported_on": date(2027, 5, 1)})
    assert all(row.status != "proven" for row in answer.relief)
    assert (answer.total, answer.confidence) == (Decimal("206.08"), "low")
    assert "lies_after_the_entry:exported_on" in answer.reasons


def test_an_export_dated_tomorrow_may_be_today_elsewhere() -> None:
    answer = told("GB", value="920 GBP", history={**PROVEN_F05, "exported_on": date(2026, 11, 23)})
    assert answer.total == Decimal(0)


@pytest.mark.parametrize(("destination", "value"), [("CH", "61 CHF"), ("JP", "9999 JPY"), ("AE", "299 AED")])
def test_nothing_is_due_only_because_freight_is_unknown_and_that_is_said(destination: str, value: str) -> None:
    asked = request(destination=destination, purpose="refund_return", lines=[{"value": value}])
    answer = estimate(replace(asked, freight=None, insurance=None))
    assert any(reason.startswith("limit_depends_on_freight") for reason in answer.reasons)
    assert answer.confidence == "low"


def test_a_repair_in_the_united_states_schedule_tells_of_the_declarations_it_needs() -> None:
    repair = {"under_warranty": True, "replaced": False, "fair_value": "100 USD"}
    assert "declarations_needed:19 CFR 10.8" in told("US", "repaired_back", "10000 USD", repair=repair).reasons


def test_parts_that_nobody_priced_are_not_parts_that_cost_nothing() -> None:
    repair = {"charge": "5000 INR", "freight_out": "1 INR", "freight_in": "1 INR", "insurance": "1 INR"}
    past = {"exported_on": date(2026, 5, 1), "importer_is_exporter": True}
    answer = told("IN", "repaired_back", "100000 INR", history=past, repair=repair)
    assert "repair_parts_assumed" in answer.reasons


def test_a_tax_on_an_unknown_duty_has_no_amount() -> None:
    answer = told("AE", value="4000 AED", line={"article": "coin"})
    assert answer.total is None
    assert [tax.amount for tax in answer.taxes] == [None]


@pytest.mark.parametrize("destination", ["AE", "CH", "US", "CN", "FR"])
def test_an_answer_without_a_total_is_never_sure(destination: str) -> None:
    answer = told(destination, value="1000 EUR", line={"origin": ""})
    assert (answer.complete, answer.confidence) == (False, "low")


def test_japan_takes_its_part_of_the_retail_price_and_nothing_of_the_carriage() -> None:
    answer = told("JP", value="500000 JPY", freight="23000 JPY", consignee="consumer", retail_price_own_use=True)
    assert answer.customs_value == Decimal(300000)


def test_of_two_reliefs_that_save_the_same_the_one_that_lacks_least_is_hoped_for() -> None:
    answer = told("US", value="1200 USD")
    hoped = [row for row in answer.relief if row.due == answer.total_if_proven and row.status == "unproven"]
    fewest = min(len(row.missing) for row in hoped)
    assert fewest == len(relief(answer, "US-9801.00.10").missing) > 0


def test_goods_worth_less_than_their_carriage_have_no_value_and_no_duty() -> None:
    answer = told("US", value="90 USD", freight="100 USD", line={"value_basis": "cif"})
    assert answer.customs_value is None
    assert all(line.duties == () for line in answer.lines)


def test_a_watch_lacks_a_tariff_code_and_not_a_rate_of_nothing() -> None:
    answer = told("FR", value="1000 EUR", line={"article": "watch"})
    assert not any(reason.endswith(":") for reason in answer.reasons)


def test_a_preference_without_an_origin_is_not_said_to_fit_nothing() -> None:
    answer = told("US", line={"origin": ""}, preference="USMCA")
    assert not any(reason.startswith("preference_not_applied") for reason in answer.reasons)


@pytest.mark.parametrize("declared", ["711311", "7113.11.00"])
def test_six_digits_are_charged_as_their_finer_line(declared: str) -> None:
    answer = told("FR", value="1000 EUR", line={"hs_code": declared})
    assert answer.total_without_relief == Decimal("230.00")


@pytest.mark.parametrize(
    ("day", "doubted"), [(date(2027, 11, 22), False), (date(2027, 11, 23), True), (date(2077, 1, 1), True)]
)
def test_an_entry_more_than_a_year_after_the_rules_were_read_is_never_sure(day: date, doubted: bool) -> None:
    answer = told("HK", value="1000 HKD", entry_on=day)
    assert ("rules_are_of:2026-11-22" in answer.reasons) is doubted
    assert (answer.confidence == "low") is doubted


@pytest.mark.parametrize(
    ("destination", "value", "freight"), [("KR", "1200 USD", "2000 USD"), ("GB", "100 USD", "90 GBP")]
)
def test_goods_worth_less_than_their_carriage_fall_below_no_limit(destination: str, value: str, freight: str) -> None:
    answer = told(destination, value=value, freight=freight, consignee="consumer", line={"value_basis": "cif"})
    assert answer.total is None
    assert "value_required" in answer.reasons
