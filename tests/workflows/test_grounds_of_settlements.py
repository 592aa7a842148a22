"""On what ground a return is settled: a fault that somebody found, a withdrawal that stands, or what a person names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.returns.case import Order
from chalicelib.returns.inspection import PieceFound
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.workflows.alert_words import opening
from chalicelib.workflows.decide_return import Ruling, decide_return
from chalicelib.workflows.declare_withdrawal import declare
from chalicelib.workflows.settlement_blocks import SettlementBlocked
from chalicelib.workflows.settlement_sight import sight_of
from chalicelib.workflows.take_steps import take_step
from chalicelib.workflows.watch_refund import step_of
from tests.faults.stories import RING
from tests.workflows.settling import DAY, MONDAY, SettlingHouse, paid, request_paid

CASE = "case0001"
# The fourteen days and the shop's own thirty are over, and the year of one who was not told of the right is not.
LONG_AGO = Order("SO-1001", date(2026, 8, 1), date(2026, 8, 12), payment=paid())
PAIR = {"items": (RING, replace(RING, sku="R-18K-02", serial="GT-0002"))}


def ring(line: int = 1, **changed: Any) -> PieceFound:
    return replace(PieceFound(line, 1, 1, "as_sold", accepted_net_g=Decimal("5.20")), **changed)


def faulty(*pieces: PieceFound, reason: str = "quality", **request: Any) -> SettlingHouse:
    """A ring that came back because something is wrong with it, by its customer's word."""
    house = SettlingHouse(request_paid(reason=reason, **request))
    house.arrived()
    if pieces:
        house.inspected(*pieces)
    return house


def ground_of(house: SettlingHouse) -> str:
    return str(sight_of(house.ports, house.file).ground())


def outlined(house: SettlingHouse, **wish: Any) -> dict[str, Any]:
    told: dict[str, Any] = house.propose(dry_run=True, **wish)
    return told


class TestOfAFault:
    @pytest.mark.parametrize("reason", ["quality", "not_as_described", "wrong_item", "damaged_in_transit"])
    def test_a_fault_that_is_claimed_counts_until_somebody_has_looked(self, reason):
        assert ground_of(faulty(reason=reason)) == "fault"

    def test_a_fault_that_the_dock_found_is_one_whatever_the_customer_called_it(self):
        house = faulty(ring(fault_found=True), reason="change_of_mind")
        assert (ground_of(house), outlined(house)["lacks"]) == ("fault", [])

    @pytest.mark.parametrize("condition", ["as_sold", "worn"])
    def test_a_fault_that_is_not_there_gives_way_to_the_next_ground_and_the_settlement_says_why(self, condition):
        house = faulty(ring(fault_found=False, condition=condition, verdict=condition))
        told = outlined(house)
        assert (told["ground"], told["lacks"]) == ("withdrawal", ["fault_not_found"])

    def test_without_a_right_that_stands_the_next_ground_is_the_policy(self):
        house = faulty(ring(fault_found=False), customer_country="AU")
        assert outlined(house)["ground"] == "policy"

    def test_a_person_may_name_the_fault_all_the_same_and_another_looks_at_it(self):
        house = faulty(ring(fault_found=False), customer_country="AU")
        told = outlined(house, ground="fault")
        assert (told["ground"], told["lacks"], told["approvals_needed"] >= 1) == ("fault", [], True)

    def test_what_the_dock_said_nothing_of_stands_as_claimed_is_named_and_wants_another_person(self):
        """The guarantee of this country is not held by a rule: nobody has granted the fault."""
        cheap = replace(RING, price=replace(RING.price, amount=Decimal("90.00")))
        said = {"items": (cheap,), "customer_country": "AU"}
        house = faulty(ring(), **said)
        told = outlined(house, by="max", role="manager")
        assert (told["ground"], told["lacks"]) == ("fault", ["fault_not_judged"])
        assert told["approvals_needed"] == 1
        sure = faulty(ring(fault_found=True), **said)
        assert outlined(sure, by="max", role="manager")["approvals_needed"] == 0

    def test_a_guarantee_that_was_granted_by_law_wants_nobody_to_judge_the_fault_again(self):
        shown = faulty(ring(), evidence_offered=("photo_item", "photo_defect"))
        assert (outlined(shown)["ground"], outlined(shown)["lacks"]) == ("fault", [])

    def test_nor_does_one_that_a_person_approved(self):
        order = replace(LONG_AGO, sold_on=date(2026, 10, 1), delivered_on=date(2026, 10, 20))
        house = SettlingHouse(request_paid(reason="quality", order=order))
        assert house.stage == "evidence_needed"
        decide_return(house.ports, CASE, Ruling("approved"), holder="max", now=MONDAY)
        house.back()
        assert (outlined(house)["ground"], outlined(house)["lacks"]) == ("fault", [])

    def test_a_later_look_counts_and_not_the_first(self):
        house = faulty(ring(fault_found=False))
        house.inspected(ring(fault_found=True))
        assert ground_of(house) == "fault"

    def test_each_line_is_settled_on_its_own_ground(self):
        house = faulty(ring(1, fault_found=True), ring(2, fault_found=False), **PAIR)
        assert outlined(house)["ground"] == "fault"
        assert outlined(house, kind="partial_refund", lines=((1, 1),))["ground"] == "fault"
        assert outlined(house, kind="partial_refund", lines=((2, 1),))["ground"] == "withdrawal"


