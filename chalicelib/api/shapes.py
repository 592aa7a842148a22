"""The shapes of single values in a request: what is taken as a day, an amount, a weight, a code.

Each is strict: no number is read from loose text, no float is ever made, and every bound keeps the arithmetic
behind it safe. A refusal is told by the model with the path of the field.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from chalicelib.money import MINOR_UNITS, Money, decimals_of

_DIGITS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?\Z")
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}\Z")
_INSTANT = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})\Z")
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
_LARGEST = 999_999_999_999
_HEAVIEST_G = 999_999


class Shape(BaseModel):
    """Root of the request models: an unknown field is refused, and nothing is built before it is used."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, hide_input_in_errors=True)


def line(longest: int) -> StringConstraints:
    """One line of printable text, 1 to ``longest`` characters after trimming."""
    return StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=longest, pattern=_PRINTABLE)


def code(pattern: str, longest: int = 64) -> StringConstraints:
    """A code with its own grammar, taken as it is."""
    return StringConstraints(strict=True, min_length=1, max_length=longest, pattern=f"^(?:{pattern})$")


def _decimal(value: Any) -> Decimal:
    number = _number(value)
    if number is None:
        raise PydanticCustomError("malformed", "a decimal of at most 12 digits and 4 decimals, as text or number")
    return number


def _number(value: Any) -> Decimal | None:
    if isinstance(value, str):
        return Decimal(value) if _DIGITS.match(value) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    if not 0 <= number <= _LARGEST or number != round(number, 4):
        return None
    return Decimal(format(number, "f"))


def _day(value: Any) -> date:
    if isinstance(value, str) and _DAY.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("malformed", "a day from 2000 to 2099 as YYYY-MM-DD")


def _instant(value: Any) -> datetime:
    if isinstance(value, str) and _INSTANT.match(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except ValueError:
            pass
    raise PydanticCustomError("malformed", "an instant from 2000 to 2099 with its offset (RFC 3339)")


def _decimal_schema(largest: int) -> WithJsonSchema:
    as_text = {"type": "string", "pattern": rf"^[0-9]{{1,{len(str(largest))}}}(\.[0-9]{{1,4}})?$"}
    return WithJsonSchema({"anyOf": [as_text, {"type": "number", "minimum": 0, "maximum": largest}]})


Amount = Annotated[Decimal, BeforeValidator(_decimal), _decimal_schema(_LARGEST)]
WeightG = Annotated[Decimal, Field(gt=0, le=_HEAVIEST_G), BeforeValidator(_decimal), _decimal_schema(_HEAVIEST_G)]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Country = Annotated[str, code("[A-Z]{2}", 2)]
Clock = Annotated[str, code("([01][0-9]|2[0-3]):[0-5][0-9]", 5)]
Word = Annotated[str, code("[a-z][a-z0-9_]*")]
Reference = Annotated[str, code("[A-Za-z0-9][A-Za-z0-9 ._:/-]*")]
HsCode = Annotated[str, code(r"[0-9]{4}(\.?[0-9]{2}){0,3}", 13)]
Currency = Annotated[str, code("|".join(sorted(MINOR_UNITS)), 3)]
Flag = Annotated[bool, Field(strict=True)]
Fineness = Annotated[int, Field(strict=True, ge=0, le=1000)]
Quantity = Annotated[int, Field(strict=True, ge=1, le=999)]


class MoneyBody(Shape):
    """An amount and its ISO 4217 currency; half a yen is none, and would be counted as nothing."""

    amount: Amount
    currency: Currency

    @field_validator("currency")
    @classmethod
    def _has_such_coins(cls, currency: str, info: ValidationInfo) -> str:
        amount = info.data.get("amount")
        if amount is not None and decimals_of(currency) == 0 and amount != amount.to_integral_value():
            raise PydanticCustomError("finer_than_its_coins", "an amount in this currency has no decimals")
        return currency

    def as_money(self) -> Money:
        """The same as the house counts it."""
        return Money(self.amount, self.currency)


def money_of(body: MoneyBody | None) -> Money | None:
    """The money in an optional field; unknown stays unknown."""
    return None if body is None else body.as_money()
