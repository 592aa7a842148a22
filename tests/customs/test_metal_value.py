"""What the metal is worth, and values and weights that cannot be: both figures, and a person before any paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customs.facts import Article
from chalicelib.customs.metal_value import (
    MetalPrice,
    Weighed,
    metal_of,
    metal_value,
    plausibility,
    prices_of,
    unpriced,
    weighed,
)
from chalicelib.customs.rate_choice import RateBook
from chalicelib.customs.rate_sheets import Sheet
from chalicelib.metals import MARK_BY_KARAT
from chalicelib.money import Money
from chalicelib.rulebook import in_force
from tests.customs.asking import line
from tests.customs.published import decimals

ON = date(2026, 11, 22)
RING = Weighed("ring", "gold", "solid", Money(Decimal(1200), "USD"), fineness=750, net_weight_g=Decimal("5.20"))


def at(per_ounce: str, currency: str = "USD") -> object:
    price = MetalPrice(Decimal(per_ounce), currency, ON, "this test")
    return lambda metal, wanted: price if (metal, wanted) == ("gold", currency) else None


def said(piece: Weighed, prices: object = at("4000")) -> list[str]:
    return [str(one) for one in plausibility([piece], prices, ON)]  # type: ignore[arg-type]


def worth(amount: str, currency: str = "USD") -> Money:
    return Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("grams", "fineness", "per_ounce", "value"),
    [
        ("5.20", 750, "4000", "501.55"),  # worked case 51: 18K
        ("2.95", 585, "4000", "221.94"),  # 14K, 3.10 g with a stone of 0.15 g
        ("10", 999, "4000", "1284.74"),
        ("8.00", 916, "4000", "942.40"),
        ("25", 925, "50", "37.17"),  # silver
        ("6", 950, "1600", "293.21"),  # platinum
    ],
)
def test_the_worked_case_of_metal_value_to_the_cent(grams: str, fineness: int, per_ounce: str, value: str) -> None:
    assert metal_value(Decimal(grams), fineness, Decimal(per_ounce), "USD") == worth(value)


def test_metal_in_yen_has_no_decimals() -> None:
    assert metal_value(Decimal("5.20"), 750, Decimal(600000), "JPY") == worth("75233", "JPY")


@pytest.mark.parametrize(
    ("declared", "found", "stops"),
    [
        ("90", ["value_below_metal:90.00<501.55 USD"], True),
        ("451.39", ["value_below_metal:451.39<501.55 USD"], True),
        ("451.40", ["value_close_to_metal:451.40<501.55 USD"], False),
        ("501.54", ["value_close_to_metal:501.54<501.55 USD"], False),
        ("501.55", [], False),
        ("10031", [], False),
        ("10031.01", ["value_far_above_metal:10031.01>501.55 USD"], False),
    ],
)
def test_a_declared_value_is_held_against_the_metal(declared: str, found: list[str], stops: bool) -> None:
    piece = replace(RING, value=worth(declared))
    assert said(piece) == found
    assert any(one.stops for one in plausibility([piece], at("4000"), ON)) is stops  # type: ignore[arg-type]


def test_a_diamond_ring_may_be_worth_any_multiple_of_its_metal() -> None:
    assert said(replace(RING, value=worth("50000"), stones="diamond")) == []
    assert said(replace(RING, value=worth("90"), stones="diamond")) == ["value_below_metal:90.00<501.55 USD"]


@pytest.mark.parametrize(
    "piece",
    [
        replace(RING, construction="plated"),
        replace(RING, construction="clad"),
        replace(RING, metal="base"),
        replace(RING, net_weight_g=None),
        replace(RING, fineness=None),
        replace(RING, fineness=0),
    ],
    ids=["plated", "clad", "base", "no weight", "no fineness", "no fineness at all"],
)
def test_what_cannot_be_reckoned_is_not_held_against_a_price(piece: Weighed) -> None:
    piece = replace(piece, value=worth("1"))
    assert not [text for text in said(piece) if text.startswith("value_")]
    assert unpriced([piece], lambda *_: None) == ()
    assert metal_of(piece, at("4000"), "USD") is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("piece", "found"),
    [
        (replace(RING, gross_weight_g=Decimal("5.1")), ["net_above_gross:5.2>5.1 g"]),
        (replace(RING, gross_weight_g=Decimal("5.20")), []),
        (replace(RING, net_weight_g=Decimal("52"), quantity=10), ["value_below_metal:1200.00<5015.52 USD"]),
        (replace(RING, net_weight_g=Decimal("0.29"), value=worth("500")),
         ["weight_cannot_be:0.29 g not in 0.3 to 80 g a ring"]),
        (replace(RING, net_weight_g=Decimal("0.3")), ["value_far_above_metal:1200.00>28.94 USD"]),
        (replace(RING, net_weight_g=Decimal("80"), value=worth("9000")), []),
        (replace(RING, net_weight_g=Decimal("80.001"), value=worth("9000")),
         ["weight_cannot_be:80.001 g not in 0.3 to 80 g a ring"]),
        (replace(RING, fineness=925), ["fineness_not_marked:gold 925 not a mark, nearest 917"]),
        (replace(RING, metal="silver", fineness=585), ["fineness_not_marked:silver 585 not a mark, nearest 500"]),
        (replace(RING, article="other", net_weight_g=Decimal(4000), value=worth("900000")), []),
    ],
)  # fmt: skip
def test_a_weight_or_mark_that_cannot_be_stops_the_papers(piece: Weighed, found: list[str]) -> None:
    assert said(piece) == found


def test_each_finding_names_its_line() -> None:
    found = plausibility([RING, replace(RING, value=worth("90"))], at("4000"), ON)  # type: ignore[arg-type]
    assert [(one.line, one.declared, one.reckoned) for one in found] == [(1, "90.00", "501.55 USD")]


@pytest.mark.parametrize("karat", [24, 23, 22, 21, 20, 18, 14, 10, 9, 8])
def test_every_mark_of_a_karat_is_a_mark_of_gold(karat: int) -> None:
    assert not [text for text in said(replace(RING, fineness=MARK_BY_KARAT[karat])) if "fineness" in text]


def test_every_article_but_watches_and_others_has_a_band() -> None:
    known = {row["article"] for row in in_force("customs/article_weights", ON).rules["row"]}
    assert known == set(get_args(Article)) - {"watch", "other", "chain_by_length"}


def test_an_unknown_price_is_said_once_per_metal_and_blocks_nothing() -> None:
    silver = replace(RING, metal="silver", fineness=925)
    assert unpriced([RING, RING, silver], lambda *_: None) == ("metal_price_unknown:gold", "metal_price_unknown:silver")
    assert plausibility([replace(RING, value=worth("1"))], lambda *_: None, ON) == ()


def fixed(back: int, metal: str = "gold", **values: str) -> Sheet:
    return Sheet(metal, ON - timedelta(days=back), decimals(values or {"USD": "4000", "GBP": "3000", "EUR": "3500"}))  # type: ignore[arg-type]


def test_the_fixing_of_the_newest_day_before_counts_and_never_todays() -> None:
    prices = prices_of(RateBook((fixed(0, USD="9999"), fixed(2, USD="4000"), fixed(3, USD="3900"))), ON)
    price = prices("gold", "USD")
    assert price is not None
    assert (price.per_ounce, price.on, price.confidence) == (Decimal(4000), ON - timedelta(days=2), "high")
    assert prices("silver", "USD") is None


def test_a_price_in_a_currency_that_is_not_fixed_goes_through_the_dollar_of_the_day() -> None:
    dollar = Sheet("ecb", ON, decimals({"USD": "1.25", "CNY": "8"}))
    prices = prices_of(RateBook((fixed(1), dollar)), ON)
    yuan, euro = prices("gold", "CNY"), prices("gold", "EUR")
    assert yuan is not None
    assert euro is not None
    assert (yuan.per_ounce, euro.per_ounce) == (Decimal("25600"), Decimal(3500))
    assert " and ECB euro foreign exchange reference rates" in yuan.source
    no_euro = prices_of(RateBook((fixed(1, USD="4000"), dollar)), ON)("gold", "EUR")
    assert no_euro is not None
    assert no_euro.per_ounce == Decimal(3200)
    assert prices("gold", "TWD") is None


def test_an_old_price_says_its_day_and_is_low() -> None:
    prices = prices_of(RateBook((fixed(36),)), ON)
    price = prices("gold", "USD")
    assert price is not None
    assert (price.said, price.confidence) == (("metal_price_old:gold:2026-10-17",), "low")
    assert unpriced([RING], prices) == ("metal_price_old:gold:2026-10-17",)


def test_a_line_of_an_estimate_is_judged_without_its_gross_weight() -> None:
    piece = weighed(line({"value": "90 USD", "net_weight_g": Decimal("5.20")}))
    assert piece.gross_weight_g is None
    assert said(piece) == ["value_below_metal:90.00<501.55 USD"]


weights = st.decimals("0.3", "80", places=2)


@given(weights, st.sampled_from([375, 585, 750, 916, 999]), st.decimals("100", "9000", places=2))
def test_metal_is_worth_more_by_weight_fineness_and_price_and_never_more_than_fine_metal(
    grams: Decimal, fineness: int, price: Decimal
) -> None:
    value = metal_value(grams, fineness, price, "USD").amount
    assert value <= metal_value(grams, 1000, price, "USD").amount
    assert value <= metal_value(grams * 2, fineness, price, "USD").amount
    assert abs(metal_value(grams, fineness, price * 2, "USD").amount - 2 * value) <= Decimal("0.015")


@given(weights, st.decimals("0.01", "99999", places=2), st.decimals("0.01", "99999", places=2))
def test_a_higher_declared_value_is_never_further_below_the_metal(grams: Decimal, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))

    def stops(declared: Decimal) -> bool:
        piece = replace(RING, net_weight_g=grams, value=Money(declared, "USD"))
        return any(found.stops for found in plausibility([piece], at("4000"), ON))  # type: ignore[arg-type]

    assert stops(low) or not stops(high)
