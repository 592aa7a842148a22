"""Sending for a DHL courier (MyDHL API, /pickups), moving him and calling him off, and asking when he can come.

One booking may give several dispatch confirmation numbers; each is changed and cancelled by itself, and a change acts
on the whole pickup that DHL made of it. DHL keeps who cancels and why: that is our desk, never the customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.carriers.contract import (
    HttpRequest,
    OrderNotAccepted,
    PickupConfirmation,
    PickupDay,
    PickupOrder,
    PickupQuestion,
)
from chalicelib.carriers.dhl.errors import read_mydhl_error, refusal_inside
from chalicelib.carriers.dhl.order_checks import checked_pickup
from chalicelib.carriers.dhl.ship import headers_for, read_success
from chalicelib.carriers.dhl.wording import (
    json_said,
    limits,
    local_stamp,
    parcel_kilograms,
    party_said,
    product_code,
    rules,
)
from chalicelib.carriers.json_bodies import read_json
from chalicelib.errors import CarrierOutcomeUnknown, CarrierUnreadable, FieldFault
from chalicelib.places import territory_of

PATH, PRODUCTS_PATH = "/pickups", "/products"
_LONGEST_NUMBER = 40


def pickup_request(order: PickupOrder, account: str) -> HttpRequest:
    """The call that books the courier. Raises ``OrderNotAccepted`` naming every field DHL would not take."""
    checked_pickup(order)
    said = json_said(_pickup(order, account))
    return HttpRequest("POST", PATH, headers_for(order.reference), said, reads_only=False)


def change_pickup_request(confirmation: PickupConfirmation, order: PickupOrder, account: str) -> HttpRequest:
    """The call that moves a booked courier. Raises ``OrderNotAccepted`` as ``pickup_request`` does, and for a
    confirmation that has not DHL's form."""
    checked_pickup(order)
    path = _path_of(confirmation)
    said = {
        "dispatchConfirmationNumber": confirmation.code,
        "originalShipperAccountNumber": account,
        **_pickup(order, account),
    }
    return HttpRequest("PATCH", path, headers_for(order.reference), json_said(said), reads_only=False)


def cancel_pickup_request(confirmation: PickupConfirmation, _account: str, reference: str) -> HttpRequest:
    """The call that calls the courier off; DHL knows the account from the number. Raises ``OrderNotAccepted`` for a
    confirmation that has not DHL's form."""
    texts = rules()["texts"]
    asked = urlencode({"requestorName": texts["requestor"], "reason": texts["cancel_reason"]}, quote_via=quote)
    path = f"{_path_of(confirmation)}?{asked}"
    return HttpRequest("DELETE", path, headers_for(reference), b"", reads_only=False)


