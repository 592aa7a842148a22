"""How long personal values stay, what holds their erasure up, what it does not reach."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.returns.keeping import clock_for, falls_due, holds, kept_beyond, tried_again
from chalicelib.returns.stages import STAGES

ENDED = datetime(2026, 12, 1, 10, tzinfo=UTC)


def test_who_asks_for_nothing_is_forgotten_when_no_bank_can_ask_any_more() -> None:
    assert falls_due("FR", ENDED) == (ENDED + timedelta(days=540 + 90), "returns/keeping@2026-11-22#K-DISPUTES")


def test_a_country_whose_law_keeps_longer_is_kept_longer() -> None:
    assert clock_for("KR", ENDED.date()).days > clock_for("FR", ENDED.date()).days


@pytest.mark.parametrize("stage", [one for one in STAGES if one not in ("closed", "cancelled")])
def test_nobody_is_forgotten_while_their_return_is_open(stage) -> None:
    assert "case_open" in holds(stage, claims_open=False, disputes=[], refund_owed=False, legal_hold=False)


@pytest.mark.parametrize(
    ("what", "hold"),
    [
        ({"claims_open": True}, "claim_open"), ({"disputes": ["won", "open"]}, "dispute_open"),
        ({"disputes": ["answered"]}, "dispute_open"), ({"refund_owed": True}, "refund_owed"),
        ({"legal_hold": True}, "legal_hold"),
    ],
)  # fmt: skip
def test_each_thing_that_is_open_holds_it_up_by_itself(what, hold) -> None:
    free = {"claims_open": False, "disputes": [], "refund_owed": False, "legal_hold": False}
    assert holds("cancelled", **free) == ()
    assert holds("closed", **(free | what)) == (hold,)


def test_what_stays_is_named_with_its_reason_and_its_last_day_where_one_is_known() -> None:
    stays = {one.what: one for one in kept_beyond(date(2024, 2, 29), ENDED.date())}
    assert stays["papers"].until == date(2031, 2, 28)
    assert all(one.until is None and one.why for one in kept_beyond(None, ENDED.date()))


def test_what_is_held_up_is_tried_again_tomorrow() -> None:
    assert tried_again(ENDED) == ENDED + timedelta(days=1)
