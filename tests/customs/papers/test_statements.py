"""Returned-goods declarations and repair statements: the country's words, only what the facts show, or waiting."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.customs.facts import History, Repair
from chalicelib.customs.papers.facts import ExportProof, Work
from chalicelib.customs.papers.make import papers_for
from chalicelib.places import Lane
from tests.customs.papers.leg_facts import ON, PAST, REPAIRED, claim, leg_facts, paper, repaired, text_of


def to(country: str, code: str, *, status: str = "proven", **said):
    return leg_facts(lane=Lane("TR", country), relief=(claim(code, status),), **said)


def ids(made) -> list[str]:
    return [one["id"] for one in made.data["statements"]]


@pytest.mark.parametrize(
    ("country", "code", "named", "languages", "cited"),
    [
        ("US", "US-9801.00.10", "US-9801-10-SHIPPER", {"en"}, "19 CFR 10.1"),
        ("US", "US-9801.00.26", "US-9801-26-PERSONAL", {"en"}, "9801.00.26"),
        ("GB", "GB-F05", "GB-RGR-F05", {"en"}, "C1314"),
        ("GB", "GB-F01", "GB-RGR-F01", {"en"}, "F01"),
        ("DE", "EU-F05", "EU-203-F05", {"en", "de"}, "INF 3"),
        ("FR", "EU-F01", "EU-203-F01", {"en", "fr"}, "INF 3"),
        ("NL", "EU-F05", "EU-203-F05", {"en"}, "art. 203"),
        ("CN", "CN-2026-16", "CN-2026-16-RETURN", {"en", "zh"}, "2026年第16号"),
        ("CN", "CN-GENERAL-1Y", "CN-4561-RETURN", {"en", "zh"}, "4561"),
        ("CH", "CH-53-1-F", "CH-RETURN", {"en", "de"}, "BAZG"),
        ("JP", "JP-14-10", "JP-14-10", {"en", "ja"}, "第14条第10号"),
        ("KR", "KR-99", "KR-99", {"en", "ko"}, "제99조"),
        ("AU", "AU-17", "AU-17", {"en"}, "item"),
        ("CA", "CA-9814", "CA-9813-9814", {"en"}, "D8-2-27"),
        ("AE", "AE-RETURN-NATIONAL", "AE-RETURN", {"en", "ar"}, "GCC"),
        ("IN", "IN-45-RETURN", "IN-45", {"en"}, "45/2025"),
        ("TH", "TH-REIMPORT", "TH-REIMPORT", {"en"}, "Decree"),
    ],
)
def test_each_country_is_told_what_its_own_rule_wants(
    country: str, code: str, named: str, languages: set[str], cited: str
) -> None:
    made = paper("relief_declaration", to(country, code))
    first = made.data["statements"][0]
    assert (first["id"], set(first["texts"])) == (named, languages)
    assert first["version"] == f"{named}@2026-01-01"
    assert cited in first["cites"]
    assert first["version"] in text_of(made)


def test_a_return_to_china_carries_the_agreement_of_both_parties() -> None:
    made = paper("relief_declaration", to("CN", "CN-GENERAL-1Y"))
    assert ids(made) == ["CN-4561-RETURN", "CN-RETURN-AGREEMENT"]
    assert "Signature of the recipient" in text_of(made)


@pytest.mark.parametrize(("same_state", "ticked"), [(True, True), (None, False)])
def test_what_nobody_knows_is_a_box_to_tick_and_no_assertion(same_state: bool | None, ticked: bool) -> None:
    made = paper("relief_declaration", to("JP", "JP-14-10", history=replace(PAST, same_state=same_state)))
    (claimed,) = made.data["statements"][0]["claims"]
    assert claimed["shown_by_facts"] is ticked
    assert "advanced" not in made.data["statements"][0]["texts"]["en"]


def test_a_day_keeps_its_order_between_arabic_words() -> None:
    texts = paper("relief_declaration", to("AE", "AE-RETURN-NATIONAL")).data["statements"][0]["texts"]
    assert "2026/09/03" in texts["ar"]
    assert "2026-09-03" in texts["en"]


def test_a_statement_that_would_be_untrue_is_not_made() -> None:
    facts = to("JP", "JP-14-10", history=replace(PAST, same_state=False))
    assert "relief_declaration" not in {one.name for one in papers_for(facts, ON)}


@pytest.mark.parametrize("relief", [(), (claim("JP-14-10", "not_eligible"),)], ids=["none", "ruled out"])
def test_no_relief_is_declared_that_the_estimate_does_not_claim(relief) -> None:
    facts = leg_facts(lane=Lane("TR", "JP"), relief=relief)
    assert "relief_declaration" not in {one.name for one in papers_for(facts, ON)}


def test_hong_kong_is_told_that_nothing_is_claimed() -> None:
    made = paper("relief_declaration", leg_facts(lane=Lane("FR", "HK")))
    assert "No duty or tax is charged" in made.data["statements"][0]["texts"]["en"]


def test_what_is_still_to_be_proven_stands_on_the_declaration() -> None:
    facts = leg_facts(lane=Lane("TR", "GB"), relief=(claim("GB-F05", "unproven", "history.importer_is_exporter"),))
    assert "that the importer is who exported them" in text_of(paper("relief_declaration", facts))


def test_a_declaration_waits_for_the_facts_it_names() -> None:
    nothing = ExportProof("INV-7", None, None, "794600000001", None, None, None)
    made = paper("relief_declaration", to("AU", "AU-17", export=nothing, history=History()))
    assert (made.status, made.missing) == ("waiting", ("exported_on",))


def test_goods_in_for_repair_ask_for_temporary_import_and_claim_no_return() -> None:
    made = paper("relief_declaration", to("CH", "CH-12", purpose="repair_out"))
    assert ids(made) == ["WORLD-TEMPORARY"]
    assert "CH-12" in made.data["statements"][0]["texts"]["de"]


@pytest.mark.parametrize(
    ("country", "named"),
    [("US", "US-9802-REPAIRER"), ("GB", "GB-OPR"), ("DE", "EU-OPR"), ("CN", "CN-1300-BACK"), ("JP", "JP-11"),
     ("KR", "KR-101"), ("CH", "CH-REPAIR"), ("SG", "SG-TCI-REPAIR"), ("MY", "WORLD-REPAIRED")],
)  # fmt: skip
def test_a_repair_is_stated_as_the_country_of_return_wants_it(country: str, named: str) -> None:
    made = paper("repair_statement", repaired(lane=Lane("TR", country)))
    assert ids(made) == [named]
    assert made.data["cost"]["declared"] == {"amount": "220.00", "currency": "EUR"}


def test_a_substitute_is_never_stated_to_be_the_repaired_piece() -> None:
    made = paper("repair_statement", repaired(lane=Lane("TR", "US"), repair=replace(REPAIRED, replaced=True)))
    assert ids(made) == []


def test_a_paid_repair_under_outward_processing_claims_no_guarantee() -> None:
    made = paper("repair_statement", repaired(lane=Lane("TR", "DE"), repair=replace(REPAIRED, guarantee_proven=False)))
    assert ids(made) == ["EU-OPR"]
    assert "guarantee" not in {one["name"] for one in made.data["statements"][0]["claims"]}


def test_what_the_workshop_reports_is_printed_and_the_rest_is_left_to_be_filled_in() -> None:
    work = Work(done="Prong rebuilt, polished", metal_added="gold", fineness_added=750, grams_added=Decimal(1))
    made = paper("repair_statement", repaired(work=work))
    assert "Prong rebuilt" in text_of(made)
    assert "1 g gold 750/1000" in text_of(made)
    assert "labels=('Received for repair on', 'Finished on')" in text_of(made)


def test_before_a_repair_nothing_is_said_to_be_charged() -> None:
    made = paper("repair_statement", leg_facts(purpose="warranty_repair_out", repair=Repair(under_warranty=True)))
    assert made.data["cost"] is None
    assert ids(made) == ["CN-1300-IN"]
