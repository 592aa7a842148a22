"""What in an address speaks for calling the customer back before gold goes there: a hotel, a forwarder, a locker.

The address is a personal value: it is looked at where it is open anyway, when the return is opened, and what is kept
and told are the codes of the rule rows alone. A signal accuses nobody and refuses nothing.

>>> from chalicelib.returns.case import Address
>>> home = Address(("Hôtel Aurore, 7 quai des Ours",), "Lyon", None, "69002", "FR")
>>> signals_of(home, date(2026, 11, 22))
('hotel',)
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from chalicelib.returns.case import Address
from chalicelib.returns.rule_rows import rows_of
from chalicelib.rulebook import Confidence, in_force

DATASET = "returns/address"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRow:
    """The words of one signal; ``left_out`` say something else though a word is in them."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    signal: str
    words: tuple[str, ...]
    left_out: tuple[str, ...]
    confidence: Confidence
    source: int

    def speaks_in(self, text: str) -> bool:
        """Whether a word of it stands in this text, which is plain already."""
        for phrase in self.left_out:
            text = text.replace(f" {_plain(phrase)} ", " | ")
        return any(_stands(_plain(word), text) for word in self.words)


def signals_of(address: Address, on: date) -> tuple[str, ...]:
    """The codes of what the lines, the town and the region of this address say, as the rules of the day know it."""
    parts = (*address.lines, address.city, address.region or "")
    text = " | ".join(f" {_plain(part)} " for part in parts)
    return tuple(row.signal for row in _rows(in_force(DATASET, on).effective) if row.speaks_in(f" {text} "))


def _stands(word: str, text: str) -> bool:
    """A word of a script with spaces stands whole; of one without them anywhere."""
    return f" {word} " in text if word.isascii() else word in text


def _plain(text: str) -> str:
    """Small letters without accents; whatever is neither letter nor digit is a space."""
    bare = (one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    return " ".join("".join(one if one.isalnum() else " " for one in bare).split())


@cache
def _rows(effective: date) -> tuple[SignalRow, ...]:
    return rows_of(in_force(DATASET, effective), "words", SignalRow)
