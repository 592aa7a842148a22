"""Bodies and clocks that the DHL tracking tests share."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.carriers.registry import read_tracking
from chalicelib.shipments.events import Event, Reading, Tracking

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "samples"
NUMBER = "4818240420"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def read(said: Any, source: str = "mydhl", now: datetime = NOW) -> Reading:
    return read_tracking(source, said if isinstance(said, bytes) else json.dumps(said).encode(), now)


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


def only(said: Any, source: str = "mydhl") -> Tracking:
    (tracking,) = read(said, source).trackings
    return tracking


# ---- MyDHL


def scan(**fields: Any) -> dict[str, Any]:
    """A checkpoint as MyDHL sends it among many: local, without offset; movement at Leipzig unless told otherwise."""
    said = {
        "date": "2026-11-20",
        "time": "09:20:00",
        "typeCode": "AF",
        "description": "Arrived at DHL Sort Facility LEIPZIG-GERMANY",
        "serviceArea": [{"code": "LEJ", "description": "Leipzig-DE"}],
    }
    return {**said, **fields}


def at_area(code: str, description: str) -> dict[str, Any]:
    return {"serviceArea": [{"code": code, "description": description}]}


def shipment(*scans: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"shipmentTrackingNumber": NUMBER, "status": "Success", "events": list(scans), **fields}


def answer(*shipments: dict[str, Any]) -> dict[str, Any]:
    return {"shipments": list(shipments)}


def event_of(*scans: dict[str, Any], **fields: Any) -> Event:
    """The one event of these checkpoints."""
    (event,) = only(answer(shipment(*scans, **fields))).events
    return event


# ---- DHL Unified


def entry(**fields: Any) -> dict[str, Any]:
    """An entry of service express."""
    said = {
        "timestamp": "2026-11-20T09:20:00",
        "location": {"address": {"countryCode": "DE", "addressLocality": "Leipzig"}},
        "statusCode": "transit",
        "status": "AF",
        "description": "Arrived at DHL Sort Facility LEIPZIG",
    }
    return {key: value for key, value in {**said, **fields}.items() if value is not ...}


def unified(*entries: dict[str, Any], **fields: Any) -> dict[str, Any]:
    said = {"id": NUMBER, "service": "express", "events": list(entries), **fields}
    return {"shipments": [said]}


def unified_event(**fields: Any) -> Event:
    (event,) = only(unified(entry(**fields)), "dhl_unified").events
    return event
