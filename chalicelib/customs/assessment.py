"""All charges on one entry under one reading of the law: the ordinary one, or one relief's.

A relief changes three things only: what it frees, what the duty is reckoned on, and what the tax is reckoned
on. The same sums are then done again, so a relief can never be priced by another arithmetic than the charge
it removes.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chalicelib.customs.answer import Assessment, Charge, LineDuties
from chalicelib.customs.duty import line_duties, once_per_item_type
from chalicelib.customs.entry import Entry
from chalicelib.customs.program import Gap
from chalicelib.customs.taxes import TaxedLine, fees_on, taxes_on
from chalicelib.customs.valuation import apportion
from chalicelib.money import decimals_of, round_to

Duties = tuple[tuple[Charge | Gap, ...], ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a relief does. ``frees`` names ``duties``, ``mfn`` (the ordinary one alone), ``taxes`` (all), ``fees``, or
    one tax by its code. Bases name repair costs (a tax base also ``duty``); None keeps the goods' value.
    """

    frees: frozenset[str] = frozenset()
    duty_base: tuple[str, ...] | None = None
    tax_base: tuple[str, ...] | None = None


ORDINARY = Effect()


@dataclass(frozen=True, slots=True)
class Assessed:
    """The charges, and every gap met on the way (then the sums are not the whole)."""

    charges: Assessment
    gaps: tuple[str, ...]


def assess(entry: Entry, effect: Effect = ORDINARY) -> Assessed:
    """Duties, taxes and fees of the whole entry. Raises ``RuleNotInForce``."""
    bases = _bases(entry, effect.duty_base)
    duties = _duties(entry, bases, effect)
    paid = tuple(_sum(charges) for charges in duties)
    duty_known = not _gaps(tuple(each for row in duties for each in row))
    taxes = _taxes(entry, bases, paid, effect, duty_known=duty_known)
    waived = "fees" in effect.frees
    kind = entry_kind(entry)
    fees = () if waived else fees_on(kind, entry.values.total, entry.goods, entry.regime.fees, entry.program)
    gaps = _gaps((*(each for row in duties for each in row), *taxes, *fees))
    lines = tuple(
        LineDuties(found.hs_code, found.why, _charges(row), found.alternatives)
        for found, row in zip(entry.classified, duties, strict=True)
    )
    return Assessed(Assessment(lines, _charges(taxes), _charges(fees)), gaps)


def entry_kind(entry: Entry) -> str:
    """Formal or informal: as asked, but never informal above the limit; by value when not asked."""
    limit = entry.program.vintage.rules.get("informal_up_to")
    if limit is None:
        return entry.request.entry or "formal"
    if entry.values.total > limit:
        return "formal"
    return entry.request.entry or "informal"


def _bases(entry: Entry, costs: tuple[str, ...] | None) -> tuple[Decimal, ...]:
    if costs is None:
        return entry.values.lines
    whole = _repair_sum(entry, costs)
    return apportion(whole, entry.values.lines, decimals_of(entry.program.currency))


def _repair_sum(entry: Entry, costs: tuple[str, ...]) -> Decimal:
    return sum((entry.repair_costs.get(name, Decimal(0)) for name in costs), Decimal(0))


def _duties(entry: Entry, bases: tuple[Decimal, ...], effect: Effect) -> Duties:
    if "duties" in effect.frees:
        return tuple(() for _ in bases)
    if not entry.regime.layers and entry.regime.row is not None:
        return tuple((_regime_charge(entry, base),) for base in bases)
    free = "mfn" in effect.frees
    rows = tuple(
        line_duties(goods, base, entry.regime.layers, entry.program, free)
        for goods, base in zip(entry.goods, bases, strict=True)
    )
    return once_per_item_type(rows, entry.goods, entry.regime.layers)


def _regime_charge(entry: Entry, base: Decimal) -> Charge | Gap:
    """A regime without duty says so in a row of its own, so that the nothing has a rule and a source."""
    row = entry.regime.row or {}
    if row.get("unknown"):
        return Gap(f"layer_unknown:{row['name']}")
    source = entry.program.cite(row)
    rule = f"{row['cites']} ({entry.program.vintage.name})"
    zero = round_to(Decimal(0), decimals_of(entry.program.currency))
    return Charge(row["name"], Decimal(0), base, zero, rule, source, row["confidence"])


def _taxes(
    entry: Entry, bases: tuple[Decimal, ...], duties: tuple[Decimal, ...], effect: Effect, *, duty_known: bool
) -> tuple[Charge | Gap, ...]:
    if "taxes" in effect.frees:
        return ()
    values, transport = bases, entry.values.transport
    if effect.tax_base is not None:
        transport = tuple(Decimal(0) for _ in bases)
        whole = _repair_sum(entry, tuple(name for name in effect.tax_base if name != "duty"))
        values = apportion(whole, entry.values.lines, decimals_of(entry.program.currency))
    lines = tuple(
        TaxedLine(goods, value, duty, carried)
        for goods, value, duty, carried in zip(entry.goods, values, duties, transport, strict=True)
    )
    return taxes_on(lines, entry.regime.taxes, entry.program, effect.frees, duty_known=duty_known)


def _charges(rows: tuple[Charge | Gap, ...]) -> tuple[Charge, ...]:
    return tuple(row for row in rows if isinstance(row, Charge))


def _gaps(rows: tuple[Charge | Gap, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.reason for row in rows if isinstance(row, Gap)))


def _sum(rows: tuple[Charge | Gap, ...]) -> Decimal:
    return sum((row.amount or Decimal(0) for row in _charges(rows)), Decimal(0))
