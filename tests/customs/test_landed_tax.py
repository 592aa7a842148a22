"""A tax on the landed value (Australia's GST) needs the freight, and the fees beside the total are still shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customs.estimate import estimate
from chalicelib.customs.refunds import PaidEntry, refund_ways
from tests.customs.asking import answer, request

NOW = date(2026, 11, 22)


def sold(destination: str, value: str, **given: Any) -> dict[str, Any]:
    return answer(destination=destination, purpose="exchange_replacement", lines=[{"value": value}], **given)


def test_freight_nobody_knows_is_assumed_where_the_tax_counts_it() -> None:
    asked = request(destination="AU", purpose="exchange_replacement", lines=[{"value": "2000 AUD"}])
    given = estimate(replace(asked, freight=None)).as_json()
    assert (given["reasons"], given["confidence"]) == (["freight_assumed"], "medium")


def test_freight_nobody_knows_matters_nowhere_else() -> None:
    asked = request(destination="CA", purpose="exchange_replacement", lines=[{"value": "2000 CAD"}])
    assert estimate(replace(asked, freight=None)).as_json()["reasons"] == []


def test_what_the_seller_collects_is_not_customs() -> None:
    taxes = sold("AU", "1000 AUD", consignee="consumer")["taxes"]
    assert [(row["code"], row["collected_by"]) for row in taxes] == [("gst", "seller")]


def test_charges_that_depend_on_the_filer_stand_beside_the_total() -> None:
    given = sold("AU", "2000 AUD")
    assert {row["code"]: row["in_total"] for row in given["fees"]} == {
        "processing_charge": False,
        "biosecurity_charge": False,
    }


def test_unstudded_gold_has_a_line_of_its_own_in_india() -> None:
    codes = [
        answer(destination="IN", purpose="refund_return", lines=[{"value": "100 INR", "stones": stones}])["lines"][0]
        for stones in ("none", "diamond")
    ]
    assert [row["hs_code"] for row in codes] == ["7113.19.11", "7113.19"]


def paid(country: str, paid_on: date, **given: Any) -> PaidEntry:
    return PaidEntry(country, paid_on, export_reference="EX-1", **given)


def bought(country: str, paid_on: date, **given: Any) -> PaidEntry:
    """What a private person ordered, imported and sent back."""
    return paid(country, paid_on, **{"sold_at_a_distance": True, "importer": "customer", **given})


@pytest.mark.parametrize(
    ("code", "entry", "status"),
    [
        ("AU-DRAWBACK", paid("AU", date(2025, 7, 1), left_on=date(2025, 8, 1), used=False, same_state=True), "asked"),
        ("AU-DRAWBACK", paid("AU", date(2025, 7, 1), left_on=date(2022, 11, 22), used=False, same_state=True), "asked"),
        ("AU-DRAWBACK", paid("AU", date(2025, 7, 1), left_on=date(2022, 11, 21), used=False, same_state=True), "late"),
        ("AU-DRAWBACK", paid("AU", date(2025, 7, 1), left_on=date(2025, 8, 1), used=True, same_state=True), "refused"),
        ("CA-B2G", bought("CA", date(2022, 11, 22), left_on=date(2026, 1, 1)), "open"),
        ("CA-B2G", bought("CA", date(2022, 11, 21), left_on=date(2026, 1, 1)), "late"),
        ("CA-B2G", bought("CA", date(2026, 1, 1), left_on=date(2026, 2, 1), importer="merchant"), "refused"),
        ("CA-S76", paid("CA", date(2026, 1, 1), left_on=date(2026, 2, 1), reason="change_of_mind"), "refused"),
        ("IN-S26A", paid("IN", date(2026, 8, 1), left_on=date(2026, 8, 31), used=False, reason="quality"), "asked"),
        ("IN-S26A", paid("IN", date(2026, 8, 1), left_on=date(2026, 9, 1), used=False, reason="quality"), "refused"),
        ("IN-S74", paid("IN", date(2024, 9, 30), left_on=date(2026, 9, 30), used=False, same_state=True), "asked"),
        ("IN-S74", paid("IN", date(2024, 9, 30), left_on=date(2026, 10, 1), used=False, same_state=True), "refused"),
        ("IN-S74", paid("IN", date(2026, 1, 1), left_on=date(2026, 8, 22), used=False, same_state=True), "asked"),
        ("IN-S74", paid("IN", date(2026, 1, 1), left_on=date(2026, 8, 21), used=False, same_state=True), "late"),
        ("MY-S93", paid("MY", date(2026, 8, 31), left_on=date(2026, 11, 20), used=False), "asked"),
        ("MY-S93", paid("MY", date(2026, 6, 30), left_on=date(2026, 10, 1), used=False), "refused"),
    ],
    ids=lambda given: given if isinstance(given, str) else str(getattr(given, "left_on", "")),
)
def test_duty_once_paid_comes_back_to_the_day(code: str, entry: PaidEntry, status: str) -> None:
    way = next(each for each in refund_ways(entry, NOW) if each.code == code)
    late = way.why.startswith("the last day was")
    assert {"open": "open", "unproven": "asked", "not_eligible": "late" if late else "refused"}[way.status] == status


@pytest.mark.parametrize(("value", "status"), [("18362.49", "not_eligible"), ("18362.50", "open")])
def test_a_gulf_drawback_begins_at_five_thousand_dollars(value: str, status: str) -> None:
    entry = paid("AE", date(2026, 1, 1), left_on=date(2026, 9, 1), used=False, same_state=True, value=Decimal(value))
    assert refund_ways(entry, NOW)[0].status == status


def test_what_is_missing_for_a_gulf_drawback_is_named() -> None:
    assert refund_ways(PaidEntry("AE", date(2026, 1, 1)), NOW)[0].missing == (
        "value",
        "left_on",
        "same_state",
        "used",
        "export_reference",
    )


def test_a_canadian_claim_lasts_four_years_from_payment() -> None:
    way = refund_ways(bought("CA", date(2024, 2, 29), left_on=date(2024, 3, 9)), NOW)[0]
    assert (way.claim_by, way.covers) == (date(2028, 2, 29), ("duty", "tax"))


@pytest.mark.parametrize(("country", "known"), [("TH", False), ("MY", True)])
def test_where_no_way_was_read_none_is_offered(country: str, known: bool) -> None:
    assert bool(refund_ways(PaidEntry(country, date(2026, 1, 1)), NOW)) is known


@pytest.mark.parametrize("code", ["IN-S74", "IN-S74-USED", "IN-S26A"])
def test_the_integrated_tax_comes_back_with_the_duty_in_india(code: str) -> None:
    """Circular 21/2017-Customs: drawback of section 74 includes it; no credit of it may have been taken."""
    way = next(each for each in refund_ways(PaidEntry("IN", date(2026, 1, 1)), NOW) if each.code == code)
    assert way.covers == ("duty", "tax")


def test_an_australian_drawback_belongs_to_who_owns_the_goods_when_they_leave() -> None:
    entry = paid("AU", date(2025, 7, 1), left_on=date(2025, 8, 1), used=False, same_state=True)
    way = refund_ways(entry, NOW)[0]
    assert way.claimant == "owner of the goods when they leave (importer or merchant)"
    assert way.missing == ("worth_more_than_a_quarter_of_the_import_value",)


def test_a_malaysian_drawback_asks_for_the_notice_given_before_the_goods_left() -> None:
    entry = paid("MY", date(2026, 8, 31), left_on=date(2026, 11, 20), used=False)
    assert refund_ways(entry, NOW)[0].missing == (
        "drawback_of_200_ringgit_or_more",
        "written_notice_at_or_before_re_export",
    )
