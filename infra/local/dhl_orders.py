"""What MyDHL looks at in an order before it takes it: what must be there, how far ahead a courier may be sent for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from infra.local.carrier_simulator import Refusal

DAYS_AHEAD = 10
LONGEST_DESCRIPTION = 70
MOST_DOCUMENTS = 999
PLANNED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) ?GMT([+-]\d\d:\d\d)\Z")
TERMS = {
    "EXW", "FCA", "CPT", "CIP", "DPU", "DAP", "DDP", "FAS", "FOB", "CFR", "CIF", "DAF", "DAT", "DDU", "DEQ", "DES",
}  # fmt: skip
Here = Callable[[str], datetime | None]


@dataclass(frozen=True, slots=True)
class ShipmentOrder:
    """What the simulator keeps of an order."""

    account: str
    reference: str
    planned: str
    origin: dict[str, Any]
    destination: dict[str, Any]
    weight_kg: float
    packages: int
    product: str
    images: tuple[str, ...]
    courier: bool


@dataclass(frozen=True, slots=True)
class CourierOrder:
    """What the simulator keeps of a request for a courier."""

    account: str
    planned: str
    waybills: tuple[str, ...]


def checked_shipment(said: Mapping[str, Any], here: Here) -> ShipmentOrder:
    """The order, or a ``Refusal`` in MyDHL's words: 422 for what its schema does not allow, 400 for the rest."""
    _need(said, ("plannedShippingDateAndTime", "pickup", "productCode", "accounts", "customerDetails", "content"), "#")
    content, parties = said["content"], said["customerDetails"]
    _need(parties, ("shipperDetails", "receiverDetails"), "#/customerDetails")
    wanted = ("packages", "isCustomsDeclarable", "description", "incoterm", "unitOfMeasurement")
    _need(content, wanted, "#/content")
    _check_content(content)
    origin, destination = (_place(parties[name]) for name in ("shipperDetails", "receiverDetails"))
    planned = read_planned(said["plannedShippingDateAndTime"], here(origin["countryCode"]))
    references = said.get("customerReferences") or ()
    images = (said.get("outputImageProperties") or {}).get("imageOptions") or ()
    return ShipmentOrder(
        account=_account(said["accounts"]),
        reference=next((str(row["value"]) for row in references if row.get("typeCode", "CU") == "CU"), ""),
        planned=planned,
        origin=origin,
        destination=destination,
        weight_kg=sum(float(one["weight"]) for one in content["packages"]),
        packages=len(content["packages"]),
        product=str(said["productCode"]),
        images=tuple(str(row["typeCode"]) for row in images if row.get("isRequested", True)),
        courier=bool(said["pickup"].get("isRequested")),
    )


def checked_pickup(said: Mapping[str, Any], here: Here, also: Sequence[str] = ()) -> CourierOrder:
    """The request, or a ``Refusal``: the body of a change needs ``also``."""
    _need(said, ("plannedPickupDateAndTime", "accounts", "customerDetails", "shipmentDetails", *also), "#")
    _need(said["customerDetails"], ("shipperDetails",), "#/customerDetails")
    place = _place(said["customerDetails"]["shipperDetails"])
    for number, shipment in enumerate(said["shipmentDetails"]):
        where = f"#/shipmentDetails/{number}"
        _need(shipment, ("productCode", "isCustomsDeclarable", "unitOfMeasurement", "packages"), where)
    numbers = (one.get("shipmentTrackingNumber") for one in said["shipmentDetails"])
    waybills = [str(number) for number in numbers if number]
    planned = read_planned(said["plannedPickupDateAndTime"], here(place["countryCode"]))
    return CourierOrder(_account(said["accounts"]), planned, tuple(waybills))


def read_planned(sent: object, now: datetime | None) -> str:
    """The wall clock of a planned time; refused when it is no such time, past, or more than ten days ahead."""
    found = PLANNED.match(str(sent))
    if not found:
        raise Refusal(400, "998", "ShipTimeStamp is not well formatted")
    planned = datetime.fromisoformat(found[1] + found[2])
    if now is not None and planned < now.astimezone(planned.tzinfo):
        raise Refusal(400, "Bad request", "The requested date and time is in the past")
    if now is not None and planned - now > timedelta(days=DAYS_AHEAD):
        raise Refusal(400, "Bad request", f"The requested date is more than {DAYS_AHEAD} days ahead")
    return found[1]


def dispatch_number(area: str, planned: str, count: int) -> str:
    """A confirmation as DHL writes it: the area, the day, a count.

    >>> dispatch_number("PRG", "2022-12-21T10:00:00", 62)
    'PRG221221000062'
    """
    return f"{area}{planned[2:10].replace('-', '')}{count:06d}"


def _check_content(content: Mapping[str, Any]) -> None:
    description = str(content["description"])
    if len(description) > LONGEST_DESCRIPTION or description.startswith(" ") or not description:
        raise Refusal(422, "Unprocessable entity", "#/content/description: does not match the allowed text")
    if content["incoterm"] not in TERMS:
        raise Refusal(422, "Unprocessable entity", "#/content/incoterm: not a valid enum value")
    if not content["packages"]:
        raise Refusal(422, "Unprocessable entity", "#/content/packages: expected minimum item count: 1, found: 0")
    if not content["isCustomsDeclarable"]:
        return
    _need(content, ("exportDeclaration",), "#/content")
    lines = content["exportDeclaration"].get("lineItems") or ()
    if not 0 < len(lines) <= MOST_DOCUMENTS:
        raise Refusal(422, "Unprocessable entity", "#/content/exportDeclaration/lineItems: 1 to 999 items are expected")
    for number, line in enumerate(lines):
        where = f"#/content/exportDeclaration/lineItems/{number}"
        _need(line, ("number", "description", "price", "quantity", "manufacturerCountry", "weight"), where)


def _need(said: object, names: Sequence[str], where: str) -> None:
    for name in names:
        if not isinstance(said, Mapping) or name not in said:
            raise Refusal(422, "Unprocessable entity", f"{where}: required key [{name}] not found")


def _account(accounts: object) -> str:
    rows = accounts if isinstance(accounts, list) else []
    found = next((str(row.get("number")) for row in rows if row.get("typeCode") == "shipper"), None)
    if found is None:
        raise Refusal(422, "Unprocessable entity", "#/accounts: an account of typeCode shipper is expected")
    return found


def _place(party: object) -> dict[str, Any]:
    _need(party, ("postalAddress", "contactInformation"), "#/customerDetails")
    address = party["postalAddress"]  # type: ignore[index]
    _need(address, ("postalCode", "cityName", "countryCode", "addressLine1"), "#/customerDetails/postalAddress")
    return {"city": address["cityName"], "countryCode": address["countryCode"]}
