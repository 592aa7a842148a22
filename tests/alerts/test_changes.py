"""What may happen to an exception, step by step: nothing is lost on the way and nothing grows milder by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.case_items import exception_item
from chalicelib.alerts import changes
from chalicelib.alerts.escalation import risen
from chalicelib.alerts.exceptions import SEVERITIES, is_graver
from tests.fakes.pieces import NOW, an_exception
from tests.metering.sizes import item_size

HOUR = timedelta(hours=1)


def opened(**changed):
    return changes.opened(an_exception(kind="papers_stuck", **changed), NOW)


def waits(one, now, hours):
    return changes.waiting(one, now, "mei", now + hours * HOUR, None)


STEPS = {
    "acknowledge": lambda one, now, _: changes.acknowledged(one, now, "mei", None),
    "assign": lambda one, now, _: changes.assigned(one, now, "mei", "anna", "yours"),
    "snooze": lambda one, now, hours: changes.snoozed(one, now, "mei", now + hours * HOUR, None),
    "wait": waits,
    "resume": lambda one, now, _: changes.resumed(one, now, "mei", None),
    "raise": lambda one, now, _: changes.raised(one, "critical", now),
    "wake": lambda one, now, _: changes.woken(one, now) if one.until and one.until <= now else one,
    "time": lambda one, now, _: changes.raised(one, risen(one, now), now) if is_graver(risen(one, now), one.severity)
    else one,
}  # fmt: skip
STORIES = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(1, 60), st.integers(1, 60)), max_size=25)


@given(STORIES)
def test_the_deadline_has_moved_by_the_time_that_was_waited_and_by_nothing_else(story):
    one, now, waited = opened(), NOW, timedelta()
    first = one.deadline
    for name, passes, hours in story:
        before, began = one, now
        now += passes * HOUR
        if before.status == "waiting":
            waited += max(min(now, before.until) - began, timedelta())
        one = STEPS[name](before, now, hours)
    ahead = max(one.until - now, timedelta()) if one.status == "waiting" else timedelta()
    assert one.deadline - first == waited + ahead


@given(STORIES)
def test_it_never_grows_milder_and_its_history_never_shrinks_or_falls_back(story):
    one, now = opened(), NOW
    for name, passes, hours in story:
        before, now = one, now + passes * HOUR
        one = STEPS[name](before, now, hours)
        assert SEVERITIES.index(one.severity) <= SEVERITIES.index(before.severity)
        assert one.history[: len(before.history)] == before.history
        assert (one.version, len(one.history)) in {
            (before.version, len(before.history)),
            (before.version + 1, len(before.history) + 1),
        }
    assert [note.sequence for note in one.history] == list(range(1, len(one.history) + 1))


@given(STORIES)
def test_what_sleeps_or_waits_is_due_when_that_ends_and_what_is_solved_never(story):
    one, now = opened(), NOW
    for name, passes, hours in story:
        now += passes * HOUR
        one = STEPS[name](one, now, hours)
        if one.status in ("snoozed", "waiting"):
            assert one.due_at <= one.until
        else:
            assert one.until is None
    solved = changes.resolved(one, now, "mei", "done", version=one.version + 1)
    assert (solved.due_at, solved.until) == (None, None)


def test_a_wait_that_ends_early_gives_back_what_is_left_of_it():
    one = waits(opened(), NOW, 48)
    assert changes.resumed(one, NOW + 10 * HOUR, "mei", None).deadline == opened().deadline + 10 * HOUR


def test_while_the_customer_is_waited_for_nothing_rises():
    one = waits(opened(severity="medium"), NOW, 400)
    assert risen(one, NOW + 399 * HOUR) == "medium"


def test_a_graver_severity_ends_a_sleep_and_leaves_a_wait():
    asleep = changes.snoozed(opened(), NOW, "mei", NOW + 9 * HOUR, None)
    assert changes.raised(asleep, "critical", NOW + HOUR).status == "open"
    assert changes.raised(waits(opened(), NOW, 9), "critical", NOW + HOUR).status == "waiting"


def test_what_was_raised_says_from_what_to_what():
    assert changes.raised(opened(), "critical", NOW, detail="72 hours").history[-1].note == "high -> critical: 72 hours"


def test_a_long_history_keeps_its_first_line_and_its_latest():
    one = opened()
    for n in range(400):
        one = changes.acknowledged(one, NOW, "mei", str(n))
    assert len(one.history) == changes.MOST_NOTES
    assert (one.history[0].action, one.history[-1].note) == ("opened", "399")


def test_a_history_of_long_notes_stays_what_the_table_can_hold():
    one = opened()
    for n in range(200):
        one = changes.acknowledged(one, NOW, "mei", f"{n} " + "说" * 1000)
    assert item_size(exception_item(one)) < 150_000
    assert one.history[0].action == "opened"
    assert one.history[-1].note.startswith("199 ")


def test_trouble_that_was_over_before_we_heard_of_it_is_told_to_nobody():
    passed = changes.resolved(opened(), NOW, "goldthread", None, version=1)
    assert not any(changes.is_spoken(passed, note) for note in passed.history)


@pytest.mark.parametrize("status", ["snoozed", "waiting"])
def test_who_is_given_an_exception_that_rests_does_not_wake_it(status):
    one = STEPS["snooze" if status == "snoozed" else "wait"](opened(), NOW, 9)
    given_over = changes.assigned(one, NOW, "mei", "anna", None)
    assert (given_over.status, given_over.assignee, given_over.until) == (status, "anna", one.until)
