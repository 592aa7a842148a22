"""Days, hours, numbers and money against CLDR itself, by way of Babel, in every language and over many values.

Deliberate differences, all of them: the first of a month in French is "1er"; Korean halves of the day are 오전 and 오후
where Babel prints AM and PM; Taiwan's very midnight is 凌晨12:00 like the minutes after it, not 午夜12:00;
money carries its code and not its sign; Arabic marks its direction by isolates and not by a mark inside the amount.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from babel import Locale as Cldr
from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.money import MINOR_UNITS, Money
from chalicelib.notices.language import languages
from chalicelib.notices.locales import NO_BREAK, AmountTooFine, clock_name, locale_of
from infra.generate_locales import CLDR_OF, FILE, file_text, zones

DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(1461)]
AMOUNTS = [Decimal(text) for text in ("0", "0.01", "1", "12.5", "999.99", "1000", "1234.5", "99999.09", "1234567.89")]
WHOLE = [Decimal(text) for text in ("0", "1", "999", "1000", "12345", "1234567")]


def test_every_language_has_its_ways() -> None:
    assert set(CLDR_OF) == set(languages())


def test_the_file_is_what_the_program_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == file_text()


@pytest.mark.parametrize("language", languages())
class TestAgainstBabel:
    def test_days(self, language):
        own, cldr = locale_of(language), CLDR_OF[language]
        for day in DAYS:
            expected = [format_date(day, width, locale=cldr) for width in ("long", "full")]
            if language == "fr" and day.day == 1:
                expected = [text.replace("1 ", "1er ", 1) for text in expected]
            assert [own.long_date(day), own.full_date(day)] == expected

    def test_hours(self, language):
        own, cldr = locale_of(language), CLDR_OF[language]
        for minute in range(24 * 60):
            at = time(minute // 60, minute % 60)
            expected = format_time(at, "short", locale=cldr)
            if language == "zh-Hant":
                expected = expected.replace("午夜", "凌晨")
            if language == "ko":
                expected = expected.replace("AM", "오전").replace("PM", "오후")
            assert own.clock(at) == expected

    def test_numbers(self, language):
        own, cldr = locale_of(language), CLDR_OF[language]
        for amount in AMOUNTS:
            assert own.number(amount) == format_decimal(amount, locale=cldr, numbering_system="latn")

    @pytest.mark.parametrize("currency", sorted(MINOR_UNITS))
    def test_money(self, language, currency):
        own, cldr = locale_of(language), CLDR_OF[language]
        pattern = Cldr.parse(cldr).currency_formats["standard"].pattern.split(";")[0].replace("\u200f", "")
        coded = pattern.replace("¤\u00a0", "¤").replace("\u00a0¤", "¤").replace("¤", "¤¤")
        for amount in WHOLE if MINOR_UNITS[currency] == 0 else AMOUNTS:
            expected = format_currency(amount, currency, format=coded, locale=cldr, numbering_system="latn")
            assert own.money(Money(amount, currency)).replace(NO_BREAK, "") == expected.replace(NO_BREAK, "")

    def test_clocks(self, language):
        at = datetime(2026, 1, 15, tzinfo=UTC)
        named = {zone: clock_name(zone, language, at) for zone in zones()}
        assert len([zone for zone, name in named.items() if name.startswith("UTC")]) < 10
        for zone, name in named.items():
            if not name.startswith("UTC"):
                assert name == get_timezone_name(zone, "long", locale=CLDR_OF[language], zone_variant="generic")


@pytest.mark.parametrize(
    ("language", "day", "hour", "money"),
    [
        ("en", "5 November 2026", "14:30", "EUR 1,234.50"),
        ("en-US", "November 5, 2026", "2:30 PM", "EUR 1,234.50"),
        ("zh-Hans", "2026年11月5日", "14:30", "EUR 1,234.50"),
        ("zh-Hant", "2026年11月5日", "下午2:30", "EUR 1,234.50"),
        ("zh-Hant-HK", "2026年11月5日", "下午2:30", "EUR 1,234.50"),
        ("ja", "2026年11月5日", "14:30", "EUR 1,234.50"),
        ("ko", "2026년 11월 5일", "오후 2:30", "EUR 1,234.50"),
        ("fr", "5 novembre 2026", "14:30", "1 234,50 EUR"),
        ("de", "5. November 2026", "14:30", "1.234,50 EUR"),
        ("de-CH", "5. November 2026", "14:30", "EUR 1’234.50"),
        ("es", "5 de noviembre de 2026", "14:30", "1.234,50 EUR"),
        ("it", "5 novembre 2026", "14:30", "1.234,50 EUR"),
        ("ar", "5 نوفمبر 2026", "2:30 م", "1,234.50 EUR"),
    ],
)
def test_a_day_an_hour_and_a_sum_as_people_write_them(language, day, hour, money) -> None:
    own = locale_of(language)
    written = (own.long_date(date(2026, 11, 5)), own.clock(time(14, 30)), own.money(Money(Decimal("1234.5"), "EUR")))
    assert tuple(text.replace("\u202f", " ").replace(NO_BREAK, " ") for text in written) == (day, hour, money)


def test_french_groups_by_narrow_blanks_that_do_not_break() -> None:
    assert locale_of("fr").number(Decimal("1234567.89")) == "1\u202f234\u202f567,89"


@pytest.mark.parametrize("currency", ["JPY", "KRW"])
def test_money_without_cents_has_none(currency) -> None:
    assert locale_of("en").money(Money(Decimal("1234.00"), currency)) == f"{currency}{NO_BREAK}1,234"


@pytest.mark.parametrize(("amount", "currency"), [("0.5", "JPY"), ("1.01", "KRW"), ("1.005", "EUR"), ("0.001", "CNY")])
def test_what_the_currency_cannot_say_is_refused(amount, currency) -> None:
    with pytest.raises(AmountTooFine) as refused:
        locale_of("en").money(Money(Decimal(amount), currency))
    assert refused.value.faults[0].field == "refund.amount"


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(languages()))
def test_no_sum_loses_or_gains_a_cent(amount, language) -> None:
    own = locale_of(language)
    figure = own.number(amount).replace(own.group, "").replace(own.decimal, ".")
    assert Decimal(figure) == amount


def test_a_clock_without_a_name_is_told_by_its_distance_from_utc() -> None:
    at = datetime(2026, 7, 1, tzinfo=UTC)
    assert clock_name("America/St_Johns", "fr", at) != ""
    assert clock_name("Pacific/Marquesas", "fr", at) == "UTC-09:30"
