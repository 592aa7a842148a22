"""Special drawing rights: what was printed, from its day on, the same for posts and for carriers' liability."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.customs.papers.postal import choose
from chalicelib.drawing_rights import DATASET, drawing_right, held
from chalicelib.insurance.owed import sdr_rate
from chalicelib.money import MINOR_UNITS, Money
from chalicelib.rulebook import effective_dates, load

FIRST = date(2024, 10, 17)
ROWS = [
    pytest.param(day, row, id=f"{day}-{row['currency']}")
    for day in effective_dates(DATASET)
    for row in load(DATASET, day).rules["rate"]
]


@pytest.mark.parametrize(("day", "row"), ROWS)
def test_a_figure_is_printed_one_way_and_in_a_currency_of_ours(day, row) -> None:
    assert len({"per_sdr", "sdr_per_unit"} & set(row)) == 1
    assert row["currency"] in MINOR_UNITS


@pytest.mark.parametrize(("day", "row"), ROWS)
def test_no_figure_is_a_tenth_away_from_the_one_before_it(day, row) -> None:
    now, before = drawing_right(row["currency"], day), drawing_right(row["currency"], day - timedelta(days=1))
    if before is not None:
        assert abs(now.per_sdr / before.per_sdr - 1) < Decimal("0.10")


@pytest.mark.parametrize(("day", "row"), ROWS)
def test_there_and_back_is_the_same_sum(day, row) -> None:
    right = drawing_right(row["currency"], day)
    assert abs(right.of(right.per_sdr) - 1) < Decimal("0.00001")


@pytest.mark.parametrize(
    ("currency", "on", "as_of"),
    [
        ("USD", FIRST, FIRST),
        ("USD", date(2024, 12, 18), date(2024, 11, 5)),
        ("USD", date(2024, 12, 19), date(2024, 12, 19)),
        ("CNY", date(2024, 12, 19), date(2024, 11, 5)),
        ("SGD", date(2026, 11, 22), date(2025, 10, 28)),
        ("KRW", date(2026, 11, 22), date(2026, 6, 23)),
        ("USD", date(2026, 11, 22), date(2026, 6, 30)),
    ],
)
def test_a_currency_keeps_its_last_printed_figure(currency: str, on: date, as_of: date) -> None:
    assert drawing_right(currency, on).as_of == as_of


def test_before_the_first_figure_and_for_a_currency_nobody_printed_there_is_none() -> None:
    assert held(FIRST - timedelta(days=1)) == {}
    assert drawing_right("CHF", date(2026, 11, 22)) is None


@pytest.mark.parametrize("currency", sorted(held(date(2026, 11, 22))))
def test_posts_and_liability_reckon_with_the_same_figure(currency: str) -> None:
    on = date(2026, 11, 22)
    worth = Money(Decimal(100), currency)
    sdr = choose(worth, Decimal(400), "LETTER", on).sdr
    assert abs(sdr * sdr_rate(currency, on).per_sdr - worth.amount) <= sdr_rate(currency, on).per_sdr / 100
