"""Something comes in the way of a settlement between its last approval and its being carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.returns.inspection import Inspection
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
