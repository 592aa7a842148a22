"""What papers wait for, what customs is told, and what the label must not say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.customs.declaration import (
    check_customs_text,
    check_label_text,
    customs_text,
    label_text,
    required_facts,
)
from chalicelib.customs.facts import History
from chalicelib.places import Lane
from chalicelib.purposes import PURPOSES
from tests.customs.asking import line

RING = line({"value": "1180 EUR", "net_weight_g": 5})
PAST = History(exported_on=date(2026, 9, 3), export_reference="26CN1", export_mode="9610")


def test_a_return_to_china_waits_for_every_link_to_its_export() -> None:
    plan = required_facts("refund_return", Lane("FR", "CN"), None, RING)
    assert plan.missing == ("invoice_number", "waybill", "exported_on", "export_reference", "export_mode")
    assert plan.statements == ("Returned goods. Value for customs purposes only - no commercial sale.",)


def test_a_return_is_ready_when_nothing_is_missing() -> None:
    plan = required_facts("refund_return", Lane("FR", "CN"), PAST, RING, invoice_number="INV-1", waybill="794600000001")
    assert plan.missing == ()


@pytest.mark.parametrize(("to", "needed"), [("CN", True), ("DE", True), ("GB", True), ("US", True), ("SG", False)])
def test_the_export_declaration_is_demanded_where_the_law_names_it(to: str, needed: bool) -> None:
    plan = required_facts("exchange_return", Lane("FR", to), None, RING)
    assert ("export_reference" in plan.missing) is needed


HOMEWARD = set(PURPOSES) - {
    "repaired_back",
    "unaltered_back",
    "exchange_replacement",
    "warranty_replacement",
    "loan_or_sample",
}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_purpose_has_its_own_statement_and_needs_the_goods_described(purpose: str) -> None:
    bare = line({"value": "10 EUR", "fineness": None, "origin": ""})
    plan = required_facts(purpose, Lane("CN", "FR"), None, bare)
    assert {"line.origin", "line.net_weight_g", "line.fineness"} <= set(plan.missing)
    assert len(plan.statements) == 1
    assert ("sale" in plan.statements[0]) or purpose not in HOMEWARD


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({}, "18K gold ring (750)"),
        ({"stones": "diamond"}, "18K gold ring (750), set with diamond"),
        ({"fineness": 585, "article": "rope_necklace"}, "14K gold rope necklace (585)"),
        ({"fineness": 990, "article": "bracelet"}, "gold bracelet (990)"),
        ({"fineness": None}, "gold ring"),
        ({"metal": "silver", "fineness": 925, "construction": "plated"}, "plated silver ring (925)"),
        ({"metal": "platinum", "fineness": 950, "stones": "pearl"}, "platinum ring (950), set with pearl"),
        ({"construction": "clad", "article": "brooch"}, "base metal brooch clad with 18K gold (750)"),
        ({"metal": "base", "construction": "clad", "article": "brooch"}, "clad base metal brooch"),
        ({"metal": "base", "construction": "plated", "article": "earrings"}, "plated base metal earrings"),
    ],
    ids=str,
)
def test_the_customs_text_says_exactly_what_the_goods_are(facts: dict[str, Any], text: str) -> None:
    goods = line({"value": "10 EUR", **facts})
    assert customs_text(goods) == text
    assert check_customs_text(text, goods) == ()


def test_a_vague_customs_text_is_told_what_it_lacks() -> None:
    goods = line({"value": "10 EUR", "stones": "diamond"})
    assert check_customs_text("Jewellery", goods) == ("metal", "article", "fineness", "stones")
    assert check_customs_text("18K gold ring (750)", goods) == ("stones",)


@pytest.mark.parametrize("language", [None, "fr", "de", "it", "es", "nl", "zh", "ja"])
def test_the_label_says_nothing_of_gold_in_any_language(language: str | None) -> None:
    assert check_label_text(label_text(), language) == ()


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("GOLD RING", None, ("gold", "ring")),
        ("Jewelry return", "fr", ("jewelry",)),
        ("Retour bijou en or", "fr", ("bijou", "or")),
        ("Return or exchange", "en", ()),
        ("Retour or 750", "fr", ("or",)),
        ("Goldring zurück", "de", ("goldring",)),
        ("退货 黄金戒指", "zh", ("黄金", "戒指", "金戒")),
        ("返品 18K", "ja", ("18k",)),
        ("pierre précieuse", "en", ("pierre précieuse", "précieuse")),
        ("浙江省金华市 中国银行", "zh", ()),
        ("Goldman Sachs building, Kingston ring road", "fr", ()),
        ("S925 item", None, ("s925",)),
    ],
)
def test_a_telling_word_on_the_label_is_found_in_its_language(
    text: str, language: str | None, found: tuple[str, ...]
) -> None:
    assert check_label_text(text, language) == found


def test_every_customs_text_would_be_refused_as_a_label() -> None:
    assert check_label_text(customs_text(RING)) == ("gold", "ring", "18k")


@pytest.mark.parametrize(
    "text", ["18ct", "Smith Goldsmiths", "Doe Jewellers", "Doe Jewelers", "Gioielliere Rossi", "금반지"]
)
def test_a_trade_or_a_karat_mark_gives_the_contents_away_in_any_language(text: str) -> None:
    assert check_label_text(text)
