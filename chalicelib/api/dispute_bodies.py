"""Bodies of payment disputes: what a bank or a wallet wrote, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from chalicelib.api.settlement_bodies import SettledLineBody
from chalicelib.api.shapes import Day, MoneyBody, Reference, Shape, Word, money_of
from chalicelib.api.shapes import code as grammar

if TYPE_CHECKING:
    from chalicelib.returns.dispute_clocks import Notice, Said


class NoteDisputeBody(Shape):
    """``reference`` is theirs; ``answer_by`` the last day their notice names, where it names one."""

    scheme: Word
    code: Annotated[str, grammar("[A-Za-z0-9][A-Za-z0-9.]*")] | None = None
    opened_on: Day
    reference: Reference
    amount: MoneyBody | None = None
    answer_by: Day | None = None

    def as_notice(self) -> Notice:
        """The same as the room of returns knows it."""
        from chalicelib.returns.dispute_clocks import Notice  # the rules of disputes: only for these routes

        return Notice(self.scheme, self.code, self.opened_on, money_of(self.amount), self.reference, self.answer_by)


class DisputeActionBody(Shape):
    """``why`` in a word, where there is one. Of a dispute that is lost or given up: ``gave_back`` is what the bank gave
    back, where that is not all that was disputed, and ``lines`` the pieces it gave it for (empty: for none of them).
    Either may be told later, or corrected, by the same action once more."""

    why: Word | None = None
    gave_back: MoneyBody | None = None
    lines: Annotated[tuple[SettledLineBody, ...], Field(max_length=50)] | None = None

    def as_said(self) -> Said:
        """What it says of the bank's money."""
        from chalicelib.returns.dispute_clocks import Said  # the rules of disputes: only for these routes

        lines = None if self.lines is None else tuple((one.line, one.pieces) for one in self.lines)
        return Said(money_of(self.gave_back), lines)
