"""How the papers look: one quiet page for all of them. Points, colours, sizes; nothing else knows any."""

from __future__ import annotations

from typing import Final

from chalicelib.customs.papers.document import Page
from chalicelib.customs.papers.press.setting import Style
from chalicelib.customs.papers.press.sheet import Colour

SIZES: Final[dict[Page, tuple[float, float]]] = {"A4": (595.276, 841.89), "letter": (612.0, 792.0)}
SIDE: Final = 54.0
TOP: Final = 46.0
BOTTOM: Final = 34.0
ABOVE_FOOT: Final = 12.0
GUTTER: Final = 22.0

INK: Final[Colour] = (0.13, 0.12, 0.11)
SOFT: Final[Colour] = (0.42, 0.40, 0.38)
GOLD: Final[Colour] = (0.60, 0.46, 0.20)
HAIR: Final[Colour] = (0.84, 0.82, 0.79)
TINT: Final[Colour] = (0.976, 0.969, 0.949)

TITLE: Final = Style(24, "title", 1.18)
LONG_TITLE: Final = Style(17, "title", 1.2)
SUBTITLE: Final = Style(9.5)
HEADING: Final = Style(13.5, "title", 1.3)
BODY: Final = Style(9, "regular", 1.44)
STRONG: Final = Style(9, "bold", 1.44)
LABEL: Final = Style(7, "regular", 1.45)
LABEL_STRONG: Final = Style(7, "bold", 1.45)
CELL: Final = Style(8.5, "regular", 1.45)
TOTAL: Final = Style(9, "regular", 1.5)
GRAND_TOTAL: Final = Style(11, "bold", 1.5)
CODE: Final = Style(7.2, "regular", 1.4)
SMALL: Final = Style(7.2, "regular", 1.5)
BEFORE_BLOCK: Final = 14.0
BEFORE_HEADING: Final = 17.0
BEFORE_TEXT: Final = 9.0
