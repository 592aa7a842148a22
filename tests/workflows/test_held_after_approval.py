"""Something comes in the way of a settlement once it is approved: a look that holds, or the end of its case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.returns.inspection import Inspection
from chalicelib.workflows.close_case import close_case
from chalicelib.workflows.keep_settlement import FoundOut
from chalicelib.workflows.payment_ports import PaymentOutcomeUnknown, Refunded, RefundOrder
from tests.workflows.settling import DAY, SettlingHouse, eur

KINDS: dict[str, dict[str, Any]] = {
    "refund": {},
    "store_credit": {"customer_agreed": True},
    "replacement": {},
    "exchange": {"replacement_worth": eur("1000.00")},
}


@pytest.fixture(params=KINDS)
def house(request: pytest.FixtureRequest) -> SettlingHouse:
    """Approved by two; before any worker takes it up, the pieces are looked at again and something is wrong."""
    house = SettlingHouse().back()
    house.approved(kind=request.param, **KINDS[request.param])
    (before,) = house.file.parts.of(Inspection)
    house.put(replace(before, replaced_by=2), replace(before, n=2, outcome="held"))
    return house


def test_a_look_that_holds_after_the_last_approval_lets_nothing_be_paid_credited_or_sent(house):
    house.work()
    (one,) = house.settlements
    assert (one.state, one.credit_code, house.world.payments.asked) == ("approved", None, [])
    assert not [message for message in house.messages("steps") if message["kind"] == "send_out"]
    assert house.open_kinds() == ["refund_stuck"]


def test_once_it_is_released_the_settlement_is_carried_out_by_itself(house):
    house.work()
    held = house.file.parts.of(Inspection)[1]
    house.put(replace(held, released_by="lea", released_at=house.now))
    house.sweep(house.now + 2 * DAY)
    assert house.settlements[0].state == "done"
    assert "refund_stuck" not in house.open_kinds()


@pytest.mark.parametrize("away", [False, True], ids=["unknown", "put_off"])
def test_in_a_case_that_is_closed_a_refund_that_was_not_paid_ends_by_a_persons_word(away):
    """Nothing is paid for a return that is over, and nobody is told of it every day for ever."""
    house = SettlingHouse().back()
    house.approved()
    house.world.payments.refund = lost
    house.work()
    if away:  # the provider could not be asked before it was paid again
        house.world.payments.down = True
        house.reconcile(FoundOut("not_paid"))
        house.work()
        house.world.payments.down = False
    close_case(house.ports, "case0001", reason="other", even_though=True, may_force=True, by="max", now=house.now)
    house.reconcile(FoundOut("not_paid"))
    house.sweep(house.now + 2 * DAY)
    (one,) = house.settlements
    assert (one.state, one.why, one.due_at) == ("withdrawn", "case_closed", None)
    assert house.open_kinds() == []


def test_in_a_case_that_is_closed_a_refund_that_was_paid_is_noted_as_paid():
    house = SettlingHouse().back()
    house.approved()
    house.world.payments.refund = lost
    house.work()
    close_case(house.ports, "case0001", reason="other", even_though=True, may_force=True, by="max", now=house.now)
    house.reconcile(FoundOut("paid", "re_77"))
    assert (house.settlements[0].state, len(house.postings), house.stage) == ("done", 1, "closed")


def lost(_order: RefundOrder) -> Refunded:
    raise PaymentOutcomeUnknown("no answer")
