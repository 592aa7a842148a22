"""What a line of pieces ought to weigh now: its weight as sold, and what was declared to have been done to it since.

The answer is a span, not a point: a polish takes between nothing and one per cent, a mark may legally be off. How far
from that span a reading may lie follows from the rules of the scale (``rules/weighing``), so that no flat tolerance
hides a swap or accuses an honest customer. What nobody can compute is unknown and is said so; it is never zero.

>>> ring = Operation("resize", 1, {"sizes": "2", "width_mm": "3.0", "thickness_mm": "1.8"})
>>> change_of(ring, Decimal("4.20"), "gold", 750, date(2026, 11, 22)).low_g
Decimal('0.43')
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from chalicelib.returns.case import Item
from chalicelib.returns.inspection import Weighing
from chalicelib.returns.repair import Operation
from chalicelib.returns.weigh_rules import OperationRow, SaleWeight, rules
from chalicelib.rulebook import Confidence, weakest

CENTIGRAM, MILLIGRAM = Decimal("0.01"), Decimal("0.001")
# pass: as it ought to be; second_person: somebody else must look; hold: too far off; unknown: nobody can say.
Band = Literal["pass", "second_person", "hold", "unknown"]
_FACTS: dict[str, tuple[str, ...]] = {
    "shank": ("sizes", "width_mm", "thickness_mm"), "share": (), "each": (), "carat": ("carat",),
    "grams": ("added_g", "removed_g"),
}  # fmt: skip
MOST, NOTHING = Decimal(10_000), Decimal(0)
RESIZING = frozenset({"resize", "metal_changed"})


@dataclass(frozen=True, slots=True)
class WeightChange:
    """What one piece of work does to the weight: it lies from ``low_g`` to ``high_g``."""

    low_g: Decimal
    high_g: Decimal
    tolerance_g: Decimal
    part: Literal["metal", "stones"]
    rule: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Expected:
    """What lies on the scale ought to weigh ``gross_low_g`` to ``gross_high_g``, of which ``other_g`` is no metal.

    It passes within ``pass_g`` of that, is seen by a second person within ``second_g``, and is held beyond. ``unknown``
    says why there is no figure; the grams are None then.
    """

    gross_low_g: Decimal | None
    gross_high_g: Decimal | None
    other_g: Decimal | None
    pass_g: Decimal
    second_g: Decimal
    unknown: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    confidence: Confidence = "low"

    @property
    def net_g(self) -> Decimal | None:
        """The middle of what the metal ought to weigh."""
        if self.gross_low_g is None or self.gross_high_g is None or self.other_g is None:
            return None
        return (self.gross_low_g + self.gross_high_g) / 2 - self.other_g


@dataclass(frozen=True, slots=True)
class Weighed:
    """A reading beside what was expected: grams too few (negative) or too many, zero within the span. ``is_sure``: also
    when the scale erred as far as it may."""

    band: Band
    off_by_g: Decimal | None
    is_sure: bool = False
    reasons: tuple[str, ...] = ()


def change_of(operation: Operation, before_g: Decimal, metal: str, fineness: int, on: date) -> WeightChange | str:
    """What this work does to a piece of so many grams; a word for why, where nobody can say.

    >>> change_of(Operation("resize", 1, {}), Decimal("4.20"), "gold", 750, date(2026, 11, 22))
    'resize_needs_sizes'
    """
    row = rules(on).work(operation.code)
    if row is None:
        return f"{operation.code}_has_no_weight_row"
    said = {name: _read(operation.facts.get(name)) for name in _FACTS[row.by]}
    missing = next((name for name, value in said.items() if value is None), None)
    if missing is not None:
        return f"{operation.code}_needs_{missing}"
    found = {name: value for name, value in said.items() if value is not None}
    span = _span(row, found, operation, before_g, metal, fineness, on)
    if isinstance(span, str):
        return span
    return WeightChange(min(span), max(span), row.tolerance_g, row.part, row.id, row.confidence)


def expected(
    item: Item, pieces: int, on: date, country: str, work: Iterable[Operation] = (), taken_in_g: Decimal | None = None
) -> Expected:
    """What so many pieces of this line ought to weigh together. ``work`` is what was declared or done since they were
    sold, or since they were taken in at ``taken_in_g`` (all of them, gross) before a repair."""
    done = tuple(work)
    before = item.gross_weight_g * pieces if taken_in_g is None else taken_in_g
    told = [change_of(one, before, item.metal, item.fineness, on) for one in done]
    changes = [one for one in told if isinstance(one, WeightChange)]
    why = [one for one in told if isinstance(one, str)]
    if item.resized and taken_in_g is None and all(one.code not in RESIZING for one in done):
        why.append("resized_without_measures")
    row = rules(on).sale_weight[0]
    passes, second = _within(row, before, changes)
    cited = tuple(dict.fromkeys((row.id, *(one.rule for one in changes))))
    if why:
        return Expected(None, None, None, passes, second, tuple(dict.fromkeys(why)), cited)
    marked = rules(on).marked(country, item.metal, item.gross_weight_g) if taken_in_g is None else None
    below, above = (marked.low_g * pieces, marked.high_g * pieces) if marked else (NOTHING, NOTHING)
    stones = sum(((one.low_g + one.high_g) / 2 for one in changes if one.part == "stones"), NOTHING)
    return Expected(
        before + below + sum((one.low_g for one in changes), NOTHING),
        before + above + sum((one.high_g for one in changes), NOTHING),
        max((item.gross_weight_g - item.net_weight_g) * pieces + stones, NOTHING),
        passes,
        second,
        rules=(*cited, marked.id) if marked else cited,
        confidence=weakest([row.confidence, *(one.confidence for one in changes)]),
    )


def weighed(expectation: Expected, weighing: Weighing | None, on: date) -> Weighed:
    """How a reading stands beside what was expected. A scale that errs more than what passes, readings that lie too far
    apart or a calibration that is too old prove nothing: ``unknown``, with the reason."""
    if weighing is None:
        return Weighed("unknown", None, reasons=("not_weighed",))
    unfit = unfit_scale(weighing, expectation.pass_g, on)
    low, high = expectation.gross_low_g, expectation.gross_high_g
    if low is None or high is None:
        return Weighed("unknown", None, reasons=(*expectation.unknown, *unfit))
    off = max(weighing.gross_g - high, Decimal(0)) + min(weighing.gross_g - low, Decimal(0))
    if unfit:
        return Weighed("unknown", off, reasons=unfit)
    if abs(off) <= expectation.pass_g:
        return Weighed("pass", off, is_sure=abs(off) + weighing.tolerance_g <= expectation.pass_g)
    if abs(off) <= expectation.second_g:
        return Weighed("second_person", off, reasons=("weight_wants_a_second_person",))
    sure = abs(off) - weighing.tolerance_g > expectation.second_g
    return Weighed("hold", off, is_sure=sure, reasons=("too_light" if off < 0 else "too_heavy",))


def unfit_scale(weighing: Weighing, must_tell_g: Decimal, on: date) -> tuple[str, ...]:
    """Why this scale cannot tell so few grams; empty when it can."""
    row = rules(on).scale[0]
    found = []
    if weighing.tolerance_g > must_tell_g:
        found.append("scale_too_coarse")
    if (on - weighing.calibrated_on).days > row.calibrated_within_days:
        found.append("calibration_too_old")
    apart = max(weighing.readings_g, default=Decimal(0)) - min(weighing.readings_g, default=Decimal(0))
    if apart > weighing.tolerance_g * row.readings_within_tolerances:
        found.append("readings_differ")
    return tuple(found)


def mean_of(readings: tuple[Decimal, ...]) -> Decimal:
    """The mean of readings of one thing, to the milligram."""
    return (sum(readings, Decimal(0)) / len(readings)).quantize(MILLIGRAM, ROUND_HALF_UP)


def _span(
    row: OperationRow,
    said: dict[str, Decimal],
    operation: Operation,
    before_g: Decimal,
    metal: str,
    fineness: int,
    on: date,
) -> tuple[Decimal, Decimal] | str:
    low, high = row.change
    if row.by == "shank":
        return _shank(row, said, metal, fineness, on)
    if row.by == "share":
        return before_g * low, before_g * high
    if row.by == "grams":
        change = said["added_g"] - said["removed_g"]
        return change, change
    times = said["carat"] if row.by == "carat" else _read(operation.facts.get("count", "1"))
    if times is None or times < 0:
        return f"{operation.code}_needs_{'carat' if row.by == 'carat' else 'count'}"
    return low * times, high * times


def _shank(
    row: OperationRow, said: dict[str, Decimal], metal: str, fineness: int, on: date
) -> tuple[Decimal, Decimal] | str:
    """The metal of so many ring sizes: length by section by density."""
    density = rules(on).density(metal, fineness)
    if density is None:
        return "density_unknown"
    if said["width_mm"] <= 0 or said["thickness_mm"] <= 0:
        return "resize_needs_width_mm"
    section_cm2 = said["width_mm"] * said["thickness_mm"] / 100
    grams = said["sizes"] * row.cm_per_size * section_cm2 * density.g_per_cm3
    rounded = grams.quantize(CENTIGRAM, ROUND_HALF_UP)
    return rounded, rounded


def _within(row: SaleWeight, before: Decimal, changes: list[WeightChange]) -> tuple[Decimal, Decimal]:
    """How far off passes, and how far a second person may let it pass. What is held at all bounds both, but for the
    tolerance that work of its own brings."""
    of_piece = min(max(row.pass_g, row.pass_share * before), row.hold_g)
    passes = max([of_piece, *(one.tolerance_g for one in changes)])
    return passes, max(min(row.second_share * before, row.hold_g), passes)


def _read(text: str | None) -> Decimal | None:
    """A figure that a person wrote; None where there is none, or none that can be meant."""
    try:
        value = Decimal(text) if text is not None else None
    except ArithmeticError:
        return None
    return value if value is not None and value.is_finite() and abs(value) <= MOST else None
