"""One sheet of paper being drawn: text lines, rules, tints and squares, measured in points from the upper left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import pydyf

from chalicelib.customs.papers.press.embedding import Embedded, as_utf16
from chalicelib.customs.papers.press.setting import Glyph, Line, Run
from chalicelib.customs.papers.press.typefaces import Typeface

Colour = tuple[float, float, float]
# A glyph and how far from the beginning of its run it stands, in thousandths of the type size.
Placed = tuple[float, Glyph]

# Outline of a typeface that has no bold of its own, in sizes.
_THICKENING = 0.028
# A letter stands so far below the top of its line that ascenders and descenders are in balance, in sizes.
_BASELINE = 0.36


def number(value: float) -> bytes:
    """Write a number as PDF does, to a thousandth of a point.

    >>> number(12.0), number(0.12345), number(-0.0001)
    (b'12', b'0.123', b'0')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return b"0" if text == "-0" else text.encode()


@dataclass(slots=True)
class Fonts:
    """The typefaces a document draws with, in the order they were first needed."""

    _by_face: dict[int, Embedded] = field(default_factory=dict)

    def of(self, typeface: Typeface) -> Embedded:
        """Give a typeface its name in this document."""
        return self._by_face.setdefault(id(typeface.face), Embedded(f"F{len(self._by_face) + 1}", typeface))

    def write(self, pdf: pydyf.PDF) -> pydyf.Dictionary:
        """Add all fonts to the PDF and give the dictionary of their names."""
        return pydyf.Dictionary({font.name: font.write(pdf) for font in self._by_face.values()})


