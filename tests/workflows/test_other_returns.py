"""Two returns of one order: one piece comes home once, and what was paid is given back once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.errors import InvalidRequestError
from chalicelib.returns.dispute_clocks import Notice, Said
from chalicelib.returns.settlement import Settlement
from chalicelib.workflows.build_settlement import Wish
from chalicelib.workflows.keep_disputes import act_on_dispute, note_dispute
from chalicelib.workflows.keep_settlement import propose, withdraw
from chalicelib.workflows.settlement_blocks import SettlementBlocked
from tests.faults.stories import RING
from tests.workflows.settling import CASE, MONDAY, SettlingHouse, eur, paid, request_paid

SECOND = "case0002"
OTHER_RING = replace(RING, serial="GT-000999")


def once_more(house: SettlingHouse, **changed) -> SettlingHouse:
    """Somebody opens another return of the same order."""
    house.ports = replace(house.ports, new_id=lambda: SECOND)
    house.desk.ports = house.ports
    house.desk.open(request_paid(**changed), key="another", now=house.now)
    return house


def second_refund(house: SettlingHouse):
    wish = Wish(kind="refund_without_return", reason="as_agreed", why="asked again")
    return propose(house.ports, SECOND, wish, by="ann", role="agent", now=house.now)


def refunded(**changed) -> SettlingHouse:
    house = SettlingHouse(request_paid(**changed)).back()
    house.approved()
    house.work()
    return house


def test_a_ring_that_this_order_brought_home_before_is_a_persons_to_judge():
    house = once_more(refunded())
    file = house.ports.cases.file(SECOND)
    assert file.case.stage == "review"
    assert any("came home before with this order" in one for one in file.plan.answer["next"])


def test_a_ring_that_was_sold_again_comes_home_by_its_new_order_as_any():
    house = refunded()
    order = replace(house.file.plan.request.order, number="SO-777777")
    once_more(house, order=order)
    assert not [one for one in house.ports.cases.file(SECOND).plan.answer["next"] if "before" in one]


def test_what_was_paid_is_not_given_back_by_two_returns():
    house = once_more(refunded())
    with pytest.raises(InvalidRequestError, match="nothing is left to give"):
        second_refund(house)


def test_what_another_return_only_proposes_counts_until_it_is_taken_back():
    house = SettlingHouse().back()
    house.propose()
    once_more(house)
    with pytest.raises(InvalidRequestError, match="nothing is left to give"):
        second_refund(house)
    withdraw(house.ports, "case0001", "1", by="ann", now=house.now)
    assert second_refund(house)["total"]["amount"] == "1195.00"


def test_each_ring_of_an_order_of_two_is_given_back_by_its_own_return():
    two = paid(total=paid().total + RING.price, pieces=2)
    house = refunded(payment=two)
    once_more(house, payment=two, items=(OTHER_RING,))
    told = second_refund(house)
    assert told["total"]["amount"] == "1180.00"
    (one,) = house.ports.cases.file(SECOND).parts.of(Settlement)
    assert "outbound_freight" not in [line.code for line in one.lines]


def disputed(action: str | None, amount: str | None = "1195.00", lines=((1, 1),)) -> SettlingHouse:
    """A bank asks for the payment, or gives it back, as the first return knows; another of the order is opened."""
    house = SettlingHouse().back()
    notice = Notice("visa", "13.7", MONDAY.date(), eur(amount) if amount else None, "CB-1")
    note_dispute(house.ports, CASE, notice, holder="fin", now=house.now)
    if action:
        said = Said(None, lines)
        act_on_dispute(
            house.ports, CASE, "visa-CB-1", action, why=None, said=said, holder="fin", now=house.now
        )  # fmt: skip
    return once_more(house)


def test_what_a_bank_gave_back_in_another_return_is_not_given_again():
    with pytest.raises(InvalidRequestError, match="nothing is left to give"):
        second_refund(disputed("lose"))
    assert second_refund(disputed("lose", "195.00"))["total"]["amount"] == "1000.00"


@pytest.mark.parametrize(
    ("action", "amount", "code"), [(None, "1195.00", "open_dispute"), ("lose", None, "amount_unknown")]
)
def test_money_waits_for_a_dispute_that_another_return_of_the_order_knows(action, amount, code):
    with pytest.raises(SettlementBlocked) as refused:
        second_refund(disputed(action, amount))
    assert [one.code for one in refused.value.faults] == [code]
