"""A document becomes a PDF: the same document is always the same bytes.

The PDF holds text that can be selected and searched, its title and language, and nothing that acts: no script, no
link, no form, no file beside it. Only the worker that makes papers imports this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from io import BytesIO

import pydyf

from chalicelib.customs.papers.document import Blanks, Block, Checklist, Document, Statement
from chalicelib.customs.papers.press import look
from chalicelib.customs.papers.press.blocks import strips_of
from chalicelib.customs.papers.press.characters import harmless
from chalicelib.customs.papers.press.masthead import Frame, masthead
from chalicelib.customs.papers.press.setting import Setter
from chalicelib.customs.papers.press.sheet import Fonts, Sheet
from chalicelib.customs.papers.press.strips import Placed, Strip, closer, paginate, staying


def render(document: Document) -> bytes:
    """Make the PDF of a paper: pages of its size, the title with its codes on the first, page x of y on each.

    Text of any script is shown whole; a character that no typeface has is shown by its number. Raises ValueError when
    a row of a table has not as many cells as the table has columns, or ``made_on`` is no ISO day.
    """
    fonts = Fonts()
    sheets = _sheets(document, fonts)
    pdf = pydyf.PDF()
    resources = pydyf.Dictionary({"Font": fonts.write(pdf)})
    pdf.add_object(resources)
    for sheet in sheets:
        content = pydyf.Stream([sheet.content], compress=True)
        pdf.add_object(content)
        page = {
            "Type": "/Page",
            "Parent": pdf.pages.reference,
            "MediaBox": pydyf.Array([0, 0, sheet.width, sheet.height]),
            "Contents": content.reference,
            "Resources": resources.reference,
        }
        pdf.add_page(pydyf.Dictionary(page))
    _describe(pdf, document)
    written = BytesIO()
    pdf.write(written, identifier=sha256(repr(document).encode("utf-8", "replace")).hexdigest()[:32].encode())
    return written.getvalue()


def _sheets(document: Document, fonts: Fonts) -> list[Sheet]:
    width, height = look.SIZES[document.page]
    setter = Setter(document.language)
    measure = width - 2 * look.SIDE
    frame = Frame(document, setter, look.SIDE, measure)
    strips = [*masthead(document, setter, look.SIDE, measure), *_body(document, setter, measure)]
    foot = height - look.BOTTOM - frame.foot_height
    pages = _pages(strips, look.TOP, look.TOP + frame.head_height, foot - look.ABOVE_FOOT)
    sheets = [Sheet(width, height, fonts, mirrored=setter.to_left) for _ in pages]
    for at, (sheet, page) in enumerate(zip(sheets, pages, strict=True), 1):
        if at > 1:
            frame.draw_head(sheet, look.TOP)
        for placed in page:
            if placed.strip.draw:
                placed.strip.draw(sheet, placed.y)
        frame.draw_foot(sheet, foot, at, len(pages))
    return sheets


def _body(document: Document, setter: Setter, measure: float) -> list[Strip]:
    """The blocks in strips. Claims stay with the statement they belong to, and blanks with what is signed."""
    strips: list[Strip] = []
    before: Block | None = None
    for block in document.blocks:
        found = strips_of(block, setter, look.SIDE, measure)
        if isinstance(block, Checklist) and isinstance(before, Statement):
            found = [*staying(found[:1]), *found[1:]]
        strips = [*(staying(strips) if isinstance(block, Blanks) else strips), *found]
        before = block
    return strips


def _pages(strips: Sequence[Strip], first: float, other: float, bottom: float) -> list[list[Placed]]:
    """The strips on pages, as airy as they can be on the fewest."""
    tries = [paginate(closer(strips, by), first, other, bottom) for by in look.CLOSER]
    return min(tries, key=len)


def _describe(pdf: pydyf.PDF, document: Document) -> None:
    pdf.catalog["Lang"] = _string(document.language)
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    pdf.info["Title"] = _string(document.title)
    pdf.info["Subject"] = _string(document.subtitle)
    pdf.info["Producer"] = _string("Goldthread")
    pdf.info["CreationDate"] = _string(f"D:{date.fromisoformat(document.made_on):%Y%m%d}000000Z")


def _string(text: str) -> pydyf.String:
    return pydyf.String(harmless(text).encode("utf-8", "replace").decode())
