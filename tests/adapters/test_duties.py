"""The duty ledger in the table: one transaction with its case, counts that move with it, due times that are guarded."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from chalicelib.adapters.duty_items import entry_item, entry_of_item
from chalicelib.customs.claims import recorded
from chalicelib.customs.ledger import MOST_ENTRIES, MOST_LINES, DutyChange, Filing, LedgerLine, Receipt, sums_of
from chalicelib.errors import StaleVersion
from chalicelib.workflows.ports import Due
from tests.fakes.entries import NOW, eur, judged_on, some_facts
from tests.fakes.pieces import CASE_ID, a_case, a_log_line, an_exception, an_opening
from tests.metering.sizes import item_size

HOUR = timedelta(hours=1)


def an_entry(number: str = "26FR0001", **changed):
    facts = some_facts(entry_number=number)
    entry = recorded(CASE_ID, facts, judged_on(NOW.date(), facts), NOW, "desk")
    return replace(entry, due_at=NOW + HOUR) if not changed else replace(entry, **changed)


def kept(ports, version: int, *changes, exceptions=()):
    case = a_case(version=version, log_n=version)
    ports.duties.keep(case, a_log_line(version), changes, exceptions)


def a_kept_entry(ports):
    ports.cases.open(an_opening())
    entry = an_entry()
    kept(ports, 2, DutyChange(None, entry))
    return entry


def due_of(ports, now):
    return [one for one in ports.due.due(now, 50) if one.kind == "duty"]


def test_an_entry_is_read_with_its_case_as_it_was_kept(ports):
    entry = a_kept_entry(ports)
    rich = replace(
        entry, state="filed", filing=Filing(date(2026, 11, 21), "R-1", "EU-DA-148-3"), due_at=None,
        receipts=(Receipt("P-1", date(2026, 11, 22), eur("0.01")),),
    )  # fmt: skip
    kept(ports, 3, DutyChange(entry, rich))

    assert ports.cases.file(CASE_ID).duties == (rich,)


def test_counts_follow_the_entry_from_state_to_state(ports):
    entry = a_kept_entry(ports)
    assert ports.duties.sums("open", None) == sums_of([entry])
    assert ports.duties.sums("open", "FR") == sums_of([entry])
    assert ports.duties.sums("open", "DE") == {}
    filed = replace(entry, state="filed", due_at=None)
    kept(ports, 3, DutyChange(entry, filed))

    assert ports.duties.sums("open", None) == {}
    assert ports.duties.sums("filed", None) == sums_of([filed])


def test_who_writes_over_a_case_that_moved_writes_nothing(ports):
    entry = a_kept_entry(ports)
    with pytest.raises(StaleVersion):
        kept(ports, 2, DutyChange(None, an_entry("26FR0002")))

    assert ports.cases.file(CASE_ID).duties == (entry,)
    assert ports.duties.sums("open", None) == sums_of([entry])


def test_exceptions_are_settled_with_the_entry(ports):
    entry = a_kept_entry(ports)
    kept(ports, 3, DutyChange(entry, entry), exceptions=(an_exception(),))

    assert len(ports.cases.file(CASE_ID).exceptions) == 1


def test_an_entry_is_due_when_it_says_and_rests_until_it_is_told(ports):
    entry = a_kept_entry(ports)
    assert due_of(ports, NOW) == []
    (due,) = due_of(ports, NOW + HOUR)
    assert ports.duties.of_due(due) == entry

    assert ports.due.claim(due, NOW + 2 * HOUR)
    claimed = ports.cases.file(CASE_ID).duties[0]
    assert claimed.attempts == 1
    assert ports.duties.of_due(due) is None
    assert ports.duties.rest(claimed, NOW + 9 * HOUR)
    assert ports.cases.file(CASE_ID).duties[0] == replace(entry, due_at=NOW + 9 * HOUR)


def test_an_entry_that_was_filed_meanwhile_is_not_put_to_rest(ports):
    entry = a_kept_entry(ports)
    filed = replace(entry, state="filed", due_at=None)
    kept(ports, 3, DutyChange(entry, filed))

    assert not ports.duties.rest(entry, NOW + 9 * HOUR)
    assert due_of(ports, NOW + 99 * HOUR) == []
    assert ports.duties.rest(filed, None)


def test_an_entry_that_is_gone_is_none(ports):
    assert ports.duties.of_due(Due("duty", "CASE#nobody", "DUTY#x", "2026-11-22T10:00:00Z")) is None


def test_open_claims_are_listed_by_their_last_day_and_unknown_ones_last(ports):
    ports.cases.open(an_opening())
    days = {"A1": date(2027, 3, 1), "A2": None, "A3": date(2027, 1, 5)}
    changes = [DutyChange(None, an_entry(number, claim_by=day)) for number, day in days.items()]
    kept(ports, 2, *changes)

    page = ports.duties.listed("open", None, None, 10)

    assert [one.claim_by for one in page.entries] == [days["A3"], days["A1"], None]
    assert page.cursor is None


def test_an_entry_recorded_by_mistake_is_in_no_list_and_no_count(ports):
    entry = a_kept_entry(ports)
    void = replace(entry, state="given_up", why="recorded_by_mistake", due_at=None)
    kept(ports, 3, DutyChange(entry, void))

    assert ports.duties.listed("given_up", None, None, 10).entries == ()
    assert ports.duties.sums("given_up", None) == {}
    assert ports.cases.file(CASE_ID).duties == (void,)


def test_an_entry_of_today_is_small():
    entry = an_entry()

    assert item_size(entry_item(entry)) < 2_000
    assert entry_of_item(entry_item(entry)) == entry


def test_twenty_entries_changed_a_hundred_times_fit_into_one_answer():
    """The most that Lambda answers is six megabytes, the most of an item 400 kilobytes."""
    facts = some_facts(entry_number="9" * 64, invoice_number="A" * 64, export_reference="B" * 64, carrier="c" * 64)
    told = dict.fromkeys((one.name for one in fields(type(facts))), "9" * 64)
    line = LedgerLine(NOW, "somebody at the desk", "corrected", "open", told, told)
    entry = replace(an_entry(), facts=facts, history=(line,) * MOST_LINES)

    size = item_size(entry_item(entry))

    assert size < 400_000
    assert size * MOST_ENTRIES < 6_000_000
