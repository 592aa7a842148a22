"""A published figure is believed, left aside or taken the second time; nothing wrong is used silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customs.rate_admission import Refused, admit
from chalicelib.customs.rate_sheets import Sheet
from tests.customs.published import decimals

TODAY = date(2026, 11, 20)
FIFTH = Decimal("0.20")


def sheet(back: int = 0, **values: str) -> Sheet:
    return Sheet("ecb", TODAY - timedelta(days=back), decimals(values))


def admitted(new: Sheet, *earlier: Sheet, today: date = TODAY) -> Sheet:
    found = admit(new, earlier, today, FIFTH)
    assert isinstance(found, Sheet), found
    return found


def refused(new: Sheet, *earlier: Sheet, today: date = TODAY) -> str:
    found = admit(new, earlier, today, FIFTH)
    assert isinstance(found, Refused)
    return found.why


def test_the_first_sheet_of_all_is_taken() -> None:
    assert admitted(sheet(USD="1.15")) == sheet(USD="1.15")


@pytest.mark.parametrize(
    ("new", "earlier", "why"),
    [
        (sheet(-1, USD="1.15"), (), "dated_in_the_future:2026-11-21"),
        (sheet(1, USD="1.15"), (sheet(0, USD="1.15"),), "older_than_kept:2026-11-19<2026-11-20"),
        (sheet(0), (), "no_usable_figure"),
        (sheet(0, USD="5"), (sheet(1, USD="1"),), "no_usable_figure"),
        (sheet(0, USD="5", GBP="1"), (sheet(0, USD="1", GBP="1"),), "correction_jumps:USD"),
        (replace(sheet(40, USD="1"), until=date(2026, 10, 31)), (), "over:2026-10-31"),
    ],
)
def test_a_sheet_that_may_not_be_used_is_refused_with_its_reason(
    new: Sheet, earlier: tuple[Sheet, ...], why: str
) -> None:
    assert refused(new, *earlier) == why


@pytest.mark.parametrize(("figure", "kept"), [("1.20", True), ("1.21", False), ("0.80", True), ("0.79", False)])
def test_a_change_of_more_than_a_fifth_is_left_aside(figure: str, kept: bool) -> None:
    found = admitted(sheet(0, USD=figure, GBP="0.8"), sheet(1, USD="1", GBP="0.8"))
    assert ("USD" in found.values) is kept
    assert found.aside == ({} if kept else {"USD": f"jump:{figure}:1"})
    assert found.values["GBP"] == Decimal("0.8")


def test_a_change_that_the_next_day_repeats_is_real() -> None:
    known = sheet(2, USD="1", GBP="1")
    doubted = admitted(sheet(1, USD="2", GBP="1"), known)
    assert admitted(sheet(0, USD="2.1", GBP="1"), doubted, known).values["USD"] == Decimal("2.1")
    again = admitted(sheet(0, USD="3", GBP="1"), doubted, known)
    assert again.aside == {"USD": "jump:3:1"}
    back = admitted(sheet(0, USD="1.05", GBP="1"), doubted, known)
    assert (back.values["USD"], back.aside) == (Decimal("1.05"), {})


def test_a_figure_left_aside_is_compared_with_the_last_that_was_believed() -> None:
    known, doubted = sheet(2, USD="1", GBP="1"), replace(sheet(1, GBP="1"), aside={"USD": "not_published"})
    assert admitted(sheet(0, USD="5", GBP="1"), doubted, known).aside == {"USD": "jump:5:1"}


def test_a_currency_that_is_gone_is_named_once() -> None:
    found = admitted(sheet(1, GBP="1"), sheet(2, USD="1", GBP="1"))
    assert found.aside == {"USD": "gone"}
    assert admitted(sheet(0, GBP="1"), found).aside == {}


def test_a_correction_of_a_day_that_is_kept_replaces_it() -> None:
    assert admitted(sheet(0, USD="1.16"), sheet(0, USD="1.15")).values["USD"] == Decimal("1.16")


figures = st.decimals("0.0001", "9999", places=4)
kept = st.builds(lambda back, usd: sheet(back, USD=str(usd), GBP="1"), st.integers(0, 30), figures)


@given(st.lists(kept, max_size=5, unique_by=lambda one: one.on), st.integers(-5, 40), figures)
def test_no_older_sheet_and_none_of_tomorrow_ever_replaces_a_newer(
    earlier: list[Sheet], back: int, figure: Decimal
) -> None:
    new = sheet(back, USD=str(figure), GBP="1")
    found = admit(new, earlier, TODAY, FIFTH)
    if isinstance(found, Sheet):
        assert found.on <= TODAY
        assert all(one.on <= found.on for one in earlier)


@given(st.lists(figures, min_size=1, max_size=12))
def test_every_figure_taken_is_near_the_last_taken_or_was_told_twice(told: list[Decimal]) -> None:
    known: list[Sheet] = []
    last: Decimal | None = None
    for day, figure in enumerate(told):
        found = admit(sheet(20 - day, USD=str(figure), GBP="1"), known, TODAY, FIFTH)
        assert isinstance(found, Sheet)
        value = found.values.get("USD")
        if value is not None and last is not None:
            before = Decimal(known[0].aside.get("USD", "jump:0:0").split(":")[1])
            assert abs(value - last) <= FIFTH * last or abs(value - before) <= FIFTH * before
        last = value or last
        known.insert(0, found)
