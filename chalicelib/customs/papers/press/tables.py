"""Tables as strips: a head that is repeated, rows that may break between lines when they must, totals at the right.

A column has its share of the width, but never less than its longest word or figure needs while the others can spare it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from chalicelib.customs.papers.document import Column, Table
from chalicelib.customs.papers.press import look
from chalicelib.customs.papers.press.setting import Line, Setter, Style, shown_language
from chalicelib.customs.papers.press.sheet import Colour, Sheet
from chalicelib.customs.papers.press.strips import Strip, no_lonely_lines, together

_BETWEEN = 9.0
_ABOVE_ROW = 3.5
_BEFORE_TOTALS = 5.0
# No single column claims more than this part of the width for a word that might as well be broken.
_WIDEST_CLAIM = 0.4
_TOTALS_WIDTH = 0.46


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands."""

    column: Column
    x: float
    width: float
    to_left: bool

    def start(self, line: Line) -> float:
        room = self.width - line.width
        # Figures end at the right on any page; on a mirrored one that is where a column begins.
        return self.x + {"left": 0.0, "center": room / 2, "right": 0.0 if self.to_left else room}[self.column.align]


def table_strips(table: Table, setter: Setter, x: float, width: float) -> list[Strip]:
    """Set a table into strips; every strip below the head knows the head."""
    for row in table.rows:
        if len(row) != len(table.columns):
            raise ValueError(f"a row of {len(row)} cells in a table of {len(table.columns)} columns")
    places = _places(table, setter, x, width)
    head = _head(places, setter, x, width)
    language = table.language or shown_language("\n".join(cell for row in table.rows for cell in row))
    rows = [_row_strips(row, places, setter, x, width, language) for row in table.rows]
    body = [strip for row in rows for strip in row]
    if table.totals and rows:
        body = [*body[: -len(rows[-1])], *(replace(strip, keep=True) for strip in rows[-1])]
    below = [*body, *_beside(table.notes, _totals(table.totals, setter, x, width), setter, x, width)]
    return [*head, *(replace(strip, head=tuple(head)) for strip in below)]


def _places(table: Table, setter: Setter, x: float, width: float) -> list[_Place]:
    room = width - _BETWEEN * (len(table.columns) - 1)
    least = [_least(column, _cells(table, at), setter, room) for at, column in enumerate(table.columns)]
    found: list[_Place] = []
    for column, each in zip(
        table.columns, widths([column.share for column in table.columns], least, room), strict=True
    ):
        found.append(_Place(column, x, each, setter.to_left))
        x += each + _BETWEEN
    return found


def _cells(table: Table, at: int) -> list[str]:
    return [row[at] for row in table.rows if at < len(row)]


def _least(column: Column, cells: Sequence[str], setter: Setter, room: float) -> float:
    """Width a column needs so that no word of it is broken; a column of figures keeps each figure on its line."""
    measured = setter.natural_width if column.align == "right" else setter.word_width
    needed = [setter.word_width(column.title, look.LABEL_STRONG), *(measured(cell, look.CELL) for cell in cells)]
    return min(max(needed) + 0.1, room * _WIDEST_CLAIM)


def widths(shares: Sequence[int], least: Sequence[float], room: float) -> list[float]:
    """Share out the room, lifting columns to their least width at the cost of those that have more than theirs.

    >>> [round(width, 1) for width in widths([1, 1, 2], [10, 40, 10], 100)]
    [20.9, 40.0, 39.1]
    """
    if sum(least) >= room:
        return [each * room / sum(least) for each in least]
    whole = sum(shares) or 1
    given = [room * share / whole for share in shares]
    wanting = sum(max(need - has, 0) for need, has in zip(least, given, strict=True))
    spare = sum(max(has - need, 0) for need, has in zip(least, given, strict=True))
    return [
        need if has < need else has - (has - need) * wanting / (spare or 1)
        for need, has in zip(map(float, least), given, strict=True)
    ]


