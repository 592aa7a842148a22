"""The PDF of a paper, as a reader of PDF sees it."""

import re
from dataclasses import replace
from io import BytesIO

import pypdf
import pypdfium2
import pytest

from chalicelib.customs.papers.document import (
    Blanks,
    Checklist,
    Column,
    Fields,
    Heading,
    Panel,
    Panels,
    Paragraph,
    Statement,
    Table,
)
from chalicelib.customs.papers.pdf import render
from tests.customs.papers.pdf_samples import GOODS, invoice, paper

LONG = "A chain of eighteen karat gold with a clasp in the form of a small knot. " * 20
# One letter of it stands in no other word of a paper.
UNBROKEN = "Ωκοινωνία" * 60
FOUR_PAGES = 90


def pages(document) -> list[str]:
    opened = pypdfium2.PdfDocument(render(document))
    return [page.get_textpage().get_text_range() for page in opened]


def text(document) -> str:
    return " ".join(" ".join(pages(document)).split())


def opened(document) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(render(document)), strict=True)


def test_a_paper_holds_every_word_of_its_blocks():
    found = text(invoice())

    for word in (
        "Returns invoice",
        "Invoice number",
        "RI-2026-000123-1",
        "Élodie Brontë-Müller",
        "深圳市金线珠宝有限公司",
        "7113.19",
        "EUR 2,386.90",
        "order 225",
        "Copy of the original waybill",
        "Name and signature of the shipper",
        "794612345678",
        "GT-2026-000123",
    ):
        assert word in found


def test_the_same_paper_is_the_same_bytes():
    assert render(invoice(40)) == render(invoice(40))


def test_another_paper_has_another_name():
    first, second = (opened(invoice(footer=footer)).trailer["/ID"] for footer in ("one", "two"))

    assert first != second


@pytest.mark.parametrize(("page", "points"), [("A4", (595.276, 841.89)), ("letter", (612, 792))])
def test_a_paper_has_the_size_that_was_asked_for(page, points):
    box = opened(invoice(page=page)).pages[0].mediabox

    assert (float(box.width), float(box.height)) == points


def test_a_paper_tells_its_title_language_and_day():
    found = opened(invoice(title="金链 · Returns invoice", language="zh-Hans"))

    assert found.metadata.title == "金链 · Returns invoice"
    assert found.trailer["/Root"]["/Lang"] == "zh-Hans"
    assert f"{found.metadata.creation_date:%Y-%m-%d}" == "2026-11-22"


def test_a_paper_holds_nothing_that_acts():
    found = opened(invoice())

    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & found.trailer["/Root"].keys()
    assert not any({"/Annots", "/AA"} & page.keys() for page in found.pages)


def test_every_page_is_counted():
    found = pages(invoice(FOUR_PAGES))

    assert [f"Page {at} of {len(found)}" in page for at, page in enumerate(found, 1)] == [True] * len(found)
    assert len(found) >= 4


def test_the_pages_are_counted_in_the_paper_s_language():
    assert "第 1 页，共 1 页" in text(invoice(language="zh-Hans"))


def test_the_head_of_a_table_stands_on_every_page_that_has_rows():
    found = pages(invoice(FOUR_PAGES))
    with_rows = [page for page in found if "Chain of gold" in page]

    assert len(with_rows) >= 3
    assert all("Net weight" in page for page in with_rows)


def test_no_row_is_lost_between_pages():
    found = text(invoice(FOUR_PAGES))

    assert found.count("Chain of gold, 14 karat") == FOUR_PAGES - 1


def test_the_totals_stay_with_a_row():
    for rows in range(8, 30, 3):
        (page,) = [page for page in pages(invoice(rows)) if "EUR 2,386.90" in page]
        assert "Chain of gold" in page


def test_the_code_of_the_paper_stands_on_every_page():
    assert all("794612345678" in page for page in pages(invoice(FOUR_PAGES)))


@pytest.mark.parametrize(
    "block",
    [
        Paragraph(UNBROKEN),
        Heading(UNBROKEN),
        Statement(UNBROKEN, UNBROKEN),
        Panels((Panel(UNBROKEN, (UNBROKEN,)), Panel("b", (UNBROKEN,)))),
        Fields(((UNBROKEN, UNBROKEN), ("b", UNBROKEN)), columns=3),
        Table(GOODS, (("1", UNBROKEN, "", "", UNBROKEN, "", ""),), ((UNBROKEN, UNBROKEN),)),
        Checklist(UNBROKEN, ((UNBROKEN, False),)),
        Blanks((UNBROKEN, "b")),
    ],
    ids=lambda block: type(block).__name__,
)
def test_a_word_longer_than_a_line_is_broken_and_not_cut(block):
    found = text(paper(block))

    assert found.count("Ω") == str(block).count("Ω")
    assert found.count("ί") == str(block).count("ί")


def test_a_cell_higher_than_a_page_goes_on_on_the_next_one_under_the_head():
    cell = " ".join(f"word{at}" for at in range(900))

    found = pages(paper(Table((Column("Narrow"), Column("Empty", 6)), ((cell, ""),))))

    assert len(found) > 3
    assert all("Narrow" in page for page in found)
    assert [at for at in range(900) if f"word{at}" not in re.findall(r"word\d+", " ".join(found))] == []


def test_long_text_goes_on_on_the_next_page():
    found = pages(paper(Paragraph(LONG * 6)))

    assert len(found) > 1
    assert " ".join(" ".join(found).split()).count("small knot") == 120


def test_a_title_of_many_lines_and_no_codes_is_set_whole():
    found = text(paper(Paragraph("body"), title=LONG, subtitle=LONG, barcode=None, qr=None))

    assert found.count("small knot") >= 40


def test_an_empty_paper_is_a_page():
    assert len(pages(paper(title="", subtitle="", barcode=None, qr=None, footer=""))) == 1


@pytest.mark.parametrize(
    "empty", [Panels(()), Fields(()), Table((Column("Item"),), ()), Blanks(()), Checklist("To do", ())]
)
def test_an_empty_block_breaks_nothing(empty):
    assert "after" in text(paper(empty, Paragraph("after")))


def test_a_row_that_does_not_fit_its_columns_is_refused():
    with pytest.raises(ValueError, match="a row of 3 cells"):
        render(paper(Table((Column("Item"), Column("Value")), (("1", "2", "3"),))))


def test_a_day_that_is_none_is_refused():
    with pytest.raises(ValueError, match="isoformat"):
        render(replace(invoice(), made_on="yesterday"))


def test_figures_of_a_column_end_at_one_line():
    opened_pdf = pypdfium2.PdfDocument(render(invoice()))
    page = opened_pdf[0].get_textpage()
    ends = set()
    for amount in ("1,240.00", "1,096.50"):
        at, count = page.search(amount).get_next()
        ends.add(round(page.get_charbox(at + count - 1)[2]))

    assert len(ends) == 1
