"""What every carrier asks of a customs line alike: a tariff code of digits, a country of origin, words that say what it
is. Each carrier's own limits stand in its ``order_checks``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from chalicelib.carriers.contract import GoodsLine, WaybillOrder
from chalicelib.errors import FieldFault
from chalicelib.money import Money, total

HS_DIGITS = range(6, 15)


def hs_digits(code: str) -> str:
    """A tariff code without its dots and spaces.

    >>> hs_digits("7113.19 00")
    '71131900'
    """
    return code.replace(".", "").replace(" ", "")


def is_country(country: str) -> bool:
    """Whether this is written as an ISO 3166-1 code: two capital letters."""
    return len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()


def digits_before_the_point(money: Money) -> int:
    """How many digits an amount has before the point."""
    return len(str(int(money.amount)))


def customs_value(order: WaybillOrder) -> Money:
    """What customs are told the parcel is worth: the sum of its lines, which share one currency."""
    return total((line.value for line in order.lines), order.lines[0].value.currency)


def wording_faults(field: str, line: GoodsLine, vague: Collection[str]) -> Iterator[FieldFault]:
    """What is wrong with how a line says what it is; ``vague`` are whole descriptions that customs do not take."""
    if " ".join(line.description.lower().split()) in vague:
        yield fault(f"{field}.description", "vague", "say metal, fineness and article: 18 carat gold ring")
    code = hs_digits(line.hs_code)
    if not (code.isascii() and code.isdigit() and len(code) in HS_DIGITS):
        yield fault(f"{field}.hs_code", "format", "6 to 14 digits")
    if not is_country(line.made_in):
        yield fault(f"{field}.made_in", "format", "two capital letters (ISO 3166-1)")


def fault(field: str, code: str, detail: str) -> FieldFault:
    """Something in an order that the carrier would not take."""
    return FieldFault(field, code, detail, source="order")
