"""Whether an export is small enough that its country wants no declaration: proven by the order's own figures or not.

A row gives the limit: ``currency``, ``at_most``, ``per_tariff_number`` (of each tariff number alone, else of the
parcel) and ``not_to``, the countries it does not hold for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from chalicelib.carriers.contract import WaybillOrder
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.rulebook import dictionary


def is_small(order: WaybillOrder, row: Mapping[str, Any]) -> bool:
    """Whether every tariff number of the parcel stays within the row's limit, in its own currency: of another one
    nothing is proven.
    """
    return are_small(((line.hs_code, line.value) for line in order.lines), row)


def are_small(lines: Iterable[tuple[str, Money]], row: Mapping[str, Any]) -> bool:
    """As ``is_small``, of tariff numbers and worths."""
    worth: dict[str, Decimal] = {}
    for hs_code, value in lines:
        if value.currency != row["currency"]:
            return False
        code = hs_code.replace(".", "").replace(" ", "") if row["per_tariff_number"] else ""
        worth[code] = worth.get(code, Decimal(0)) + value.amount
    return bool(worth) and max(worth.values()) <= Decimal(row["at_most"])


def filing_of(lane: Lane) -> Mapping[str, Any] | None:
    """The law of the country that a parcel leaves, where it wants exports over a limit declared first; None where we
    know of none, or it does not hold for this destination."""
    row: Mapping[str, Any] | None = dictionary("carriers", "export_filing")["exports"].get(lane.origin)
    return None if row is None or lane.destination in row["not_to"] else row
