"""Bodies of the duty ledger: one customs entry as it was told, and what became of claiming it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.api.shapes import Country, Day, Flag, MoneyBody, Reference, Shape, Word, code, money_of
from chalicelib.customs.ledger import Channel, EntryFacts, NumberKind, Party, Payer

if TYPE_CHECKING:
    from chalicelib.customs.claim_acts import Act, Action

WhyCorrected = Literal["typed_wrong", "invoice_corrected", "amended_by_customs", "other"]
_MONEY = ("duty", "tax", "fees", "value")
WayCode = Annotated[str, code(r"[A-Z]{2}-[A-Z0-9.\-]+")]


class RecordDutyBody(Shape):
    """An entry on which duty or tax was paid. Figures nobody knows are null, and null is never zero; ``entry_number``
    is the customs entry (MRN), or where ``number_kind`` says so the carrier's invoice or a receipt. ``corrects`` with
    its ``why`` replaces the particulars of an entry recorded before."""

    country: Country
    entry_number: Reference
    number_kind: NumberKind = "entry"
    paid_on: Day
    duty: MoneyBody | None = None
    tax: MoneyBody | None = None
    fees: MoneyBody | None = None
    paid_by: Payer | None = None
    importer: Party | None = None
    declared_by: Party | None = None
    carrier: Word | None = None
    invoice_number: Reference | None = None
    left_on: Day | None = None
    export_reference: Reference | None = None
    used: Flag | None = None
    same_state: Flag | None = None
    sold_at_a_distance: Flag | None = None
    value: MoneyBody | None = None
    channel: Channel | None = None
    corrects: Flag = False
    why: WhyCorrected | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.corrects and self.why is None:
            raise PydanticCustomError("why_required", "a correction says why", {"field": "why"})
        if self.why is not None and not self.corrects:
            raise PydanticCustomError("why_not_allowed", "why belongs to a correction", {"field": "why"})
        return self

    def as_facts(self) -> EntryFacts:
        """The entry as the customs room knows it."""
        values: dict[str, Any] = self.model_dump(exclude={*_MONEY, "corrects", "why"})
        values |= {name: money_of(getattr(self, name)) for name in _MONEY}
        return EntryFacts(**values)


class DutyActionBody(Shape):
    """What became of a claim: ``on``, ``reference`` and ``way`` of a filing; ``on``, ``reference`` and ``amount`` of
    money that came, ``final`` false when more is to come; ``on`` and ``why`` of a refusal; ``why`` it was given up.
    ``corrects`` changes what was noted of a filing or a receipt."""

    on: Day | None = None
    reference: Reference | None = None
    way: WayCode | None = None
    amount: MoneyBody | None = None
    final: Flag = True
    why: Annotated[str, code("[a-z][a-z_]*", 40)] | None = None
    corrects: Annotated[bool, Field(strict=True)] = False

    def as_act(self, action: Action) -> Act:
        """The same as the customs room knows it."""
        from chalicelib.customs.claim_acts import Act  # the rules of claims: only for this route

        return Act(
            action, self.on, self.reference, self.way, money_of(self.amount), self.final, self.why, self.corrects
        )
