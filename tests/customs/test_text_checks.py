"""The outside of a parcel gives nothing away, the customs text hides nothing."""

from __future__ import annotations

import pytest

from chalicelib.customs.declaration import customs_text, label_text
from chalicelib.customs.description import languages
from chalicelib.customs.facts import Article, Construction, Stones
from chalicelib.customs.text_checks import customs_findings, label_findings
from chalicelib.metals import METALS
from tests.customs.asking import line

RING = line({"value": "1180 EUR", "stones": "diamond"})


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


@pytest.mark.parametrize("language", ["en", *languages()])
@pytest.mark.parametrize("construction", Construction.__args__)
@pytest.mark.parametrize("metal", METALS)
@pytest.mark.parametrize("stones", Stones.__args__)
def test_our_own_customs_text_passes_its_own_check_in_every_language(
    language: str, construction: str, metal: str, stones: str
) -> None:
    for article in Article.__args__:
        goods = line({"value": "10 EUR", "article": article, "metal": metal, "construction": construction,
                      "stones": stones})  # fmt: skip
        assert customs_findings(customs_text(goods, language), goods, language) == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Jewelry", "en"),
        ("JEWELLERY", "en"),
        ("accessories", "en"),
        ("sample", "en"),
        ("spare", "en"),
        ("Parts of jewellery", "en"),
        ("returned goods", "en"),
        ("2 pcs goods", "en"),
        ("bijoux", "fr"),
        ("Schmuck", "de"),
        ("首饰配件", "zh"),
        ("アクセサリー", "ja"),
        ("액세서리", "ko"),
        ("مجوهرات", "ar"),
    ],
)
def test_a_text_that_says_nothing_is_told_what_to_write(text: str, language: str) -> None:
    findings = customs_findings(text, RING, language)
    assert {"vague", "lacks"} & set(codes(findings))
    assert {finding.instead for finding in findings} == {customs_text(RING, language)}


@pytest.mark.parametrize(
    ("text", "language"),
    [("Gift: 18K gold ring (750), set with diamond", "en"), ("Geschenk", "de"), ("礼物", "zh"), ("regalo", "es")],
)
def test_a_gift_is_never_what_a_shop_and_its_customer_send(text: str, language: str) -> None:
    assert "untrue" in codes(customs_findings(text, RING, language))


def test_a_text_that_lacks_the_stones_is_told_so() -> None:
    (finding,) = customs_findings("18K gold ring (750)", RING)
    assert (finding.code, finding.word, finding.instead) == ("lacks", "stones", "18K gold ring (750), set with diamond")


def test_a_vague_word_beside_exact_ones_does_no_harm() -> None:
    assert customs_findings("Returned goods: 18K gold ring (750), set with diamond", RING) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RETURN - SEE DOCUMENTS", []),
        ("Gold ring", ["tells", "tells"]),
        ("Maison Dorure SARL", ["brand"]),
        ("Value EUR 1,180.00", ["value"]),
        ("1180 €", ["value"]),
        ("¥8,000", ["value"]),
        ("Unit 12, 75002 Paris", []),
        ("RMA-2026-0001", []),
    ],
)
def test_the_outside_is_searched_for_goods_brands_and_worth(text: str, found: list[str]) -> None:
    findings = label_findings(text, "en", brands=("Maison Dorure",))
    assert codes(findings) == found
    assert all(finding.instead == label_text() for finding in findings)
