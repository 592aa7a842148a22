"""How papers stand on their pages: the short ones on one, nothing torn apart, every name as people write it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest

from chalicelib.customs.papers.document import Fields, Panels, Paragraph, Statement
from chalicelib.customs.papers.pdf import render
from chalicelib.customs.papers.wording import place_name, service_name
from chalicelib.money import Money
from chalicelib.places import Lane
from tests.customs.asking import line
from tests.customs.papers.leg_facts import CUSTOMER, PROOF, SHOP, claim, leg_facts, paper, repaired
from tests.customs.papers.pdf_samples import paper as of_blocks

LONG_NAMES = replace(
    CUSTOMER, name="Camille-Antoinette Durand-Lefèvre", lines=("12 rue de la Paix", "Escalier B, 3e étage, code 45A7")
)
JAPANESE = replace(CUSTOMER, name="山田 花子", lines=("銀座4丁目5-6",), city="東京都中央区", country="JP")
ARABIC = replace(CUSTOMER, name="فاطمة الزهراء", lines=("شارع الشيخ زايد 12-45",), city="دبي", country="AE")


def pages_of(facts, name: str) -> list[str]:
    opened = pypdfium2.PdfDocument(render(paper(name, facts).document))
    return [page.get_textpage().get_text_range() for page in opened]


def pieces(count: int):
    (ring,) = leg_facts().pieces
    goods = line({"value": "1180 EUR", "net_weight_g": Decimal("5.2"), "stones": "diamond"})
    return tuple(replace(ring, line=goods, serial=f"GT-2026-{at:05}") for at in range(count))


@pytest.mark.parametrize("page", ["A4", "letter"])
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(
    ("origin", "to"), [("FR", "CN"), ("JP", "US"), ("AE", "CN"), ("US", "DE"), ("CN", "AE"), ("FR", "KR")]
)
def test_an_invoice_of_up_to_three_pieces_is_one_page(page: str, count: int, origin: str, to: str) -> None:
    charges = {"freight": Money(Decimal(38), "EUR"), "insurance": Money(Decimal(3), "EUR")}
    facts = leg_facts(page=page, pieces=pieces(count), lane=Lane(origin, to), shipper=LONG_NAMES, **charges)
    (only,) = pages_of(facts, "return_invoice")
    assert "Signature and stamp" in only


@pytest.mark.parametrize("page", ["A4", "letter"])
def test_an_invoice_of_a_repaired_piece_is_one_page(page: str) -> None:
    assert len(pages_of(repaired(page=page), "return_invoice")) == 1


@pytest.mark.parametrize("page", ["A4", "letter"])
@pytest.mark.parametrize("channel", ["express", "post"])
def test_a_declaration_of_two_reliefs_in_two_languages_is_two_pages_at_most(page: str, channel: str) -> None:
    claims = (claim("CN-2026-16"), claim("CN-GENERAL-1Y", "unproven", "export_reference"))
    assert len(pages_of(leg_facts(page=page, channel=channel, relief=claims), "relief_declaration")) <= 2


@pytest.mark.parametrize("page", ["A4", "letter"])
def test_an_insurance_declaration_of_one_piece_is_one_page(page: str) -> None:
    assert len(pages_of(leg_facts(page=page), "insurance_declaration")) == 1


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "it", "zh", "ja", "ar"])
def test_a_packing_sheet_is_one_page_in_every_language(language: str) -> None:
    assert len(pages_of(leg_facts(language=language, page="letter"), "packing_sheet")) == 1


def test_nobody_signs_a_page_that_says_nothing() -> None:
    claims = (claim("CN-2026-16"), claim("CN-GENERAL-1Y", "unproven", "export_reference"))
    for text in pages_of(leg_facts(page="letter", relief=claims), "relief_declaration"):
        before = text.split("Signed by the importer")[0]
        assert "True of these goods where ticked" in before or "Signed by" not in text


def test_white_space_gives_way_where_that_spares_a_page() -> None:
    airy = of_blocks(*(Paragraph(f"Line {at}.") for at in range(36)))
    assert len(pypdfium2.PdfDocument(render(airy))) == 1


@pytest.mark.parametrize("code", ["MEDICAL_EXPRESS", "X", None])
def test_a_service_without_a_name_is_told_by_its_carrier_and_in_words(code: str | None) -> None:
    named = service_name("dhl", code)
    assert named.startswith("DHL Express")
    assert "_" not in named


def fields_of(name: str, facts) -> dict[str, str]:
    blocks = paper(name, facts).document.blocks
    return {label: value for block in blocks if isinstance(block, Fields) for label, value in block.rows}


def test_an_invoice_names_service_and_place_without_codes() -> None:
    told = fields_of("return_invoice", leg_facts(service_title="FedEx International Priority"))
    assert told["Carrier and service"] == "FedEx International Priority"
    assert told["Terms of delivery (Incoterms 2020)"] == "DAP Shenzhen, China"


def test_what_is_unknown_of_the_first_export_is_named_once() -> None:
    facts = leg_facts(lane=Lane("FR", "SG"), export=replace(PROOF, reference=None, mode=None), history=None)
    assert fields_of("return_invoice", facts)["Not stated"] == "export declaration, export mode"


def test_transport_nobody_stated_takes_one_line() -> None:
    (only,) = pages_of(leg_facts(), "return_invoice")
    assert only.count("not stated") == 1


def test_a_statement_stands_in_one_box_with_both_languages() -> None:
    boxes = [one for one in paper("return_invoice", leg_facts()).document.blocks if isinstance(one, Statement)]
    assert [(len(one.also), one.language) for one in boxes] == [(1, "en")]


@pytest.mark.parametrize(
    ("shipper", "language"), [(JAPANESE, "ja"), (CUSTOMER, None), (replace(SHOP, country="HK"), "zh-Hant-HK")]
)
def test_an_address_is_set_in_the_characters_of_its_country(shipper, language) -> None:
    blocks = paper("return_invoice", leg_facts(shipper=shipper)).document.blocks
    (panels,) = (one for one in blocks if isinstance(one, Panels))
    assert panels.panels[0].language == language


def test_the_country_of_an_arabic_address_has_a_line_of_its_own() -> None:
    blocks = paper("return_invoice", leg_facts(shipper=ARABIC, lane=Lane("AE", "CN"))).document.blocks
    (panels,) = (one for one in blocks if isinstance(one, Panels))
    assert "United Arab Emirates" in panels.panels[0].lines


@pytest.mark.parametrize(
    ("city", "said"), [("Dubai", "Dubai, United Arab Emirates"), ("دبي", "United Arab Emirates, دبي")]
)
def test_a_town_and_its_country_are_read_from_the_left(city: str, said: str) -> None:
    assert place_name(city, "AE") == said
