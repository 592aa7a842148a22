"""Amounts in words, as invoices carry them beside the figures, in the languages where that is customary.

The currency stands as its ISO code or its name before the words, so that no noun has to agree with the number
("doscientas libras", "EUR doscientos"). Hundredths are a fraction as banks write them, in Chinese jiao and fen.

>>> from decimal import Decimal
>>> from chalicelib.money import Money
>>> amount_in_words(Money(Decimal("1180.50"), "EUR"), "en")
'EUR one thousand one hundred and eighty and 50/100'
>>> amount_in_words(Money(Decimal("1409.50"), "CNY"), "zh")
'人民币壹仟肆佰零玖元伍角整'
>>> amount_in_words(Money(Decimal("1180"), "EUR"), "pt") is None
True
"""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.customs.papers import words_arabic, words_east, words_german, words_romance
from chalicelib.money import Money, decimals_of

LIMIT = 10**12
_ENGLISH = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_ENGLISH_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def english(number: int) -> str:
    """The number in English words.

    >>> english(1_021_003), english(700), english(100_000)
    ('one million twenty-one thousand and three', 'seven hundred', 'one hundred thousand')
    """
    if number < 20:
        return _ENGLISH[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _ENGLISH_TENS[tens] + (f"-{_ENGLISH[ones]}" if ones else "")
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            count, rest = divmod(number, size)
            joint = " and " if rest < 100 else " "
            return f"{english(count)} {name}" + (f"{joint}{english(rest)}" if rest else "")
    raise AssertionError("every number is below a hundred or above")


NUMERALS: dict[str, Callable[[int], str]] = {
    "en": english,
    "fr": words_romance.french,
    "de": words_german.german,
    "es": words_romance.spanish,
    "it": words_romance.italian,
    "ar": words_arabic.arabic,
}
_HUNDREDTHS = {"en": " and {}/100", "fr": " et {}/100", "de": " und {}/100", "es": " con {}/100", "it": "/{}"}


def amount_in_words(money: Money, language: str) -> str | None:
    """The amount in words, rounded to the currency's own decimals; None for a language in which this house writes
    none, for amounts below zero and from one million million on."""
    amount = money.rounded().amount
    if not 0 <= amount < LIMIT:
        return None
    whole, cents = int(amount), int(amount % 1 * 100)
    fraction = cents if decimals_of(money.currency) else None
    if language == "zh":
        return words_east.chinese_amount(whole, cents, money.currency)
    if language == "ja":
        return words_east.japanese_amount(whole, fraction, money.currency)
    if language == "ar":
        return words_arabic.arabic_amount(whole, fraction, money.currency)
    numerals = NUMERALS.get(language)
    if numerals is None:
        return None
    tail = "" if fraction is None else _HUNDREDTHS[language].format(f"{fraction:02d}")
    return f"{money.currency} {numerals(whole)}{tail}"


def languages() -> tuple[str, ...]:
    """The languages amounts can be written in."""
    return ("en", "fr", "de", "es", "it", "zh", "ja", "ar")
