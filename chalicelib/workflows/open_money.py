"""What of a case's money is open: the price of a repair that is not paid, a dispute of which nobody said enough, more
given back than was paid.

Nothing here holds a piece back: it is told, and a person may send the piece and close the case all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.money import Money, total
from chalicelib.returns.disputes import PAID_BY_THE_BANK, Dispute
from chalicelib.returns.money_noted import OpenCode, RepairPrice, repair_prices
from chalicelib.returns.repair import Quote, RepairOrder
from chalicelib.returns.settlement import Posting, Settlement
from chalicelib.returns.stages import OVER
from chalicelib.workflows.ports import CaseFile


@dataclass(frozen=True, slots=True)
class OpenMoney:
    """One open point; ``amount`` None: nobody has said. ``holds``: the case is not closed by itself over it."""

    code: OpenCode
    amount: Money | None
    repair_n: int | None = None
    dispute_id: str | None = None
    holds: bool = False

    @property
    def told(self) -> str:
        """What is to be done about it."""
        if self.dispute_id is not None:
            wanted = "how much" if self.code == "amount_unknown" else "for which pieces"
            return f"Dispute {self.dispute_id}: say {wanted} the bank gave back (POST .../disputes/...)"
        whole = f"{self.amount.amount} {self.amount.currency}" if self.amount else "an amount"
        if self.code == "given_more_than_paid":
            return f"The customer has had {whole} more than was paid: ask for it, or close the case with it"
        if self.code == "repair_price_back":
            return f"Give the customer {whole} back for repair {self.repair_n}, and note it (POST .../money)"
        return f"See that {whole} of the price of repair {self.repair_n} is paid, and note it (POST .../money)"


def prices_of(file: CaseFile) -> tuple[RepairPrice, ...]:
    """What each repair costs its owner, and what was paid of it."""
    return repair_prices(file.parts.of(RepairOrder), file.parts.of(Quote), file.parts.of(Posting))


def open_money(file: CaseFile) -> tuple[OpenMoney, ...]:
    """All that is open, repairs first."""
    return (*_of_repairs(file), *_of_disputes(file), *_of_settlements(file))


def open_rows(file: CaseFile) -> list[dict[str, Any]]:
    """The same as answers show it."""
    return [
        {
            "code": one.code,
            "amount": one.amount.as_json() if one.amount else None,
            "repair": one.repair_n,
            "dispute_id": one.dispute_id,
        }
        for one in open_money(file)
    ]


def next_of_money(file: CaseFile) -> list[str]:
    """What is to be done about all of it; of a return that is over, about what somebody still owes."""
    return [one.told for one in open_money(file) if one.holds or file.case.stage not in OVER]


def _of_repairs(file: CaseFile) -> Iterator[OpenMoney]:
    """What is owed once it was agreed; too much is given back once nothing more is done."""
    for price in prices_of(file):
        if price.open.amount > 0:
            yield OpenMoney("repair_price", price.open, price.repair_n, holds=price.is_over)
        elif price.open.amount < 0 and price.is_over:
            surplus = Money(-price.open.amount, price.open.currency)
            yield OpenMoney("repair_price_back", surplus, price.repair_n, holds=True)


def _of_settlements(file: CaseFile) -> Iterator[OpenMoney]:
    """Money that left by hand is written down whatever was given besides; so it may come to more than was paid."""
    payment = file.plan.request.order.payment
    if payment is None:
        return
    currency = payment.total.currency
    gave = [one.gave for one in file.parts.of(Settlement) if one.state == "done" and one.gave is not None]
    gave += [one.bank_gave for one in file.parts.of(Dispute) if one.state in PAID_BY_THE_BANK and one.bank_gave]
    surplus = total((one for one in gave if one.currency == currency), currency) - payment.total
    if surplus.amount > 0:
        yield OpenMoney("given_more_than_paid", surplus, holds=True)


def _of_disputes(file: CaseFile) -> Iterator[OpenMoney]:
    """What a bank gave back is not known before it has."""
    for one in file.parts.of(Dispute):
        for code in one.lacks if one.state in PAID_BY_THE_BANK else ():
            yield OpenMoney(code, one.bank_gave, dispute_id=one.dispute_id)
