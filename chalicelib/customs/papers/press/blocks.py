"""Blocks as strips: headings, text, panels, fields, statements, checklists and blanks. Tables have their own module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TypeVar

from chalicelib.customs.papers.document import (
    Blanks,
    Block,
    Checklist,
    Fields,
    Heading,
    Panel,
    Panels,
    Paragraph,
    Statement,
    Table,
)
from chalicelib.customs.papers.press import look
from chalicelib.customs.papers.press.setting import Line, Setter, shown_language
from chalicelib.customs.papers.press.sheet import Colour, Sheet
from chalicelib.customs.papers.press.strips import (
    Draw,
    Ground,
    Strip,
    behind,
    gap,
    no_lonely_lines,
    text_strip,
    together,
)
from chalicelib.customs.papers.press.tables import table_strips

_T = TypeVar("_T")
_PANELS_ABREAST = 3
_STATEMENT_INSET = 13.0
_TICK_SIDE = 8.0
_TICK_INSET = 17.0
_BLANK_HEIGHT = 23.0
_BLANKS_ABREAST = 4


@dataclass(frozen=True, slots=True)
class _Cell:
    """A line somewhere in a strip with others beside it."""

    line: Line
    x: float
    colour: Colour


def strips_of(block: Block, setter: Setter, x: float, width: float) -> list[Strip]:
    """Turn a block into strips of this width, with the white space before it."""
    match block:
        case Heading():
            return _heading(block, setter, x, width)
        case Paragraph():
            lines = setter.lines(block.text, look.BODY, width, block.language)
            text = no_lonely_lines(text_strip(line, x, width, look.INK, turned=True) for line in lines)
            return [gap(look.BEFORE_TEXT), *text]
        case Panels():
            return _panels(block, setter, x, width)
        case Fields():
            return _fields(block, setter, x, width)
        case Table():
            return [gap(look.BEFORE_BLOCK), *table_strips(block, setter, x, width)]
        case Statement():
            return _statement(block, setter, x, width)
        case Checklist():
            return _checklist(block, setter, x, width)
        case Blanks():
            return _blanks(block, setter, x, width)


def _heading(block: Heading, setter: Setter, x: float, width: float) -> list[Strip]:
    lines = setter.lines(block.text, look.HEADING, width)
    words = [text_strip(line, x, width, look.INK, turned=True) for line in lines]
    kept = [*together(words)[:-1], *(Strip(strip.height, strip.draw, keep=True) for strip in words[-1:])]
    return [gap(look.BEFORE_HEADING, keep=True), *kept, gap(1, keep=True)]


def _panels(block: Panels, setter: Setter, x: float, width: float) -> list[Strip]:
    found: list[Strip] = []
    for panels in _abreast(block.panels, _PANELS_ABREAST):
        count = min(max(len(block.panels), 1), _PANELS_ABREAST)
        each = (width - look.GUTTER * (count - 1)) / count
        places = [x + at * (each + look.GUTTER) for at in range(len(panels))]
        columns = [_panel(panel, setter, place, each) for panel, place in zip(panels, places, strict=True)]
        rules = Strip(6, _rules(places, each, look.INK, 0.7), keep=True)
        found += [gap(look.BEFORE_BLOCK), rules, *_side_by_side(columns)]
    return found


def _panel(panel: Panel, setter: Setter, x: float, width: float) -> list[_Cell]:
    title = [_Cell(line, x, look.GOLD) for line in setter.lines(panel.title, look.LABEL_STRONG, width)]
    language = panel.language or shown_language("\n".join(panel.lines))
    body: list[_Cell] = []
    for at, text in enumerate(panel.lines):
        style = look.BODY if at else look.STRONG
        body += [_Cell(line, x, look.INK) for line in setter.lines(text, style, width, language)]
    return title + body


def _side_by_side(columns: Sequence[Sequence[_Cell]]) -> list[Strip]:
    rows = [[cell for cell in row if cell] for row in zip_longest(*columns)]
    strips = [_row(row) for row in rows]
    return together(strips) if len(strips) <= look.LONGEST_KEPT else no_lonely_lines(strips)


def _row(cells: Sequence[_Cell]) -> Strip:
    def draw(sheet: Sheet, y: float) -> None:
        for cell in cells:
            sheet.line(cell.line, cell.x, y + (height - cell.line.style.leading) / 2, cell.colour)

    height = max(cell.line.style.leading for cell in cells)
    return Strip(height, draw)


def _rules(places: Sequence[float], width: float, colour: Colour, weight: float) -> Draw:
    def draw(sheet: Sheet, y: float) -> None:
        for place in places:
            sheet.rule(place, y, width, colour, weight)

    return draw


def _fields(block: Fields, setter: Setter, x: float, width: float) -> list[Strip]:
    count, each, places = _columns(block.columns, x, width)
    found = [gap(look.BEFORE_BLOCK), *(_titled(block.title, setter, x, width) if block.title else ())]
    for at, row in enumerate(_abreast(block.rows, count)):
        columns = [_field(pair, setter, place, each) for pair, place in zip(row, places, strict=False)]
        hairs = Strip(3, _rules(places, each, look.HAIR, 0.4), keep=True)
        found += [*((hairs,) if at or not block.title else ()), *_side_by_side(columns), gap(3.5)]
    return found[:-1] if block.rows else []


def _columns(count: int, x: float, width: float) -> tuple[int, float, list[float]]:
    """How many stand side by side, how wide each is, and where each begins."""
    count = max(count, 1)
    each = (width - look.GUTTER * (count - 1)) / count
    return count, each, [x + at * (each + look.GUTTER) for at in range(count)]


def _titled(title: str, setter: Setter, x: float, width: float) -> list[Strip]:
    """A small title under a rule, which stays with what it names."""
    lines = [text_strip(line, x, width, look.GOLD) for line in setter.lines(title, look.LABEL_STRONG, width)]
    rule = Strip(6, _rules([x], width, look.INK, 0.7), keep=True)
    return [rule, *(Strip(strip.height, strip.draw, keep=True) for strip in lines), gap(2, keep=True)]


def _field(pair: tuple[str, str], setter: Setter, x: float, width: float) -> list[_Cell]:
    label, value = pair
    labels = [_Cell(line, x, look.SOFT) for line in setter.lines(label, look.LABEL, width)]
    return labels + [_Cell(line, x, look.INK) for line in setter.lines(value, look.BODY, width)]


def _statement(block: Statement, setter: Setter, x: float, width: float) -> list[Strip]:
    inner, measure = x + _STATEMENT_INSET, width - 2 * _STATEMENT_INSET
    text: list[Strip] = []
    for said, language in ((block.text, block.language), *block.also):
        lines = setter.lines(said, look.BODY, measure, language)
        between = [gap(2, keep=True)] if text else []
        text += [*between, *(text_strip(line, inner, measure, look.INK, turned=True) for line in lines)]
    if block.cites:
        cites = setter.lines(block.cites, look.SMALL, measure)
        text += [gap(2.5, keep=True), *(text_strip(line, inner, measure, look.SOFT, turned=True) for line in cites)]

    def ground(sheet: Sheet, y: float, height: float) -> None:
        sheet.tint(x, y, width, height, look.TINT)
        sheet.tint(x, y, 2, height, look.GOLD)

    padded = [_padding(5.5), *text, _padding(5.5)]
    kept = together(padded) if len(text) <= look.LONGEST_KEPT else [*together(padded[:3]), *no_lonely_lines(padded[3:])]
    return [gap(look.BEFORE_TEXT), *behind(kept, ground)]


def _padding(height: float) -> Strip:
    return Strip(height, lambda _sheet, _y: None, keep=True)


def _checklist(block: Checklist, setter: Setter, x: float, width: float) -> list[Strip]:
    count, each, places = _columns(block.columns, x, width)
    found = [gap(look.BEFORE_BLOCK), *_titled(block.title, setter, x, width)]
    for row in _abreast(block.rows, count):
        inside = [place + _TICK_INSET for place in places]
        columns = [
            [_Cell(line, place, look.INK) for line in setter.lines(text, look.BODY, each - _TICK_INSET)]
            for (text, _), place in zip(row, inside, strict=False)
        ]
        words = [_row([cell for cell in cells if cell]) for cells in zip_longest(*columns)]
        for (_, ticked), place in zip(row, places, strict=False):
            words[:1] = behind(words[:1], _tick_box(place, ticked))
        found += [gap(1.5), *no_lonely_lines(words)]
    return [*found[:1], *together(found[1:])] if len(found) <= 2 * look.LONGEST_KEPT else found


def _tick_box(x: float, ticked: bool) -> Ground:
    def draw(sheet: Sheet, y: float, height: float) -> None:
        top = y + (height - _TICK_SIDE) / 2
        sheet.box(x, top, _TICK_SIDE, look.SOFT)
        if ticked:
            sheet.tick(x, top, _TICK_SIDE, look.GOLD)

    return draw


def _blanks(block: Blanks, setter: Setter, x: float, width: float) -> list[Strip]:
    by_number = len(block.labels) if len(block.labels) in range(2, _BLANKS_ABREAST + 1) else 3
    count, each, places = _columns(block.columns or by_number, x, width)
    titled = [gap(look.BEFORE_BLOCK), *_titled(block.title, setter, x, width)]
    found = [replace(strip, keep=True) for strip in (titled if block.title else [gap(look.BEFORE_TEXT)])]
    for labels in _abreast(block.labels, count):
        columns = [
            [_Cell(line, place, look.SOFT) for line in setter.lines(label, look.LABEL, each)]
            for label, place in zip(labels, places, strict=False)
        ]
        line = Strip(3, _rules(places[: len(labels)], each, look.INK, 0.5), keep=True)
        found += [Strip(_BLANK_HEIGHT, lambda _sheet, _y: None, keep=True), line, *_side_by_side(columns)]
    return found


def _abreast(things: Sequence[_T], count: int) -> Iterator[Sequence[_T]]:
    for at in range(0, len(things), count):
        yield things[at : at + count]
