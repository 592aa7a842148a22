"""Setting: text of any script becomes lines of placed glyphs, none wider than the measure and nothing left out.

A text is cut into runs of one typeface and one direction, shaped by HarfBuzz (joined Arabic, stacked Thai, the Han
forms of the language), broken into lines where ``characters.may_break`` allows - or, in a word longer than the
measure, between any two characters - and shaped again line by line, since letters at a line's end may change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import uharfbuzz as hb

from chalicelib.customs.papers.press.bidi import base_level, figures_held, levels, visual_order
from chalicelib.customs.papers.press.characters import (
    clusters,
    harmless,
    is_hangul,
    is_kana,
    is_space,
    is_wide,
    may_break,
)
from chalicelib.customs.papers.press.typefaces import Typeface, Weight, shown, typeface, visible

_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_FROM_THE_RIGHT = frozenset({"ar", "fa", "he", "iw", "ur"})
_FIGURES = re.compile(r"[0-9]+([.,][0-9]+)*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
# Marks that Chinese and Japanese set as wide as a character and others do not.
_SHARED_MARKS = frozenset("“”‘’—…·")


@dataclass(frozen=True, slots=True)
class Style:
    """Size in points, the distance between lines in sizes, and how heavy."""

    size: float
    weight: Weight = "regular"
    spacing: float = 1.42

    @property
    def leading(self) -> float:
        """Points from one line to the next."""
        return self.size * self.spacing


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph as drawn: its characters, its advance and its shift, in thousandths of the type size."""

    number: int
    text: str
    advance: float
    shift_x: float
    shift_y: float


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one typeface in the order they stand, with the text they came from in reading order."""

    typeface: Typeface
    glyphs: tuple[Glyph, ...]
    text: str
    to_left: bool

    @property
    def advance(self) -> float:
        """Width in thousandths of the type size."""
        return sum(glyph.advance for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class Line:
    """Runs from left to right, the width in points, and whether its paragraph is read from the right."""

    runs: tuple[Run, ...]
    style: Style
    width: float
    to_left: bool


@dataclass(frozen=True, slots=True)
class _Cluster:
    text: str
    typeface: Typeface
    level: int
    korean: bool
    start: int

    @property
    def kind(self) -> tuple[int, int, bool]:
        return id(self.typeface), self.level, self.korean


class Setter:
    """Sets the text of one document; what it has shaped once it keeps until the document is done."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._shaped: dict[tuple[int, str, bool, str], Run] = {}
        self._set: dict[tuple[str, Style, float, str | None], list[Line]] = {}

    @property
    def to_left(self) -> bool:
        """Say whether the document's language is written from the right."""
        return self._language.split("-")[0].lower() in _FROM_THE_RIGHT

    def lines(self, text: str, style: Style, width: float, language: str | None = None) -> list[Line]:
        """Set text into lines of at most this width in points; one empty line for an empty text."""
        key = (text, style, width, language)
        if key not in self._set:
            spoken = _spoken(text, language or self._language)
            clean = visible(harmless(text), style.weight)
            measure = max(width, style.size) * 1000 / style.size
            self._set[key] = [
                line for paragraph in clean.split("\n") for line in self._paragraph(paragraph, style, measure, spoken)
            ]
        return self._set[key]

    def natural_width(self, text: str, style: Style) -> float:
        """Give the width of the text's longest line when nothing makes it wrap, in points."""
        return max(line.width for line in self.lines(text, style, float("1e6")))

    def word_width(self, text: str, style: Style) -> float:
        """Give the width of the widest part of a text that should not be broken, in points."""
        return max((self.natural_width(word, style) for word in _words(text)), default=0.0)

    def _paragraph(self, text: str, style: Style, measure: float, language: str) -> Iterator[Line]:
        base = base_level(text)
        cut = list(_cut(text, style.weight, base))
        for first, last in _spans(cut, self._advances(cut, language), measure):
            yield self._line(cut[first:last], style, base, language)

    def _advances(self, cut: Sequence[_Cluster], language: str) -> list[float]:
        """Width of every cluster; a ligature counts for its first one."""
        found = [0.0] * len(cut)
        owners = [at for at, cluster in enumerate(cut) for _ in cluster.text]
        for run, start in self._runs(cut, language):
            owner = at = start
            for glyph in reversed(run.glyphs) if run.to_left else run.glyphs:
                if glyph.text:
                    owner = at
                    at += len(glyph.text)
                found[owners[owner]] += glyph.advance
        return found

    def _runs(self, cut: Sequence[_Cluster], language: str) -> Iterator[tuple[Run, int]]:
        for _, same in groupby(cut, key=lambda cluster: cluster.kind):
            together = list(same)
            head = together[0]
            yield self._run("".join(one.text for one in together), head, language), head.start

    def _run(self, text: str, head: _Cluster, language: str) -> Run:
        key = (id(head.typeface), text, bool(head.level % 2), language)
        if key not in self._shaped:
            self._shaped[key] = shape(text, head.typeface, to_left=bool(head.level % 2), language=language)
        return self._shaped[key]

    def _line(self, cut: Sequence[_Cluster], style: Style, base: int, language: str) -> Line:
        end = len(cut)
        while end and is_space(cut[end - 1].text):
            end -= 1
        pieces = [(run, cluster) for run, cluster in self._line_runs(cut[:end], language)]
        order = visual_order([level for _, level in pieces])
        runs = tuple(pieces[at][0] for at in order)
        return Line(runs, style, sum(run.advance for run in runs) * style.size / 1000, bool(base))

    def _line_runs(self, cut: Sequence[_Cluster], language: str) -> Iterator[tuple[Run, int]]:
        for _, same in groupby(cut, key=lambda cluster: cluster.kind):
            together = list(same)
            yield self._run("".join(one.text for one in together), together[0], language), together[0].level


