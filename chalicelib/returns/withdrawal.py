"""A declared withdrawal: the customer's notice itself ends the contract; no approval stands between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One declaration, as its receipt repeats it: which lines (empty: all), when, by whom, in which language, and the
    words shown and confirmed (codes, never what a person typed). ``in_time``: None where a person must say."""

    KIND: ClassVar[str] = "WITHDRAWAL"

    case_id: str
    n: int
    declared_at: datetime
    declared_by: str
    language: str
    lines: tuple[int, ...] = ()
    in_time: bool | None = None
    rule: str | None = None
    send_back_by: datetime | None = None
    refund_by: datetime | None = None
    due_at: datetime | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case."""
        return str(self.n)
