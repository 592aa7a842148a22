"""From which worth on two people open a parcel: 1,000 US dollars as insured, which is never more than its worth."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from chalicelib.merchant import load_merchant
from chalicelib.money import Money
from chalicelib.returns.judge_inspection import wants_two

LIMITS = load_merchant(Path("chalicelib/merchant.toml")).thresholds.two_person_open_above


@pytest.mark.parametrize(
    ("amount", "currency", "two"),
    [
        ("1000.00", "USD", False), ("1000.01", "USD", True), ("1000.00", "EUR", False), ("1000.01", "EUR", True),
        ("8000.00", "CNY", False), ("8000.01", "CNY", True), ("1.00", "INR", True),
    ],
)  # fmt: skip
def test_above_a_thousand_dollars_two_people_open_it_and_in_a_currency_without_a_limit(amount, currency, two):
    assert wants_two(Money(Decimal(amount), currency), LIMITS) is two


def test_what_nobody_has_valued_is_opened_by_two():
    assert wants_two(None, LIMITS)
