"""Random orders that come back in parts, and what must be true of every amount given for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from chalicelib.money import Money, round_to, total
from chalicelib.returns.amount_facts import Basis, Before, Came
from chalicelib.returns.amounts import late_interest, refund, with_interest
from chalicelib.returns.law import withdrawal_right
from chalicelib.returns.payment import Discount, Payment
from chalicelib.returns.settlement_rules import rules_on
from tests.faults.stories import RING

SOLD = date(2026, 11, 1)
PLACES = {"EUR": 2, "JPY": 0, "KRW": 0, "USD": 2}
GROUNDS = ("withdrawal", "policy", "fault", "recall", "refused_delivery")


@dataclass(frozen=True)
class MoneyCase:
    """An order, and the parcels in which it comes back: pieces by line, and the share of their metal."""

    basis: Basis
    parcels: tuple[tuple[Came, ...], ...]
    late_days: int = 0


@st.composite
def cases(draw: Any) -> MoneyCase:
    """Orders of one to three lines, with a discount, freight, tax and duty or without, in up to three parcels."""
    currency = draw(st.sampled_from(sorted(PLACES)))
    amount = st.integers(1, 500_000).map(lambda n: Decimal(n).scaleb(-PLACES[currency]))

    def money(least: int = 0) -> Any:
        return st.one_of(st.just(Decimal(0)), amount).map(lambda one: Money(one, currency)) if not least else (
            amount.map(lambda one: Money(one, currency))
        )  # fmt: skip

    quantities = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    items = tuple(replace(RING, price=draw(money(1)), quantity=each) for each in quantities)
    worth = total((one.worth for one in items), currency)
    pieces = sum(quantities)
    discounts = draw(st.sampled_from([0, 1]))
    off = tuple(
        Discount(
            "pair", Money(min(draw(amount), worth.amount), currency), worth, pieces,
            draw(st.one_of(st.none(), st.integers(1, pieces))),
        )
        for _ in range(discounts)
    )  # fmt: skip
    freight, tax, duty = draw(money()), draw(money()), draw(money())
    included = draw(st.booleans())
    charged = worth.amount - sum((one.amount.amount for one in off), Decimal(0)) + freight.amount + duty.amount
    charged += Decimal(0) if included else tax.amount
    payment = Payment(
        Money(max(charged, Decimal(1).scaleb(-PLACES[currency])), currency), tax=tax, tax_included=included,
        freight=freight, express_extra=Money(min(freight.amount, draw(amount)), currency), duty=duty,
        duty_paid_to="us", discounts=off, pieces=pieces,
    )  # fmt: skip
    country = draw(st.sampled_from(["DE", "GB", "CN", "KR", "JP", "TW", "AU", "US"]))
    told = draw(st.sampled_from([payment, payment, None]))
    basis = Basis(items, draw(st.sampled_from(GROUNDS)), rules_on(SOLD), country, told, withdrawal_right(country, SOLD))
    return MoneyCase(basis, tuple(draw(_parcels(quantities))), draw(st.integers(0, 400)))


@st.composite
def _parcels(draw: Any, quantities: list[int]) -> list[tuple[Came, ...]]:
    left, found = list(quantities), []
    for _ in range(draw(st.integers(1, 3))):
        taken = [draw(st.integers(0, one)) for one in left]
        share = st.one_of(st.just(Decimal(1)), st.integers(0, 1000).map(lambda n: Decimal(n) / 1000))
        found.append(tuple(Came(n, each, draw(share)) for n, each in enumerate(taken, 1) if each))
        left = [one - each for one, each in zip(left, taken, strict=True)]
    return found


def check_one(case: MoneyCase) -> None:
    """Settle parcel after parcel; after each the sum is its lines, no line is finer than its coins, nothing is above
    what came by pieces and metal, and all together is never above what was paid."""
    basis, before, sums = case.basis, Before(), []
    cap = basis.most(Before())
    for came in case.parcels:
        if not came:
            continue
        amount = refund(basis, came, [], before)
        sums.append(amount.total)
        _check_lines(basis, came, amount)
        _check_interest(basis, amount, case.late_days)
        assert total(sums, basis.currency) <= cap
        pieces = dict(before.pieces)
        for one in came:
            pieces[one.line] = pieces.get(one.line, 0) + one.pieces
        once = before.once | ({line.code for line in amount.lines} & {"outbound_freight", "duty"})
        before = Before(total(sums, basis.currency), pieces, frozenset(once))


def _check_interest(basis: Basis, amount: Any, days: int) -> None:
    """What the law puts on late money is a line of its own: with it the amount is never above its rule by more than the
    rate of those days, and nothing else of it is changed."""
    right = basis.right
    if right is None or right.row.late_rate is None:
        return
    line = late_interest(amount.total, right.row.late_rate, days, right.rule, right.source)
    whole = with_interest(amount, line if line.amount.amount else None)
    most = amount.total.amount * right.row.late_rate * days / 365
    assert abs(whole.total.amount - amount.total.amount - most) <= 1
    assert whole.total == total((each.amount for each in whole.lines), basis.currency)
    assert whole.lines[: len(amount.lines)] == amount.lines


def _check_lines(basis: Basis, came: tuple[Came, ...], amount: Any) -> None:
    zero = Decimal(0)
    assert amount.total == total((line.amount for line in amount.lines), basis.currency)
    assert amount.total.amount >= 0
    assert all(line.amount.amount == line.amount.rounded().amount for line in amount.lines)
    worth = sum(
        (
            round_to(basis.price(basis.items[one.line - 1]).amount * one.pieces * (one.metal or zero), 2)
            for one in came
        ),
        zero,
    )  # fmt: skip
    goods = sum((line.amount.amount for line in amount.lines if line.code in ("price", "metal_missing")), zero)
    assert goods <= worth + len(came)
    paid = basis.payment
    beside = sum((each.amount for each in (paid.freight, paid.duty, paid.tax) if each), zero) if paid else zero
    assert amount.total.amount <= goods + beside
