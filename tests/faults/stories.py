"""Stories A, B and C as one script over a ``World``, and the picture of where a run ended.

The ring goes from Paris to Shenzhen by the world's carrier: opened, waybill and pickup, the carrier's first push faster
than its own answer, scans by push, a hold that only polling finds, the release, the delivery, and sweeps until
everything is at rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.money import Money
from chalicelib.returns.case import Address, Item, Order, Person, PickupWish, ReturnRequest
from chalicelib.shipments.fold import scans
from chalicelib.shipments.leg import ExportLink, Track
from chalicelib.workflows.bookings import Booking
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
Stop = tuple[str, str, str, int]
"""What happens, in the simulators' words (``infra.local.scenarios``), where, and after how many hours."""


@dataclass(frozen=True)
class Way:
    """What happens to a parcel: most of it is pushed; ``silent`` is what only asking finds, asked at these hours."""

    pushed: tuple[Stop, ...]
    silent: Stop
    asked: tuple[float, ...]
    then: tuple[Stop, ...]


HOME_WAY = Way(
    pushed=(
        ("picked_up", "PARIS", "FR", 26), ("departed", "ROISSY CHARLES DE GAULLE", "FR", 30),
        ("landed", "GUANGZHOU", "CN", 44),
    ),
    silent=("documents", "GUANGZHOU", "CN", 46),
    asked=(54, 61, 62),
    then=(
        ("released", "GUANGZHOU", "CN", 64), ("on_the_van", "SHENZHEN", "CN", 68), ("delivered", "SHENZHEN", "CN", 72),
    ),
)  # fmt: skip
# DHL allows few questions: a well-pushed parcel is asked about just before a day of silence would be told.
SELDOM_ASKED = replace(
    HOME_WAY,
    asked=(62, 66.6, 67, 67.4, 67.8),
    then=(
        ("released", "GUANGZHOU", "CN", 69), ("on_the_van", "SHENZHEN", "CN", 70), ("delivered", "SHENZHEN", "CN", 72),
    ),
)  # fmt: skip


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
    changed: int
    called_off: int
    taken_back: int
    most_couriers: int
    orders: int
    parked: int
    papers: tuple[tuple[str, str, str | None], ...]
    papers_kept: int

    @property
    def acts(self) -> tuple[int, ...]:
        """What the carrier did, as it counts it; then how many couriers were on their way at once, and how often it was
        asked to change anything."""
        done = self.waybills_bought, self.pickups_booked, self.changed, self.called_off, self.taken_back
        return *done, self.most_couriers, self.orders


def tell(world: World) -> None:
    """The whole script."""
    opened = world.ask(lambda: open_ring(world))
    world.case_id = opened.body["case_id"]
    world.wire.on_waybill = lambda number: first_push(world, number)
    world.pump()
    world.sweep_at(MONDAY + timedelta(minutes=40))
    world.sweep_at(MONDAY + timedelta(hours=2))
    number = bought(world)
    if number is not None:
        travel(world, number, SELDOM_ASKED if world.carrier.name == "dhl" else HOME_WAY)
    for hours in (73, 98, 130):
        world.sweep_at(MONDAY + timedelta(hours=hours))


def travel(world: World, number: str, way: Way) -> None:
    """The parcel's way: pushes, a silent hold found by asking, the release."""
    for stop in way.pushed:
        _pushed(world, number, stop)
    _scan(world, number, *way.silent)
    for hours in way.asked:
        world.sweep_at(MONDAY + timedelta(hours=hours))
    for stop in way.then:
        _pushed(world, number, stop)


def bought(world: World) -> str | None:
    """The waybill the carrier knows of, whether or not we do."""
    return next(iter(world.carrier.memory.shipments), None)


