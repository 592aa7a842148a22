"""Korea: limits in US dollars, two years for what comes back, and the ways to duty once paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customs.estimate import estimate
from chalicelib.customs.facts import RateQuote
from chalicelib.customs.refunds import PaidEntry, RefundWay, refund_ways
from tests.customs.asking import answer, relief, request

ON = date(2026, 11, 22)
OURS = {"drawback_claimed": False, "importer_is_exporter": True}
RATES = {
    ("USD", "KRW"): RateQuote(Decimal(1400), ON, "test"),
    ("KRW", "USD"): RateQuote(Decimal(1) / Decimal(1400), ON, "test"),
}
PAID = PaidEntry(
    "KR", date(2026, 5, 31), left_on=date(2026, 11, 30), export_reference="E1", reason="change_of_mind", used=False,
    same_state=True, importer="customer", value=Decimal(2000000),
)  # fmt: skip


def parcel(value: str, **given: Any) -> dict[str, Any]:
    to_a_person = {"purpose": "exchange_replacement", "consignee": "consumer", "dispatched_from": "FR"}
    asked = {"destination": "KR", "lines": [{"value": value, "value_basis": "cif"}], **to_a_person, **given}
    return estimate(request(**asked), RATES).as_json()


def way(paid: PaidEntry, code: str, on: date) -> RefundWay:
    return next(each for each in refund_ways(paid, on) if each.code == code)


@pytest.mark.parametrize(
    ("value", "given", "free"),
    [
        ("150 USD", {}, True),
        ("150.01 USD", {}, False),
        ("150.01 USD", {"dispatched_from": "US"}, True),
        ("200 USD", {"dispatched_from": "US"}, True),
        ("200.01 USD", {"dispatched_from": "US"}, False),
        ("200 USD", {"dispatched_from": "US", "channel": "post"}, False),
        ("150 USD", {"dispatched_from": "US", "channel": "post"}, True),
        ("150 USD", {"consignee": "merchant"}, False),
    ],
)
def test_own_use_is_free_up_to_150_dollars_and_by_courier_from_america_up_to_200(
    value: str, given: dict[str, str], free: bool
) -> None:
    told = parcel(value, **given)
    assert told["complete"]
    assert (told["total"] == "0") is free


def test_a_rate_to_dollars_is_only_needed_where_a_limit_in_dollars_can_apply() -> None:
    before_any_rate = {"destination": "KR", "purpose": "refund_return", "entry_on": date(2024, 3, 1)}
    ring = [{"value": "1000000 KRW", "value_basis": "cif"}]
    assert answer(**before_any_rate, lines=ring)["total"] == "188000"
    to_a_person = answer(**before_any_rate, lines=ring, consignee="consumer")
    assert (to_a_person["total"], to_a_person["reasons"][0]) == (None, "exchange_rate_required:KRW->USD")


def test_a_parcel_above_the_limit_is_taxed_from_the_first_won() -> None:
    # 151 USD are 211,400 won: duty 16,912; VAT 22,831.2
    assert parcel("151 USD")["total"] == "39743"


def test_a_person_is_told_that_a_simplified_rate_may_apply() -> None:
    assert "simplified_rates_may_apply" in parcel("151 USD")["reasons"]
    assert "simplified_rates_may_apply" not in parcel("151 USD", consignee="merchant")["reasons"]


@pytest.mark.parametrize(
    ("exported", "last"),
    [(date(2024, 11, 22), date(2026, 11, 22)), (date(2024, 2, 29), date(2026, 2, 28))],
)
def test_what_comes_back_has_two_years_to_the_day(exported: date, last: date) -> None:
    past = {"exported_on": exported, "export_reference": "E1", "same_state": True, **OURS}
    for day, status in ((-1, "proven"), (0, "proven"), (1, "not_eligible")):
        on = date.fromordinal(last.toordinal() + day)
        given = parcel("1000000 KRW", purpose="refund_return", entry_on=on, history=past)
        row = relief(given, "KR-99")
        assert (row["status"], row["claim_by"]) == (status, last.isoformat())


def test_a_return_says_that_vat_stays_due_and_that_it_must_be_unused() -> None:
    past = {"exported_on": ON, "export_reference": "E1", "same_state": True, **OURS}
    said = parcel("1000000 KRW", purpose="refund_return", consignee="merchant", history=past)["reasons"]
    assert {"vat_stays_due:ownership_had_passed", "unused_abroad_required"} <= set(said)


@pytest.mark.parametrize(
    ("left", "status"),
    [(date(2026, 11, 29), "open"), (date(2026, 11, 30), "open"), (date(2026, 12, 1), "not_eligible")],
)
def test_own_use_goods_leave_again_within_six_months_of_a_month_s_end(left: date, status: str) -> None:
    assert way(replace(PAID, left_on=left), "KR-106-2-RECEIPTS", date(2027, 1, 15)).status == status


@pytest.mark.parametrize(("value", "code"), [(2000000, "KR-106-2-RECEIPTS"), (2000001, "KR-106-2")])
def test_above_two_million_won_an_export_declaration_is_needed(value: int, code: str) -> None:
    ways = refund_ways(replace(PAID, value=Decimal(value)), date(2026, 11, 30))
    assert [each.code for each in ways if each.status != "not_eligible"] == [code]


def test_used_goods_bring_no_duty_back() -> None:
    assert way(replace(PAID, used=True), "KR-106-2-RECEIPTS", date(2026, 11, 30)).status == "not_eligible"
    assert way(replace(PAID, used=None), "KR-106-2-RECEIPTS", date(2026, 11, 30)).missing == ("used",)


def test_a_difference_from_the_contract_has_a_year() -> None:
    paid = replace(PAID, paid_on=date(2025, 11, 30), reason="wrong_item", importer="merchant")
    found = way(paid, "KR-106", date(2027, 1, 15))
    assert (found.status, found.missing) == ("unproven", ("in_a_customs_area_or_confirmed_before_export",))
    assert way(replace(paid, left_on=date(2026, 12, 1)), "KR-106", date(2027, 1, 15)).status == "not_eligible"
