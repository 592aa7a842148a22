"""What the stores themselves cost: one ring home in twenty scans, one conditional write each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from moto import mock_aws

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.track_items import track_item
from chalicelib.adapters.tracks import TableTracks
from chalicelib.shipments.events import Place
from tests.fakes.aws_world import client_maker, table_definition
from tests.fakes.pieces import CASE_ID, NOW, a_hold, a_scan, a_track, an_effect
from tests.metering.meter import Meter
from tests.metering.sizes import item_size

STOPS = (
    ("PARIS", "FR"), ("ROISSY CHARLES DE GAULLE CEDEX", "FR"), ("KOELN", "DE"), ("GUANGZHOU", "CN"), ("SHENZHEN", "CN"),
)  # fmt: skip


def scans():
    """Twenty scans as FedEx tells them, with one customs hold among them."""
    found = [
        a_scan(n, text="Arrived at FedEx location", code="AR", place=Place(*STOPS[n * len(STOPS) // 20]))
        for n in range(20)
    ]
    found[12] = a_hold(12)
    found[14] = a_scan(14, code="CC", milestone="import_cleared", reason="customs_released", condition="ok")
    found[19] = a_scan(19, code="DL", milestone="delivered", place=Place("SHENZHEN", "CN"), text="Delivered")
    return found


@pytest.fixture
def metered():
    with mock_aws():
        make = client_maker()
        make("dynamodb").create_table(**table_definition("pieces"))
        clients = Clients(make)
        meter = Meter(peek=make("dynamodb")).attach(clients.of("dynamodb"))
        yield TableTracks(DynamoTable(clients, "pieces", wait=lambda _: None)), meter


def usual(track):
    """What a track in full use carries."""
    return replace(
        track, eta=NOW + timedelta(days=4), unique_id="2461058000~794612345678~FX",
        poll_after=NOW + timedelta(hours=4), last_polled_at=NOW, webhook_seen_at=NOW,
        pickup_until=NOW + timedelta(hours=6),
    )  # fmt: skip


def test_a_track_without_events_stays_below_seven_hundred_bytes():
    held = usual(a_track(a_hold(1), case_id=CASE_ID, concerns=("customs_hold|ev0000000001",)))
    bare = {name: value for name, value in track_item(held).items() if name != "events"} | {"wrote": "x" * 12}
    assert item_size(bare) <= 700


def test_twenty_scans_one_by_one_cost_two_calls_each_and_stay_within_their_units(metered):
    tracks, meter = metered
    tracks.save(usual(a_track()))
    meter.reset()
    known = scans()
    for n in range(20):
        track = tracks.file("fedex", "794612345678").tracks[0]
        moved = n in (0, 12, 14, 19)
        effects = (an_effect(f"e{n}"),) if moved else ()
        due_at = NOW + timedelta(hours=n) if moved else track.due_at
        tracks.save(usual(replace(a_track(*known[: n + 1]), version=track.version + 1, effects=effects, due_at=due_at)))
    assert meter.calls == {"dynamodb.Query": 20, "dynamodb.UpdateItem": 20}
    assert meter.table_write_units / 20 <= 2.5
    assert meter.index_write_units / 20 <= 0.5
    assert meter.read_units / 20 <= 1


def test_clearing_sent_effects_costs_at_most_four_and_two(metered):
    tracks, meter = metered
    track = usual(a_track(*scans(), effects=(an_effect(),)))
    tracks.save(track)
    meter.reset()
    tracks.settle(replace(track, effects=(), due_at=NOW + timedelta(days=9)))
    assert meter.calls == {"dynamodb.UpdateItem": 1}
    assert meter.table_write_units <= 4
    assert meter.index_write_units <= 2
