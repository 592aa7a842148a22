"""The money of a case: what went from whom to whom, so that all of it together is nothing.

Every posting takes from one account what it gives to another; so per currency the customer, the merchant, the carrier,
the insurer and customs sum to zero whatever happened, and a sum that does not is a defect and never a difference to be
booked away. Currencies are never added.

>>> from datetime import UTC
>>> at = datetime(2026, 11, 22, tzinfo=UTC)
>>> paid = posting("c", 1, "customer", "merchant", Money(Decimal(1180), "EUR"), "sale", at, "desk")
>>> balances([paid])[("merchant", "EUR")]
Decimal('1180.00')
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from chalicelib.money import Money
from chalicelib.returns.settlement import Account, Posting

Balances = Mapping[tuple[Account, str], Decimal]


class LedgerOutOfBalance(ValueError):
    """The accounts of a case do not sum to zero: a defect of ours."""


def posting(
    case_id: str,
    n: int,
    from_account: Account,
    to_account: Account,
    amount: Money,
    why: str,
    at: datetime,
    by: str,
    *,
    reference: str | None = None,
    settlement_n: int | None = None,
    repair_n: int | None = None,
) -> Posting:
    """One entry; raises ``ValueError`` for one that moves nothing, or from an account to itself."""
    if amount.amount <= 0 or from_account == to_account:
        raise ValueError("money goes from one account to another, and is more than nothing")
    moved = amount.rounded()
    return Posting(case_id, n, at, by, from_account, to_account, moved, why, reference, settlement_n, repair_n)


def balances(postings: Iterable[Posting]) -> Balances:
    """What each account has got more than it gave, by currency; raises ``LedgerOutOfBalance``."""
    found: dict[tuple[Account, str], Decimal] = defaultdict(Decimal)
    for one in postings:
        found[(one.from_account, one.amount.currency)] -= one.amount.amount
        found[(one.to_account, one.amount.currency)] += one.amount.amount
    for currency in {currency for _, currency in found}:
        if sum((held for (_, unit), held in found.items() if unit == currency), Decimal(0)):
            raise LedgerOutOfBalance(f"the accounts in {currency} do not sum to zero")
    return dict(found)


def given_back(postings: Iterable[Posting], currency: str) -> Money:
    """What the customer has got from us in this currency, the sale left aside."""
    paid = (one for one in postings if (one.from_account, one.to_account) == ("merchant", "customer"))
    return Money(sum((one.amount.amount for one in paid if one.amount.currency == currency), Decimal(0)), currency)