class Sheet:
    """What is drawn on one page. ``height`` is the page's, in points. A ``mirrored`` one is for a language written from
    the right: whoever draws measures from the left all the same, and the sheet turns places round, but no picture.
    """

    def __init__(self, width: float, height: float, fonts: Fonts, *, mirrored: bool = False) -> None:
        self.mirrored = mirrored
        self.width = width
        self.height = height
        self._fonts = fonts
        self._drawn: list[bytes] = []
        self._marks: list[bytes] = []

    @property
    def content(self) -> bytes:
        """The page's content stream."""
        return b"\n".join([*self._drawn, *self._marks])

    def rule(self, x: float, y: float, width: float, colour: Colour, weight: float = 0.4) -> None:
        """Draw a horizontal rule whose upper edge is at ``y``."""
        self.tint(x, y, width, weight, colour)

    def tint(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self._put(*colour, b"rg")
        self._put(self._left(x, width), self.height - y - height, width, height, b"re f")

    def bars(
        self, rectangles: Sequence[tuple[float, float, float, float]], x: float, y: float, width: float, colour: Colour
    ) -> None:
        """Fill many rectangles as one picture of this width, so that no gap shows between neighbours."""
        self._put(*colour, b"rg")
        left = self._left(x, width)
        for across, down, wide, height in rectangles:
            self._put(left + across, self.height - y - down - height, wide, height, b"re")
        self._put(b"f")

    def box(self, x: float, y: float, side: float, colour: Colour, weight: float = 0.7) -> None:
        """Draw an empty square."""
        self._put(*colour, b"RG", weight, b"w")
        self._put(self._left(x, side), self.height - y - side, side, side, b"re S")

    def tick(self, x: float, y: float, side: float, colour: Colour) -> None:
        """Draw a tick into a square."""
        self._put(*colour, b"RG", side * 0.15, b"w 1 J 1 j")
        points = ((0.2, 0.52), (0.42, 0.74), (0.82, 0.24))
        for (across, down), draw in zip(points, (b"m", b"l", b"l"), strict=True):
            self._put(self._left(x, side) + across * side, self.height - y - down * side, draw)
        self._put(b"S 0 J 0 j")

    def line(self, line: Line, x: float, y: float, colour: Colour) -> None:
        """Draw a line of text whose leading begins at ``y``."""
        size = line.style.size
        baseline = self.height - y - line.style.leading / 2 - _BASELINE * size
        self._put(*colour, b"rg")
        x = self._left(x, line.width)
        for run in line.runs:
            self._run(run, x, baseline, size, colour)
            x += run.advance * size / 1000

    def _left(self, x: float, width: float) -> float:
        """Where something that wide begins, measured from the left edge of the paper."""
        return self.width - x - width if self.mirrored else x

    def _run(self, run: Run, x: float, baseline: float, size: float, colour: Colour) -> None:
        font = self._fonts.of(run.typeface)
        if run.typeface.thickened:
            self._put(b"q 2 Tr", *colour, b"RG", size * _THICKENING, b"w")
        for text, placed in _layers(run, font):
            if not placed:
                continue
            begun = len(self._drawn)
            if text is not None:
                self._put(b"/Span << /ActualText <FEFF" + as_utf16(text) + b"> >> BDC", *colour, b"rg")
            self._put(b"BT /" + font.name.encode(), size, b"Tf 1 0 0 1", x, baseline, b"Tm")
            self._glyphs(placed, font, size)
            self._put(b"ET" if text is None else b"ET EMC")
            if text == "":
                self._marks += self._drawn[begun:]
                del self._drawn[begun:]
        if run.typeface.thickened:
            self._put(b"Q")

    def _glyphs(self, placed: Sequence[Placed], font: Embedded, size: float) -> None:
        shown: list[bytes] = []
        pen = rise = 0.0
        for at, glyph in placed:
            if glyph.shift_y != rise:
                self._show(shown)
                rise = glyph.shift_y
                self._put(rise * size / 1000, b"Ts")
            if gap := pen - at - glyph.shift_x:
                shown.append(number(gap))
            shown.append(b"<%04X>" % font.code(glyph)[0])
            pen = at + glyph.shift_x + font.width(glyph)
        self._show(shown)
        if rise:
            self._put(b"0 Ts")

    def _show(self, shown: list[bytes]) -> None:
        if shown:
            self._put(b"[" + b"".join(_joined(shown)) + b"] TJ")
            shown.clear()

    def _put(self, *words: float | bytes) -> None:
        self._drawn.append(b" ".join(word if isinstance(word, bytes) else number(word) for word in words))


def _joined(shown: Sequence[bytes]) -> Iterator[bytes]:
    """Put codes that follow each other into one string, and numbers apart."""
    for at, part in enumerate(shown):
        if not part.startswith(b"<"):
            yield part + b" "
            continue
        follows = at > 0 and shown[at - 1].startswith(b"<")
        goes_on = at + 1 < len(shown) and shown[at + 1].startswith(b"<")
        yield part[1 if follows else 0 : -1 if goes_on else None]


def _layers(run: Run, font: Embedded) -> Iterator[tuple[str | None, list[Placed]]]:
    """Cut a run into parts whose glyphs stand for their own characters, and such that get their text beside them.

    From right to left there is no text beside: readers of PDF turn glyphs round by themselves, but not the text. The
    glyphs without characters, dots and marks above a letter, stand for no text and are drawn at the end of the page,
    out of the way of whoever reads or copies the line.
    """
    places = accumulate((glyph.advance for glyph in run.glyphs), initial=0.0)
    placed = list(zip(places, run.glyphs, strict=False))
    if run.to_left:
        yield from ((None, [one for one in placed if one[1].text]), ("", [one for one in placed if not one[1].text]))
        return
    plain: list[Placed] = []
    for group in _clusters(placed):
        if all(font.code(glyph)[1] for _, glyph in group):
            plain += group
            continue
        yield None, plain
        plain = []
        yield "".join(glyph.text for _, glyph in group), group
    yield None, plain


def _clusters(placed: Sequence[Placed]) -> Iterator[list[Placed]]:
    """Glyphs of one cluster; the first of them has the text."""
    group: list[Placed] = []
    for at, glyph in placed:
        if group and glyph.text:
            yield group
            group = []
        group.append((at, glyph))
    if group:
        yield group
