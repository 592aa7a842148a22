"""Alerts become exceptions once per episode, in whatever order they come."""

from __future__ import annotations

import itertools
import json

import pytest

from chalicelib.errors import InvalidRequestError
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.read_case import read_case
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.workflows.desk import HOUR, MONDAY, Desk

HOLD = {
    "subject_kind": "case", "subject": "case0001", "leg": 1, "carrier": "fedex", "number": "794644790131",
    "kind": "customs_hold", "episode": "customs_hold-ab", "since": "2026-11-25T07:00:00Z",
    "money_at_risk": {"amount": "1180.00", "currency": "EUR"},
}  # fmt: skip
OPEN, CLOSE = {**HOLD, "action": "open"}, {**HOLD, "action": "close"}
UPDATE = {**HOLD, "action": "update", "reason": "customs_documents_missing"}


def a_desk() -> Desk:
    desk = Desk()
    desk.open()
    return desk


def told(desk: Desk, *messages) -> list:
    for message in messages:
        take_alert(desk.ports, message, MONDAY + 50 * HOUR)
    return list(desk.file.exceptions)


def test_an_exception_says_what_it_means_what_to_do_and_by_when_from_the_moment_it_began():
    (hold,) = told(a_desk(), OPEN)
    assert (hold.status, hold.severity, hold.action_by) == ("open", "high", "merchant")
    assert hold.meaning
    assert hold.to_do
    assert hold.deadline == MONDAY.replace(day=28, hour=7)


@pytest.mark.parametrize("order", list(itertools.permutations([OPEN, CLOSE, OPEN, CLOSE])), ids=str)
def test_opened_and_closed_in_any_order_and_number_is_one_resolved_exception(order):
    exceptions = told(a_desk(), *order)
    assert [(one.status, one.resolved_by) for one in exceptions] == [("resolved", "goldthread")]


def test_a_reason_that_becomes_known_changes_the_playbook_and_keeps_the_history():
    (hold,) = told(a_desk(), OPEN, UPDATE, UPDATE)
    assert hold.reason == "customs_documents_missing"
    assert [note.action for note in hold.history] == ["opened", "updated"]
    assert hold.deadline == MONDAY.replace(day=26, hour=7)


def test_a_late_reason_does_not_open_a_resolved_hold_again():
    (hold,) = told(a_desk(), OPEN, CLOSE, UPDATE)
    assert hold.status == "resolved"


def test_two_episodes_of_one_parcel_are_two_exceptions():
    assert len(told(a_desk(), OPEN, CLOSE, {**OPEN, "episode": "customs_hold-cd"})) == 2


def test_an_alert_about_a_case_that_does_not_exist_is_kept_under_its_carrier():
    desk = Desk()
    take_alert(desk.ports, OPEN, MONDAY)
    (kept,) = desk.ports.exceptions.listed(None, None, 10).exceptions
    assert (kept.subject_kind, kept.subject, kept.kind) == ("carrier", "fedex", "customs_hold")


def test_a_kind_without_a_playbook_still_gets_words():
    (odd,) = told(a_desk(), {**OPEN, "kind": "meteorite", "episode": "meteorite-1"})
    assert odd.meaning
    assert odd.to_do


def test_the_case_shows_the_open_exception_and_its_next_steps():
    desk = a_desk()
    (hold,) = told(desk, OPEN)
    shown = read_case(desk.ports, "case0001")
    assert shown["exceptions"][0]["exception_id"] == hold.exception_id
    assert shown["next"] == list(hold.to_do)
    assert [line["what"] for line in shown["log"]] == ["opened", "exception_open"]


def test_a_deadline_that_the_watch_knows_counts_more_than_that_of_the_playbook():
    (hold,) = told(a_desk(), {**OPEN, "deadline": "2026-11-30T12:00:00Z"})
    assert hold.deadline == MONDAY.replace(day=30, hour=12)


def test_the_same_trouble_grown_graver_raises_its_exception_and_opens_no_other():
    silent = {**OPEN, "kind": "silence", "episode": "silence-ab", "severity": "high"}
    graver = {**silent, "severity": "critical", "detail": "72 hours"}
    (one,) = told(a_desk(), silent, graver, silent, graver)
    assert (one.severity, one.status) == ("critical", "open")
    assert [(note.action, note.note) for note in one.history] == [
        ("opened", None),
        ("raised", "high -> critical: 72 hours"),
    ]


def resolved_by_a_person(desk, message):
    (one,) = told(desk, message)
    act_on_exception(desk.ports, one.exception_id, Verdict("resolve", "anna", note="the carrier has it"), MONDAY)


def test_what_a_person_closed_opens_under_a_name_of_its_own_when_it_grows_graver_and_closes_with_it():
    desk = a_desk()
    silent = {**OPEN, "kind": "silence", "episode": "silence-ab", "severity": "high"}
    resolved_by_a_person(desk, silent)
    first, again = told(desk, {**silent, "severity": "critical"}, {**silent, "severity": "critical"})
    assert (first.resolved_by, again.episode, again.severity) == ("anna", "silence-ab.again", "critical")
    assert [one.status for one in told(desk, {**silent, "action": "close"})] == ["resolved", "resolved"]


def test_what_a_person_closed_and_the_facts_close_too_stays_one():
    desk = a_desk()
    resolved_by_a_person(desk, OPEN)
    assert len(told(desk, CLOSE, OPEN, CLOSE)) == 1


def test_a_trouble_that_may_end_in_a_claim_has_its_clock_watched_each_time_it_is_told():
    desk = a_desk()
    silent = {**OPEN, "kind": "silence", "episode": "silence-ab"}
    desk.world.queues.waiting.clear()
    told(desk, silent, silent, {**silent, "leg": None, "episode": "silence-cd"})
    steps = [json.loads(body) for body in desk.waiting("steps")]
    assert steps == [{"kind": "claim_watch", "case_id": "case0001", "leg": 1}] * 2


def test_the_customers_worker_looks_when_a_hold_opens_and_when_it_ends():
    desk = a_desk()
    desk.world.queues.waiting.clear()
    told(desk, OPEN, CLOSE, {**OPEN, "kind": "papers_stuck", "episode": "papers_stuck-1"})
    assert [json.loads(body) for body in desk.waiting("notices")] == [{"kind": "notices", "case_id": "case0001"}] * 2


def test_an_alert_that_says_nothing_known_is_refused():
    with pytest.raises(InvalidRequestError):
        take_alert(a_desk().ports, {"action": "shout"}, MONDAY)
