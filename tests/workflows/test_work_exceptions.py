"""A person works on an exception: what may be said with what, who holds it, and two people at the same moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError, StaleVersion
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.read_exceptions import Asked, count_exceptions, list_exceptions, read_exception
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.alerts.test_escalation import money
from tests.fakes.pieces import an_exception
from tests.faults.gate import Crash, Fault
from tests.workflows.desk import HOUR, MONDAY
from tests.workflows.test_wake_exceptions import STUCK, Night

LATER = MONDAY + 5 * HOUR


@pytest.mark.parametrize(
    ("action", "said", "faults"),
    [
        ("acknowledge", {"until": LATER, "outcome": "booked"}, {"until", "outcome"}),
        ("assign", {"until": LATER}, {"until"}),
        ("snooze", {}, {"until"}),
        ("snooze", {"until": MONDAY + 721 * HOUR}, {"until"}),
        ("snooze", {"assignee": "ben", "until": LATER}, {"assignee"}),
        ("wait", {"outcome": "done", "assignee": "ben"}, {"outcome", "assignee"}),
        ("resume", {"until": LATER}, {"until"}),
        ("resolve", {"outcome": "done", "until": LATER, "assignee": "ben"}, {"note", "outcome", "until", "assignee"}),
    ],
)
def test_everything_that_does_not_belong_is_named_at_once(action, said, faults):
    night = Night()
    with pytest.raises(InvalidRequestError) as refused:
        night.act(action, **said)
    assert {fault.field for fault in refused.value.faults} == faults
    assert night.actions == ["opened"]


def test_an_exception_is_given_to_a_holder_by_name_and_to_who_calls_without_one():
    night = Night()
    night.act("assign", assignee="ben", note="you know this broker")
    assert (night.one.assignee, night.one.status) == ("ben", "acknowledged")
    assert night.one.history[-1].note == "to ben: you know this broker"
    night.act("assign")
    assert night.one.assignee == "anna"


def test_what_neither_sleeps_nor_waits_cannot_be_taken_up_again():
    with pytest.raises(ConflictError, match="it is open"):
        Night().act("resume")


def test_where_no_customer_is_nobody_waits_for_one():
    night = Night()
    carrier = an_exception(subject_kind="carrier", subject="fedex", case_id=None, kind="new_code")
    night.desk.ports.exceptions.open_alone(carrier)
    with pytest.raises(ConflictError, match="snoozed"):
        act_on_exception(night.desk.ports, carrier.exception_id, Verdict("wait", "anna"), MONDAY)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("acknowledge", {}), ("acknowledge", {"note": "mine"}), ("assign", {"assignee": "ben", "note": "n"}),
        ("snooze", {"until": LATER, "note": "n"}), ("wait", {"until": LATER}), ("wait", {}),
        ("resolve", {"note": "done"}),
    ],
)  # fmt: skip
def test_the_same_again_changes_nothing_and_is_told_again(action, said):
    night = Night()
    night.act(action, **said)
    before, queues = night.one, night.desk.world.queues
    act_on_exception(night.desk.ports, before.exception_id, Verdict(action, "anna", **said), MONDAY + HOUR)
    assert night.one == before
    assert sum(one.queue == "alerts" for one in queues.waiting) == 1


def test_another_person_who_says_the_same_is_heard():
    night = Night()
    night.act("acknowledge")
    act_on_exception(night.desk.ports, night.one.exception_id, Verdict("acknowledge", "ben"), MONDAY)
    assert [note.by for note in night.one.history] == ["goldthread", "anna", "ben"]


def test_every_change_stands_in_the_case_log_with_who_made_it():
    night = Night()
    night.act("assign", assignee="ben")
    night.act("wait", until=LATER)
    night.act("resume")
    night.act("resolve", note="found")
    log = night.desk.file.log
    assert broken_at(log) is None
    told = [(entry.what, entry.by) for entry in log if entry.facts.get("episode") == "papers_stuck-1"]
    assert told == [
        ("exception_open", "goldthread"), ("exception_assigned", "anna"), ("exception_waiting", "anna"),
        ("exception_resumed", "anna"), ("exception_resolved", "anna"),
    ]  # fmt: skip
    assert [note.sequence for note in night.one.history] == [
        entry.n for entry in log if entry.facts.get("episode") == "papers_stuck-1"
    ]


class TwoAtOnce:
    """Ports under which somebody else acts just before the first write."""

    def __init__(self, ports, other) -> None:
        self._ports, self._other = ports, other

    def of(self):
        return replace(self._ports, cases=self)

    def __getattr__(self, name):
        return getattr(self._ports.cases, name)

    def commit(self, *args, **named):
        other, self._other = self._other, lambda: None
        other()
        return self._ports.cases.commit(*args, **named)


@pytest.mark.parametrize("mine", ["acknowledge", "assign", "resolve"])
@pytest.mark.parametrize("theirs", ["acknowledge", "assign", "resolve"])
def test_of_two_who_act_at_once_one_wins_and_the_other_sees_how_it_stands(mine, theirs):
    night = Night()
    exception_id = night.one.exception_id

    def other():
        act_on_exception(night.desk.ports, exception_id, Verdict(theirs, "ben", note="mine"), MONDAY)

    ports = TwoAtOnce(night.desk.ports, other).of()
    with pytest.raises(ConflictError, match="ben changed this"):
        act_on_exception(ports, exception_id, Verdict(mine, "anna", note="no, mine"), MONDAY)
    assert [note.by for note in night.one.history] == ["goldthread", "ben"]


def test_of_two_who_act_on_one_without_a_case_the_other_sees_how_it_stands():
    night = Night()
    ports = night.desk.ports
    carrier = an_exception(subject_kind="carrier", subject="fedex", case_id=None, kind="new_code")
    ports.exceptions.open_alone(carrier)

    class Slow:
        def __getattr__(self, name):
            return getattr(ports.exceptions, name)

        def save_alone(self, exception):
            act_on_exception(ports, carrier.exception_id, Verdict("acknowledge", "ben"), MONDAY)
            raise StaleVersion("too late")

    with pytest.raises(ConflictError, match="it is acknowledged now"):
        act_on_exception(
            replace(ports, exceptions=Slow()), carrier.exception_id, Verdict("snooze", "anna", until=LATER), MONDAY
        )


def test_a_change_of_its_case_meanwhile_hinders_nobody():
    night = Night()

    def other():
        take_alert(night.desk.ports, {**STUCK, "episode": "papers_stuck-2"}, MONDAY)

    ports = TwoAtOnce(night.desk.ports, other).of()
    act_on_exception(ports, night.one.exception_id, Verdict("acknowledge", "anna"), MONDAY)
    assert night.one.status == "acknowledged"


def test_a_process_that_dies_between_the_write_and_the_word_is_made_good_by_asking_again():
    night = Night()
    gate, queues = night.desk.world.gate, night.desk.world.queues
    verdict = Verdict("acknowledge", "anna")
    at = len(gate.calls)
    act_on_exception(night.desk.ports, night.one.exception_id, Verdict("acknowledge", "ben"), MONDAY)
    sends = next(n for n, name in enumerate(gate.calls[at:]) if name == "queues.send")
    queues.waiting.clear()
    gate.fault = Fault("crash_before", len(gate.calls) + sends)
    with pytest.raises(Crash):
        act_on_exception(night.desk.ports, night.one.exception_id, verdict, MONDAY)
    assert [note.by for note in night.one.history][-1] == "anna"
    act_on_exception(night.desk.ports, night.one.exception_id, verdict, MONDAY)
    assert [one.queue for one in queues.waiting] == ["alerts"]


# --- the work list ---------------------------------------------------------------------------------------------------


def a_list(*rows):
    night = Night()
    for n, changed in enumerate(rows):
        number = {"subject_kind": "carrier", "subject": f"c{n}", "case_id": None, "kind": "new_code"}
        night.desk.ports.exceptions.open_alone(an_exception(**number | {"carrier": "dhl"} | changed))
    return night


def shown(night, **asked):
    page = {"severity": None, "cursor": None, "limit": 50}
    page |= {name: asked.pop(name) for name in list(asked) if name in page}
    rows = list_exceptions(night.desk.ports, **page, asked=Asked(**asked), now=MONDAY)["items"]
    return [row["subject"] for row in rows]


def test_within_a_page_the_gravest_come_first_then_the_dearest_then_the_nearest_deadline():
    night = a_list(
        {"severity": "medium", "money_at_risk": None},
        {"severity": "critical", "money_at_risk": money("100")},
        {"severity": "critical", "money_at_risk": money("400000", "JPY")},
        {"severity": "critical", "money_at_risk": money("100"), "deadline": MONDAY - HOUR},
        {"severity": "low", "money_at_risk": money("90000")},
    )
    assert shown(night) == ["c2", "c3", "c1", "case0001", "c0", "c4"]


@pytest.mark.parametrize(
    ("asked", "subjects"),
    [
        ({"carrier": "ems"}, ["c0"]), ({"kind": "silence"}, ["c1"]), ({"status": "waiting"}, ["c2"]),
        ({"country": "JP"}, ["c3"]), ({"assignee": "ben"}, ["c4"]), ({"overdue": True}, ["c5"]),
        ({"due_before": MONDAY - HOUR}, ["c5"]), ({"severity": "low"}, ["c1"]), ({"carrier": "ups"}, []),
    ],
)  # fmt: skip
def test_the_list_is_chosen_from(asked, subjects):
    night = a_list(
        {"carrier": "ems"}, {"kind": "silence", "severity": "low"},
        {"status": "waiting", "deadline": MONDAY - 2 * HOUR}, {"country": "JP"}, {"assignee": "ben"},
        {"deadline": MONDAY - 2 * HOUR},
    )  # fmt: skip
    assert shown(night, **asked) == subjects


def test_of_a_case_all_is_shown_at_once_and_what_is_solved_where_it_is_asked_for():
    night = Night()
    assert shown(night, case_id="case0001") == ["case0001"]
    night.act("resolve", note="done")
    assert shown(night, case_id="case0001") == []
    assert shown(night, case_id="case0001", status="resolved") == ["case0001"]
    with pytest.raises(InvalidRequestError) as refused:
        shown(night, status="resolved")
    assert refused.value.faults[0].field == "status"


def test_the_counts_say_how_many_are_where_and_how_many_are_late():
    night = a_list(
        {"severity": "critical", "deadline": MONDAY - HOUR}, {"status": "waiting", "deadline": MONDAY - HOUR}
    )
    assert count_exceptions(night.desk.ports, MONDAY) == {
        "severity": {"critical": 1, "high": 2, "medium": 0, "low": 0},
        "status": {"open": 2, "acknowledged": 0, "snoozed": 0, "waiting": 1},
        "overdue": 1,
        "complete": True,
    }


def test_one_exception_is_read_with_its_whole_history():
    night = Night()
    night.act("acknowledge", note="seen")
    row = read_exception(night.desk.ports, night.one.exception_id, now=MONDAY)
    assert [(note["action"], note["note"]) for note in row["history"]] == [("opened", None), ("acknowledged", "seen")]
