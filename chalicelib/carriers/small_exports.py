"""Whether an export is small enough that its country wants no declaration: proven by the order's own figures or not.

A row gives the limit: ``currency``, ``at_most``, ``per_tariff_number`` (of each tariff number alone, else of the
parcel) and ``not_to``, the countries it does not hold for.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from chalicelib.carriers.contract import WaybillOrder


def is_small(order: WaybillOrder, row: Mapping[str, Any]) -> bool:
    """Whether every tariff number of the parcel stays within the row's limit, in its own currency: of another one
    nothing is proven.
    """
    worth: dict[str, Decimal] = {}
    for line in order.lines:
        if line.value.currency != row["currency"]:
            return False
        code = line.hs_code.replace(".", "").replace(" ", "") if row["per_tariff_number"] else ""
        worth[code] = worth.get(code, Decimal(0)) + line.value.amount
    return bool(worth) and max(worth.values()) <= Decimal(row["at_most"])
