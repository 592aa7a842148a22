"""Article by metal by construction by stones, in every country we hold: a code with a rate, or a reason for none."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any, get_args

import pytest

from chalicelib.customs.facts import Article, Construction, Stones
from chalicelib.customs.goods import digits
from chalicelib.customs.tariff_book import programs_held
from tests.customs.asking import answer
from tests.customs.drawn import CURRENCY

COUNTRIES = ["FR" if each == "EU" else each for each in programs_held()]
METALS = {"gold": 750, "silver": 925, "platinum": 950, "base": None}
PIECES = [
    {"article": article, "metal": metal, "fineness": METALS[metal], "construction": made, "stones": stones}
    for article, metal, made, stones in product(get_args(Article), METALS, get_args(Construction), get_args(Stones))
]
# Why an answer may have no total: nothing else is allowed to stop one.
NAMED = (
    "manual_classification", "duty_rate_unknown", "tax_rate_unknown", "layer_unknown", "origin_required",
    "import_licence",
)  # fmt: skip


def entered(country: str, **piece: Any) -> dict[str, Any]:
    line = {"value": f"500 {CURRENCY[country]}", **piece}
    return answer(
        destination=country, purpose="exchange_replacement", lines=[line], entry="informal", retail_price_own_use=False
    )


@cache
def every(country: str) -> tuple[tuple[dict[str, Any], dict[str, Any]], ...]:
    """Every piece with its answer, reckoned once for all the questions below."""
    return tuple((piece, entered(country, **piece)) for piece in PIECES)


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_piece_has_a_code_with_a_rate_or_a_reason(country: str) -> None:
    for piece, given in every(country):
        (line,) = given["lines"]
        if given["complete"]:
            assert len(digits(line["hs_code"])) >= 6, piece
            assert line["duties"], piece
            assert all(duty["rate"] is not None and duty["source"] for duty in line["duties"]), piece
        else:
            assert any(reason.startswith(NAMED) for reason in given["reasons"]), (piece, given["reasons"])


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_free_entry_names_the_rule_that_frees_it(country: str) -> None:
    for piece, given in every(country):
        if given["complete"] and given["total_without_relief"] == "0.00":
            assert all(duty["rule"] and duty["rate"] == "0" for duty in given["lines"][0]["duties"]), piece


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_six_digits_are_the_same_everywhere(country: str) -> None:
    for (piece, here), (_, there) in zip(every(country), every("HK"), strict=True):
        ours, code = here["lines"][0]["hs_code"], there["lines"][0]["hs_code"]
        assert (ours is None) == (code is None), piece
        if code is not None:
            assert digits(ours)[:6] == digits(code)[:6], piece


@pytest.mark.parametrize(
    ("scrap", "code"), [("gold", "7112.91"), ("platinum", "7112.92"), ("silver", "7112.99"), ("base", "7112.99")]
)
@pytest.mark.parametrize("country", COUNTRIES)
def test_broken_pieces_are_scrap_everywhere(country: str, scrap: str, code: str) -> None:
    given = entered(country, metal=scrap, fineness=METALS[scrap], scrap=True)
    assert digits(given["lines"][0]["hs_code"]).startswith(digits(code))
    assert given["complete"] or any(reason.startswith(NAMED) for reason in given["reasons"])


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("claimed", ["7117.19", "7113.11", "9101.11", "7108.12"])
def test_a_code_that_contradicts_the_facts_is_said_everywhere(country: str, claimed: str) -> None:
    given = entered(country, hs_code=claimed)
    assert given["lines"][0]["hs_code"] == claimed
    assert any(reason.startswith(f"hs_code_contradicts_facts:{claimed}:7113.19") for reason in given["reasons"])
    assert given["confidence"] == "low" or not given["complete"]


@pytest.mark.parametrize("country", COUNTRIES)
def test_six_digits_that_agree_with_the_facts_are_kept_or_made_longer(country: str) -> None:
    given = entered(country, hs_code="7113.19")
    assert given["lines"][0]["hs_code"] == entered(country)["lines"][0]["hs_code"]
    assert not any("contradicts" in reason for reason in given["reasons"])
