"""The rights of consumers as rows: withdrawal, what it does not reach, and the legal guarantee.

Rows are read from dated rule files and checked whole: an unknown key or a misspelt code refuses the file. A
row with ``denies`` false, or one whose source was read more than a year ago, may grant a return and must
never refuse one.

>>> withdrawal_right("DE", date(2026, 9, 1)).row.id
'W-EU'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from chalicelib.errors import RuleFileInvalid
from chalicelib.rulebook import Confidence, Vintage, in_force
from chalicelib.workdays import Rest

MAX_AGE = timedelta(days=365)
Count = Literal["excl_start", "incl_start"]
ExclusionCode = Literal["custom", "pierced_unsealed", "bullion", "resized"]
FreightRule = Literal["customer_if_told", "customer", "merchant"]


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
    """A right to withdraw without a reason. Days are calendar days; see the rule file for the codes."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    countries: tuple[str, ...]
    basis: Literal["statute", "policy_only", "unclear"]
    days: int = 0
    count: Count = "excl_start"
    rest: Literal["none", "sun_hol", "sat_sun_hol", "statutory_rest"] = "none"
    applies: Literal["always", "no_clear_return_clause"] = "always"
    # Where the law gives a time to return if the shop showed no clause of its own.
    no_clause_regions: tuple[str, ...] = ()
    uninformed_months: int = 0
    uninformed_from: Literal["window_end", "delivery"] = "window_end"
    misdescribed_months: int = 0
    return_freight: FreightRule = "customer"
    send_back_days: int | None = None
    collect_days: int | None = None
    refund_days: int | None = None
    refund_unit: Literal["calendar", "business"] = "calendar"
    refund_from: Literal["notice", "goods_received", "goods_or_proof"] | None = None
    withhold_until: Literal["goods_or_proof"] | None = None
    outbound_freight: Literal["standard_rate"] | None = None

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
class Guarantee(Row):
    """The seller's liability for defects. ``period_at_least``: after it only a person can say."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    countries: tuple[str, ...]
    basis: Literal["period", "period_at_least", "reasonable_time"]
    ladder: tuple[str, ...]
    months: int = 0
    days: int = 0
    reject_days: int | None = None


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


def withdrawal_right(country: str, sold_on: date) -> Cited[Right]:
    """The right of a consumer there who ordered on this day; raises ``RuleNotInForce`` for older orders."""
    vintage = in_force("returns/withdrawal", sold_on)
    rows = _rows(vintage.dataset, vintage.effective, "right", Right)
    named = next((row for row in rows if country in row.countries), None)
    return Cited(named or next(row for row in rows if "*" in row.countries), vintage)


def exclusions_of(right: Cited[Right]) -> tuple[Cited[Exclusion], ...]:
    """What this right does not reach."""
    rows = _rows(right.vintage.dataset, right.vintage.effective, "exclusion", Exclusion)
    return tuple(Cited(row, right.vintage) for row in rows if right.row.id in row.rights)


def guarantee_of(country: str, sold_on: date) -> Cited[Guarantee] | None:
    """The legal guarantee there, None when no row says; raises ``RuleNotInForce`` for older orders."""
    vintage = in_force("returns/guarantee", sold_on)
    rows = _rows(vintage.dataset, vintage.effective, "guarantee", Guarantee)
    row = next((row for row in rows if country in row.countries), None)
    return Cited(row, vintage) if row else None


@cache
def _rows(dataset: str, effective: date, table: str, shape: type[R]) -> tuple[R, ...]:
    vintage = in_force(dataset, effective)
    try:
        rows = [TypeAdapter(shape).validate_python(row) for row in vintage.rules[table]]
    except ValidationError as invalid:
        raise RuleFileInvalid(f"{vintage.name}: {invalid}") from invalid
    _check_sources(vintage, rows)
    return tuple(rows)


def _check_sources(vintage: Vintage, rows: list[R]) -> None:
    for row in rows:
        if not 1 <= row.source <= len(vintage.rules["source"]):
            raise RuleFileInvalid(f"{vintage.name}: {row.id} cites a source that is not there")
