"""Who may approve how much."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib.merchant import Authority, load_merchant
from chalicelib.money import Money
from chalicelib.returns.authority import Ask, Freely, Need, NotTheirs, is_complete, may_approve, needed
from chalicelib.returns.settlement import Approval

HOUSE = load_merchant(Path("chalicelib/merchant.toml")).authority
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def eur(text: str) -> Money:
    return Money(Decimal(text), "EUR")


def gave(by: str, role: str) -> Approval:
    return Approval(by, role, NOW)


@pytest.mark.parametrize(
    ("amount", "role", "need"),
    [
        ("50.00", "agent", Need(0)), ("50.01", "agent", Need(1)), ("150.00", "senior", Need(0)),
        ("500.00", "lead", Need(0)), ("500.01", "lead", Need(1)), ("1000.00", "manager", Need(0)),
        ("1000.01", "manager", Need(2)), ("2000.00", "agent", Need(2)),
        ("2000.01", "manager", Need(2, ("finance", "legal"))), ("0.00", "stranger", Need(0)),
        ("10.00", "stranger", Need(1)),
    ],
)  # fmt: skip
def test_each_role_gives_so_much_alone_and_more_with_others(amount, role, need):
    assert needed(Ask(eur(amount), role), HOUSE) == need


def test_a_currency_without_a_limit_is_beyond_every_limit():
    assert needed(Ask(Money(Decimal(1), "INR"), "manager"), HOUSE).roles == ("finance", "legal")


def test_an_outcome_may_want_another_person_however_small_it_is():
    assert needed(Ask(eur("0.00"), "manager", least=1), HOUSE) == Need(1)


def refused(amount: str, need: Need, *given: Approval, by: str = "max", role: str = "manager", **more: Any) -> bool:
    try:
        may_approve(eur(amount), need, given, by=by, role=role, proposed_by="ann", authority=HOUSE, **more)
    except NotTheirs:
        return True
    return False


def test_nobody_approves_their_own_proposal():
    assert refused("10.00", Need(1), by="ann")


def test_a_limit_too_low_does_not_approve_alone_but_with_one_that_is_high_enough():
    assert refused("400.00", Need(1), role="senior")
    assert not refused("400.00", Need(1), role="lead")
    assert refused("1200.00", Need(2), gave("tom", "lead"), role="senior")
    assert not refused("1200.00", Need(2), gave("tom", "lead"), role="manager")


def test_beyond_every_limit_each_named_role_approves_once():
    need = Need(2, ("finance", "legal"))
    assert refused("9000.00", need, role="manager")
    assert not refused("9000.00", need, role="finance")
    assert refused("9000.00", need, gave("fin", "finance"), role="finance")
    assert not refused("9000.00", need, gave("fin", "finance"), role="legal")
    assert is_complete(need, [gave("fin", "finance"), gave("law", "legal")])
    assert not is_complete(need, [gave("fin", "finance")])


def test_two_approvals_are_two_people():
    assert not is_complete(Need(2), [gave("max", "manager"), gave("max", "lead")])


def freely(given: str, worth: str = "1180.00", before: int | None = 0) -> Freely:
    return Freely(eur(given), eur(worth), before)


@pytest.mark.parametrize(
    ("role", "given", "worth", "need"),
    [
        ("agent", "50.00", "1180.00", Need(0)), ("agent", "20.00", "400.00", Need(0)),
        ("agent", "20.01", "400.00", Need(1)), ("senior", "40.00", "400.00", Need(0)),
        ("senior", "40.01", "400.00", Need(1)), ("lead", "400.00", "400.00", Need(0)),
    ],
)  # fmt: skip
def test_of_what_is_given_freely_the_lower_of_amount_and_share_holds(role, given, worth, need):
    assert needed(Ask(eur(given), role, freely=freely(given, worth)), HOUSE) == need


def test_what_is_owed_knows_no_share():
    assert needed(Ask(eur("50.00"), "agent"), HOUSE) == Need(0)


def test_who_may_not_give_a_share_so_large_does_not_approve_it_alone():
    gift = freely("30.00", "200.00")
    assert refused("30.00", Need(1), role="senior", freely=gift)
    assert not refused("30.00", Need(1), role="lead", freely=gift)


@pytest.mark.parametrize(
    ("before", "role", "need"),
    [
        (2, "agent", Need(0)), (3, "agent", Need(1, ("lead",))), (None, "agent", Need(1, ("lead",))),
        (3, "manager", Need(1, ("lead",))), (3, "lead", Need(1)),
    ],
)  # fmt: skip
def test_the_fourth_gift_to_a_customer_and_one_that_nobody_can_count_is_a_leads_to_decide(before, role, need):
    assert needed(Ask(eur("5.00"), role, freely=freely("5.00", before=before)), HOUSE) == need


def test_a_file_that_counts_no_gifts_asks_nobody_for_the_fourth():
    nobody = Authority(HOUSE.role, HOUSE.above, HOUSE.four_eyes_above)
    assert needed(Ask(eur("5.00"), "agent", freely=freely("5.00", before=9)), nobody) == Need(0)


def test_the_lead_comes_to_whoever_else_must_approve():
    two = needed(Ask(eur("1200.00"), "agent", freely=freely("1200.00", before=3)), HOUSE)
    assert two == Need(2, ("lead",))
    assert not refused("1200.00", two, role="manager")
    assert refused("1200.00", two, gave("tom", "manager"), role="manager")
    assert not refused("1200.00", two, gave("tom", "manager"), role="lead")
    assert refused("1200.00", two, gave("lea", "lead"), role="senior")
    assert needed(Ask(eur("9000.00"), "agent", freely=freely("9000.00", before=3)), HOUSE) == Need(
        3, ("finance", "legal", "lead")
    )


def test_a_lead_whose_limit_is_too_low_is_joined_by_one_whose_is_not():
    one = needed(Ask(eur("900.00"), "agent", freely=freely("900.00", before=3)), HOUSE)
    assert one == Need(2, ("lead",))
    assert not refused("900.00", one, role="lead")
    assert not refused("900.00", one, gave("lea", "lead"), role="manager")
    assert refused("900.00", one, role="senior")
    assert not refused("900.00", one, role="manager")
    assert not refused("900.00", one, gave("max", "manager"), role="lead")
