"""FedEx's wire shapes as the simulator speaks them (Track API v1, error envelope)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infra.local.fedex_simulator import Scan, Shipment

JULIAN_DAY_OF_ORDINAL_0 = 1_721_425
PICKED_UP, DELIVERED, ORDERED, CANCELLED = "PU", "DL", "OC", "CA"


@dataclass
class Refusal(Exception):
    """An answer in FedEx's error envelope."""

    status: int
    code: str
    message: str


def error_body(refusal: Refusal) -> dict[str, Any]:
    """The envelope of an error."""
    return {"errors": [{"code": refusal.code, "message": refusal.message}]}


def wrapped(number: str, result: dict[str, Any]) -> dict[str, Any]:
    """A result under the number it was asked by."""
    return {"trackingNumber": number, "trackResults": [result]}


def result_of(shipment: Shipment | None, number: str) -> dict[str, Any]:
    """One ``trackResults`` entry; for a number without a shipment, FedEx's not-found inside a 200."""
    if shipment is None:
        message = "Tracking number cannot be found. Please correct the tracking number and try again."
        return {
            "trackingNumberInfo": {"trackingNumber": number, "trackingNumberUniqueId": "", "carrierCode": ""},
            "error": {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": message},
        }
    scans = _scans(shipment)
    return {
        "trackingNumberInfo": {
            "trackingNumber": number,
            "trackingNumberUniqueId": f"{_day_number(shipment.ship_date)}000~{number}~FX",
            "carrierCode": "FDXE",
        },
        "shipperInformation": {"contact": {}, "address": _place(shipment.origin)},
        "recipientInformation": {"contact": {}, "address": _place(shipment.destination)},
        "latestStatusDetail": _latest(scans),
        "dateAndTimes": _dates(shipment, scans),
        "packageDetails": {
            "count": "1",
            "weightAndDimensions": {"weight": [{"unit": "KG", "value": str(shipment.weight_kg)}]},
        },
        "serviceDetail": {
            "type": "FEDEX_INTERNATIONAL_PRIORITY",
            "description": "FedEx International Priority",
            "shortDescription": "IP",
        },
        "scanEvents": scans,
    }


def _scans(shipment: Shipment) -> list[dict[str, Any]]:
    """Newest first, down to the order that every waybill begins with."""
    country = str(shipment.origin.get("countryCode") or "")
    ordered = _scan_said(shipment.ordered_at, ORDERED, "Shipment information sent to FedEx", "", country)
    told = [_told(scan) for scan in reversed(shipment.scans)]
    if shipment.cancelled_at:
        told.insert(0, _scan_said(shipment.cancelled_at, CANCELLED, "Shipment cancelled by sender", "", country))
    return [*told, ordered]


def _told(scan: Scan) -> dict[str, Any]:
    said = _scan_said(scan.date, scan.code, scan.description, scan.city, scan.country)
    return {**said, "exceptionCode": scan.exception_code, "exceptionDescription": scan.exception_description}


def _scan_said(at: str, code: str, description: str, city: str, country: str) -> dict[str, Any]:
    return {
        "date": at,
        "eventType": code,
        "eventDescription": description,
        "exceptionCode": "",
        "exceptionDescription": "",
        "scanLocation": {"streetLines": [""], "city": city, "countryCode": country, "residential": False},
        "locationType": "FEDEX_FACILITY",
        "derivedStatusCode": "IN" if code == ORDERED else code if code == DELIVERED else "IT",
        "derivedStatus": description,
    }


def _latest(scans: list[dict[str, Any]]) -> dict[str, Any]:
    newest = scans[0]
    ancillary = []
    if newest["exceptionCode"] or newest["exceptionDescription"]:
        ancillary = [{"reason": newest["exceptionCode"], "reasonDescription": newest["exceptionDescription"]}]
    return {
        "code": newest["eventType"],
        "derivedCode": newest["derivedStatusCode"],
        "statusByLocale": newest["eventDescription"],
        "description": newest["eventDescription"],
        "scanLocation": newest["scanLocation"],
        "ancillaryDetails": ancillary,
    }


def _dates(shipment: Shipment, scans: list[dict[str, Any]]) -> list[dict[str, str]]:
    """SHIP carries FedEx's false offset of six hours: only its day means anything."""
    dated = [{"type": "SHIP", "dateTime": f"{shipment.ship_date}T00:00:00-06:00"}]
    for code, kind in ((PICKED_UP, "ACTUAL_PICKUP"), (DELIVERED, "ACTUAL_DELIVERY")):
        dated += [{"type": kind, "dateTime": scan["date"]} for scan in scans if scan["eventType"] == code][:1]
    return dated


def _place(address: Mapping[str, Any]) -> dict[str, Any]:
    """Without secured access FedEx shows city, state and country only."""
    return {name: address[name] for name in ("city", "stateOrProvinceCode", "countryCode") if address.get(name)}


def _day_number(ship_date: str) -> int:
    return date.fromisoformat(ship_date).toordinal() + JULIAN_DAY_OF_ORDINAL_0
