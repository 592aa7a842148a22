"""What is in force at a country's border on a day: every rate, layer, tax, fee, regime, relief and refund, with source.

It reads the same tables that an estimate reads, so what is shown is what would be charged. Each table says when it
began, when its sources were read, and whether somebody should look again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.customs.goods import CRITERIA
from chalicelib.customs.program import Program, Row, Table, program_of, table
from chalicelib.customs.relief_cover import absent_rows
from chalicelib.errors import NotFoundError, RuleNotInForce
from chalicelib.places import EU_MEMBERS
from chalicelib.rule_review import due_since, oldest_reading
from chalicelib.rulebook import ROOT, Vintage, datasets_of, effective_dates

ABOUT_ALL = ("customs/classification", "customs/declaration", "customs/exchange")
# What a row may ask of the goods, as the answer shows it: of the country itself nothing is said again.
SHOWN = (*(name for name in CRITERIA if name != "members"), "above")


class DestinationUnsupported(NotFoundError):
    """The house holds no rules for this country."""

    code = "destination_unsupported"


def tariff_book(country: str, on: date) -> dict[str, Any]:
    """Everything in force there that day, as JSON. Raises ``DestinationUnsupported`` for a country without rules and
    ``RuleNotInForce`` for a day before its first vintage."""
    program = program_of(country, on)
    if program is None:
        raise DestinationUnsupported(f"no customs rules are held for {country}")
    layers = [row for row in program.rows("layer") if "dataset" in row]
    used = _tables_of(program, layers)
    return {
        "country": country,
        "on": on.isoformat(),
        "currency": program.currency,
        "value_basis": program.basis,
        "lines": [_line(row, program.tariff) for row in program.tariff.rows],
        "columns": [_column(row, program.tariff) for row in program.tariff.vintage.rules.get("column_row", ())],
        "layers": [_layer(layer, row, found) for layer, found in _each(layers, used) for row in found.rows],
        "taxes": [_tax(tax, row, found) for tax, found in _each(program.rows("tax"), used) for row in found.rows
                  if country in row.get("members", (country,))],
        "fees": [_fee(fee, row, found) for fee, found in _each(program.rows("fee"), used) for row in found.rows],
        "regimes": [_cited(row, row["name"], program) for row in program.rows("regime")],
        "notices": [_notice(row, program) for row in program.rows("notice")],
        "relief": _reliefs(used.get(program.vintage.rules["relief"])),
        "refunds": _refunds(used.get(_refund_set(program))),
        "absent": _absent(used.get(program.vintage.rules["relief"]), used.get(_refund_set(program))),
        "unread": _unread(program, layers, used),
        "vintages": [_vintage(found.vintage, on) for found in used.values()],
    }  # fmt: skip


def programs_held() -> tuple[str, ...]:
    """Every territory the house has rules for, by its code (``EU`` for the Union).

    >>> "EU" in programs_held(), "US" in programs_held()
    (True, True)
    """
    folders = sorted((ROOT / "customs" / "rules").glob("*/program"))
    return tuple(folder.parent.name.upper() for folder in folders)


def datasets_in_use(territory: str, on: date) -> tuple[str, ...]:
    """Every dataset that an estimate for this territory may read on that day: what must not run out unnoticed."""
    program = program_of(min(EU_MEMBERS) if territory == "EU" else territory, on)
    if program is None:
        return ()
    return tuple(dict.fromkeys(_names_of(program, [row for row in program.rows("layer") if "dataset" in row])))


def datasets_of_every_border() -> tuple[str, ...]:
    """The customs datasets of no one territory: what papers say, marks and weights, where rates are from."""
    held = programs_held()
    return tuple(name for name in datasets_of("customs") if name.split("/")[1].upper() not in held)


def _names_of(program: Program, layers: Iterable[Row]) -> Iterable[str]:
    yield program.vintage.dataset
    yield program.vintage.rules["tariff"]
    yield from (row["dataset"] for row in (*layers, *program.rows("tax"), *program.rows("fee")))
    yield program.vintage.rules["relief"]
    if effective_dates(_refund_set(program)):
        yield _refund_set(program)
    yield from ABOUT_ALL


def _refund_set(program: Program) -> str:
    return program.vintage.dataset.replace("/program", "/refund")


def _tables_of(program: Program, layers: list[Row]) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for name in _names_of(program, layers):
        try:
            found[name] = table(name, program.on)
        except RuleNotInForce:
            continue
    return found


def _each(rows: Iterable[Row], used: Mapping[str, Table]) -> Iterable[tuple[Row, Table]]:
    return ((row, used[row["dataset"]]) for row in rows if row["dataset"] in used)


def _unread(program: Program, layers: list[Row], used: Mapping[str, Table]) -> list[str]:
    """What the border needs on that day and no table holds: an estimate says it is incomplete."""
    return sorted(set(_names_of(program, layers)) - set(used))


def _about(row: Row) -> dict[str, Any]:
    return {name: _plain(row[name]) for name in SHOWN if name in row}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return list(value) if isinstance(value, (list, tuple)) else value


def _rate(row: Row) -> str | None:
    return format(Decimal(row["rate"]), "f") if "rate" in row else None


def _amount(row: Row, name: str) -> str | None:
    return format(Decimal(row[name]), "f") if name in row else None


def _sure(row: Row, source: str) -> dict[str, Any]:
    return {"confidence": row["confidence"], "source": source}


def _line(row: Row, tariff: Table) -> dict[str, Any]:
    told = {"hs_code": row["code"], "what": row["what"], "rate": _rate(row), "unknown": row.get("unknown")}
    return told | {"about": _about(row)} | _sure(row, tariff.cite(row))


def _column(row: Row, tariff: Table) -> dict[str, Any]:
    told = {"column": row["column"], "rate": _rate(row), "unknown": row.get("unknown"), "about": _about(row)}
    return told | _sure(row, tariff.cite(row))


def _layer(layer: Row, row: Row, found: Table) -> dict[str, Any]:
    told = {"layer": layer["name"], "kind": row["kind"], "rate": _rate(row), "amount": _amount(row, "amount")}
    told |= {"from": _day(layer.get("from")), "until": _day(layer.get("until")), "rule": row["cites"]}
    return told | {"about": _about(row)} | _sure(row, found.cite(row))


def _tax(tax: Row, row: Row, found: Table) -> dict[str, Any]:
    part = "/".join(str(each) for each in row["fraction"]) if "fraction" in row else None
    told = {"code": tax["code"], "rate": _rate(row), "fraction": part, "unknown": row.get("unknown")}
    told |= {"base": list(tax.get("base", (tax.get("of"),))), "collected_by": tax.get("collected_by", "customs")}
    told |= {"waived_up_to": _amount(tax, "waived_up_to"), "rule": row["cites"], "about": _about(row)}
    return told | _sure(row, found.cite(row))


def _fee(fee: Row, row: Row, found: Table) -> dict[str, Any]:
    told = {"code": fee["name"], "entry": fee.get("entry"), "rate": _rate(row), "amount": _amount(row, "amount")}
    told |= {"min": _amount(row, "min"), "max": _amount(row, "max"), "in_total": fee.get("in_total", True)}
    return told | {"unknown": row.get("unknown"), "rule": row["cites"]} | _sure(row, found.cite(row))


def _cited(row: Row, name: str, program: Program) -> dict[str, Any]:
    told = {
        "name": name,
        "rule": row.get("cites", name),
        "from": _day(row.get("from")),
        "until": _day(row.get("until")),
    }
    return told | _sure(row, program.cite(row))


def _notice(row: Row, program: Program) -> dict[str, Any]:
    return _cited(row, row["code"], program) | {"blocks": row.get("blocks", False)}


def _reliefs(found: Table | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    return [
        {name: row[name] for name in ("code", "what", "claimant", "form")}
        | {"purposes": list(row["purposes"])}
        | _sure(row, found.cite(row))
        for row in found.rows
    ]


def _refunds(found: Table | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    return [
        {name: row[name] for name in ("code", "what", "claimant", "form")}
        | {"covers": list(row["covers"]), "evidence": list(row["evidence"])}
        | _sure(row, found.cite(row))
        for row in found.rows
    ]


def _absent(*tables: Table | None) -> list[dict[str, Any]]:
    """Kinds of relief and refund the country has not, or whose law was not read (``read`` false)."""
    return [
        {"kind": row["kind"], "read": row["read"], "why": row["why"]} | _sure(row, found.cite(row))
        for found in tables
        if found is not None
        for row in absent_rows(found)
    ]


def _vintage(vintage: Vintage, on: date) -> dict[str, Any]:
    due = due_since(vintage.rules, on)
    return {
        "dataset": vintage.dataset,
        "effective": vintage.effective.isoformat(),
        "ends": _day(vintage.ends),
        "next": _day(_next(vintage)),
        "review_after": _day(vintage.review_after),
        "read_on": _day(oldest_reading(vintage.rules)),
        "due": bool(due),
        "due_because": list(due),
    }


def _next(vintage: Vintage) -> date | None:
    """The day its successor takes effect; with ``ends`` and without this the dataset runs out."""
    return min((day for day in effective_dates(vintage.dataset) if day > vintage.effective), default=None)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
