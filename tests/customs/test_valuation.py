"""One currency, one basis: conversion with dated rates, freight in and out, and values that are not there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chalicelib.customs.estimate import estimate
from chalicelib.customs.facts import RateQuote
from chalicelib.customs.rate_choice import NOTHING, market_rate
from tests.customs.asking import answer, request

HOME = {
    "destination": "CN",
    "dispatched_from": "FR",
    "purpose": "refund_return",
    "lines": [{"value": "1180 EUR"}],
}


def test_a_rate_of_the_caller_is_used_before_any_published_one() -> None:
    quote = RateQuote(Decimal("8"), date(2026, 11, 20), "the customs office's rate of the month")
    given = estimate(request(**HOME), {("EUR", "CNY"): quote}).as_json()
    assert (given["customs_value"], given["complete"]) == ("9440.00", True)
    assert not any(reason.startswith("exchange_rate") for reason in given["reasons"])


def test_the_shipped_table_nearest_to_the_customs_own_day_is_used_otherwise() -> None:
    assert answer(**HOME, entry_on=date(2026, 11, 5))["customs_value"] == "8938.26"
    in_october = answer(**HOME, entry_on=date(2026, 10, 31))
    assert in_october["customs_value"] == "9138.39"  # China goes by 16 September, shipped is the 15th
    assert in_october["reasons"] == ["exchange_rate_not_customs_own:CN", "exchange_rate_shipped:2026-09-15"]


@pytest.mark.parametrize(
    ("day", "reasons", "confidence"),
    [
        (date(2026, 11, 5), [], "medium"),
        (date(2026, 11, 6), ["exchange_rate_old:2026-10-01"], "low"),
    ],
)
def test_a_rate_older_than_35_days_is_named_and_lowers_the_confidence(
    day: date, reasons: list[str], confidence: str
) -> None:
    given = answer(**HOME, entry_on=day)
    said = ["exchange_rate_not_customs_own:CN", "exchange_rate_shipped:2026-10-01", *reasons]
    assert (given["complete"], given["reasons"], given["confidence"]) == (True, said, confidence)


def test_before_the_first_published_table_the_rate_is_asked_for_and_nothing_is_reckoned() -> None:
    given = answer(**HOME, entry_on=date(2026, 5, 7))
    assert given["reasons"] == ["exchange_rate_required:EUR->CNY"]
    assert (given["complete"], given["customs_value"], given["total"]) == (False, None, None)
    assert given["lines"][0]["hs_code"] == "7113.19.19"
    assert given["lines"][0]["duties"] == given["taxes"] == given["relief"] == []


def test_a_cross_rate_goes_through_the_euro() -> None:
    quote = market_rate(NOTHING, "GBP", "USD", date(2026, 10, 1))
    assert quote is not None
    assert quote.rate == Decimal("1.1298") / Decimal("0.85373")
    assert market_rate(NOTHING, "CNY", "TWD", date(2026, 10, 1)) is None


def test_transport_in_another_currency_needs_its_own_rate() -> None:
    given = answer(
        destination="CN",
        purpose="refund_return",
        lines=[{"value": "1000 CNY"}],
        freight="10 TWD",
        insurance="0 CNY",
    )
    assert given["reasons"] == ["exchange_rate_required:TWD->CNY"]


def test_cif_systems_add_freight_and_insurance_to_a_fob_price_only() -> None:
    ring = {"value": "900 GBP"}
    given = answer(destination="GB", purpose="exchange_replacement", lines=[ring], freight="15 GBP", insurance="5 GBP")
    assert given["customs_value"] == "920.00"
    cif = answer(
        destination="GB", purpose="exchange_replacement", lines=[{"value": "920 GBP", "value_basis": "cif"}],
        freight="15 GBP", insurance="5 GBP",
    )  # fmt: skip
    assert cif["customs_value"] == "920.00"


def test_unknown_freight_is_assumed_nothing_said_so_and_less_sure() -> None:
    asked = request(destination="FR", purpose="exchange_replacement", lines=[{"value": "2000 EUR"}])
    given = estimate(asked.__class__(**{**fields_of(asked), "freight": None})).as_json()
    assert (given["complete"], given["reasons"], given["confidence"]) == (True, ["freight_assumed"], "medium")
    us = request(destination="US", purpose="exchange_replacement", lines=[{"value": "2000 USD"}])
    assert estimate(us.__class__(**{**fields_of(us), "freight": None})).as_json()["reasons"] == []


def fields_of(asked: object) -> dict[str, object]:
    return {name: getattr(asked, name) for name in asked.__dataclass_fields__}  # type: ignore[attr-defined]


@pytest.mark.parametrize("destination", ["US", "CN", "GB", "FR"])
def test_a_zero_invoice_is_never_the_customs_value(destination: str) -> None:
    given = answer(destination=destination, purpose="warranty_replacement", lines=[{"value": "0 EUR"}])
    assert (given["complete"], given["total"]) == (False, None)
    assert "value_required" in given["reasons"]


def test_freight_is_spread_by_worth_and_nothing_of_it_is_lost() -> None:
    lines = [{"value": "100 EUR"}, {"value": "100 EUR"}, {"value": "100 EUR"}]
    given = answer(destination="FR", purpose="exchange_replacement", lines=lines, freight="10 EUR")
    assert given["customs_value"] == "310.00"
    assert [row["duties"][0]["base"] for row in given["lines"]] == ["103.33", "103.33", "103.34"]
