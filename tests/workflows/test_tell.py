"""Everybody who asked is told, once, whatever crashes, comes twice, comes late or comes all at once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

import pytest

from chalicelib.alerts.gathered import message_id_of, short_name
from chalicelib.errors import StaleVersion
from chalicelib.receivers import FALLBACK, StormLimit
from chalicelib.workflows.digests import digest_due, send_digest
from chalicelib.workflows.ports import Due
from chalicelib.workflows.tell import tell, tell_case
from tests.alerts.told import NOON, PARIS_HOURS, a_receiver, an_alert, shop_with
from tests.faults.gate import KINDS, Fault, Gate, possible
from tests.workflows.telling import House

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DESK = a_receiver("desk", hours=PARIS_HOURS, digest_at=(time(9),), storm=StormLimit(2, 10))
MAIL = a_receiver("staff", channel="mail", severity="high")
TOOL = a_receiver("tool", channel="webhook")


def names(receiver, *alerts):
    return Counter(short_name(message_id_of(alert, receiver.id)) for alert in alerts)


def test_an_alert_becomes_one_delivery_for_each_who_asked_and_its_message_names_it():
    house = House(shop_with(DESK, MAIL, TOOL))
    house.tell(an_alert())

    sent = house.queues.sent["deliveries"]

    assert [one["receiver"] for one in sent] == ["desk", "staff", "tool"]
    assert all(set(one) == {"kind", "subject", "receiver", "message_id", "turn"} for one in sent)
    house.work()
    assert {name: len(heard) for name, heard in house.heard.items()} == {"desk": 1, "staff": 1, "tool": 1}


def test_the_same_alert_again_is_the_same_delivery_hours_later_too():
    house = House(shop_with(DESK, MAIL, TOOL))
    house.tell(an_alert())
    house.now += timedelta(hours=9)
    house.tell(an_alert())
    house.work()
    house.wait(MORNING)

    assert {name: len(heard) for name, heard in house.heard.items()} == {"desk": 1, "staff": 1, "tool": 1}
    assert house.at_rest


def test_what_nobody_asked_for_reaches_the_topic():
    house = House(shop_with(a_receiver(kinds=("duty_*",))))
    house.tell(an_alert())
    house.work()

    assert list(house.heard) == [FALLBACK]


def test_an_alert_at_three_at_night_waits_for_the_morning_and_a_critical_one_does_not():
    house = House(shop_with(DESK), now=NIGHT)
    house.tell(an_alert(1, at=NIGHT), an_alert(2, at=NIGHT, severity="critical"))
    house.work()
    assert house.told("desk") == names(DESK, an_alert(2))

    house.wait(MORNING - timedelta(minutes=1))
    assert house.singles("desk") == len(house.heard["desk"]) == 1
    house.wait(MORNING)

    assert house.told("desk") == names(DESK, an_alert(1), an_alert(2))
    assert house.at_rest


def test_an_alert_at_three_on_a_holiday_waits_for_the_next_working_day():
    christmas = datetime(2026, 12, 25, 2, 0, tzinfo=UTC)
    house = House(shop_with(DESK), now=christmas)
    house.tell(an_alert(at=christmas))
    house.wait(datetime(2026, 12, 28, 7, 59, tzinfo=UTC))
    assert not house.heard["desk"]

    house.wait(datetime(2026, 12, 28, 8, 0, tzinfo=UTC))

    assert house.told("desk") == names(DESK, an_alert())


def test_a_thousand_alerts_in_a_minute_are_a_few_messages_and_none_is_lost():
    alerts = [an_alert(n, at=NOON + timedelta(milliseconds=59 * n), severity="medium") for n in range(1000)]
    house = House(shop_with(DESK, TOOL))
    for alert in alerts:
        house.now = alert.note.at
        house.tell(alert)
    house.work()
    house.wait(NOON + timedelta(minutes=10))

    assert house.told("desk") == names(DESK, *alerts)
    assert len(house.heard["desk"]) == 3
    assert house.told("tool") == names(TOOL, *alerts)
    assert house.at_rest
    (digest,) = [body for body in house.heard["desk"].values() if "998" in json.loads(body)["text"]]
    assert len(digest.encode()) < 20_000


def test_a_storm_of_small_things_does_not_keep_a_critical_one_waiting():
    house = House(shop_with(DESK))
    house.tell(*(an_alert(n, severity="low") for n in range(20)), an_alert(99, severity="critical"))
    house.work()

    assert house.singles("desk") == 3
    assert short_name(message_id_of(an_alert(99), "desk")) in house.told("desk")


def test_a_storm_goes_on_for_an_hour_in_a_bounded_number_of_messages():
    alerts = [an_alert(n, at=NOON + timedelta(seconds=12 * n), severity="low") for n in range(300)]
    house = House(shop_with(DESK))
    for alert in alerts:
        house.wait(alert.note.at)
        house.tell(alert)
    house.work()
    house.wait(NOON + timedelta(hours=2))

    assert house.told("desk") == names(DESK, *alerts)
    assert len(house.heard["desk"]) == 6 * 3


def test_the_members_of_an_incident_are_told_together_and_named_once():
    house = House(shop_with(a_receiver(storm=StormLimit(50, 10))))
    incident = an_alert(
        at=NOON - timedelta(hours=1), subject_kind="carrier", subject="fedex", case_id=None, kind="carrier_incident"
    )
    house.ports.exceptions.open_alone(incident.exception)
    members = [an_alert(n, incident_id=incident.exception.exception_id) for n in range(30)]
    house.tell(incident, *members)
    house.work()
    assert house.singles("desk") == 1

    house.wait(NOON + timedelta(hours=1))

    assert len(house.heard["desk"]) == 2
    assert house.told("desk") == names(a_receiver(), incident, *members)


@pytest.mark.parametrize("incident_id", ["!!", "Y2FycmllcnxmZWRleHxub25l"])
def test_a_member_of_an_incident_that_cannot_be_found_is_told_alone(incident_id):
    house = House(shop_with(a_receiver()))
    house.tell(an_alert(incident_id=incident_id))
    house.work()

    assert house.singles("desk") == 1


def test_what_comes_after_its_digest_was_made_is_in_another_part_of_it():
    house = House(shop_with(DESK), now=NIGHT)
    house.tell(an_alert(1, at=NIGHT))
    house.wait(MORNING)
    assert len(house.heard["desk"]) == 1
    house.tell(an_alert(2, at=NIGHT), an_alert(1, at=NIGHT))
    assert not house.at_rest

    house.wait(house.now)

    assert house.told("desk") == names(DESK, an_alert(1), an_alert(2))
    assert len(house.heard["desk"]) == 2
    assert house.at_rest


def test_a_digest_of_thousands_comes_in_parts_that_hold_each_once():
    alerts = [an_alert(n, at=NIGHT, severity="low") for n in range(4100)]
    house = House(shop_with(DESK), now=NIGHT)
    house.tell(*alerts)
    house.wait(MORNING)

    assert house.told("desk") == names(DESK, *alerts)
    assert len(house.heard["desk"]) == 3


def test_what_waits_for_a_receiver_that_was_taken_out_of_the_file_goes_to_the_topic():
    house = House(shop_with(DESK), now=NIGHT)
    house.tell(an_alert(at=NIGHT))
    house.shop = shop_with(TOOL)
    house.wait(MORNING)

    (body,) = house.heard[FALLBACK].values()
    assert "exceptions told together: 1" in json.loads(body)["subject"]
    assert house.at_rest


def test_a_digest_that_cannot_be_made_is_tried_on_and_a_person_is_told_once():
    house = House(shop_with(DESK), now=NIGHT)
    house.tell(an_alert(at=NIGHT))
    told = []
    for n in range(9):
        outbox = {"alerts": [], "deliveries": []}
        (due,) = house.ports.due.due(MORNING + timedelta(hours=7 * n), 10)
        assert digest_due(house.ports, due, MORNING + timedelta(hours=7 * n), outbox)
        assert len(outbox["deliveries"]) == 1
        told += outbox["alerts"]

    assert [(one["kind"], one["subject"]) for one in told] == [("digest_stuck", "digest/desk")]
    house.wait(MORNING + timedelta(days=4))
    assert house.told("desk") == names(DESK, an_alert())


def test_a_due_entry_that_an_index_still_shows_is_nothing_to_do():
    house = House(shop_with(DESK), now=NIGHT)
    house.tell(an_alert(at=NIGHT))
    (due,) = house.ports.due.due(MORNING, 10)
    house.wait(MORNING)
    outbox = {"alerts": [], "deliveries": []}

    assert not digest_due(house.ports, due, MORNING, outbox)
    assert not digest_due(house.ports, Due("digest", "DIGEST#none", "DIGEST#x", due.due_at), MORNING, outbox)
    assert send_digest(house.ports, {"kind": "digest", "receiver": "desk", "at": due.due_at}, house.now) == set()
    assert outbox == {"alerts": [], "deliveries": []}


@pytest.mark.parametrize("jump", [timedelta(days=-3), timedelta(hours=-1), timedelta(days=40)])
def test_a_clock_that_jumps_neither_loses_nor_repeats(jump):
    house = House(shop_with(DESK, MAIL), now=NIGHT)
    alerts = [an_alert(n, at=NIGHT, severity=severity) for n, severity in enumerate(("high", "low", "critical"))]
    house.tell(*alerts)
    house.now += jump
    house.tell(*alerts)
    house.work()
    house.wait(max(house.now, MORNING) + timedelta(hours=1))

    assert house.told("desk") == names(DESK, *alerts)
    assert house.told("staff") == names(MAIL, alerts[0], alerts[2])
    assert house.at_rest


def story(house):
    """At night one that waits, two that are told, one beyond the limit; again; and the morning."""
    alerts = [an_alert(1, at=NIGHT)] + [an_alert(n, at=NIGHT, severity="critical") for n in (2, 3, 4)]
    house.tell(*alerts)
    house.work()
    house.wait(NIGHT + timedelta(minutes=20))
    house.tell(alerts[0])
    house.wait(MORNING)
    return alerts


def calls_of_the_story():
    house = House(shop_with(DESK, MAIL), now=NIGHT)
    story(house)
    return house.gate.calls


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_call_loses_nothing_and_tells_nothing_twice(kind):
    for at, name in enumerate(calls_of_the_story()):
        if not possible(kind, name):
            continue
        house = House(shop_with(DESK, MAIL), gate=Gate(Fault(kind, at)), now=NIGHT)
        alerts = story(house)
        house.wait(house.now + timedelta(hours=12))

        assert house.gate.struck, (kind, at, name)
        assert house.told("desk") == names(DESK, *alerts), (kind, at, name)
        assert house.told("staff") == names(MAIL, *alerts), (kind, at, name)
        assert house.at_rest, (kind, at, name)


@dataclass
class Between(Gate):
    """After one call of the first worker another one does all of its work."""

    after: int = -1
    other: Callable[[], None] = lambda: None

    def through(self, name, call, request=None):
        place = len(self.calls)
        self.calls.append(name)
        result = call()
        if place == self.after:
            self.struck = True
            self.other()
        return result


@pytest.mark.parametrize("comes", ["before", "after"])
@pytest.mark.parametrize("call", range(7))
def test_two_workers_make_one_digest_at_once_while_an_alert_comes(call, comes):
    gate = Between()
    house = House(shop_with(DESK), gate=gate, now=NIGHT)
    house.tell(an_alert(1, at=NIGHT), an_alert(2, at=NIGHT))
    message = {"kind": "digest", "receiver": "desk", "at": "2026-11-24T08:00:00Z"}
    house.now = MORNING

    def meanwhile():
        acts = [lambda: house.tell(an_alert(3, at=NIGHT)), lambda: send_digest(house.ports, message, MORNING)]
        for act in acts if comes == "before" else reversed(acts):
            act()

    gate.after, gate.other = len(gate.calls) + call, meanwhile
    send_digest(house.ports, message, MORNING)
    house.work()
    house.wait(MORNING + timedelta(hours=1))

    assert gate.struck
    assert house.told("desk") == names(DESK, *(an_alert(n) for n in (1, 2, 3)))
    assert house.at_rest


def test_many_workers_at_once_keep_to_the_limit_and_lose_nothing():
    alerts = [an_alert(n, severity="low") for n in range(60)]
    house = House(shop_with(DESK))

    def told(alert):
        for _ in range(20):
            try:
                return tell(house.ports, alert, NOON)
            except StaleVersion as lost:
                last = lost
        raise AssertionError(last)

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(told, alerts))
        list(workers.map(told, alerts))
    house.work()
    house.wait(NOON + timedelta(minutes=10))

    assert house.singles("desk") == 2
    assert house.told("desk") == names(DESK, *alerts)
    assert house.at_rest


def test_an_alert_costs_a_put_for_each_tool_and_a_count_for_each_who_has_a_limit():
    house = House(shop_with(DESK, MAIL, TOOL))
    house.tell(an_alert())

    assert Counter(house.gate.calls) == {
        "table.get": 2, "table.update": 2, "table.put_new": 3, "queues.send": 1,
    }  # fmt: skip


def test_once_the_limit_is_reached_what_waits_costs_one_write_each():
    house = House(shop_with(DESK))
    house.tell(*(an_alert(n) for n in range(3)))
    house.gate.calls.clear()
    house.tell(an_alert(4))

    assert Counter(house.gate.calls) == {"table.get": 2, "table.put_new": 1}


def test_a_step_of_a_case_is_told_to_tools_that_asked_and_again_it_is_the_same():
    house = House(shop_with(DESK, replace(TOOL, events=("case",)), a_receiver("deaf", channel="webhook")))
    for _ in range(2):
        tell_case(house.ports, "c1", "stage_changed", 4, NOON, {"to": "booked"}, NOON)
    house.work()

    assert list(house.heard) == ["tool"]
    (body,) = house.heard["tool"].values()
    assert json.loads(body)["type"] == "case.stage_changed"


def test_a_step_of_a_case_costs_nothing_when_nobody_asked():
    house = House(shop_with(DESK, TOOL))
    tell_case(house.ports, "c1", "stage_changed", 4, NOON, {"to": "booked"}, NOON)

    assert house.gate.calls == []
