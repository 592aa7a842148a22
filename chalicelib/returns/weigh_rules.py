"""The rules of the scale: what a piece may weigh, what work does to its weight, how fine its metal may read.

Read from ``rules/weighing`` and checked whole. No row of it refuses anybody anything: it tells apart what is as it was,
what a second person must see, and what is held for one.

>>> rules(date(2026, 11, 22)).density("gold", 750).g_per_cm3
Decimal('15.5')
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from chalicelib.errors import RuleFileInvalid
from chalicelib.metals import Metal
from chalicelib.rulebook import Confidence, in_force, load
from chalicelib.strict import Code, Country, Strict

DATASET = "returns/weighing"
_HEAD = ("schema", "effective", "ends", "territory", "review_after", "source")
Share = Annotated[Decimal, Field(ge=-1, le=1)]
Grams = Annotated[Decimal, Field(ge=-1000, le=1000)]
By = Literal["shank", "share", "each", "carat", "grams"]
Sign = Literal["damage", "opened", "repacked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighRow(Strict):
    """What every row says of itself; ``source`` is the number of its source in the file."""

    id: Code
    confidence: Confidence
    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleWeight(WeighRow):
    """How far a piece may be from its expected weight: passed, seen by a second person, held."""

    pass_g: Grams
    pass_share: Share
    second_share: Share
    hold_g: Grams


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedWeight(WeighRow):
    """What the weight marked at a sale may legally be off, up to this weight."""

    countries: tuple[Country, ...]
    metals: tuple[Metal, ...]
    up_to_g: Decimal
    low_g: Grams
    high_g: Grams


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleRule(WeighRow):
    """When a reading counts: how old a calibration may be, how far readings of one thing may lie apart."""

    calibrated_within_days: int
    readings_within_tolerances: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRule(WeighRow):
    """How far a clock at the bench may run ahead of ours."""

    ahead_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Density(WeighRow):
    """Grams of one cubic centimetre of an alloy; ``fineness`` from and to, both within."""

    metal: Metal
    fineness: tuple[int, int]
    g_per_cm3: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow(WeighRow):
    """What one kind of work does to the weight (see the rule file for ``by``)."""

    code: Code
    by: By
    part: Literal["metal", "stones"]
    change: tuple[Grams, Grams] = (Decimal(0), Decimal(0))
    cm_per_size: Decimal = Decimal(0)
    tolerance_g: Grams = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class XrfRule(WeighRow):
    """What XRF may say of a mark: parts per thousand below it."""

    places: int
    pass_ppt: Decimal
    second_ppt: Decimal
    pure_from: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoneReport(WeighRow):
    """How far a stone may differ from its grading report."""

    carat_within: Decimal
    mm_within: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Karat(WeighRow):
    """Fineness marks written as karats."""

    fineness: dict[str, int]
    same_within_ppt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageRow(WeighRow):
    """What is seen on the outside of a parcel, and what it is a sign of."""

    code: Code
    signs: Annotated[tuple[Sign, ...], Field(alias="is")]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighRules(Strict):
    """One vintage."""

    sale_weight: tuple[SaleWeight]
    marked_weight: tuple[MarkedWeight, ...]
    scale: tuple[ScaleRule]
    bench: tuple[BenchRule]
    density_rows: Annotated[tuple[Density, ...], Field(alias="density")]
    operation: tuple[OperationRow, ...]
    xrf: tuple[XrfRule]
    stone_report: tuple[StoneReport]
    karat: tuple[Karat]
    damage: tuple[DamageRow, ...]

    def density(self, metal: str, fineness: int) -> Density | None:
        """The row of this alloy; None where nobody knows one."""
        return next(
            (one for one in self.density_rows if one.metal == metal and one.fineness[0] <= fineness <= one.fineness[1]),
            None,
        )

    def work(self, code: str) -> OperationRow | None:
        """The row of this kind of work; None where nobody knows what it does."""
        return next((one for one in self.operation if one.code == code), None)

    def marked(self, country: str, metal: str, grams: Decimal) -> MarkedWeight | None:
        """What the marked weight may be off there; None: nobody knows of any such thing."""
        fitting = (one for one in self.marked_weight if country in one.countries and metal in one.metals)
        return next((one for one in fitting if grams <= one.up_to_g), None)

    def signs_of(self, damage: str) -> tuple[Sign, ...]:
        """What this is a sign of; one that no row knows is damage."""
        return next((one.signs for one in self.damage if one.code == damage), ("damage",))


def rules(on: date) -> WeighRules:
    """The rules in force on this day; raises ``RuleNotInForce`` before the first vintage."""
    return _read(in_force(DATASET, on).effective)


@cache
def _read(effective: date) -> WeighRules:
    vintage = load(DATASET, effective)
    rows = {name: table for name, table in vintage.rules.items() if name not in _HEAD}
    try:
        return TypeAdapter(WeighRules).validate_python(rows)
    except ValidationError as invalid:
        raise RuleFileInvalid(f"{vintage.name}: {invalid}") from invalid
