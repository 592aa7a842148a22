"""How papers write things: money with its currency first, days as ISO days, names of countries and currencies.

Words are the dictionary ``paper_words``; what is not in it stays the code, which every customs office reads.

>>> money_text(Money(Decimal("12345.5"), "EUR")), country_name("CN"), country_name("ZZ")
('EUR 12,345.50', 'China', 'ZZ')
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import bidirectional

from chalicelib.customs.papers.document import Page
from chalicelib.money import Money, text_of
from chalicelib.rulebook import dictionary
from chalicelib.shipments.carrier_names import carrier_name

BLANK = "________________"
NOT_STATED = "not stated"


def money_text(money: Money | None, unknown: str = NOT_STATED) -> str:
    """An amount as printed; ``unknown`` where there is none, never nought."""
    return unknown if money is None else f"{money.currency} {figure(money)}"


def figure(money: Money) -> str:
    """The figure of an amount, where its currency stands at the head of its column."""
    whole, point, rest = text_of(money.amount, money.currency).partition(".")
    return f"{int(whole):,}{point}{rest}"


def grams(weight: Decimal | None, unknown: str = NOT_STATED) -> str:
    """A weight as printed, in grams.

    >>> grams(Decimal("5.20")), grams(None)
    ('5.2 g', 'not stated')
    """
    return unknown if weight is None else f"{plain(weight)} g"


def plain(number: Decimal) -> str:
    """A figure without exponent and without idle noughts.

    >>> plain(Decimal("1.20E+2")), plain(Decimal("0.50"))
    ('120', '0.5')
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(on: date | None, unknown: str = NOT_STATED) -> str:
    """A day as ISO writes it: no country reads it as another day."""
    return unknown if on is None else on.isoformat()


def country_name(code: str | None, unknown: str = NOT_STATED) -> str:
    """The English name; the code where the house has no name for it."""
    return str(_words()["countries"].get(code, code)) if code else unknown


def han_of(country: str) -> str | None:
    """The language whose forms Han characters take in an address there; None where none is written with them.

    >>> han_of("JP"), han_of("HK"), han_of("FR")
    ('ja', 'zh-Hant-HK', None)
    """
    found: str | None = _words()["han"].get(country)
    return found


def place_name(city: str, country: str) -> str:
    """A town and its country in one line that is read from the left, whatever the town is written in."""
    parts = (city, country_name(country))
    return ", ".join(reversed(parts) if from_the_right(city) else parts)


def from_the_right(text: str) -> bool:
    """Whether a text begins with a letter that is read from the right.

    >>> from_the_right("00000 دبي"), from_the_right("Dubai")
    (True, False)
    """
    kinds = (bidirectional(character) for character in text)
    return next((kind != "L" for kind in kinds if kind in ("L", "R", "AL")), False)


def page_of(country: str) -> Page:
    """The paper that lies in printers there.

    >>> page_of("US"), page_of("FR")
    ('letter', 'A4')
    """
    return "letter" if country in _words()["page"]["letter"] else "A4"


def code_follows(country: str) -> bool:
    """Whether a postal code stands after the town there, not before it."""
    return country in _words()["postal_code"]["follows"]


def service_name(carrier: str, service: str | None, named: str | None = None) -> str:
    """A carrier's service as the carrier calls it; where nobody said how, the carrier and the code in words.

    >>> service_name("dhl", "EXPRESS_WORLDWIDE", "DHL Express Worldwide"), service_name("dhl", "MEDICAL_EXPRESS")
    ('DHL Express Worldwide', 'DHL Express, Medical Express')
    """
    if named:
        return named
    told = (carrier_name(carrier), service.replace("_", " ").title() if service else "")
    return ", ".join(part for part in told if part)


def cover_word(code: str) -> str:
    """What a code of a recorded cover means; the code in words where the house has none."""
    return str(_words()["cover"].get(code, code.replace("_", " ")))


def cover_doubt(code: str) -> str:
    """Why a sum insured could not be split or founded better."""
    return str(_words()["cover_doubts"].get(code, code.replace("_", " ")))


def goods_kind(code: str) -> str:
    """A kind of goods as policies name it."""
    return str(_words()["goods_kinds"].get(code, code.replace("_", " ").lower()))


def known_rows(rows: Iterable[tuple[str, str | None]]) -> tuple[tuple[str, str], ...]:
    """Labelled values that are known, closed by one that names those which are not.

    >>> known_rows([("Exported on", "2026-09-03"), ("Export mode", None)])
    (('Exported on', '2026-09-03'), ('Not stated', 'export mode'))
    """
    told = tuple(rows)
    known = tuple((name, value) for name, value in told if value)
    unknown = ", ".join(name[0].lower() + name[1:] for name, value in told if not value)
    return (*known, (NOT_STATED.capitalize(), unknown)) if unknown else known


def known_day(on: date | None) -> str | None:
    """A day as printed; None where nobody knows it."""
    return None if on is None else on.isoformat()


def known_money(money: Money | None) -> str | None:
    """An amount as printed; None where nobody knows it."""
    return None if money is None else money_text(money)


def currency_name(code: str, language: str) -> str:
    """The name of a currency; its code where the language has none here."""
    return str(_words()["currencies"].get(language, {}).get(code, code))


def title(key: str, language: str = "en") -> str:
    """The title of a paper; English where the language has none here."""
    titles = _words()["titles"]
    return str(titles.get(language, {}).get(key, titles["en"][key]))


def other_language(country: str) -> str | None:
    """The language besides English that papers to this country carry; None where English is enough."""
    found: str | None = _words()["also_in"].get(country)
    return found


def subtitle(key: str, country: str, english: str) -> str:
    """The title once more in the other language of the country; ``english`` where English is enough there."""
    language = other_language(country)
    return title(key, language) if language else english


def invoice_kind(key: str) -> str:
    """``returns``, ``proforma`` or ``commercial``, by the purpose of the leg."""
    return str(_words()["invoice"][key])


def purpose_text(purpose: str) -> str:
    """Why goods cross, as the invoice says it."""
    return str(_words()["why"][purpose])


def reason_text(purpose: str, reason: str, language: str = "en") -> str:
    """Why goods cross and what the customer's reason is; what a language has not stays English.

    >>> reason_text("refund_return", "not_as_described"), reason_text("refund_return", "wrong_item", "zh")
    ('Return for refund (not as described)', '退货退款（发错货）')
    """
    why = _words()["why_in"].get(language, {}).get(purpose)
    if why is None:
        return f"{purpose_text(purpose)} ({reason.replace('_', ' ')})"
    told = _words()["reasons_in"].get(language, {}).get(reason)
    return f"{why}（{told}）" if told else str(why)


def json_of(value: Any) -> Any:
    """A fact as JSON: days and numbers as text, money with its currency, tuples as lists; None stays None."""
    if isinstance(value, Money):
        return value.as_json()
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [json_of(each) for each in value]
    return value


def _words() -> Any:
    return dictionary("customs", "paper_words")
