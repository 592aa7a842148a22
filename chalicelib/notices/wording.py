"""The words of notices: one TOML file per language, looked up along the chain, filled with facts.

A text is a list of ways to say it, best first; the first whose every fact is known is taken. What a language lacks is
said in English and named in ``missing``; a gap is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple

from chalicelib.errors import RuleFileInvalid
from chalicelib.notices.language import ENGLISH, chain_of
from chalicelib.rulebook import ROOT, read_toml

Kind = Literal["said", "code", "name"]
_GAP = re.compile(r"\{(\w+)\}")


class Piece(NamedTuple):
    """A part of a sentence: our words, a code or sum that reads from the left in any language, or somebody's name."""

    text: str
    kind: Kind = "said"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence ready to be laid out, and the language it is in."""

    pieces: tuple[Piece, ...]
    language: str

    @property
    def plain(self) -> str:
        """Its text without any marks."""
        return "".join(piece.text for piece in self.pieces)


Values = Callable[[str], Mapping[str, Piece | None]]
Texts = Callable[[str], Mapping[str, tuple[str, ...]]]


@cache
def texts_of(template: str) -> Mapping[str, tuple[str, ...]]:
    """Every text of one file by its dotted key.

    A file that is only a spelling of another (Swiss German) names in ``spelling`` what it writes otherwise; it then
    holds all texts of the next one in its chain so respelt, and its own instead of those.
    """
    own = dict(flat_texts(_file(template)))
    spelling = spelling_of(template)
    if not spelling:
        return own
    before = texts_of(chain_of(template)[1])
    return {key: tuple(respelt(way, spelling) for way in ways) for key, ways in before.items()} | own


def spelling_of(template: str) -> Mapping[str, str]:
    """What a file that is only a spelling of another writes otherwise; empty for any other."""
    spelling: Mapping[str, str] = _file(template).get("spelling", {})
    return spelling


@dataclass(slots=True)
class Words:
    """The words for one notice. ``values`` gives the facts as a language writes them. ``missing`` collects what the
    language had no words for, ``used`` the names of the facts that were told."""

    language: str
    values: Values
    texts: Texts = texts_of
    missing: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def say(self, key: str, **more: Phrase) -> Phrase | None:
        """The text of this key; None where no way to say it has all its facts. Raises ``RuleFileInvalid`` for a key
        that even English lacks."""
        language, ways = self._ways(key)
        inserted: dict[str, tuple[Piece, ...]] = {name: phrase.pieces for name, phrase in more.items()}
        facts = self.values(language)
        known = {name: (piece,) for name, piece in facts.items() if piece is not None} | inserted
        for way in ways:
            gaps = gaps_of(way)
            if gaps <= known.keys():
                self.used |= gaps
                return Phrase(tuple(_filled(way, known)), language)
        return None

    def has(self, key: str) -> bool:
        """Whether any language of the chain has this text."""
        return any(key in self.texts(template) for template in chain_of(self.language))

    def _ways(self, key: str) -> tuple[str, tuple[str, ...]]:
        template = holder_of(self.language, key, self.texts)
        if template == ENGLISH and not self.language.startswith(ENGLISH):
            self.missing.append(key)
            return ENGLISH, self.texts(ENGLISH)[key]
        return self.language, self.texts(template)[key]


def holder_of(language: str, key: str, texts: Texts = texts_of) -> str:
    """The first template along the chain that has this text; ``RuleFileInvalid`` when even English lacks it."""
    found = next((template for template in chain_of(language) if key in texts(template)), None)
    if found is None:
        raise RuleFileInvalid(f"notices/templates/{ENGLISH}.toml: {key} is missing")
    return found


def first_way(language: str, key: str) -> str:
    """The best way to say it, unfilled."""
    return texts_of(holder_of(language, key))[key][0]


def direction_of(template: str) -> Literal["ltr", "rtl"]:
    """Which way the language is read."""
    return "rtl" if _file(template)["dir"] == "rtl" else "ltr"


def gaps_of(way: str) -> frozenset[str]:
    """The facts that a text needs.

    >>> sorted(gaps_of("{carrier} comes on {pickup_day}"))
    ['carrier', 'pickup_day']
    """
    return frozenset(_GAP.findall(way))


@cache
def _file(template: str) -> Mapping[str, Any]:
    return read_toml(ROOT / "notices" / "templates" / f"{template}.toml")


def flat_texts(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every text of a file by its dotted key, as the list of ways to say it."""
    for name, inside in table.items():
        if path == "" and name in ("dir", "spelling"):
            continue
        if isinstance(inside, Mapping):
            yield from flat_texts(inside, f"{path}{name}.")
        else:
            yield f"{path}{name}", (inside,) if isinstance(inside, str) else tuple(inside)


def respelt(way: str, spelling: Mapping[str, str]) -> str:
    """A text as the other spelling writes it."""
    for before, after in spelling.items():
        way = way.replace(before, after)
    return way


def _filled(way: str, known: Mapping[str, tuple[Piece, ...]]) -> Iterator[Piece]:
    end = 0
    for gap in _GAP.finditer(way):
        if gap.start() > end:
            yield Piece(way[end : gap.start()])
        yield from known[gap.group(1)]
        end = gap.end()
    if end < len(way):
        yield Piece(way[end:])
