"""One entry made ready to be assessed: valued, classified, its regime chosen, its facts named for the rule
tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from chalicelib.customs.classification import Classification, classify_goods
from chalicelib.customs.conditions import holds, judge_all
from chalicelib.customs.facts import EstimateRequest, History, Repair
from chalicelib.customs.goods import Goods, goods_of
from chalicelib.customs.program import Program, Regime
from chalicelib.customs.regions import region_of
from chalicelib.customs.valuation import Converter, Values, value_lines
from chalicelib.money import Money, decimals_of, round_to

REPAIR_COSTS = ("charge", "parts", "fair_value", "freight_out", "freight_in", "insurance")


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything an assessment reads. ``repair_costs`` are in the destination's currency; ``region_doubt`` is the
    reason to give when the region of the request is none of the destination's.
    """

    request: EstimateRequest
    program: Program
    regime: Regime
    goods: tuple[Goods, ...]
    classified: tuple[Classification, ...]
    values: Values
    facts: Mapping[str, Any]
    repair_costs: Mapping[str, Decimal]
    region_doubt: str | None = None


def prepare(request: EstimateRequest, program: Program, money: Converter) -> Entry:
    """Value and classify every line and choose the regime. Raises ``RuleNotInForce``."""
    place = region_of(request.destination, request.region)
    doubt = f"region_unknown:{request.region}" if place.is_unknown else None
    request = replace(request, region=place.code)
    values = _as_customs_take_them(value_lines(request, program.basis, money), request, program)
    costs = _repair_costs(request.repair, money)
    goods, classified = [], []
    for line, value in zip(request.lines, values.lines, strict=True):
        raw = goods_of(line, request)
        raw = replace(raw, per_dozen=value * 12 / max(line.quantity, 1))
        found = classify_goods(raw, program.tariff, request.entry_on)
        classified.append(found)
        goods.append(raw.coded(found.hs_code))
    facts = _facts(request, values, costs, goods)
    facts |= _limits_abroad(values, program, money, facts)
    regime = program.regime(facts)
    values = _transport_as_taxed(values, regime)
    return Entry(request, program, regime, tuple(goods), tuple(classified), values, facts, costs, doubt)


def _transport_as_taxed(values: Values, regime: Regime) -> Values:
    """A tax on the landed value is only assumed while freight or insurance is unknown (Australia's GST)."""
    taxed = any("transport" in tax.get("base", ()) for tax in regime.taxes)
    if values.transport_known or not taxed:
        return values
    return replace(values, assumed=tuple(dict.fromkeys((*values.assumed, "freight_assumed"))))


def _as_customs_take_them(values: Values, request: EstimateRequest, program: Program) -> Values:
    """A country may take a part of the stated value only: retail prices of things for one's own use, without the
    transport that is none of a retail price (Japan)."""
    stated = {"retail_price_own_use": request.retail_price_own_use, "consignee": request.consignee}
    row = next((each for each in program.rows("valuation") if holds(each["when"], stated)), None)
    if row is None:
        return values
    carried = values.transport if program.basis == "cif" else tuple(Decimal(0) for _ in values.lines)
    worth = (value - freight for value, freight in zip(values.lines, carried, strict=True))
    scaled = tuple(round_to(each * row["share"], decimals_of(program.currency)) for each in worth)
    return replace(values, lines=scaled, assumed=(*values.assumed, row["says"]))


def _limits_abroad(
    values: Values, program: Program, money: Converter, facts: Mapping[str, Any]
) -> dict[str, Decimal | None]:
    """Low-value limits that are written in another currency than the duty (Korea's 150 US dollars); no rate is needed
    where none of them can apply."""
    found: dict[str, Decimal | None] = {}
    for currency in program.vintage.rules.get("limits_in", ()):
        name = f"intrinsic_value_{currency.lower()}"
        if not _may_decide(name, program, facts):
            continue
        there = money.towards(currency)
        amount = there.amount(Money(values.intrinsic, program.currency))
        found[name] = None if there.missing else amount
        money.missing.extend(there.missing)
        money.used.extend(there.used)
    return found


def _may_decide(name: str, program: Program, facts: Mapping[str, Any]) -> bool:
    """Whether some regime or notice that asks for this fact does not already fail by its other conditions."""
    asking = [
        row["when"]
        for row in (*program.rows("regime"), *program.rows("notice"))
        if any(each.get("fact") == name for each in row["when"])
    ]
    others = ([each for each in when if each.get("fact") != name] for when in asking)
    return any(judge_all(rest, facts).holds is not False for rest in others)


def _repair_costs(repair: Repair | None, money: Converter) -> dict[str, Decimal]:
    stated = {name: getattr(repair, name) for name in REPAIR_COSTS} if repair else {}
    return {name: money.amount(cost) for name, cost in stated.items() if isinstance(cost, Money)}


def _facts(
    request: EstimateRequest, values: Values, costs: Mapping[str, Decimal], goods: list[Goods]
) -> dict[str, Any]:
    lines = request.lines
    facts: dict[str, Any] = {
        name: getattr(request, name)
        for name in (
            "entry_on",
            "purpose",
            "channel",
            "consignee",
            "dispatched_from",
            "region",
            "preference",
            "retail_price_own_use",
        )
    }
    facts |= {"intrinsic_value": values.intrinsic, "customs_value": values.total}
    facts |= {"pieces": sum(line.quantity for line in lines), "entry": request.entry}
    facts["origins"] = tuple(dict.fromkeys(line.origin for line in lines if line.origin))
    facts["scrap"] = any(line.scrap for line in lines)
    facts["foreign_origin"] = any(line.origin not in (None, request.destination) for line in lines)
    facts["metals"] = tuple(dict.fromkeys(line.metal for line in lines))
    facts["articles"] = tuple(dict.fromkeys(line.article for line in lines))
    facts["headings"] = tuple(dict.fromkeys(each.code[:4] for each in goods))
    for prefix, record, shape in (("history", request.history, History), ("repair", request.repair, Repair)):
        facts |= {f"{prefix}.{field.name}": getattr(record, field.name, None) for field in fields(shape)}
    return facts | {f"repair.{name}": cost for name, cost in costs.items()}
