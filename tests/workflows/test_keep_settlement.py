"""What a return ends with: proposed, approved by others, taken back, and what is in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError
from chalicelib.returns.authority import NotTheirs
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.inspection import PieceFound
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.workflows.build_settlement import BuyBack
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.keep_settlement import read_one
from chalicelib.workflows.settlement_blocks import SettlementBlocked
from tests.faults.stories import RING
from tests.workflows.settling import DAY, MONDAY, SettlingHouse, eur, paid, request_paid

SHORT = PieceFound(1, 1, 1, "short", expected_net_g=Decimal("10.00"), accepted_net_g=Decimal("9.62"))


@pytest.fixture
def house() -> SettlingHouse:
    return SettlingHouse().back()


def codes_of(refused: pytest.ExceptionInfo[SettlementBlocked]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


# A refund from its proposal to its end


def test_a_refund_is_proposed_line_by_line_approved_by_two_and_paid_once(house):
    told = house.propose()
    assert [line["code"] for line in told["lines"]] == ["price", "outbound_freight"]
    assert (told["state"], told["approvals_needed"], house.stage) == ("proposed", 2, "settling")
    assert house.approve("max", "manager")["state"] == "proposed"
    assert house.approve("lea", "lead")["state"] == "approved"
    house.work()
    (one,) = house.settlements
    assert (one.state, one.reference) == ("done", one.provider_reference.removeprefix("re_"))
    assert [order.amount for order in house.world.payments.asked] == [eur("1195.00")]
    assert [(post.from_account, post.to_account, post.amount) for post in house.postings] == [
        ("merchant", "customer", eur("1195.00"))
    ]
    assert house.stage == "closed"
    assert broken_at(house.file.log) is None


def test_a_dry_run_shows_the_lines_and_writes_nothing(house):
    before = house.file.case
    told = house.propose(dry_run=True)
    assert (told["settlement_id"], told["total"]) == (None, {"amount": "1195.00", "currency": "EUR"})
    assert (house.file.case, house.settlements) == (before, ())


def test_what_a_role_may_give_alone_is_carried_out_at_once(house):
    told = house.propose("goodwill", amount=eur("40.00"))
    assert (told["state"], told["approvals_needed"]) == ("approved", 0)
    house.work()
    assert house.settlements[0].state == "done"
    assert house.stage == "inspected"  # goodwill ends no case, and waives no right
    assert house.propose()["total"] == {"amount": "1155.00", "currency": "EUR"}


# Who approves


def test_whoever_proposed_it_does_not_approve_it(house):
    house.propose(by="max", role="manager")
    with pytest.raises(NotTheirs):
        house.approve("max", "manager")


def test_the_same_person_approves_once_however_often(house):
    house.propose()
    house.approve("max", "manager")
    house.approve("max", "manager")
    assert [one.by for one in house.settlements[0].approvals] == ["max"]


def test_two_people_who_act_at_once_cannot_both_settle_one_of_them_is_told_how_it_stands(house):
    """F69: one approves the refund while the other sends a new piece."""
    house.propose()
    with pytest.raises(SettlementBlocked) as refused:
        house.propose("replacement", by="bob")
    assert codes_of(refused) == ["another_settlement"]
    assert "withdraw it first" in str(refused.value)


def test_an_approval_that_loses_the_race_is_decided_anew_on_what_the_other_wrote(house):
    house.propose()
    house.withdraw()
    with pytest.raises(ConflictError, match="settlement 1 is withdrawn"):
        house.approve()


def test_one_that_was_withdrawn_makes_way_for_another(house):
    house.propose()
    house.withdraw()
    house.withdraw()
    assert house.propose("store_credit", customer_agreed=True)["settlement_id"] == "2"


def test_what_is_paid_is_not_withdrawn(house):
    house.approved()
    house.work()
    with pytest.raises(ConflictError, match="settlement 1 is done"):
        house.withdraw()


def test_beyond_every_limit_finance_and_law_both_approve():
    dear = request_paid(paid(total=eur("9000.00"), freight=eur("0")), items=(replace(RING, price=eur("9000.00")),))
    house = SettlingHouse(dear).back()
    assert house.propose()["roles_needed"] == ["finance", "legal"]
    with pytest.raises(NotTheirs, match="finance"):
        house.approve("max", "manager")
    house.approve("fin", "finance")
    assert house.approve("law", "legal")["state"] == "approved"


# What is in the way


def test_a_chain_of_ten_grams_of_which_962_came_is_held_and_not_settled():
    """G6."""
    house = SettlingHouse()
    house.arrived()
    house.inspected(SHORT, outcome="held", reasons=("short_of_metal",))
    with pytest.raises(SettlementBlocked) as refused:
        house.propose()
    assert codes_of(refused) == ["inspection_held"]


def test_released_by_a_person_the_metal_that_is_missing_is_not_paid_for():
    house = SettlingHouse()
    house.arrived()
    house.inspected(SHORT, outcome="held", released_by="max", released_at=MONDAY)
    told = house.propose()
    assert [line["amount"]["amount"] for line in told["lines"]] == ["1180.00", "-44.84", "15.00"]


def test_nothing_is_refunded_that_nobody_has_looked_at():
    house = SettlingHouse()
    house.arrived()
    with pytest.raises(SettlementBlocked) as refused:
        house.propose()
    assert codes_of(refused) == ["not_inspected"]


def test_an_open_dispute_keeps_money_from_being_given_twice(house):
    house.put(Dispute("case0001", "D-1", "visa", "13.7", "open", None, MONDAY, "fin"))
    with pytest.raises(SettlementBlocked) as refused:
        house.propose()
    assert codes_of(refused) == ["open_dispute"]


def test_everything_in_the_way_is_told_at_once():
    house = SettlingHouse()
    house.arrived()
    house.put(Dispute("case0001", "D-1", "visa", "13.7", "open", None, MONDAY, "fin"))
    with pytest.raises(SettlementBlocked) as refused:
        house.propose()
    assert codes_of(refused) == ["not_inspected", "open_dispute"]


def test_an_exception_about_another_piece_blocks_until_it_is_resolved(house):
    told = {"action": "open", "subject_kind": "case", "subject": "case0001", "kind": "swapped_piece"}
    house.ports.queues.send("alerts", [told | {"episode": "dock-1", "since": "2026-11-23T09:00:00Z"}])
    house.work()
    with pytest.raises(SettlementBlocked) as refused:
        house.propose()
    assert codes_of(refused) == ["swapped_piece"]


def test_a_case_that_is_over_is_settled_no_more(house):
    house.approved()
    house.work()
    with pytest.raises(SettlementBlocked) as refused:
        house.propose("goodwill", amount=eur("1.00"))
    assert codes_of(refused) == ["case_closed"]


# Every outcome


def test_a_refund_of_some_pieces_leaves_the_others_to_settle():
    pair = request_paid(
        paid(total=eur("2360.00"), freight=eur("0"), pieces=2), items=(replace(RING, quantity=2),)
    )  # fmt: skip
    house = SettlingHouse(pair)
    house.arrived()
    house.inspected(PieceFound(1, 2, 2, "as_sold", accepted_net_g=Decimal("10.40")))
    house.propose("partial_refund", lines=((1, 1),))
    house.approve("max", "manager")
    house.approve("lea", "lead")
    house.work()
    assert house.stage == "settling"
    assert house.propose()["total"]["amount"] == "1180.00"


def test_a_lost_parcel_is_refunded_without_a_return_on_a_second_persons_word():
    house = SettlingHouse()
    told = house.propose("refund_without_return", by="max", role="manager")
    assert (told["approvals_needed"] >= 1, house.stage) == (True, "settling")


def test_what_was_ordered_for_a_way_home_that_nobody_needs_is_given_up_with_the_last_approval():
    house = SettlingHouse()
    house.propose("refund_without_return")
    assert {one.status for one in house.file.bookings} == {"planned"}
    house.approve("max", "manager")
    house.approve("lea", "lead")
    house.work()
    assert ({one.status for one in house.file.bookings}, house.stage) == ({"cancelled"}, "closed")


def test_store_credit_in_the_place_of_money_wants_the_customers_yes(house):
    house.propose("store_credit", by="lea", role="lead")
    house.approve("max", "manager")
    assert house.approve("tom", "lead")["state"] == "proposed"
    assert house.agree()["state"] == "approved"
    house.work()
    (one,) = house.settlements
    assert one.state == "done"
    assert one.credit_code.startswith("GT-")
    assert house.world.payments.asked == []
    assert one.credit_code not in str(house.file.log)


@pytest.mark.parametrize(("kind", "cause"), [("replacement", "replacement"), ("refusal", "refused")])
def test_what_goes_out_again_is_asked_for_by_a_step_and_moves_no_money(house, kind, cause):
    house.propose(kind, customer_agreed=True)
    if house.settlements[0].state == "proposed":
        house.approve("max", "manager")
        if house.settlements[0].state == "proposed":
            house.approve("lea", "lead")
    house.work()
    sent = [one for one in house.messages("steps") if one["kind"] == "send_out"]
    assert {"cause": cause, "settlement": 1}.items() <= sent[0].items()
    assert (house.settlements[0].state, house.postings) == ("done", ())
    assert house.stage == "settling"  # until the parcel is at its door


def test_an_advance_replacement_goes_before_the_piece_is_back_and_does_not_move_the_case():
    house = SettlingHouse()
    told = house.propose("advance_replacement", replacement_skus=("R-18K-02",))
    assert (told["approvals_needed"], house.stage) == (2, "approved")


def test_an_exchange_gives_back_the_difference(house):
    house.propose("exchange", replacement_worth=eur("1000.00"))
    # The sale goes on with the new piece: its freight of 15.00 stays paid.
    assert house.settlements[0].total == eur("180.00")
    house.withdraw()
    with pytest.raises(InvalidRequestError, match="even exchange"):
        house.propose("exchange", replacement_worth=eur("5000.00"))


def test_metal_is_bought_back_by_a_contract_of_its_own_that_the_customer_signs(house):
    terms = BuyBack(eur("95.50"), eur("20.00"), date(2026, 11, 20), "LBMA gold PM")
    told = house.propose("buy_back", buy_back=terms)
    assert told["total"]["amount"] == "352.45"  # 5.20 g of 750: 3.90 g fine
    house.approve("max", "manager")
    house.agree()
    house.work()
    assert house.settlements[0].state == "approved"  # people pay it by hand
    assert house.world.payments.asked == []


def test_a_repair_is_no_settlement(house):
    with pytest.raises(InvalidRequestError, match="no settlement"):
        house.propose("repair")


def test_the_pieces_of_a_wish_are_among_those_that_came(house):
    with pytest.raises(InvalidRequestError, match="only what came back"):
        house.propose(lines=((1, 2),))


def test_a_settlement_that_is_not_there_is_not_found(house):
    with pytest.raises(NotFoundError):
        read_one(house.ports, "case0001", "9")


# Grounds and days


def test_a_declared_withdrawal_is_the_notice_its_clock_runs_from():
    house = SettlingHouse()
    house.put(Withdrawal("case0001", 1, MONDAY, "customer", "fr", in_time=True))
    house.back()
    told = house.propose()
    assert told["ground"] == "withdrawal"
    assert told["deadline"] == "2026-12-02T23:00:00Z"  # our own promise of seven business days ends before the law


def test_money_that_is_late_says_what_the_law_puts_on_it():
    korea = replace(request_paid(), customer_country="KR")
    house = SettlingHouse(korea)
    house.back()
    house.now = MONDAY + 20 * DAY
    told = house.propose()
    late = [line for line in told["beside"] if line["code"] == "late_interest"]
    assert late == [] or Decimal(late[0]["amount"]["amount"]) > 0
