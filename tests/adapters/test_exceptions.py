"""Exceptions in the table: what is chosen and counted of them, what is due, what is not stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.adapters.case_items import exception_item, exception_of_item
from chalicelib.adapters.exceptions import TableExceptions
from chalicelib.alerts.changes import opened, snoozed
from chalicelib.alerts.incidents import Counted, Member, rules
from chalicelib.alerts.playbooks import open_exception
from chalicelib.workflows.ports import Due
from tests.fakes.pieces import CASE_ID, NOW, a_case, a_log_line, an_exception, an_opening
from tests.metering.sizes import item_size

HOUR = timedelta(hours=1)


def about(n, **changed):
    said = {"subject_kind": "carrier", "subject": f"c{n}", "case_id": None, "episode": "e", "kind": "new_code"}
    return an_exception(**said | changed)


def a_hold(**changed):
    said = {"kind": "customs_hold", "episode": "customs_hold-38a61a984a5a9395", "since": NOW, "now": NOW}
    said |= {"reason": "customs_documents_missing", "case_id": CASE_ID, "leg_n": 1, "carrier": "fedex"}
    return opened(open_exception("case", CASE_ID, **said | changed), NOW, country="FR")


def test_later_deadlines_and_none_are_left_out_where_a_time_is_given(ports):
    for n, hours in enumerate((1, 5, 3)):
        ports.exceptions.open_alone(about(n, deadline=NOW + hours * HOUR))
    ports.exceptions.open_alone(about(9, deadline=None))
    page = ports.exceptions.listed(None, None, 9, until=NOW + 3 * HOUR)
    assert [one.subject for one in page.exceptions] == ["c0", "c2"]


def test_a_cursor_of_a_later_bound_gives_nothing_more_under_an_earlier_one(ports):
    for n in range(3):
        ports.exceptions.open_alone(about(n, deadline=NOW + n * HOUR))
    cursor = ports.exceptions.listed(None, None, 2).cursor
    page = ports.exceptions.listed(None, cursor, 2, until=NOW)
    assert (page.exceptions, page.cursor) == ((), None)


def test_a_choice_is_followed_over_several_pages_and_goes_on_where_it_stopped(ports):
    for n in range(30):
        ports.exceptions.open_alone(about(n, deadline=NOW + n * HOUR, assignee="mei" if n % 10 == 9 else None))
    found, cursor, pages = [], None, 0
    while True:
        page = ports.exceptions.listed(None, cursor, 2, wanted=lambda one: one.assignee == "mei")
        found += [one.subject for one in page.exceptions]
        cursor, pages = page.cursor, pages + 1
        if cursor is None:
            break
    assert found == ["c9", "c19", "c29"]
    assert pages > 1


def test_all_of_one_case_are_given_resolved_ones_too(ports):
    ports.cases.open(an_opening())
    two = [an_exception(), an_exception(episode="other", status="resolved", resolved_at=NOW, resolved_by="mei")]
    ports.cases.commit(a_case(version=2, log_n=2), [a_log_line(2)], exceptions=two)
    assert set(ports.exceptions.of_case(CASE_ID)) == set(two)


def test_open_ones_are_counted_by_severity(ports):
    for n, severity in enumerate(("critical", "high", "high", "low")):
        ports.exceptions.open_alone(about(n, severity=severity))
    counted = ports.exceptions.counted()
    assert dict(counted.by_severity) == {"critical": 1, "high": 2, "medium": 0, "low": 1}
    assert [one.severity for one in counted.first] == ["critical", "high", "high", "low"]
    assert counted.complete


def test_counting_ends_somewhere_and_says_so(ports, table):
    for n in range(5):
        ports.exceptions.open_alone(about(n, severity="low"))
    counted = TableExceptions(table, most=3).counted()
    assert (counted.by_severity["low"], len(counted.first), counted.complete) == (3, 3, False)


def test_what_sleeps_is_due_when_it_wakes_and_claimed_once(ports):
    asleep = snoozed(about(1), NOW, "mei", NOW + HOUR, None)
    ports.exceptions.open_alone(replace(asleep, version=1))
    assert list(ports.due.due(NOW, 10)) == []
    (due,) = ports.due.due(NOW + HOUR, 10)
    assert due.kind == "exception"
    assert ports.exceptions.of_due(due).exception_id == asleep.exception_id
    assert [ports.due.claim(due, NOW + 2 * HOUR) for _ in range(2)] == [True, False]
    assert ports.exceptions.of_due(due) is None


def test_a_rest_moves_the_due_time_of_the_version_that_was_read_alone(ports):
    asleep = replace(snoozed(about(1), NOW, "mei", NOW + HOUR, None), version=1)
    ports.exceptions.open_alone(asleep)
    assert ports.exceptions.rest(replace(asleep, due_at=NOW + 3 * HOUR))
    assert not ports.exceptions.rest(replace(asleep, due_at=None, version=7))
    assert ports.exceptions.read(asleep.exception_id) == replace(asleep, due_at=NOW + 3 * HOUR)
    assert ports.exceptions.rest(replace(asleep, due_at=None))
    assert list(ports.due.due(NOW + 9 * HOUR, 10)) == []


def test_nothing_is_due_of_an_exception_that_is_gone(ports):
    assert ports.exceptions.of_due(Due("exception", "CARRIER#x", "EXCEPTION#e", "2026-11-22T10:00:00Z")) is None


def test_the_words_of_its_playbook_are_not_stored_and_come_back(ports):
    hold = a_hold()
    item = exception_item(hold)
    assert {"meaning", "to_do"}.isdisjoint(item)
    assert exception_of_item(item) == hold
    assert item_size(item) <= 600


@pytest.mark.parametrize("own", [{"meaning": "its own"}, {"to_do": ("something else",)}])
def test_words_of_its_own_are_kept(own):
    hold = replace(a_hold(), **own)
    assert exception_of_item(exception_item(hold)) == hold


def test_one_older_than_the_first_playbooks_keeps_its_words():
    old = an_exception(opened_at=NOW - timedelta(days=400))
    assert exception_of_item(exception_item(old)) == old


def test_a_lane_is_a_subject_like_any_other(ports):
    lane = an_exception(subject_kind="lane", subject="fedex/FR-CN", case_id=None, members=8)
    assert ports.exceptions.open_alone(lane)
    assert ports.exceptions.read(lane.exception_id) == lane


def test_of_two_that_count_at_once_one_counts_again(ports):
    of, group = Counted("silence", "fedex"), rules(NOW.date()).groups["silence"]
    empty = ports.exceptions.tally(of)
    one, other = (empty.plus(Member(f"c-{n}", f"silence-{n}", NOW), group) for n in range(2))
    assert (ports.exceptions.save_tally(one), ports.exceptions.save_tally(other)) == (True, False)
    assert ports.exceptions.tally(of) == one


def test_a_tally_that_begins_anew_forgets_its_incident(ports):
    of, group = Counted("silence", "fedex"), rules(NOW.date()).groups["silence"]
    tally = ports.exceptions.tally(of)
    for n in range(group.count):
        tally = tally.plus(Member(f"c-{n}", f"silence-{n}", NOW), group)
        ports.exceptions.save_tally(tally)
    assert ports.exceptions.tally(of).incident is not None
    assert ports.exceptions.save_tally(tally.over())
    assert ports.exceptions.tally(of) == tally.over()
