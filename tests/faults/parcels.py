"""A parcel under way in a ``World`` without faults, for faults of other kinds than a call gone wrong."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.shipments.leg import Track
from chalicelib.workflows.open_return import open_return
from tests.faults.gate import Gate
from tests.faults.stories import CLAIRE, REQUEST, bought
from tests.faults.world import MONDAY, World

WAY = (
    ("PU", "PARIS", "FR", 26), ("DP", "ROISSY CHARLES DE GAULLE", "FR", 30), ("AR", "GUANGZHOU", "CN", 44),
    ("CD", "GUANGZHOU", "CN", 46), ("CC", "GUANGZHOU", "CN", 64), ("OD", "SHENZHEN", "CN", 68),
    ("DL", "SHENZHEN", "CN", 72),
)  # fmt: skip


def booked() -> tuple[World, str]:
    """A return whose waybill is bought and whose courier is ordered: the world and the tracking number."""
    world = World(Gate())
    open_return(
        world.ports, REQUEST, CLAIRE, holder="desk", idempotency_key="key-1", body_digest="digest", dry_run=False,
        now=world.now,
    )  # fmt: skip
    world.pump()
    number = bought(world)
    assert number is not None
    return world, number


def scanned(world: World, number: str, code: str, city: str, country: str, hours: float) -> None:
    """A scan that happened at an hour of the story; nobody has told us yet."""
    world.now = max(world.now, MONDAY + timedelta(hours=hours))
    world.carrier.scan(number, code, city, country, MONDAY + timedelta(hours=hours))


def track_of(world: World, number: str) -> Track:
    (track,) = world.ports.tracks.file("fedex", number).tracks
    return track
