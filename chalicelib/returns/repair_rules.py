"""What may be done to a piece, on which terms, and what each operation asks to be said - as dated rows.

Rows are checked whole when they are read: an unknown key refuses the file. Nothing here refuses a customer a right;
a term of the house asks again, reminds, or gives a piece back as it is.

>>> rules_of_repair(date(2026, 11, 22)).operation("resize").facts
('sizes', 'width_mm', 'thickness_mm')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import ClassVar, Literal, TypeVar

from pydantic import ConfigDict

from chalicelib.errors import FieldFault, RuleFileInvalid
from chalicelib.money import Money
from chalicelib.returns.repair import Operation
from chalicelib.returns.rule_rows import rows_of
from chalicelib.rulebook import Confidence, in_force, load

DATASET = "returns/repair"
_FIGURE = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,4})?\Z", re.ASCII)
R = TypeVar("R", bound="Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row says of itself."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    confidence: Confidence
    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(Row):
    """The terms of quotes and silence; days are calendar days."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    quote_valid_days: int
    metal_moves: Decimal
    look_again_days: int
    ask_above_rel: Decimal
    ask_above: Money
    remind_after_days: int
    back_after_days: int
    unclaimed_days: tuple[int, ...]
    photos_at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow(Row):
    """One thing that may be said of an operation, and what it may be."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    kind: Literal["decimal", "count", "word", "text"]
    text: str
    text_zh: str
    unit: str | None = None
    at_most: int | None = None
    signed: bool = False
    words: tuple[str, ...] = ()

    def fault(self, said: str) -> str | None:
        """What is wrong with this value; None when it may be said."""
        if self.kind == "word":
            return None if said in self.words else f"one of {', '.join(self.words)}"
        if self.kind == "text":
            return None if said and len(said) <= (self.at_most or 200) else f"1 to {self.at_most or 200} characters"
        return self._figure_fault(said)

    def _figure_fault(self, said: str) -> str | None:
        limit, unit = self.at_most or 0, f" {self.unit}" if self.unit else ""
        if not _FIGURE.match(said) or abs(Decimal(said)) > limit:
            return f"a plain figure of at most {limit}{unit}"
        figure = Decimal(said)
        if self.kind == "count" and (figure != figure.to_integral_value() or figure < 1):
            return f"a whole number from 1 to {limit}"
        if figure < 0 and not self.signed:
            return "not less than 0"
        return "not nothing" if self.signed and figure == 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow(Row):
    """One operation: what must be said of it, whose metal is priced, how long it takes at the bench (business days).
    ``by_person``: what it does to the weight only a person can say."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    title: str
    title_zh: str
    facts: tuple[str, ...]
    besides: tuple[str, ...]
    metal: Literal["by_rule", "as_said", "none"]
    priced: Literal["once", "each"]
    days_min: int
    days_max: int
    stones: bool = False
    by_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRow(Row):
    """One step of the work in the words that the customer may read."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    text: str
    text_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow(Row):
    """What work costs by a scale, for these metals, in the currencies it is known in."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    operation: str
    metals: tuple[str, ...]
    price: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class RepairRules:
    """One vintage, read."""

    name: str
    terms: Terms
    facts: Mapping[str, FactRow]
    operations: Mapping[str, OperationRow]
    progress: Mapping[str, ProgressRow]
    prices: tuple[PriceRow, ...]
    sources: tuple[str, ...]

    def operation(self, code: str) -> OperationRow:
        """The row of an operation that was taken; it is there, for orders are checked against the rules."""
        return self.operations[code]

    def rule(self, row: Row) -> str:
        """Vintage and row, as answers cite it."""
        return f"{self.name}#{row.id}"

    def source(self, row: Row) -> str:
        """The title of the row's source."""
        return self.sources[row.source - 1]

    def bench_days(self, operations: Iterable[Operation]) -> tuple[int, int]:
        """The least and the most business days at the bench: the longest operation, for they are done together."""
        rows = [self.operations[one.code] for one in operations]
        return max(row.days_min for row in rows), max(row.days_max for row in rows)


def rules_of_repair(on: date) -> RepairRules:
    """The rules in force on this day; raises ``RuleNotInForce`` before the first ones."""
    return _read(in_force(DATASET, on).effective)


def faults_of(operations: Iterable[Operation], pieces: Sequence[int], rules: RepairRules) -> list[FieldFault]:
    """Everything wrong with the operations of an order; ``pieces`` is how many each line of the request has."""
    found = list(operations)
    if not found:
        return [FieldFault("operations", "required", "say what is to be done")]
    faults = [
        FieldFault(f"operations.{at}.line", "another_line", "a repair is of one line; order one for each")
        for at, one in enumerate(found)
        if one.line != found[0].line
    ]
    codes = [one.code for one in found]
    faults += [
        FieldFault("operations", "repeated", f"{code} is asked for twice: say it once, with its count")
        for code in dict.fromkeys(codes)
        if codes.count(code) > 1
    ]
    return faults + [fault for at, one in enumerate(found) for fault in _faults(f"operations.{at}", one, pieces, rules)]


def _faults(where: str, asked: Operation, pieces: Sequence[int], rules: RepairRules) -> Iterator[FieldFault]:
    row = rules.operations.get(asked.code)
    here = 1 <= asked.line <= len(pieces)
    if not here:
        yield FieldFault(f"{where}.line", "no_such_line", f"the return has lines 1 to {len(pieces)}")
    if row is None:
        yield FieldFault(f"{where}.code", "unknown_operation", f"one of {', '.join(rules.operations)}")
        return
    if row.metal == "by_rule" and here and pieces[asked.line - 1] > 1:
        yield FieldFault(
            f"{where}.line", "several_pieces", "measures are of one piece; return each as a line of its own"
        )
    for name in row.facts:
        if name not in asked.facts:
            yield FieldFault(f"{where}.facts.{name}", "required", rules.facts[name].text)
    for name, said in asked.facts.items():
        if name not in (*row.facts, *row.besides):
            known = ", ".join((*row.facts, *row.besides))
            yield FieldFault(f"{where}.facts.{name}", "not_asked", f"this operation asks for {known}")
        elif (wrong := rules.facts[name].fault(said)) is not None:
            yield FieldFault(f"{where}.facts.{name}", "malformed", wrong)


@cache
def _read(effective: date) -> RepairRules:
    vintage = load(DATASET, effective)
    sources = tuple(one["title"] for one in vintage.rules["source"])
    terms = rows_of(vintage, "terms", Terms)[0]
    facts, operations = rows_of(vintage, "fact", FactRow), rows_of(vintage, "operation", OperationRow)
    progress, prices = rows_of(vintage, "progress", ProgressRow), rows_of(vintage, "price", PriceRow)
    named = {name for row in operations for name in (*row.facts, *row.besides)}
    if named - {row.id for row in facts}:
        raise RuleFileInvalid(f"{vintage.name}: no [[fact]] says what {', '.join(sorted(named))} may be")
    return RepairRules(vintage.name, terms, _by_id(facts), _by_id(operations), _by_id(progress), prices, sources)


def _by_id(rows: Iterable[R]) -> dict[str, R]:
    return {row.id: row for row in rows}
