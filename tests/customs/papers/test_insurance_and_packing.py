"""The insurance declaration from whatever was recorded, and the packing sheet in the customer's language."""

from __future__ import annotations

import pytest

from chalicelib.customs.papers.make import papers_for
from chalicelib.customs.text_checks import label_findings
from chalicelib.places import Lane
from tests.customs.papers.leg_facts import COVER, ON, leg_facts, paper, repaired, text_of

FULL = {
    "status": "bound", "insurer": "Atlas", "policy_no": "P-1", "holder": "Lingnan", "interest": "seller_in_transit",
    "insured_value": {"amount": "1180.00", "currency": "EUR"}, "premium": None, "premium_per_mille": "2.5",
    "deductible": {"amount": "0.00", "currency": "EUR"},
    "declared_to_carrier": {"amount": "0.00", "currency": "EUR"},
    "conditions": [{"code": "double_box", "text": "Double boxed", "state": "to_keep"}], "exclusions": ["LOOSE_STONE"],
    "cover_start": "acceptance_scan", "weekend_exposure": False,
}  # fmt: skip


@pytest.mark.parametrize("cover", [COVER, FULL], ids=["bare", "full"])
def test_a_recorded_cover_is_printed_whatever_it_holds(cover) -> None:
    made = paper("insurance_declaration", leg_facts(cover=cover))
    assert made.status == "ready"
    assert "EUR 1,180.00" in text_of(made)
    assert "('Premium', 'not stated')" in text_of(made)


def test_conditions_and_exclusions_stand_on_the_declaration() -> None:
    said = text_of(paper("insurance_declaration", leg_facts(cover=FULL)))
    assert "('Double boxed', False)" in said
    assert "loose stone" in said
    assert "('Cover begins with', 'acceptance scan')" in said


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
