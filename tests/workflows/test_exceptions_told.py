"""Whatever comes twice, out of order or dies half way: every change of an exception stands in the case log once and is
told once."""

from __future__ import annotations

import contextlib
import json
from collections import Counter, deque
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.alerts.changes import is_spoken
from chalicelib.alerts.exceptions import SEVERITIES
from chalicelib.alerts.gathered import message_id_of
from chalicelib.alerts.told import Alert
from chalicelib.errors import ConflictError, InvalidRequestError
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.faults.gate import Crash, Fault
from tests.workflows.desk import HOUR, MONDAY, Desk

TROUBLE = {
    "subject_kind": "case", "subject": "case0001", "leg": 1, "carrier": "fedex", "number": "794644790131",
    "kind": "papers_stuck", "since": "2026-11-23T09:00:00Z",
    "money_at_risk": {"amount": "1180.00", "currency": "EUR"},
}  # fmt: skip
EVERYTHING = "shop-system"  # the receiver of the sample merchant that wants every change

EPISODES = st.sampled_from(["one", "two"])
SAID = st.one_of(
    st.tuples(st.just("open"), EPISODES, st.sampled_from([None, "medium", "high", "critical"])),
    st.tuples(st.just("update"), EPISODES, st.sampled_from(["customs_inspection", "customs_duty_due"])),
    st.tuples(st.just("close"), EPISODES, st.none()),
    st.tuples(
        st.sampled_from(["acknowledge", "assign", "snooze", "wait", "resume", "resolve"]), EPISODES, st.integers(1, 40)
    ),
    st.tuples(st.just("time passes"), st.integers(1, 40), st.none()),
    st.tuples(st.just("comes again"), st.none(), st.none()),
)
STORIES = st.lists(st.tuples(SAID, st.one_of(st.none(), st.integers(0, 9))), max_size=10)


class Story:
    """A desk where a process may die at any of its calls; a dead one's message comes again, and a person asks again."""

    def __init__(self) -> None:
        self.desk, self.now = Desk(), MONDAY
        self.desk.open()
        self.deliver()
        self.last = None

    def tell(self, said, dies_at) -> None:
        what, about, more = said
        gate = self.desk.world.gate
        gate.fault = None if dies_at is None else Fault("crash_after", len(gate.calls) + dies_at)
        if what == "time passes":
            self.now += about * HOUR
            self._again(lambda: sweep(self.desk.ports, self.now))
        elif what == "comes again":
            self._again(lambda: self.last and take_alert(self.desk.ports, self.last, self.now))
        elif what in ("open", "update", "close"):
            self.last = {**TROUBLE, "action": what, "episode": f"papers_stuck-{about}"}
            self.last |= {"reason": more} if what == "update" else {"severity": more}
            self._again(lambda: take_alert(self.desk.ports, self.last, self.now))
        else:
            self._again(lambda: self._act(what, about, more))
        self.deliver()
        gate.fault = None

    def deliver(self) -> None:
        """What waits for the alerts worker, and nothing else."""
        queues = self.desk.world.queues
        while told := [one for one in queues.waiting if one.queue == "alerts"]:
            queues.waiting = deque()
            for one in told:
                message = json.loads(one.body)
                self._again(lambda message=message: take_alert(self.desk.ports, message, self.now))

    def _act(self, action, about, hours) -> None:
        found = [one for one in self.desk.file.exceptions if one.episode == f"papers_stuck-{about}"]
        until = self.now + hours * HOUR if action in ("snooze", "wait") else None
        verdict = Verdict(action, "anna", note="seen", until=until)
        for one in found:
            with contextlib.suppress(ConflictError, InvalidRequestError):
                act_on_exception(self.desk.ports, one.exception_id, verdict, self.now)

    def _again(self, work) -> None:
        try:
            work()
        except Crash:
            work()

    @property
    def delivered(self) -> Counter[str]:
        items = self.desk.world.table.all_items()
        kept = (item["SK"].split("#") for item in items if item["SK"].startswith(f"DELIVERY#{EVERYTHING}#"))
        return Counter(parts[-1] for parts in kept)


@settings(max_examples=150, deadline=None)
@given(STORIES)
def test_every_change_is_told_once_and_stands_in_the_case_log_once(story):
    told = Story()
    for said, dies_at in story:
        told.tell(said, dies_at)
    file = told.desk.file
    lines = [(one, note) for one in file.exceptions for note in one.history if is_spoken(one, note)]
    assert told.delivered == Counter(message_id_of(Alert(one, note), EVERYTHING) for one, note in lines)
    logged = {entry.n: entry.what for entry in file.log}
    changes = [note.sequence for one in file.exceptions for note in one.history]
    assert all(logged[n].startswith("exception_") for n in changes)
    assert {n for n, what in logged.items() if what.startswith("exception_")} == set(changes)


@settings(max_examples=100, deadline=None)
@given(STORIES)
def test_at_any_moment_it_is_as_its_history_says(story):
    told = Story()
    for said, dies_at in story:
        before = {one.episode: one for one in told.desk.file.exceptions}
        told.tell(said, dies_at)
        for one in told.desk.file.exceptions:
            was = before.get(one.episode, one)
            assert SEVERITIES.index(one.severity) <= SEVERITIES.index(was.severity)
            assert was.status != "resolved" or one == was
            assert (one.status == "resolved") == (one.history[-1].action == "resolved")
            assert one.due_at is None or one.status != "resolved"
            assert one.deadline is not None
            if one.status in ("snoozed", "waiting"):
                assert one.until + timedelta(hours=41) > told.now
