"""The way out: why a piece leaves us again, which pieces go, under which purpose, and who pays at the border.

Purpose and payer are rows of ``returns/way_out``: what no row knows is refused with the reason, and a person decides.

>>> purpose_out("refused", kind="refund", reason="change_of_mind", settled=None, on=date(2026, 11, 23)).purpose
'unaltered_back'
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import ConfigDict

from chalicelib.money import Money
from chalicelib.purposes import Purpose
from chalicelib.returns.case import Item, Kind, PurposeUnknown, ReasonCode
from chalicelib.returns.rule_rows import rows_of
from chalicelib.returns.settlement import SettlementKind
from chalicelib.rulebook import Confidence, in_force

DATASET = "returns/way_out"
OutCause = Literal["repaired", "unrepaired", "replacement", "refused", "loan"]
# wanted: a person must decide first; planned: its waybill is being bought; sent: it moves; delivered: the customer has
# it; back: it came back to us; lost: it comes no more; called_off: taken back before it left.
OutState = Literal["wanted", "planned", "sent", "delivered", "back", "lost", "called_off"]
Payer = Literal["merchant", "customer"]
UNDER_WAY: frozenset[OutState] = frozenset({"wanted", "planned", "sent"})
# In these it will not reach the customer: what it carried is still owed.
FELL_SHORT: frozenset[OutState] = frozenset({"back", "lost", "called_off"})


@dataclass(frozen=True, slots=True)
class OutFacts:
    """What a person said of a way out that the case does not hold.

    ``export_reference``, ``exported_on`` and ``export_mode`` are of the export by which the piece left the customer's
    country; ``authorisation`` is the customer's permit for a repair abroad and ``back_in_time`` whether its period is
    kept. ``vat_refunded``: the customer had import tax back when the piece left. ``pays``: who was agreed to pay at the
    border. ``carrier`` and ``service``: the only ones wanted. ``called_back``: the customer was called on the number of
    the order and wants it sent to this address.
    """

    export_reference: str | None = None
    exported_on: date | None = None
    export_mode: str | None = None
    imported_on: date | None = None
    duty_paid_on_import: bool | None = None
    drawback_claimed: bool | None = None
    vat_refunded: bool | None = None
    authorisation: str | None = None
    back_in_time: bool | None = None
    guarantee_proven: bool | None = None
    freight: Money | None = None
    insurance: Money | None = None
    pays: Payer | None = None
    carrier: str | None = None
    service: str | None = None
    seals: tuple[str, ...] = ()
    called_back: bool | None = None


@dataclass(frozen=True, slots=True)
class WayOut:
    """What goes out on one leg and why; the leg holds carrier and purpose. ``items`` are the pieces as they go: a
    replacement is another piece, a repaired one has its new weight. ``answer`` is what was decided of this leg, in the
    shape of the plan of a case. ``advance``: it goes while the first piece is still on its way home, and the stage of
    the case stays with that one."""

    KIND: ClassVar[str] = "OUT"

    case_id: str
    leg_n: int
    cause: OutCause
    items: tuple[Item, ...]
    asked_by: str
    asked_at: datetime
    settlement_n: int | None = None
    repair_n: int | None = None
    answer: dict[str, Any] | None = None
    due_at: datetime | None = None
    state: OutState = "planned"
    advance: bool = False
    facts: OutFacts = field(default_factory=OutFacts)
    changed_at: datetime | None = None
    why: str | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case: one for each leg."""
        return str(self.leg_n)

    @property
    def is_under_way(self) -> bool:
        """Whether something is still to come of it: such a case is not at its end."""
        return self.state in UNDER_WAY

    @property
    def asked_for(self) -> tuple[OutCause, int | None, int | None]:
        """What asked for it: for one settlement, or one repair, one way out."""
        return self.cause, self.settlement_n, self.repair_n


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeRow:
    """Which purpose a way out has; an empty condition fits everything."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    purpose: Purpose
    causes: tuple[OutCause, ...]
    confidence: Confidence
    source: int
    kinds: tuple[Kind, ...] = ()
    reasons: tuple[ReasonCode, ...] = ()
    settled: tuple[SettlementKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerRow:
    """Who pays duty and tax at the customer's border, and how invoice and waybill say so."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    purposes: tuple[Purpose, ...]
    pays: Payer
    terms: Literal["DAP", "DDP"]
    why: str
    confidence: Confidence
    source: int


R = TypeVar("R", PurposeRow, PayerRow)


@dataclass(frozen=True, slots=True)
class Border:
    """Who stands at the customer's border: who imports, who pays duty and tax, and the row that says so."""

    importer: Payer
    pays: Payer
    terms: Literal["DAP", "DDP"]
    why: str
    rule: str
    source: str
    confidence: Confidence

    def as_json(self) -> dict[str, Any]:
        """The shape used by the API."""
        return {
            "importer": self.importer,
            "pays": self.pays,
            "terms": self.terms,
            "why": self.why,
            "rule": self.rule,
            "source": self.source,
            "confidence": self.confidence,
        }


def purpose_out(
    cause: OutCause, *, kind: Kind, reason: ReasonCode, settled: SettlementKind | None, on: date
) -> PurposeRow:
    """Why these goods cross the customer's border again. ``settled`` is what the settlement that asked for it was.
    Raises ``PurposeUnknown`` where no row fits: a person decides then, and the purpose is not guessed."""
    rows: tuple[PurposeRow, ...] = _rows(in_force(DATASET, on).effective, "purpose", PurposeRow)
    for row in rows:
        fits = (cause in row.causes, _fits(kind, row.kinds), _fits(reason, row.reasons), _fits(settled, row.settled))
        if all(fits):
            return row
    raise PurposeUnknown(f"no purpose is known for what goes out as {cause} in a return of kind {kind}")


def border_of(purpose: Purpose, agreed: Payer | None, on: date) -> Border:
    """Who imports and who pays on this way out; ``agreed`` is what a person said was agreed with the customer."""
    vintage = in_force(DATASET, on)
    rows: tuple[PayerRow, ...] = _rows(vintage.effective, "payer", PayerRow)
    row = next(one for one in rows if purpose in one.purposes)
    rule, source = f"{vintage.name}#{row.id}", str(vintage.rules["source"][row.source - 1]["title"])
    if agreed is None or agreed == row.pays:
        return Border("customer", row.pays, row.terms, row.why, rule, source, row.confidence)
    terms: Literal["DAP", "DDP"] = "DDP" if agreed == "merchant" else "DAP"
    return Border("customer", agreed, terms, "agreed with the customer", rule, source, "high")


def _fits(value: str | None, among: Iterable[str]) -> bool:
    wanted = tuple(among)
    return not wanted or value in wanted


@cache
def _rows(effective: date, table: str, shape: type[R]) -> tuple[R, ...]:
    return rows_of(in_force(DATASET, effective), table, shape)
