"""What frames a paper: title and codes at the head of the first page, a running head after it, the foot of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.customs.papers.document import Document
from chalicelib.customs.papers.press import look
from chalicelib.customs.papers.press.codes import code_128, qr
from chalicelib.customs.papers.press.setting import Line, Setter
from chalicelib.customs.papers.press.sheet import Sheet
from chalicelib.customs.papers.press.strips import Strip, text_strip

_GOLD_BAR = 11.0
_TITLE_LINES = 2
# A title stands on one line in the first of these that lets it.
_TITLES = (look.TITLE, look.MIDDLE_TITLE, look.LONG_TITLE)
_BAR_HEIGHT = 34.0
_QR_SIDE = 50.0
_QR_LABEL_WIDTH = 96.0
_BETWEEN_CODES = 24.0
# Points of one module: what prints best, and the least that a scanner at a counter reads from plain paper.
_MODULE, _LEAST_MODULE = 1.05, 0.7
_BARS_BESIDE_TITLE = 176.0
_PAGE_WORDS = {
    "en": "Page {page} of {pages}",
    "de": "Seite {page} von {pages}",
    "es": "Página {page} de {pages}",
    "fr": "Page {page} sur {pages}",
    "it": "Pagina {page} di {pages}",
    "ja": "{page} / {pages} ページ",
    "ko": "{page} / {pages} 페이지",
    "zh": "第 {page} 页，共 {pages} 页",
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """A code: rectangles from its own upper left corner, its width and height, its text so many points ``below``,
    centred or ``flush`` with its right edge.
    """

    rectangles: tuple[tuple[float, float, float, float], ...]
    width: float
    height: float
    below: float
    label: tuple[Line, ...]
    flush: bool = False

    @property
    def whole_height(self) -> float:
        return self.height + self.below + sum(line.style.leading for line in self.label)

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        if self.rectangles:
            sheet.bars(self.rectangles, x, y, self.width, look.INK)
        top = y + self.height + self.below
        for line in self.label:
            room = self.width - line.width
            sheet.line(line, x + (room if self.flush else room / 2), top, look.INK)
            top += line.style.leading


def masthead(document: Document, setter: Setter, x: float, width: float) -> list[Strip]:
    """Set title and subtitle with the codes at their right, or below them where the bars need the whole width."""
    square = _qr_mark(document.qr, setter, labelled=(document.qr or "") not in document.footer)
    bars = _bars_mark(document.barcode, setter, _BARS_BESIDE_TITLE)
    below = _bars_mark(document.barcode, setter, width) if document.barcode and not bars else None
    beside = [mark for mark in (bars, square) if mark]
    taken = sum(mark.width + _BETWEEN_CODES for mark in beside)
    words = _words(document, setter, x, width - taken)

    def draw(sheet: Sheet, y: float) -> None:
        sheet.tint(x, y, 30, 2.2, look.GOLD)
        right = x + width
        for mark in reversed(beside):
            mark.draw(sheet, right - mark.width, y)
            right -= mark.width + _BETWEEN_CODES

    needed = max((mark.whole_height for mark in beside), default=0.0)
    missing = max(needed - _GOLD_BAR - sum(strip.height for strip in words), 0.0)
    own_row = _own_row(below, document.barcode, setter, x, width)
    return [Strip(_GOLD_BAR, draw, keep=True), *words, *own_row, Strip(missing + 3, _nothing)]


def _nothing(_sheet: Sheet, _y: float) -> None:
    """Draw nothing: white space that stays also at the head of a page."""


def _words(document: Document, setter: Setter, x: float, width: float) -> list[Strip]:
    fitting = (setter.lines(document.title, style, width) for style in _TITLES)
    lines = next((found for found in fitting if len(found) == 1), [])
    if not lines:
        lines = setter.lines(document.title, look.MIDDLE_TITLE, width)
    if len(lines) > _TITLE_LINES:
        lines = setter.lines(document.title, look.LONG_TITLE, width)
    title = [text_strip(line, x, width, look.INK) for line in lines]
    if not document.subtitle:
        return title
    lines = setter.lines(document.subtitle, look.SUBTITLE, width)
    return [*title, Strip(3, _nothing), *(text_strip(line, x, width, look.SOFT) for line in lines)]


def _own_row(mark: _Mark | None, text: str | None, setter: Setter, x: float, width: float) -> list[Strip]:
    if mark:
        return [Strip(12, _nothing), Strip(mark.whole_height, lambda sheet, y: mark.draw(sheet, x, y))]
    if text and not _bars_mark(text, setter, _BARS_BESIDE_TITLE):
        return [text_strip(line, x, width, look.INK) for line in setter.lines(text, look.BODY, width)]
    return []


def _bars_mark(text: str | None, setter: Setter, room: float) -> _Mark | None:
    """Bars no wider than the room; None when there are none for the text or they would be too fine to be read."""
    bars = code_128(text) if text else None
    if not bars or not text:
        return None
    module = min(_MODULE, room / len(bars))
    if module < _LEAST_MODULE:
        return None
    rectangles = tuple((at * module, 0.0, many * module, _BAR_HEIGHT) for at, many in _dark(bars))
    width = len(bars) * module
    return _Mark(rectangles, width, _BAR_HEIGHT, 3.0, tuple(setter.lines(text, look.CODE, max(width, 60.0))))


def _dark(bars: str) -> list[tuple[int, int]]:
    """Where each bar begins and how many modules it is wide."""
    found: list[tuple[int, int]] = []
    for at, bar in enumerate(bars):
        if bar == "1" and at and bars[at - 1] == "1":
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif bar == "1":
            found.append((at, 1))
    return found


def _qr_mark(text: str | None, setter: Setter, *, labelled: bool) -> _Mark | None:
    """A QR code; with its text below where no foot of the page tells it, or where no code can hold it."""
    if not text:
        return None
    modules = qr(text)
    label = tuple(setter.lines(text, look.CODE, _QR_LABEL_WIDTH)) if labelled or not modules else ()
    width = max(_QR_SIDE, *(line.width for line in label)) if label else _QR_SIDE
    side = _QR_SIDE / len(modules) if modules else 0.0
    left = width - _QR_SIDE
    rectangles = tuple(
        (left + at * side, row * side, many * side, side)
        for row, line in enumerate(modules)
        for at, many in _dark("".join("01"[module] for module in line))
    )
    # Four modules around a QR code stay white.
    return _Mark(rectangles, width, _QR_SIDE if modules else 0.0, 4 * side, label, flush=True)


class Frame:
    """Running head and foot of a document's pages."""

    def __init__(self, document: Document, setter: Setter, x: float, width: float) -> None:
        self._setter = setter
        self._x, self._width = x, width
        self._page_words = _PAGE_WORDS.get(document.language.split("-")[0].lower(), "{page} / {pages}")
        self._title = setter.lines(document.title, look.LABEL, width * 0.6)
        self._code = setter.lines(document.barcode or document.qr or "", look.LABEL, width * 0.35)
        self._footer = setter.lines(document.footer, look.LABEL, width * 0.78)

    @property
    def head_height(self) -> float:
        """Points that the running head takes, with the white below it."""
        return max(_height(self._title), _height(self._code)) + 15

    @property
    def foot_height(self) -> float:
        """Points that the foot takes, with the rule above it."""
        return _height(self._footer) + 7

    def draw_head(self, sheet: Sheet, y: float) -> None:
        """Draw the running head of a page that is not the first."""
        self._stack(sheet, self._title, y, right=False)
        self._stack(sheet, self._code, y, right=True)
        sheet.rule(self._x, y + self.head_height - 11, self._width, look.HAIR)

    def draw_foot(self, sheet: Sheet, y: float, page: int, pages: int) -> None:
        """Draw the foot: what the document says there, and page x of y."""
        sheet.rule(self._x, y, self._width, look.HAIR)
        self._stack(sheet, self._footer, y + 7, right=False)
        counted = self._page_words.format(page=page, pages=pages)
        self._stack(sheet, self._setter.lines(counted, look.LABEL, self._width * 0.2), y + 7, right=True)

    def _stack(self, sheet: Sheet, lines: Sequence[Line], y: float, *, right: bool) -> None:
        for line in lines:
            sheet.line(line, self._x + (self._width - line.width if right else 0.0), y, look.SOFT)
            y += line.style.leading


def _height(lines: Sequence[Line]) -> float:
    return sum(line.style.leading for line in lines)
