"""The way out: why a piece leaves us again, and which pieces go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from chalicelib.returns.case import Item

OutCause = Literal["repaired", "unrepaired", "replacement", "refused", "loan"]


@dataclass(frozen=True, slots=True)
class WayOut:
    """What goes out on one leg and why; the leg holds carrier and purpose. ``items`` are the pieces as they go: a
    replacement is another piece, a repaired one has its new weight."""

    KIND: ClassVar[str] = "OUT"

    case_id: str
    leg_n: int
    cause: OutCause
    items: tuple[Item, ...]
    asked_by: str
    asked_at: datetime
    settlement_n: int | None = None
    repair_n: int | None = None
    answer: dict[str, object] | None = None
    due_at: datetime | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case: one for each leg."""
        return str(self.leg_n)
