"""A paper as a page-maker sees it: blocks of words and figures, with no idea of points, fonts or colours.

Whatever stands here was decided before: amounts are already text in their currency's decimals, dates are already
written out. Text may be of any script and any length; the page-maker wraps it and never cuts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Page = Literal["A4", "letter"]
Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. ``language`` is a BCP 47 tag where it differs from the document's."""

    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled box of lines: shipper, consignee, importer of record. ``language`` is a BCP 47 tag: it decides the forms
    of Han characters (an address of Tokyo, Hong Kong or Shanghai), where nothing else in the text does.
    """

    title: str
    lines: tuple[str, ...]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Panels:
    """Boxes side by side, two or three."""

    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """Labelled values in columns: invoice number, date, waybill, incoterm; under a small title where they have one."""

    rows: tuple[tuple[str, str], ...]
    columns: int = 3
    title: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; ``share`` is its part of the width against the other columns' shares."""

    title: str
    share: int = 1
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Lines of goods. The head is repeated on every page; ``totals`` stand under the last columns, and ``notes``, each
    a text and its language, at their left."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, str], ...] = ()
    language: str | None = None
    notes: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A declaration set apart from the rest, with the rule it rests on in small type; ``also`` is the same in other
    languages, each a text and its language."""

    text: str
    cites: str | None = None
    language: str | None = None
    also: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """Things to do or to tick, each with an empty box; ``True`` is ticked."""

    title: str
    rows: tuple[tuple[str, bool], ...]
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines to be filled in by hand: signature, place and date, seal number, weight. ``columns`` stand side by side;
    nought leaves it to their number. They stay with what stands above them."""

    labels: tuple[str, ...]
    columns: int = 0
    title: str = ""


Block = Heading | Paragraph | Panels | Fields | Table | Statement | Checklist | Blanks


@dataclass(frozen=True, slots=True)
class Document:
    """One paper. ``barcode`` is drawn as Code 128 (the waybill), ``qr`` as a QR code (the case); either may be None.

    ``language`` and ``made_on`` (ISO day) go into the PDF's own data; the same document is always the same bytes.
    """

    name: str
    title: str
    subtitle: str
    language: str
    page: Page
    made_on: str
    blocks: tuple[Block, ...]
    barcode: str | None = None
    qr: str | None = None
    footer: str = ""
