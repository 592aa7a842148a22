"""What changes between a settlement's approval and its end: another look, a parcel that left, money wired by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError
from chalicelib.returns.inspection import Inspection, PieceFound
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.keep_settlement import FoundOut
from chalicelib.workflows.settlement_sight import SettlementBlocked
from tests.faults.stories import RING
from tests.workflows.settling import CASE, MONDAY, RING2, SettlingHouse, eur, paid, request_paid

TWO = PieceFound(1, 2, 2, "as_sold", accepted_net_g=Decimal("10.40"))
ONE_OF_TWO = replace(TWO, accepted=1, accepted_net_g=Decimal("5.20"))


def house_of_two() -> SettlingHouse:
    house = SettlingHouse(request_paid(paid(pieces=2), items=(RING2,)))
    house.arrived()
    house.inspected(TWO)
    return house


def look_again(house: SettlingHouse, found: PieceFound) -> None:
    """A second look that replaces the first and holds nothing."""
    first = house.file.parts.of(Inspection)[0]
    again = replace(first, n=2, pieces=(found,))
    house.put(replace(first, replaced_by=2), again, what="inspected")


def by_hand(**changed) -> SettlingHouse:
    return SettlingHouse(request_paid(paid(provider=None, payment_reference=None, **changed))).back()


def test_what_another_look_found_otherwise_is_not_paid_as_it_was_approved():
    house = house_of_two()
    house.approved()
    look_again(house, ONE_OF_TWO)
    house.work()
    assert house.world.payments.asked == []
    (stuck,) = [one for one in house.file.exceptions if one.kind == "refund_stuck"]
    assert "looked_at_again" in str(stuck)


def test_nobody_approves_what_another_look_found_otherwise():
    house = house_of_two()
    house.propose()
    look_again(house, ONE_OF_TWO)
    with pytest.raises(SettlementBlocked) as refused:
        house.approve()
    assert [fault.code for fault in refused.value.faults] == ["looked_at_again"]


def test_another_look_that_finds_the_same_changes_nothing():
    house = house_of_two()
    house.approved()
    look_again(house, TWO)
    house.work()
    assert [order.amount.currency for order in house.world.payments.asked] == ["EUR"]


def test_a_settlement_whose_parcel_has_left_is_not_taken_back():
    house = by_hand()
    house.approved(kind="exchange", replacement_worth=eur("1180.00"))
    house.put(WayOut(CASE, 2, "replacement", (RING,), "bob", MONDAY, settlement_n=1, state="sent"))
    before = house.settlements
    with pytest.raises(ConflictError, match=r"its parcel \(leg 2\) is sent"):
        house.withdraw()
    assert house.settlements == before


def test_money_that_left_by_hand_is_written_down_though_the_settlement_was_taken_back():
    house = by_hand()
    house.approved()
    house.work()
    house.withdraw()
    house.reconcile(FoundOut("paid", "bank-1"))
    (one,) = house.settlements
    assert (one.state, one.provider_reference) == ("done", "bank-1")
    assert [(post.amount, post.reference) for post in house.postings] == [(eur("1195.00"), "bank-1")]


def test_after_it_nothing_is_left_to_give():
    house = by_hand()
    house.approved()
    house.work()
    house.withdraw()
    house.reconcile(FoundOut("paid", "bank-1"))
    with pytest.raises(InvalidRequestError, match="once"):
        house.propose()


def test_a_settlement_that_was_taken_back_and_not_paid_stays_so():
    house = by_hand()
    house.approved()
    house.work()
    house.withdraw()
    with pytest.raises(ConflictError):
        house.reconcile(FoundOut("not_paid"))
    assert [one.state for one in house.file.parts.of(Settlement)] == ["withdrawn"]
