"""How an order was paid, as it may be told: with the return, or later."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.api.shapes import Day, Flag, MoneyBody, Reference, Shape, Word, money_of
from chalicelib.returns.payment import Discount, DutyTaker, Gift, Method, Payment

_RATE = r"^[0-9]{1,9}(\.[0-9]{1,12})?$"
Pieces = Annotated[int, Field(strict=True, ge=1, le=9999)]


def _rate(value: Any) -> Decimal:
    import re

    if isinstance(value, str) and re.match(_RATE, value) and Decimal(value) > 0:
        return Decimal(value)
    raise PydanticCustomError("malformed", "a rate above nought with at most 12 decimals, as text")


Rate = Annotated[Decimal, BeforeValidator(_rate), WithJsonSchema({"type": "string", "pattern": _RATE})]


class DiscountBody(Shape):
    """A reduction over several pieces: on which worth and how many pieces it was given, and what must be kept to keep
    it."""

    code: Word
    amount: MoneyBody
    given_on: MoneyBody
    pieces: Pieces
    least_pieces: Pieces | None = None
    least_worth: MoneyBody | None = None

    @model_validator(mode="after")
    def _in_one_currency(self) -> Self:
        others = {one.currency for one in (self.amount, self.given_on, self.least_worth) if one}
        if len(others) > 1:
            raise PydanticCustomError("other_currency", "amount, given_on and least_worth are in one currency")
        return self

    def as_discount(self) -> Discount:
        """The same as the returns room knows it."""
        return Discount(
            self.code,
            self.amount.as_money(),
            self.given_on.as_money(),
            self.pieces,
            self.least_pieces,
            money_of(self.least_worth),
        )


class GiftBody(Shape):
    """Something given for nothing, and what it sells for."""

    sku: Reference
    retail: MoneyBody | None = None


class PaymentBody(Shape):
    """What is known of the payment; what is left out is unknown (and, in a later request, stays as it was). ``total``
    is all that was charged; ``freight`` with its ``express_extra``, ``tax`` and, where it was paid to us, ``duty`` are
    parts of it. ``rate``: charged currency for one unit of the prices' currency, as paid. ``pieces``: of the whole
    order."""

    total: MoneyBody | None = None
    provider: Word | None = None
    payment_reference: Reference | None = None
    method: Method | None = None
    scheme: Word | None = None
    paid_on: Day | None = None
    tax: MoneyBody | None = None
    tax_included: Flag | None = None
    freight: MoneyBody | None = None
    express_extra: MoneyBody | None = None
    duty: MoneyBody | None = None
    duty_paid_to: DutyTaker | None = None
    discounts: Annotated[tuple[DiscountBody, ...], Field(max_length=20)] | None = None
    rate: Rate | None = None
    pieces: Pieces | None = None
    gifts: Annotated[tuple[GiftBody, ...], Field(max_length=20)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(value is None for value in dict(self).values()):
            raise PydanticCustomError("required", "give at least one fact of the payment")
        return self

    def as_given(self) -> dict[str, Any]:
        """The facts as the returns room knows them; None for what was left out."""
        money = {name: money_of(getattr(self, name)) for name in ("total", "tax", "freight", "express_extra", "duty")}
        plain = {
            name: getattr(self, name)
            for name in (
                "provider", "payment_reference", "method", "scheme", "paid_on", "tax_included", "duty_paid_to", "rate",
                "pieces",
            )
        }  # fmt: skip
        discounts = None if self.discounts is None else tuple(one.as_discount() for one in self.discounts)
        gifts = None if self.gifts is None else tuple(Gift(one.sku, money_of(one.retail)) for one in self.gifts)
        return {**money, **plain, "discounts": discounts, "gifts": gifts}


class OrderPaymentBody(PaymentBody):
    """The payment as it is told with the return: then with all that was charged."""

    total: MoneyBody

    @model_validator(mode="after")
    def _parts_in_its_currency(self) -> Self:
        strange = self.as_payment().strange_currencies
        if strange:
            told = f"{', '.join(strange)}: give it in the currency that was charged"
            raise PydanticCustomError("other_currency", "{told}", {"told": told})
        return self

    def as_payment(self) -> Payment:
        """The payment of the order."""
        return Payment(**self.as_given())
