"""What one address is sent on one day is summed over all returns, and an insurer's limit holds for the sum."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.money import Money
from chalicelib.returns.case import PickupWish
from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.same_day import counted_day, others_arriving
from tests.workflows.desk import MONDAY, REQUEST, Desk

EURO_RATES = {("USD", "EUR"): Decimal("0.9")}


def worth(amount: str, currency: str = "EUR", *, n: int = 0, **changes: Any) -> Any:
    """A return of one piece of this worth, under a serial and an order of its own."""
    item = replace(REQUEST.items[0], price=Money(Decimal(amount), currency), serial=f"S-{amount}-{currency}-{n}")
    order = replace(REQUEST.order, number=f"SO-{amount}-{currency}-{n}")
    return replace(REQUEST, items=(item,), order=order, **changes)


def opened(desk: Desk, request: Any) -> Any:
    desk.ports = replace(desk.ports, new_id=lambda: f"case-{request.order.number}")
    return desk.open(request, key=request.order.number).body


def others(desk: Desk, request: Any = REQUEST, currency: str = "EUR") -> Any:
    return others_arriving(desk.ports, request, currency, EURO_RATES, MONDAY)


def gaps(body: Any) -> set[str]:
    return {gap["code"] for gap in body["cover"]["gaps"]}


@pytest.mark.parametrize(("last", "stage"), [("9999.99", "approved"), ("10000", "approved")])
def test_a_weekend_limit_by_address_holds_up_to_itself(last, stage):
    desk = Desk()
    opened(desk, worth("10000"))
    body = opened(desk, worth(last, n=1))
    assert gaps(body) == set()
    assert body["cover"]["not_checked"] == []


def test_the_return_that_takes_the_day_over_the_limit_needs_a_person_and_is_told_the_figures():
    desk = Desk()
    opened(desk, worth("10000"))
    body = opened(desk, worth("9900", n=1))
    assert gaps(body) == set()
    third = opened(desk, worth("100.01", n=2))
    assert third["stage"] == "review"
    found = next(gap for gap in third["cover"]["gaps"] if gap["code"] == "weekend_limit_exceeded")
    assert (found["amount"]["amount"], found["limit"]["amount"]) == ("20000.01", "20000.00")
    assert "20000.01 EUR" in found["text"]


def test_parcels_of_another_day_or_another_address_are_not_counted():
    desk = Desk()
    wish = REQUEST.pickup or PickupWish(MONDAY.date(), "10:00", "16:00")
    opened(desk, worth("9000", pickup=replace(wish, on=wish.on + timedelta(days=1))))
    opened(desk, worth("8000", return_to="PAR-1", n=1))
    assert others(desk) == Money(Decimal(0), "EUR")


def test_a_return_without_a_courier_counts_on_the_day_it_was_opened():
    request = worth("900", pickup=None)
    assert counted_day(request, MONDAY) == MONDAY.date()
    desk = Desk()
    opened(desk, request)
    assert others(desk, request) == Money(Decimal("900.00"), "EUR")


def test_a_return_that_is_called_off_counts_no_longer():
    desk = Desk()
    case_id = opened(desk, worth("9000"))["case_id"]
    assert others(desk) == Money(Decimal("9000.00"), "EUR")
    cancel_case(desk.ports, case_id, reason="changed_mind", holder="desk", now=MONDAY)
    assert others(desk) == Money(Decimal(0), "EUR")


def test_a_return_counts_once_however_often_its_story_is_told():
    desk = Desk()
    for _ in range(3):
        opened(desk, worth("9000"))
    desk.world.pump()
    assert others(desk) == Money(Decimal("9000.00"), "EUR")


def test_parcels_paid_in_another_currency_are_counted_at_the_rate_of_the_day():
    desk = Desk()
    opened(desk, worth("1000", "USD"))
    assert others(desk) == Money(Decimal("900.00"), "EUR")


def test_a_currency_without_a_rate_leaves_the_sum_unknown_and_not_smaller():
    desk = Desk()
    opened(desk, worth("1000", "USD"))
    assert others_arriving(desk.ports, REQUEST, "EUR", {}, MONDAY) is None


def test_where_no_policy_limits_the_day_nothing_is_asked():
    desk = Desk()
    merchant = desk.ports.merchant()
    alone = replace(
        merchant, insurer=tuple(replace(one, per_address_day=(), weekend_counts="parcel") for one in merchant.insurer)
    )
    ports = replace(desk.ports, merchant=lambda: alone, cases=None)  # type: ignore[arg-type]
    assert others_arriving(ports, REQUEST, "EUR", {}, MONDAY) is None


def test_no_more_is_read_than_it_takes_to_be_above_every_limit():
    read: list[str | None] = []

    class Endless:
        def arriving(self, facility_id: str, day: Any, cursor: str | None) -> Any:
            from chalicelib.workflows.ports import LegPage

            read.append(cursor)
            leg = desk.ports.cases.file("case0001").legs[0]
            return LegPage((replace(leg, customs_value=Money(Decimal(40000), "EUR")),), "more")

    desk = Desk()
    desk.open()
    ports = replace(desk.ports, cases=Endless())  # type: ignore[arg-type]
    assert others_arriving(ports, REQUEST, "EUR", {}, MONDAY) == Money(Decimal(120000), "EUR")
    assert len(read) == 3
