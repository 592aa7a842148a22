"""What an amount is reckoned from, and what it comes to: facts alone, handed from one part of the reckoning to the
next.

Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from chalicelib.merchant import ReturnPolicy
from chalicelib.money import Money, total
from chalicelib.returns.case import Item
from chalicelib.returns.law import Cited, Right
from chalicelib.returns.payment import Payment
from chalicelib.returns.settlement import SettlementLine
from chalicelib.returns.settlement_rules import GroundOn, SettlementRules

DeductionCode = Literal["box", "certificate", "gift", "worn", "return_freight"]
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Deduction:
    """Something a person wants taken off, and why."""

    code: DeductionCode
    amount: Money
    line: int | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """So many pieces of a line for which money may be given, and what share of their net metal came (1: all of it;
    None: metal is missing and nobody knows how much). ``lost_stones``: stones that it was sold with are not in it.
    Lines count from 1."""

    line: int
    pieces: int
    metal: Decimal | None = Decimal(1)
    lost_stones: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """What earlier settlements of the case have given or bound: money, pieces by line, and lines that are given once.
    ``refunded`` are those of the pieces whose price went back (None: all of them): a piece that was sent back to the
    customer, or replaced, is still a sold one."""

    given: Money | None = None
    pieces: Mapping[int, int] = field(default_factory=dict)
    once: frozenset[str] = frozenset()
    refunded: Mapping[int, int] | None = None

    @property
    def gone(self) -> Mapping[int, int]:
        """The pieces by line that are sold no more."""
        return self.pieces if self.refunded is None else self.refunded


@dataclass(frozen=True, slots=True)
class Basis:
    """What an amount is reckoned from. ``right`` is the consumer's right to withdraw, where a rule of that day says
    one; ``freight_paid_by`` who pays the way home; ``told_of_right`` whether the shop had told the customer of it."""

    items: tuple[Item, ...]
    on: GroundOn
    rules: SettlementRules
    country: str
    payment: Payment | None = None
    right: Cited[Right] | None = None
    policy: ReturnPolicy | None = None
    freight_paid_by: str | None = None
    told_of_right: bool | None = None

    @property
    def currency(self) -> str:
        """The currency that was charged; that of the prices where nobody knows the payment."""
        return self.payment.total.currency if self.payment else self.items[0].price.currency

    @property
    def right_id(self) -> str | None:
        """The row of the right."""
        return self.right.row.id if self.right else None

    def price(self, item: Item) -> Money:
        """What one piece cost, in the currency that was charged, at the rate as paid."""
        if item.price.currency == self.currency:
            return item.price
        rate = self.payment.rate if self.payment and self.payment.rate else NONE
        return Money(item.price.amount * rate, self.currency).rounded()

    @property
    def worth(self) -> Money:
        """What all pieces of the case cost, in the currency that was charged."""
        prices = (Money(self.price(one).amount * one.quantity, self.currency) for one in self.items)
        return total(prices, self.currency)

    def most(self, before: Before) -> Money:
        """The most that may still be given back: what was paid (the worth of the case's pieces where nobody knows),
        less what was given before."""
        paid = self.payment.total if self.payment else self.worth
        left = paid - before.given if before.given else paid
        return max(left, Money(NONE, self.currency), key=lambda one: one.amount)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as it was built. ``beside`` is owed or due by another way than this payment; ``lacks`` what nobody has
    said; ``by_person``: something was taken off that the law leaves to a person who can prove it."""

    lines: tuple[SettlementLine, ...]
    total: Money
    lacks: tuple[str, ...] = ()
    beside: tuple[SettlementLine, ...] = ()
    by_person: bool = False
