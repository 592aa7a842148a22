"""A country's program: which duties, taxes, fees, regimes and relief its border has on a day, all read from
TOML.

``customs/<territory>/program`` names the currency, the value basis, the ordinary layers, taxes and fees, and
the regimes that replace them (low value, mail, personal articles). Each layer or tax points at its own dated
dataset. Adding a country is adding these files; no country has code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from chalicelib.customs.conditions import Facts, holds
from chalicelib.customs.goods import AskedRow, Goods, asked, digits, first_fitting
from chalicelib.errors import RuleFileInvalid, RuleNotInForce
from chalicelib.places import territory_of
from chalicelib.rulebook import Vintage, effective_dates, in_force, load

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One vintage of a dataset: its rows ready to be asked about goods, and the texts of its sources.

    ``columns`` are the rates that origin or a preference moves goods into; ``lines`` finds a row by its tariff code.
    """

    vintage: Vintage
    rows: tuple[Row, ...]
    asked: tuple[AskedRow, ...]
    columns: tuple[AskedRow, ...]
    lines: Mapping[str, Row]

    def first(self, goods: Goods) -> Row | None:
        """The first row about these goods, or None."""
        return first_fitting(self.asked, goods)

    def line_of(self, code: str) -> Row | None:
        """The row whose code covers this one and is the longest of those, or None."""
        return next((self.lines[code[:end]] for end in range(len(code), 0, -1) if code[:end] in self.lines), None)

    def cite(self, row: Row) -> str:
        """The source a row names, as answers show it."""
        return source_text(self.vintage, row["source"])


@dataclass(frozen=True, slots=True)
class Gap:
    """Something needed that the rules cannot say; ``reason`` goes into the answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Regime:
    """Which layers, taxes and fees this entry falls under, and the row that says so (None: ordinary)."""

    layers: tuple[Row, ...]
    taxes: tuple[Row, ...]
    fees: tuple[Row, ...]
    row: Row | None


@dataclass(frozen=True, slots=True)
class Program:
    """One territory's border on one day."""

    vintage: Vintage
    on: date

    @property
    def currency(self) -> str:
        """The currency duties are reckoned in."""
        return str(self.vintage.rules["currency"])

    @property
    def basis(self) -> str:
        """``fob`` or ``cif``: whether freight to the border is dutiable."""
        return str(self.vintage.rules["basis"])

    @property
    def tariff(self) -> Table:
        """The ordinary (most favoured nation) rates."""
        return table(self.vintage.rules["tariff"], self.on)

    def cite(self, row: Row) -> str:
        """The source a row of the program itself names."""
        return source_text(self.vintage, row["source"])

    def rows(self, kind: str) -> tuple[Row, ...]:
        """The rows of one kind (``layer``, ``tax``, ``fee``, ``notice``, ``regime``) in force that day."""
        return tuple(row for row in self.vintage.rules.get(kind, ()) if _current(row, self.on))

    def regime(self, facts: Facts) -> Regime:
        """The first regime whose conditions hold, or the ordinary one."""
        row = next((each for each in self.rows("regime") if holds(each["when"], facts)), None)
        return Regime(self._named("layer", row), self._named("tax", row), self._named("fee", row), row)

    def _named(self, kind: str, regime: Row | None) -> tuple[Row, ...]:
        ordinary = self.vintage.rules[_PLURALS[kind]]
        names = ordinary if regime is None else regime.get(_PLURALS[kind], ordinary)
        return tuple(row for row in self.rows(kind) if row["name"] in names)


_PLURALS = {"layer": "layers", "tax": "taxes", "fee": "fees"}


def program_of(destination: str, on: date) -> Program | None:
    """The program of a destination, or None when the house has no rules for it.

    Raises ``RuleNotInForce`` for a day before its first vintage.
    """
    dataset = f"customs/{territory_of(destination).lower()}/program"
    return Program(in_force(dataset, on), on) if effective_dates(dataset) else None


def table(dataset: str, on: date) -> Table:
    """The vintage of a dataset in force that day, as rows; raises ``RuleNotInForce``."""
    return _table_of(dataset, in_force(dataset, on).effective)


@cache
def _table_of(dataset: str, effective: date) -> Table:
    """A vintage is made ready once, as it is parsed once."""
    vintage = load(dataset, effective)
    rows = tuple(vintage.rules.get("row", ()))
    lines: dict[str, Row] = {}
    for row in rows:
        if "code" in row:
            lines.setdefault(digits(str(row["code"])), row)
    return Table(vintage, rows, asked(rows), asked(vintage.rules.get("column_row", ())), lines)


def table_or_gap(dataset: str, on: date) -> Table | Gap:
    """The same, but a missing vintage is a gap in the answer: what else is known can still be shown."""
    try:
        return table(dataset, on)
    except RuleNotInForce as missing:
        return Gap(f"rule_not_in_force:{missing.dataset}")


def source_text(vintage: Vintage, source_id: str) -> str:
    """Title and address of a source named in a vintage; raises ``RuleFileInvalid`` when it names none."""
    for source in vintage.rules["source"]:
        if source["id"] == source_id:
            return f"{source['title']} <{source['url']}>" if "url" in source else str(source["title"])
    raise RuleFileInvalid(f"{vintage.name}: no source is called {source_id}")


def _current(row: Row, on: date) -> bool:
    return bool(row.get("from", on) <= on <= row.get("until", on))
