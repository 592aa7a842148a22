"""Goodwill: a share of the price, and the gifts of other returns of the same customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.merchant import Authority
from chalicelib.returns.authority import NotTheirs
from chalicelib.returns.case import Order
from chalicelib.returns.settlement import Settlement
from chalicelib.workflows.build_settlement import Wish
from chalicelib.workflows.keep_settlement import propose, withdraw
from tests.workflows.settling import RING, SettlingHouse, eur, paid, request_paid

CHEAP = replace(RING, price=eur("200.00"))


def cheap_house() -> SettlingHouse:
    """A ring of 200.00: an agent gives 10.00 of it freely, a senior 20.00."""
    return SettlingHouse(request_paid(paid(total=eur("215.00")), items=(CHEAP,))).back()


def test_a_gift_within_amount_and_share_needs_nobody():
    assert cheap_house().propose("goodwill", amount=eur("10.00"))["state"] == "approved"


def test_a_gift_above_the_share_waits_for_somebody_with_a_larger_one():
    house = cheap_house()
    assert house.propose("goodwill", amount=eur("20.01"))["approvals_needed"] == 1
    with pytest.raises(NotTheirs):
        house.approve("sen", "senior")
    assert house.approve("lea", "lead")["state"] == "approved"


def test_two_small_gifts_of_a_case_are_one_large_one():
    house = cheap_house()
    house.propose("goodwill", amount=eur("6.00"))
    house.work()
    assert house.propose("goodwill", amount=eur("6.00"))["approvals_needed"] == 1


def test_what_the_law_gives_back_of_a_cheap_ring_is_no_share_of_it():
    house = SettlingHouse(request_paid(paid(total=eur("40.00"), freight=eur("0.00")), items=(
        replace(RING, price=eur("40.00")),
    ))).back()  # fmt: skip
    assert house.propose("refund")["approvals_needed"] == 0


def other_return(house: SettlingHouse, n: int) -> str:
    """Another order of the same customer comes back."""
    case_id = f"case{n:04d}"
    house.ports = replace(house.ports, new_id=lambda: case_id)
    house.desk.ports = house.ports
    order: Order = replace(house.file.plan.request.order, number=f"SO-70{n:02d}")
    house.desk.open(
        request_paid(order=order, items=(replace(RING, serial=f"GT-70{n:02d}"),)), key=f"key-{n}", now=house.now
    )
    return case_id


def gift(house: SettlingHouse, case_id: str, *, role: str = "agent") -> Settlement:
    wish = Wish(kind="goodwill", reason="as_agreed", amount=eur("5.00"))
    told = propose(house.ports, case_id, wish, by="ann", role=role, now=house.now)
    file = house.ports.cases.file(case_id)
    assert file is not None
    return next(one for one in file.parts.of(Settlement) if one.part_id == told["settlement_id"])


def after_gifts(number: int) -> SettlingHouse:
    house = SettlingHouse()
    for n in range(2, 2 + number):
        assert gift(house, other_return(house, n)).state == "approved"
    return house


def test_the_third_gift_to_a_customer_is_an_agents_to_give():
    assert gift(after_gifts(2), "case0001").state == "approved"


def test_the_fourth_gift_to_a_customer_within_the_year_waits_for_a_lead():
    house = after_gifts(3)
    fourth = gift(house, "case0001")
    assert (fourth.state, fourth.approvals_needed, fourth.roles_needed) == ("proposed", 1, ("lead",))
    with pytest.raises(NotTheirs, match="approved by lead"):
        house.approve("max", "manager")
    assert house.approve("lea", "lead")["state"] == "approved"


def test_gifts_of_one_case_count_as_those_of_many():
    house = SettlingHouse()
    for _ in range(3):
        assert gift(house, "case0001").state == "approved"
        house.work()
    assert gift(house, "case0001").roles_needed == ("lead",)


def test_a_gift_that_was_taken_back_and_one_of_long_ago_do_not_count():
    house = after_gifts(1)
    house.now += timedelta(days=400)
    back = other_return(house, 5)
    withdraw(house.ports, back, gift(house, back).part_id, by="ann", now=house.now)
    for n in (6, 7):
        assert gift(house, other_return(house, n)).state == "approved"
    assert gift(house, "case0001").state == "approved"


def test_a_refund_is_held_up_by_no_number_of_gifts():
    house = after_gifts(3)
    house.arrived()
    house.inspected()
    assert house.propose("refund")["roles_needed"] == []


def test_a_customer_who_is_not_known_any_more_is_a_leads_to_judge():
    house = SettlingHouse()
    house.ports.cases.erase("case0001")
    assert house.file.customer is None
    assert gift(house, "case0001").roles_needed == ("lead",)


def test_a_merchant_that_counts_no_gifts_has_an_agent_give_the_fourth():
    house = after_gifts(3)
    merchant = house.ports.merchant()
    silent = replace(merchant, authority=Authority(merchant.authority.role))
    house.ports = replace(house.ports, merchant=lambda: silent)
    assert gift(house, "case0001").state == "approved"
