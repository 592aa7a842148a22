"""A settlement that is paid, for stories that come after it."""

from __future__ import annotations

from typing import Any

from chalicelib.returns.settlement import Settlement
from tests.fakes.pieces import CASE_ID, NOW, PRICE


def a_paid_settlement(case_id: str = CASE_ID, **changed: Any) -> Settlement:
    said: dict[str, Any] = {
        "kind": "refund", "state": "done", "total": PRICE, "lines": (), "reason": "change_of_mind",
        "proposed_by": "desk", "proposed_role": "agent", "proposed_at": NOW, "reference": "RMA-1-S1", "paid_at": NOW,
    }  # fmt: skip
    return Settlement(case_id, 1, **(said | changed))
