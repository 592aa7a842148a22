"""Duty on one line: the ordinary rate and every layer the law puts on top of it, each with its rule and
source.

A layer is one of five kinds: ``add`` (its rate on the same base), ``cap_total`` (up to a ceiling that counts
the ordinary duty after preference), ``exempt``, ``per_item_type`` (an amount per six-digit code) and
``unknown`` (the law applies, the rate is not known: the answer is incomplete, never zero). Rates add on one
base; they never compound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chalicelib.customs.answer import Charge
from chalicelib.customs.goods import Goods, Row, digits, first_fitting
from chalicelib.customs.program import Gap, Program, Table, table_or_gap
from chalicelib.money import decimals_of, round_to, round_to_step
from chalicelib.rulebook import Confidence, weakest

ORDINARY = "mfn"


@dataclass(frozen=True, slots=True)
class OrdinaryRate:
    """The ordinary rate after preference, and where it stands."""

    rate: Decimal
    rule: str
    source: str
    confidence: Confidence


def line_duties(
    goods: Goods, base: Decimal, layers: tuple[Row, ...], program: Program, free_ordinary: bool
) -> tuple[Charge | Gap, ...]:
    """Every layer that touches these goods. ``free_ordinary`` waives the ordinary rate only."""
    if not layers:
        return ()
    ordinary = ordinary_rate(goods, program)
    if isinstance(ordinary, Gap):
        return (ordinary,)
    found: list[Charge | Gap] = []
    for layer in layers:
        if layer["name"] == ORDINARY:
            rate = Decimal(0) if free_ordinary else ordinary.rate
            found.append(_charge(layer, rate, base, program, ordinary))
        elif (charge := _layer_charge(layer, goods, base, program, ordinary)) is not None:
            found.append(charge)
    return tuple(found)


def ordinary_rate(goods: Goods, program: Program) -> OrdinaryRate | Gap:
    """The most favoured nation rate of the goods, or what their preference or column gives instead."""
    tariff = program.tariff
    if not goods.code:
        return Gap("tariff_code_required")
    row = tariff.line_of(goods.code) or _finer_line(goods, tariff)
    if row is None or "unknown" in row:
        return Gap(f"duty_rate_unknown:{goods.line.hs_code or _dotted(goods.code)}")
    special = _special_rate(goods, tariff)
    if isinstance(special, Gap):
        return special
    chosen = special or row
    rule = f"{row['code']} {chosen.get('column', 'general')} ({tariff.vintage.name})"
    return OrdinaryRate(Decimal(chosen["rate"]), rule, tariff.cite(chosen), chosen["confidence"])


def _finer_line(goods: Goods, tariff: Table) -> Row | None:
    """For a code declared by its first six digits: the line within it that the goods fall under."""
    within = (each for each in tariff.asked if digits(each.row["code"]).startswith(goods.code))
    return first_fitting(within, goods) if len(goods.code) >= 6 else None


def _special_rate(goods: Goods, tariff: Table) -> Row | Gap | None:
    """A column of the tariff that origin or a claimed preference moves the goods into."""
    row = first_fitting(tariff.columns, goods)
    if row is not None:
        return Gap(f"duty_rate_unknown:{row['column']}:{_dotted(goods.code)}") if "unknown" in row else row
    if goods.preference is None or any(goods.preference in each.row.get("preferences", ()) for each in tariff.columns):
        return None
    return Gap(f"preference_unknown:{goods.preference}")


def preference_applies(goods: Goods, program: Program) -> bool:
    """Whether the claimed preference has a column for goods of this code and origin."""
    if goods.preference is None:
        return False
    return any("preferences" in each.row and each.fits(goods) for each in program.tariff.columns)


def _layer_charge(
    layer: Row, goods: Goods, base: Decimal, program: Program, ordinary: OrdinaryRate
) -> Charge | Gap | None:
    rules = table_or_gap(layer["dataset"], program.on)
    if isinstance(rules, Gap):
        return rules
    row = rules.first(goods)
    if row is None or row["kind"] == "exempt":
        return None
    if row["kind"] == "unknown":
        return Gap(f"layer_unknown:{layer['name']}:{goods.line.origin}")
    rule = f"{row['cites']} ({rules.vintage.name})"
    if row["kind"] == "per_item_type":
        return Charge(layer["name"], None, None, Decimal(row["amount"]), rule, rules.cite(row), row["confidence"])
    capped = row["kind"] == "cap_total"
    rate = max(Decimal(0), row["rate"] - ordinary.rate) if capped else Decimal(row["rate"])
    sure = weakest([row["confidence"], ordinary.confidence]) if capped else row["confidence"]
    return _charge(layer, rate, base, program, OrdinaryRate(rate, rule, rules.cite(row), sure))


def _charge(layer: Row, rate: Decimal, base: Decimal, program: Program, law: OrdinaryRate) -> Charge:
    rounding = program.vintage.rules.get("rounding", {})
    taken = rounded(base, rounding.get("duty_base"), None)
    amount = rounded(taken * rate, rounding.get("duty"), decimals_of(program.currency))
    return Charge(layer["name"], rate, taken, amount, law.rule, law.source, law.confidence)


def rounded(amount: Decimal, to: Mapping[str, Any] | None, decimals: int | None) -> Decimal:
    """As the country rounds (``{ step = 100, way = "down" }``); else to its currency's decimals, or not at all."""
    if to is not None:
        return round_to_step(amount, Decimal(to["step"]), to["way"])
    return amount if decimals is None else round_to(amount, decimals)


def once_per_item_type(
    rows: tuple[tuple[Charge | Gap, ...], ...], goods: tuple[Goods, ...], layers: tuple[Row, ...]
) -> tuple[tuple[Charge | Gap, ...], ...]:
    """Charges per item type fall once on each six-digit code, on the first line that bears it."""
    once = {layer["name"] for layer in layers if layer.get("per_item_type")}
    seen: set[tuple[str, str]] = set()
    kept: list[tuple[Charge | Gap, ...]] = []
    for charges, each in zip(rows, goods, strict=True):
        mine: list[Charge | Gap] = []
        for charge in charges:
            key = (getattr(charge, "code", ""), each.code[:6])
            if key[0] not in once or key not in seen:
                mine.append(charge)
            seen.add(key)
        kept.append(tuple(mine))
    return tuple(kept)


def _dotted(code: str) -> str:
    parts = (code[:4], code[4:6], code[6:])
    return ".".join(part for part in parts if part)
