"""The report of rule files that must be looked at again."""

from datetime import date

import pytest

from chalicelib.rulebook import ROOT
from infra.rules_due import due, main

FORCED_LABOUR = "customs/rules/us/s301_2026/2026-07-24.toml"
FENTANYL = "customs/rules/us/ieepa_fentanyl/2025-02-04.toml"
FEDEX_CODES = "carriers/rules/fedex_events.toml"
ACCEPTANCE = "carriers/rules/acceptance/2025-04-13.toml"


def files(on: date, *, history: bool = False) -> set[str]:
    return {row.file for row in due(on) if row.history is history}


@pytest.mark.parametrize(("on", "listed"), [(date(2026, 11, 22), False), (date(2026, 11, 23), True)])
def test_a_file_is_due_the_day_after_its_review_day(on, listed):
    assert (FORCED_LABOUR in files(on)) is listed


@pytest.mark.parametrize(("on", "listed"), [(date(2027, 11, 22), False), (date(2027, 11, 23), True)])
@pytest.mark.parametrize("file", [FEDEX_CODES, ACCEPTANCE])
def test_a_file_is_due_when_its_source_was_read_more_than_a_year_ago(file, on, listed):
    assert (file in files(on)) is listed


def test_a_vintage_that_another_has_replaced_is_history():
    on = date(2027, 11, 23)
    assert FENTANYL in files(on, history=True)
    assert FENTANYL not in files(on)


def test_a_vintage_that_has_ended_is_history_though_none_follows():
    on = date(2027, 11, 23)
    assert "customs/rules/us/section_122/2026-02-24.toml" in files(on, history=True)


def test_nothing_was_due_on_the_day_everything_was_read():
    assert due(date(2026, 11, 22)) == []


def test_in_time_every_file_with_a_dated_source_is_due():
    dated = {f.relative_to(ROOT).as_posix() for f in ROOT.glob("*/rules/**/*.toml") if "read_on" in f.read_text()}
    assert files(date(2099, 1, 1)) | files(date(2099, 1, 1), history=True) == dated


@pytest.mark.parametrize("day", ["2026-11-22", "2099-01-01", "tomorrow"])
def test_the_report_never_fails_a_build(day, capsys):
    assert main([day]) == 0
    assert day in capsys.readouterr().out


def test_the_longest_overdue_stands_first_and_history_last():
    rows = due(date(2027, 12, 31))
    assert [row.history for row in rows] == sorted(row.history for row in rows)
    current = [row.since for row in rows if not row.history]
    assert current == sorted(current)
