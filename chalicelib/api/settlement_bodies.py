"""Bodies of settlements: what is proposed, what was found out about a payment, why a case is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.api.shapes import Day, Flag, MoneyBody, Quantity, Reference, Shape, Word, line, money_of

if TYPE_CHECKING:
    from chalicelib.returns.money_noted import MoneyNoted
    from chalicelib.workflows.build_settlement import BuyBack, Wish
    from chalicelib.workflows.keep_settlement import FoundOut

KindWord = Literal[
    "refund", "partial_refund", "refund_without_return", "exchange", "replacement", "advance_replacement",
    "store_credit", "goodwill", "refusal", "buy_back",
]  # fmt: skip
GroundWord = Literal["withdrawal", "policy", "fault", "recall", "refused_delivery"]
DeductionWord = Literal["box", "certificate", "gift", "worn", "return_freight"]
AccountWord = Literal["customer", "merchant", "carrier", "insurer", "customs"]
MoneyWord = Literal[
    "repair_price", "repair_price_back", "freight", "freight_back", "insurance_paid", "insurance_back", "duty_paid",
    "duty_back",
]  # fmt: skip
Words = Annotated[str, line(500)]
Source = Annotated[str, line(200)]
LineNumber = Annotated[int, Field(strict=True, ge=1, le=50)]


class SettledLineBody(Shape):
    """So many pieces of a line of the return; lines count from 1."""

    line: LineNumber
    pieces: Quantity = 1


class DeductionBody(Shape):
    """Something to be taken off. ``why`` says the real loss and how it was found; a policy's own fee needs none."""

    code: DeductionWord
    amount: MoneyBody
    line: LineNumber | None = None
    why: Words | None = None


class FinenessBody(Shape):
    """How fine the metal of a line is, in parts per thousand, by a person's word."""

    line: LineNumber
    ppt: Annotated[int, Field(strict=True, ge=1, le=1000)]


class BuyBackBody(Shape):
    """The terms of a purchase by weight: the price of a gram of fine metal, its day (of the last few) and source, and
    our fee. ``fineness`` is what you stand for where a piece read below its mark."""

    per_gram: MoneyBody
    fee: MoneyBody
    priced_on: Day
    source: Source
    fineness: Annotated[tuple[FinenessBody, ...], Field(max_length=50)] = ()

    def as_terms(self) -> BuyBack:
        """The same as the story knows it."""
        from chalicelib.workflows.build_settlement import BuyBack  # the rules of settlements: only for this route

        said = tuple((one.line, one.ppt) for one in self.fineness)
        return BuyBack(self.per_gram.as_money(), self.fee.as_money(), self.priced_on, self.source, said)


class SettlementBody(Shape):
    """A settlement to be proposed. ``lines``: which pieces (all that are left, if empty); ``ground``: the most
    favourable one, if left out; ``amount`` belongs to goodwill, ``replacement_*`` to an exchange or a replacement,
    ``buy_back`` to a purchase by weight, ``customer_agreed`` to what the customer must have said yes to."""

    kind: KindWord
    reason: Word
    lines: Annotated[tuple[SettledLineBody, ...], Field(max_length=50)] = ()
    ground: GroundWord | None = None
    amount: MoneyBody | None = None
    deductions: Annotated[tuple[DeductionBody, ...], Field(max_length=20)] = ()
    replacement_skus: Annotated[tuple[Reference, ...], Field(max_length=50)] = ()
    replacement_worth: MoneyBody | None = None
    buy_back: BuyBackBody | None = None
    customer_agreed: Flag | None = None
    why: Words | None = None

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if self.amount is not None and self.kind != "goodwill":
            told = "only goodwill is an amount somebody chose; every other one is reckoned by its rules"
            raise PydanticCustomError("not_chosen", "{told}", {"told": told, "field": "amount"})
        if len({one.line for one in self.lines}) < len(self.lines):
            raise PydanticCustomError("repeated", "name each line once", {"field": "lines"})
        return self

    def as_wish(self) -> Wish:
        """The same as the story knows it."""
        from chalicelib.returns.amount_facts import Deduction  # the rules of settlements: only for these routes
        from chalicelib.workflows.build_settlement import Wish

        return Wish(
            kind=self.kind,
            reason=self.reason,
            lines=tuple((one.line, one.pieces) for one in self.lines),
            ground=self.ground,
            amount=money_of(self.amount),
            deductions=tuple(Deduction(one.code, one.amount.as_money(), one.line, one.why) for one in self.deductions),
            replacement_skus=self.replacement_skus,
            replacement_worth=money_of(self.replacement_worth),
            buy_back=self.buy_back.as_terms() if self.buy_back else None,
            customer_agreed=self.customer_agreed,
            why=self.why,
        )


class SettlementActionBody(Shape):
    """Why a settlement is taken back; nothing for the customer's yes."""

    why: Words | None = None


class ReconcileBody(Shape):
    """What a person found out about a payment, by the provider's own word: paid (with their ``reference``) or not."""

    outcome: Literal["paid", "not_paid"]
    reference: Reference | None = None
    on: Day | None = None

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.outcome == "paid" and self.reference is None:
            raise PydanticCustomError("required", "under which reference it was paid", {"field": "reference"})
        return self

    def as_found(self) -> FoundOut:
        """The same as the story knows it."""
        from chalicelib.workflows.keep_settlement import FoundOut  # only for this route

        return FoundOut(self.outcome, self.reference, self.on)


class NoteMoneyBody(Shape):
    """Money of the case that somebody else moved: ``from`` one account ``to`` another, ``why`` by its code, under a
    ``reference`` of the transfer or the bill. ``on``: the day (today, if left out). ``repair``: which repair a price is
    of, where the case has several."""

    giver: Annotated[AccountWord, Field(alias="from")]
    taker: Annotated[AccountWord, Field(alias="to")]
    amount: MoneyBody
    why: MoneyWord
    reference: Reference
    on: Day | None = None
    repair: Annotated[int, Field(strict=True, ge=1, le=99)] | None = None

    def as_noted(self) -> MoneyNoted:
        """The same as the room of returns knows it."""
        from chalicelib.returns.money_noted import MoneyNoted  # only for this route

        money = self.amount.as_money()
        return MoneyNoted(self.why, self.giver, self.taker, money, self.reference, self.on, self.repair)


class CloseCaseBody(Shape):
    """Why a person ends the case; ``even_though`` over what is still open, which wants the scope of approvals."""

    reason: Literal["customer_keeps_it", "settled_elsewhere", "no_answer", "nothing_came", "opened_by_mistake", "other"]
    even_though: Flag = False
