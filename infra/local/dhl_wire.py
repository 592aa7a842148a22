"""DHL's wire shapes as the simulator speaks them: MyDHL tracking, orders and errors; DHL's words for what happens.

MyDHL sorts the scans of a shipment by wall clock, across zones: the list is no timeline.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from infra.local.carrier_memory import Scan, Shipment
from infra.local.carrier_simulator import Refusal, local
from infra.local.scenarios import Said
from infra.local.stops import hub_of, stop_of

Told = Callable[[Sequence[Any]], list[Any]]
LABEL = b"%PDF-1.4\n% simulated label\n%%EOF\n"
EARLIEST, LATEST, CUT_OFF = "09:00:00", "19:00:00", "17:00:00"
# Scans that customs cause are told of the shipment and not of its pieces.
CUSTOMS = {"IC", "ES", "RR", "CR", "BN", "BR", "BL", "CD", "UD", "DI", "HP", "PY", "DP"}
TITLES = {
    400: "Bad request", 401: "Unauthorized", 404: "Not found", 422: "Unprocessable entity",
    429: "Too many requests", 503: "Service unavailable",
}  # fmt: skip
# DHL has no checkpoint for a seizure: a clearance delay that nobody can control, and the reason in its remark.
WORDS: Mapping[str, Said] = {
    "picked_up": Said("PU", "Shipment picked up"),
    "departed": Said("DF", "Departed from DHL facility"),
    "landed": Said("AF", "Arrived at DHL sort facility"),
    "in_clearance": Said("IC", "Processed for clearance"),
    "documents": Said("CD", "Clearance delay", "", "Further details required: commercial invoice missing"),
    "duty": Said("HP", "Held for payment", "", "Duties and taxes must be paid before release"),
    "released": Said("CR", "Clearance processing complete"),
    "seized": Said("UD", "Uncontrollable clearance delay", "", "Shipment seized by customs authorities"),
    "on_the_van": Said("WC", "Shipment is out with courier for delivery"),
    "delivered": Said("OK", "Delivered"),
    "withdrawn": Said("RT", "Returned to shipper"),
    "damaged": Said("DM", "Shipment damaged"),
    "lost": Said("NA", "Shipment not arrived", "", "Trace started"),
}


def error_body(refusal: Refusal, path: str) -> dict[str, Any]:
    """MyDHL's envelope: the status is a string, the detail begins with DHL's own number where there is one."""
    detail = f"{refusal.code}: {refusal.message}" if refusal.code.isdecimal() else refusal.message
    title = refusal.code if not refusal.code.isdecimal() else TITLES.get(refusal.status, "Error")
    return {
        "instance": f"/expressapi{path}",
        "detail": detail,
        "title": title,
        "message": TITLES.get(refusal.status, "Error"),
        "status": str(refusal.status),
    }


def tracked(shipment: Shipment, told: Told, *, offsets: bool, level: str, view: str) -> dict[str, Any]:
    """One entry of ``shipments``: names blank as DHL blanks them, times without zone unless offsets are asked for."""
    events = told(_events(shipment.scans, offsets=offsets, remarks=view.endswith("with-remarks")))
    if view == "last-checkpoint":
        events = events[-1:]
    said: dict[str, Any] = {
        "shipmentTrackingNumber": shipment.number,
        "status": "Success",
        "shipmentTimestamp": shipment.ordered_at[:19],
        "productCode": shipment.service or "P",
        "description": "Jewellery of 18 carat gold",
        "shipperDetails": _party(shipment.origin, "outboundSortCode"),
        "receiverDetails": _party(shipment.destination, "inboundSortCode"),
        "totalWeight": shipment.weight_kg,
        "unitOfMeasurements": "metric",
        "shipperReferences": [{"value": shipment.reference, "typeCode": "CU"}],
        "events": [] if view == "shipment-details-only" else events,
        "numberOfPieces": len(shipment.pieces) or 1,
    }
    if level in ("piece", "all"):
        kept = [scan for scan in shipment.scans if scan.code not in CUSTOMS]
        repeated = _events(kept, offsets=offsets, remarks=False)
        said["pieces"] = [_piece(number, shipment, repeated) for number in shipment.pieces]
    return said


def _events(scans: Sequence[Scan], *, offsets: bool, remarks: bool) -> list[dict[str, Any]]:
    events = [_event(scan, offsets=offsets, remarks=remarks) for scan in scans]
    return sorted(events, key=lambda event: (event["date"], event["time"]))


def _event(scan: Scan, *, offsets: bool, remarks: bool) -> dict[str, Any]:
    at, stop = local(scan), stop_of(scan.city, scan.country)
    said: dict[str, Any] = {"date": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M:%S}"}
    if offsets and at.tzinfo:
        said["GMTOffset"] = at.isoformat()[-6:]
    said |= {
        "typeCode": scan.code,
        "description": scan.description,
        "serviceArea": [{"code": stop.area, "description": f"{scan.city.title()}-{scan.country}"}],
        "signedBy": "",
    }
    if remarks and scan.exception_description:
        said["remarks"] = [{"value": scan.exception_description, "details": ""}]
    return said


def _piece(number: str, shipment: Shipment, events: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "number": shipment.pieces.index(number) + 1,
        "typeCode": "CP",
        "shipmentTrackingNumber": shipment.number,
        "trackingNumber": number,
        "weight": shipment.weight_kg,
        "unitOfMeasurements": "metric",
        "events": events,
    }


def _party(address: Mapping[str, Any], sort_code: str) -> dict[str, Any]:
    country = str(address.get("countryCode") or "")
    area = _area(str(address.get("city") or ""), country)
    return {
        "name": "",
        "postalAddress": {
            "cityName": "", "countyName": "", "postalCode": "", "provinceCode": "", "countryCode": country,
        },
        "serviceArea": [{"code": area, "description": country, sort_code: area}],
    }  # fmt: skip


def _area(city: str, country: str) -> str:
    try:
        return stop_of(city, country).area
    except ValueError:
        return country


def bought(shipment: Shipment, images: Sequence[str], dispatch: str | None, base: str) -> dict[str, Any]:
    """A waybill that was sold, with the papers that were asked for; the label comes always."""
    kinds = dict.fromkeys(("label", *images))
    content = b64encode(LABEL).decode()
    said: dict[str, Any] = {
        "url": f"{base}/shipments",
        "shipmentTrackingNumber": shipment.number,
        "trackingUrl": f"{base}/shipments/{shipment.number}/tracking",
        "packages": [
            {
                "referenceNumber": count,
                "trackingNumber": piece,
                "trackingUrl": f"{base}/shipments/{shipment.number}/tracking?pieceTrackingNumber={piece}",
            }
            for count, piece in enumerate(shipment.pieces, 1)
        ],
        "documents": [{"imageFormat": "PDF", "content": content, "typeCode": kind} for kind in kinds],
        "shipmentCharges": [],
        "warnings": [],
    }
    if dispatch:
        said |= {"dispatchConfirmationNumber": dispatch, "cancelPickupUrl": f"{base}/pickups/{dispatch}"}
    return said


def products(country: str, destination: str, planned: datetime, now: datetime | None) -> dict[str, Any]:
    """What ``GET /products`` says of the one product served: until when and between which hours a courier comes."""
    cut_off = planned.replace(hour=17, minute=0, second=0, tzinfo=None)
    late = now is not None and now.replace(tzinfo=None) > cut_off
    day = cut_off + timedelta(days=1) if late else cut_off
    capabilities = {
        "nextBusinessDay": late,
        "localCutoffDateAndTime": f"{day:%Y-%m-%dT%H:%M:%S}",
        "GMTCutoffTime": CUT_OFF,
        "pickupEarliest": EARLIEST,
        "pickupLatest": LATEST,
        "originServiceAreaCode": hub_of(country).area,
        "originFacilityAreaCode": hub_of(country).area,
        "pickupAdditionalDays": 0,
        "pickupDayOfWeek": day.isoweekday(),
    }
    product = {
        "productName": "EXPRESS WORLDWIDE",
        "productCode": "P",
        "localProductCode": "P",
        "networkTypeCode": "TD",
        "isCustomerAgreement": False,
        "pickupCapabilities": capabilities,
        "deliveryCapabilities": {"destinationServiceAreaCode": hub_of(destination).area, "totalTransitDays": 3},
        "pricingDate": f"{planned:%Y-%m-%d}",
    }
    return {"products": [product]}
