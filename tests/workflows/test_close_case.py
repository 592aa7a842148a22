"""A case ends: by itself once nothing is left, or by a person; from every stage it can be ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.errors import ConflictError, NotFoundError, NotPermitted
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.repair import RepairOrder
from chalicelib.returns.stages import NEXT, STAGES
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.close_case import CaseOpen, close_case, close_if_done
from chalicelib.workflows.give_payment import give_payment
from chalicelib.workflows.keep_settlement import approve, propose
from chalicelib.workflows.pay_out import take_payment
from tests.faults.stories import HOME_WAY, travel
from tests.workflows.dock import Dock
from tests.workflows.settling import MONDAY, SettlingHouse, Wish, eur, paid

CASE = "case0001"


def close(house: SettlingHouse, *, even_though: bool = False, may_force: bool = True) -> dict[str, object]:
    return close_case(
        house.ports, CASE, reason="other", even_though=even_though, may_force=may_force, by="max", now=house.now
    )


def codes(refused: pytest.ExceptionInfo[CaseOpen]) -> set[str]:
    return {fault.code for fault in refused.value.faults}


@pytest.mark.parametrize("stage", [one for one in STAGES if one not in ("closed", "cancelled")])
def test_from_every_stage_a_person_can_end_a_case(stage):
    house = SettlingHouse()
    house.put(stage=stage)
    assert close(house, even_though=True)["stage"] == "closed"
    assert close(house)["stage"] == "closed"


@pytest.mark.parametrize("stage", [one for one in STAGES if "cancelled" in NEXT[one]])
def test_before_the_parcel_moves_a_case_can_be_cancelled_too(stage):
    house = SettlingHouse()
    house.put(stage=stage)
    assert cancel_case(house.ports, CASE, reason="other", holder="max", now=house.now)["stage"] == "cancelled"
    with pytest.raises(ConflictError):
        close(house)


def test_closing_names_all_that_is_open_and_wants_a_scope_to_be_forced():
    house = SettlingHouse().back()
    house.propose()
    house.put(
        Dispute(CASE, "D-1", "visa", None, "open", None, MONDAY, "fin"),
        RepairOrder(CASE, 1, "SZX-1", "in_work", (), MONDAY, "desk"),
    )
    with pytest.raises(CaseOpen) as refused:
        close(house)
    assert codes(refused) == {"settlement_open", "dispute_open", "repair_open"}
    with pytest.raises(NotPermitted):
        close(house, even_though=True, may_force=False)
    close(house, even_though=True)
    house.work()
    assert (house.stage, house.settlements[0].state) == ("closed", "withdrawn")


def test_money_that_may_be_on_its_way_is_followed_to_its_end_after_the_case_is_closed():
    house = SettlingHouse().back()
    house.approved()
    house.put(replace(house.settlements[0], state="unknown", reference="R-S1", asked_at=MONDAY, due_at=MONDAY))
    close(house, even_though=True)
    house.world.payments.paid["R-S1"] = None
    house.sweep(MONDAY)
    assert (house.settlements[0].state, house.stage) == ("done", "closed")


def test_a_case_that_was_never_settled_does_not_close_by_itself():
    house = SettlingHouse().back()
    close_if_done(house.ports, CASE, house.now)
    assert house.stage == "inspected"


def test_a_replacement_ends_the_case_when_it_is_at_its_door_and_not_before():
    house = SettlingHouse().back()
    house.propose("replacement")
    house.approve("max", "manager")
    house.approve("lea", "lead")
    house.work()
    way = WayOut(CASE, 2, "replacement", (), "goldthread", MONDAY, settlement_n=1, state="sent")
    house.put(way)
    close_if_done(house.ports, CASE, house.now)
    assert house.stage == "settling"
    house.put(replace(way, state="lost"))
    close_if_done(house.ports, CASE, house.now)
    assert house.stage == "settling"
    house.put(replace(way, state="delivered"))
    close_if_done(house.ports, CASE, house.now)
    close_if_done(house.ports, CASE, house.now)
    assert house.stage == "closed"


def test_a_repaired_piece_that_is_home_ends_its_case():
    house = SettlingHouse().back()
    house.put(WayOut(CASE, 2, "repaired", (), "goldthread", MONDAY, repair_n=1, state="delivered"), stage="sending_out")
    close_if_done(house.ports, CASE, house.now)
    assert house.stage == "closed"


def test_a_case_that_is_not_there_is_not_found():
    with pytest.raises(NotFoundError):
        close_if_done(SettlingHouse().ports, "nowhere", MONDAY)


# How it was paid, told later


def test_what_is_told_of_the_payment_fills_in_and_the_same_again_changes_nothing():
    house = SettlingHouse()
    given = {"scheme": "visa", "paid_on": date(2026, 11, 2)}
    told = give_payment(house.ports, CASE, given, by="ann", now=house.now)
    assert (told["payment"]["scheme"], told["payment"]["total"]["amount"]) == ("visa", "1195.00")
    version = house.file.case.version
    give_payment(house.ports, CASE, given, by="ann", now=house.now)
    assert house.file.case.version == version


def test_a_payment_that_a_settlement_was_reckoned_from_stands_while_it_is_under_way():
    house = SettlingHouse().back()
    house.propose()
    with pytest.raises(ConflictError, match="withdraw it first"):
        give_payment(house.ports, CASE, {"total": eur("2000.00")}, by="ann", now=house.now)


def test_no_less_can_have_been_paid_than_was_given_back():
    house = SettlingHouse().back()
    house.propose("goodwill", amount=eur("40.00"))
    house.work()
    with pytest.raises(ConflictError, match="given back already"):
        give_payment(house.ports, CASE, {"total": eur("39.00"), "freight": eur("1")}, by="ann", now=house.now)
    assert paid().unsaid == ()


def paid_without_the_piece(dock: Dock) -> None:
    """Money is given, and nothing is waited for."""
    request = dock.file.plan.request
    order = replace(request.order, payment=paid(total=eur("495.00"), tax=eur("80.00")))
    plan = replace(dock.file.plan, request=replace(request, order=order))
    amend(dock.ports, CASE, MONDAY, lambda case: Amendment(case, "paid_was_told", plan=plan))
    propose(dock.ports, CASE, Wish("refund_without_return", "lost"), by="ann", role="agent", now=MONDAY)
    approve(dock.ports, CASE, "1", by="lea", role="lead", now=MONDAY)
    take_payment(dock.ports, {"kind": "pay", "case_id": CASE, "part_id": "1"}, MONDAY)


def test_a_case_whose_parcel_is_still_on_the_road_stays_open_for_whoever_opens_it():
    dock = Dock()
    travel(dock.world, dock.file.legs[0].number, replace(HOME_WAY, asked=(), then=()))
    paid_without_the_piece(dock)
    assert dock.file.case.stage == "settling"
    dock.receive()
    assert dock.file.case.stage == "received"


def test_a_case_whose_parcel_never_left_is_closed_when_money_was_given_without_it():
    dock = Dock()
    paid_without_the_piece(dock)
    assert dock.file.case.stage == "closed"
