"""A repair: what is to be done, what it costs, what the customer said to it, how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal

from chalicelib.money import Money, total
from chalicelib.rulebook import Confidence

RepairState = Literal["ordered", "taken_in", "in_work", "tested", "done", "unrepaired", "unclaimed", "withdrawn"]
QuoteState = Literal["offered", "approved", "refused", "lapsed", "replaced"]
# In these a repair is over; ``unclaimed`` is not: somebody owns the piece and must be found.
OVER: frozenset[RepairState] = frozenset({"done", "unrepaired", "withdrawn"})


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
class CustomsChoice:
    """What is declared of a repair at the borders: the relief, chosen before the piece leaves (its row's code), with
    what proves it. ``authorisation`` is the number under which it may leave and come back (outward processing, TCI),
    ``permit`` the one under which the workshop's country lets it in; ``fair_value`` what free work would have cost.
    Each None: nobody has said."""

    relief: str | None = None
    authorisation: str | None = None
    permit: str | None = None
    export_reference: str | None = None
    export_mode: str | None = None
    back_by: date | None = None
    guarantee_proven: bool | None = None
    guarantee_proof: str | None = None
    fair_value: Money | None = None
    freight_out: Money | None = None
    insurance: Money | None = None
    chosen_by: str | None = None
    chosen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RepairOrder:
    """One repair of a case. ``place`` is a facility of ours or a partner (``partner``). ``consent`` is the quote that
    was approved; no work begins without it, unless a warranty pays (``under_warranty``). Grams of metal added and
    removed are kept for the expected weight and for customs; ``tested_ok`` None until it was tested, False while its
    weight is doubted.

    ``asked_out_at``: the way out was asked for; ``handed_back_at``: the customer has it (a partner gave it back);
    ``unclaimed_since``: nobody fetches it; ``told`` are the days of that clock at which people were told, and
    ``before`` the state it goes back to when its owner is found.
    """

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
    partner: bool = False
    customs: CustomsChoice = field(default_factory=CustomsChoice)
    started_at: datetime | None = None
    promised_on: date | None = None
    expected_low_g: Decimal | None = None
    expected_high_g: Decimal | None = None
    tested_by: str | None = None
    weight_accepted_by: str | None = None
    why: str | None = None
    before: RepairState | None = None
    unclaimed_since: datetime | None = None
    told: int = 0
    asked_out_at: datetime | None = None
    handed_back_at: datetime | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case."""
        return str(self.n)

    @property
    def line(self) -> int:
        """The line of the request it is about, counted from 1; all its operations are of one."""
        return self.operations[0].line

    @property
    def is_over(self) -> bool:
        """Whether nothing is done to the piece any more."""
        return self.state in OVER

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing of it is left to do: given back, sent on its way, or never begun."""
        if self.state == "withdrawn":
            return True
        gone = self.handed_back_at or self.asked_out_at
        return self.is_over and (gone is not None or self.take_in is None)


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a quote: work, metal, stones, freight, duty ...; ``rule`` and ``source`` where a rule made it.

    ``amount`` is None when it is not known, with why in ``note``: then the quote has no total. ``paid_to`` is who gets
    it: customs' own at the border is in what the customer pays, and not ours. ``grams`` and ``fine_g`` are of metal.
    """

    code: str
    amount: Money | None
    rule: str | None = None
    source: str | None = None
    note: str | None = None
    line: int | None = None
    paid_to: Literal["merchant", "customs"] = "merchant"
    grams: Decimal | None = None
    fine_g: Decimal | None = None
    given_by: str | None = None
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True)
class Quote:
    """One version of a quote. ``total`` is what the customer pays; None while a line is unknown (such a quote cannot be
    offered). ``answered_by`` is ``customer`` or the desk; ``consent_id`` proves the answer in the log.

    ``metal_price`` is that of a troy ounce of fine ``metal`` in the currency of the quote, on the day of its fixing.
    ``silent_since``: since when the customer has been asked and has not answered, whatever version stood."""

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
    metal: str | None = None
    metal_price_source: str | None = None
    silent_since: datetime | None = None
    why: str | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case.

        It is the ``quote_id`` of the API: repair and version, such as ``1-2``.
        """
        return f"{self.repair_n}-{self.version}"

    @property
    def payable_to_us(self) -> Money | None:
        """What of the total is ours to collect; None while a line is unknown."""
        if self.total is None:
            return None
        ours = (line.amount for line in self.lines if line.paid_to == "merchant" and line.amount is not None)
        return total(ours, self.total.currency)
