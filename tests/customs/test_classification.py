"""Codes from plain facts, and codes given with the request held against them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.customs.classification import classify
from tests.customs.asking import answer, line

ON = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("facts", "us", "cn", "eu"),
    [
        ({}, "7113.19.50", "7113.19.19", "7113.19.00"),
        ({"stones": "diamond"}, "7113.19.50", "7113.19.11", "7113.19.00"),
        ({"article": "necklace"}, "7113.19.29", "7113.19.19", "7113.19.00"),
        ({"article": "rope_necklace"}, "7113.19.21", "7113.19.19", "7113.19.00"),
        ({"article": "mixed_link_necklace"}, "7113.19.25", "7113.19.19", "7113.19.00"),
        ({"article": "chain_by_length"}, "7113.19.10", "7113.19.19", "7113.19.00"),
        ({"article": "clasp"}, "7113.19.30", "7113.19.19", "7113.19.00"),
        ({"metal": "platinum", "fineness": 950}, "7113.19.50", "7113.19.29", "7113.19.00"),
        ({"metal": "platinum", "article": "necklace"}, "7113.19.50", "7113.19.29", "7113.19.00"),
        ({"metal": "silver", "fineness": 925}, "7113.11.50", "7113.11.90", "7113.11.00"),
        ({"metal": "silver", "construction": "plated"}, "7113.11.50", "7113.11.90", "7113.11.00"),
        ({"construction": "clad"}, "7113.20.50", "7113.20.90", "7113.20.00"),
        ({"construction": "clad", "article": "necklace"}, "7113.20.29", "7113.20.90", "7113.20.00"),
        ({"metal": "base", "construction": "plated"}, "7117.19.90", "7117.19.00", "7117.19.00"),
        ({"metal": "base", "stones": "pearl"}, "7116.10.25", "7116.10.00", "7116.10.00"),
        ({"article": "bar", "fineness": 999}, "7108.12", "7108.12.00", "7108.12.00"),
    ],
    ids=str,
)
def test_facts_give_the_code_of_each_country(facts: dict[str, Any], us: str, cn: str, eu: str) -> None:
    given = line({"value": "1000 USD", **facts})
    codes = {place: classify(given, place, ON).hs_code for place in ("US", "CN", "FR")}
    assert codes == {"US": us, "CN": cn, "FR": eu}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"article": "watch"}, "manual_classification:watch"),
        ({"fineness": 19}, "manual_classification:precious_metal_is_minor"),
        ({"article": "coin", "metal": "silver"}, "manual_classification:coin"),
        ({"article": "bar", "metal": "silver"}, "manual_classification:bar"),
    ],
)
def test_what_needs_a_person_has_no_code_and_no_total(facts: dict[str, Any], reason: str) -> None:
    given = answer(destination="US", purpose="exchange_replacement", lines=[{"value": "1000 USD", **facts}])
    assert given["lines"][0]["hs_code"] is None
    assert (given["complete"], given["total"]) == (False, None)
    assert reason in given["reasons"]


def test_two_per_cent_of_gold_makes_it_gold() -> None:
    assert classify(line({"value": "10 USD", "fineness": 20}), "US", ON).hs_code == "7113.19.50"


@pytest.mark.parametrize(
    ("value", "pieces", "code"),
    [("18 USD", 12, "7113.11.20"), ("18.01 USD", 12, "7113.11.50"), ("3 USD", 2, "7113.11.20")],
)
def test_cheap_silver_is_judged_by_the_dozen(value: str, pieces: int, code: str) -> None:
    silver = {"metal": "silver", "fineness": 925, "value": value, "quantity": pieces}
    given = answer(destination="US", purpose="exchange_replacement", lines=[silver])
    assert given["lines"][0]["hs_code"] == code


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("7113.19", "7113.19.50"),
        ("7113.19.50", "7113.19.50"),
        ("7113.19.5025", "7113.19.5025"),
        ("7113195025", "7113195025"),
    ],
)
def test_a_given_code_that_agrees_is_kept_or_made_longer(given: str, kept: str) -> None:
    found = classify(line({"value": "1000 USD", "hs_code": given}), "US", ON)
    assert (found.hs_code, found.confidence, found.reasons) == (kept, "high", ())


@pytest.mark.parametrize("given", ["7117.19.90", "7113.11.50", "7113.19.29"])
def test_a_given_code_that_contradicts_the_facts_is_charged_as_declared_and_said(given: str) -> None:
    asked = answer(destination="US", purpose="exchange_replacement", lines=[{"value": "1000 USD", "hs_code": given}])
    assert asked["lines"][0]["hs_code"] == given
    assert f"hs_code_contradicts_facts:{given}:7113.19.50" in asked["reasons"]
    assert (asked["confidence"], asked["lines"][0]["alternatives"]) == ("low", ["7113.19.50"])


def test_an_article_called_other_may_be_any_line_of_its_subheading() -> None:
    found = classify(line({"value": "1000 USD", "article": "other", "hs_code": "7113.19.29"}), "US", ON)
    assert (found.hs_code, found.confidence, found.reasons) == ("7113.19.29", "medium", ())


def test_a_destination_without_a_tariff_gets_the_six_digits() -> None:
    assert classify(line({"value": "1000 USD"}), "SG", ON).hs_code == "7113.19"


def test_a_rate_that_is_only_known_as_a_range_gives_no_total() -> None:
    imitation = {"metal": "base", "construction": "plated", "value": "1000 CNY"}
    given = answer(destination="CN", purpose="exchange_replacement", lines=[imitation])
    assert (given["complete"], given["reasons"]) == (False, ["duty_rate_unknown:7117.19.00"])


@pytest.mark.parametrize(
    ("value", "pieces", "code"),
    [("40 USD", 1, "7116.20.05"), ("40.01 USD", 1, "7116.20.15"), ("80 USD", 2, "7116.20.05")],
)
def test_american_jewellery_of_stones_is_judged_by_the_piece(value: str, pieces: int, code: str) -> None:
    stones = {"metal": "base", "stones": "semi_precious", "value": value, "quantity": pieces}
    given = answer(destination="US", purpose="exchange_replacement", lines=[stones])
    assert given["lines"][0]["hs_code"] == code
