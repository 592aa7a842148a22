"""Amounts line by line: price paid, only what came, to whom each part belongs, never above what was paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import InvalidRequestError
from chalicelib.merchant import ReturnPolicy
from chalicelib.money import Money
from chalicelib.returns.amount_facts import Basis, Before, Came, Deduction
from chalicelib.returns.amounts import bought_back, came_of, exchanged, given_freely, late_interest, refund
from chalicelib.returns.case import Item
from chalicelib.returns.inspection import PieceFound
from chalicelib.returns.law import withdrawal_right
from chalicelib.returns.payment import Discount, Gift, Payment
from chalicelib.returns.settlement_rules import rules_on
from tests.fakes.money_cases import cases, check_one
from tests.faults.stories import RING

SOLD = date(2026, 11, 1)
RULES = rules_on(SOLD)
POLICY = ReturnPolicy(
    "2026-01", date(2026, 1, 1), 30, 24, {}, {}, cert_fee=(Money(Decimal(50), "EUR"),),
)  # fmt: skip


def eur(text: str) -> Money:
    return Money(Decimal(text), "EUR")


def ring(price: str = "1000.00", quantity: int = 1, net: str = "5.20", currency: str = "EUR") -> Item:
    return replace(
        RING, price=Money(Decimal(price), currency), quantity=quantity, net_weight_g=Decimal(net),
        gross_weight_g=Decimal(net),
    )  # fmt: skip


def paid(total: str, **more: Any) -> Payment:
    said: dict[str, Any] = {"tax": eur("0"), "freight": eur("0"), "duty": eur("0"), "discounts": (), "pieces": 1}
    return Payment(eur(total), **said | more)


def basis(*items: Item, on: Any = "withdrawal", country: str = "DE", **more: Any) -> Basis:
    right = withdrawal_right(country, SOLD)
    payment = more.pop("payment", paid("1000.00"))
    return Basis(items or (ring(),), on, RULES, country, payment, right, POLICY, "customer", **more)


def codes(amount: Any) -> dict[str, str]:
    return {line.code: line.amount.as_json()["amount"] for line in amount.lines}


def fault_of(call: Any) -> tuple[str, str]:
    with pytest.raises(InvalidRequestError) as refused:
        call()
    return refused.value.faults[0].field, refused.value.faults[0].code


# What came


def test_a_gold_price_that_rose_changes_no_refund_the_price_paid_goes_back():
    """Check case 15: 1,200 asked for on 1,000 paid."""
    dearer = basis(ring("1200.00"), payment=paid("1000.00"))

    amount = refund(dearer, [Came(1, 1)], [], Before())

    assert amount.total == eur("1000.00")
    assert codes(amount) == {"price": "1200.00", "never_above_paid": "-200.00"}


def test_of_three_announced_and_two_received_two_are_paid_back():
    three = basis(ring("89.99", 3), payment=paid("269.97", pieces=3))
    found = PieceFound(1, 2, 2, "as_sold", accepted_net_g=Decimal("10.40"))

    amount = refund(three, came_of([found], three.items), [], Before())

    assert amount.total == eur("179.98")


def test_metal_that_is_missing_from_a_released_chain_is_not_paid_for():
    """G6 after a person released the hold: 10.00 g sold, 9.62 g received."""
    chain = basis(ring("900.00", net="10.00"), payment=paid("900.00"))
    found = PieceFound(1, 1, 1, "short", expected_net_g=Decimal("10.00"), accepted_net_g=Decimal("9.62"))

    amount = refund(chain, came_of([found], chain.items), [], Before())

    assert codes(amount) == {"price": "900.00", "metal_missing": "-34.20"}
    assert amount.total == eur("865.80")


def test_a_short_piece_that_nobody_weighed_is_not_guessed():
    found = PieceFound(1, 1, 1, "short", accepted_net_g=None)
    assert fault_of(lambda: refund(basis(), came_of([found], [ring()]), [], Before())) == ("lines", "not_weighed")


def test_a_piece_is_settled_once():
    before = Before(eur("1000.00"), {1: 1})
    assert fault_of(lambda: refund(basis(), [Came(1, 1)], [], before)) == ("lines", "settled_before")


def test_what_was_given_before_is_not_given_again():
    amount = refund(basis(), [Came(1, 1)], [], Before(eur("150.00")))
    assert amount.total == eur("850.00")


@pytest.mark.parametrize("line", [0, 2, 51])
def test_a_line_that_the_return_has_not_is_named(line):
    assert fault_of(lambda: refund(basis(), [Came(line, 1)], [], Before())) == ("lines", "no_such_line")


# Currencies


def test_pieces_sold_in_two_currencies_are_refused():
    two = basis(ring(), ring("10.00", currency="USD"))
    assert fault_of(lambda: refund(two, [Came(1, 1)], [], Before())) == ("items", "mixed_currencies")


def test_the_rate_as_paid_counts_and_no_other():
    dollars = ring("1100.00", currency="USD")
    amount = refund(basis(dollars, payment=paid("1000.00", rate=Decimal("0.909"))), [Came(1, 1)], [], Before())
    assert amount.total == eur("999.90")


def test_another_currency_without_its_rate_is_asked_for():
    dollars = basis(ring("1100.00", currency="USD"))
    assert fault_of(lambda: refund(dollars, [Came(1, 1)], [], Before())) == ("payment.rate", "required")


def test_yen_are_paid_back_whole():
    yen = replace(ring(), price=Money(Decimal(10_000), "JPY"), net_weight_g=Decimal("3"))
    payment = Payment(Money(Decimal(10_000), "JPY"), discounts=())
    found = PieceFound(1, 1, 1, "short", expected_net_g=Decimal("3"), accepted_net_g=Decimal("2.9"))
    amount = refund(basis(yen, payment=payment), came_of([found], [yen]), [], Before())
    assert amount.total == Money(Decimal(9667), "JPY")


# Freight, tax, duty


@pytest.mark.parametrize(
    ("on", "country", "gives"),
    [
        ("withdrawal", "DE", "15.00"), ("withdrawal", "GB", "15.00"), ("withdrawal", "TW", "20.00"),
        ("withdrawal", "KR", None), ("fault", "DE", "20.00"), ("policy", "DE", None),
    ],
)  # fmt: skip
def test_outbound_freight_goes_back_by_the_rule_of_its_ground(on, country, gives):
    payment = paid("1020.00", freight=eur("20.00"), express_extra=eur("5.00"))
    amount = refund(basis(on=on, country=country, payment=payment), [Came(1, 1)], [], Before())
    assert codes(amount).get("outbound_freight") == gives


@pytest.mark.parametrize(("country", "lacks"), [("CN", "outbound_freight"), ("JP", "outbound_freight")])
def test_freight_that_no_rule_decides_is_left_to_a_person_and_said(country, lacks):
    payment = paid("1020.00", freight=eur("20.00"), express_extra=eur("0"))
    amount = refund(basis(country=country, payment=payment), [Came(1, 1)], [], Before())
    assert lacks in amount.lacks
    assert amount.total == eur("1000.00")


def test_an_express_extra_that_nobody_has_told_leaves_the_freight_open():
    amount = refund(basis(payment=paid("1020.00", freight=eur("20.00"))), [Came(1, 1)], [], Before())
    assert "express_extra" in amount.lacks


def test_freight_of_an_order_that_came_back_in_part_is_left_to_a_person():
    two = basis(ring("500.00", 2), payment=paid("1015.00", freight=eur("15.00"), express_extra=eur("0"), pieces=2))
    amount = refund(two, [Came(1, 1)], [], Before())
    assert (amount.total, amount.lacks) == (eur("500.00"), ("freight_of_a_part",))


def test_tax_that_came_on_top_goes_back_with_its_share():
    two = basis(ring("500.00", 2), payment=paid("1080.00", tax=eur("80.00"), tax_included=False, pieces=2))
    assert codes(refund(two, [Came(1, 1)], [], Before()))["tax"] == "40.00"


def test_tax_that_is_in_the_price_is_not_given_twice():
    amount = refund(basis(payment=paid("1000.00", tax=eur("160"), tax_included=True)), [Came(1, 1)], [], Before())
    assert amount.total == eur("1000.00")


def test_duty_paid_to_us_goes_back_and_duty_paid_to_customs_is_the_customers_to_claim():
    ours = basis(payment=paid("1100.00", duty=eur("100.00"), duty_paid_to="us"))
    theirs = basis(payment=paid("1000.00", duty=eur("100.00"), duty_paid_to="customs"))
    assert refund(ours, [Came(1, 1)], [], Before()).total == eur("1100.00")
    amount = refund(theirs, [Came(1, 1)], [], Before())
    assert (amount.total, amount.beside[0].code) == (eur("1000.00"), "duty_from_customs")


def test_what_nobody_has_said_is_named_and_never_nought():
    amount = refund(basis(payment=None), [Came(1, 1)], [], Before())
    assert amount.lacks == ("payment",)
    bare = refund(basis(payment=Payment(eur("1000.00"))), [Came(1, 1)], [], Before())
    assert set(bare.lacks) == {"discounts", "tax", "freight", "duty"}


# Bundles


def bundle(**more: Any) -> Basis:
    discount = Discount("pair", eur("100.00"), eur("1000.00"), 2, **more)
    return basis(ring("500.00", 2), payment=paid("900.00", pieces=2, discounts=(discount,)))


def test_a_bundle_that_is_broken_loses_its_discount_on_what_is_kept():
    assert refund(bundle(least_pieces=2), [Came(1, 1)], [], Before()).total == eur("400.00")


def test_a_discount_without_a_condition_goes_back_with_its_share():
    assert refund(bundle(), [Came(1, 1)], [], Before()).total == eur("450.00")


@pytest.mark.parametrize("least", [None, 2])
def test_a_bundle_that_comes_back_in_two_parcels_gives_what_was_paid_and_no_more(least):
    first = refund(bundle(least_pieces=least), [Came(1, 1)], [], Before())
    second = refund(bundle(least_pieces=least), [Came(1, 1)], [], Before(first.total, {1: 1}))
    assert first.total + second.total == eur("900.00")


# What may be taken off


def test_a_policy_fee_is_taken_off_a_policy_return_and_no_more_than_it():
    fee = Deduction("certificate", eur("50.00"))
    assert refund(basis(on="policy"), [Came(1, 1)], [fee], Before()).total == eur("950.00")
    dearer = replace(fee, amount=eur("50.01"))
    told = fault_of(lambda: refund(basis(on="policy"), [Came(1, 1)], [dearer], Before()))
    assert told == ("deductions.0.amount", "above_policy_fee")


def test_against_a_right_only_a_proven_loss_is_taken_off_and_a_person_must_say_which():
    fee = Deduction("certificate", eur("50.00"))
    assert fault_of(lambda: refund(basis(), [Came(1, 1)], [fee], Before())) == ("deductions.0.why", "required")
    amount = refund(basis(), [Came(1, 1)], [replace(fee, why="a new report costs 50")], Before())
    assert (amount.total, amount.by_person) == (eur("950.00"), True)


@pytest.mark.parametrize("country", ["AU", "DE"])
def test_a_faulty_piece_without_its_box_is_paid_back_whole(country):
    """Check case 17."""
    box = Deduction("box", eur("10.00"), why="box missing")
    told = fault_of(lambda: refund(basis(on="fault", country=country), [Came(1, 1)], [box], Before()))
    assert told == ("deductions.0.code", "never_taken_off")


def test_a_customer_who_was_not_told_of_the_right_owes_nothing_for_wear():
    worn = Deduction("worn", eur("100.00"), why="scratches")
    told = fault_of(lambda: refund(basis(told_of_right=False), [Came(1, 1)], [worn], Before()))
    assert told[1] == "never_taken_off"


def test_the_way_home_is_taken_off_only_where_the_customer_bears_it():
    label = Deduction("return_freight", eur("30.00"), why="our label")
    ours = replace(basis(), freight_paid_by="merchant")
    assert refund(basis(), [Came(1, 1)], [label], Before()).total == eur("970.00")
    assert fault_of(lambda: refund(ours, [Came(1, 1)], [label], Before()))[1] == "never_taken_off"


def test_a_missing_gift_costs_what_it_sells_for():
    gifted = basis(on="policy", payment=paid("1000.00", gifts=(Gift("G-1", eur("25.00")),)))
    amount = refund(gifted, [Came(1, 1)], [Deduction("gift", eur("25.00"))], Before())
    assert amount.total == eur("975.00")


def test_more_cannot_be_taken_off_than_there_is():
    loss = Deduction("worn", eur("2000.00"), why="melted")
    assert fault_of(lambda: refund(basis(), [Came(1, 1)], [loss], Before())) == ("deductions", "more_than_is_left")


# Other outcomes


def test_goodwill_stays_within_what_was_paid():
    assert given_freely(basis(), eur("40.00"), Before()).total == eur("40.00")
    assert fault_of(lambda: given_freely(basis(), eur("40.00"), Before(eur("970.00"))))[1] == "out_of_bounds"


def test_an_exchange_gives_back_the_difference_and_never_asks_for_one():
    cheaper = exchanged(basis(), [Came(1, 1)], [], Before(), eur("900.00"))
    assert cheaper.total == eur("100.00")
    even = exchanged(basis(), [Came(1, 1)], [], Before(), None)
    assert (even.total, even.lacks) == (eur("0.00"), ("replacement_worth",))
    dearer = fault_of(lambda: exchanged(basis(), [Came(1, 1)], [], Before(), eur("1000.01")))
    assert dearer == ("replacement_worth", "dearer")


def test_metal_is_bought_by_its_fine_weight_at_a_dated_price_less_a_fee():
    amount = bought_back(Decimal("3.90"), eur("95.50"), eur("20.00"), "fixing, 2026-11-20")
    assert codes(amount) == {"fine_metal": "372.45", "fee": "-20.00"}
    assert fault_of(lambda: bought_back(Decimal("0.1"), eur("95.50"), eur("20.00"), "f"))[0] == "fee"


def test_late_interest_is_fifteen_per_cent_a_year_in_korea_by_the_day():
    right = withdrawal_right("KR", SOLD)
    line = late_interest(Money(Decimal(1_000_000), "KRW"), right.row.late_rate, 10, right.rule, right.source)
    assert line.amount == Money(Decimal(4110), "KRW")


# Whatever comes


@settings(max_examples=200, deadline=None)
@given(cases())
def test_no_refund_exceeds_its_rule_whatever_was_paid_came_or_was_given_before(case):
    check_one(case)


@given(st.decimals("0.01", "99999", places=2), st.decimals("0.01", "99999", places=2))
@settings(max_examples=50, deadline=None)
def test_the_price_of_gold_is_nowhere_in_a_refund(price, total):
    """Nothing that a refund is reckoned from has a price of metal: the same sale gives the same sum for ever."""
    one = basis(ring(str(price)), payment=paid(str(total)))
    assert refund(one, [Came(1, 1)], [], Before()).total.amount == min(price, total)
