"""Strips and pages: what a block becomes, and which strip stands where.

A strip is the least that is never cut: one line of text with what lies beside it. Strips that ``keep`` stay on the page
of the next one as long as a page can hold them; a strip with a ``head`` that begins a page has the head put before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.customs.papers.press.setting import Line
from chalicelib.customs.papers.press.sheet import Colour, Sheet

Draw = Callable[[Sheet, float], None]
# What lies behind a strip: the sheet, the strip's upper edge and its height.
Ground = Callable[[Sheet, float, float], None]


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip of the page's full width. ``draw`` gets the sheet and the strip's upper edge; a gap draws nothing and
    is left out where it would begin a page.
    """

    height: float
    draw: Draw | None = None
    keep: bool = False
    head: tuple[Strip, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A strip on its page, ``y`` points below the upper edge."""

    strip: Strip
    y: float


def gap(height: float, *, keep: bool = False) -> Strip:
    """White space between two strips."""
    return Strip(height, keep=keep)


def closer(strips: Iterable[Strip], by: float) -> list[Strip]:
    """The same strips with their white space so many times as high."""
    return [replace(strip, height=strip.height * by) if strip.draw is None else strip for strip in strips]


def together(strips: Iterable[Strip]) -> list[Strip]:
    """Keep strips on one page."""
    every = list(strips)
    return [replace(strip, keep=True) for strip in every[:-1]] + every[-1:]


def staying(strips: Sequence[Strip]) -> list[Strip]:
    """The same strips, the last of which stays with what comes next: nobody signs a page that says nothing."""
    return [*strips[:-1], *(replace(strip, keep=True) for strip in strips[-1:])]


def no_lonely_lines(strips: Iterable[Strip]) -> list[Strip]:
    """Keep the first two and the last two of strips together, so that no line of a text stands alone on a page."""
    every = list(strips)
    lonely = {0, len(every) - 2}
    return [replace(strip, keep=True) if at in lonely and len(every) > 1 else strip for at, strip in enumerate(every)]


def text_strip(line: Line, x: float, width: float, colour: Colour, *, turned: bool = False) -> Strip:
    """One line of running text; ``turned`` sets a paragraph read against the page's direction to its far edge."""

    def draw(sheet: Sheet, y: float) -> None:
        far = turned and line.to_left != sheet.mirrored
        sheet.line(line, x + width - line.width if far else x, y, colour)

    return Strip(line.style.leading, draw)


def behind(strips: Iterable[Strip], ground: Ground) -> Iterator[Strip]:
    """Draw something behind every strip, gaps too."""
    for strip in strips:
        yield replace(strip, draw=_both(strip, ground))


def _both(strip: Strip, ground: Ground) -> Draw:
    def draw(sheet: Sheet, y: float) -> None:
        ground(sheet, y, strip.height)
        if strip.draw:
            strip.draw(sheet, y)

    return draw


def paginate(strips: Iterable[Strip], first: float, other: float, bottom: float) -> list[list[Placed]]:
    """Put strips on pages: from ``first`` downwards on the first one, from ``other`` on the rest, never below
    ``bottom``. A strip higher than a page stands alone on one.
    """
    pages: list[list[Placed]] = [[]]
    y = first
    for group in _groups(strips):
        height = sum(strip.height for strip in group)
        if y + height > bottom and pages[-1] and height + _head(group[0]) <= bottom - other:
            pages.append([])
            y = other
        for strip in group:
            if y + strip.height > bottom and pages[-1]:
                pages.append([])
                y = other
            if not pages[-1] and strip.draw is None:
                continue
            for piece in (*(strip.head if not pages[-1] and len(pages) > 1 else ()), strip):
                pages[-1].append(Placed(piece, y))
                y += piece.height
    return pages


def _head(strip: Strip) -> float:
    return sum(piece.height for piece in strip.head)


def _groups(strips: Iterable[Strip]) -> Iterator[list[Strip]]:
    group: list[Strip] = []
    for strip in strips:
        group.append(strip)
        if not strip.keep:
            yield group
            group = []
    if group:
        yield group
