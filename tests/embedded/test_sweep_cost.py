"""What a sweep reads follows what is due and not what is stored: counted against 500 and against 5,000 tracks.

``make bench`` counts it against 2,000 and 40,000.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.aws import Clients
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.marshal import typed
from chalicelib.adapters.track_items import track_item
from chalicelib.adapters.wiring import build
from chalicelib.clock import stamp
from chalicelib.workflows.sweep_due_work import sweep
from tests.fakes.pieces import NOW, a_scan, a_track
from tests.metering.meter import Meter

pytestmark = pytest.mark.embedded
DUE_WORK = 120
FEW, MANY = 2_000, 40_000  # of the bench
SOME = 500
LATER = NOW + timedelta(days=30)
AT_ONCE = 25


@dataclass(frozen=True)
class Counted:
    calls: dict[str, int]
    read_units: float
    due: int
    claimed: int
    polled: int


class Nowhere:
    """Queues whose messages are of no interest here."""

    def send(self, _queue, _messages):
        """Taken."""


def fill(stage, table, tracks):
    """Put this many tracks by batches: the first of them due now, the others in a month, as a table of a year has them.

    The ones that are due are the same whatever else is stored.
    """
    client = stage.make_client("dynamodb")
    track = replace(a_track(a_scan()), poll_after=NOW)
    due, rest = (typed(track_item(replace(track, due_at=at))) for at in (NOW, LATER))

    def put(start):
        requests = []
        for n in range(start, min(start + AT_ONCE, tracks)):
            pk = keys.number_pk("fedex", str(700_000_000_000 + n))
            base = due if n < DUE_WORK else rest
            requests.append({"PutRequest": {"Item": base | typed({"PK": pk, "due_shard": keys.due_shard(pk)})}})
        left = client.batch_write_item(RequestItems={table: requests})["UnprocessedItems"]
        assert not left

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(put, range(0, tracks, AT_ONCE)))


def swept(stage, stored):
    table = stage.new_table()
    fill(stage, table, stored)
    clients = Clients(stage.make_client)
    meter = Meter(peek=stage.make_client("dynamodb")).attach(clients.of("dynamodb"))
    ports = build(stage.settings(table), make_client=clients.of)
    done = sweep(replace(ports, queues=Nowhere()), NOW)
    last = DynamoTable(clients, table).get(*last_key(stored))
    assert last["due_at"] == stamp(LATER)
    stage.make_client("dynamodb").delete_table(TableName=table)
    calls = {name: number for name, number in meter.calls.items() if name.startswith("dynamodb.")}
    return Counted(calls, meter.read_units, done.due, done.claimed, done.polls)


def last_key(stored):
    track = a_track()
    return keys.number_pk("fedex", str(700_000_000_000 + stored - 1)), keys.track_sk(track.ship_date, track.case_id, 1)


def test_a_sweep_over_ten_times_as_many_tracks_reads_what_one_over_some_reads(embedded_stage):
    few, many = swept(embedded_stage, SOME), swept(embedded_stage, 10 * SOME)
    assert (few.due, few.claimed, few.polled) == (many.due, many.claimed, many.polled) == (DUE_WORK,) * 3
    assert many.read_units <= 1.1 * few.read_units
    assert sum(many.calls.values()) <= 1.1 * sum(few.calls.values())
