"""Bodies of repairs: one that is ordered, a step of it, a quote that is offered, ways that are to be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from chalicelib.api.shapes import Day, Flag, MoneyBody, Reference, Shape, WeightG, Word, code, line, money_of

if TYPE_CHECKING:
    from chalicelib.money import Money
    from chalicelib.returns.repair import CustomsChoice, Operation
    from chalicelib.returns.repair_deeds import RepairDeed, RepairWish

# The words of the returns room, written here once more: registering a route loads no rule (a test holds them equal).
StepWord = Literal[
    "change", "declare", "take_in", "start", "progress", "metal", "test", "accept_weight", "done", "unrepaired",
    "hand_back", "unclaimed", "claimed", "withdraw",
]  # fmt: skip
EvidenceId = Annotated[str, code("[A-Za-z0-9][A-Za-z0-9_-]*")]
Why = Annotated[str, code("[a-z][a-z_]*", 40)]
RepairN = Annotated[int, Field(strict=True, ge=1, le=99)]
LineNumber = Annotated[int, Field(strict=True, ge=1, le=99)]
FactText = Annotated[str, line(200)]


class OperationBody(Shape):
    """One thing to be done to the piece of a line (they count from 1): ``facts`` are what the operation asks for, such
    as sizes, width_mm, thickness_mm, count, carat, added_g, removed_g; all as text."""

    code: Word
    line: LineNumber = 1
    facts: Annotated[dict[Word, FactText], Field(max_length=12)] = Field(default_factory=dict)

    def as_operation(self) -> Operation:
        """The same as the returns room knows it."""
        from chalicelib.returns.repair import Operation  # the rules of repairs: only for these routes

        return Operation(self.code, self.line, dict(self.facts))


class RepairCustomsBody(Shape):
    """What customs are told: ``relief`` is the code of a row of the estimate, chosen before the piece leaves, with the
    number it leaves under; ``guarantee_proof`` evidence of this case; ``fair_value`` what free work would have cost."""

    relief: Annotated[str, code("[A-Za-z0-9][A-Za-z0-9._-]*")] | None = None
    authorisation: Reference | None = None
    permit: Reference | None = None
    export_reference: Reference | None = None
    export_mode: Reference | None = None
    back_by: Day | None = None
    guarantee_proven: Flag | None = None
    guarantee_proof: EvidenceId | None = None
    fair_value: MoneyBody | None = None
    freight_out: MoneyBody | None = None
    insurance: MoneyBody | None = None

    def as_choice(self) -> CustomsChoice:
        """The same as the returns room knows it."""
        from chalicelib.returns.repair import CustomsChoice  # the rules of repairs: only for these routes

        plain = self.model_dump(exclude={"fair_value", "freight_out", "insurance"})
        return CustomsChoice(
            fair_value=money_of(self.fair_value),
            freight_out=money_of(self.freight_out),
            insurance=money_of(self.insurance),
            **plain,
        )


class OrderRepairBody(Shape):
    """A repair of one line: what is to be done, where (a place of ours or a partner; where the return comes home to, if
    left out), and whether a warranty pays."""

    operations: Annotated[list[OperationBody], Field(min_length=1, max_length=12)]
    place: Reference | None = None
    under_warranty: Flag | None = None
    customs: RepairCustomsBody = RepairCustomsBody()

    def as_wish(self) -> RepairWish:
        """The same as the returns room knows it."""
        from chalicelib.returns.repair_deeds import RepairWish  # the rules of repairs: only for these routes

        operations = tuple(one.as_operation() for one in self.operations)
        return RepairWish(operations, self.place, self.under_warranty, self.customs.as_choice())


class RepairStepBody(Shape):
    """A step of a repair (the open one, if ``repair`` is left out). ``gross_g``, ``scale_id``, ``stones``, ``marks``,
    ``condition``, ``evidence_ids`` and ``replacement_value`` belong to take_in; ``ready_on`` to start; ``progress`` to
    progress; ``added_g`` and ``removed_g`` to metal, in all so far; ``gross_g`` and ``scale_id`` to test;
    ``operations`` to change; ``customs`` to declare; ``why`` to an end and to accept_weight."""

    repair: RepairN | None = None
    operations: Annotated[tuple[OperationBody, ...], Field(max_length=12)] = ()
    customs: RepairCustomsBody = RepairCustomsBody()
    gross_g: WeightG | None = None
    scale_id: Reference | None = None
    stones: Annotated[int, Field(strict=True, ge=0, le=10_000)] | None = None
    marks: Annotated[str, line(100)] | None = None
    condition: Annotated[tuple[Word, ...], Field(max_length=30)] = ()
    evidence_ids: Annotated[tuple[EvidenceId, ...], Field(max_length=60)] = ()
    replacement_value: MoneyBody | None = None
    progress: Word | None = None
    added_g: Annotated[str, code(r"[0-9]{1,4}(\.[0-9]{1,4})?", 9)] | None = None
    removed_g: Annotated[str, code(r"[0-9]{1,4}(\.[0-9]{1,4})?", 9)] | None = None
    ready_on: Day | None = None
    why: Why | None = None

    def as_deed(self, step: StepWord) -> RepairDeed:
        """The same as the returns room knows it."""
        from decimal import Decimal

        from chalicelib.returns.repair_deeds import RepairDeed  # the rules of repairs: only for these routes

        plain = self.model_dump(
            exclude={"repair", "operations", "customs", "replacement_value", "added_g", "removed_g"}
        )
        return RepairDeed(
            step,
            operations=tuple(one.as_operation() for one in self.operations),
            customs=self.customs.as_choice(),
            replacement_value=money_of(self.replacement_value),
            added_g=None if self.added_g is None else Decimal(self.added_g),
            removed_g=None if self.removed_g is None else Decimal(self.removed_g),
            **plain,
        )


class OfferQuoteBody(Shape):
    """A quote at the prices of today. ``given`` are amounts that a person knows, by the code of the line
    (``work.resize``, ``stones.stone_set``, ``freight_back``, ``duty_back``); ``dry_run`` shows every line, what is not
    known and why, and offers nothing."""

    repair: RepairN | None = None
    given: Annotated[dict[Annotated[str, code(r"[a-z][a-z0-9_.]*")], MoneyBody], Field(max_length=30)] = Field(
        default_factory=dict
    )
    dry_run: Flag = False

    def amounts(self) -> dict[str, Money]:
        """What was given, as money."""
        return {name: amount.as_money() for name, amount in self.given.items()}


class CompareRepairsBody(Shape):
    """What would be done to a line, so that the ways to it can be compared before the piece crosses a border."""

    operations: Annotated[list[OperationBody], Field(min_length=1, max_length=12)]
    under_warranty: Flag | None = None

    def as_wish(self) -> RepairWish:
        """The same as the returns room knows it."""
        from chalicelib.returns.repair_deeds import RepairWish  # the rules of repairs: only for these routes

        return RepairWish(tuple(one.as_operation() for one in self.operations), None, self.under_warranty)
