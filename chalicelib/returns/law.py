"""The rights of consumers as rows: withdrawal, what it does not reach, and the legal guarantee.

Rows are read from dated rule files and checked whole: an unknown key or a misspelt code refuses the file. A
row with ``denies`` false, or one whose source was read more than a year ago, may grant a return and must
never refuse one.

>>> withdrawal_right("DE", date(2026, 9, 1)).row.id
'W-EU'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import ConfigDict

from chalicelib.returns.rule_rows import rows_of
from chalicelib.rulebook import Confidence, Vintage, in_force
from chalicelib.workdays import Rest

MAX_AGE = timedelta(days=365)
Count = Literal["excl_start", "incl_start"]
ExclusionCode = Literal["custom", "pierced_unsealed", "bullion", "resized"]
FreightRule = Literal["customer_if_told", "customer", "merchant"]
StartEvent = Literal["delivered", "last_piece", "signed", "document_or_goods"]
RefundFrom = Literal["notice", "goods_received", "goods_or_proof", "agreed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row says of itself."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    denies: bool
    confidence: Confidence
    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Right(Row):
    """A right to withdraw without a reason. Days are calendar days; see the rule file for the codes. A row that names
    ``regions`` holds there alone, before the row of its whole country."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    countries: tuple[str, ...]
    basis: Literal["statute", "policy_only", "contract_copy", "unclear"]
    regions: tuple[str, ...] = ()
    start: StartEvent = "delivered"
    days: int = 0
    count: Count = "excl_start"
    rest: Literal["none", "sun_hol", "sat_sun_hol", "statutory_rest"] = "none"
    applies: Literal["always", "no_clear_return_clause"] = "always"
    # By region: the days in which goods may come back where the shop posted no clause of its own.
    unposted_days: Mapping[str, int] = field(default_factory=dict)
    # Days to cancel where the buyer was given no copy of the contract, counted from the sale.
    no_copy_days: int = 0
    uninformed_months: int = 0
    uninformed_from: Literal["window_end", "delivery"] = "window_end"
    misdescribed_months: int = 0
    misdescribed_known_days: int = 0
    hidden_seller_restarts: bool = False
    return_freight: FreightRule = "customer"
    send_back_days: int | None = None
    collect_days: int | None = None
    refund_days: int | None = None
    refund_unit: Literal["calendar", "business"] = "calendar"
    refund_from: RefundFrom | None = None
    withhold_until: Literal["goods_or_proof"] | None = None
    # What a refund is counted from, and no longer waits for, where the trader has offered to collect the goods.
    when_collected: Literal["notice"] | None = None
    outbound_freight: Literal["standard_rate", "all", "none"] | None = None
    late_rate: Decimal | None = None
    value_loss: Literal["handling_beyond_shop", "must_be_intact"] | None = None
    function_from: date | None = None

    @property
    def rolls_over(self) -> Rest | None:
        """Which days the last day moves past; None when it stays where it falls."""
        return None if self.rest == "none" else self.rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(Row):
    """What a right to withdraw does not reach; ``needs`` is what the shop must have done for it to hold."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    rights: tuple[str, ...]
    code: ExclusionCode
    ground: str
    needs: Literal["told", "confirmed", "written_consent"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collecting(Row):
    """What is taken for our offer to collect the goods ourselves. ``by``: a courier whom we book to the customer's
    door."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    by: Literal["courier"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee(Row):
    """The seller's liability for defects. ``period_at_least``: after it only a person can say. ``ladder`` are the
    remedies in their order, ``chosen_by`` who chooses at each step. For ``burden_months`` the seller must prove that
    the piece was sound. ``bonus_months`` are added once where it was repaired on or after ``bonus_from``;
    ``reject_days`` is the time for a rejection at once, which stands still while the piece is being repaired."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    countries: tuple[str, ...]
    basis: Literal["period", "period_at_least", "reasonable_time"]
    ladder: tuple[str, ...]
    chosen_by: tuple[Literal["customer", "seller", "law"], ...] = ()
    months: int = 0
    days: int = 0
    burden_months: int | None = None
    reject_days: int | None = None
    reject_pauses: Literal["repair"] | None = None
    max_repairs: int | None = None
    bonus_months: int = 0
    bonus_from: date | None = None
    knowing_months: int = 0
    refund_days: int | None = None
    refund_from: RefundFrom | None = None
    excludable: bool = False
    tell: tuple[str, ...] = ()
    notice_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyFault(Row):
    """A short first time in which the buyer chooses the remedy for named faults of named metals (none: any)."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    countries: tuple[str, ...]
    code: str
    days: int
    start: Literal["delivered", "sale"]
    remedies: tuple[str, ...]
    regions: tuple[str, ...] = ()
    metals: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    refund_at: Literal["invoice_price"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultFreight(Row):
    """Who pays the way home of a piece that is not as it should be. Nobody but the merchant: where no row speaks of a
    country a person decides, and never a machine against the customer."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    countries: tuple[str, ...]
    paid_by: Literal["merchant"]


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Cited(Generic[R]):
    """A row with the vintage it stands in, so that an answer can cite it."""

    row: R
    vintage: Vintage

    @property
    def rule(self) -> str:
        """Vintage and row, as answers cite it."""
        return f"{self.vintage.name}#{self.row.id}"

    @property
    def source(self) -> str:
        """The title of the row's source."""
        return str(self._source["title"])

    def may_refuse(self, today: date) -> bool:
        """Whether the row is sure and fresh enough to refuse somebody something."""
        read_on: date = self._source["read_on"]
        return self.row.denies and today - read_on <= MAX_AGE

    @property
    def _source(self) -> Mapping[str, Any]:
        source: Mapping[str, Any] = self.vintage.rules["source"][self.row.source - 1]
        return source


def withdrawal_right(country: str, sold_on: date, region: str | None = None) -> Cited[Right]:
    """The right of a consumer there who ordered on this day; raises ``RuleNotInForce`` for older orders."""
    vintage = in_force("returns/withdrawal", sold_on)
    rows = _rows(vintage.dataset, vintage.effective, "right", Right)
    here = [row for row in rows if country in row.countries and (not row.regions or region in row.regions)]
    named = max(here, key=lambda row: len(row.regions) > 0, default=None)
    return Cited(named or next(row for row in rows if "*" in row.countries), vintage)


def exclusions_of(right: Cited[Right]) -> tuple[Cited[Exclusion], ...]:
    """What this right does not reach."""
    rows = _rows(right.vintage.dataset, right.vintage.effective, "exclusion", Exclusion)
    return tuple(Cited(row, right.vintage) for row in rows if right.row.id in row.rights)


def collecting_by_courier(sold_on: date) -> Cited[Collecting] | None:
    """Whether a courier whom we book counts as our offer to collect; None: no row says so. Raises ``RuleNotInForce``
    for older orders.

    >>> collecting_by_courier(date(2026, 9, 1)).row.confidence
    'low'
    """
    vintage = in_force("returns/withdrawal", sold_on)
    rows = _rows(vintage.dataset, vintage.effective, "collecting", Collecting)
    return next((Cited(row, vintage) for row in rows if row.by == "courier"), None)


def every_right(on: date) -> tuple[Cited[Right], ...]:
    """Every row of the vintage in force on this day; raises ``RuleNotInForce``."""
    vintage = in_force("returns/withdrawal", on)
    return tuple(Cited(row, vintage) for row in _rows(vintage.dataset, vintage.effective, "right", Right))


def every_guarantee(on: date) -> tuple[Cited[Guarantee], ...]:
    """Every row of the vintage in force on this day; raises ``RuleNotInForce``."""
    vintage = in_force("returns/guarantee", on)
    return tuple(Cited(row, vintage) for row in _rows(vintage.dataset, vintage.effective, "guarantee", Guarantee))


def guarantee_of(country: str, sold_on: date) -> Cited[Guarantee] | None:
    """The legal guarantee there, None when no row says; raises ``RuleNotInForce`` for older orders."""
    return next((cited for cited in every_guarantee(sold_on) if country in cited.row.countries), None)


def fault_freight_of(country: str, sold_on: date) -> Cited[FaultFreight] | None:
    """Who pays the way home of a faulty piece there; None where nobody knows. Raises ``RuleNotInForce`` for older
    orders.

    >>> fault_freight_of("GB", date(2026, 9, 1)).row.paid_by, fault_freight_of("AU", date(2026, 9, 1))
    ('merchant', None)
    """
    vintage = in_force("returns/guarantee", sold_on)
    rows = _rows(vintage.dataset, vintage.effective, "freight", FaultFreight)
    return next((Cited(row, vintage) for row in rows if country in row.countries), None)


def early_faults_of(country: str, region: str | None, sold_on: date) -> tuple[Cited[EarlyFault], ...]:
    """The short first times for named faults there; raises ``RuleNotInForce`` for older orders."""
    vintage = in_force("returns/guarantee", sold_on)
    rows = _rows(vintage.dataset, vintage.effective, "early", EarlyFault)
    here = (row for row in rows if country in row.countries and (not row.regions or region in row.regions))
    return tuple(Cited(row, vintage) for row in here)


@cache
def _rows(dataset: str, effective: date, table: str, shape: type[R]) -> tuple[R, ...]:
    return rows_of(in_force(dataset, effective), table, shape)
