"""What goods are called in languages other than English, by the dictionary ``description_words``.

>>> from decimal import Decimal
>>> from chalicelib.money import Money
>>> ring = Line("ring", "gold", "solid", Money(Decimal(1180), "EUR"), fineness=750, stones="diamond")
>>> described(ring, "zh"), described(ring, "fr")
('18K金戒指（成色750‰），镶嵌钻石', 'bague en or 18 carats (750), avec diamants sertis')
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.customs.facts import Line
from chalicelib.metals import MARK_BY_KARAT
from chalicelib.rulebook import dictionary

KARAT_BY_MARK = {mark: karat for karat, mark in MARK_BY_KARAT.items()}


def described(line: Line, language: str) -> str | None:
    """The goods in this language; None where the dictionary has it not."""
    words = _dictionary().get(language)
    if words is None:
        return None
    fine = line.fineness if line.metal != "base" else None
    parts = {
        "article": words["articles"].get(line.article, words["articles"]["other"]),
        "metal": _metal(line, words),
        "mark": words["mark"].format(fineness=fine) if fine else "",
        "stones": words["stones"].get(line.stones, ""),
    }
    # Clad base metal of which nobody said with what is base metal all the same.
    pattern = "solid" if line.construction == "clad" and line.metal == "base" else line.construction
    return str(words[pattern].format(**parts))


def parts_wanted(line: Line, language: str) -> Mapping[str, tuple[str, ...]] | None:
    """What a description in this language must hold, by ``metal``, ``article``, ``fineness``, ``stones``; one of the
    words given for each."""
    words = _dictionary().get(language)
    if words is None:
        return None
    return {
        "metal": (words["metals"][line.metal], _metal(line, words)),
        "article": (words["articles"].get(line.article, words["articles"]["other"]),),
        "fineness": (str(line.fineness) if line.fineness and line.metal != "base" else "",),
        "stones": (words["stones"].get(line.stones, "").lstrip("，、,، "),),
    }


def languages() -> tuple[str, ...]:
    """The languages besides English that goods can be described in."""
    return tuple(_dictionary())


def _metal(line: Line, words: Mapping[str, Any]) -> str:
    karat = KARAT_BY_MARK.get(line.fineness or 0) if line.metal == "gold" else None
    metals = words["metals"]
    return str(metals["gold_karat"].format(karat=karat) if karat else metals[line.metal])


def _dictionary() -> Mapping[str, Any]:
    return dictionary("customs", "description_words")
