"""Clocks of payment disputes: the notice's own day first, else the scheme's, else nobody's guess."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from chalicelib.errors import InvalidRequestError
from chalicelib.returns.dispute_clocks import (
    ACTIONS,
    AFTER,
    FROM,
    DisputeNotAllowed,
    Notice,
    acted,
    id_of,
    opened,
    row_for,
)
from chalicelib.returns.disputes import Dispute

NOW = datetime(2026, 12, 20, 9, tzinfo=UTC)
NOTICE = Notice("paypal", None, date(2026, 12, 20), None, "PP-1")


def a_dispute(**changed) -> Dispute:
    return replace(opened("c1", NOTICE, NOW, "desk"), **changed)


@pytest.mark.parametrize(
    ("scheme", "code", "days"),
    [
        ("paypal", None, 10), ("alipay", None, 10), ("amex", "C08", 20), ("mastercard", "4853", 45),
        ("visa", "13.7", None), ("visa", "13.3", None), ("visa", "99.9", None), ("barter", None, None),
    ],
)  # fmt: skip
def test_the_day_to_answer_is_the_schemes_where_it_has_one_and_unknown_otherwise(scheme, code, days):
    dispute = opened("c1", replace(NOTICE, scheme=scheme, code=code), NOW, "desk")
    last = NOTICE.opened_on + timedelta(days=days) if days else None
    assert (dispute.answer_by and dispute.answer_by.date()) == last


def test_the_day_that_the_notice_names_comes_before_the_schemes():
    named = opened("c1", replace(NOTICE, answer_by=date(2026, 12, 24)), NOW, "desk")
    assert named.answer_by == datetime(2026, 12, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize(("state", "action"), list(product(["open", "answered", "won", "lost", "given_up"], ACTIONS)))
def test_a_step_that_the_table_does_not_allow_changes_nothing(state, action):
    dispute = a_dispute(state=state)
    if state == AFTER[action]:
        assert acted(dispute, action, None, NOW) is None
    elif state in FROM[action]:
        assert acted(dispute, action, None, NOW).state == AFTER[action]
    else:
        with pytest.raises(DisputeNotAllowed):
            acted(dispute, action, None, NOW)


def test_every_fault_of_a_notice_is_told_at_once():
    wrong = replace(NOTICE, opened_on=date(2027, 2, 1), answer_by=date(2027, 1, 1))
    with pytest.raises(InvalidRequestError) as told:
        opened("c1", wrong, NOW, "desk")
    assert {fault.field for fault in told.value.faults} == {"opened_on", "answer_by"}


def test_every_scheme_of_the_reference_has_a_row_with_what_proves_our_side():
    named = [("visa", "13.7"), ("mastercard", "4853"), ("amex", None), ("paypal", None), ("alipay", None)]
    assert all(row_for(scheme, code, NOW.date()) for scheme, code in named)
    assert all(row_for(scheme, code, NOW.date()).proof for scheme, code in [("visa", "13.7"), ("alipay", None)])


def test_no_reference_of_theirs_can_make_another_id():
    assert id_of("visa", "a#b/c") == "visa-a-b-c"
