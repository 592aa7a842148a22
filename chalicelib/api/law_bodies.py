"""Bodies of a person's decision about a return, of a withdrawal, and of what law and promises ask about an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.api.shapes import Day, Instant, Reference, Shape, Word, code, line
from chalicelib.returns.case import EarlierRepair, Promise

if TYPE_CHECKING:
    from chalicelib.workflows.decide_return import Ruling

# Those of the stories, written here once more: registering a route loads no rule (a test holds them equal).
RuledWord = Literal["approved", "approved_without_proof", "refused", "evidence_wanted"]


class DecideReturnBody(Shape):
    """What a person decided. A refusal names its ``reasons`` (codes of a decision) and, for each right of the customer,
    the row of law by which it falls (``legal_grounds``, as the decision cites it); evidence that is wanted names its
    kinds. The ``note`` is for your own people."""

    outcome: RuledWord
    reasons: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    legal_grounds: Annotated[
        tuple[Annotated[str, code(r"[a-z_/]+@[0-9-]{10}#[A-Za-z0-9*-]+", 80)], ...], Field(max_length=8)
    ] = ()
    evidence: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    note: Annotated[str, line(1000)] | None = None

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if self.outcome != "refused" and (self.reasons or self.legal_grounds):
            raise PydanticCustomError("not_allowed", "reasons belong to a refusal", {"field": "reasons"})
        if self.outcome != "evidence_wanted" and self.evidence:
            raise PydanticCustomError("not_allowed", "evidence belongs to evidence_wanted", {"field": "evidence"})
        return self

    def as_ruling(self) -> Ruling:
        """The same as the story knows it."""
        from chalicelib.workflows.decide_return import Ruling  # the rules of returns: only for this route

        return Ruling(self.outcome, self.reasons, self.legal_grounds, self.evidence, self.note)


class DeclareWithdrawalBody(Shape):
    """A customer's withdrawal: from which lines of the return (they count from 1; none: all), and when it was declared,
    where that was before it reached you (a letter). ``language`` is that of the receipt; the customer's, if left
    out."""

    lines: Annotated[tuple[Annotated[int, Field(strict=True, ge=1, le=50)], ...], Field(max_length=50)] = ()
    declared_at: Instant | None = None
    language: Annotated[str, code("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", 35)] | None = None


class PromiseBody(Shape):
    """What one of your people promised this customer beyond law and policy, and where that is written down."""

    reference: Reference
    made_on: Day
    until: Day
    freight: Literal["merchant", "customer"] | None = None

    def as_promise(self) -> Promise:
        """The same as the returns room knows it."""
        return Promise(**self.model_dump())


class EarlierRepairBody(Shape):
    """A repair under the guarantee that was done before: handed over, and back (null: it is still there)."""

    given_on: Day
    back_on: Day | None = None

    def as_repair(self) -> EarlierRepair:
        """The same as the returns room knows it."""
        return EarlierRepair(**self.model_dump())
