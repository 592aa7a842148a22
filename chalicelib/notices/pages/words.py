"""The words of the page: its own, one TOML file per language, and beside them those of the notices.

They are looked up like those of the notices: along the chain of the language, in English where it lacks one, named in
``missing`` then, and never with a gap left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from html import escape

from chalicelib.money import Money
from chalicelib.notices.facts import NoticeFacts
from chalicelib.notices.language import chain_of, template_of
from chalicelib.notices.layout import needs_isolation
from chalicelib.notices.letter import TextNeedsFacts
from chalicelib.notices.locales import locale_of
from chalicelib.notices.safe_text import one_line
from chalicelib.notices.told_facts import Teller
from chalicelib.notices.wording import Phrase, Piece, Words, direction_of, flat_texts, respelt, spelling_of, texts_of
from chalicelib.rulebook import ROOT, dictionary, read_toml

# The page's own texts are told from those of the notices by this.
PREFIX = "page."
# A number or a sum of up to so many signs is not broken over two lines; it fits the narrowest telephone.
KEPT_WHOLE = 24


@cache
def page_texts_of(template: str) -> Mapping[str, tuple[str, ...]]:
    """Every text that a page may show in this language: the notices' and its own."""
    file = ROOT / "notices" / "pages" / f"{template}.toml"
    own = dict(flat_texts(read_toml(file), PREFIX)) if file.is_file() else {}
    spelling = spelling_of(template)
    if spelling:
        before = page_texts_of(chain_of(template)[1])
        own = {
            key: tuple(respelt(way, spelling) for way in before[key]) for key in before if key.startswith(PREFIX)
        } | own
    return {**texts_of(template), **own}


def page_languages() -> Mapping[str, str]:
    """The languages of the page by their templates, each as it calls itself."""
    named: Mapping[str, str] = dictionary("notices", "page")["languages"]
    return named


def page_language(tag: str, country: str | None = None) -> str:
    """The template for a language tag; English for any that is not known.

    >>> page_language("zh-TW"), page_language("pt")
    ('zh-Hant', 'en')
    """
    return template_of(tag, country)


class Speaker:
    """Says the texts of one page as HTML: everything escaped, codes and sums isolated."""

    def __init__(self, facts: NoticeFacts, language: str) -> None:
        self.facts, self.language = facts, language
        self.direction = direction_of(language)
        told = cache(lambda said_in: Teller(facts, said_in).values())
        self._words = Words(language, told, page_texts_of)

    @property
    def missing(self) -> tuple[str, ...]:
        """The texts that stand in English for want of the language's own."""
        return tuple(dict.fromkeys(self._words.missing))

    def has(self, key: str) -> bool:
        """Whether there are words of this key."""
        return self._words.has(key)

    def say(self, key: str, **more: Phrase) -> str:
        """The text as HTML; raises ``TextNeedsFacts`` where it has no way to be said without facts."""
        found = self.maybe(key, **more)
        if found is None:
            raise TextNeedsFacts(key)
        return found

    def maybe(self, key: str, **more: Phrase) -> str | None:
        """The text as HTML; None where what it tells is not known."""
        phrase = self._words.say(key, **more)
        return None if phrase is None else self.html(phrase)

    def plain(self, key: str, **more: Phrase) -> str:
        """The text without any marks, escaped for an attribute."""
        phrase = self._words.say(key, **more)
        if phrase is None:
            raise TextNeedsFacts(key)
        return escape(phrase.plain)

    def joined(self, *sentences: str) -> str:
        """Sentences one after the other; in Chinese and Japanese nothing stands between them."""
        between = "" if self.language.startswith(("zh", "ja")) else " "
        return between.join(one for one in sentences if one)

    def phrase(self, key: str) -> Phrase:
        """The text to be put into another."""
        phrase = self._words.say(key)
        if phrase is None:
            raise TextNeedsFacts(key)
        return phrase

    def html(self, phrase: Phrase) -> str:
        """A phrase as HTML, marked where it is in another language than the page."""
        inside = "".join(self._piece(piece) for piece in phrase.pieces)
        if phrase.language == self.language:
            return inside
        return f'<span lang="{phrase.language}" dir="{direction_of(phrase.language)}">{inside}</span>'

    def when(self, at: datetime) -> Phrase:
        """A moment on the customer's clock."""
        return self._told(at, "at")

    def until(self, at: datetime) -> Phrase:
        """A last moment; a day that is wholly the customer's is named without an hour."""
        return self._told(at, "deadline")

    def day(self, at: datetime) -> str:
        """The customer's day, as HTML."""
        return escape(Teller(self.facts, self.language).day_of(at).text)

    def money(self, money: Money) -> str:
        """A sum as HTML."""
        return self._piece(Piece(locale_of(self.language).money(money), "code"))

    def code(self, text: str) -> Phrase:
        """A code, an address or a number: it reads from the left in any language."""
        return Phrase((Piece(one_line(text) or "", "code"),), self.language)

    def _told(self, at: datetime, name: str) -> Phrase:
        piece = Teller(replace(self.facts, at=at, deadline=at), self.language).values()[name]
        return Phrase((piece,) if piece else (), self.language)

    def _piece(self, piece: Piece) -> str:
        if piece.kind == "code":
            whole = ' class="whole"' if len(piece.text) <= KEPT_WHOLE else ""
            return f'<bdi dir="ltr"{whole}>{escape(piece.text)}</bdi>'
        return f"<bdi>{escape(piece.text)}</bdi>" if needs_isolation(piece, self.direction) else escape(piece.text)