class TestOfADoubtfulWithdrawal:
    @pytest.fixture
    def house(self) -> SettlingHouse:
        """A return long after its days, and a withdrawal declared in it that no rule grants."""
        house = SettlingHouse(request_paid(kind="warranty", reason="repair", order=LONG_AGO))
        house.back()
        declare(house.ports, CASE, by="customer", now=MONDAY)
        assert "withdrawal_doubtful" in house.open_kinds()
        return house

    def blocked(self, house: SettlingHouse, **wish: Any) -> list[str]:
        with pytest.raises(SettlementBlocked) as refused:
            house.propose(**wish)
        return [fault.code for fault in refused.value.faults]

    def test_until_somebody_has_decided_it_nothing_is_settled_on_it(self, house):
        assert self.blocked(house) == ["withdrawal_undecided"]

    def test_what_is_in_the_way_says_what_to_do(self, house):
        with pytest.raises(SettlementBlocked, match="decide it first"):
            house.propose()

    def test_a_person_may_name_another_ground_and_another_person_looks_at_it(self, house):
        told = house.propose(ground="policy")
        assert (told["ground"], told["approvals_needed"] >= 1) == ("policy", True)

    def test_goodwill_rests_on_no_ground(self, house):
        assert house.propose("goodwill", amount=replace(paid().total, amount=Decimal("5.00")))["state"] == "approved"

    @pytest.mark.parametrize(("outcome", "ground"), [("approved", "withdrawal"), ("refused", "policy")])
    def test_once_it_is_decided_it_is_settled_as_decided(self, house, outcome, ground):
        said = {"reasons": ("withdrawal_window_over",), "legal_grounds": ("returns/withdrawal@2021-01-01#W-EU",)}
        ruling = Ruling(outcome, **(said if outcome == "refused" else {}))
        decide_return(house.ports, CASE, ruling, holder="max", now=MONDAY)
        assert house.propose()["ground"] == ground

    def test_the_day_of_the_refund_is_told_while_it_waits(self, house):
        take_step(house.ports, step_of(CASE), house.now)
        for days in range(1, 15):
            house.sweep(MONDAY + days * DAY)
        assert {"refund_due", "withdrawal_refund_due"} & set(house.open_kinds())
        assert self.blocked(house) == ["withdrawal_undecided"]

    def test_one_that_was_proposed_before_the_doubt_came_is_not_approved_over_it(self):
        house = SettlingHouse(request_paid(kind="warranty", reason="repair", order=LONG_AGO)).back()
        house.put(Withdrawal(CASE, 1, MONDAY, "customer", "fr", in_time=None))
        house.propose()
        doubt = opening(CASE, "withdrawal_doubtful", "withdrawal-1", MONDAY)
        house.ports.queues.send("alerts", [doubt])
        house.work()
        with pytest.raises(SettlementBlocked, match="decide it first"):
            house.approve()

    def test_one_in_time_is_not_held_up_by_a_doubt_about_another_line(self):
        house = SettlingHouse(request_paid(kind="warranty", reason="repair", order=LONG_AGO, **PAIR))
        house.arrived()
        house.inspected(ring(1), ring(2))
        house.put(Withdrawal(CASE, 1, MONDAY, "customer", "fr", lines=(1,), in_time=True))
        declare(house.ports, CASE, lines=(2,), by="customer", now=MONDAY)
        assert outlined(house, kind="partial_refund", lines=((1, 1),))["ground"] == "withdrawal"
        assert self.blocked(house, kind="partial_refund", lines=((2, 1),)) == ["withdrawal_undecided"]
