"""Typefaces of the papers: who has which letter, and a letter nobody has shown by its number.

Files lie in ``fonts`` (SIL Open Font License, ``fonts/LICENSE.txt``). A file is mapped, not read, and only when a
document needs a letter of it; the one of 19 MB for Chinese, Japanese and Korean too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import uharfbuzz as hb

from chalicelib.customs.papers.press.characters import clusters, is_ignorable, is_wide

Weight = Literal["regular", "bold", "title"]

_FONTS = Path(__file__).resolve().parent.parent / "fonts"
_FILES: dict[str, dict[Weight, str]] = {
    "latin": {
        "regular": "Inter_400Regular.ttf",
        "bold": "Inter_600SemiBold.ttf",
        "title": "SourceSerif4_400Regular.ttf",
    },
    "cjk": {"regular": "NotoSansCJK-Regular.ttc"},
    "arabic": {"regular": "NotoSansArabic_400Regular.ttf", "bold": "NotoSansArabic_600SemiBold.ttf"},
    "hebrew": {"regular": "NotoSansHebrew_400Regular.ttf", "bold": "NotoSansHebrew_600SemiBold.ttf"},
    "thai": {"regular": "NotoSansThai_400Regular.ttf", "bold": "NotoSansThai_600SemiBold.ttf"},
    "devanagari": {"regular": "NotoSansDevanagari_400Regular.ttf", "bold": "NotoSansDevanagari_600SemiBold.ttf"},
    "emoji": {"regular": "NotoEmoji_400Regular.ttf"},
}
_FAMILY_BY_RANGE = (
    (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x08FF, "arabic"),
    (0x0900, 0x097F, "devanagari"),
    (0x0E00, 0x0E7F, "thai"),
    (0xA8E0, 0xA8FF, "devanagari"),
    (0xFB1D, 0xFB4F, "hebrew"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFE, "arabic"),
    (0x1F000, 0x1FAFF, "emoji"),
)
_EMOJI_STYLE = "\ufe0f"


@dataclass(frozen=True, slots=True, eq=False)
class Typeface:
    """One font file. ``thickened`` says that it has no bold of its own and is drawn with a thin outline instead,
    ``is_cff`` that its outlines are PostScript's and not TrueType's.

    ``scale`` turns its own units into thousandths of the type size, the measure of a PDF.
    """

    name: str
    face: hb.Face
    font: hb.Font
    thickened: bool
    is_latin: bool
    is_cff: bool

    @property
    def scale(self) -> float:
        """Thousandths of the type size for one unit of the font."""
        return 1000 / int(self.face.upem)

    def has(self, character: str) -> bool:
        """Say whether the font has a glyph for a character; what a control or a private character looks like, a font
        has no say in.
        """
        if unicodedata.category(character) in ("Cc", "Co", "Cs"):
            return False
        return self.font.get_nominal_glyph(ord(character)) is not None

    def covers(self, cluster: str) -> bool:
        """Say whether the font can show every character of a cluster."""
        return all(is_ignorable(character) or self.has(character) for character in cluster)


@cache
def _opened(file: str, thickened: bool) -> Typeface:
    face = hb.Face(hb.Blob.from_file_path(str(_FONTS / file)))
    name = file.partition(".")[0].replace("_", "-")
    return Typeface(name, face, hb.Font(face), thickened, file in _FILES["latin"].values(), "CFF " in face.table_tags)


def typeface(family: str, weight: Weight) -> Typeface:
    """Open a family in a weight, or in its regular one, which is drawn with an outline where bold was asked for."""
    files = _FILES[family]
    return _opened(files.get(weight, files["regular"]), weight == "bold" and family == "cjk")


@lru_cache(maxsize=8192)
def typeface_for(cluster: str, weight: Weight, *, wide: bool = False) -> Typeface | None:
    """Choose who shows a cluster; None when nobody can. ``wide`` asks for the punctuation of Chinese and Japanese."""
    for family in _candidates(cluster, wide):
        found = typeface(family, weight)
        if found.covers(cluster):
            return found
    # The serif of titles has fewer letters than the sans.
    return typeface_for(cluster, "regular", wide=wide) if weight == "title" else None


def _candidates(cluster: str, wide: bool) -> list[str]:
    point = ord(cluster[0])
    by_range = next((family for first, last, family in _FAMILY_BY_RANGE if first <= point <= last), None)
    if _EMOJI_STYLE in cluster or by_range == "emoji":
        first = ["emoji"]
    elif wide or is_wide(cluster[0]):
        first = ["cjk", "latin"]
    else:
        first = ["latin", by_range] if by_range else ["latin"]
    return list(dict.fromkeys([*first, "latin", "cjk", "emoji", "arabic", "devanagari", "thai", "hebrew"]))


def visible(text: str, weight: Weight) -> str:
    r"""Give text that the typefaces can show, with the number of a character in place of one that they cannot.

    >>> visible("a\x07b \U00013000", "regular")
    'a[U+0007]b [U+13000]'
    """
    return "".join(part if found or part == "\n" else f"[U+{ord(part):04X}]" for part, found in shown(text, weight))


def shown(text: str, weight: Weight, *, wide: frozenset[int] = frozenset()) -> Iterator[tuple[str, Typeface | None]]:
    """Give the clusters of a text with who shows them; a cluster that nobody shows whole comes in its characters.

    ``wide`` are the places of clusters to be set as in Chinese and Japanese.
    """
    for at, cluster in enumerate(clusters(text)):
        found = typeface_for(cluster, weight, wide=at in wide)
        if found or len(cluster) == 1:
            yield cluster, found
        else:
            yield from ((character, typeface_for(character, weight)) for character in cluster)
