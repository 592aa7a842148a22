"""Money: a Decimal amount and its ISO 4217 currency, never a float and never summed across currencies.

Amounts keep the currency's own number of decimals (JPY 0, most others 2; ISO 4217). Anything finer is rounded
half up only when somebody asks for it by calling ``rounded``.

>>> Money(Decimal("1180.005"), "EUR").rounded()
Money(amount=Decimal('1180.01'), currency='EUR')
>>> Money(Decimal("1"), "EUR") + Money(Decimal("1"), "USD")
Traceback (most recent call last):
    ...
ValueError: EUR and USD cannot be added
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

MINOR_UNITS = {
    "AED": 2, "AUD": 2, "CAD": 2, "CHF": 2, "CNY": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HKD": 2, "INR": 2, "JPY": 0,
    "KRW": 0, "MOP": 2, "MYR": 2, "NOK": 2, "NZD": 2, "PLN": 2, "SAR": 2, "SEK": 2, "SGD": 2, "THB": 2, "TWD": 2,
    "USD": 2,
}  # fmt: skip


def decimals_of(currency: str) -> int:
    """How many decimals an amount in this currency has (ISO 4217); ValueError for one we do not trade in."""
    try:
        return MINOR_UNITS[currency]
    except KeyError:
        raise ValueError(f"{currency} is not a currency this house trades in") from None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise ValueError("an amount of money is a finite Decimal")
        decimals_of(self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def rounded(self) -> Money:
        """Rounded half up to the currency's own decimals."""
        return Money(round_to(self.amount, decimals_of(self.currency)), self.currency)

    def as_json(self) -> dict[str, str]:
        """The shape used in JSON and in the table: ``{"amount": "1180.00", "currency": "EUR"}``."""
        return {"amount": text_of(self.amount, self.currency), "currency": self.currency}

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added")
        return other.amount


def round_to(amount: Decimal, decimals: int) -> Decimal:
    """Half up, as customs offices round unless their own rule says otherwise.

    >>> round_to(Decimal("15.625"), 2)
    Decimal('15.63')
    """
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def round_to_step(amount: Decimal, step: Decimal, way: str = "half_up") -> Decimal:
    """To a multiple of ``step``: ``down`` cuts (Japan's 1,000 and 100 yen), ``half_up`` is the nearest.

    >>> round_to_step(Decimal("315600"), Decimal(1000), "down"), round_to_step(Decimal("60.50"), Decimal(1))
    (Decimal('315000'), Decimal('61'))
    """
    steps = (amount / step).to_integral_value(ROUND_DOWN if way == "down" else ROUND_HALF_UP)
    return steps * step


def text_of(amount: Decimal, currency: str) -> str:
    """The amount with at least the currency's own decimals, never in exponent form.

    >>> text_of(Decimal("306"), "USD")
    '306.00'
    """
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals_of(currency):
        return format(amount, "f")
    return format(round_to(amount, decimals_of(currency)), "f")


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum in one currency; zero of that currency when there is nothing to add."""
    result = Money(Decimal(0), currency)
    for amount in amounts:
        result = result + amount
    return result


def money_from_json(shape: dict[str, str]) -> Money:
    """Read the shape that ``as_json`` writes."""
    return Money(Decimal(shape["amount"]), shape["currency"])
