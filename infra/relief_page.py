"""Write ``docs/RELIEF.md``, every kind of relief in every country: ``python -m infra.relief_page``.

The page says what ``customs/rules/*/relief`` and ``*/refund`` say today and no more; a test fails when it says anything
else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from chalicelib.customs.program import Row, Table, table
from chalicelib.customs.relief_cover import KINDS, REFUND, absent_rows, gives
from chalicelib.customs.tariff_book import programs_held
from chalicelib.rulebook import ROOT, effective_dates

PAGE = Path(ROOT).parent / "docs" / "RELIEF.md"
NAMES: Mapping[str, str] = {
    "returned_goods": "goods that come back", "personal_return": "personal returns", "refused_parcel": "refused parcel",
    "warranty_repair": "repair under warranty", "paid_repair": "repair against payment",
    "replacement": "replacement without charge", "temporary_import": "temporary import for repair",
    "inward_processing": "inward processing", "outward_processing": "outward processing", "loan": "loan or sample",
    REFUND: "refund of duty once paid",
}  # fmt: skip
_HEAD = """# Relief by country and kind

Written by `make relief` from `chalicelib/customs/rules/*/relief` and `*/refund`; `test_relief_page` holds it true.
A cell names the rows that can be that relief; whether one is proven is for the facts of an entry to say. *None*: the
law knows no such relief, or none of its own. *Not read*: nobody has read it, a person must find out, and an estimate to
which no other relief is open says `relief_not_read`. A row without a last day has none, or one that customs set (then
the form says so).
"""


@dataclass(frozen=True)
class Country:
    """What the newest tables of one territory say."""

    code: str
    relief: Table
    refund: Table

    def rows(self, kind: str) -> tuple[Row, ...]:
        """The rows that can be this kind."""
        if kind == REFUND:
            return self.refund.rows
        return tuple(row for row in self.relief.rows if gives(row, kind))

    def absence(self, kind: str) -> Row:
        """Why there is no row. KeyError where nothing says it."""
        words = {row["kind"]: row for each in (self.relief, self.refund) for row in absent_rows(each)}
        return words[kind]


def page() -> str:
    """The whole page."""
    countries = [_country(code) for code in programs_held()]
    details = (part for each in countries for part in _details(each))
    return "\n".join([_HEAD, *_overview(countries), *details]) + "\n"


def _country(code: str) -> Country:
    return Country(code, _newest(code, "relief"), _newest(code, "refund"))


def _newest(code: str, name: str) -> Table:
    dataset = f"customs/{code.lower()}/{name}"
    return table(dataset, effective_dates(dataset)[-1])


def _overview(countries: Iterable[Country]) -> Iterator[str]:
    kinds = (*KINDS, REFUND)
    yield "| | " + " | ".join(NAMES[kind] for kind in kinds) + " |"
    yield "|---" * (len(kinds) + 1) + "|"
    for each in countries:
        yield f"| **{each.code}** | " + " | ".join(_cell(each, kind) for kind in kinds) + " |"


def _cell(country: Country, kind: str) -> str:
    rows = country.rows(kind)
    if not rows:
        return "none" if country.absence(kind)["read"] else "not read"
    return ", ".join(dict.fromkeys(row["code"].removeprefix(f"{country.code}-") for row in rows))


def _details(country: Country) -> Iterator[str]:
    yield f"\n## {country.code}\n"
    yield "| kind | code | last day | form | confidence |"
    yield "|---|---|---|---|---|"
    for kind in (*KINDS, REFUND):
        rows = country.rows(kind)
        for row in rows:
            yield f"| {NAMES[kind]} | {row['code']} | {_last_day(row)} | {row['form']} | {row['confidence']} |"
        if not rows:
            word = country.absence(kind)
            yield f"| {NAMES[kind]} | {_cell(country, kind)} | | {word['why']} | {word['confidence']} |"


def _last_day(row: Row) -> str:
    found = [*_spans(row["conditions"]), *(_claimed(limit) for limit in row.get("claim_within", ()))]
    return "; ".join(dict.fromkeys(found))


def _spans(conditions: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in conditions:
        if "any" in each:
            yield from _spans(each["any"])
        elif "within_months" in each or "within_days" in each:
            yield f"{_length(each, 'within_months', 'within_days')} from {_event(each['fact'])}"
        elif "within_months_of" in each or "within_days_of" in each:
            start = each.get("within_months_of") or each["within_days_of"]
            yield f"{_event(each['fact'])} {_length(each, 'months', 'days')} from {_event(start)}"
        elif isinstance(each.get("until"), date):
            yield f"{_event(each['fact'])} until {each['until'].isoformat()}"


def _claimed(limit: Mapping[str, Any]) -> str:
    return f"claim {_length(limit, 'months', 'days')} from {_event(limit['from'])}"


def _length(row: Mapping[str, Any], months: str, days: str) -> str:
    return f"{row[months]} months" if months in row else f"{row[days]} days"


_EVENTS = {
    "exported_on": "export", "imported_on": "import", "left_on": "leaving", "paid_on": "payment",
}  # fmt: skip


def _event(fact: str) -> str:
    name = fact.rpartition(".")[2]
    return _EVENTS.get(name, name)


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE.name}")


if __name__ == "__main__":
    main()