def read_pickup(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> PickupConfirmation:
    """The confirmation of a booking or a change, with every number DHL gave.

    Raises what ``errors.read_mydhl_error`` makes of any other answer, and ``CarrierOutcomeUnknown`` when the answer
    says success without a number.
    """
    answer = read_success(status, headers, body, now)
    several = answer.get("dispatchConfirmationNumbers")
    given = [*(several if isinstance(several, list) else [several]), answer.get("dispatchConfirmationNumber")]
    numbers = list(dict.fromkeys(number for number in map(_number, given) if number))
    if not numbers:
        raise CarrierOutcomeUnknown("an answer of success without a confirmation number")
    on, ready_by = _day(answer.get("nextPickupDate")), _clock(answer.get("readyByTime"))
    return PickupConfirmation(numbers[0], None, on, tuple(numbers[1:]), ready_by)


def read_cancelled(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Return if the courier was called off; else raise DHL's refusal: not found, cancelled or collected already.

    DHL documents no body here, so an empty one with a status of success is the answer; one that is no object of JSON
    may be a page of something before DHL, and is ``CarrierOutcomeUnknown``.
    """
    if not 200 <= status < 300:
        raise read_mydhl_error(status, headers, body, now)
    refused = refusal_inside(read_success(status, headers, body, now)) if body.strip() else None
    if refused is not None:
        raise refused


def availability_request(question: PickupQuestion, account: str) -> HttpRequest:
    """Ask which products leave this place on this day, and with them when a courier comes.

    Raises ``OrderNotAccepted`` for a destination none of whose towns we know: DHL wants one named.
    """
    row = rules()["asked"]
    town = row["towns"].get(question.destination_country)
    if town is None:
        fault = FieldFault("destination_country", "not_offered", "name a town of it in our DHL table", source="order")
        raise OrderNotAccepted("DHL cannot be asked about this lane", [fault])
    length, width, height = row["box_cm"]
    crosses = territory_of(question.country) != territory_of(question.destination_country)
    asked = {
        "accountNumber": account,
        "originCountryCode": question.country,
        "originPostalCode": question.postal_code or "",
        "originCityName": question.city,
        "destinationCountryCode": question.destination_country,
        "destinationCityName": town,
        "weight": format(parcel_kilograms(question.weight_g), "f"),
        "length": length,
        "width": width,
        "height": height,
        "plannedShippingDate": question.on.isoformat(),
        "isCustomsDeclarable": "true" if crosses else "false",
        "unitOfMeasurement": "metric",
        "nextBusinessDay": "true",
    }
    return HttpRequest("GET", f"{PRODUCTS_PATH}?{urlencode(asked)}", {}, b"", reads_only=True)


def read_days(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PickupDay, ...]:
    """The days on which a courier comes, earliest first, each with the earliest cut-off of our products.

    No day for a place from which none of our products leaves. Raises what ``errors.read_mydhl_error`` makes of an
    answer that is no success, and ``CarrierUnreadable`` for a body without products.
    """
    if not 200 <= status < 300:
        raise read_mydhl_error(status, headers, body, now)
    answer = read_json(body)
    products = answer.get("products") if isinstance(answer, dict) else None
    if not isinstance(products, list):
        raise CarrierUnreadable("an answer about products without products")
    days: dict[date, PickupDay] = {}
    for day in _days(products):
        kept = days.get(day.on)
        if kept is None or (day.cut_off or time.max) < (kept.cut_off or time.max):
            days[day.on] = day
    return tuple(days[on] for on in sorted(days))


def _pickup(order: PickupOrder, account: str) -> dict[str, Any]:
    hours, place = order.hours, party_said(order.place)
    said: dict[str, Any] = {
        "plannedPickupDateAndTime": local_stamp(hours.ready_at, hours.time_zone),
        "closeTime": f"{hours.close_at:%H:%M}",
        "location": rules()["texts"]["pickup_location"],
        "locationType": "residence" if order.place.residential else "business",
        "accounts": [{"typeCode": "shipper", "number": account}],
        "customerDetails": {"shipperDetails": place, "pickupDetails": place},
        "shipmentDetails": [_parcels(order)],
    }
    if order.remarks:
        said["specialInstructions"] = [{"value": text} for text in _instructions(order.remarks)]
    return said


def _parcels(order: PickupOrder) -> dict[str, Any]:
    """The shipment he comes for. DHL wants each parcel's weight: an equal share of the whole, rounded up."""
    origin, destination = order.place.country, order.destination_country
    each = parcel_kilograms(order.weight_g / Decimal(order.packages))
    said: dict[str, Any] = {
        "productCode": product_code(order.service, origin, destination),
        "isCustomsDeclarable": territory_of(origin) != territory_of(destination),
        "unitOfMeasurement": "metric",
        "packages": [{"weight": each} for _ in range(order.packages)],
    }
    if order.waybill:
        said["shipmentTrackingNumber"] = order.waybill
    return said


def _instructions(remarks: str) -> Iterator[str]:
    """The remarks in lines that DHL takes; ``order_checks`` lets no more through than fit. No line is told twice."""
    longest = limits()["instruction"]
    lines = (remarks[at : at + longest].strip() for at in range(0, len(remarks), longest))
    yield from dict.fromkeys(line for line in lines if line)


def _path_of(confirmation: PickupConfirmation) -> str:
    code = confirmation.code
    if not (code.isascii() and code.isalnum() and len(code) <= _LONGEST_NUMBER):
        fault = FieldFault("code", "format", "letters and digits, as PRG221222000062", source="order")
        raise OrderNotAccepted("this is no dispatch confirmation number of DHL's", [fault])
    return f"{PATH}/{code}"


def _days(products: list[Any]) -> Iterator[PickupDay]:
    """What each of our products says of the courier; a product of another kind has hours of its own."""
    ours = {row[lane] for row in rules()["services"].values() for lane in ("dutiable", "territory", "domestic")}
    for product in products:
        if isinstance(product, dict) and str(product.get("productCode")) in ours:
            told = product.get("pickupCapabilities")
            day = _pickup_day(told) if isinstance(told, dict) else None
            if day is not None:
                yield day


def _pickup_day(told: Mapping[str, Any]) -> PickupDay | None:
    """The day its own cut-off names: where the day asked for has none, DHL answers for the next one."""
    try:
        cut_off = datetime.fromisoformat(str(told.get("localCutoffDateAndTime")))
    except ValueError:
        return None
    return PickupDay(
        on=cut_off.date(),
        available=True,
        cut_off=cut_off.time(),
        access=_lead(told.get("cutoffTimeOffset")),
        earliest=_clock(told.get("pickupEarliest")),
        latest=_clock(told.get("pickupLatest")),
    )


def _lead(said: object) -> timedelta | None:
    """A lead such as PT2H, PT30M or PT1H30M; None for anything else.

    >>> _lead("PT2H"), _lead("PT1H30M"), _lead("2 hours") is None, _lead("PT") is None
    (datetime.timedelta(seconds=7200), datetime.timedelta(seconds=5400), True, True)
    """
    if not isinstance(said, str) or not said.startswith("PT"):
        return None
    hours, _, rest = said[2:].rpartition("H")
    minutes = rest.removesuffix("M") if rest.endswith("M") else ("0" if not rest else "x")
    parts = (hours or "0", minutes)
    if not (hours or rest) or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        return None
    return timedelta(hours=int(parts[0]), minutes=int(parts[1]))


def _clock(said: object) -> time | None:
    """A clock time such as 12:00 or 09:30:00, without zone; None for anything else."""
    try:
        return time.fromisoformat(said).replace(tzinfo=None) if isinstance(said, str) else None
    except ValueError:
        return None


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(said[:10]) if isinstance(said, str) else None
    except ValueError:
        return None


def _number(said: object) -> str | None:
    """A dispatch confirmation number; None for anything that could not be put into an address later."""
    text = said.strip() if isinstance(said, str) else ""
    return text if text.isascii() and text.isalnum() and len(text) <= _LONGEST_NUMBER else None
