"""Law that makes goods duty-free, or dutiable on less, and what it takes to prove it.

Every relief of the destination is judged against the facts: ``proven`` when all its conditions hold,
``unproven`` when only facts are missing (they are named), ``not_eligible`` when one fails (it is said).
Conditions, time limits and effects are rows of ``customs/<territory>/relief``; this module only judges and
prices them.
"""

from __future__ import annotations

from decimal import Decimal

from chalicelib.customs.answer import Assessment, Charge, ReliefRow
from chalicelib.customs.assessment import Assessed, Effect, assess
from chalicelib.customs.conditions import Finding, holds, judge_all
from chalicelib.customs.entry import Entry
from chalicelib.customs.program import Row, Table, table
from chalicelib.rulebook import Confidence, weakest

STATUS = {True: "proven", None: "unproven", False: "not_eligible"}


def reliefs(entry: Entry, ordinary: Assessed) -> tuple[ReliefRow, ...]:
    """Every relief of the destination, in the order its table gives them. Raises ``RuleNotInForce``."""
    rules = table(entry.program.vintage.rules["relief"], entry.request.entry_on)
    rows: list[ReliefRow] = []
    offered: set[str] = set()
    for row in rules.rows:
        other_variant = not holds(row.get("variant", ()), entry.facts)
        excluded = "unless" in row and holds(row["unless"], entry.facts)
        if other_variant or excluded or row.get("instead_of") in offered:
            continue
        judged = _judged(row, entry, ordinary, rules)
        if judged.status != "not_eligible":
            offered.add(judged.code)
        rows.append(judged)
    return tuple(rows)


def effect_of(row: Row) -> Effect:
    """What a relief row does to the sums."""
    duty_base, tax_base = row.get("duty_base"), row.get("tax_base")
    return Effect(
        frozenset(row.get("frees", ())),
        None if duty_base is None else tuple(duty_base),
        None if tax_base is None else tuple(tax_base),
    )


def _judged(row: Row, entry: Entry, ordinary: Assessed, rules: Table) -> ReliefRow:
    finding = _finding(row, entry)
    status = STATUS[finding.holds]
    unpriced = finding.holds is False or ordinary.gaps or _base_unknown(row, entry)
    priced = None if unpriced else assess(entry, effect_of(row))
    due = None if priced is None or priced.gaps else priced.charges.total
    saves = None if due is None else ordinary.charges.total - due
    if finding.holds is False and not ordinary.gaps:
        saves = Decimal(0)
    return ReliefRow(
        row["code"], status, row["claimant"], row["form"], finding.why or row["what"], _confidence(row, ordinary),
        rules.cite(row), saves, due, finding.missing, finding.deadline,
        _own_charges(row, priced.charges) if priced else (), (*_says(row, entry), *finding.assumed),
        row.get("kind", "relief"),
    )  # fmt: skip


def _confidence(row: Row, ordinary: Assessed) -> Confidence:
    """As sure as the row; where a fee is waived with the duty, no surer than that waiver is known."""
    waives = "fees_confidence" in row and any(fee.in_total for fee in ordinary.charges.fees)
    return weakest([row["confidence"], *([row["fees_confidence"]] if waives else [])])


def _finding(row: Row, entry: Entry) -> Finding:
    purpose = entry.request.purpose
    if purpose not in row["purposes"]:
        return Finding(False, why=f"not for {purpose}")
    barred = next((found.no_relief for found in entry.classified if found.no_relief), None)
    if barred is not None:
        return Finding(False, why=barred)
    finding = judge_all(row["conditions"], entry.facts)
    if finding.holds is not False and "to_confirm" in row:
        missing = (*finding.missing, *row["to_confirm"])
        return Finding(None, missing, deadline=finding.deadline, assumed=finding.assumed)
    return finding


def _base_unknown(row: Row, entry: Entry) -> bool:
    """A relief on the cost of a repair cannot be priced before that cost is known, one on new parts before theirs."""
    base = {*row.get("duty_base", ()), *row.get("tax_base", ())}
    needed = {"charge", "fair_value"} & base or {"parts"} & base
    return not needed <= set(entry.repair_costs)


def _own_charges(row: Row, charges: Assessment) -> tuple[Charge, ...]:
    """What is still charged, shown where the relief has its own base."""
    return charges.counted if "duty_base" in row or "tax_base" in row else ()


def _says(row: Row, entry: Entry) -> tuple[str, ...]:
    """What an answer that counts this relief must say beside it."""
    costs = {*row.get("duty_base", ()), *row.get("tax_base", ())} - {"duty"}
    unstated = {"freight_in", "freight_out", "insurance"} & costs - set(entry.repair_costs)
    partless = "parts" in costs and len(costs & {"charge", "fair_value"}) > 0 and "parts" not in entry.repair_costs
    return (
        *row.get("says", ()),
        *(("repair_freight_assumed",) if unstated else ()),
        *(("repair_parts_assumed",) if partless else ()),
    )
