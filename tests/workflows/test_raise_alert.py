"""Alerts become exceptions once per episode, in whatever order they come."""

from __future__ import annotations

import itertools

import pytest

from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.read_case import read_case
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
