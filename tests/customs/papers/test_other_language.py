"""Papers to a country that reads another language say the goods in it, beside English and in customs' own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.customs.description import described
from chalicelib.customs.papers.document import Table
from chalicelib.customs.papers.wording import title
from chalicelib.customs.text_checks import customs_findings
from chalicelib.places import Lane
from chalicelib.rulebook import dictionary
from tests.customs.papers.leg_facts import leg_facts, paper, worth

LANGUAGES = sorted(dictionary("customs", "paper_words")["also_in"].items())
PAPERS = [("return_invoice", "express", "INTERNATIONAL_PRIORITY"), ("cn23", "post", "CN_EMS_INSURED"),
          ("cn22", "post", "LETTER")]  # fmt: skip


def made(name: str, channel: str, service: str, country: str):
    value = "100 EUR" if name == "cn22" else "1180 EUR"
    facts = leg_facts(
        lane=Lane("TR", country), channel=channel, service=service, pieces=worth(value, stones="diamond"), relief=()
    )
    return paper(name, facts)


@pytest.mark.parametrize(("country", "language"), LANGUAGES)
@pytest.mark.parametrize(("name", "channel", "service"), PAPERS)
def test_goods_are_described_in_english_and_in_the_language_of_the_country(
    name: str, channel: str, service: str, country: str, language: str
) -> None:
    told = made(name, channel, service, country)
    (piece,) = worth("1180 EUR", stones="diamond")
    local = described(piece.line, language)
    (table,) = (one for one in told.document.blocks if isinstance(one, Table))
    (cell,) = (cell for row in table.rows for cell in row if "18K gold ring" in cell)
    assert local in cell.split("\n")
    assert told.data["lines"][0]["description_local"] == {language: local}
    assert told.document.subtitle == title(told.data.get("kind") or told.data["form"], language)


@pytest.mark.parametrize("country", ["US", "GB", "SG", "NL", "AU"])
@pytest.mark.parametrize(("name", "channel", "service"), PAPERS)
def test_where_english_is_enough_nothing_else_is_said(name: str, channel: str, service: str, country: str) -> None:
    assert made(name, channel, service, country).data["lines"][0]["description_local"] is None


@pytest.mark.parametrize(("country", "language"), LANGUAGES)
@pytest.mark.parametrize("metal", ["gold", "silver", "platinum", "base"])
@pytest.mark.parametrize("construction", ["solid", "plated", "clad"])
def test_customs_would_take_every_description_in_that_language(
    country: str, language: str, metal: str, construction: str
) -> None:
    (piece,) = worth("1180 EUR", stones="pearl")
    line = replace(piece.line, metal=metal, construction=construction, fineness=750 if metal != "base" else None)
    assert customs_findings(described(line, language), line, language) == ()
