"""A declared withdrawal: the customer's notice itself ends the contract; no approval stands between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

# What was shown and confirmed, as codes: the words of the page or of the desk stand in its templates.
STATEMENT = "withdraw_from_contract"
# What stands on the work list while a person must say whether one holds.
DOUBTFUL = "withdrawal_doubtful"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One declaration, as its receipt repeats it: which lines (empty: all; they count from 1), when, by whom, in which
    language, and the words shown and confirmed (``content``: codes, never what a person typed).

    ``in_time``: true where the law grants it by rule, None where a person must say (``doubts``), false where one has
    said no. ``refund_by`` is the law's last instant for the refund as far as it runs from the notice, ``refund_from``
    the event it runs from; ``refund_target`` is when we mean to be done. ``told_at`` is when a person was last told of
    its clock."""

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
    content: tuple[str, ...] = (STATEMENT,)
    taken_at: datetime | None = None
    doubts: tuple[str, ...] = ()
    refund_from: str | None = None
    refund_target: datetime | None = None
    may_hold: bool = False
    freight_paid_by: str | None = None
    told_at: datetime | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case."""
        return str(self.n)

    @property
    def doubt(self) -> str:
        """The episode under which its doubts stand on the work list."""
        return f"withdrawal-{self.n}"

    def covers(self, lines: tuple[int, ...]) -> bool:
        """Whether these lines (empty: all) were declared by it already.

        >>> from datetime import UTC
        >>> whole = Withdrawal("c", 1, datetime(2026, 11, 22, tzinfo=UTC), "customer", "fr")
        >>> whole.covers((2,)), whole.covers(())
        (True, True)
        """
        return not self.lines or (bool(lines) and set(lines) <= set(self.lines))
