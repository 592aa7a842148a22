"""Bodies of ways out: what is to go and why, with what only a person can say, and why one is called off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.api.item_bodies import ItemBody
from chalicelib.api.shapes import Day, Flag, MoneyBody, Reference, Shape, Word, code, money_of

if TYPE_CHECKING:
    from chalicelib.returns.way_out import OutFacts
    from chalicelib.workflows.plan_out import OutWish

# The words of the returns room, written here once more: registering a route loads no rule (a test holds them equal).
CauseWord = Literal["repaired", "unrepaired", "replacement", "refused", "loan"]
PayerWord = Literal["merchant", "customer"]
Number = Annotated[int, Field(strict=True, ge=1, le=999)]


class OutFactsBody(Shape):
    """What the case does not hold: how the piece left the customer's country, the customer's permit for a repair
    abroad, what carriage and insurance cost, who was agreed to pay at the border, and the only carrier wanted. What was
    said before stays said; null is not said. ``called_back``: the customer was called on the number of the order, and
    wants it sent to an address that asked for that."""

    export_reference: Reference | None = None
    exported_on: Day | None = None
    export_mode: Word | Annotated[str, code("[0-9]{4}", 4)] | None = None
    imported_on: Day | None = None
    duty_paid_on_import: Flag | None = None
    drawback_claimed: Flag | None = None
    vat_refunded: Flag | None = None
    authorisation: Reference | None = None
    back_in_time: Flag | None = None
    guarantee_proven: Flag | None = None
    freight: MoneyBody | None = None
    insurance: MoneyBody | None = None
    pays: PayerWord | None = None
    carrier: Word | None = None
    service: Annotated[str, code("[A-Z][A-Z0-9_]*")] | None = None
    seals: Annotated[tuple[Reference, ...], Field(max_length=20)] = ()
    called_back: Flag | None = None

    def as_facts(self) -> OutFacts:
        """The same as the returns room knows it."""
        from chalicelib.returns.way_out import OutFacts  # the rules of ways out: only for these routes

        values = self.model_dump(exclude={"freight", "insurance"})
        return OutFacts(**values, freight=money_of(self.freight), insurance=money_of(self.insurance))


class PlanWayOutBody(Shape):
    """What is to go out: its cause, the settlement (``replacement``, ``refused``) or the repair it rests on, and the
    pieces as they go, no other and no dearer than approved (another piece has its own weights, serial and price; what
    came back is known). ``without_proof`` sends it without the relief that lacks proof, and customs are paid.
    ``instead``: one was lost, and another goes in its place; that, and a loan, want the scope settlements:approve."""

    cause: CauseWord
    settlement_id: Annotated[str, code("[1-9][0-9]{0,2}", 3)] | None = None
    repair: Number | None = None
    items: Annotated[tuple[ItemBody, ...], Field(max_length=50)] = ()
    facts: OutFactsBody = OutFactsBody()
    without_proof: Flag = False
    instead: Flag = False

    @model_validator(mode="after")
    def _by_one(self) -> PlanWayOutBody:
        if self.settlement_id is not None and self.repair is not None:
            raise PydanticCustomError("ambiguous", "one settlement or one repair asks for it, not both")
        return self

    def as_wish(self, holder: str, role: str, *, may_approve: bool) -> OutWish:
        """The same as the story of ways out knows it; role and scope of approvals are of who asks."""
        from chalicelib.workflows.plan_out import OutWish  # the rules of ways out: only for these routes

        return OutWish(
            self.cause,
            holder,
            int(self.settlement_id) if self.settlement_id else None,
            self.repair,
            tuple(item.as_item() for item in self.items),
            self.facts.as_facts(),
            self.without_proof,
            self.instead,
            role,
            may_approve,
        )


class CallOffWayOutBody(Shape):
    """Why nothing is to go, in one word for the case log."""

    why: Literal["customer_agreed_otherwise", "settlement_withdrawn", "planned_by_mistake", "piece_not_there", "other"]
