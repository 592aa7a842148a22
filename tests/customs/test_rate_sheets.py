"""The publishers' own files: read as they stand, refused when they are not what they claim to be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customs import rate_sheets
from chalicelib.customs.rate_sheets import (
    Sheet,
    SheetUnreadable,
    read_ecb_daily,
    read_ecb_history,
    read_fixings,
    read_hmrc,
)
from tests.customs.published import RATES, decimals, ecb_daily, ecb_history, fixings, hmrc, zipped

LONG_AGO = date(1999, 1, 1)
READERS = {
    "ecb_daily": read_ecb_daily,
    "ecb_history": lambda body: read_ecb_history(body, LONG_AGO),
    "hmrc": read_hmrc,
    "fixings": lambda body: read_fixings(body, "gold", LONG_AGO),
}
SAMPLES = {
    "ecb_daily": ecb_daily("2026-11-20"),
    "ecb_history": ecb_history({"2026-11-20": {}, "2026-11-19": {"USD": "1.15"}}),
    "hmrc": hmrc(2026, 11),
    "fixings": fixings({"2026-11-19": [4000.5, 3010, None], "2026-11-20": [4010, 3015, 3500]}),
}


def test_the_daily_file_is_one_day_of_euro_rates() -> None:
    assert read_ecb_daily(SAMPLES["ecb_daily"]) == Sheet("ecb", date(2026, 11, 20), decimals(RATES))


def test_a_currency_nobody_trades_in_is_left_out_and_one_without_a_figure_is_named() -> None:
    sheet = read_ecb_daily(ecb_daily("2026-11-20", BRL="6.3", USD="N/A", JPY="0", GBP="-0.8", CHF="1e3", CNY="７"))
    assert dict(sheet.values) == {"HKD": Decimal("9.0518")}
    assert sheet.aside == {
        "USD": "not_published", "JPY": "zero", "GBP": "negative", "CHF": "not_a_figure", "CNY": "not_a_figure",
    }  # fmt: skip


@pytest.mark.parametrize("pack", [lambda body: body, zipped, lambda body: b"\xef\xbb\xbf" + body])
def test_the_history_is_read_from_a_day_on_and_oldest_first(pack: object) -> None:
    table = ecb_history({"2026-11-18": {}, "2026-11-20": {"USD": "1.16"}, "2026-11-19": {"USD": "1.15"}})
    sheets = read_ecb_history(pack(table), date(2026, 11, 19))  # type: ignore[operator]
    assert [(sheet.on.day, sheet.values["USD"]) for sheet in sheets] == [(19, Decimal("1.15")), (20, Decimal("1.16"))]
    assert sheets[0].aside == {"SGD": "not_published", "KRW": "not_published"}


def test_the_month_of_hmrc_has_a_first_and_a_last_day_and_any_country_of_a_currency_counts_once() -> None:
    twice = hmrc(2026, 2).replace(b"</exchangeRateMonthList>", b"<exchangeRate><currencyCode>USD</currencyCode>"
                                  b"<rateNew>1.3260</rateNew></exchangeRate></exchangeRateMonthList>")  # fmt: skip
    sheet = read_hmrc(twice)
    assert (sheet.on, sheet.until) == (date(2026, 2, 1), date(2026, 2, 28))
    assert sheet.values["USD"] == Decimal("1.3260")
    assert sheet.per_base("GBP") == 1


def test_two_figures_for_one_currency_are_none() -> None:
    twice = hmrc(2026, 2).replace(b"</exchangeRateMonthList>", b"<exchangeRate><currencyCode>USD</currencyCode>"
                                  b"<rateNew>1.4</rateNew></exchangeRate></exchangeRateMonthList>")  # fmt: skip
    sheet = read_hmrc(twice)
    assert "USD" not in sheet.values
    assert sheet.aside["USD"] == "two_figures"


def test_fixings_keep_every_decimal_and_a_price_that_was_not_set_is_not_there() -> None:
    first, second = read_fixings(SAMPLES["fixings"], "gold", LONG_AGO)
    assert dict(first.values) == {"USD": Decimal("4000.5"), "GBP": Decimal(3010)}
    assert dict(second.values) == {"USD": Decimal(4010), "GBP": Decimal(3015), "EUR": Decimal(3500)}
    assert read_fixings(SAMPLES["fixings"], "gold", date(2026, 11, 20)) == (second,)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<exchangeRateMonthList Period="01/Mar/2026 to 31/Mar/2026"><exchangeRate><currencyCode>USD</currencyCode>
<rateNew>&b;</rateNew></exchangeRate></exchangeRateMonthList>"""
WRONG = {
    "a document type": ("hmrc", BOMB),
    "a document type in another encoding": (
        "hmrc", BOMB.replace(b'"1.0"', b'"1.0" encoding="utf-16"').decode().encode("utf-16")),
    "an external entity": ("ecb_daily", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'),
    "too many elements": ("hmrc", b"<x>" + b"<y/>" * 20_001 + b"</x>"),
    "too large": ("ecb_daily", b"<x>" + b" " * rate_sheets.LARGEST_XML + b"</x>"),
    "an unknown encoding": ("ecb_daily", b'<?xml version="1.0" encoding="klingon"?><x/>'),
    "no XML": ("hmrc", b"<html><body>Service unavailable</body>"),
    "a page instead": ("ecb_daily", b"<html><body>Service unavailable</body></html>"),
    "no rates": ("ecb_daily", ecb_daily("2026-11-20", **dict.fromkeys(RATES, ""))),
    "two days in the daily file": ("ecb_daily", ecb_daily("2026-11-20").replace(
        b"</gesmes:Envelope>", b"<Cube time='2026-11-19'/></gesmes:Envelope>")),
    "a day that is none": ("ecb_daily", ecb_daily("2026-02-30")),
    "a day written otherwise": ("ecb_daily", ecb_daily("20261120")),
    "a rate without a currency": ("hmrc", hmrc(2026, 3).replace(b"<currencyCode>USD</currencyCode>", b"")),
    "a period of two months": ("hmrc", hmrc(2026, 3).replace(b"31/Mar", b"30/Apr")),
    "a period that ends before it begins": ("hmrc", hmrc(2026, 3).replace(b"to 31", b"to 01")),
    "a month that is none": ("hmrc", hmrc(2026, 3).replace(b"Mar/", b"Mrz/")),
    "no period": ("hmrc", hmrc(2026, 3).replace(b"Period", b"Month")),
    "a line cut short": ("ecb_history", ecb_history({"2026-11-20": {}})[:-12]),
    "a day twice": ("ecb_history", ecb_history({"2026-11-20": {}}) + ecb_history({"2026-11-20": {}}).split(b"\n")[1]),
    "another table": ("ecb_history", b"Day;USD\n2026-11-20;1.1\n"),
    "nothing": ("ecb_history", b""),
    "an archive of two": ("ecb_history", zipped(ecb_history({"2026-11-20": {}}), "a.csv", "b.csv")),
    "a broken archive": ("ecb_history", zipped(ecb_history({"2026-11-20": {}}))[:-30]),
    "an archive that unpacks to too much": ("ecb_history", zipped(b"0" * (rate_sheets.LARGEST_TABLE + 1))),
    "text in another encoding": ("ecb_history", "Date,USD\n2026-11-20,1€".encode("cp1252")),
    "a figure that is no number": ("fixings", b'[{"d":"2026-11-20","v":[NaN,1,2]}]'),
    "an object": ("fixings", b'{"d":"2026-11-20"}'),
    "no rows": ("fixings", b"[]"),
    "four prices": ("fixings", fixings({"2026-11-20": [1, 2, 3, 4]})),
    "a price that is a list": ("fixings", b'[{"d":"2026-11-20","v":[[1],2,3]}]'),
    "a fixing without a day": ("fixings", b'[{"v":[1,2,3]}]'),
    "a day of fixings twice": ("fixings", b'[{"d":"2026-11-20","v":[1,2,3]},{"d":"2026-11-20","v":[1,2,3]}]'),
    "deep nesting": ("fixings", b"[" * 200_000),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_file_that_is_not_what_it_should_be_is_refused(case: str) -> None:
    reader, body = WRONG[case]
    with pytest.raises(SheetUnreadable):
        READERS[reader](body)


def test_a_price_below_zero_or_of_zero_is_set_aside() -> None:
    (sheet,) = read_fixings(fixings({"2026-11-20": [0, -3, 3500]}), "silver", LONG_AGO)
    assert (dict(sheet.values), sheet.aside) == ({"EUR": Decimal(3500)}, {"USD": "zero", "GBP": "negative"})


@pytest.mark.parametrize("reader", READERS)
@given(data=st.data())
def test_whatever_comes_is_a_sheet_of_positive_figures_or_refused(reader: str, data: st.DataObject) -> None:
    sample = bytearray(SAMPLES[reader])
    for _ in range(data.draw(st.integers(0, 4))):
        sample[data.draw(st.integers(0, len(sample) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(sample)))
    body = data.draw(st.sampled_from([bytes(sample), bytes(sample[:cut]), data.draw(st.binary(max_size=64))]))
    try:
        read = READERS[reader](body)
    except SheetUnreadable:
        return
    for sheet in read if isinstance(read, tuple) else (read,):
        assert all(value > 0 for value in sheet.values.values())
        assert not set(sheet.values) & set(sheet.aside)


def test_a_price_keeps_more_decimals_than_a_float_has() -> None:
    (sheet,) = read_fixings(b'[{"d":"2026-11-20","v":[4000.100000000001,1,2]}]', "gold", LONG_AGO)
    assert sheet.values["USD"] == Decimal("4000.100000000001")
