"""A payment dispute: what the customer's bank asks, until when we must answer, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from chalicelib.money import Money

DisputeState = Literal["open", "answered", "won", "lost", "given_up"]
DisputeLacks = Literal["amount_unknown", "lines_unknown"]
# The bank has given the customer their money back, and taken it from us.
PAID_BY_THE_BANK: frozenset[DisputeState] = frozenset({"lost", "given_up"})


@dataclass(frozen=True, slots=True)
class Dispute:
    """One chargeback or claim at a wallet.

    ``given_up``: we did not contest it, so that the customer keeps the money as if it were lost. ``answer_by`` is
    the last moment for our answer (None: the date is not known and must be read from the notice). ``amount`` is what
    was disputed (None: nobody has said); ``gave_back`` what the bank gave of it, where that is another sum, and
    ``lines`` for which pieces: line of the return, counted from 1, and how many (empty: for none of them, as for
    freight; None: nobody has said).
    """

    KIND: ClassVar[str] = "DISPUTE"

    case_id: str
    dispute_id: str
    scheme: str
    code: str | None
    state: DisputeState
    amount: Money | None
    opened_at: datetime
    noted_by: str
    answer_by: datetime | None = None
    rule: str | None = None
    provider_reference: str | None = None
    changed_at: datetime | None = None
    why: str | None = None
    gave_back: Money | None = None
    lines: tuple[tuple[int, int], ...] | None = None

    @property
    def bank_gave(self) -> Money | None:
        """What the bank gave the customer and took from us; None where it gave nothing, or nobody said how much."""
        return (self.gave_back or self.amount) if self.state in PAID_BY_THE_BANK else None

    @property
    def lacks(self) -> tuple[DisputeLacks, ...]:
        """What nobody has said of it and somebody must."""
        found: list[DisputeLacks] = []
        if self.amount is None and self.gave_back is None and self.state != "won":
            found.append("amount_unknown")
        if self.state in PAID_BY_THE_BANK and self.lines is None:
            found.append("lines_unknown")
        return tuple(found)

    @property
    def part_id(self) -> str:
        """Its place in the case."""
        return self.dispute_id

    @property
    def due_at(self) -> datetime | None:
        """Its last day is its exception's; nothing else is ever due."""
        return None
