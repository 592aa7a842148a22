"""The two texts of a parcel, checked apart: the outside gives nothing away, the customs text hides nothing.

Each finding says what to write instead.

>>> from decimal import Decimal
>>> from chalicelib.money import Money
>>> ring = Line("ring", "gold", "solid", Money(Decimal(1180), "EUR"), fineness=750)
>>> [str(finding) for finding in customs_findings("Jewellery", ring)][:1]
['vague "jewellery": write "18K gold ring (750)"']
>>> [str(finding) for finding in label_findings("Maison Dorure, Paris", brands=("Maison Dorure",))]
['tells "Maison Dorure": write "RETURN - SEE DOCUMENTS"']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.customs.declaration import LABEL_TEXT, check_customs_text, check_label_text, customs_text
from chalicelib.customs.description import parts_wanted
from chalicelib.customs.facts import Line
from chalicelib.money import MINOR_UNITS
from chalicelib.rulebook import dictionary

_MONEY_SIGN = r"[$€£¥₹₩￥]"
_VALUE = re.compile(
    rf"(?:{_MONEY_SIGN}|\b(?:{'|'.join(MINOR_UNITS)})\b)\s?\d[\d.,' ]*|\d[\d.,']*\s?(?:{_MONEY_SIGN}|\b(?:"
    rf"{'|'.join(MINOR_UNITS)})\b)"
)
_WORD = re.compile(r"[^\W_]+")
_FILLERS = frozenset({"of", "the", "a", "an", "and", "for", "de", "la", "le", "les", "des", "et", "und", "der", "die",
                      "y", "el", "di", "il", "e", "pcs", "pc"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a text: ``code`` is stable, ``word`` is what was found or lacks, ``instead`` what to write.

    Codes: ``tells``, ``brand`` and ``value`` of a label; ``vague``, ``untrue`` and ``lacks`` of a customs text.
    """

    code: str
    word: str
    instead: str

    def __str__(self) -> str:
        said = "tells" if self.code == "brand" else self.code
        return f'{said} "{self.word}": write "{self.instead}"'


def label_findings(text: str, language: str | None = None, brands: Iterable[str] = ()) -> tuple[Finding, ...]:
    """What the outside of a parcel gives away: goods, brands (the house's own names, given here) and worth."""
    told = [Finding("tells", word, LABEL_TEXT) for word in check_label_text(text, language)]
    told += [Finding("brand", brand, LABEL_TEXT) for brand in brands if _holds(text, brand)]
    told += [Finding("value", match.group().strip(), LABEL_TEXT) for match in _VALUE.finditer(text)]
    return tuple(told)


def customs_findings(text: str, line: Line, language: str = "en") -> tuple[Finding, ...]:
    """What a customs description does wrong: words that say nothing, words that are untrue, facts that are lacking.

    A language without a dictionary is checked for vague English words only.
    """
    instead = customs_text(line, language)
    vague = [Finding("vague", text.strip().casefold(), instead)] if _says_nothing(text, language) else []
    untrue = [Finding("untrue", word, instead) for word in _never(language) if _holds(text, word)]
    lacking = [Finding("lacks", name, instead) for name in _lacking(text, line, language)]
    return (*vague, *untrue, *lacking)


def _lacking(text: str, line: Line, language: str) -> tuple[str, ...]:
    wanted = parts_wanted(line, language)
    if wanted is None:
        return check_customs_text(text, line) if language == "en" else ()
    said = text.casefold()
    return tuple(name for name, words in wanted.items() if not any(word.casefold() in said for word in words))


def _says_nothing(text: str, language: str) -> bool:
    """Whether nothing is left once the vague words are taken away."""
    lists = [_vague().get(name, {}).get("alone", ()) for name in dict.fromkeys(("en", language))]
    if language in ("zh", "ja"):
        rest = text
        for word in sorted((each for one in lists for each in one), key=len, reverse=True):
            rest = re.sub(re.escape(word), "", rest, flags=re.IGNORECASE)
        return not _WORD.findall(rest)
    vague = {word.casefold() for one in lists for word in one} | _FILLERS
    return all(word.casefold() in vague or word.isdigit() for word in _WORD.findall(text))


def _never(language: str) -> Iterator[str]:
    for name in dict.fromkeys(("en", language)):
        yield from _vague().get(name, {}).get("never", ())


def _holds(text: str, word: str) -> bool:
    """Whole words in scripts with spaces; anywhere in Chinese, Japanese and Korean."""
    if ord(word[0]) >= 0x2E80:
        return word in text
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None


def _vague() -> Mapping[str, Any]:
    return dictionary("customs", "vague_words")
