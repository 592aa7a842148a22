"""Which rate counts: the customs' own of its own day, else the market's nearest to it, and never a guess."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customs.estimate import estimate
from chalicelib.customs.rate_choice import (
    NOTHING,
    Quotes,
    RateBook,
    customs_rate,
    days_wanted,
    market_rate,
    penultimate_wednesday,
    third_wednesday,
)
from chalicelib.customs.rate_sheets import Sheet
from chalicelib.money import round_to
from tests.customs.asking import request
from tests.customs.published import decimals

TODAY = date(2026, 11, 22)
WEDNESDAY = date(2026, 10, 21)


def ecb(on: date, **values: str) -> Sheet:
    return Sheet("ecb", on, decimals({"USD": "1.20", "GBP": "0.80", "CNY": "8.00", "JPY": "180", **values}))


def pounds(on: date = date(2026, 11, 1), until: date = date(2026, 11, 30), **values: str) -> Sheet:
    return Sheet("hmrc", on, decimals({"EUR": "1.15", "USD": "1.30", "TWD": "40", "AED": "4.77", **values}), until)


def book(*sheets: Sheet) -> RateBook:
    return RateBook(tuple(sheets))


@pytest.mark.parametrize(
    ("entry", "penultimate", "third"),
    [
        (date(2026, 11, 1), date(2026, 10, 21), date(2026, 10, 21)),
        (date(2026, 11, 30), date(2026, 10, 21), date(2026, 10, 21)),
        (date(2026, 10, 31), date(2026, 9, 23), date(2026, 9, 16)),
        (date(2027, 1, 1), date(2026, 12, 23), date(2026, 12, 16)),
        (date(2026, 3, 1), date(2026, 2, 18), date(2026, 2, 18)),
        (date(2028, 3, 31), date(2028, 2, 16), date(2028, 2, 16)),
    ],
)
def test_the_wednesdays_of_the_month_before(entry: date, penultimate: date, third: date) -> None:
    assert (penultimate_wednesday(entry), third_wednesday(entry)) == (penultimate, third)


def test_the_union_goes_by_the_penultimate_wednesday_of_the_month_before_and_is_not_old_on_its_last_day() -> None:
    known = book(ecb(WEDNESDAY, USD="1.10"), ecb(date(2026, 11, 20)))
    quote = customs_rate(known, "USD", "EUR", date(2026, 11, 30))
    assert quote is not None
    assert (quote.rate, quote.on, quote.until) == (1 / Decimal("1.10"), WEDNESDAY, date(2026, 11, 30))
    assert (quote.confidence, quote.said) == ("high", ())
    assert quote.source.startswith("ECB euro foreign exchange reference rates, 2026-10-21 <https://www.ecb.europa.eu")


def test_great_britain_goes_by_hmrcs_rate_of_the_month_of_entry() -> None:
    known = book(pounds(), pounds(date(2026, 10, 1), date(2026, 10, 31), EUR="1.20"), ecb(date(2026, 11, 20)))
    in_november, in_october = (customs_rate(known, "EUR", "GBP", date(2026, month, 30)) for month in (11, 10))
    assert in_november is not None
    assert in_october is not None
    assert (in_november.rate, in_october.rate) == (1 / Decimal("1.15"), 1 / Decimal("1.20"))
    assert (in_november.said, in_november.confidence, in_november.until) == ((), "high", date(2026, 11, 30))


@pytest.mark.parametrize(("target", "territory"), [("GBP", "GB"), ("EUR", "EU"), ("CNY", "CN"), ("USD", "US")])
def test_a_rate_that_is_not_the_customs_own_says_so_and_is_at_most_medium(target: str, territory: str) -> None:
    quote = customs_rate(book(ecb(date(2026, 11, 20))), "JPY", target, TODAY)
    assert quote is not None
    assert (quote.said, quote.confidence) == ((f"exchange_rate_not_customs_own:{territory}",), "medium")


def test_china_goes_by_the_market_of_the_third_wednesday_which_is_not_its_own_rate() -> None:
    known = book(ecb(date(2026, 9, 16), CNY="7.50"), ecb(date(2026, 10, 30)))
    quote = customs_rate(known, "EUR", "CNY", date(2026, 10, 31))
    assert quote is not None
    assert (quote.rate, quote.on, quote.until) == (Decimal("7.50"), date(2026, 9, 16), date(2026, 10, 31))


def test_where_the_wednesday_is_not_known_the_newest_sheet_stands_in() -> None:
    known = book(ecb(date(2026, 9, 1), CNY="7.00"), ecb(date(2026, 11, 20), CNY="8.10"))
    quote = customs_rate(known, "EUR", "CNY", TODAY)
    assert quote is not None
    assert (quote.rate, quote.on, quote.until) == (Decimal("8.10"), date(2026, 11, 20), None)


def test_limits_in_another_currency_are_compared_at_the_markets_rate_of_the_day() -> None:
    quotes = Quotes(book(ecb(date(2026, 11, 20), KRW="1600"), ecb(WEDNESDAY, USD="1.00")), TODAY, "KRW")
    assert quotes["KRW", "USD"].said == ()
    assert quotes["KRW", "USD"].rate == Decimal("1.20") / 1600
    assert quotes["EUR", "KRW"].said == ("exchange_rate_not_customs_own:KR",)


def test_a_currency_that_was_set_aside_that_day_is_taken_of_the_day_before() -> None:
    after = ecb(date(2026, 11, 20))
    after = replace(after, values={"GBP": Decimal("0.81")}, aside={"USD": "jump:2.4:1.2"})
    quote = market_rate(book(after, ecb(date(2026, 11, 19))), "EUR", "USD", TODAY)
    assert quote is not None
    assert (quote.rate, quote.on) == (Decimal("1.20"), date(2026, 11, 19))


def test_without_any_sheet_the_shipped_table_answers_with_its_day_and_is_never_sure() -> None:
    quote = customs_rate(NOTHING, "EUR", "USD", date(2026, 10, 2))
    assert quote is not None
    assert (quote.on, quote.confidence) == (date(2026, 10, 1), "medium")
    assert quote.said == ("exchange_rate_not_customs_own:US", "exchange_rate_shipped:2026-10-01")
    away = market_rate(replace(NOTHING, out_of_reach=True), "EUR", "USD", TODAY)
    assert away is not None
    assert away.said == ("day_rates_unavailable", "exchange_rate_shipped:2026-10-01")
    assert market_rate(NOTHING, "EUR", "USD", date(2026, 5, 7)) is None


def test_a_currency_that_the_daily_sheet_does_not_know_goes_by_the_month_or_by_its_peg() -> None:
    month = market_rate(book(ecb(date(2026, 11, 20)), pounds()), "TWD", "USD", TODAY)
    assert month is not None
    assert (month.rate, month.confidence, month.until) == (Decimal("1.30") / 40, "medium", date(2026, 11, 30))
    held = market_rate(book(ecb(date(2026, 11, 20))), "EUR", "AED", TODAY)
    assert held is not None
    assert held.rate == Decimal("3.6725") / (1 / Decimal("1.20"))
    assert (held.on, held.confidence) == (date(2026, 11, 20), "medium")
    assert "3.6725" in held.source
    assert "European Central Bank" not in market_rate(NOTHING, "AED", "USD", TODAY).source  # type: ignore[union-attr]
    both = market_rate(NOTHING, "SAR", "AED", TODAY)
    assert both is not None
    assert both.rate == Decimal("3.6725") / Decimal("3.75")
    assert market_rate(NOTHING, "TWD", "USD", TODAY) is None


def test_an_estimate_says_which_rate_it_went_by() -> None:
    asked = request(destination="FR", purpose="exchange_replacement", lines=[{"value": "1100 USD"}])
    given_ = estimate(asked, Quotes(book(ecb(WEDNESDAY, USD="1.10"), ecb(date(2026, 11, 20))), TODAY, "EUR"))
    assert (given_.customs_value, given_.reasons) == (Decimal("1000.00"), ())
    british = request(destination="GB", purpose="exchange_replacement", lines=[{"value": "1150 EUR"}])
    assert estimate(british, Quotes(book(pounds()), TODAY, "GBP")).customs_value == Decimal("1000.00")


CURRENCIES = ("EUR", "USD", "GBP", "CNY", "JPY")
figures = st.decimals("0.01", "2000", places=4)
sheets = st.builds(
    lambda back, *told: Sheet("ecb", TODAY - timedelta(days=back), dict(zip(CURRENCIES[1:], told, strict=True))),
    st.integers(-10, 60), figures, figures, figures, figures,
)  # fmt: skip
pairs = st.permutations(CURRENCIES)


@given(st.lists(sheets, min_size=1, max_size=8, unique_by=lambda sheet: sheet.on), pairs, st.integers(0, 80))
def test_a_rate_is_of_the_newest_sheet_up_to_the_day_and_never_of_a_later_one(
    known: list[Sheet], pair: tuple[str, ...], back: int
) -> None:
    on = TODAY - timedelta(days=back)
    quote = market_rate(book(*known), pair[0], pair[1], on)
    days = [sheet.on for sheet in known if sheet.on <= on] + [date(2026, 9, 15)] * (on >= date(2026, 9, 15))
    days += [date(2026, 10, 1)] * (on >= date(2026, 10, 1)) + [date(2026, 5, 8)]
    assert quote is not None
    assert quote.on == max(days)


@given(st.lists(sheets, min_size=1, max_size=4), pairs)
def test_cross_rates_agree_with_each_other(known: list[Sheet], pair: tuple[str, ...]) -> None:
    one, two, three = pair[:3]
    rates = Quotes(book(*known), TODAY)
    direct, there, on = rates[one, three].rate, rates[one, two].rate, rates[two, three].rate
    assert abs(there * on / direct - 1) < Decimal("1e-20")
    assert abs(rates[one, two].rate * rates[two, one].rate - 1) < Decimal("1e-20")


@given(st.lists(sheets, min_size=1, max_size=4), pairs, st.decimals("0.01", "99999", places=2))
def test_there_and_back_is_the_same_but_for_rounding(
    known: list[Sheet], pair: tuple[str, ...], amount: Decimal
) -> None:
    rates = Quotes(book(*known), TODAY)
    rate, back = rates[pair[0], pair[1]].rate, rates[pair[1], pair[0]].rate
    there = round_to(amount * rate, 2)
    assert abs(there * back - amount) <= Decimal("0.005") * back + Decimal("1e-15")


@given(st.dates(date(2021, 1, 1), date(2035, 12, 31)))
def test_what_is_asked_of_the_table_holds_every_day_a_rule_goes_by(on: date) -> None:
    wanted = set(days_wanted(on))
    assert {("ecb", on), ("ecb", penultimate_wednesday(on)), ("ecb", third_wednesday(on))} <= wanted
    assert {("hmrc", on.replace(day=1)), ("gold", on - timedelta(days=1))} <= wanted
    assert len(wanted) < 100
    assert on - timedelta(days=45) < penultimate_wednesday(on) < on.replace(day=1)


def test_quotes_are_a_mapping_of_what_is_known() -> None:
    quotes = Quotes(book(), date(2026, 5, 7))
    assert set(quotes) == {
        ("AED", "USD"),
        ("USD", "AED"),
        ("SAR", "USD"),
        ("USD", "SAR"),
        ("AED", "SAR"),
        ("SAR", "AED"),
    }
    assert len(quotes) == 6
    with pytest.raises(KeyError):
        quotes["EUR", "USD"]
