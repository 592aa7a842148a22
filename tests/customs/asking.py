"""Short ways to ask for an estimate in tests: plain data in, the request the engine takes out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from chalicelib.customs.estimate import estimate
from chalicelib.customs.facts import EstimateRequest, History, Line, Repair
from chalicelib.money import Money

CASES = Path(__file__).parent / "cases"
RING = {"article": "ring", "metal": "gold", "fineness": 750, "construction": "solid", "origin": "CN"}


def cases() -> list[dict[str, Any]]:
    """Every worked case of every file, with its file name."""
    found = []
    for file in sorted(CASES.glob("*.toml")):
        read = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
        found += [{"file": file.stem, "figures": read["figures"], **case} for case in read["case"]]
    return found


def money(text: str) -> Money:
    """``"1200 USD"`` as money."""
    amount, currency = text.split()
    return Money(Decimal(amount), currency)


def line(given: Mapping[str, Any]) -> Line:
    """A line; what is not said is an 18K ring made in China, worth its FOB value."""
    merged = {**RING, **given}
    origin = merged.pop("origin") or None
    return Line(**{**merged, "value": money(merged["value"])}, origin=origin)


def request(**given: Any) -> EstimateRequest:
    """A request; transport costs nothing unless said, so that nothing is assumed."""
    lines = tuple(line(each) for each in given.pop("lines"))
    currency = lines[0].value.currency
    transport = {name: money(given.pop(name, f"0 {currency}")) for name in ("freight", "insurance")}
    past, repair = given.pop("history", None), given.pop("repair", None)
    return EstimateRequest(
        destination=given.pop("destination"),
        dispatched_from=given.pop("dispatched_from", "CN"),
        entry_on=given.pop("entry_on", date(2026, 11, 22)),
        purpose=given.pop("purpose"),
        lines=lines,
        history=History(**past) if past else None,
        repair=_repair(repair) if repair else None,
        **transport,
        **given,
    )


def answer(**given: Any) -> dict[str, Any]:
    """The answer's JSON for a request in plain data."""
    return estimate(request(**given)).as_json()


def layers(given: Mapping[str, Any]) -> dict[str, str | None]:
    """Rate by layer of the first line of an answer."""
    return {row["layer"]: row["rate"] for row in given["lines"][0]["duties"]}


def relief(given: Mapping[str, Any], code: str) -> dict[str, Any]:
    """The row of one relief in an answer; the first that is not refused when the code has several."""
    rows = [row for row in given["relief"] if row["code"] == code]
    return min(rows, key=lambda row: row["status"] == "not_eligible")


def _repair(given: Mapping[str, Any]) -> Repair:
    amounts = {field.name for field in fields(Repair) if "Money" in str(field.type)}
    return Repair(**{name: money(value) if name in amounts else value for name, value in given.items()})
