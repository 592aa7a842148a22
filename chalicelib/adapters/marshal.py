"""Plain values to DynamoDB's typed JSON and back.

Whole numbers come back as ``int`` and bytes as ``bytes``. A float is refused: nothing of ours is one.

>>> to_item(typed({"PK": "CASE#1", "n": 2, "tags": ["a", None]}))
{'PK': 'CASE#1', 'n': 2, 'tags': ['a', None]}
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Typed = dict[str, Any]


def typed(values: Mapping[str, Any]) -> Typed:
    """Every value of a map in DynamoDB's own form; ValueError for what the table does not hold."""
    return {name: typed_value(value) for name, value in values.items()}


def typed_value(value: Any) -> Typed:
    """One value in DynamoDB's own form; ValueError for what the table does not hold."""
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case bytes():
            return {"B": value}
        case Mapping():
            return {"M": typed(value)}
        case list() | tuple():
            return {"L": [typed_value(one) for one in value]}
        case _:
            raise ValueError(f"the table holds no {type(value).__name__}")


def to_item(stored: Mapping[str, Typed]) -> dict[str, Any]:
    """A stored item as plain values."""
    return {name: _plain(value) for name, value in stored.items()}


def _plain(value: Typed) -> Any:
    ((kind, inner),) = value.items()
    match kind:
        case "M":
            return to_item(inner)
        case "L":
            return [_plain(one) for one in inner]
        case "NULL":
            return None
        case "N":
            return _number(inner)
        case _:
            return inner


def _number(text: str) -> int | Decimal:
    number = Decimal(text)
    whole = int(number)
    return whole if whole == number else number
