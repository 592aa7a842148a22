"""What a simulated carrier knows: waybills it sold, couriers it sent, where each parcel was scanned; kept in a file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Scan:
    """One scan. ``date`` is an ISO time with the offset of its place, naive where a carrier leaves that out.

    ``exception_code`` and ``exception_description`` are what the carrier says beside its code: FedEx's exception,
    DHL's remark, China Post's delivered-to or not-delivered code.
    """

    date: str
    code: str
    description: str
    city: str
    country: str
    exception_code: str = ""
    exception_description: str = ""


@dataclass
class Shipment:
    """A waybill that was bought, and where the parcel has been.

    ``earlier`` are the scans of another parcel that once had this number, ordered on ``earlier_on``.
    """

    number: str
    reference: str
    ship_date: str
    ordered_at: str
    origin: dict[str, Any]
    destination: dict[str, Any]
    weight_kg: float
    cancelled_at: str = ""
    scans: list[Scan] = field(default_factory=list)
    service: str = ""
    pieces: list[str] = field(default_factory=list)
    earlier: list[Scan] = field(default_factory=list)
    earlier_on: str = ""


@dataclass
class Pickup:
    """A courier that was sent for."""

    code: str
    location: str
    reference: str
    waybill: str
    ready_at: str
    cancelled: bool = False
    changes: int = 0


@dataclass
class Memory:
    """Everything a simulated carrier knows; what is written to its file."""

    shipments: dict[str, Shipment] = field(default_factory=dict)
    pickups: list[Pickup] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    calls: int = 0
    last_push: str = ""
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id: where and with what to push, its secret and its status (DHL)."""


def remembered(file: Path | None) -> Memory:
    """Read what was kept, or begin with nothing."""
    if file is None or not file.exists():
        return Memory()
    kept = json.loads(file.read_text())
    shipments = {number: _shipment(one) for number, one in kept.pop("shipments").items()}
    return Memory(shipments=shipments, pickups=[Pickup(**one) for one in kept.pop("pickups")], **kept)


def keep(memory: Memory, file: Path | None) -> None:
    """Write everything down, in one step."""
    if file is not None:
        written = file.with_suffix(".new")
        written.write_text(json.dumps(asdict(memory)))
        written.replace(file)


def _shipment(kept: dict[str, Any]) -> Shipment:
    scans = {name: [Scan(**scan) for scan in kept.get(name, ())] for name in ("scans", "earlier")}
    return Shipment(**{**kept, **scans})
