"""The rows a settlement rests on: who bears what, what each outcome needs, which clocks run besides the law's own.

>>> rules_on(date(2026, 9, 1)).kind("refund").pays
'provider'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import ClassVar, Literal

from pydantic import ConfigDict

from chalicelib.returns.rule_rows import rows_of
from chalicelib.returns.settlement import SettlementKind
from chalicelib.rulebook import Confidence, Vintage, in_force

DATASET = "returns/settlement"
GroundOn = Literal["withdrawal", "policy", "fault", "recall", "refused_delivery"]
Borne = Literal[
    "outbound_freight", "express_extra", "tax", "duty_to_us", "duty_to_customs", "box", "certificate", "gift", "worn",
    "return_freight",
]  # fmt: skip
Does = Literal["back", "kept", "not_ours", "person", "fee", "real_loss", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row says of itself."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    confidence: Confidence
    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bears(Row):
    """Who bears one thing on one ground."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    on: tuple[GroundOn, ...]
    what: Borne
    does: Does
    denies: bool
    rights: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    def fits(self, what: Borne, on: GroundOn, right: str | None, country: str) -> bool:
        """Whether the row is about this."""
        there = (not self.countries or country in self.countries) and (not self.rights or right in self.rights)
        return there and self.what == what and on in self.on


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow(Row):
    """A clock that runs from when the goods are back; ``methods`` of payment it is about."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    after: Literal["goods_received"]
    days: int
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead(Row):
    """How long before its last day a duty is to be done, and how long an approval may wait."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    days: int
    waits_approval_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow(Row):
    """What one outcome needs and does; see the rule file for the words."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: SettlementKind
    pays: Literal["provider", "person", "credit", "nothing"]
    needs_inspection: bool = False
    needs_yes: bool = False
    least_approvals: int = 0
    sends: Literal["replacement", "refused"] | None = None
    ends: bool = False
    freely: bool = False
    late_interest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch(Row):
    """After so many ``days`` somebody asks where the piece is that outcomes of these kinds replaced before it came; it
    is looked at again after ``again_days``."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    kinds: tuple[SettlementKind, ...]
    days: int
    again_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyBackRow(Row):
    """How many days old the price of a purchase by weight may be."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    price_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks(Row):
    """What keeps a case from being settled while it is open: kinds of exception, states of a dispute."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    exceptions: tuple[str, ...]
    disputes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettlementRules:
    """One vintage, read whole."""

    vintage: Vintage
    bears: tuple[Bears, ...]
    clocks: tuple[ClockRow, ...]
    lead: Lead
    kinds: Mapping[str, KindRow]
    blocks: Blocks
    buy_back: BuyBackRow
    watches: tuple[Watch, ...]

    def kind(self, kind: str) -> KindRow:
        """What this outcome needs and does."""
        return self.kinds[kind]

    def watch_of(self, kind: str) -> Watch | None:
        """How long the piece that was replaced is waited for; None where it is here when it is replaced."""
        return next((row for row in self.watches if kind in row.kinds), None)

    def borne(self, what: Borne, on: GroundOn, right: str | None, country: str) -> Bears | None:
        """Who bears it; None where no row says."""
        return next((row for row in self.bears if row.fits(what, on, right, country)), None)

    def cite(self, row: Row) -> str:
        """Vintage and row, as a line cites it."""
        return f"{self.vintage.name}#{row.id}"

    def source_of(self, row: Row) -> str:
        """The title of the row's source."""
        return str(self.vintage.rules["source"][row.source - 1]["title"])


def rules_on(sold_on: date) -> SettlementRules:
    """The rules for an order of this day; raises ``RuleNotInForce`` for older ones."""
    return _read(in_force(DATASET, sold_on).effective)


@cache
def _read(effective: date) -> SettlementRules:
    vintage = in_force(DATASET, effective)
    kinds = rows_of(vintage, "kind", KindRow)
    return SettlementRules(
        vintage=vintage,
        bears=rows_of(vintage, "bears", Bears),
        clocks=rows_of(vintage, "clock", ClockRow),
        lead=rows_of(vintage, "lead", Lead)[0],
        kinds={row.id: row for row in kinds},
        blocks=rows_of(vintage, "blocks", Blocks)[0],
        buy_back=rows_of(vintage, "buy_back", BuyBackRow)[0],
        watches=rows_of(vintage, "watch", Watch),
    )
