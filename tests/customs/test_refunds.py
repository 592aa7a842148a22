"""Duty once paid in the United States and China: what comes back when the goods leave again, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customs.refunds import PaidEntry, RefundWay, refund_ways

US = PaidEntry("US", date(2024, 2, 29), left_on=date(2024, 6, 1), export_reference="EX-1", reason="quality", used=False)
CN = PaidEntry(
    "CN", date(2026, 1, 31), left_on=date(2026, 3, 1), export_reference="EX-1", reason="quality", same_state=True
)


def way(paid: PaidEntry, code: str, on: date) -> RefundWay:
    return next(each for each in refund_ways(paid, on) if each.code == code)


@pytest.mark.parametrize("code", ["US-1313-C", "US-1313-C-RETAIL", "US-1313-J"])
def test_american_drawback_ends_five_years_after_import(code: str) -> None:
    last = date(2029, 2, 28)
    told = [way(US, code, last + timedelta(days=days)) for days in (-1, 0, 1)]
    assert [each.status for each in told] == ["unproven", "unproven", "not_eligible"]
    assert {(each.claim_by, each.share) for each in told} == {(last, Decimal("0.99"))}


def test_american_drawback_waits_for_the_notice_to_customs() -> None:
    assert way(US, "US-1313-J", date(2026, 11, 22)).missing == ("notice_to_customs_before_export",)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("US-1313-C", {"reason": "change_of_mind"}),
        ("US-1313-J", {"used": True}),
        ("US-1313-C", {"left_on": date(2029, 3, 1)}),
    ],
)
def test_each_drawback_has_its_own_condition(code: str, change: dict[str, Any]) -> None:
    assert way(replace(US, **change), code, date(2026, 11, 22)).status == "not_eligible"


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2025, 2, 3), "not_eligible"), (date(2025, 2, 4), "unproven"), (date(2026, 2, 23), "unproven"),
        (date(2026, 2, 24), "not_eligible"),
    ],
)  # fmt: skip
def test_duty_under_ieepa_comes_back_for_the_days_it_was_collected(day: date, status: str) -> None:
    assert way(PaidEntry("US", day), "US-CAPE", date(2026, 11, 22)).status == status


@pytest.mark.parametrize(("days", "status"), [(29, "unproven"), (30, "unproven"), (31, "not_eligible")])
def test_a_chinese_retail_import_is_returned_within_thirty_days(days: int, status: str) -> None:
    bought = replace(CN, sold_at_a_distance=True)
    assert way(bought, "CN-RETAIL-30D", CN.paid_on + timedelta(days=days)).status == status


def test_a_chinese_refund_ends_a_year_after_payment() -> None:
    told = [way(CN, "CN-REFUND-1Y", date(2027, 1, 31) + timedelta(days=days)).status for days in (-1, 0, 1)]
    assert told == ["open", "open", "not_eligible"]


def test_goods_no_longer_as_they_came_are_not_refunded_in_china() -> None:
    assert way(replace(CN, same_state=False), "CN-REFUND-1Y", date(2026, 11, 22)).status == "not_eligible"


@pytest.mark.parametrize("country", ["HK", "TH"])
def test_a_country_without_a_known_way_offers_none(country: str) -> None:
    assert refund_ways(PaidEntry(country, date(2026, 11, 1)), date(2026, 11, 22)) == ()
