"""The money of a case sums to zero."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.money import Money
from chalicelib.returns.money_ledger import balances, given_back, posting
from chalicelib.returns.settlement import Account, Posting

AT = datetime(2026, 11, 22, tzinfo=UTC)
ACCOUNTS = get_args(Account)


@st.composite
def postings(draw) -> Posting:
    giver = draw(st.sampled_from(ACCOUNTS))
    taker = draw(st.sampled_from([one for one in ACCOUNTS if one != giver]))
    currency = draw(st.sampled_from(["EUR", "JPY", "USD"]))
    places = 0 if currency == "JPY" else 2
    amount = Decimal(draw(st.integers(1, 10**9))).scaleb(-places)
    return posting("c", 1, giver, taker, Money(amount, currency), "why", AT, "desk")


@settings(max_examples=200, deadline=None)
@given(st.lists(postings(), max_size=40))
def test_whatever_is_posted_the_accounts_of_each_currency_sum_to_zero(made):
    held = balances(made)
    for currency in {unit for _, unit in held}:
        assert sum(amount for (_, unit), amount in held.items() if unit == currency) == 0


def test_what_the_customer_got_from_us_is_told_without_the_sale():
    eur = Money(Decimal(100), "EUR")
    made = [
        posting("c", 1, "customer", "merchant", eur, "sale", AT, "desk"),
        posting("c", 2, "merchant", "customer", Money(Decimal(40), "EUR"), "refund", AT, "desk"),
    ]
    assert given_back(made, "EUR") == Money(Decimal(40), "EUR")


@pytest.mark.parametrize(("giver", "taker", "amount"), [("merchant", "merchant", 1), ("merchant", "customer", 0)])
def test_a_posting_that_moves_nothing_is_no_posting(giver, taker, amount):
    with pytest.raises(ValueError, match="more than nothing"):
        posting("c", 1, giver, taker, Money(Decimal(amount), "EUR"), "why", AT, "desk")
