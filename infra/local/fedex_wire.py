"""FedEx's wire shapes as the simulator speaks them (Track, Ship and Pickup API v1, error envelope), and its words."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from infra.local.carrier_memory import Scan, Shipment
from infra.local.carrier_simulator import Refusal
from infra.local.scenarios import Said

JULIAN_DAY_OF_ORDINAL_0 = 1_721_425
PICKED_UP, DELIVERED, ORDERED, CANCELLED = "PU", "DL", "OC", "CA"


LABEL = b"%PDF-1.4\n% simulated label\n%%EOF\n"
CUT_OFF, LATEST, EARLIEST = "18:30:00", "19:00:00", "08:00:00"
ACCESS_MINUTES = 90
# FedEx has no code for a seizure, a loss or a damage: SE with the words, and the numbers of its exceptions where they
# are published. What it takes back after a delivery it returns to the shipper.
WORDS: Mapping[str, Said] = {
    "picked_up": Said("PU", "Picked up"),
    "departed": Said("DP", "Left FedEx origin facility"),
    "landed": Said("AR", "Arrived at port of entry"),
    "in_clearance": Said("CP", "Clearance in progress"),
    "documents": Said("CD", "Clearance delay", "50", "Improper or missing regulatory paperwork"),
    "duty": Said("CD", "Clearance delay", "63", "Package held for taxes"),
    "released": Said("CC", "International shipment release"),
    "seized": Said("SE", "Shipment exception", "", "Shipment seized by customs"),
    "on_the_van": Said("OD", "On FedEx vehicle for delivery"),
    "delivered": Said("DL", "Delivered"),
    "withdrawn": Said("RS", "Returning package to shipper"),
    "damaged": Said("SE", "Shipment exception", "37", "Observed package damage"),
    "lost": Said("SE", "Shipment exception", "", "Unable to locate package"),
}


def error_body(refusal: Refusal) -> dict[str, Any]:
    """The envelope of an error."""
    return {"errors": [{"code": refusal.code, "message": refusal.message}]}


def wrapped(number: str, results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The results under the number they were asked by."""
    return {"trackingNumber": number, "trackResults": list(results)}


def results_of(
    shipment: Shipment | None, number: str, told: Callable[[Sequence[Any]], list[Any]]
) -> list[dict[str, Any]]:
    """The ``trackResults`` of a number: one for each parcel that had it, the newest first; FedEx's not-found inside a
    200 for a number without a parcel."""
    if shipment is None:
        message = "Tracking number cannot be found. Please correct the tracking number and try again."
        missing = {"trackingNumber": number, "trackingNumberUniqueId": "", "carrierCode": ""}
        return [
            {"trackingNumberInfo": missing, "error": {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": message}}
        ]
    results = [_result(shipment, told)]
    if shipment.earlier:
        before = replace(
            shipment,
            scans=shipment.earlier,
            ship_date=shipment.earlier_on,
            ordered_at=f"{shipment.earlier_on}T00:00:00",
        )
        results.append(_result(before, told))
    return results


def _result(shipment: Shipment, told: Callable[[Sequence[Any]], list[Any]]) -> dict[str, Any]:
    scans = _scans(shipment)
    return {
        "trackingNumberInfo": {
            "trackingNumber": shipment.number,
            "trackingNumberUniqueId": f"{_day_number(shipment.ship_date)}000~{shipment.number}~FX",
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
        "scanEvents": told(scans),
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


def bought(shipment: Shipment) -> dict[str, Any]:
    """A waybill that was sold, with its label."""
    document = {
        "contentType": "LABEL",
        "copiesToPrint": 1,
        "docType": "PDF",
        "encodedLabel": b64encode(LABEL).decode(),
    }
    piece = {
        "masterTrackingNumber": shipment.number,
        "trackingNumber": shipment.number,
        "packageSequenceNumber": 1,
        "packageDocuments": [document],
    }
    return {
        "masterTrackingNumber": shipment.number,
        "serviceType": shipment.service,
        "serviceCategory": "EXPRESS",
        "shipDatestamp": shipment.ship_date,
        "pieceResponses": [piece],
        "shipmentDocuments": [],
        "alerts": [],
    }


def availability(day: str, carrier: str, relationship: str, *, today: bool) -> dict[str, Any]:
    """One pickup option: times are local to the postal code."""
    return {
        "carrier": carrier,
        "available": True,
        "pickupDate": day,
        "cutOffTime": CUT_OFF,
        "accessTime": {"hours": ACCESS_MINUTES // 60, "minutes": ACCESS_MINUTES % 60},
        "residentialAvailable": True,
        "countryRelationship": relationship,
        "scheduleDay": "SAME_DAY" if today else "FUTURE_DAY",
        "defaultReadyTime": "14:00:00",
        "defaultLatestTimeOptions": LATEST,
        "readyTimeOptions": [f"{hour:02d}:00:00" for hour in range(8, 18)],
        "latestTimeOptions": [f"{hour:02d}:00:00" for hour in range(10, 20)],
    }
