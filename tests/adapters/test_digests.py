"""What waits for a receiver, in the table: kept once, told in settled parts, and never closed over somebody's head."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.alerts.bodies import gathered_of
from chalicelib.workflows.ports import Due
from tests.alerts.told import NOON, a_receiver, an_alert
from tests.metering.sizes import item_size

MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def one(n=1, **changed):
    return gathered_of(an_alert(n, **changed), a_receiver())


def due_now(ports, now=MORNING):
    return [entry for entry in ports.due.due(now, 50) if entry.kind == "digest"]


def test_what_is_gathered_is_due_at_its_time_and_read_as_it_was(ports):
    rich, bare = one(1), replace(one(2), reason=None, deadline=None, action_by=None)
    ports.digests.gather("desk", MORNING, rich, NOON)
    ports.digests.gather("desk", MORNING, bare, NOON)
    ports.digests.gather("desk", MORNING, rich, NOON)

    assert not due_now(ports, MORNING - timedelta(seconds=1))
    (due,) = due_now(ports)
    slot = ports.digests.of_due(due)
    assert (slot.receiver, slot.at, slot.due_at, slot.done, slot.rung) == ("desk", MORNING, MORNING, 0, 0)
    file = ports.digests.file("desk", MORNING)
    assert sorted(file.gathered, key=lambda found: found.subject) == [rich, bare]
    assert file.parts == ()


def test_each_receiver_and_each_time_is_apart(ports):
    ports.digests.gather("desk", MORNING, one(1), NOON)
    ports.digests.gather("desk", MORNING + timedelta(days=1), one(2), NOON)
    ports.digests.gather("desk-2", MORNING, one(3), NOON)

    assert [found.subject for found in ports.digests.file("desk", MORNING).gathered] == ["case/case0001"]
    assert len(due_now(ports)) == 2


def test_what_a_part_holds_is_settled_by_the_first_who_says_it(ports):
    first = ports.digests.plan("desk", MORNING, 0, ["aa", "bb"])

    assert first == ports.digests.plan("desk", MORNING, 0, ["cc"]) == {"aa", "bb"}
    for n in range(1, 12):
        ports.digests.plan("desk", MORNING, n, [f"n{n}"])
    assert [sorted(part) for part in ports.digests.file("desk", MORNING).parts[9:]] == [["n9"], ["n10"], ["n11"]]


def test_a_slot_that_is_closed_is_due_no_more_and_rings_when_somebody_comes(ports):
    ports.digests.gather("desk", MORNING, one(1), NOON)
    slot = ports.digests.begin("desk", MORNING)
    assert ports.digests.close(slot, 1)
    assert not due_now(ports)
    assert ports.digests.begin("desk", MORNING) is None

    late = MORNING + timedelta(hours=2)
    ports.digests.gather("desk", MORNING, one(2), late)

    assert not due_now(ports, late - timedelta(seconds=1))
    (due,) = due_now(ports, late)
    assert (ports.digests.of_due(due).done, ports.digests.of_due(due).rung) == (1, 1)


def test_who_gathers_while_the_digest_is_made_keeps_it_from_being_closed(ports):
    ports.digests.gather("desk", MORNING, one(1), NOON)
    slot = ports.digests.begin("desk", MORNING)
    ports.digests.gather("desk", MORNING, one(2), MORNING)

    assert not ports.digests.close(slot, 1)
    assert due_now(ports)
    again = ports.digests.begin("desk", MORNING)
    assert ports.digests.close(again, 2)


def test_a_slot_that_was_claimed_meanwhile_is_not_closed_by_who_read_it_before(ports):
    ports.digests.gather("desk", MORNING, one(1), NOON)
    slot = ports.digests.begin("desk", MORNING)
    (due,) = due_now(ports)
    assert ports.due.claim(due, MORNING + timedelta(minutes=15))

    assert not ports.digests.close(slot, 1)
    assert ports.digests.of_due(due) is None


@pytest.mark.parametrize("receiver", ["desk", "r-1"])
def test_an_entry_that_only_an_index_still_shows_is_none(ports, receiver):
    assert ports.digests.of_due(Due("digest", f"DIGEST#{receiver}", "DIGEST#2026-11-24T08:00:00Z", "x")) is None
    assert ports.digests.begin(receiver, MORNING) is None


def test_the_first_of_a_window_are_admitted_and_stay_so(ports):
    def admitted(message, window="other", until=MORNING):
        return ports.digests.admit("desk", window, until, f"msg_{message}" + "0" * 20, 2)

    assert [admitted(name) for name in ("a", "b", "c", "a", "b", "c")] == [True, True, False, True, True, False]
    assert admitted("c", window="critical")
    assert admitted("c", until=MORNING + timedelta(minutes=10))


def test_the_last_day_whose_digest_was_sent_never_goes_back(ports):
    assert ports.digests.daily_of("desk") is None
    for day in (date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 22)):
        ports.digests.daily_sent("desk", day)

    assert ports.digests.daily_of("desk") == date(2026, 11, 24)
    assert ports.digests.daily_of("other") is None


def test_what_waits_takes_less_than_a_kilobyte_and_is_forgotten_in_time(store):
    store.ports.digests.gather("desk", MORNING, one(1, subject="c" * 60, severity="critical"), NOON)
    (item,) = store.table.partition("DIGEST#desk", "SLOT#")

    assert item_size(item) < 1024
    assert datetime.fromtimestamp(item["expires_at"], UTC) == MORNING + timedelta(days=90)
    (slot,) = store.table.partition("DIGEST#desk", "DIGEST#")
    assert "expires_at" not in slot
