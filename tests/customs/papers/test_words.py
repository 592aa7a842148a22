"""Amounts in words: right in every language, and never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chalicelib.customs.papers.words import NUMERALS, amount_in_words, languages
from chalicelib.customs.papers.words_east import chinese_amount, japanese_amount
from chalicelib.money import MINOR_UNITS, Money


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("en", 0, "zero"),
        ("en", 1_000_001, "one million and one"),
        ("en", 999_999, "nine hundred and ninety-nine thousand nine hundred and ninety-nine"),
        ("fr", 71, "soixante et onze"),
        ("fr", 81, "quatre-vingt-un"),
        ("fr", 91, "quatre-vingt-onze"),
        ("fr", 200_000, "deux cent mille"),
        ("fr", 300_000_000, "trois cents millions"),
        ("fr", 1_001, "mille un"),
        ("de", 101_258, "einhunderteintausendzweihundertachtundfünfzig"),
        ("de", 1_000_001, "eine Million eins"),
        ("de", 31, "einunddreißig"),
        ("es", 31_021, "treinta y un mil veintiuno"),
        ("es", 21_000_000, "veintiún millones"),
        ("es", 1_000_000_000, "mil millones"),
        ("es", 500, "quinientos"),
        ("it", 118, "centodiciotto"),
        ("it", 180, "centottanta"),
        ("it", 1_003, "milletré"),
        ("it", 28, "ventotto"),
        ("ar", 200, "مئتان"),
        ("ar", 2_000_000, "مليونان"),
        ("ar", 200_000, "مئتا ألف"),
        ("ar", 101_000, "مئة ألف وألف"),
        ("ar", 11_000, "أحد عشر ألفًا"),
        ("ar", 1_234, "ألف ومئتان وأربعة وثلاثون"),
    ],
)
def test_a_number_is_written_as_the_language_writes_it(language: str, number: int, words: str) -> None:
    assert NUMERALS[language](number) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1409.50", "人民币壹仟肆佰零玖元伍角整"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("100000000", "人民币壹亿元整"),
        ("100010001", "人民币壹亿零壹万零壹元整"),
        ("20000300", "人民币贰仟万零叁佰元整"),
        ("0.05", "人民币伍分"),
        ("0", "人民币零元整"),
    ],
)
def test_chinese_capitals_follow_the_rules_of_bank_bills(amount: str, words: str) -> None:
    assert amount_in_words(Money(Decimal(amount), "CNY"), "zh") == words


@pytest.mark.parametrize(
    ("amount", "currency", "language", "words"),
    [
        ("1180.50", "EUR", "de", "EUR eintausendeinhundertachtzig und 50/100"),
        ("1180", "USD", "es", "USD mil ciento ochenta con 00/100"),
        ("1180.05", "EUR", "it", "EUR millecentottanta/05"),
        ("12345", "JPY", "en", "JPY twelve thousand three hundred and forty-five"),
        ("12345", "JPY", "ja", "金壱万弐千参百四拾五円也"),
        ("1180.50", "EUR", "ja", "金壱千壱百八拾ユーロ50/100也"),
        ("410", "AED", "ar", "درهم إماراتي: فقط أربعمئة وعشرة و00/100 لا غير"),
        ("1180", "USD", "zh", "美元壹仟壹佰捌拾元整"),
        ("12000", "JPY", "zh", "日元壹万贰仟元整"),
        ("99.995", "EUR", "en", "EUR one hundred and 00/100"),
    ],
)
def test_an_amount_keeps_its_currency_and_its_hundredths(amount: str, currency: str, language: str, words: str) -> None:
    assert amount_in_words(Money(Decimal(amount), currency), language) == words


@pytest.mark.parametrize("currency", MINOR_UNITS)
@pytest.mark.parametrize("language", languages())
def test_every_currency_is_written_in_every_language(currency: str, language: str) -> None:
    assert amount_in_words(Money(Decimal(1180), currency), language)


@pytest.mark.parametrize("amount", ["-1", "1000000000000"])
def test_what_lies_outside_is_not_written(amount: str) -> None:
    assert amount_in_words(Money(Decimal(amount), "EUR"), "en") is None


def test_no_two_amounts_share_their_capitals() -> None:
    said = {chinese_amount(whole, cents, "CNY") for whole in range(2100) for cents in (0, 1, 10, 11)}
    assert len(said) == 2100 * 4
    assert len({japanese_amount(whole, None, "JPY") for whole in range(20_000)}) == 20_000