def picture(world: World) -> Picture:
    """Read with the gate open: looking is not part of the story."""
    world.gate.fault = None
    file = world.ports.cases.file(world.case_id)
    found = world.ports.tracks.file(world.carrier.name, bought(world) or "0")
    track = found.tracks[0] if found.tracks else None
    sold, couriers = world.carrier.memory.shipments.values(), world.carrier.memory.pickups
    return Picture(
        stage=file.case.stage,
        bookings={_named(one): (one.status, tuple(sorted(one.result.items()))) for one in file.bookings},
        number=file.legs[0].number,
        milestone=track.state.milestone if track else None,
        condition=track.state.condition if track else None,
        scans=_told(track),
        owed=len(track.effects) if track else 0,
        exceptions=Counter((one.kind, one.status, _episode(world, one.episode)) for one in file.exceptions),
        log=Counter((entry.what, _timeless(world, entry.facts)) for entry in file.log),
        waybills_bought=len(sold),
        pickups_booked=len(couriers),
        changed=sum(one.changes for one in couriers),
        called_off=sum(one.cancelled for one in couriers),
        taken_back=sum(bool(one.cancelled_at) for one in sold),
        most_couriers=world.wire.most_couriers,
        orders=world.wire.orders,
        parked=len(found.parked),
        papers=tuple((one.name, one.status, one.sha256) for leg in file.papers for one in leg.papers),
        papers_kept=world.papers_kept,
    )


def _named(booking: Booking) -> str:
    return booking.kind + (f".{booking.n}" if booking.n > 1 else "")


def _told(track: Track | None) -> tuple[object, ...]:
    """The scans by their ids; DHL's by what they say: which of its interfaces is heard depends on which one answers,
    and each tells the same scan with an id of its own."""
    if track is None:
        return ()
    if track.carrier != "dhl":
        return tuple(event.id for event in track.events)
    told = (one.event for one in scans(track.events, track.facts))
    return tuple((event.at, event.milestone, event.condition) for event in told)


def _episode(world: World, episode: str) -> str:
    """The name of a trouble; DHL's without the id of the scan that opened it, for the same reason."""
    return episode.rpartition("-")[0] if world.carrier.name == "dhl" and episode.startswith("customs_") else episode


def _timeless(world: World, facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    told = {name: _episode(world, value) if name == "episode" else value for name, value in facts.items()}
    return tuple(sorted((name, value) for name, value in told.items() if name != "at"))


def open_ring(world: World) -> Any:
    """The desk opens the return; FedEx is the best way and is not named."""
    carrier = world.carrier.name
    request = REQUEST if carrier == "fedex" else replace(REQUEST, carrier=carrier)
    return open_return(
        world.ports, request, CLAIRE, holder="desk", idempotency_key="key-1", body_digest="digest", dry_run=False,
        now=world.now,
    )  # fmt: skip


def first_push(world: World, number: str) -> None:
    """The carrier pushes the new waybill before its buyer has its answer: the scan must be kept for the leg to come.

    It is another process, so what goes wrong in it is not this one's: it is asked again like any carrier.
    """
    world.wire.on_waybill = None
    _announce(world, number)
    world.push(number)
    early = [waiting for waiting in world.queues.waiting if waiting.queue == "tracking"]
    for message in early:
        world.queues.waiting.remove(message)
        world.deliver(message)


def _announce(world: World, number: str) -> None:
    """What a carrier knows of a parcel that nobody has seen: FedEx has a scan for it, DHL tells it of itself, China
    Post has nothing to tell before its courier has the parcel, who may be quick."""
    soon = MONDAY + timedelta(minutes=5)
    if world.carrier.name == "fedex":
        world.carrier.scan(number, "OC", "PARIS", "FR", soon, description="Shipment information sent to FedEx")
    elif world.carrier.name == "ems":
        said = world.carrier.spoken("picked_up", "BEIJING", "CN", soon)
        world.carrier.scan(number, said.code, said.city, said.country, soon, description=said.description)


def _pushed(world: World, number: str, stop: Stop) -> None:
    _scan(world, number, *stop)
    world.push(number)
    world.pump()


def _scan(world: World, number: str, word: str, city: str, country: str, hours: int) -> None:
    at: datetime = MONDAY + timedelta(hours=hours)
    world.now = max(world.now, at)
    said = world.carrier.spoken(word, city, country, at)
    world.carrier.scan(
        number, said.code, city, country, at, description=said.description, exception_code=said.exception_code,
        exception_description=said.exception_description,
    )  # fmt: skip
