"""How the papers look: one quiet page for all of them. Points, colours, sizes; nothing else knows any."""

from __future__ import annotations

from typing import Final

from chalicelib.customs.papers.document import Page
from chalicelib.customs.papers.press.setting import Style
from chalicelib.customs.papers.press.sheet import Colour

SIZES: Final[dict[Page, tuple[float, float]]] = {"A4": (595.276, 841.89), "letter": (612.0, 792.0)}
SIDE: Final = 48.0
TOP: Final = 40.0
BOTTOM: Final = 28.0
ABOVE_FOOT: Final = 9.0
GUTTER: Final = 20.0

INK: Final[Colour] = (0.13, 0.12, 0.11)
SOFT: Final[Colour] = (0.42, 0.40, 0.38)
GOLD: Final[Colour] = (0.60, 0.46, 0.20)
HAIR: Final[Colour] = (0.84, 0.82, 0.79)
TINT: Final[Colour] = (0.976, 0.969, 0.949)

TITLE: Final = Style(24, "title", 1.18)
MIDDLE_TITLE: Final = Style(20, "title", 1.2)
LONG_TITLE: Final = Style(17, "title", 1.2)
SUBTITLE: Final = Style(9.5)
HEADING: Final = Style(13.5, "title", 1.3)
BODY: Final = Style(9, "regular", 1.36)
STRONG: Final = Style(9, "bold", 1.36)
LABEL: Final = Style(7, "regular", 1.36)
LABEL_STRONG: Final = Style(7, "bold", 1.36)
CELL: Final = Style(8.5, "regular", 1.34)
TOTAL: Final = Style(9, "regular", 1.44)
GRAND_TOTAL: Final = Style(11, "bold", 1.44)
CODE: Final = Style(7.2, "regular", 1.36)
SMALL: Final = Style(7.2, "regular", 1.4)
BEFORE_BLOCK: Final = 12.0
BEFORE_HEADING: Final = 13.0
BEFORE_TEXT: Final = 8.0
# So many lines or fewer stay on one page; more would leave too much of it white.
LONGEST_KEPT: Final = 14
# White space is set closer by these, in turn, where that spares a page.
CLOSER: Final = (1.0, 0.8, 0.6)
