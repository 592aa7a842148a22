"""Once a day, however often it runs, and one where it did not run for days."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from chalicelib.workflows.daily_digest import digest
from tests.alerts.told import PARIS_HOURS, a_receiver, an_alert, shop_with
from tests.faults.gate import KINDS, Fault, Gate, possible
from tests.workflows.telling import House

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DESK = a_receiver("desk", events=("digest",), hours=PARIS_HOURS, digest_at=(time(9), time(14)))
ZH = a_receiver("chat-zh", events=("digest",), language="zh", time_zone="Asia/Shanghai", digest_at=(time(9),))
DEAF = a_receiver("deaf")


def a_house(*receivers, count=3, **changed):
    house = House(shop_with(*receivers, DEAF), now=MONDAY, **changed)
    for n in range(count):
        opened_at = MONDAY - timedelta(days=1)
        found = an_alert(n, opened_at=opened_at, deadline=MONDAY + (n - 1) * HOUR, kind="silence", reason=None)
        alone = replace(found.exception, subject_kind="number", subject=f"fedex/{n}", case_id=None)
        house.ports.exceptions.open_alone(alone)
    house.gate.calls.clear()
    return house


def run(house, at):
    house.now = at
    written = house._until_done(lambda: digest(house.ports, house.now))
    house.work()
    return written


def test_each_receiver_that_asked_is_written_to_once_a_day_however_often_it_runs():
    house = a_house(DESK, ZH)

    written = [run(house, MONDAY + n * HOUR) for n in range(16)]

    assert [one for one in written if one] == [("desk", "chat-zh")]
    assert {name: len(heard) for name, heard in house.heard.items()} == {"desk": 1, "chat-zh": 1}


def test_it_is_written_at_the_first_time_of_the_receivers_own_day():
    house = a_house(DESK, ZH)
    days = {}
    for n in range(24 * 7):
        for name in run(house, MONDAY - 8 * HOUR + n * HOUR):
            days.setdefault(name, []).append((MONDAY - 8 * HOUR + n * HOUR).strftime("%a %H"))

    assert days["desk"] == ["Mon 00", "Mon 08", "Tue 08", "Wed 08", "Thu 08", "Fri 08"]
    assert days["chat-zh"] == ["Mon 00", *(f"{day} 01" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))]


def test_where_it_did_not_run_for_days_one_is_written_and_not_several():
    house = a_house(DESK)
    run(house, MONDAY)

    assert run(house, MONDAY + timedelta(days=9)) == ("desk",)
    assert run(house, MONDAY + timedelta(days=9, minutes=5)) == ()
    assert len(house.heard["desk"]) == 2


def test_a_clock_that_goes_back_writes_nothing_again():
    house = a_house(DESK)
    run(house, MONDAY + timedelta(days=2))

    assert run(house, MONDAY) == ()
    assert run(house, MONDAY + timedelta(days=2)) == ()


def test_it_says_how_many_are_open_overdue_and_ending():
    house = a_house(replace(DESK, channel="webhook", storm=None))
    run(house, MONDAY)

    (body,) = house.heard["desk"].values()
    data = json.loads(body)["data"]

    assert (data["open"], data["overdue"], data["ending"], data["has_more"]) == (3, 2, 1, False)
    assert data["by_severity"] == {"high": 3}


def test_what_is_read_is_bounded_and_what_is_beyond_is_said():
    house = a_house(replace(DESK, channel="webhook", storm=None), count=1100)
    run(house, MONDAY)

    (body,) = house.heard["desk"].values()
    data = json.loads(body)["data"]

    assert (data["open"], data["has_more"]) == (1000, True)
    # A page asks 16 partitions of the index for what comes next and fetches its hundred items in one batch.
    reads = Counter(house.gate.calls)
    assert reads["table.index"] == 160
    assert reads["table.batch_get"] == 10


def test_where_nobody_is_owed_one_nothing_is_read_but_when_the_last_one_was():
    house = a_house(DESK)
    run(house, MONDAY)
    house.gate.calls.clear()
    run(house, MONDAY + HOUR)

    assert house.gate.calls == ["table.get"]


def test_where_nobody_asked_nothing_is_read_at_all():
    house = a_house()
    run(house, MONDAY)

    assert house.gate.calls == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_call_costs_no_digest_and_brings_none_twice(kind):
    quiet = a_house(DESK, ZH)
    run(quiet, MONDAY)
    for at, name in enumerate(list(quiet.gate.calls)):
        if not possible(kind, name):
            continue
        house = a_house(DESK, ZH)
        house.gate.fault = Fault(kind, at)
        run(house, MONDAY)
        run(house, MONDAY + HOUR)

        assert house.gate.struck
        assert {receiver: len(heard) for receiver, heard in house.heard.items()} == {"desk": 1, "chat-zh": 1}, name


def test_two_that_run_at_once_write_one():
    house = a_house(DESK)
    house.gate.fault = None
    inside = House(house.shop, gate=Gate(), now=MONDAY, table=house.table)
    digest(house.ports, MONDAY)
    inside.ports.digests.daily_sent("desk", (MONDAY - timedelta(days=3)).date())
    assert digest(inside.ports, MONDAY) == ()
    house.work()

    assert len(house.heard["desk"]) == 1
