"""Asking when a FedEx courier can come (Pickup API v1), sending for him, and calling him off.

There is no update call: a change is a cancellation and a new booking. A cancellation needs the date and the
location that came with the confirmation, because the code alone ("7", "3001") is not unique.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.carriers.contract import (
    HttpRequest,
    OrderNotAccepted,
    PickupConfirmation,
    PickupDay,
    PickupOrder,
    PickupQuestion,
)
from chalicelib.carriers.fedex.order_checks import checked_pickup, checked_question, service_type
from chalicelib.carriers.fedex.ship import read_success
from chalicelib.carriers.fedex.wording import headers_for, json_said, kilograms, known, party_said
from chalicelib.errors import CarrierOutcomeUnknown, CarrierUnreadable, FieldFault
from chalicelib.places import territory_of

PATH, CANCEL_PATH = "/pickup/v1/pickups", "/pickup/v1/pickups/cancel"
AVAILABILITY_PATH = "/pickup/v1/pickups/availabilities"
_EXPRESS = "FDXE"
_LONGEST_ACCESS = timedelta(days=1)


def pickup_request(order: PickupOrder, account: str) -> HttpRequest:
    """The call that books the courier. Raises ``OrderNotAccepted`` naming every field FedEx would not take.

    ``readyDateTimestamp`` is local: FedEx ignores the Z that its own format carries.
    """
    checked_pickup(order)
    said: dict[str, Any] = {
        "associatedAccountNumber": {"value": account},
        "originDetail": {
            "pickupAddressType": "OTHER",
            "pickupLocation": {**party_said(order.place), "accountNumber": {"value": account}},
            "readyDateTimestamp": order.hours.ready_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "customerCloseTime": order.hours.close_at.strftime("%H:%M:%S"),
            "packageLocation": "NONE",
        },
        "carrierCode": _EXPRESS,
        "pickupType": "ON_CALL",
        "packageCount": order.packages,
        "totalWeight": kilograms(order.weight_g),
        "countryRelationships": _relationship(order.place.country, order.destination_country),
        "trackingNumber": order.waybill,
    }
    if order.remarks:
        said["remarks"] = order.remarks
    return HttpRequest("POST", PATH, headers_for(order.reference), json_said(said), reads_only=False)


def availability_request(question: PickupQuestion, account: str) -> HttpRequest:
    """The question whether a courier comes on that day. Raises ``OrderNotAccepted`` without a postal code or for a
    service FedEx does not have.

    Whether the day is today at the place is not ours to know here, so FedEx is asked for both kinds of day.
    """
    checked_question(question)
    said = {
        "pickupAddress": known(
            {"postalCode": question.postal_code, "city": question.city, "countryCode": question.country}
        ),
        "dispatchDate": question.on.isoformat(),
        "packageReadyTime": question.hours.ready_at.strftime("%H:%M:%S"),
        "customerCloseTime": question.hours.close_at.strftime("%H:%M:%S"),
        "pickupType": "ON_CALL",
        "pickupRequestType": ["SAME_DAY", "FUTURE_DAY"],
        "shipmentAttributes": {
            "serviceType": service_type(question.service),
            "weight": kilograms(question.weight_g),
            "packagingType": "YOUR_PACKAGING",
        },
        "numberOfBusinessDays": 1,
        "associatedAccountNumber": account,
        "carriers": [_EXPRESS],
        "countryRelationship": _relationship(question.country, question.destination_country),
    }
    headers = {"content-type": "application/json", "x-locale": "en_US"}
    return HttpRequest("POST", AVAILABILITY_PATH, headers, json_said(said), reads_only=True)


def read_days(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PickupDay, ...]:
    """What FedEx says of each day, earliest first; of several options for one day the one that closes first.

    FedEx's cut-off is the latest time a parcel may be ready, its access time the least between ready and close; all
    local to the postal code. A time that cannot be read is not told. Raises as ``ship.read_success`` and
    ``CarrierUnreadable`` when there is no list of options, or no option that says a day and yes or no.
    """
    try:
        output = read_success(status, headers, body, now)
    except CarrierOutcomeUnknown as unknown:
        raise CarrierUnreadable("an answer about pickup days that says nothing") from unknown
    options = output.get("options")
    if not isinstance(options, list):
        raise CarrierUnreadable("no list of pickup options")
    days = [day for option in options if (day := _day_of(option)) is not None]
    if options and not days:
        raise CarrierUnreadable("no pickup option of FedEx Express that names its day")
    kept: dict[date, PickupDay] = {}
    for day in sorted(days, key=lambda day: (day.on, not day.available, day.cut_off or time.max)):
        kept.setdefault(day.on, day)
    return tuple(kept.values())


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


def read_cancelled(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Return if the courier was called off. Raises as ``ship.read_success``, and ``CarrierOutcomeUnknown`` for an
    answer of success that confirms nothing."""
    output = read_success(status, headers, body, now)
    if not output.get("pickupConfirmationCode") and not output.get("cancelConfirmationMessage"):
        raise CarrierOutcomeUnknown("an answer of success that does not confirm the cancellation")


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
        "carrierCode": _EXPRESS,
        "scheduledDate": confirmation.on.isoformat(),
        "location": confirmation.location,
    }
    return HttpRequest("PUT", CANCEL_PATH, headers_for(reference), json_said(said), reads_only=False)


def _relationship(here: str, there: str) -> str:
    return "DOMESTIC" if territory_of(here) == territory_of(there) else "INTERNATIONAL"


def _day_of(option: object) -> PickupDay | None:
    if not isinstance(option, dict) or option.get("carrier") not in (None, _EXPRESS):
        return None
    on, available = _date(option.get("pickupDate")), option.get("available")
    if on is None or not isinstance(available, bool):
        return None
    ready = _times(option.get("readyTimeOptions")) or _times([option.get("defaultReadyTime")])
    latest = _times(option.get("latestTimeOptions")) or _times([option.get("defaultLatestTimeOptions")])
    return PickupDay(
        on,
        available,
        cut_off=next(iter(_times([option.get("cutOffTime")])), None),
        access=_duration(option.get("accessTime")),
        earliest=min(ready, default=None),
        latest=max(latest, default=None),
    )


def _date(said: object) -> date | None:
    try:
        return date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _times(said: object) -> list[time]:
    """The readable wall clocks of a list; one with a zone is none of the place's."""
    found = []
    for one in said if isinstance(said, list) else []:
        try:
            clock = time.fromisoformat(one) if isinstance(one, str) else None
        except ValueError:
            continue
        if clock is not None and clock.tzinfo is None:
            found.append(clock)
    return found


def _duration(said: object) -> timedelta | None:
    """Hours and minutes; a part left out is none of it, both left out or senseless is not told."""
    parts = [said.get(name) for name in ("hours", "minutes")] if isinstance(said, dict) else [None]
    if all(part is None for part in parts):
        return None
    if any(part is not None and (not isinstance(part, int) or isinstance(part, bool)) for part in parts):
        return None
    hours, minutes = (min(max(part or 0, -1), 10_000) for part in parts)
    length = timedelta(hours=hours, minutes=minutes)
    return length if timedelta(0) < length <= _LONGEST_ACCESS else None
