"""What time does to an exception: the sweep finds it, the alerts worker does it, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.wake_exceptions import take_wake
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.workflows.desk import HOUR, MONDAY, Desk

STUCK = {
    "action": "open", "subject_kind": "case", "subject": "case0001", "leg": 1, "kind": "papers_stuck",
    "episode": "papers_stuck-1", "since": "2026-11-23T09:00:00Z",
}  # fmt: skip
MINUTE = timedelta(minutes=1)


class Night:
    """One exception and the hours that pass."""

    def __init__(self, **changed) -> None:
        self.desk = Desk()
        self.desk.open()
        self.desk.alerts()
        take_alert(self.desk.ports, {**STUCK, **changed}, MONDAY)

    @property
    def one(self):
        (found,) = [one for one in self.desk.file.exceptions if one.episode == STUCK["episode"]]
        return found

    def act(self, action, now=MONDAY, **said):
        act_on_exception(self.desk.ports, self.one.exception_id, Verdict(action, "anna", **said), now)
        self.desk.alerts(now)

    def sweep(self, now):
        """What the sweep found due, done."""
        found = sweep(self.desk.ports, now)
        self.desk.alerts(now)
        return found.alerts

    @property
    def actions(self):
        return [note.action for note in self.one.history]


def test_a_sleep_ends_by_itself_and_no_sooner():
    night = Night()
    night.act("snooze", until=MONDAY + 3 * HOUR)
    night.sweep(MONDAY + 3 * HOUR - MINUTE)
    assert night.one.status == "snoozed"
    night.sweep(MONDAY + 3 * HOUR)
    assert (night.one.status, night.one.until) == ("open", None)
    assert night.actions == ["opened", "snoozed", "woken"]


def test_an_exception_grows_graver_past_its_deadline_and_then_is_due_no_more():
    night = Night()
    night.sweep(night.one.deadline + 24 * HOUR)
    assert (night.one.severity, night.one.due_at) == ("critical", None)
    assert night.one.history[-1].note == "high -> critical"


def test_after_a_scheduler_that_stood_still_a_sleep_ends_and_the_severity_rises_at_once():
    night = Night()
    night.act("snooze", until=MONDAY + 3 * HOUR)
    night.sweep(MONDAY + 200 * HOUR)
    assert night.actions == ["opened", "snoozed", "woken", "raised"]


def test_who_lets_it_sleep_beyond_its_deadline_is_woken_when_it_grows_graver():
    night = Night()
    night.act("snooze", until=MONDAY + 300 * HOUR)
    night.sweep(night.one.deadline + 24 * HOUR)
    assert (night.one.status, night.one.severity) == ("open", "critical")


def test_a_customer_who_does_not_answer_is_asked_again_with_the_deadline_moved_on():
    night = Night()
    deadline = night.one.deadline
    night.act("wait", until=MONDAY + 48 * HOUR)
    night.sweep(MONDAY + 48 * HOUR)
    assert (night.one.status, night.one.deadline - deadline) == ("open", 48 * HOUR)
    assert night.one.history[-1].note == "the customer has not answered"


def test_who_says_no_time_waits_as_long_as_the_house_does():
    night = Night()
    night.act("wait")
    assert night.one.until == MONDAY + 120 * HOUR


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_waking_that_comes_again_changes_nothing(times):
    night = Night()
    night.act("snooze", until=MONDAY + 3 * HOUR)
    night.sweep(MONDAY + 3 * HOUR)
    before = night.one
    for _ in range(times):
        take_alert(night.desk.ports, {"action": "wake", "exception_id": before.exception_id}, MONDAY + 4 * HOUR)
    assert night.one == before


def test_a_worker_that_dies_between_writing_and_telling_leaves_no_line_untold():
    night = Night()
    night.act("snooze", until=MONDAY + 3 * HOUR)
    late, named = MONDAY + 200 * HOUR, night.one.exception_id
    next(take_wake(night.desk.ports, named, late))  # it has written the first line, and dies
    assert night.actions[-1] == "woken"
    told = [note.action for kept in take_wake(night.desk.ports, named, late + 6 * MINUTE) for note in kept.notes]
    assert told == ["woken", "raised"]


def test_two_sweeps_send_one_message():
    night = Night()
    night.act("snooze", until=MONDAY + 3 * HOUR)
    now = MONDAY + 3 * HOUR
    assert (sweep(night.desk.ports, now).alerts, sweep(night.desk.ports, now).alerts) == (1, 0)


def test_a_message_that_is_lost_is_sent_again_by_a_later_sweep():
    night = Night()
    night.act("snooze", until=MONDAY + 3 * HOUR)
    sweep(night.desk.ports, MONDAY + 3 * HOUR)
    night.desk.world.queues.waiting.clear()
    night.sweep(MONDAY + 3 * HOUR + 16 * MINUTE)
    assert night.one.status == "open"


def test_what_was_solved_while_its_message_was_on_its_way_stays_solved():
    night = Night()
    night.act("snooze", until=MONDAY + 3 * HOUR)
    sweep(night.desk.ports, MONDAY + 3 * HOUR)
    act_on_exception(
        night.desk.ports, night.one.exception_id, Verdict("resolve", "anna", note="done"), MONDAY + 3 * HOUR
    )
    night.desk.alerts(MONDAY + 4 * HOUR)
    assert night.one.status == "resolved"
    assert night.sweep(MONDAY + 900 * HOUR) == 0


def test_what_was_claimed_and_has_nothing_to_do_gets_its_own_due_time_back():
    night = Night()
    due = night.one.due_at
    sweep(night.desk.ports, due)
    night.desk.world.queues.waiting.clear()
    take_alert(night.desk.ports, {"action": "wake", "exception_id": night.one.exception_id}, due - HOUR)
    assert night.one.due_at == due
