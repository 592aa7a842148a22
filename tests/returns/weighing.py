"""Pieces on the scale, as somebody at the bench would put them down."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.returns.inspection import Weighing
from chalicelib.returns.judge_piece import PieceSeen

DAY = date(2026, 11, 27)
CALIBRATED = date(2026, 9, 1)


def g(text: str) -> Decimal:
    return Decimal(text)


def on_the_scale(*readings: str, tolerance: str = "0.01", calibrated_on: date = CALIBRATED) -> Weighing:
    """One thing weighed so many times; all readings alike give their own figure."""
    grams = tuple(Decimal(one) for one in readings)
    mean = sum(grams, Decimal(0)) / len(grams)
    return Weighing(mean, None, "SCALE-1", calibrated_on, Decimal(tolerance), grams)


def seen(weight: str | None = "5.30", **changed: Any) -> PieceSeen:
    """The ring as it was sold: all that there is to see of it agrees."""
    facts: dict[str, Any] = {
        "line": 1, "came": 1, "stones": 1, "serial": "GT-0001", "hallmark": "750", "condition": "as_sold",
        "weighing": on_the_scale(weight) if weight else None,
    }  # fmt: skip
    return PieceSeen(**(facts | changed))
