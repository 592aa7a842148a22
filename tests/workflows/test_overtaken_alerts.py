"""An alert that is overtaken by what ended its trouble opens nothing: nobody would ever close it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.workflows.keep_settlement import FoundOut
from chalicelib.workflows.pay_out import take_payment
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.take_steps import take_step
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.watch_refund import begin
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.workflows.dock import AT_THE_DOOR, DEAR, Dock
from tests.workflows.settling import CASE, DAY, HOUR, SettlingHouse, paid, request_paid


def late_alerts(dock: Dock) -> list[dict]:
    """What the looks that wait have to tell, taken off the queue before anybody reads it."""
    waiting = dock.world.queues.waiting
    for one in [found for found in waiting if found.queue == "steps"]:
        message = json.loads(one.body)
        if message["kind"] == "part_due":
            take_step(dock.ports, message, AT_THE_DOOR)
        waiting.remove(one)
    told = [one for one in waiting if one.queue == "alerts"]
    for one in told:
        waiting.remove(one)
    return [json.loads(one.body) for one in told]


def at_the_dock() -> Dock:
    dock = Dock(DEAR)
    dock.receive()
    dock.work()
    return dock


def test_a_signature_that_was_given_meanwhile_is_not_asked_for():
    dock = at_the_dock()
    dock.inspect()
    late = late_alerts(dock)
    assert [one["kind"] for one in late] == ["signature_wanted"]
    dock.sign(video=dock.evidence())
    dock.work()
    for message in late:
        take_alert(dock.ports, message, AT_THE_DOOR)
    assert dock.kinds() == []


def test_one_that_still_lacks_is_asked_for_however_late_the_alert_comes():
    dock = at_the_dock()
    dock.inspect()
    late = late_alerts(dock)
    dock.sign()
    dock.work()
    for message in late:
        take_alert(dock.ports, message, AT_THE_DOOR)
    assert dock.kinds() == ["signature_wanted"]


def test_what_a_corrected_receipt_no_longer_says_is_not_told():
    dock = Dock(DEAR)
    dock.pack()
    dock.receive(seal="S-9")
    late = late_alerts(dock)
    assert [one["kind"] for one in late] == ["seal_mismatch"]
    dock.receive(corrects=True, why="read wrongly")
    dock.work()
    for message in late:
        take_alert(dock.ports, message, AT_THE_DOOR)
    assert dock.kinds() == []


@pytest.mark.parametrize("ends", ["approved", "withdrawn"])
def test_a_refund_that_nobody_waits_for_any_more_is_not_said_to_wait(ends):
    house = SettlingHouse().back()
    house.propose()
    house.now += 2 * DAY
    take_payment(house.ports, {"kind": "pay", "case_id": CASE, "part_id": "1"}, house.now)
    late = [one for one in house.messages("alerts") if one["kind"] == "refund_waits_approval"]
    assert late
    house.world.queues.waiting.clear()
    if ends == "approved":
        house.approve("max", "manager")
        house.approve("lea", "lead")
    else:
        house.withdraw()
    house.world.queues.waiting.clear()
    take_alert(house.ports, late[0], house.now)
    assert house.open_kinds() == []


def test_a_payment_that_was_found_meanwhile_is_not_said_to_be_unknown():
    house = SettlingHouse(request_paid(paid(provider=None, payment_reference=None))).back()
    house.approved()
    house.work()
    house.reconcile(FoundOut("paid", "bank-1"))
    said = {"action": "open", "subject_kind": "case", "subject": "case0001", "kind": "refund_unknown"}
    said |= {"episode": "settlement-1-refund_unknown", "since": "2026-11-23T08:00:00Z", "part": "SETTLEMENT/1"}
    take_alert(house.ports, said, house.now + timedelta(hours=1))
    assert "refund_unknown" not in house.open_kinds()


def test_a_legal_day_that_has_moved_is_not_told_late():
    house = SettlingHouse().back()
    begin(house.ports, CASE, house.now)
    assert house.clock.last_day
    said = {"action": "open", "subject_kind": "case", "subject": "case0001", "kind": "refund_due"}
    said |= {"since": "2026-11-23T08:00:00Z", "part": "REFUND/1"}
    for day, opens in (("2020-01-01", False), (house.clock.last_day, True)):
        take_alert(house.ports, said | {"episode": f"refund-due-{day}"}, house.now)
        assert ("refund_due" in house.open_kinds()) is opens


def test_a_legal_day_that_passes_is_told_and_stays_open_though_a_person_has_resolved_the_warning_of_it():
    house = SettlingHouse().back()
    begin(house.ports, CASE, house.now)
    house.sweep(house.clock.alert_at + HOUR)
    (warning,) = [one for one in house.file.exceptions if one.kind == "refund_due"]
    act_on_exception(house.ports, warning.exception_id, Verdict("resolve", "max", "seen"), house.now)
    assert house.open_kinds() == []
    house.sweep(house.clock.ends_at + HOUR)
    begin(house.ports, CASE, house.now)
    house.work()
    anew = [one for one in house.file.exceptions if one.status != "resolved"]
    assert [(one.episode, one.severity) for one in anew] == [(f"{warning.episode}.again", "critical")]
