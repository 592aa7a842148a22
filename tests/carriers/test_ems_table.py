"""China Post's code table: every row sourced and in our words, the list whole, its source credited."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from chalicelib.carriers.ems.meanings import known_codes, meaning_of
from chalicelib.carriers.registry import read_tracking
from chalicelib.rulebook import dictionary
from chalicelib.shipments.events import CONDITIONS, CUSTOMS_REASONS, MILESTONES, Party
from tests.carriers.ems_pieces import NOW

TABLE = dictionary("carriers", "ems_events")
ROOT = Path(__file__).parents[2]
PARTIES = (*get_args(Party), None)
GROUPS = ("codes", "legacy", "delivered_to", "not_delivered")
FIELDS = {
    "wording", "chinese", "milestone", "condition", "reason", "responsible", "action_by", "where", "voids",
    "withdraws_delivery", "source", "status", "on", "says", "without_outcome",
}  # fmt: skip


def rows():
    for group in GROUPS:
        yield from ((f"{group}.{name}", row) for name, row in TABLE[group].items())
    yield from ((f"wording[{at}]", row) for at, row in enumerate(TABLE["wording"]))


@pytest.mark.parametrize(("name", "row"), list(rows()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_row_is_in_our_words_and_says_where_it_is_from(name, row) -> None:
    assert row["status"] in ("secondary", "assumed")
    assert TABLE["source"][row["source"]]["read_on"] == date(2026, 11, 22)
    assert row.get("milestone") in (*MILESTONES, None)
    assert row.get("condition") in (*CONDITIONS, None)
    assert row.get("responsible") in PARTIES
    assert row.get("action_by") in PARTIES
    reason = row.get("reason") or ""
    assert not reason.startswith("customs_") or reason in CUSTOMS_REASONS
    assert row.get("where") in ("abroad", "airline", None)
    assert set(row) <= FIELDS


def test_the_table_holds_all_197_operations_24_places_and_16_reasons() -> None:
    listed = [code for code, row in TABLE["codes"].items() if code not in ("306", "989")]
    assert (len(listed), len(TABLE["delivered_to"]), len(TABLE["not_delivered"])) == (197, 24, 16)
    assert set(TABLE["legacy"]) == {"10", "20", "70", "80"}


def test_what_is_assumed_comes_from_nobody_else() -> None:
    assert all((row["status"] == "assumed") == (row["source"] == "house") for _, row in rows())


def test_a_row_with_a_trouble_says_who_must_act() -> None:
    for name, row in rows():
        if row.get("condition") in ("delayed", "held", "action_required", "failed"):
            assert row.get("action_by"), name


def test_every_code_that_is_cancelled_has_a_row_and_can_be_packed() -> None:
    for name, row in rows():
        for code in row.get("voids", ()):
            assert code in known_codes(), name
            assert code.isalnum()
    cancelling = {name.split(".")[1] for name, row in rows() if row.get("voids")}
    assert len(cancelling) == 17
    assert [name for name, row in rows() if row.get("withdraws_delivery")] == ["codes.743"]


def test_every_segment_abroad_is_marked_so() -> None:
    for code in TABLE["codes"]:
        if code.startswith(("O_", "C_")) or (code.isdigit() and 456 <= int(code) <= 499):
            assert meaning_of(code).where in ("abroad", "airline"), code
        elif code not in ("500", "505", "506"):
            assert meaning_of(code).where == "office", code


def test_an_outcome_never_turns_a_known_code_into_an_unknown_one() -> None:
    for code in known_codes():
        for outcome in (*TABLE["delivered_to"], *TABLE["not_delivered"], "999"):
            assert meaning_of(code, outcome, outcome).milestone != "unrecognised"


def test_no_word_of_chinese_is_claimed_without_a_recorded_answer() -> None:
    said = [row["chinese"] for _, row in rows() if "chinese" in row]
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in words) for words in said)
    assert "only where a recorded answer shows it" in (
        ROOT / "chalicelib" / "carriers" / "rules" / "ems_events.toml"
    ).read_text(encoding="utf-8")


def test_the_source_of_the_codes_is_credited_with_its_licence() -> None:
    assert TABLE["source"]["olts"]["licence"] == "CC BY 4.0"
    page = (ROOT / "docs" / "CREDITS.md").read_text(encoding="utf-8")
    assert "open-logistics-tracking/OLTS" in page
    assert "https://creativecommons.org/licenses/by/4.0/" in page


def test_every_code_is_read_from_a_body() -> None:
    for code in known_codes():
        body = f'{{"waybillNo":"EA123456785CN","opTime":"2026-11-20 10:00:00","opCode":"{code}"}}'.encode()
        (event,) = read_tracking("ems_push", body, NOW).trackings[0].events
        assert event.milestone != "unrecognised"
        assert event.text
