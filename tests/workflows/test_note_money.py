"""Money that nobody settled: the price of a repair, freight, cover, duty; noted once, shown with all that is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidRequestError, NotFoundError
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.money_noted import MoneyDiffers, MoneyNoted
from chalicelib.returns.settlement import Posting
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.close_case import CaseOpen, close_case, close_if_done
from chalicelib.workflows.note_money import note_money
from chalicelib.workflows.read_case import read_case
from chalicelib.workflows.read_settlements import read_settlements
from tests.workflows.bench import DAY, MONDAY, Bench, euros
from tests.workflows.settling import SettlingHouse, eur

PRICE = MoneyNoted("repair_price", "customer", "merchant", euros("66.89"), "TR-1")
FREIGHT = MoneyNoted("freight", "merchant", "carrier", euros("41.20"), "AWB-1")


def note(stage: Any, given: MoneyNoted, *, case_id: str = "case0001", by: str = "fin") -> tuple[bool, dict[str, Any]]:
    return note_money(stage.ports, case_id, given, by=by, now=MONDAY)


def faults(call: Any) -> set[tuple[str | None, str]]:
    with pytest.raises(InvalidRequestError) as refused:
        call()
    return {(one.field, one.code) for one in refused.value.faults}


def open_of(stage: Any, case_id: str = "case0001") -> list[tuple[str, Any, str | None]]:
    rows = read_settlements(stage.ports, case_id)["open"]
    return [(one["code"], one["repair"], one["amount"]["amount"] if one["amount"] else None) for one in rows]


@pytest.fixture
def bench() -> Bench:
    """A repair that its owner agreed to pay, and that is done."""
    made = Bench()
    made.agreed()
    made.tested()
    made.act("done")
    return made


@pytest.fixture
def house() -> SettlingHouse:
    return SettlingHouse()


def price_of(bench: Bench) -> str:
    payable = bench.quotes[-1].payable_to_us
    assert payable is not None
    return str(payable.amount)


# The price of a repair


def test_a_repair_that_was_agreed_and_is_not_paid_stands_open_in_the_money_and_in_what_comes_next(bench):
    assert open_of(bench, bench.case_id) == [("repair_price", 1, price_of(bench))]
    assert any("repair 1" in step and "price" in step for step in read_case(bench.ports, bench.case_id)["next"])


def test_its_payment_is_noted_and_nothing_is_open_any_more(bench):
    is_new, told = note(bench, replace(PRICE, amount=euros(price_of(bench))), case_id=bench.case_id)
    assert (is_new, told["open"], open_of(bench, bench.case_id)) == (True, [], [])
    assert told["posting"]["why"] == "repair_price"
    assert {row["account"]: row["amount"]["amount"] for row in told["balances"]}["merchant"] == price_of(bench)
    assert not any("price" in step for step in read_case(bench.ports, bench.case_id)["next"])


def test_a_part_of_the_price_leaves_the_rest_open(bench):
    note(bench, replace(PRICE, amount=euros("10.00")), case_id=bench.case_id)
    left = euros(price_of(bench)) - euros("10.00")
    assert open_of(bench, bench.case_id) == [("repair_price", 1, str(left.amount))]


def test_a_repair_under_warranty_asks_for_nothing():
    bench = Bench("warranty", "quality")
    bench.order()
    assert open_of(bench, bench.case_id) == []
    assert faults(lambda: note(bench, PRICE, case_id=bench.case_id)) == {("repair", "nothing_agreed")}


def test_what_was_paid_for_a_repair_that_was_given_up_is_open_the_other_way_round():
    bench = Bench()
    bench.agreed()
    note(bench, replace(PRICE, amount=euros("20.00")), case_id=bench.case_id)
    bench.act("unrepaired", why="cannot_be_mended")
    assert open_of(bench, bench.case_id) == [("repair_price_back", 1, "20.00")]
    back = MoneyNoted("repair_price_back", "merchant", "customer", euros("20.00"), "TR-2")
    assert faults(lambda: note(bench, replace(back, amount=euros("20.01")), case_id=bench.case_id)) == {
        ("amount", "more_than_was_paid")
    }
    note(bench, back, case_id=bench.case_id)
    assert open_of(bench, bench.case_id) == []


def test_a_price_is_paid_in_the_currency_of_its_quote_and_for_a_repair_that_there_is(bench):
    other = replace(PRICE, amount=replace(euros("1.00"), currency="USD"))
    assert faults(lambda: note(bench, other, case_id=bench.case_id)) == {("amount", "other_currency")}
    assert faults(lambda: note(bench, replace(PRICE, repair_n=7), case_id=bench.case_id)) == {("repair", "unknown")}


def test_a_repaired_piece_that_is_home_closes_its_case_only_when_it_is_paid_or_by_a_person(bench):
    home = WayOut(bench.case_id, 2, "repaired", (), "goldthread", MONDAY, repair_n=1, state="delivered")
    bench.put("sending_out", home, replace(bench.repair, asked_out_at=MONDAY))
    close_if_done(bench.ports, bench.case_id, MONDAY)
    assert bench.file.case.stage == "sending_out"
    said: Any = {"reason": "other", "by": "max", "now": MONDAY}
    with pytest.raises(CaseOpen) as refused:
        close_case(bench.ports, bench.case_id, even_though=False, may_force=False, **said)
    assert [fault.code for fault in refused.value.faults] == ["repair_price"]
    note(bench, replace(PRICE, amount=euros(price_of(bench))), case_id=bench.case_id)
    assert bench.file.case.stage == "closed"


# Whatever else was paid


def test_freight_that_was_paid_is_noted_once_however_often_it_is_told(house):
    assert [note(house, FREIGHT)[0], note(house, FREIGHT)[0], note(house, FREIGHT, by="ann")[0]] == [True, False, False]
    (one,) = house.file.parts.of(Posting)
    assert (one.from_account, one.to_account, one.amount, one.by) == ("merchant", "carrier", eur("41.20"), "fin")


def test_freight_names_no_repair(house):
    assert faults(lambda: note(house, replace(FREIGHT, repair_n=1))) == {("repair", "not_allowed")}


def test_the_same_reference_with_another_amount_is_refused_and_for_another_purpose_is_another(house):
    note(house, FREIGHT)
    with pytest.raises(MoneyDiffers):
        note(house, replace(FREIGHT, amount=eur("41.21")))
    cover = MoneyNoted("insurance_paid", "merchant", "insurer", eur("3.00"), "AWB-1")
    assert note(house, cover)[0] is True


def test_money_of_a_purpose_goes_between_its_own_accounts_and_every_fault_is_told_at_once(house):
    odd = replace(FREIGHT, giver="carrier", taker="customer", amount=eur("0.00"), on=MONDAY.date() + 3 * DAY)
    assert faults(lambda: note(house, odd)) == {
        ("from", "not_its_account"), ("to", "not_its_account"), ("amount", "out_of_bounds"), ("on", "in_future"),
    }  # fmt: skip


def test_what_the_case_holds_already_by_another_way_is_not_noted_once_more(house):
    house.put(Dispute("case0001", "visa-1", "visa", None, "open", None, MONDAY, "fin"))
    order = house.file.plan.request.order
    sale = MoneyNoted("repair_price", "customer", "merchant", eur("1195.00"), order.number)
    assert ("reference", "known_already") in faults(lambda: note(house, sale))


def test_a_bill_of_the_carrier_that_comes_after_the_end_is_noted_too(house):
    house.put(stage="closed")
    assert note(house, replace(FREIGHT, on=date(2026, 11, 20)))[0] is True
    assert house.stage == "closed"


def test_money_of_a_case_that_is_not_there_is_not_found(house):
    with pytest.raises(NotFoundError):
        note(house, FREIGHT, case_id="nowhere")


# A dispute of which nobody said the amount


def test_a_dispute_without_its_amount_posts_nothing_and_says_so(house):
    day = MONDAY + timedelta(days=3)
    house.put(Dispute("case0001", "visa-1", "visa", None, "lost", None, MONDAY, "fin", changed_at=day))
    told = read_settlements(house.ports, "case0001")
    assert [one["why"] for one in told["postings"]] == ["sale"]
    assert [(one["code"], one["dispute_id"], one["amount"]) for one in told["open"]] == [
        ("amount_unknown", "visa-1", None), ("lines_unknown", "visa-1", None),
    ]  # fmt: skip
    assert any("visa-1" in step for step in read_case(house.ports, "case0001")["next"])
