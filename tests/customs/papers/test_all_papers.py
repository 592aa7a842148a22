"""Every purpose to every destination, in several languages, by courier and by post: made without fault, twice alike."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from chalicelib.customs.papers.document import Document
from chalicelib.customs.papers.facts import ExportProof
from chalicelib.customs.papers.make import papers_for
from chalicelib.places import Lane
from chalicelib.purposes import PURPOSES
from tests.customs.papers.leg_facts import ON, REPAIRED, leg_facts

DESTINATIONS = ("US", "CN", "HK", "GB", "DE", "FR", "CH", "JP", "KR", "SG", "AU", "CA", "AE", "IN", "TH", "MY")
OUTWARD = ("repaired_back", "unaltered_back", "exchange_replacement", "warranty_replacement")
NOTHING = ExportProof(None, None, None, None, None, None, None)


def made(purpose: str, to: str, language: str = "en", channel: str = "express", **said):
    facts = leg_facts(
        purpose=purpose,
        direction="out" if purpose in OUTWARD else "home",
        lane=Lane("TR", to),
        language=language,
        channel=channel,
        repair=REPAIRED if purpose == "repaired_back" else None,
    )
    return papers_for(replace(facts, **said), ON)


@pytest.mark.parametrize("to", DESTINATIONS)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_paper_of_every_leg_is_ready_when_all_is_known(purpose: str, to: str) -> None:
    for language, channel in (("fr", "express"), ("zh-Hans", "post"), ("ar", "express"), ("ja", "post")):
        papers = made(purpose, to, language, channel)
        assert {paper.status for paper in papers} == {"ready"}
        assert Counter(paper.name for paper in papers).most_common(1)[0][1] == 1
        for paper in papers:
            assert isinstance(paper.document, Document)
            assert paper.document.blocks
            assert json.loads(json.dumps(paper.data, ensure_ascii=False))["name"] == paper.name
        assert papers == made(purpose, to, language, channel)


@pytest.mark.parametrize("to", DESTINATIONS)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_only_the_papers_that_need_no_proof_are_ready_when_nothing_is_known(purpose: str, to: str) -> None:
    papers = made(purpose, to, export=NOTHING, history=None, repair=None)
    ready = {paper.name for paper in papers if paper.status == "ready"}
    assert ready == {"insurance_declaration", "packing_sheet"}
    assert all(paper.missing for paper in papers if paper.status == "waiting")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_place_left_to_fill_in_is_a_line_and_never_a_word_of_the_program(purpose: str) -> None:
    for to in DESTINATIONS:
        for paper in made(purpose, to):
            said = json.dumps(paper.data, ensure_ascii=False) + repr(paper.document).replace("None", "")
            assert "None" not in said
            assert "{" not in repr(paper.document)
