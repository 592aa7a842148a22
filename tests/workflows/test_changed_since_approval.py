"""What changes between a settlement's approval and its end: another look, a parcel that left, money wired by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.inspection import Inspection, PieceFound
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.keep_settlement import FoundOut, approve
from chalicelib.workflows.open_money import open_money
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.settlement_blocks import SettlementBlocked
from tests.faults.stories import RING
from tests.workflows.settling import CASE, MONDAY, RING2, SettlingHouse, eur, paid, request_paid
from tests.workflows.test_other_returns import SECOND, once_more, second_refund

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


def unpaid_and_found_otherwise() -> SettlingHouse:
    """Its payment was lost on the way, somebody found out that it was not made, and another look found less."""
    house = house_of_two()
    house.approved()
    house.world.payments.lost = True
    house.work()
    house.world.payments.lost = False
    look_again(house, ONE_OF_TWO)
    house.reconcile(FoundOut("not_paid"))
    return house


def test_what_was_found_not_paid_and_is_paid_no_more_can_be_taken_back_once_its_provider_knows_none():
    house = unpaid_and_found_otherwise()
    with pytest.raises(ConflictError, match="asked for before"):
        house.withdraw()
    house.work()
    assert house.withdraw()["state"] == "withdrawn"
    house.propose()
    house.approve("max", "manager", n="2")
    house.approve("lea", "lead", n="2")
    house.work()
    assert [one.state for one in house.settlements] == ["withdrawn", "done"]
    assert len(house.world.payments.paid) == 1


def test_it_stands_while_its_provider_cannot_be_asked():
    house = unpaid_and_found_otherwise()
    house.world.payments.down = True
    house.work()
    with pytest.raises(ConflictError, match="asked for before"):
        house.withdraw()


def test_what_turns_up_though_it_may_not_be_paid_any_more_is_written_down_as_paid():
    house = unpaid_and_found_otherwise()
    (order,) = house.world.payments.asked
    house.world.payments.paid[order.reference] = order
    house.work()
    assert [one.state for one in house.settlements] == ["done"]
    assert len(house.postings) == 1


def test_money_that_left_after_it_was_taken_back_is_written_down_all_the_same():
    house = unpaid_and_found_otherwise()
    house.work()
    house.withdraw()
    assert house.reconcile(FoundOut("paid", "re_late"))["state"] == "done"
    assert len(house.postings) == 1


def test_what_was_wired_though_another_refund_was_paid_stands_as_too_much():
    house = by_hand()
    house.approved()
    house.work()
    house.withdraw()
    house.propose()
    house.approve("max", "manager", "2")
    house.approve("lea", "lead", "2")
    house.work()
    house.reconcile(FoundOut("paid", "bank-2"), "2")
    house.reconcile(FoundOut("paid", "bank-1"), "1")
    assert [(one.code, one.amount) for one in open_money(house.file)] == [("given_more_than_paid", eur("1195.00"))]


def test_what_a_bank_gave_for_another_return_of_the_order_since_the_approval_is_not_paid_again():
    house = once_more(SettlingHouse().back())
    second_refund(house)
    for by, role in (("max", "manager"), ("lea", "lead")):
        approve(house.ports, SECOND, "1", by=by, role=role, now=house.now)
    lost = Dispute(CASE, "d-1", "visa", "13.7", "lost", eur("1195.00"), MONDAY, "desk", lines=((1, 1),))
    house.put(replace(lost, gave_back=eur("1195.00")))
    house.work()
    assert house.world.payments.asked == []
    (stuck,) = [one for one in house.ports.cases.file(SECOND).exceptions if one.kind == "refund_stuck"]
    assert "more_than_is_left" in str(stuck)


def test_two_refunds_that_were_proposed_at_one_moment_in_two_returns_are_not_both_approved():
    house = SettlingHouse().back()
    once_more(house)
    second_refund(house)
    mine = next(iter(house.ports.cases.file(SECOND).parts.of(Settlement)))
    house.put(replace(mine, case_id=CASE, n=1))
    with pytest.raises(SettlementBlocked) as refused:
        house.approve()
    assert [fault.code for fault in refused.value.faults] == ["more_than_is_left"]


def test_while_a_parcel_moves_that_was_called_off_nothing_is_given_besides():
    house = SettlingHouse().back()
    said = {"action": "open", "subject_kind": "case", "subject": CASE, "kind": "called_off_moves", "leg": 2}
    take_alert(house.ports, said | {"episode": "called-off-2", "since": "2026-11-23T08:00:00Z"}, house.now)
    with pytest.raises(SettlementBlocked) as refused:
        house.propose()
    assert [fault.code for fault in refused.value.faults] == ["called_off_moves"]


def test_a_fault_that_another_look_does_not_find_is_not_paid_for_as_one():
    house = SettlingHouse(request_paid(reason="quality")).back()
    house.approved()
    (first,) = house.file.parts.of(Inspection)
    look_again(house, replace(first.pieces[0], fault_found=False))
    house.work()
    assert house.world.payments.asked == []
