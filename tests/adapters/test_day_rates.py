"""Published sheets by day: the same over memory, moto and the embedded AWS, and one read for whatever day is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.adapters.day_rates import KEPT_S, TableDayRates
from chalicelib.customs.rate_sheets import PUBLISHERS, Sheet
from chalicelib.errors import UnavailableError
from tests.fakes.memory_table import MemoryTable

TODAY = date(2026, 11, 22)
FRIDAY = date(2026, 11, 20)


def ecb(on: date, **values: str) -> Sheet:
    told = {name: Decimal(text) for name, text in (values or {"USD": "1.1539", "JPY": "178.8600"}).items()}
    return Sheet("ecb", on, told, aside={"CHF": "jump:2:0.94"})


def keep(rates: TableDayRates, *sheets: Sheet) -> None:
    for sheet in sheets:
        assert rates.keep(sheet, None)
        rates.show(sheet)


def test_a_sheet_is_read_back_as_it_was_kept(ports):
    month = Sheet("hmrc", date(2026, 11, 1), {"USD": Decimal("1.3260")}, date(2026, 11, 30))
    keep(ports.rates, ecb(FRIDAY), month)
    assert ports.rates.newest("ecb", 5) == (ecb(FRIDAY),)
    assert str(ports.rates.newest("ecb", 1)[0].values["JPY"]) == "178.8600"
    assert ports.rates.newest("hmrc", 5) == (month,)
    assert ports.rates.newest("gold", 5) == ()


def test_of_two_who_keep_a_day_the_first_wins_and_a_correction_replaces_what_it_read(ports):
    keep(ports.rates, ecb(FRIDAY))
    mended = ecb(FRIDAY, USD="1.16")
    assert not ports.rates.keep(mended, None)
    assert not ports.rates.keep(mended, ecb(FRIDAY, USD="1.99"))
    assert ports.rates.keep(mended, ecb(FRIDAY))
    ports.rates.show(mended)
    assert ports.rates.newest("ecb", 5) == (mended,)
    assert ports.rates.book(TODAY).sheets == (mended,)


def test_the_latest_days_come_first_and_no_more_than_asked(ports):
    keep(ports.rates, *(ecb(FRIDAY - timedelta(days=back)) for back in (3, 1, 2)))
    days = [sheet.on for sheet in ports.rates.newest("ecb", 2)]
    assert days == [FRIDAY - timedelta(days=1), FRIDAY - timedelta(days=2)]


def test_a_book_holds_the_days_before_the_wednesdays_the_month_and_the_newest_however_old(ports):
    keep(ports.rates, *map(ecb, (FRIDAY, date(2026, 10, 21), date(2026, 6, 1), date(2026, 11, 2))))
    keep(ports.rates, Sheet("gold", date(2026, 5, 4), {"USD": Decimal(4000)}))
    book = ports.rates.book(TODAY)
    assert [(sheet.publisher, sheet.on) for sheet in book.sheets] == [
        ("ecb", date(2026, 10, 21)), ("ecb", FRIDAY), ("gold", date(2026, 5, 4)),
    ]  # fmt: skip
    assert not book.out_of_reach


def test_an_older_sheet_never_becomes_the_newest(ports):
    keep(ports.rates, ecb(date(2026, 9, 1)), ecb(date(2026, 8, 3)))
    assert [sheet.on for sheet in ports.rates.book(TODAY).sheets] == [date(2026, 9, 1)]


class Counted(MemoryTable):
    """Counts every read; ``down`` as long as it does not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []
        self.down = False

    def batch_get(self, keys: Sequence[Any]) -> list[Any]:
        self.reads.append("BatchGetItem")
        assert len(keys) <= 100
        if self.down:
            raise UnavailableError("the table is down")
        return super().batch_get(keys)

    def get(self, pk: str, sk: str) -> Any:
        self.reads.append("GetItem")
        return super().get(pk, sk)

    def partition(self, *args: Any, **named: Any) -> list[Any]:
        self.reads.append("Query")
        return super().partition(*args, **named)


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def counted() -> tuple[Counted, TableDayRates, Clock]:
    table, clock = Counted(), Clock()
    rates = TableDayRates(table, PUBLISHERS, clock)
    keep(rates, ecb(FRIDAY))
    table.reads.clear()
    return table, rates, clock


def test_a_book_takes_one_call_and_then_none_for_some_minutes(counted):
    table, rates, clock = counted
    first = rates.book(TODAY)
    clock.seconds = KEPT_S - 1
    assert rates.book(TODAY) is first
    assert table.reads == ["BatchGetItem"]
    clock.seconds = KEPT_S
    rates.book(TODAY)
    assert table.reads == ["BatchGetItem"] * 2


def test_each_day_of_entry_is_read_for_itself(counted):
    table, rates, _ = counted
    assert rates.book(date(2026, 11, 19)).sheets == ()
    assert rates.book(TODAY).sheets == (ecb(FRIDAY),)
    assert table.reads == ["BatchGetItem"] * 2


def test_days_without_end_do_not_fill_the_process(counted):
    _, rates, _ = counted
    for back in range(200):
        rates.book(TODAY - timedelta(days=back))
    assert len(rates._books) <= 64


def test_a_table_that_does_not_answer_leaves_what_was_read_and_is_asked_again_later(counted):
    table, rates, clock = counted
    known = rates.book(TODAY)
    table.down, clock.seconds = True, KEPT_S
    assert rates.book(TODAY) == replace(known, out_of_reach=True)
    assert rates.book(TODAY).out_of_reach
    assert table.reads == ["BatchGetItem"] * 2
    table.down, clock.seconds = False, KEPT_S + 30
    assert rates.book(TODAY) == known


def test_a_table_that_never_answered_leaves_nothing_and_says_so(counted):
    table, rates, _ = counted
    table.down = True
    book = rates.book(TODAY)
    assert (book.sheets, book.out_of_reach) == ((), True)


def test_a_sheet_of_another_version_costs_no_estimate(counted):
    table, rates, _ = counted
    table.put_new({"PK": "RATE#ecb", "SK": "2026-11-19", "publisher": "ecb", "on": "some day", "values": []})
    assert rates.book(TODAY).sheets == (ecb(FRIDAY),)


def test_a_sheet_of_another_version_keeps_no_publisher_from_being_asked(counted):
    table, rates, _ = counted
    table.put_new({"PK": "RATE#ecb", "SK": "2026-11-21", "publisher": "ecb", "on": "some day", "values": []})
    assert rates.newest("ecb", 10) == (ecb(FRIDAY),)
