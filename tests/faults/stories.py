"""Stories A, B and C as one script over a ``World``, and the picture of where a run ended.

The ring goes from Paris to Shenzhen: opened, waybill and pickup, the carrier's first push faster than its own answer,
scans by push, a hold that only polling finds, the release, the delivery, and sweeps until everything is at rest.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.money import Money
from chalicelib.returns.case import Address, Item, Order, Person, PickupWish, ReturnRequest
from chalicelib.shipments.leg import ExportLink
from chalicelib.workflows.open_return import open_return
from tests.faults.world import MONDAY, World

RING = Item(
    sku="R-18K-01", description="18K yellow gold ring", article="ring", metal="gold", fineness=750,
    construction="solid", stones="diamond", origin="CN", quantity=1, gross_weight_g=Decimal("5.30"),
    net_weight_g=Decimal("5.20"), price=Money(Decimal("1180.00"), "EUR"), serial="GT-0001",
)  # fmt: skip
REQUEST = ReturnRequest(
    kind="refund", reason="change_of_mind", order=Order("SO-1001", date(2026, 11, 1), date(2026, 11, 12)),
    original_export=ExportLink("fedex", "794644790132", "INV-1001", date(2026, 11, 3), "530120260000000001", "9610"),
    customer_country="FR", customer_region=None, language="fr",
    return_to="SZX-1", items=(RING,), pickup=PickupWish(date(2026, 11, 24), "10:00", "16:00"),
)  # fmt: skip
HOME = Address(("1 rue Exemple",), "Paris", None, "75002", "FR")
CLAIRE = Person("Claire Exemple", "claire@example.com", "+33155550102", "fr", HOME)
SCANS = (
    ("PU", "PARIS", "FR", 26), ("DP", "ROISSY CHARLES DE GAULLE", "FR", 30), ("AR", "GUANGZHOU", "CN", 44),
)  # fmt: skip
AFTER_RELEASE = (("CC", "GUANGZHOU", "CN", 64), ("OD", "SHENZHEN", "CN", 68), ("DL", "SHENZHEN", "CN", 72))


@dataclass(frozen=True)
class Picture:
    """Where a run ended, without its clock: what must be the same whatever went wrong on the way."""

    stage: str
    bookings: dict[str, tuple[str, tuple[tuple[str, str], ...]]]
    number: str | None
    milestone: str | None
    condition: str | None
    scans: tuple[str, ...]
    owed: int
    exceptions: Counter[tuple[str, str, str]]
    log: Counter[tuple[str, tuple[tuple[str, str], ...]]]
    waybills_bought: int
    pickups_booked: int
    parked: int


def tell(world: World) -> None:
    """The whole script."""
    opened = world.ask(lambda: _open(world))
    case_id = opened.body["case_id"]
    world.wire.on_waybill = lambda number: _first_push(world, number)
    world.pump()
    world.sweep_at(MONDAY + timedelta(minutes=40))
    world.sweep_at(MONDAY + timedelta(hours=2))
    number = bought(world)
    if number is not None:
        travel(world, number)
    for hours in (73, 98, 130):
        world.sweep_at(MONDAY + timedelta(hours=hours))
    world.case_id = case_id  # type: ignore[attr-defined]


def travel(world: World, number: str) -> None:
    """The parcel's way: pushes, a silent hold found by asking, the release."""
    for code, city, country, hours in SCANS:
        _scan(world, number, code, city, country, hours)
        world.push(number)
        world.pump()
    _scan(world, number, "CD", "GUANGZHOU", "CN", 46)
    for hours in (54, 61, 62):
        world.sweep_at(MONDAY + timedelta(hours=hours))
    for code, city, country, hours in AFTER_RELEASE:
        _scan(world, number, code, city, country, hours)
        world.push(number)
        world.pump()


def bought(world: World) -> str | None:
    """The waybill the carrier knows of, whether or not we do."""
    return next(iter(world.carrier.memory.shipments), None)


def picture(world: World) -> Picture:
    """Read with the gate open: looking is not part of the story."""
    world.gate.fault = None
    file = world.ports.cases.file(world.case_id)  # type: ignore[attr-defined]
    leg = file.legs[0]
    found = world.ports.tracks.file("fedex", bought(world) or "0")
    track = found.tracks[0] if found.tracks else None
    rma = file.case.rma
    return Picture(
        stage=file.case.stage,
        bookings={one.kind: (one.status, tuple(sorted(one.result.items()))) for one in file.bookings},
        number=leg.number,
        milestone=track.state.milestone if track else None,
        condition=track.state.condition if track else None,
        scans=tuple(event.id for event in track.events) if track else (),
        owed=len(track.effects) if track else 0,
        exceptions=Counter((one.kind, one.status, one.episode) for one in file.exceptions),
        log=Counter((entry.what, _timeless(entry.facts)) for entry in file.log),
        waybills_bought=world.carrier.bookings(f"{rma}-1W")[0],
        pickups_booked=world.carrier.bookings(f"{rma}-1P")[1],
        parked=len(found.parked),
    )


def _timeless(facts: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in facts.items() if name != "at"))


def _open(world: World) -> Any:
    return open_return(
        world.ports, REQUEST, CLAIRE, holder="desk", idempotency_key="key-1", body_digest="digest", dry_run=False,
        now=world.now,
    )  # fmt: skip


def _first_push(world: World, number: str) -> None:
    """The carrier pushes the new waybill before its buyer has its answer: the scan must be kept for the leg to come.

    It is another process, so what goes wrong in it is not this one's: it is asked again like any carrier.
    """
    world.wire.on_waybill = None
    told = "Shipment information sent to FedEx"
    world.carrier.scan(number, "OC", "PARIS", "FR", MONDAY + timedelta(minutes=5), description=told)
    world.push(number)
    early = [waiting for waiting in world.queues.waiting if waiting.queue == "tracking"]
    for message in early:
        world.queues.waiting.remove(message)
        world.deliver(message)


def _scan(world: World, number: str, code: str, city: str, country: str, hours: int) -> None:
    at: datetime = MONDAY + timedelta(hours=hours)
    world.now = max(world.now, at)
    world.carrier.scan(number, code, city, country, at)
