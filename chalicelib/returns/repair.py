"""A repair: what is to be done, what it costs, what the customer said to it, how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal

from chalicelib.money import Money

RepairState = Literal["ordered", "taken_in", "in_work", "tested", "done", "unrepaired", "unclaimed", "withdrawn"]
QuoteState = Literal["offered", "approved", "refused", "lapsed", "replaced"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to be done to one line's piece; ``facts`` are what its rule asks for, such as sizes, width, count."""

    code: str
    line: int
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class TakeIn:
    """The piece as it was before work: gross grams, stones, marks as read, wear, photos, agreed worth, consent."""

    at: datetime
    by: str
    gross_g: Decimal
    scale_id: str
    stones: int | None
    marks: str | None
    condition: tuple[str, ...]
    evidence_ids: tuple[str, ...]
    replacement_value: Money | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of the work that the customer may see."""

    code: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class RepairOrder:
    """One repair of a case. ``place`` is a facility of ours or a partner. ``consent`` is the quote that was approved;
    no work begins without it, unless a warranty pays (``under_warranty``). Grams of metal added and removed are kept
    for the expected weight and for customs; ``tested_ok`` None until it was tested."""

    KIND: ClassVar[str] = "REPAIR"

    case_id: str
    n: int
    place: str
    state: RepairState
    operations: tuple[Operation, ...]
    ordered_at: datetime
    ordered_by: str
    under_warranty: bool | None = None
    take_in: TakeIn | None = None
    consent: str | None = None
    progress: tuple[Progress, ...] = ()
    metal_added_g: Decimal | None = None
    metal_removed_g: Decimal | None = None
    gross_after_g: Decimal | None = None
    tested_ok: bool | None = None
    finished_at: datetime | None = None
    reminded: int = 0
    due_at: datetime | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case."""
        return str(self.n)


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a quote: work, metal, stones, freight, duty ...; ``rule`` and ``source`` where a rule made it.

    ``amount`` is None when it is not known, with why in ``note``: then the quote has no total.
    """

    code: str
    amount: Money | None
    rule: str | None = None
    source: str | None = None
    note: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """One version of a quote. ``total`` is what the customer pays; None while a line is unknown (such a quote cannot be
    offered). ``answered_by`` is ``customer`` or the desk; ``consent_id`` proves the answer in the log."""

    KIND: ClassVar[str] = "QUOTE"

    case_id: str
    repair_n: int
    version: int
    state: QuoteState
    lines: tuple[QuoteLine, ...]
    total: Money | None
    offered_at: datetime
    offered_by: str
    valid_until: datetime
    metal_price: Decimal | None = None
    metal_price_on: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    consent_id: str | None = None
    reminded: int = 0
    due_at: datetime | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case.

        It is the ``quote_id`` of the API: repair and version, such as ``1-2``.
        """
        return f"{self.repair_n}-{self.version}"
