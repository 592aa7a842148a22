"""How large DynamoDB says an item is (developer guide, "DynamoDB item sizes and formats").

Names and text count their UTF-8 bytes; a number one byte for every two significant digits and one more (and one for a
minus sign); a boolean or null one byte; a list or map three bytes, one more per element, and its content.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def item_size(item: Mapping[str, Any]) -> int:
    """Bytes of an item of plain values.

    >>> item_size({"PK": "CASE#1", "SK": "CASE", "n": 12})
    17
    """
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Any) -> int:
    match value:
        case str():
            return len(value.encode())
        case bool() | None:
            return 1
        case int() | Decimal():
            return _number_size(Decimal(value))
        case bytes():
            return len(value)
        case Mapping():
            return 3 + sum(1 + len(name.encode()) + value_size(one) for name, one in value.items())
        case list() | tuple():
            return 3 + sum(1 + value_size(one) for one in value)
    raise TypeError(f"the table holds no {type(value).__name__}")


def _number_size(number: Decimal) -> int:
    if not number:
        return 1
    digits = number.normalize().as_tuple().digits
    return (len(digits) + 1) // 2 + 1 + (number < 0)
