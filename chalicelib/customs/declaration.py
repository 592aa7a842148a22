"""What the papers of one leg must say, what they still lack, and the two texts that must never be confused.

The customs text says exactly what the goods are; the label says nothing of what they are worth. Both are
checked.

>>> from decimal import Decimal
>>> from chalicelib.money import Money
>>> customs_text(Line("ring", "gold", "solid", Money(Decimal(1180), "EUR"), fineness=750, stones="diamond"))
'18K gold ring (750), set with diamond'
>>> check_label_text("Gold ring inside")
('gold', 'ring')
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from chalicelib.customs.description import KARAT_BY_MARK, described
from chalicelib.customs.facts import History, Line
from chalicelib.customs.program import Row, table
from chalicelib.places import Lane, territory_of
from chalicelib.rulebook import dictionary, effective_dates

DATASET = "customs/declaration"
LABEL_TEXT = "RETURN - SEE DOCUMENTS"
_ARTICLES = {"chain_by_length": "chain in continuous length", "other": "article of adornment"}
_STONES = {
    "diamond": ", set with diamond",
    "precious": ", set with precious stones",
    "semi_precious": ", set with semi-precious stones",
    "pearl": ", set with pearl",
}
_KARAT_MARK = re.compile(r"\b\d{1,2}\s?(?:kt?|ct|karats?|carats?)\b|\b(?:au|ag|pt|s)\s?\d{3}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PapersPlan:
    """What the papers need, what is missing of it, and the sentences they carry; ready when nothing is.
    ``translated`` are the same sentences by language.
    """

    needs: tuple[str, ...]
    missing: tuple[str, ...]
    statements: tuple[str, ...]
    translated: Mapping[str, str] = field(default_factory=dict)


def required_facts(
    purpose: str,
    lane: Lane,
    history: History | None,
    line: Line,
    *,
    invoice_number: str | None = None,
    waybill: str | None = None,
    on: date | None = None,
) -> PapersPlan:
    """What a leg with this purpose must prove on this lane; the papers wait until ``missing`` is empty.

    ``invoice_number`` and ``waybill`` are those of the original sale and its shipment. Raises
    ``RuleNotInForce`` when ``on`` is before the first vintage; without ``on`` the latest one is used.
    """
    day = on or effective_dates(DATASET)[-1]
    rows = [row for row in table(DATASET, day).rows if _about(row, purpose, lane, line)]
    needs = tuple(dict.fromkeys(name for row in rows for name in row["needs"]))
    known = {"invoice_number": invoice_number, "waybill": waybill}
    missing = tuple(name for name in needs if _fact(name, known, history, line) in (None, ""))
    statements = tuple(text for row in rows for text in row.get("statements", ()))
    return PapersPlan(needs, missing, statements, _translated(rows))


def invoice_number(rma: str, leg: int) -> str:
    """The number of the invoice that goes with a leg: the return's own and the leg's, so that a leg never has two.

    >>> invoice_number("RMA-7K2-M9Q-4XH", 1)
    'RMA-7K2-M9Q-4XH-1'
    """
    return f"{rma}-{leg}"


def customs_text(line: Line, language: str = "en") -> str:
    """Exactly what the goods are, for declarations and invoices: in English as carriers ask, or in the language of
    the destination; English where the dictionary has that language not.

    >>> from decimal import Decimal
    >>> from chalicelib.money import Money
    >>> customs_text(Line("earrings", "base", "plated", Money(Decimal(40), "EUR")))
    'plated base metal earrings'
    """
    other = None if language == "en" else described(line, language)
    if other is not None:
        return other
    article = _ARTICLES.get(line.article, line.article.replace("_", " "))
    mark = f" ({line.fineness})" if line.fineness and line.metal != "base" else ""
    metal = _metal_text(line)
    if line.construction == "clad":
        text = f"base metal {article} clad with {metal}{mark}" if line.metal != "base" else f"clad base metal {article}"
    else:
        text = f"{'plated ' if line.construction == 'plated' else ''}{metal} {article}{mark}"
    return text + _STONES.get(line.stones, "")


def label_text() -> str:
    """What stands on the outside of the parcel: nothing of metal, stones or worth."""
    return LABEL_TEXT


def check_label_text(text: str, language: str | None = None) -> tuple[str, ...]:
    """Words that give the contents away, in order of the word list; empty when the label is safe.

    Every language's telling words are checked; words that are harmless elsewhere only in their own (English
    when no language is given).
    """
    found = [word for word, pattern in _label_patterns(language or "en") if pattern.search(text)]
    return tuple(dict.fromkeys((*found, *(match.group().lower() for match in _KARAT_MARK.finditer(text)))))


def check_customs_text(text: str, line: Line) -> tuple[str, ...]:
    """What a customs text fails to say of these goods: ``metal``, ``article``, ``fineness``, ``stones``."""
    said = text.casefold()
    wanted = {
        "metal": "base metal" if line.metal == "base" else line.metal,
        "article": _ARTICLES.get(line.article, line.article.replace("_", " ")),
        "fineness": str(line.fineness) if line.fineness and line.metal != "base" else "",
        "stones": _STONES.get(line.stones, "").removeprefix(", set with "),
    }
    return tuple(name for name, words in wanted.items() if words not in said)


def _metal_text(line: Line) -> str:
    if line.metal == "base":
        return "base metal"
    karat = KARAT_BY_MARK.get(line.fineness or 0)
    return f"{karat}K {line.metal}" if line.metal == "gold" and karat else line.metal


def _translated(rows: list[Row]) -> dict[str, str]:
    """The sentences of all rows by language; one row seldom says more than one."""
    said: dict[str, list[str]] = {}
    for row in rows:
        for language, text in row.get("translated", {}).items():
            said.setdefault(language, []).append(text)
    return {language: " ".join(texts) for language, texts in said.items()}


def _about(row: Row, purpose: str, lane: Lane, line: Line) -> bool:
    places = row.get("destinations")
    return (
        purpose in row.get("purposes", (purpose,))
        and line.metal in row.get("metals", (line.metal,))
        and (places is None or lane.destination in places or territory_of(lane.destination) in places)
    )


def _fact(name: str, known: dict[str, str | None], history: History | None, line: Line) -> Any:
    if name in known:
        return known[name]
    if name.startswith("line."):
        return getattr(line, name.removeprefix("line."))
    return getattr(history, name) if history else None


@cache
def _label_patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((word, _pattern(word)) for word in _label_words(language))


def _label_words(language: str) -> Iterator[str]:
    for name, lists in dictionary("customs", "label_words").items():
        yield from lists["words"]
        if name == language:
            yield from lists["alone"]


def _pattern(word: str) -> re.Pattern[str]:
    """Whole words in scripts with spaces, anywhere in the text in the others."""
    edge = r"\b" if word[0].isascii() or (word[0].isalpha() and ord(word[0]) < 0x2E80) else ""
    return re.compile(f"{edge}{re.escape(word)}{edge}", re.IGNORECASE)
