"""The words of the customer's page: every text in every language, saying as much and no more."""

import re
import tomllib
from pathlib import Path

import pytest

from chalicelib.notices.language import languages
from chalicelib.notices.page_facts import Step
from chalicelib.notices.pages.page import GONE
from chalicelib.notices.pages.words import page_languages, page_texts_of
from chalicelib.notices.wording import gaps_of
from chalicelib.rulebook import ROOT, dictionary
from chalicelib.shipments.events import MILESTONES
from tests.notices.page_samples import STEPS

PAGES = ROOT / "notices" / "pages"
WRITTEN = tuple(page_languages())
FORBIDDEN = tomllib.loads((Path(__file__).parent / "forbidden_words.toml").read_text(encoding="utf-8"))


def own(language):
    return {key: ways for key, ways in page_texts_of(language).items() if key.startswith("page.")}


ENGLISH = own("en")


def test_there_is_a_file_for_each_language_and_no_other():
    assert {file.stem for file in PAGES.glob("*.toml")} == {*WRITTEN, "drawings"}


@pytest.mark.parametrize("language", languages())
def test_every_text_is_there_in_every_language(language):
    assert own(language).keys() == ENGLISH.keys() or language in ("en-US", "zh-Hant-HK")
    assert all(way.strip() for ways in own(language).values() for way in ways)


@pytest.mark.parametrize("language", WRITTEN)
def test_every_language_tells_the_same_facts(language):
    told = {key: {gaps_of(way) for way in ways} for key, ways in own(language).items()}

    assert told == {key: {gaps_of(way) for way in ways} for key, ways in ENGLISH.items()}


@pytest.mark.parametrize("language", WRITTEN)
def test_no_word_of_the_page_would_tell_a_thief_anything(language):
    found = [
        (key, word)
        for key, ways in own(language).items()
        for word in FORBIDDEN[language]
        if any(re.search(word, way, re.IGNORECASE) for way in ways)
    ]

    assert found == []


@pytest.mark.parametrize("language", [one for one in WRITTEN if one != "en"])
def test_no_text_was_left_in_english(language):
    same = {key for key, ways in own(language).items() if ways == ENGLISH[key]}

    assert same <= {"page.quote.total", "page.line.material"}


def test_swiss_german_has_no_sharp_s():
    assert not [key for key, ways in own("de-CH").items() if any("ß" in way for way in ways)]


def test_every_milestone_of_a_carrier_has_its_words():
    assert {f"page.scan.{one}" for one in MILESTONES if one != "unrecognised"} <= ENGLISH.keys()


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_its_words(step: Step):
    if step in GONE:
        assert f"{GONE[step]}.title" in page_texts_of("en")
        return
    assert f"page.step.{step}.text" in ENGLISH
    assert step == "held" or f"page.step.{step}.title" in ENGLISH


@pytest.mark.parametrize(("table", "words"), [("progress", "work"), ("line", "line")])
def test_every_word_that_a_code_leads_to_is_there(table, words):
    assert {f"page.{words}.{word}" for word in dictionary("notices", "page")[table].values()} <= ENGLISH.keys()


def test_every_paper_that_is_printed_has_a_name():
    assert {f"page.papers.{name}" for name in dictionary("notices", "page")["papers"]["printed"]} <= ENGLISH.keys()


@pytest.mark.parametrize(
    ("language", "begin", "confirm"),
    [
        ("de", "Vertrag widerrufen", "Widerruf bestätigen"),
        ("fr", "Renoncer au contrat ici", "Confirmer la rétractation"),
        ("es", "Desistir del contrato aquí", "Confirmar el desistimiento"),
        ("it", "Recedere dal contratto qui", "Conferma il recesso"),
        ("en", "Withdraw from contract here", "Confirm withdrawal"),
    ],
)
def test_the_function_to_withdraw_is_called_as_the_law_calls_it(language, begin, confirm):
    assert own(language)["page.withdraw.begin"] == (begin,)
    assert own(language)["page.withdraw.confirm"] == (confirm,)
