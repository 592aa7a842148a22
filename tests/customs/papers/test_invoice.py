"""The invoice: the right word, the right value, every link to the sale, or the list of what it waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chalicelib.customs.facts import Repair
from chalicelib.customs.papers.facts import ExportProof
from chalicelib.customs.papers.make import papers_for
from chalicelib.errors import RuleNotInForce
from chalicelib.money import Money
from chalicelib.places import Lane
from tests.customs.papers.leg_facts import leg_facts, paper, repaired, text_of, worth

NO_PROOF = ExportProof(None, None, None, None, None, None, None)
EUR = "EUR"


def invoice(facts):
    return paper("return_invoice", facts)


def test_a_return_without_its_first_export_is_refused_with_the_list() -> None:
    made = invoice(leg_facts(export=NO_PROOF, history=None))
    assert (made.status, made.document, made.data) == ("waiting", None, {})
    assert made.missing == ("invoice_number", "waybill", "exported_on", "export_reference", "export_mode")


@pytest.mark.parametrize(("to", "needed"), [("JP", True), ("KR", True), ("AE", True), ("IN", True), ("SG", False)])
def test_the_declaration_number_is_wanted_where_relief_is_checked_against_it(to: str, needed: bool) -> None:
    made = invoice(leg_facts(lane=Lane("FR", to), export=NO_PROOF, history=None))
    assert ("export_reference" in made.missing) is needed


def test_the_proof_of_export_alone_is_enough_where_no_history_was_recorded() -> None:
    assert invoice(leg_facts(history=None)).status == "ready"


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({}, "returns"),
        ({"purpose": "recall_return"}, "returns"),
        ({"purpose": "repair_out"}, "proforma"),
        ({"purpose": "exchange_replacement"}, "commercial"),
        ({"purpose": "warranty_replacement"}, "proforma"),
        ({"purpose": "loan_or_sample"}, "proforma"),
    ],
    ids=str,
)
def test_the_word_for_the_invoice_follows_the_purpose(facts, kind: str) -> None:
    assert invoice(leg_facts(**facts)).data["kind"] == kind


def test_a_repair_that_was_charged_for_is_invoiced_and_a_free_one_is_not() -> None:
    free = Repair(under_warranty=True, charge=Money(Decimal(0), EUR), fair_value=Money(Decimal(90), EUR))
    assert invoice(repaired()).data["kind"] == "commercial"
    assert invoice(repaired(repair=free)).data["kind"] == "proforma"


@pytest.mark.parametrize(
    ("repair", "missing"),
    [
        (None, ("repair.charge",)),
        (Repair(under_warranty=True), ("repair.charge",)),
        (Repair(under_warranty=True, charge=Money(Decimal(0), EUR)), ("repair.fair_value",)),
        (Repair(charge=Money(Decimal(0), EUR), parts=Money(Decimal(0), EUR)), ("repair.fair_value",)),
        (Repair(charge=Money(Decimal(180), EUR)), ("repair.parts",)),
        (Repair(under_warranty=True, fair_value=Money(Decimal(90), EUR)), ()),
        (Repair(charge=Money(Decimal(180), EUR), parts=Money(Decimal(0), EUR)), ()),
    ],
    ids=str,
)
def test_free_work_has_a_fair_value_or_the_papers_wait_for_it(repair: Repair, missing: tuple[str, ...]) -> None:
    assert invoice(repaired(repair=repair)).missing == missing


def test_repaired_goods_show_charge_parts_and_the_value_of_the_goods_apart() -> None:
    said = text_of(invoice(repaired()))
    for text in ("EUR 180.00", "EUR 40.00", "EUR 220.00", "EUR 1,180.00"):
        assert text in said


@pytest.mark.parametrize("value", ["0 EUR", "0.004 EUR"])
def test_nothing_is_worth_nought_for_customs(value: str) -> None:
    assert invoice(leg_facts(pieces=worth(value))).missing == ("line.value",)


def test_a_tariff_code_nobody_gave_is_found_from_the_goods_or_waited_for() -> None:
    (ring,) = leg_facts().pieces
    assert invoice(leg_facts(pieces=(replace(ring, hs_code=None),))).data["lines"][0]["hs_code"].startswith("7113")
    unclear = replace(ring, hs_code=None, line=replace(ring.line, article="coin", metal="base"))
    assert "line.hs_code" in invoice(leg_facts(pieces=(unclear,))).missing


def test_pieces_in_two_currencies_wait_for_one() -> None:
    assert invoice(leg_facts(pieces=(*worth("1 EUR"), *worth("1 USD")))).missing == ("one_currency",)


def test_a_return_to_china_speaks_chinese_beside_english_with_capitals() -> None:
    made = invoice(leg_facts(pieces=worth("9200.50 CNY", stones="diamond")))
    assert made.data["in_words"] == {
        "en": "CNY nine thousand two hundred and 50/100",
        "zh": "人民币玖仟贰佰元伍角整",
    }
    assert made.data["lines"][0]["description_local"] == {"zh": "18K金戒指（成色750‰），镶嵌钻石"}
    assert made.data["statements"]["zh"] == "退运货物。所列价值仅供海关使用，不涉及商业销售。"


def test_english_alone_goes_where_nothing_else_is_read() -> None:
    made = invoice(leg_facts(lane=Lane("FR", "US")))
    assert made.data["lines"][0]["description_local"] is None
    assert set(made.data["statements"]) == {"en"}


@pytest.mark.parametrize(
    ("origin", "said"), [("CN", True), ("RU", False), ("IT", True)]
)  # an unknown origin waits before
def test_no_origin_under_sanctions_is_said_only_of_a_known_one(origin: str, said: bool) -> None:
    made = invoice(leg_facts(pieces=worth("10 EUR", origin=origin)))
    assert ("Russian" in text_of(made)) is said
    assert made.data["not_of_russian_origin"] is (True if said else None)


def test_what_leaves_the_united_states_after_a_repair_says_so_for_its_export() -> None:
    made = invoice(repaired(lane=Lane("US", "FR")))
    assert [one["id"] for one in made.data["export_statements"]] == ["US-EXPORT-REPAIRED"]
    assert "9801.10.0000" in text_of(made)


def test_a_sum_with_transport_is_shown_only_when_all_of_it_is_known() -> None:
    fifty, five = Money(Decimal(50), EUR), Money(Decimal(5), EUR)
    assert "EUR 1,235.00" in text_of(invoice(leg_facts(freight=fifty, insurance=five)))
    assert "Total with freight" not in text_of(invoice(leg_facts(freight=fifty)))
    assert "Total with freight" not in text_of(invoice(leg_facts(freight=fifty, insurance=Money(Decimal(5), "USD"))))


def test_the_number_is_that_of_the_return_and_the_leg() -> None:
    assert invoice(leg_facts(leg=3)).data["number"] == "RMA-1-3"


def test_a_unit_value_never_disagrees_with_its_line() -> None:
    made = invoice(leg_facts(pieces=worth("100 EUR", quantity=3)))
    assert made.data["lines"][0]["unit_value"] == {"amount": "33.3333", "currency": "EUR"}
    assert made.data["totals"]["goods"] == {"amount": "100.00", "currency": "EUR"}


def test_a_day_before_the_rules_of_papers_is_refused() -> None:
    with pytest.raises(RuleNotInForce):
        papers_for(leg_facts(), date(2021, 12, 31))
