"""Sending for a FedEx courier (Pickup API v1), and calling it off.

There is no update call: a change is a cancellation and a new booking. A cancellation needs the date and the
location that came with the confirmation, because the code alone ("7", "3001") is not unique.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.carriers.contract import HttpRequest, OrderNotAccepted, PickupConfirmation, PickupOrder
from chalicelib.carriers.fedex.order_checks import checked_pickup
from chalicelib.carriers.fedex.ship import headers_for, json_said, kilograms, party_said, read_success
from chalicelib.errors import CarrierOutcomeUnknown, FieldFault
from chalicelib.places import territory_of

PATH, CANCEL_PATH = "/pickup/v1/pickups", "/pickup/v1/pickups/cancel"


def pickup_request(order: PickupOrder, account: str) -> HttpRequest:
    """The call that books the courier. Raises ``OrderNotAccepted`` naming every field FedEx would not take.

    ``readyDateTimestamp`` is local: FedEx ignores the Z that its own format carries.
    """
    checked_pickup(order)
    domestic = territory_of(order.place.country) == territory_of(order.destination_country)
    said: dict[str, Any] = {
        "associatedAccountNumber": {"value": account},
        "originDetail": {
            "pickupAddressType": "OTHER",
            "pickupLocation": {**party_said(order.place), "accountNumber": {"value": account}},
            "readyDateTimestamp": order.ready_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "customerCloseTime": order.close_at.strftime("%H:%M:%S"),
            "packageLocation": "NONE",
        },
        "carrierCode": "FDXE",
        "pickupType": "ON_CALL",
        "packageCount": order.packages,
        "totalWeight": kilograms(order.weight_g),
        "countryRelationships": "DOMESTIC" if domestic else "INTERNATIONAL",
        "trackingNumber": order.waybill,
    }
    if order.remarks:
        said["remarks"] = order.remarks
    return HttpRequest("POST", PATH, headers_for(order.reference), json_said(said), reads_only=False)


def read_pickup(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> PickupConfirmation:
    """The confirmation of a successful answer. FedEx does not repeat the day: it is the one that was asked for.

    Raises what ``errors.read_error`` makes of any other answer, and ``CarrierOutcomeUnknown`` when the answer says
    success without a code.
    """
    output = read_success(status, headers, body, now)
    code, location = output.get("pickupConfirmationCode"), output.get("location")
    if isinstance(code, int) and not isinstance(code, bool):
        code = str(code)
    if not isinstance(code, str) or not code.strip():
        raise CarrierOutcomeUnknown("an answer of success without a confirmation code")
    return PickupConfirmation(code.strip(), location if isinstance(location, str) and location else None, None)


def cancel_pickup_request(confirmation: PickupConfirmation, account: str, reference: str) -> HttpRequest:
    """The call that calls the courier off; FedEx takes it only until a courier is on the way.

    Raises ``OrderNotAccepted`` without location or date: FedEx Express needs both.
    """
    if confirmation.location is None or confirmation.on is None:
        missing = "location" if confirmation.location is None else "on"
        fault = FieldFault(missing, "missing", "FedEx Express cancels by code, date and location", source="order")
        raise OrderNotAccepted("this pickup cannot be cancelled by a call; telephone FedEx", [fault])
    said = {
        "associatedAccountNumber": {"value": account},
        "pickupConfirmationCode": confirmation.code,
        "carrierCode": "FDXE",
        "scheduledDate": confirmation.on.isoformat(),
        "location": confirmation.location,
    }
    return HttpRequest("PUT", CANCEL_PATH, headers_for(reference), json_said(said), reads_only=False)
