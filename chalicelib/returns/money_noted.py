"""Money of a case that nobody settled here and somebody noted: why it was moved, between whom, under which reference;
and what of the price of a repair is still to be paid.

>>> paid = MoneyNoted("freight", "merchant", "customs", Money(Decimal(9), "EUR"), "AWB-1")
>>> [fault.field for fault in faults_of(paid, date(2026, 11, 22))]
['to']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from chalicelib.errors import ConflictError, FieldFault
from chalicelib.money import Money, total
from chalicelib.returns.repair import Quote, RepairOrder
from chalicelib.returns.settlement import Account, Posting

MoneyWhy = Literal[
    "repair_price", "repair_price_back", "freight", "freight_back", "insurance_paid", "insurance_back", "duty_paid",
    "duty_back",
]  # fmt: skip
OpenCode = Literal[
    "repair_price", "repair_price_back", "amount_unknown", "lines_unknown", "given_more_than_paid",
]  # fmt: skip
_OURS_OR_THEIRS: tuple[Account, ...] = ("merchant", "customer")
# From which accounts to which the money of each purpose goes. What was noted wrongly is noted back.
ACCOUNTS: Mapping[MoneyWhy, tuple[tuple[Account, ...], tuple[Account, ...]]] = {
    "repair_price": (("customer",), ("merchant",)),
    "repair_price_back": (("merchant",), ("customer",)),
    "freight": (_OURS_OR_THEIRS, ("carrier",)),
    "freight_back": (("carrier",), _OURS_OR_THEIRS),
    "insurance_paid": (_OURS_OR_THEIRS, ("insurer",)),
    "insurance_back": (("insurer",), _OURS_OR_THEIRS),
    "duty_paid": (_OURS_OR_THEIRS, ("customs",)),
    "duty_back": (("customs",), _OURS_OR_THEIRS),
}
OF_A_REPAIR: frozenset[MoneyWhy] = frozenset({"repair_price", "repair_price_back"})


class MoneyDiffers(ConflictError):
    """Money with this reference is noted for the same purpose with other particulars."""

    code = "money_differs"


@dataclass(frozen=True, slots=True)
class MoneyNoted:
    """What somebody notes. ``on`` None: today. ``repair_n`` is the repair that a price is of (None: the only one)."""

    why: MoneyWhy
    giver: Account
    taker: Account
    amount: Money
    reference: str
    on: date | None = None
    repair_n: int | None = None

    def is_what_was_noted(self, known: Posting) -> bool:
        """Whether an entry says the same."""
        same = (known.from_account, known.to_account, known.amount) == (self.giver, self.taker, self.amount.rounded())
        return same and self.on in (None, known.at.date()) and self.repair_n in (None, known.repair_n)


@dataclass(frozen=True, slots=True)
class RepairPrice:
    """What a repair costs its owner by the quote they said yes to, and what was paid of it."""

    repair_n: int
    agreed: Money
    paid: Money
    is_over: bool

    @property
    def open(self) -> Money:
        """What is still to be paid; below nothing where more was paid than is owed."""
        return self.agreed - self.paid


def faults_of(given: MoneyNoted, latest: date) -> list[FieldFault]:
    """All that is wrong with what somebody notes; ``latest`` is the last day that has begun anywhere."""
    givers, takers = ACCOUNTS[given.why]
    faults = []
    for field, account, allowed in (("from", given.giver, givers), ("to", given.taker, takers)):
        if account not in allowed:
            told = f"{given.why} goes from {' or '.join(givers)} to {' or '.join(takers)}"
            faults.append(FieldFault(field, "not_its_account", told))
    if given.amount.amount <= 0:
        faults.append(FieldFault("amount", "out_of_bounds", "give more than nothing"))
    if given.repair_n is not None and given.why not in OF_A_REPAIR:
        told = "only the price of a repair names one: leave it out"
        faults.append(FieldFault("repair", "not_allowed", told))
    if given.on is not None and given.on > latest:
        faults.append(FieldFault("on", "in_future", "the day on which it was paid cannot lie ahead"))
    return faults


def repair_prices(
    orders: Iterable[RepairOrder], quotes: Iterable[Quote], postings: Iterable[Posting]
) -> tuple[RepairPrice, ...]:
    """The price of each repair that has one: agreed to while the work goes on or is done, or paid though it was given
    up."""
    by_id, noted = {one.part_id: one for one in quotes}, tuple(postings)
    found = []
    for order in sorted(orders, key=lambda one: one.n):
        known = by_id.get(order.consent or "") or _last_agreed(order, by_id.values())
        if known is None or known.payable_to_us is None:
            continue
        is_owed = order.consent == known.part_id and order.state not in ("unrepaired", "withdrawn")
        price = known.payable_to_us if is_owed else Money(Decimal(0), known.payable_to_us.currency)
        found.append(RepairPrice(order.n, price, _paid(order.n, noted, price.currency), order.is_over))
    return tuple(found)


def _last_agreed(order: RepairOrder, quotes: Iterable[Quote]) -> Quote | None:
    mine = [one for one in quotes if one.repair_n == order.n and one.answered_at is not None]
    return max(mine, key=lambda one: one.version, default=None)


def _paid(repair_n: int, noted: Iterable[Posting], currency: str) -> Money:
    """What the customer has paid for it, less what they were given back."""
    mine = [one for one in noted if one.repair_n == repair_n and one.amount.currency == currency]
    paid = total((one.amount for one in mine if one.why == "repair_price"), currency)
    return paid - total((one.amount for one in mine if one.why == "repair_price_back"), currency)
