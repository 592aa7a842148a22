"""DHL Shipment Tracking - Unified as the simulator speaks it: what is pulled, what is pushed, and the handshake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from infra.local.carrier_memory import Scan, Shipment
from infra.local.carrier_simulator import Refusal, local
from infra.local.stops import stop_of

Told = Callable[[Sequence[Any]], list[Any]]
# DHL's five status codes are coarser than its checkpoints; what is not here is on its way.
STATUS_CODES = {
    "OK": "delivered", "RT": "failure", "DM": "failure", "DD": "delivered", "NA": "failure", "RD": "failure",
    "BA": "failure", "CD": "failure", "UD": "failure", "HP": "failure", "OH": "failure", "ND": "failure",
}  # fmt: skip
TITLES = {
    400: "Invalid input",
    401: "Unauthorized",
    404: "No result found",
    429: "Too Many Requests",
    503: "Service Unavailable",
}
TOO_MANY = "Too many requests within defined time period, please try again later."


def problem(refusal: Refusal, instance: str) -> dict[str, Any]:
    """An error as application/problem+json."""
    return {
        "status": refusal.status,
        "title": TITLES.get(refusal.status, refusal.code),
        "detail": refusal.message,
        "instance": instance,
    }


def pulled(shipment: Shipment, told: Told, url: str) -> dict[str, Any]:
    """The answer to one number: every shipment that ever had it, told apart by their references alone."""
    shipments = [_shipment(shipment, told)]
    if shipment.earlier:
        before = replace(shipment, scans=shipment.earlier, reference=f"{shipment.reference}-EARLIER")
        shipments.append(_shipment(before, told))
    return {
        "url": url,
        "prevUrl": "",
        "nextUrl": "",
        "firstUrl": url,
        "lastUrl": url,
        "shipments": shipments,
        "possibleAdditionalShipmentsUrl": [],
    }


def pushed(shipment: Shipment, subscription: str) -> dict[str, Any]:
    """One push: where the parcel is now, and nothing of how it came there."""
    whole = _shipment(shipment, list)
    kept = {name: whole[name] for name in ("id", "service", "origin", "destination", "status", "details")}
    return {"scope": "subscription.push", "self": subscription, "shipments": [kept]}


def handshake(scope: str, subscription: str, secret: str | None = None) -> dict[str, Any]:
    """A step of the handshake: ``subscription.validate`` brings the secret that is to be sent back."""
    return {"scope": scope, "self": subscription, **({"secret": secret} if secret else {})}


def _shipment(shipment: Shipment, told: Told) -> dict[str, Any]:
    events = [_status(scan, shipment.pieces) for scan in reversed(shipment.scans)]
    announced = {
        "timestamp": shipment.ordered_at[:19],
        "location": _place(shipment.origin),
        "statusCode": "pre-transit",
        "status": "104",
        "description": "Shipment information received",
    }
    return {
        "id": shipment.number,
        "service": "express",
        "origin": _place(shipment.origin),
        "destination": _place(shipment.destination),
        "status": events[0] if events else announced,
        "details": {
            "product": {"productName": "EXPRESS WORLDWIDE"},
            "proofOfDeliverySignedAvailable": False,
            "totalNumberOfPieces": len(shipment.pieces) or 1,
            "pieceIds": list(shipment.pieces),
            "weight": {"value": shipment.weight_kg, "unitText": "kg"},
            "references": {"number": shipment.reference, "type": "customer-reference"},
        },
        "events": told(events),
    }


def _status(scan: Scan, pieces: Sequence[str]) -> dict[str, Any]:
    """One scan on the clock of its place, without a zone."""
    stop = stop_of(scan.city, scan.country)
    said: dict[str, Any] = {
        "timestamp": f"{local(scan):%Y-%m-%dT%H:%M:%S}",
        "location": {"address": {"countryCode": stop.country, "addressLocality": f"{scan.city} - {scan.country}"}},
        "statusCode": STATUS_CODES.get(scan.code, "transit"),
        "status": scan.code,
        "description": scan.description,
        "pieceIds": list(pieces),
    }
    if scan.exception_description:
        said["remark"] = scan.exception_description
    return said


def _place(address: Mapping[str, Any]) -> dict[str, Any]:
    said = {"countryCode": address.get("countryCode"), "addressLocality": address.get("city")}
    return {"address": {name: value for name, value in said.items() if value}}
