"""The repairs of a case in a few words, for the case itself."""

from __future__ import annotations

from typing import Any

from chalicelib.returns.repair import Quote, RepairOrder
from chalicelib.workflows.ports import CaseFile


def repairs_in_short(file: CaseFile) -> list[dict[str, Any]]:
    """One line for each, oldest first."""
    orders = sorted(file.parts.of(RepairOrder), key=lambda one: one.n)
    return [_in_short(file, order) for order in orders]


def _in_short(file: CaseFile, order: RepairOrder) -> dict[str, Any]:
    quotes = (one for one in file.parts.of(Quote) if one.repair_n == order.n)
    last = max(quotes, key=lambda one: one.version, default=None)
    return {
        "repair": order.n,
        "state": order.state,
        "line": order.line,
        "place": order.place,
        "progress": order.progress[-1].code if order.progress else None,
        "promised_on": order.promised_on.isoformat() if order.promised_on else None,
        "quote_id": last.part_id if last else None,
        "quote_state": last.state if last else None,
        "total": last.total.as_json() if last and last.total else None,
    }
