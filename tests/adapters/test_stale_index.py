"""An index may be behind what it indexes; what it says is checked against the item itself."""

from __future__ import annotations

from datetime import timedelta

from tests.fakes.memory_ports import memory_ports
from tests.fakes.memory_table import MemoryTable
from tests.fakes.pieces import NOW, a_hold, a_scan, a_track

HOUR = timedelta(hours=1)


def test_an_entry_of_a_track_that_is_no_longer_due_is_nothing():
    table = MemoryTable(index_lag=1)
    ports = memory_ports(table).ports
    ports.tracks.save(a_track(due_at=NOW))
    ports.tracks.save(a_track(a_scan(), version=2, due_at=NOW + 9 * HOUR))
    (stale,) = ports.due.due(NOW, 10)
    assert ports.due.track_of(stale) is None
    assert not ports.due.claim(stale, NOW + HOUR)
    table.catch_up()
    assert [one.due_at for one in ports.due.due(NOW + 9 * HOUR, 10)] == ["2026-11-22T19:00:00Z"]


def test_a_new_track_that_the_index_does_not_show_yet_is_found_by_the_next_sweep():
    table = MemoryTable(index_lag=1)
    ports = memory_ports(table).ports
    ports.tracks.save(a_track(due_at=NOW))
    assert list(ports.due.due(NOW, 10)) == []
    table.catch_up()
    assert len(list(ports.due.due(NOW, 10))) == 1


def test_a_track_that_left_a_condition_is_not_shown_in_it():
    table = MemoryTable(index_lag=1)
    ports = memory_ports(table).ports
    ports.tracks.save(a_track(a_hold(1)))
    released = a_scan(2, milestone="import_cleared", reason="customs_released", condition="ok")
    ports.tracks.save(a_track(a_hold(1), released, version=2))
    assert ports.tracks.listed("held", None, 10).tracks == ()
