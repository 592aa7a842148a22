"""What kind of goods a piece is in a carrier's eyes: finished jewellery, a bar, a loose stone, scrap.

Carriers ban by kind, whatever the invoice says: a stone that fell out of its setting is a loose stone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from chalicelib.money import Money
from chalicelib.rulebook import dictionary

Goods = Literal[
    "GOLD_JEWELLERY", "STONE_SET_JEWELLERY", "COSTUME", "BULLION", "COIN", "LOOSE_STONE", "SCRAP_GOLD",
    "WATCH_PRECIOUS", "UNCLEAR",
]  # fmt: skip
GOODS: tuple[Goods, ...] = get_args(Goods)
# Chain by the length and clasps are parts of jewellery, not finished pieces: no carrier's list names them.
_FINDINGS = frozenset({"chain_by_length", "clasp"})
_NO_WORD = re.compile(r"[\W_]+")


class Piece(Protocol):
    """What must be known of a piece to name its kind."""

    @property
    def description(self) -> str:
        """What it is in the shop's own words."""

    @property
    def article(self) -> str:
        """Ring, necklace, bar, coin ..."""

    @property
    def metal(self) -> str:
        """What the body is made of: gold, silver, platinum, base."""

    @property
    def stones(self) -> str:
        """None, diamond, precious, semi_precious, pearl."""

    @property
    def stone_loose(self) -> bool | None:
        """A stone left its setting."""

    @property
    def scrap(self) -> bool | None:
        """Broken metal that is no longer a piece of jewellery."""


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """One parcel as a carrier judges it.

    ``value`` is the worth of the goods in it, ``item_values`` one worth per piece. ``facts`` answers what
    rows ask (``WEEKEND_IN_TRANSIT``, ``INSURED_PARCEL``, ``OWN_POLICY_WEEKEND_LIMIT``); missing is unknown.
    ``address_day_value`` sums the open parcels to the same address that day, this one included.
    ``insured_by_policy`` says that a policy of ours covers it; ``proven`` names requirements established.
    """

    goods: frozenset[Goods]
    value: Money
    item_values: tuple[Money, ...]
    customs_value: Money
    carrier_declared_value: Money
    insured_by_policy: bool | None = None
    address_day_value: Money | None = None
    facts: Mapping[str, bool] | None = None
    proven: frozenset[str] = frozenset()

    def fact(self, name: str) -> bool | None:
        """What is known of a fact; None when nobody said."""
        return (self.facts or {}).get(name)


def goods_of(piece: Piece) -> frozenset[Goods]:
    """The kinds this piece counts as; more than one when a stone travels loose beside it.

    ``GOLD_JEWELLERY`` is finished jewellery of any precious metal, as the carriers' lists use the word. What
    cannot be named is ``UNCLEAR``, which no rule accepts. Metal sold as an investment is bullion whatever shape
    the invoice gives it, and a coin in a setting is a question for a person.
    """
    return frozenset({_main_kind(piece)} | ({"LOOSE_STONE"} if piece.stone_loose else set()))


def _main_kind(piece: Piece) -> Goods:
    if piece.scrap:
        return "SCRAP_GOLD"
    if piece.article in ("bar", "coin"):
        return "BULLION" if piece.article == "bar" else "COIN"
    if piece.metal != "base" and (told := _told_by_words(piece.description)):
        return told
    return _kind_of_article(piece)


def _kind_of_article(piece: Piece) -> Goods:
    if piece.article == "other":
        return "LOOSE_STONE" if piece.stones != "none" and _says("loose_stone", piece.description) else "UNCLEAR"
    if piece.article == "watch":
        return "WATCH_PRECIOUS" if piece.metal != "base" or piece.stones != "none" else "UNCLEAR"
    if piece.article in _FINDINGS and piece.metal != "base":
        return "UNCLEAR"
    if piece.stones != "none":
        return "STONE_SET_JEWELLERY"
    return "COSTUME" if piece.metal == "base" else "GOLD_JEWELLERY"


def _told_by_words(description: str) -> Goods | None:
    """The kind that the words of a description give away: bullion, or unclear for a coin in a setting."""
    if _says("bullion", description):
        return "BULLION"
    return "UNCLEAR" if _says("coin_in_a_setting", description) else None


def _says(kind: str, description: str) -> bool:
    """Whether a description has one of the words that give this kind away."""
    text = f" {_NO_WORD.sub(' ', description.lower())} "
    return any(_speaks(text, word) for word in dictionary("carriers", "goods_words")[kind]["words"])


def _speaks(text: str, word: str) -> bool:
    """Whether a word stands in the text: whole where words are spaced, anywhere in Chinese."""
    return f" {word} " in text if word.isascii() else word in text
