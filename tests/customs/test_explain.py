"""What an agent reads to a customer says no more and no less than the figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.customs.estimate import estimate
from chalicelib.customs.explain import LANGUAGES, explain, explained
from chalicelib.rulebook import ROOT, dictionary, read_toml
from tests.customs.asking import request

RULES = ROOT / "customs" / "rules"
PROGRAMS = sorted(RULES.glob("*/program/*.toml"))
RELIEFS = sorted(RULES.glob("*/relief/*.toml"))


def told(**changes: Any) -> dict[str, Any]:
    """A return to the United States that lacks its proof."""
    given: dict[str, Any] = {"destination": "US", "purpose": "refund_return", "lines": [{"value": "1200 USD"}]}
    return estimate(request(**{**given, **changes})).as_json()


def names_of_charges() -> set[str]:
    rules = [read_toml(file) for file in PROGRAMS]
    rows = [row for each in rules for kind in ("layer", "fee", "regime") for row in each.get(kind, [])]
    return {row["name"] for row in rows} | {row["code"] for each in rules for row in each.get("tax", [])}


def facts_of(conditions: list[dict[str, Any]]) -> Iterator[str]:
    for condition in conditions:
        if "any" in condition:
            yield from facts_of(condition["any"])
        else:
            yield condition["fact"].removeprefix("history.")


def facts_a_relief_may_lack() -> set[str]:
    rows = [row for file in RELIEFS for row in read_toml(file)["row"]]
    asked_for = {name for row in rows for name in (*facts_of(row["conditions"]), *row.get("to_confirm", []))}
    return asked_for - {"customs_value", "dispatched_from", "foreign_origin", "purpose", "channel", "consignee"}


def codes_of_notices() -> set[str]:
    rules = [read_toml(file) for file in PROGRAMS]
    codes = {row["code"] for each in rules for row in each.get("notice", [])}
    codes |= {row["says"] for each in rules for row in each.get("valuation", [])}
    codes |= {text for file in RELIEFS for row in read_toml(file)["row"] for text in row.get("says", [])}
    return {code.split(":")[0] for code in codes}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("table", "needed"),
    [
        ("charge", names_of_charges()),
        ("fact", facts_a_relief_may_lack()),
        ("reason", codes_of_notices()),
        ("claimant", {row["claimant"] for file in RELIEFS for row in read_toml(file)["row"]}),
        ("country", {file.parts[-3].upper() for file in PROGRAMS}),
        ("kind", {row.get("kind", "relief") for file in RELIEFS for row in read_toml(file)["row"]}),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_everything_a_rule_names_has_words_in_both_languages(language: str, table: str, needed: set[str]) -> None:
    assert needed - set(dictionary("customs", "explain_words")[language][table]) == set()


def test_both_languages_know_the_same_words() -> None:
    words = dictionary("customs", "explain_words")
    assert {table: set(words["en"][table]) for table in words["en"]} == {t: set(words["zh"][t]) for t in words["zh"]}


def test_an_american_return_is_told_with_every_layer_the_way_out_and_its_last_day() -> None:
    text = explain(told(), "en")
    for said in ("USD 306.00", "USD 66.00", "7.5 %", "12.5 %"):
        assert said in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_total_no_amount_is_told(language: str) -> None:
    answer = told(lines=[{"value": "1200 USD", "origin": None}])
    assert answer["total"] is None
    assert "USD" not in explain(answer, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_country_without_rules_is_said_to_have_none(language: str) -> None:
    assert explain(told(destination="ZZ"), language)


def test_both_texts_are_given() -> None:
    assert list(explained(told())) == ["en", "zh"]
