"""Taxes and fees at the border: what is reckoned on value plus duty, tax upon tax, and the fees beside them.

A tax ``inside`` its own base is reckoned on a price that already contains it (China's consumption tax:
composite price = (value + duty) / (1 - rate)); one ``above`` a limit on what each piece is worth beyond it (Korea's
excise on jewellery); one ``of`` another tax on that tax as it was charged (Japan's local part, 22/78 of the national
one). A fee that depends on the filer is listed, not counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from chalicelib.customs.answer import Charge
from chalicelib.customs.duty import preference_applies, rounded
from chalicelib.customs.goods import Goods, Row
from chalicelib.customs.program import Gap, Program, Table, table_or_gap
from chalicelib.money import decimals_of, round_to


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """One line as taxes see it: the goods, their value as the tax takes it, and the duty on them."""

    goods: Goods
    value: Decimal
    duty: Decimal
    transport: Decimal = Decimal(0)


def taxes_on(
    lines: tuple[TaxedLine, ...], taxes: tuple[Row, ...], program: Program, freed: frozenset[str], *, duty_known: bool
) -> tuple[Charge | Gap, ...]:
    """Every tax in order, lines of one rate summed before rounding. ``freed`` names those not charged; without the duty
    no tax that is reckoned on it has an amount."""
    earlier: list[dict[str, Decimal]] = [
        {"value": line.value, "duty": line.duty, "transport": line.transport} for line in lines
    ]
    charges: list[Charge | Gap] = []
    unknown = set() if duty_known else {"duty"}
    for tax in taxes:
        if tax["name"] in freed or tax["code"] in freed:
            continue
        found = _of_tax(tax, charges, program) if "of" in tax else _one_tax(tax, lines, earlier, program)
        if unknown & {*tax.get("base", ()), tax.get("of")}:
            unknown.add(tax["code"])
            found = [_unreckoned(each) for each in found]
        charges.extend(found)
    return tuple(charges)


def _unreckoned(charge: Charge | Gap) -> Charge | Gap:
    """A tax on something unknown has a rate and no amount."""
    return replace(charge, base=None, amount=None) if isinstance(charge, Charge) else charge


def _of_tax(tax: Row, charges: list[Charge | Gap], program: Program) -> list[Charge | Gap]:
    """A tax on another tax as charged; nothing where that one was not charged."""
    rates = table_or_gap(tax["dataset"], program.on)
    if isinstance(rates, Gap):
        return [rates]
    row = rates.rows[0]
    charged = (each for each in charges if isinstance(each, Charge) and each.code == tax["of"])
    base = sum((each.amount or Decimal(0) for each in charged), Decimal(0))
    part, whole = row["fraction"]
    return [_charged(tax, row, base, base * part / whole, rates, program, round_to(Decimal(part) / whole, 6))]


def _one_tax(
    tax: Row, lines: tuple[TaxedLine, ...], earlier: list[dict[str, Decimal]], program: Program
) -> list[Charge | Gap]:
    rates = table_or_gap(tax["dataset"], program.on)
    if isinstance(rates, Gap):
        return [rates]
    groups: dict[int, tuple[Row, Decimal]] = {}
    for line, parts in zip(lines, earlier, strict=True):
        row = rates.first(line.goods)
        if row is None or "unknown" in row:
            return [Gap(row["reason"] if row and "reason" in row else f"tax_rate_unknown:{tax['code']}")]
        base = _base(tax, row, line, sum((parts.get(part, Decimal(0)) for part in tax["base"]), Decimal(0)))
        parts[tax["code"]] = base * row["rate"]
        groups[id(row)] = (row, groups.get(id(row), (row, Decimal(0)))[1] + base)
    return [_tax_charge(tax, row, base, rates, program) for row, base in groups.values()]


def _base(tax: Row, row: Row, line: TaxedLine, base: Decimal) -> Decimal:
    if tax.get("method") == "inside":
        return base / (1 - Decimal(row["rate"]))
    if "above" in row:
        return max(Decimal(0), base - Decimal(row["above"]) * line.goods.line.quantity)
    return base


def _tax_charge(tax: Row, row: Row, base: Decimal, rates: Table, program: Program) -> Charge:
    taken = rounded(base, tax.get("base_to"), None)
    return _charged(tax, row, taken, taken * row["rate"], rates, program, Decimal(row["rate"]))


def _charged(
    tax: Row, row: Row, base: Decimal, exact: Decimal, rates: Table, program: Program, rate: Decimal
) -> Charge:
    decimals = decimals_of(program.currency)
    amount = rounded(exact, tax.get("amount_to"), decimals)
    if amount <= tax.get("waived_up_to", -1):
        amount = Decimal(0)
    return Charge(
        tax["code"], rate, round_to(base, decimals), amount,
        f"{row['cites']} ({rates.vintage.name})", rates.cite(row), row["confidence"],
        tax.get("collected_by", "customs"),
    )  # fmt: skip


def fees_on(
    entry_kind: str, value: Decimal, goods: tuple[Goods, ...], fees: tuple[Row, ...], program: Program
) -> tuple[Charge | Gap, ...]:
    """The fees of this kind of entry on the whole customs value."""
    due = (fee for fee in fees if fee.get("entry") in (None, entry_kind))
    preferred = bool(goods) and all(preference_applies(each, program) for each in goods)
    return tuple(_fee(fee, value, goods, program) for fee in due if not (preferred and fee.get("waived_by_preference")))


def _fee(fee: Row, value: Decimal, goods: tuple[Goods, ...], program: Program) -> Charge | Gap:
    counted = fee.get("in_total", True)
    rates = table_or_gap(fee["dataset"], program.on)
    if isinstance(rates, Gap):
        return rates if counted else _unknown_fee(fee, rates.reason, program.vintage.name)
    row = rates.first(goods[0])
    if row is None or ("amount" not in row and "rate" not in row):
        said = str(row["cites"]) if row else "no row fits"
        return Gap(f"fee_unknown:{fee['name']}") if counted else _unknown_fee(fee, said, rates.vintage.name)
    rate = row.get("rate")
    amount = Decimal(row["amount"]) if rate is None else min(max(value * rate, row["min"]), row["max"])
    return Charge(
        fee["name"], rate, None if rate is None else value, round_to(amount, decimals_of(program.currency)),
        f"{row['cites']} ({rates.vintage.name})", rates.cite(row), row["confidence"], in_total=counted,
    )  # fmt: skip


def _unknown_fee(fee: Row, rule: str, source: str) -> Charge:
    return Charge(fee["name"], None, None, None, rule, source, "low", in_total=False)
