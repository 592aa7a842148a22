"""The rules of settlements: every outcome has its row, every row its source, and what they refuse is sure."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from chalicelib.errors import RuleNotInForce
from chalicelib.returns.settlement import SettlementKind
from chalicelib.returns.settlement_rules import rules_on

RULES = rules_on(date(2026, 11, 1))
# Ordered as repairs, with their own quote and their own end.
NOT_SETTLED = {"repair"}


def test_every_outcome_but_a_repair_has_its_row():
    assert set(RULES.kinds) == set(get_args(SettlementKind)) - NOT_SETTLED


@pytest.mark.parametrize(
    "row", [*RULES.bears, *RULES.clocks, *RULES.kinds.values(), RULES.lead, RULES.blocks, RULES.buy_back]
)
def test_every_row_says_where_it_comes_from(row):
    assert RULES.source_of(row)
    assert RULES.cite(row).startswith("returns/settlement@2021-01-01#")


@pytest.mark.parametrize("row", RULES.bears, ids=lambda row: row.id)
def test_a_row_that_keeps_money_from_a_customer_says_so(row):
    assert row.denies == (row.does in ("kept", "not_ours", "fee"))
    assert not (row.denies and row.confidence == "low")


def test_an_order_older_than_the_rules_has_none():
    with pytest.raises(RuleNotInForce):
        rules_on(date(2020, 12, 31))
