"""How an order was paid: what a refund goes back to, and the most that may ever be paid back.

Nothing here is worked out. What nobody has said is None and stays so: the settlement names what it lacks and
never puts a nought in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from chalicelib.money import Money

Method = Literal["card", "wallet", "bank_transfer", "instalments", "cash", "other"]
DutyTaker = Literal["us", "customs"]


@dataclass(frozen=True, slots=True)
class Discount:
    """A reduction over several pieces. ``given_on`` is the list worth and ``pieces`` the number of pieces it was given
    for; it is lost when fewer pieces than ``least_pieces``, or less worth than ``least_worth``, are kept (None: no such
    condition)."""

    code: str
    amount: Money
    given_on: Money
    pieces: int
    least_pieces: int | None = None
    least_worth: Money | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """Something given with the order for nothing, and what it sells for (None: unknown)."""

    sku: str
    retail: Money | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of an order.

    ``total`` is all that was charged, in the currency it was charged in; ``freight`` what of it was outbound freight
    and ``express_extra`` what of the freight was above the standard rate; ``tax`` what of it was tax, ``tax_included``
    whether the prices of the pieces hold it already. ``duty`` is what the customer paid at import, and to whom: to us
    with the price, or to customs (or the carrier for them). ``rate`` is how much of the charged currency one unit of
    the prices' currency was, on the day of payment. ``pieces`` are all pieces of the order.
    """

    total: Money
    provider: str | None = None
    payment_reference: str | None = None
    method: Method | None = None
    scheme: str | None = None
    paid_on: date | None = None
    tax: Money | None = None
    tax_included: bool | None = None
    freight: Money | None = None
    express_extra: Money | None = None
    duty: Money | None = None
    duty_paid_to: DutyTaker | None = None
    discounts: tuple[Discount, ...] | None = None
    rate: Decimal | None = None
    pieces: int | None = None
    gifts: tuple[Gift, ...] | None = None

    @property
    def unsaid(self) -> tuple[str, ...]:
        """The facts a settlement may want that nobody has given.

        >>> Payment(Money(Decimal(1000), "EUR"), tax=Money(Decimal(0), "EUR"), tax_included=True).unsaid[:2]
        ('provider', 'payment_reference')
        """
        wanted = ("provider", "payment_reference", "method", "tax", "freight", "duty", "discounts", "pieces")
        found = [name for name in wanted if getattr(self, name) is None]
        if self.duty is not None and self.duty.amount and self.duty_paid_to is None:
            found.append("duty_paid_to")
        if self.tax is not None and self.tax.amount and self.tax_included is None:
            found.append("tax_included")
        return tuple(found)

    @property
    def strange_currencies(self) -> tuple[str, ...]:
        """The amounts that are not in the currency that was charged: they can be parts of nothing that was."""
        parts = {name: getattr(self, name) for name in ("tax", "freight", "express_extra")}
        parts |= {f"discounts.{n}.amount": one.amount for n, one in enumerate(self.discounts or ())}
        if self.duty_paid_to == "us":
            parts["duty"] = self.duty
        return tuple(name for name, part in parts.items() if part is not None and part.currency != self.total.currency)


def merged(known: Payment | None, given: dict[str, Any]) -> Payment:
    """What is known with what is given; what is given counts. Raises ``TypeError`` when nobody has ever said the total.

    >>> merged(Payment(Money(Decimal(9), "EUR")), {"provider": "stripe"}).provider
    'stripe'
    """
    before = {one.name: getattr(known, one.name) for one in fields(Payment)} if known else {}
    return Payment(**before | {name: value for name, value in given.items() if value is not None})
