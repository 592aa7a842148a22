"""A purchase by weight: at a price that is not old, for the metal that was found and not for the mark alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.errors import InvalidRequestError
from chalicelib.returns.inspection import FinenessReading, PieceFound
from chalicelib.workflows.build_settlement import BuyBack
from chalicelib.workflows.settlement_blocks import SettlementBlocked
from tests.workflows.settling import DAY, MONDAY, SettlingHouse, eur

TERMS = BuyBack(eur("95.50"), eur("20.00"), date(2026, 11, 20), "LBMA gold PM")
PLACES = tuple(map(Decimal, ("585", "584", "586")))
BELOW = FinenessReading(PLACES, Decimal("745"))


def house_of(fineness: FinenessReading | None = None, reasons: tuple[str, ...] = ()) -> SettlingHouse:
    """A ring of 5.20 g that is stamped 750, as the dock read it."""
    house = SettlingHouse()
    house.arrived()
    found = PieceFound(1, 1, 1, "as_sold", accepted_net_g=Decimal("5.20"), fineness=fineness, reasons=reasons)
    house.inspected(found, released_by="lea", released_at=MONDAY)
    return house


def fault(call: Any) -> tuple[str | None, str]:
    with pytest.raises(InvalidRequestError) as refused:
        call()
    return refused.value.faults[0].field, refused.value.faults[0].code


# The day of the price


@pytest.mark.parametrize(("day", "is_taken"), [("2026-11-18", True), ("2026-11-17", False), ("2025-01-02", False)])
def test_a_price_is_at_most_so_many_days_old(day, is_taken):
    house, terms = house_of(), replace(TERMS, priced_on=date.fromisoformat(day))
    if is_taken:
        assert house.propose("buy_back", buy_back=terms)["total"]["amount"] == "352.45"
    else:
        assert fault(lambda: house.propose("buy_back", buy_back=terms)) == ("buy_back.priced_on", "too_old")


def test_the_customer_says_yes_to_a_price_that_still_holds():
    house = house_of()
    house.propose("buy_back", buy_back=TERMS)
    house.now = MONDAY + 30 * DAY
    assert fault(house.agree) == ("buy_back.priced_on", "too_old")
    assert house.settlements[0].agreed_at is None


def test_a_yes_that_was_given_in_time_stands_whenever_the_approvals_come():
    house = house_of()
    house.propose("buy_back", buy_back=TERMS, customer_agreed=True)
    house.now = MONDAY + 30 * DAY
    assert house.approve("max", "manager")["state"] == "approved"


# The metal that was found


def test_metal_that_read_below_its_mark_is_not_paid_at_the_mark_and_waits_for_a_persons_word():
    house = house_of(BELOW)
    told = house.propose("buy_back", buy_back=TERMS, customer_agreed=True)
    assert (told["total"]["amount"], told["lacks"]) == ("270.51", ["fineness"])  # 5.20 g of 585
    with pytest.raises(SettlementBlocked) as refused:
        house.approve("max", "manager")
    assert [(one.field, one.code) for one in refused.value.faults] == [("buy_back.fineness", "fineness_in_doubt")]
    house.withdraw()
    said = replace(TERMS, fineness=((1, 748),))
    told = house.propose("buy_back", buy_back=said, customer_agreed=True)
    assert (told["total"]["amount"], told["lacks"]) == ("351.46", [])
    assert house.approve("max", "manager", n="2")["state"] == "approved"


@pytest.mark.parametrize(
    ("reading", "reasons", "lacks"),
    [
        (None, (), []),
        (FinenessReading(tuple(map(Decimal, ("746", "747", "748"))), Decimal("745")), (), []),
        (replace(BELOW, second_method="fire_assay", second_agrees=True), (), []),
        (FinenessReading((Decimal("750"),) * 3, Decimal("745"), "touchstone", False), (), ["fineness"]),
        (None, ("hallmark_differs",), ["fineness"]),
        (replace(BELOW, other_peaks=True), ("another_metal_shows",), ["fineness"]),
    ],
)
def test_what_another_method_or_the_mark_says_of_it_counts_too(reading, reasons, lacks):
    assert house_of(reading, reasons).propose("buy_back", buy_back=TERMS)["lacks"] == lacks


def test_a_persons_word_is_about_a_piece_that_is_bought():
    said = replace(TERMS, fineness=((2, 748),))
    assert fault(lambda: house_of(BELOW).propose("buy_back", buy_back=said)) == ("buy_back.fineness", "did_not_come")


def test_a_refund_asks_for_no_fineness():
    told = house_of(BELOW).propose()
    assert (told["total"]["amount"], told["lacks"]) == ("1195.00", [])
