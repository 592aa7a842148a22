"""How papers write things: money with its currency first, days as ISO days, names of countries and currencies.

Words are the dictionary ``paper_words``; what is not in it stays the code, which every customs office reads.

>>> money_text(Money(Decimal("12345.5"), "EUR")), country_name("CN"), country_name("ZZ")
('EUR 12,345.50', 'China (CN)', 'ZZ')
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.money import Money, text_of
from chalicelib.rulebook import dictionary

BLANK = "________________"
NOT_STATED = "not stated"


def money_text(money: Money | None, unknown: str = NOT_STATED) -> str:
    """An amount as printed; ``unknown`` where there is none, never nought."""
    if money is None:
        return unknown
    whole, point, rest = text_of(money.amount, money.currency).partition(".")
    return f"{money.currency} {int(whole):,}{point}{rest}"


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
    """The English name with the code, or the code alone."""
    if not code:
        return unknown
    name = _words()["countries"].get(code)
    return f"{name} ({code})" if name else code


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
