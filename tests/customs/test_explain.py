"""What an agent reads to a customer says no more and no less than the figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
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


ZERO_BASE = {"value_basis": "cif"}


def rows_of(pattern: str, kind: str = "row") -> Iterator[dict[str, Any]]:
    for file in RULES.glob(pattern):
        yield from read_toml(file).get(kind, [])


NOTED = sorted(
    {row["code"] for row in rows_of("*/program/*.toml", "notice")}
    | {row["says"] for row in rows_of("*/program/*.toml", "valuation")}
    | {text for row in rows_of("*/relief/*.toml") for text in row.get("says", [])}
    | {row["reason"] for row in rows_of("classification/*.toml") if "reason" in row}
)


def after(text: str, words: str) -> str:
    return text[text.index(words) :]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", NOTED)
def test_no_reason_is_read_aloud_with_a_code_of_ours_in_it(language: str, reason: str) -> None:
    answer = {**told(), "reasons": [reason]}
    said = explain(answer, language)
    assert "_" not in said
    assert "None" not in said


def test_what_is_payable_is_told_before_what_it_would_have_been() -> None:
    proven = {"exported_on": date(2025, 1, 1), "export_reference": "X", "same_state": True, "drawback_claimed": False}
    text = explain(told(history=proven), "en")
    assert "nothing is payable" in text
    assert text.index("nothing is payable") < text.index("USD 306.00")


@pytest.mark.parametrize(("language", "said"), [("en", "low-value consignment, no duty"), ("zh", "低值货物，免关税")])
def test_an_entry_without_duty_says_which_limit_frees_it(language: str, said: str) -> None:
    small = told(destination="AE", purpose="exchange_replacement", lines=[{"value": "200 AED", **ZERO_BASE}])
    assert said in explain(small, language)


def test_tax_that_the_seller_collects_is_not_said_to_be_charged_by_customs() -> None:
    sold = told(
        destination="SG",
        purpose="exchange_replacement",
        consignee="consumer",
        lines=[{"value": "300 SGD", **ZERO_BASE}],
    )
    text = explain(sold, "en")
    assert "customs would charge" not in text
    assert "SGD 27.00 is collected by the seller" in text


def test_what_only_has_to_be_noted_is_not_given_as_the_cause_of_a_missing_total() -> None:
    text = explain(told(destination="HK", lines=[{"value": "200000 HKD", "origin": None}]), "en")
    cause, note = text.split("Please note:")
    assert "country of origin" in cause
    assert "14 days" in note
    assert "14 days" not in cause


def test_a_code_that_nobody_found_is_asked_for_once() -> None:
    text = explain(told(destination="GB", lines=[{"value": "900 GBP", "article": "watch"}]), "en")
    assert "the duty rate of" not in text


def test_of_two_reliefs_that_save_the_same_the_one_that_lacks_less_is_told() -> None:
    text = explain(told(), "en")
    assert "US-9801.00.10" in text
    assert "first imported" not in text


def test_a_relief_that_cannot_be_priced_yet_is_told_with_what_it_lacks() -> None:
    text = explain(told(destination="JP", purpose="repaired_back", lines=[{"value": "300000 JPY", **ZERO_BASE}]), "en")
    assert "JP-11" in text
    assert "what the repair cost" in text


def test_a_relief_whose_last_day_is_over_is_told_with_that_day() -> None:
    late = {"exported_on": date(2023, 11, 21), "export_reference": "X", "same_state": True}
    own = {"value": "4000 AED", "origin": "AE", **ZERO_BASE}
    answer = told(destination="AE", history=late, lines=[own])
    assert "21 November 2026" in after(explain(answer, "en"), "too late")
    assert "2026年11月21日" in explain(answer, "zh")


def test_the_last_day_itself_is_still_good_in_chinese() -> None:
    known = {"exported_on": date(2024, 1, 1)}
    assert "2027年1月1日（含当日）" in explain(told(history=known), "zh")


def test_what_a_repair_still_costs_is_told_by_its_parts() -> None:
    mended = told(
        destination="KR", purpose="repaired_back", lines=[{"value": "3000000 KRW", **ZERO_BASE}],
        history={"export_reference": "X", "drawback_claimed": False},
        repair={"charge": "200000 KRW", "parts": "0 KRW", "freight_out": "0 KRW", "freight_in": "0 KRW",
                "insurance": "0 KRW", "replaced": False},
    )  # fmt: skip
    text = after(explain(mended, "en"), "The KRW 37600 is made up of")
    assert "KRW 16000" in text
    assert "KRW 21600" in text


def test_chinese_does_not_call_the_favoured_rate_the_ordinary_one() -> None:
    """The "ordinary rate" of Chinese law is the one for countries without most favoured nation treatment."""
    assert "普通" not in explain(told(destination="CN", lines=[{"value": "5000 CNY", **ZERO_BASE}]), "zh")


def test_a_drawback_is_not_called_an_export_rebate_in_chinese() -> None:
    words = dictionary("customs", "explain_words")["zh"]["fact"]
    assert "退税" not in words["drawback_claimed"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_of_somebody_else_that_looks_like_a_day_is_told_as_it_is(language: str) -> None:
    assert "2026-02-30" in explain(told(preference="2026-02-30"), language)
