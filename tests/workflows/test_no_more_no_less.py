"""Odd but real cases in which a settlement gave too much, too little, twice, or against the law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.errors import InvalidRequestError
from chalicelib.money import Money
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.inspection import PieceFound
from chalicelib.returns.payment import Discount
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.way_out import WayOut
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.workflows.build_settlement import BuyBack
from chalicelib.workflows.declare_withdrawal import declare
from chalicelib.workflows.keep_settlement import propose
from chalicelib.workflows.read_settlements import postings_of
from tests.faults.stories import RING
from tests.workflows.settling import CASE, MONDAY, Deduction, SettlingHouse, Wish, eur, paid, request_paid

SECOND = replace(RING, sku="R-18K-02", serial="GT-0002")
TERMS = BuyBack(eur("95.50"), eur("20.00"), date(2026, 11, 20), "LBMA gold PM")
DUO = Discount("duo", eur("200.00"), eur("2360.00"), 2, least_pieces=2)
PAIR = request_paid(paid(total=eur("2175.00"), pieces=2, discounts=(DUO,)), items=(RING, SECOND))


def found(line: int, accepted: int = 1, verdict: Any = "as_sold", **more: Any) -> PieceFound:
    said: dict[str, Any] = {"expected_net_g": Decimal("5.20"), "accepted_net_g": Decimal("5.20") * accepted}
    return PieceFound(line, 1, accepted, verdict, **said | more)


def came(request: Any, *pieces: PieceFound, **more: Any) -> SettlingHouse:
    house = SettlingHouse(request)
    house.arrived()
    house.inspected(*(pieces or (found(1),)), **more)
    return house


def of(told: Any) -> tuple[str, dict[str, str], list[str]]:
    lines = {line["code"]: line["amount"]["amount"] for line in told["lines"]}
    return told["total"]["amount"], lines, told["lacks"]


def fault(call: Any) -> tuple[str, str]:
    with pytest.raises(InvalidRequestError) as refused:
        call()
    return refused.value.faults[0].field, refused.value.faults[0].code


def test_a_piece_that_was_sent_back_is_still_sold_it_frees_no_freight_and_keeps_no_discount():
    house = came(PAIR, found(1), found(2, 0, "swapped"))
    house.propose("refusal", lines=((2, 1),))
    house.approve()
    house.work("payments", "alerts")
    assert of(house.propose("refund"))[:2] == ("980.00", {"price": "1180.00", "discount_duo": "-200.00"})


def test_freight_goes_back_for_a_whole_order_and_of_what_order_nobody_said_nothing_is_guessed():
    parts = came(request_paid(paid(pieces=None, total=eur("3015.00"))))
    assert of(parts.propose("refund")) == ("1180.00", {"price": "1180.00"}, ["pieces"])
    whole = came(request_paid(paid(pieces=None)))
    assert of(whole.propose("refund"))[0] == "1195.00"


@pytest.mark.parametrize(("worth", "total"), [("1180.00", "0.00"), ("1000.00", "162.00")])
def test_an_exchange_within_a_bundle_keeps_its_discount_and_gives_the_difference_as_it_was_paid(worth, total):
    tenth = replace(DUO, amount=eur("236.00"))
    request = request_paid(paid(total=eur("2139.00"), pieces=2, discounts=(tenth,)), items=(RING, SECOND))
    house = came(replace(request, kind="exchange", reason="size"), found(1), found(2, 0, "missing", kept=1))
    assert of(house.propose("exchange", replacement_worth=eur(worth)))[0] == total


@pytest.mark.parametrize(("worth", "total"), [("1000.00", "0.00"), ("800.00", "216.00")])
def test_tax_on_top_goes_back_on_the_difference_of_an_exchange_alone(worth, total):
    usd = {name: Money(Decimal(sum_), "USD") for name, sum_ in
           {"total": "1100", "tax": "80", "freight": "20", "express_extra": "0", "duty": "0"}.items()}  # fmt: skip
    item = replace(RING, price=Money(Decimal(1000), "USD"))
    there = {"customer_country": "US", "customer_region": "CA", "kind": "exchange", "reason": "size"}
    house = came(request_paid(paid(tax_included=False, **usd), items=(item,), **there))
    told = house.propose("exchange", replacement_worth=Money(Decimal(worth), "USD"))
    assert of(told)[0] == total


def test_who_gives_back_a_faulty_piece_of_a_bundle_gets_what_was_paid_for_it():
    house = came(replace(PAIR, reason="quality"), found(1), found(2, 0, "missing", kept=1))
    assert of(house.propose("refund"))[0] == "1080.00"


def test_a_stone_that_is_gone_is_said_to_be_unpaid_until_a_person_takes_it_off():
    gone = {"reasons": ("stones_missing",), "stones": 0}
    house = came(request_paid(), found(1, 1, "short", **gone), released_by="lead", released_at=MONDAY)
    told = house.propose("refund", dry_run=True)
    assert told["lacks"] == ["stones_missing"]
    off = (Deduction("worn", eur("700.00"), 1, "the stone of 0.5 ct is gone"),)
    assert of(house.propose("refund", deductions=off))[::2] == ("495.00", [])


def test_metal_that_a_release_found_to_be_missing_is_not_paid_for():
    light = {"reasons": ("too_light",), "accepted_net_g": Decimal("4.68")}
    house = came(request_paid(), found(1, 1, "doubtful", **light), released_by="lead", released_at=MONDAY)
    assert of(house.propose("refund"))[1]["metal_missing"] == "-118.00"


@pytest.mark.parametrize(
    ("second", "code"), [({"construction": "plated"}, "not_solid"), ({"metal": "platinum"}, "mixed_metals")]
)
def test_metal_is_bought_by_weight_only_where_the_price_is_of_it(second, code):
    items = (RING, replace(SECOND, **second))
    house = came(request_paid(paid(pieces=2, total=eur("2375.00")), items=items), found(1), found(2))
    assert fault(lambda: house.propose("buy_back", buy_back=TERMS)) == ("lines", code)
    assert house.propose("buy_back", buy_back=TERMS, lines=((1, 1),))["total"]["amount"] == "352.45"


def test_nothing_is_bought_at_a_price_of_a_day_to_come():
    later = replace(TERMS, priced_on=date(2027, 1, 1))
    assert fault(lambda: came(request_paid()).propose("buy_back", buy_back=later))[1] == "in_future"


def test_what_is_taken_off_a_customer_is_at_stake_as_what_is_given_and_never_more_than_the_piece():
    house = came(request_paid(), found(1, 1, "worn"))
    told = house.propose("refund", deductions=(Deduction("worn", eur("1170.00"), 1, "worn through"),), dry_run=True)
    assert (told["total"]["amount"], told["approvals_needed"]) == ("25.00", 2)
    more = (Deduction("worn", eur("1190.00"), 1, "worn through"),)
    assert fault(lambda: house.propose("refund", deductions=more)) == ("deductions", "more_than_is_left")


def test_many_small_gifts_are_one_large_one():
    house = came(request_paid())
    assert house.propose("goodwill", amount=eur("40.00"))["state"] == "approved"
    house.work("payments", "alerts")
    assert house.propose("goodwill", amount=eur("40.00"))["state"] == "proposed"


def test_a_right_to_withdraw_is_not_settled_by_the_policy():
    house = came(request_paid())
    assert fault(lambda: house.propose("refund", ground="policy")) == ("ground", "right_stands")


def test_a_worn_piece_is_paid_back_less_its_loss_and_not_sent_back_unless_the_customer_wants_it():
    house = came(request_paid(), found(1, 1, "worn"))
    assert fault(lambda: house.propose("refusal", reason="worn")) == ("kind", "right_stands")
    assert house.propose("refusal", reason="worn", customer_agreed=True)["state"] == "proposed"


def test_another_piece_than_was_sold_may_be_sent_back_though_a_right_stands():
    house = came(request_paid(), found(1, 0, "swapped"), released_by="lead", released_at=MONDAY)
    assert house.propose("refusal", reason="another_piece")["state"] == "proposed"


def test_another_ground_than_the_best_for_the_customer_wants_another_person():
    house = came(replace(request_paid(), reason="quality"))
    small = (Deduction("worn", eur("1150.00"), 1, "worn through"),)
    told = propose(house.ports, CASE, Wish("refund", "no_fault", ground="withdrawal", deductions=small),
                   by="ann", role="lead", now=MONDAY)  # fmt: skip
    assert told["approvals_needed"] >= 1


def test_who_refused_the_parcel_and_withdrew_gets_the_freight_of_the_law():
    house = SettlingHouse(replace(request_paid(), kind="refused", reason="refused"))
    house.put(Withdrawal(CASE, 1, MONDAY, "customer", "fr", in_time=True))
    house.arrived()
    house.inspected(found(1))
    assert of(house.propose("refund"))[1]["outbound_freight"] == "15.00"


def test_the_schedule_tells_of_a_refund_that_is_owed_for_goods_lost_on_their_way_home():
    house = SettlingHouse(request_paid())
    declare(house.ports, CASE, by="customer", now=MONDAY)
    house.put(stage="in_transit", what="stage_in_transit")
    house.sweep(MONDAY + timedelta(days=12))
    assert "withdrawal_refund_due" in house.open_kinds()
    assert of(house.propose("refund_without_return"))[0] == "1195.00"


def test_no_parcel_leaves_for_an_exchange_whose_payment_the_provider_refuses():
    house = came(replace(request_paid(), kind="exchange", reason="size"))
    house.propose("exchange", replacement_worth=eur("900.00"), replacement_skus=("R-18K-02",))
    house.world.payments.refused.add(f"{house.file.case.rma}-S1")
    house.approve("max", "manager")
    house.approve("lea", "lead")
    house.work("payments", "alerts")
    assert house.file.parts.of(Settlement)[0].state == "refused_by_provider"
    assert [one for one in house.messages("steps") if one["kind"] == "send_out"] == []
    assert house.file.parts.of(WayOut) == ()


@pytest.mark.parametrize("state", ["lost", "given_up"])
def test_what_the_bank_gave_back_stands_in_the_money_of_the_case_and_is_not_paid_again(state):
    house = came(request_paid())
    day = MONDAY + timedelta(days=3)
    house.put(Dispute(CASE, "visa-1", "visa", "13.7", state, eur("1195.00"), MONDAY, "ann", changed_at=day))
    told = [(one.from_account, one.to_account, one.amount) for one in postings_of(house.file)]
    assert ("merchant", "customer", eur("1195.00")) in told
    with pytest.raises(Exception, match="the bank has given the money back already"):
        house.propose("refund")
