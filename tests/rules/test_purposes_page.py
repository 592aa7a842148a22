"""Every purpose is told to every carrier in its own words, or refused with the reason; the page says exactly that."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from chalicelib.purposes import Purpose
from infra.purposes_page import FIELDS, NAMES, PAGE, page, table_of

PAIRS = [(purpose, carrier) for purpose in get_args(Purpose) for carrier in NAMES]


def rows_of(table: Any, purpose: str) -> list[Any]:
    return [table[part][purpose] for part in ("purposes", "refused") if purpose in table.get(part, {})]


def test_the_page_is_what_the_rules_make_of_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make purposes`"


@pytest.mark.parametrize(("purpose", "carrier"), PAIRS)
def test_every_purpose_is_mapped_or_refused_by_every_carrier_and_never_both(purpose: str, carrier: str) -> None:
    (row,) = rows_of(table_of(carrier), purpose)
    mapped = purpose in table_of(carrier)["purposes"]
    assert row[next(iter(FIELDS[carrier])) if mapped else "reason"].strip()
    assert row["confidence"] in ("high", "medium", "low")
    assert row["source"] in table_of(carrier)["source"]


@pytest.mark.parametrize(("purpose", "carrier"), PAIRS)
def test_every_pair_stands_on_the_page_once(purpose: str, carrier: str) -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.startswith(f"| `{purpose}` | {NAMES[carrier]} |")]) == 1


@pytest.mark.parametrize("carrier", NAMES)
def test_no_carrier_is_told_of_a_purpose_the_house_does_not_have(carrier: str) -> None:
    table = table_of(carrier)
    assert set(table["purposes"]) | set(table.get("refused", {})) == set(get_args(Purpose))


@pytest.mark.parametrize("carrier", NAMES)
def test_a_row_the_house_read_itself_is_not_called_certain(carrier: str) -> None:
    for row in table_of(carrier)["purposes"].values():
        assert not (row["source"] == "house" and row["confidence"] == "high")


def test_every_source_a_row_names_is_listed_below_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    table, _, sources = text.partition("## Sources")
    named = {found for line in table.splitlines() for found in re.findall(r"\| (\w+: \w+) \|$", line)}
    listed = {line.removeprefix("- ").rsplit(": ", 1)[0] for line in sources.splitlines() if line.startswith("- ")}
    assert named
    assert all(any(one.startswith(name) for one in listed) for name in named)
