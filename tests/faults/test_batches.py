"""A throttled store in the middle of a batch, through the handler that Lambda calls: the rest of the batch is done."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from chalice.test import Client

import app as product
from chalicelib.clock import stamp
from chalicelib.errors import UnavailableError
from tests.fakes.memory_ports import World, memory_ports
from tests.fakes.memory_table import MemoryTable
from tests.fakes.pieces import NOW, a_track

NUMBERS = [f"79461234500{n}" for n in range(10)]


class Throttled(MemoryTable):
    """A table that refuses to be written under one number for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = ""

    def update(self, write: Any) -> bool:
        if self.refused and write.pk.endswith(self.refused):
            raise UnavailableError("throttled")
        return super().update(write)


@pytest.fixture
def world() -> Iterator[tuple[World, Throttled]]:
    table = Throttled()
    built = memory_ports(table)
    for number in NUMBERS:
        built.ports.tracks.save(a_track(number=number, case_id=f"case{number}"))
    product.world.hand_in(built.ports, lambda: NOW)
    yield built, table
    product.world.hand_in(None, lambda: datetime.now(UTC))


def told(number: str) -> str:
    scan = {
        "date": "2026-11-21T09:20:00+01:00", "eventType": "PU", "eventDescription": "Picked up",
        "scanLocation": {"city": "PARIS", "countryCode": "FR"},
    }  # fmt: skip
    result = {"trackingNumberInfo": {"trackingNumber": number}, "scanEvents": [scan]}
    said = {"output": {"completeTrackResults": [{"trackingNumber": number, "trackResults": [result]}]}}
    head = {"source": "fedex_push", "received_at": stamp(NOW), "request_id": "r"}
    return json.dumps({**head, "body_b64": base64.b64encode(json.dumps(said).encode()).decode()})


def received(bodies: list[str], receives: int = 1) -> set[str]:
    """One batch through the handler: the ids that it reports as failed."""
    records = [
        {
            "messageId": f"m{n}", "receiptHandle": "h", "body": body, "messageAttributes": {}, "awsRegion": "us-east-1",
            "attributes": {"ApproximateReceiveCount": str(receives)}, "eventSource": "aws:sqs", "md5OfBody": "",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q",
        }
        for n, body in enumerate(bodies)
    ]  # fmt: skip
    answer = Client(product.app).lambda_.invoke("on_tracking_received", {"Records": records}).payload
    return {one["itemIdentifier"] for one in answer["batchItemFailures"]}


def picked_up(world: World) -> set[str]:
    found = {number: world.ports.tracks.file("fedex", number).tracks[0] for number in NUMBERS}
    return {number for number, track in found.items() if track.state.milestone == "picked_up"}


def test_a_throttled_message_alone_comes_again_and_the_other_nine_are_done_once(world):
    built, table = world
    table.refused = NUMBERS[3]
    bodies = [told(number) for number in NUMBERS]
    assert received(bodies) == {"m3"}
    assert picked_up(built) == set(NUMBERS) - {NUMBERS[3]}
    writes = table.writes
    assert received([body for body in bodies if body != bodies[3]]) == set(), "a repeat of the good ones"
    assert table.writes == writes
    table.refused = ""
    assert received([bodies[3]], receives=2) == set()
    assert picked_up(built) == set(NUMBERS)
    assert built.queues.buried == []


def test_one_bad_message_of_ten_costs_no_neighbour(world):
    built, _ = world
    bodies = [told(number) for number in NUMBERS]
    bodies[3] = json.dumps({"source": "fedex_push", "received_at": stamp(NOW), "body_b64": "%%"})
    received(bodies)
    assert picked_up(built) == set(NUMBERS) - {NUMBERS[3]}