def shape(text: str, typeface: Typeface, *, to_left: bool, language: str) -> Run:
    """Let HarfBuzz choose and place the glyphs of a text of one typeface and direction."""
    buffer = hb.Buffer()
    buffer.add_codepoints([ord(character) for character in text])
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if to_left else "ltr"
    buffer.language = language
    # Readers of PDF turn letters round, but would put a mark of its own before its letter.
    apart, together = hb.BufferClusterLevel.MONOTONE_CHARACTERS, hb.BufferClusterLevel.MONOTONE_GRAPHEMES
    buffer.cluster_level = together if to_left else apart
    hb.shape(typeface.font, buffer, _features(text, typeface))
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    texts = _texts(text, [info.cluster for info in infos], to_left)
    scale = typeface.scale
    glyphs = tuple(
        Glyph(
            info.codepoint,
            part.translate(_MIRRORED) if to_left else part,
            place.x_advance * scale,
            place.x_offset * scale,
            place.y_offset * scale,
        )
        for info, place, part in zip(infos, positions, texts, strict=True)
    )
    return Run(typeface, glyphs, text, to_left)


def _features(text: str, typeface: Typeface) -> dict[str, bool | list[tuple[int, int, bool]]]:
    """Figures of one width, so that amounts stand in columns; and no letter is ever redrawn as another sign (the Latin
    typeface would make a multiplication sign of the x in 0x1F).
    """
    if not typeface.is_latin:
        return {}
    return {"tnum": [(at.start(), at.end(), True) for at in _FIGURES.finditer(text)], "calt": False}


def _texts(text: str, starts: list[int], to_left: bool) -> list[str]:
    """Share a run's text out among its glyphs; the first one read of a cluster's glyphs gets the cluster's."""
    reading = list(range(len(starts)))
    if to_left:
        reading.reverse()
    found = [""] * len(starts)
    for place, at in enumerate(reading):
        if place and starts[reading[place - 1]] == starts[at]:
            continue
        after = next((starts[other] for other in reading[place:] if starts[other] != starts[at]), len(text))
        found[at] = text[starts[at] : after]
    return found


def shown_language(text: str) -> str | None:
    """Language that a text shows by letters no other language has; None when it shows none.

    >>> shown_language("東京都港区 レンタル"), shown_language("東京都港区")
    ('ja', None)
    """
    if text.isascii():
        return None
    if any(map(is_kana, text)):
        return "ja"
    return "ko" if any(map(is_hangul, text)) else None


def _spoken(text: str, language: str) -> str:
    """Language that decides the forms of Han characters: the given one where it is of that writing, else what the
    text itself shows, else Chinese.
    """
    tag = language if _LANGUAGE.fullmatch(language) else "en"
    primary = tag.split("-")[0].lower()
    seen = shown_language(text)
    if seen == "ja" or primary in ("ja", "ko"):
        return seen or primary
    if primary == "zh":
        return _chinese(tag.lower())
    return seen or ("zh-Hans" if any(map(is_wide, text)) else tag)


def _chinese(tag: str) -> str:
    if "-hk" in tag or "-mo" in tag:
        return "zh-Hant-HK"
    return "zh-Hant" if "-hant" in tag or "-tw" in tag else "zh-Hans"


def _cut(text: str, weight: Weight, base: int) -> Iterator[_Cluster]:
    """Cut a paragraph into clusters with their typeface and level."""
    level = figures_held(text, levels(text, base))
    start = 0
    for part, found in shown(text, weight, wide=_wide_marks(text)):
        yield _Cluster(part, found or typeface("latin", "regular"), level[start], is_hangul(part[0]), start)
        start += len(part)


def _wide_marks(text: str) -> frozenset[int]:
    """Places of the marks that stand beside a Chinese or Japanese character."""
    if text.isascii():
        return frozenset()
    parts = list(clusters(text))
    marks = (at for at, part in enumerate(parts) if part in _SHARED_MARKS)
    return frozenset(at for at in marks if any(is_wide(beside[0]) for beside in parts[max(at - 1, 0) : at + 2]))


def _spans(cut: Sequence[_Cluster], advances: Sequence[float], measure: float) -> Iterator[tuple[int, int]]:
    """Give first and past-last cluster of each line."""
    first, allowed, used = 0, 0, 0.0
    for at, advance in enumerate(advances):
        if at > first and may_break(cut[at - 1].text, cut[at].text):
            allowed = at
        if used + advance > measure + 0.01 and at > first and not is_space(cut[at].text):
            last = allowed if allowed > first else at
            yield first, last
            first, used = last, sum(advances[last:at])
        used += advance
    yield first, len(cut)


def _words(text: str) -> Iterator[str]:
    word = ""
    before = ""
    for cluster in clusters(harmless(text)):
        if before and (cluster == "\n" or before == "\n" or may_break(before, cluster)):
            yield word.strip()
            word = ""
        word += cluster
        before = cluster
    if word.strip():
        yield word.strip()
