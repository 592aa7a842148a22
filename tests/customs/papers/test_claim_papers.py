"""The papers of a claim: what they say, in whose language, and what they never guess."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.customs.papers.claim_papers import ClaimFacts, claim_papers, language_of
from chalicelib.customs.papers.document import Document, Statement
from chalicelib.customs.papers.pdf import render
from chalicelib.money import Money
from chalicelib.rulebook import dictionary
from tests.customs.papers.leg_facts import ON, SHOP, leg_facts

WORDS = dictionary("customs", "claim_words")
LANGUAGES = sorted(WORDS["assignment"])
PLACES = ("{assignor}", "{assignee}", "{waybill}", "{carrier}")


def facts(language: str = "fr", **said) -> ClaimFacts:
    worth = Money(Decimal("1180.00"), "EUR")
    usual = ClaimFacts(
        leg=leg_facts(language=language), claim_id="1-carrier", kind="loss", party="carrier", against="DHL Express",
        claimant=SHOP, holder="customer", protective=True, claimed=worth, worth=worth, freight=None,
        handed_over="2026-11-24 18:00 (Europe/Paris)", arrived=None, discovered_on=ON, reference=None, policy_no=None,
        happened=(("2026-11-24T18:00:00+01:00", "Paris, FR", "Picked up"),),
        checklist=(("Waybill with its label", True), ("Report to the police", False)),
        metal_value=None, stones_and_work=None, valued=None,
    )  # fmt: skip
    return replace(usual, **said)


def paper(name: str, **said) -> Document:
    return next(one for one in claim_papers(facts(**said)) if one.name == name)


def statements(made: Document) -> list[Statement]:
    return [block for block in made.blocks if isinstance(block, Statement)]


@pytest.mark.parametrize("kind", WORDS["kinds"])
@pytest.mark.parametrize("party", WORDS["against"])
def test_every_claim_against_everybody_can_be_stated_and_printed(kind, party):
    for made in claim_papers(facts(kind=kind, party=party, policy_no="P-1")):
        assert render(made).startswith(b"%PDF-")


def test_a_protective_claim_says_that_it_is_one_and_a_full_one_does_not():
    assert "keep the right" in repr(paper("claim_statement"))
    assert "keep the right" not in repr(paper("claim_statement", protective=False))


def test_what_is_not_known_is_named_and_never_nought():
    told = repr(paper("claim_statement"))
    assert "their number" in told
    assert "freight" in told
    assert "EUR 0.00" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_assignment_stands_in_english_and_in_the_customer_s_language(language):
    (said,) = statements(paper("assignment", language=language))
    assert said.text.startswith("I, Camille Durand, am the sender named on waybill 794612345678")
    assert len(said.also) == (language != "en")
    for text in (said.text, *(also for also, _ in said.also)):
        assert "Lingnan Atelier Ltd" in text
        assert "{" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_assignment_names_both_the_waybill_and_the_carrier(language):
    assert all(place in WORDS["assignment"][language]["text"] for place in PLACES)
    assert language == "en" or language in WORDS["titles_in"]


def test_a_language_without_one_gets_english_alone():
    assert language_of("sv-SE") == "en"
    (said,) = statements(paper("assignment", language="sv-SE"))
    assert said.also == ()


def test_where_the_merchant_holds_the_right_nothing_is_assigned():
    assert [one.name for one in claim_papers(facts(holder="merchant"))] == ["claim_statement", "proof_of_value"]


def test_the_same_claim_is_the_same_bytes():
    assert [render(one) for one in claim_papers(facts())] == [render(one) for one in claim_papers(facts())]