def _head(places: Sequence[_Place], setter: Setter, x: float, width: float) -> list[Strip]:
    titles = [setter.lines(place.column.title, look.LABEL_STRONG, place.width) for place in places]
    count = max(len(lines) for lines in titles)
    # Titles of one line stand at the foot of a head of two.
    padded = [[None] * (count - len(lines)) + lines for lines in titles]
    rows = [_band(row, places, look.SOFT) for row in zip(*padded, strict=True)]
    foot = Strip(5.5, lambda sheet, y: sheet.rule(x, y + 4, width, look.INK, 0.7))
    return [replace(strip, keep=True) for strip in (*rows, foot)]


def _row_strips(
    row: Sequence[str], places: Sequence[_Place], setter: Setter, x: float, width: float, language: str | None
) -> list[Strip]:
    cells = [setter.lines(text, look.CELL, place.width, language) for text, place in zip(row, places, strict=False)]
    bands = [_band(band, places, look.INK) for band in zip_longest(*cells)]
    kept = together(bands) if len(bands) <= look.LONGEST_KEPT else no_lonely_lines(bands)
    foot = Strip(_ABOVE_ROW + 0.4, lambda sheet, y: sheet.rule(x, y + _ABOVE_ROW, width, look.HAIR))
    air = Strip(_ABOVE_ROW, lambda _sheet, _y: None, keep=True)
    return [air, *kept[:-1], *(replace(strip, keep=True) for strip in kept[-1:]), foot]


def _band(lines: Sequence[Line | None], places: Sequence[_Place], colour: Colour) -> Strip:
    set_lines = [(line, place.start(line)) for line, place in zip(lines, places, strict=False) if line]

    def draw(sheet: Sheet, y: float) -> None:
        for line, at in set_lines:
            sheet.line(line, at, y, colour)

    return Strip(max((line.style.leading for line, _ in set_lines), default=look.CELL.leading), draw)


def _totals(totals: Sequence[tuple[str, str]], setter: Setter, x: float, width: float) -> list[Strip]:
    if not totals:
        return []
    found: list[Strip] = [Strip(_BEFORE_TOTALS, _nothing, keep=True)]
    left = x + width * (1 - _TOTALS_WIDTH)
    for at, pair in enumerate(totals):
        grand = at == len(totals) - 1
        strips = list(_total(pair, setter, left, x + width, grand=grand))
        if grand and len(totals) > 1:
            rule = Strip(4, lambda sheet, y: sheet.rule(left, y + 2, x + width - left, look.GOLD, 0.8), keep=True)
            strips.insert(0, rule)
        found += strips
    return together(found)


def _beside(
    notes: Sequence[tuple[str, str | None]], totals: Sequence[Strip], setter: Setter, x: float, width: float
) -> list[Strip]:
    """Notes and totals side by side, as one piece."""
    measure = width * (1 - _TOTALS_WIDTH) - _BETWEEN
    lines = [line for text, language in notes for line in setter.lines(text, look.SMALL, measure, language)]
    if not lines:
        return list(totals)

    def draw(sheet: Sheet, y: float) -> None:
        y += _BEFORE_TOTALS
        for line in lines:
            sheet.line(line, x, y, look.INK)
            y += line.style.leading

    wanting = _BEFORE_TOTALS + sum(line.style.leading for line in lines) - sum(strip.height for strip in totals)
    return together([Strip(0, draw), *totals, *([Strip(wanting, _nothing)] if wanting > 0 else [])])


def _nothing(_sheet: Sheet, _y: float) -> None:
    """Draw nothing: room that something beside it needs."""


def _total(pair: tuple[str, str], setter: Setter, left: float, right: float, *, grand: bool) -> Iterator[Strip]:
    style = look.GRAND_TOTAL if grand else look.TOTAL
    words, amount = pair
    value_width = min(setter.natural_width(amount, style) + 0.1, (right - left) * 0.6)
    labels = setter.lines(words, look.STRONG if grand else look.TOTAL, right - left - value_width - _BETWEEN)
    values = setter.lines(amount, style, value_width)
    for label, value in zip_longest(labels, values):
        yield _total_strip(label, value, left, right, style)


def _total_strip(label: Line | None, value: Line | None, left: float, right: float, style: Style) -> Strip:
    def draw(sheet: Sheet, y: float) -> None:
        if label:
            sheet.line(label, left, y + (style.leading - label.style.leading) / 2, look.INK)
        if value:
            sheet.line(value, right - value.width, y, look.INK)

    return Strip(style.leading, draw)
