"""The dictionaries and datasets of papers: every language says the same, every word is one the code knows."""

from __future__ import annotations

from datetime import date
from string import Formatter

import pytest

from chalicelib.customs.facts import Article, Stones
from chalicelib.metals import METALS
from chalicelib.money import MINOR_UNITS
from chalicelib.purposes import PURPOSES
from chalicelib.returns.case import REASONS
from chalicelib.rulebook import ROOT, dictionary, effective_dates, in_force, read_toml
from tests.rules.papers_schemas import SCHEMAS, same_shape

ON = date(2026, 11, 22)
PACKING = dictionary("customs", "packing_words")
DESCRIPTIONS = dictionary("customs", "description_words")
WORDS = dictionary("customs", "paper_words")


@pytest.mark.parametrize("dataset", SCHEMAS)
def test_every_vintage_says_only_what_its_schema_knows(dataset: str) -> None:
    for day in effective_dates(dataset):
        SCHEMAS[dataset].model_validate(dict(in_force(dataset, day).rules))


@pytest.mark.parametrize("dataset", SCHEMAS)
def test_every_row_of_papers_names_a_source_of_its_own_vintage(dataset: str) -> None:
    for day in effective_dates(dataset):
        rules = in_force(dataset, day).rules
        rows = rules.get("statement", rules.get("row"))
        assert {row["source"] for row in rows} == {source["id"] for source in rules["source"]}


@pytest.mark.parametrize("language", PACKING)
def test_the_packing_sheet_says_the_same_in_every_language(language: str) -> None:
    assert same_shape(PACKING["en"], PACKING[language])


@pytest.mark.parametrize("language", PACKING)
def test_the_packing_sheet_names_the_return_number_once_in_every_language(language: str) -> None:
    texts = [text for given in PACKING[language].values() for text in ([given] if isinstance(given, str) else given)]
    assert [name for text in texts for _, name, _, _ in Formatter().parse(text) if name] == ["rma"]


@pytest.mark.parametrize("language", DESCRIPTIONS)
def test_a_description_knows_every_article_metal_and_stone(language: str) -> None:
    words = DESCRIPTIONS[language]
    assert words["articles"].keys() == set(Article.__args__)
    assert words["metals"].keys() == {*METALS, "gold_karat"}
    assert words["stones"].keys() == set(Stones.__args__) - {"none"}


@pytest.mark.parametrize("language", DESCRIPTIONS)
def test_no_two_articles_are_called_the_same(language: str) -> None:
    names = list(DESCRIPTIONS[language]["articles"].values())
    assert len(names) == len(set(names))


def test_every_purpose_has_its_invoice_and_its_words() -> None:
    assert WORDS["invoice"].keys() == {*PURPOSES, "repaired_back_paid"}
    assert WORDS["why"].keys() == set(PURPOSES)


def test_every_reason_of_a_return_is_told_in_chinese() -> None:
    assert WORDS["why_in"]["zh"].keys() == set(PURPOSES)
    assert WORDS["reasons_in"]["zh"].keys() == set(REASONS)


@pytest.mark.parametrize("language", WORDS["titles"])
def test_every_title_is_there_in_every_language(language: str) -> None:
    assert WORDS["titles"][language].keys() == WORDS["titles"]["en"].keys()


@pytest.mark.parametrize("language", WORDS["currencies"])
def test_every_currency_of_the_house_has_a_name_where_amounts_are_written_with_one(language: str) -> None:
    assert WORDS["currencies"][language].keys() == set(MINOR_UNITS)


def test_every_second_language_of_papers_has_titles_descriptions_and_a_packing_sheet() -> None:
    also = set(WORDS["also_in"].values())
    assert also <= DESCRIPTIONS.keys()
    assert also <= WORDS["titles"].keys()
    assert also <= PACKING.keys()


@pytest.mark.parametrize("row", in_force("customs/statements", ON).rules["statement"], ids=lambda row: row["id"])
def test_a_statement_in_another_language_is_filled_with_no_other_facts_than_the_english_one(row) -> None:
    filled = {
        language: {name for _, name, _, _ in Formatter().parse(text) if name} for language, text in row["text"].items()
    }
    assert all(places <= filled["en"] for places in filled.values())


@pytest.mark.parametrize("row", in_force("customs/declaration", ON).rules["row"], ids=str)
def test_the_sentence_of_an_invoice_is_there_in_every_second_language(row) -> None:
    assert ("translated" in row) == ("statements" in row)
    assert row.get("translated", {}).keys() in (set(), set(WORDS["also_in"].values()))


RELIEFS = sorted(
    {
        (row["code"], file.parent.parent.name.upper())
        for file in (ROOT / "customs" / "rules").glob("*/relief/*.toml")
        for row in read_toml(file)["row"]
        if "repaired_back" not in row["purposes"]
    }
)
# Relief of goods that were never to come back asks for no declaration of returned goods: Hong Kong's exhibits.
NOTHING_TO_DECLARE = {"HK-60E-3-H"}


@pytest.mark.parametrize(("code", "country"), RELIEFS)
def test_every_relief_of_goods_not_repaired_has_a_statement_that_names_it(code: str, country: str) -> None:
    rows = in_force("customs/statements", ON).rules["statement"]
    named = [row["id"] for row in rows if code in row.get("reliefs", []) and country in row.get("countries", [country])]
    assert named or code in NOTHING_TO_DECLARE


def test_a_statement_names_only_reliefs_that_some_country_grants() -> None:
    granted = {
        row["code"] for file in (ROOT / "customs" / "rules").glob("*/relief/*.toml") for row in read_toml(file)["row"]
    }
    named = {code for row in in_force("customs/statements", ON).rules["statement"] for code in row.get("reliefs", [])}
    assert named <= granted
