"""The insurance declaration from whatever was recorded, and the packing sheet in the customer's language."""

from __future__ import annotations

from typing import get_args

import pytest

from chalicelib.carriers.goods import GOODS
from chalicelib.customs.papers.document import Fields
from chalicelib.customs.papers.make import papers_for
from chalicelib.customs.text_checks import label_findings
from chalicelib.insurance.declaration import Status
from chalicelib.insurers import SIGNATURES, Interest, Valuation
from chalicelib.places import Lane
from chalicelib.rulebook import dictionary
from tests.customs.papers.leg_facts import COVER, ON, leg_facts, paper, repaired, text_of

FULL = {
    "status": "bound", "insurer": "Atlas", "policy_no": "P-1", "holder": "Lingnan", "interest": "seller_in_transit",
    "insured_value": {"amount": "1180.00", "currency": "EUR"}, "premium": None, "premium_per_mille": "2.5",
    "deductible": {"amount": "0.00", "currency": "EUR"}, "limit": {"amount": "1000.00", "currency": "EUR"},
    "declared_to_carrier": {"amount": "0.00", "currency": "EUR"}, "uncovered": {"amount": "180.00", "currency": "EUR"},
    "valuation_basis": "metal_plus_making", "valuation_date": "2026-11-22", "valuation_reasons": ["metal_value_wanted"],
    "metal_value": {"amount": "430.00", "currency": "EUR"}, "stones_and_work": {"amount": "750.00", "currency": "EUR"},
    "conditions": [
        {"code": "DOUBLE_BOX", "text": "a box in a box", "state": "to_keep"},
        {"code": "SIGNATURE_ADULT", "text": "signed for by an adult", "state": "met"},
    ],
    "exclusions": ["LOOSE_STONE"], "cover_start": "acceptance_scan", "cover_end": "delivery_scan",
    "weekend_exposure": False,
}  # fmt: skip


def declaration(cover) -> str:
    return text_of(paper("insurance_declaration", leg_facts(cover=cover)))


@pytest.mark.parametrize("cover", [COVER, FULL], ids=["bare", "full"])
def test_a_recorded_cover_is_printed_whatever_it_holds(cover) -> None:
    assert "EUR 1,180.00" in declaration(cover)


@pytest.mark.parametrize(
    "row",
    [
        ("Status", "bound"), ("Interest insured", "that of the seller in transit"), ("Metal", "EUR 430.00"),
        ("Stones and work", "EUR 750.00"), ("Basis of valuation", "metal and making, on 2026-11-22"),
        ("Not insured", "EUR 180.00"), ("Premium", "2.5 per mille"), ("Declared to the carrier", "EUR 0.00"),
        ("Signature at delivery", "of an adult at the address"), ("Cover begins", "with the carrier's acceptance scan"),
        ("Cover ends", "with the carrier's delivery scan"), ("Under way over a weekend", "no"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_recorded_of_a_cover_stands_on_its_declaration(row) -> None:
    made = paper("insurance_declaration", leg_facts(cover=FULL)).document
    assert row in [pair for block in made.blocks if isinstance(block, Fields) for pair in block.rows]


def test_what_nobody_recorded_is_named_once_as_not_stated() -> None:
    said = declaration(COVER)
    assert "('Not stated', 'status, policy holder, interest insured, signature at delivery, " in said
    assert "('Not stated', 'metal, stones and work, basis of valuation, limit per parcel, not insured, " in said


def test_a_record_without_a_gap_says_that_nothing_is_uninsured() -> None:
    assert "('Not insured', 'nothing')" in declaration({**FULL, "uncovered": None})


def test_nobody_claims_how_a_parcel_was_packed_before_it_is() -> None:
    said = declaration(FULL)
    assert "double boxed" not in said
    assert "('A box in a box', False)" in said
    assert "labels=('Seal number 1', 'Seal number 2', 'Sealed weight, in grams', 'Packed on', " in said


def test_seals_that_are_known_are_printed_and_not_asked_for() -> None:
    said = text_of(paper("insurance_declaration", leg_facts(cover=FULL, seals=("S-1", "S-2"))))
    assert "('Seals', 'S-1, S-2')" in said
    assert "Seal number" not in said


def test_conditions_and_exclusions_stand_on_the_declaration_in_words() -> None:
    said = declaration(FULL)
    assert "('Signed for by an adult', True)" in said
    assert "loose stones" in said
    assert "the metal's worth is not known" in said


def test_every_word_of_a_cover_is_known_to_the_papers() -> None:
    words = dictionary("customs", "paper_words")
    signatures = {f"signature_{one}" for one in SIGNATURES if one != "none"}
    assert {*get_args(Status), *get_args(Interest), *get_args(Valuation), *signatures} <= set(words["cover"])
    assert set(GOODS) <= set(words["goods_kinds"])


def test_an_uninsured_parcel_has_a_declaration_that_waits() -> None:
    made = paper("insurance_declaration", leg_facts(cover={**COVER, "insured_by": None}))
    assert (made.status, made.missing) == ("waiting", ("cover.insured_by",))


def test_without_a_recorded_cover_there_is_no_declaration() -> None:
    assert "insurance_declaration" not in {one.name for one in papers_for(leg_facts(cover=None), ON)}


@pytest.mark.parametrize(
    ("language", "tag"),
    [("fr", "fr"), ("fr-CA", "fr"), ("zh-Hans", "zh-Hans"), ("zh", "zh-Hans"), ("ar", "ar"), ("pt", "en"), ("ja", "ja"),
     ("DE", "de"), ("es_MX", "es"), ("it", "it"), ("en", "en"), ("ko", "ko")],
)  # fmt: skip
def test_the_sheet_speaks_the_customers_language_or_english(language: str, tag: str) -> None:
    made = paper("packing_sheet", leg_facts(language=language))
    assert made.document is not None
    assert made.document.language == made.data["language"] == tag


def test_the_workshop_packs_in_its_own_language() -> None:
    assert paper("packing_sheet", repaired()).data["language"] == "zh-Hans"
    assert paper("packing_sheet", repaired(lane=Lane("SG", "FR"))).data["language"] == "en"


def test_a_parcel_for_the_post_is_handed_in_at_the_counter() -> None:
    assert "counter" in paper("packing_sheet", leg_facts(channel="post", language="en")).data["hand_over"][0]
    assert "courier" in paper("packing_sheet", leg_facts(language="en")).data["hand_over"][0]


def test_the_sheet_gives_a_text_for_the_outside_that_says_nothing_of_the_contents() -> None:
    made = paper("packing_sheet", leg_facts())
    assert label_findings(made.data["outside_text"]) == ()


def test_the_sheet_goes_with_parcels_that_cross_no_border() -> None:
    names = [one.name for one in papers_for(leg_facts(lane=Lane("FR", "DE"), cover=None), ON)]
    assert names == ["packing_sheet"]


def test_seals_that_were_given_out_stand_on_the_sheet() -> None:
    assert "S-100" in text_of(paper("packing_sheet", leg_facts(seals=("S-100", "S-101"))))
