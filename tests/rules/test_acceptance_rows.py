"""The acceptance rows against what was read: each row of the first set with the same words, decision and limit, and
every fact of the lists that stands beside it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from chalicelib.carriers.acceptance_rows import rows_in_force

ON = date(2026, 11, 22)
ROWS = {row.id: row for row in rows_in_force(ON)}
Cap = tuple[str, str, str, str | None, str | None]


class Expected(NamedTuple):
    """A row as it was read: lists are words with spaces between."""

    id: str
    carrier: str
    service: str
    origin: str
    dest: str
    goods: str
    decision: str
    limit: Cap | None
    requires: str
    reason: str | None
    as_of: str | None
    confidence: str


AS_READ = json.loads((Path(__file__).parent / "acceptance_as_read.json").read_text(encoding="utf-8"))
READ = [Expected(*(tuple(value) if isinstance(value, list) else value for value in row)) for row in AS_READ]


@pytest.mark.parametrize("read", READ, ids=lambda read: read.id)
def test_every_row_that_was_read_is_held_as_it_was_read(read):
    row = ROWS[read.id]
    cap = row.max_value
    limit = cap and (str(cap.amount), cap.currency, cap.basis, cap.field, cap.when)
    held = Expected(
        row.id, row.carrier, row.service, " ".join(row.origin), " ".join(row.dest), " ".join(row.goods), row.decision,
        limit, " ".join(row.requires), row.reason, row.as_of, row.confidence,
    )  # fmt: skip
    assert held == read


def test_the_first_set_is_whole():
    assert len(READ) == 32


@pytest.mark.parametrize("country", ["DE", "CH", "AE", "BR", "MX", "RU", "TR", "SG", "MY", "TH", "VN"])
def test_a_country_nothing_was_found_for_stays_a_question(country):
    row = ROWS["GAP-DEST"]
    assert country in row.dest
    assert (row.decision, row.carrier, row.requires, row.confidence) == ("review", "*", ("DEST_RULE_CHECKED",), "low")


def test_no_row_read_from_memory_refuses_or_takes_anything():
    assert {row.decision for row in ROWS.values() if row.confidence == "low"} == {"review"}


def test_no_row_allows_outright():
    assert "allow" not in {row.decision for row in ROWS.values()}


def test_every_row_says_how_old_it_is():
    assert all(row.checked_on <= ON and row.source_title for row in ROWS.values())
