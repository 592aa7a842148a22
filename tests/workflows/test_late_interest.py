"""Money that Korea's law has owed for too long carries interest: a line of its own, paid with the refund."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.money import Money
from chalicelib.returns.inspection import PieceFound
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.workflows.keep_settlement import FoundOut
from tests.faults.stories import RING
from tests.workflows.settling import CASE, DAY, MONDAY, SettlingHouse, paid, request_paid

STATUTE = "returns/withdrawal@2021-01-01#W-KR"


def won(amount: str) -> Money:
    return Money(Decimal(amount), "KRW")


NONE = won("0")
PAID = paid(total=won("2000000"), tax=won("0"), freight=NONE, express_extra=NONE, duty=NONE, pieces=2)


def house_of(days: int, pieces: int = 2, country: str = "KR", **changed: Any) -> SettlingHouse:
    """Two rings of a million won each, withdrawn from and back; ``days`` later. Three business days are the law's."""
    two = (replace(RING, price=won("1000000"), quantity=2),)
    house = SettlingHouse(request_paid(replace(PAID, **changed), items=two, customer_country=country))
    house.put(Withdrawal(CASE, 1, MONDAY, "customer", "ko", in_time=True))
    house.arrived()
    house.inspected(PieceFound(1, pieces, pieces, "as_sold", accepted_net_g=Decimal("5.20") * pieces))
    house.now = MONDAY + days * DAY
    return house


def interest(told: Any, where: str = "lines") -> list[str]:
    return [line["amount"]["amount"] for line in told[where] if line["code"] == "late_interest"]


def test_from_the_day_after_the_laws_last_day_interest_is_a_line_of_the_refund():
    told = house_of(13).propose()  # the 26th was the last day: ten days late, the day of proposal among them
    (line,) = [one for one in told["lines"] if one["code"] == "late_interest"]
    assert (line["amount"]["amount"], line["rule"]) == ("8219", STATUTE)  # 2,000,000 x 15 % x 10 / 365
    assert (told["total"]["amount"], interest(told, "beside")) == ("2008219", [])


@pytest.mark.parametrize("days", [0, 3])
def test_in_time_nothing_is_put_on(days):
    told = house_of(days).propose()
    assert (interest(told), told["total"]["amount"]) == ([], "2000000")


def test_where_no_law_puts_interest_on_it_none_is():
    euro = house_of(60, country="DE")
    assert interest(euro.propose()) == []


def test_more_than_was_charged_no_provider_gives_back_so_people_pay_it():
    house = house_of(13)
    assert house.propose()["pays"] == "person"
    part = house_of(13)
    assert part.propose(lines=((1, 1),))["pays"] == "provider"
    house.approve("fin", "finance")
    house.approve("law", "legal")
    house.work()
    assert (house.settlements[0].state, house.world.payments.asked) == ("approved", [])
    house.reconcile(FoundOut("paid", "TR-1"))
    house.work()
    assert [one.amount for one in house.postings] == [won("2008219")]


def test_what_was_reckoned_on_the_day_of_proposal_is_never_changed_and_what_grows_since_stands_beside_it():
    house = house_of(13)
    house.propose()
    house.now += 10 * DAY
    house.approve("fin", "finance")
    told = house.approve("law", "legal")
    assert (interest(told), told["total"]["amount"], interest(told, "beside")) == (["8219"], "2008219", ["8219"])


def test_interest_is_no_part_of_what_was_paid_and_leaves_the_rest_to_be_given():
    house = house_of(13)
    house.propose(lines=((1, 1),))
    assert house.settlements[0].gave == won("1000000")
    house.approve("fin", "finance")
    house.approve("law", "legal")
    house.work()
    assert [order.amount for order in house.world.payments.asked] == [won("1004110")]
    told = house.propose()
    lines = {line["code"]: line["amount"]["amount"] for line in told["lines"]}
    assert lines == {"price": "1000000", "late_interest": "4110"}
    assert told["pays"] == "person"  # with what was given before it is more than the charge


@pytest.mark.parametrize("kind", ["store_credit", "goodwill"])
def test_credit_and_goodwill_carry_none(kind):
    wish = {"amount": won("1000")} if kind == "goodwill" else {"customer_agreed": True}
    assert interest(house_of(13).propose(kind, **wish)) == []
