"""Nothing an order declares is dropped on the way to DHL: every field has its place in the request, or its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.carriers.contract import (
    GoodsLine,
    LocalHours,
    OriginalExport,
    Party,
    PickupOrder,
    PickupQuestion,
    Registration,
    WaybillOrder,
)
from chalicelib.carriers.dhl import DHL
from chalicelib.money import Money
from tests.carriers.dhl_order_pieces import ACCOUNT, DAY, said

WAYBILLS, PICKUPS = DHL.waybills, DHL.pickups


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def party(mark: str, country: str, kind: str) -> Party:
    """A party whose every value occurs nowhere else."""
    return Party(
        name=f"Name {mark}",
        phone=f"+3315555{mark}",
        street=(f"Street {mark}", f"Floor {mark}", f"Yard {mark}"),
        city=f"City {mark}",
        country=country,
        postal_code=f"Zip{mark}",
        state=f"State{mark}",
        company=f"Company {mark}",
        email=f"{mark}@example.com",
        residential=True,
        registrations=(Registration(kind, f"NUMBER{mark}", "DE"), Registration("IOSS", f"OTHER{mark}", "IE")),
    )


HOURS = LocalHours(datetime(2026, 11, 24, 10, 17), datetime(2026, 11, 24, 16, 43), "Europe/Paris")  # noqa: DTZ001
ORDER = WaybillOrder(
    reference="REF-51",
    purpose="refund_return",
    shipper=party("1111", "FR", "EORI"),
    recipient=party("2222", "CN", "USCC"),
    lines=(
        GoodsLine("18 carat gold ring, lot 7719", "7113.19.5090", "TH", 3, Decimal("16.5"), euros("1234.59")),
        GoodsLine("Silver chain, lot 7720", "7113.11.0000", "IT", 2, Decimal("8.25"), euros("55.50")),
    ),
    parcel_weight_g=Decimal("251.25"),
    ship_on=DAY,
    service="EXPRESS_WORLDWIDE",
    time_zone="Europe/Paris",
    terms="DDP",
    duties_paid_by="shipper",
    dimensions_cm=(211, 212, 213),
    declared_value=euros("345.67"),
    policy_covers=False,
    original_export=OriginalExport("9356579890", DAY.replace(month=9), "dhl", "INV-ORIG-8", "DECL-9-2026"),
    pickup_arranged=False,
    invoice_number="INV-6",
    rma="RMA-ABC-DEF",
    hours=HOURS,
    invoice_date=DAY.replace(day=21),
    statement="Value for customs 77 only.",
)
PICKUP = PickupOrder(
    reference="REF-52",
    waybill="3318810025",
    place=party("3333", "FR", "VAT"),
    hours=HOURS,
    weight_g=Decimal("500.25"),
    destination_country="CN",
    service="EXPRESS_WORLDWIDE",
    remarks="bell 4",
    packages=2,
)
QUESTION = PickupQuestion(
    country="FR",
    postal_code="Zip4444",
    city="City 4444",
    destination_country="CN",
    on=DAY,
    hours=HOURS,
    service="EXPRESS_WORLDWIDE",
    weight_g=Decimal("253.25"),
)
# What DHL is not told, and why.
NOT_SAID = {
    "order.pickup_arranged": "the courier is always sent for by a pickup of his own",
    "order.policy_covers": "it decides whether value protection is bought",
    "order.hours.ready_at": "a waybill is dated by when the parcel is in DHL's hands: the end of the hours",
    "order.hours.time_zone": "the zone of the order is the zone of its hours",
    "order.declared_value.currency": "checked to be the currency of the lines, and said with the value",
    "pickup.reference": "goes as message reference: DHL's pickups know no other reference",
    "pickup.place.registrations": "a courier is no customs matter",
    "question.hours": "DHL tells its own hours for the day; ours are held against them by who asked",
    "question.service": "DHL answers for every product; ours are picked from the answer",
}


def _party_places(field: str, at: str, mark: str, kind: str) -> dict[str, tuple[str, Any]]:
    address, contact = f"{at}/postalAddress", f"{at}/contactInformation"
    return {
        f"{field}.name": (f"{contact}/fullName", f"Name {mark}"),
        f"{field}.phone": (f"{contact}/phone", f"+3315555{mark}"),
        f"{field}.company": (f"{contact}/companyName", f"Company {mark}"),
        f"{field}.email": (f"{contact}/email", f"{mark}@example.com"),
        f"{field}.street[0]": (f"{address}/addressLine1", f"Street {mark}"),
        f"{field}.street[1]": (f"{address}/addressLine2", f"Floor {mark}"),
        f"{field}.street[2]": (f"{address}/addressLine3", f"Yard {mark}"),
        f"{field}.city": (f"{address}/cityName", f"City {mark}"),
        f"{field}.postal_code": (f"{address}/postalCode", f"Zip{mark}"),
        f"{field}.state": (f"{address}/provinceCode", f"State{mark}"),
        f"{field}.country": (f"{address}/countryCode", {"1111": "FR", "2222": "CN", "3333": "FR"}[mark]),
        f"{field}.residential": (f"{at}/typeCode", "direct_consumer"),
        f"{field}.registrations[0].kind": (f"{at}/registrationNumbers/0/typeCode", kind),
        f"{field}.registrations[0].number": (f"{at}/registrationNumbers/0/number", f"NUMBER{mark}"),
        f"{field}.registrations[0].issued_by": (f"{at}/registrationNumbers/0/issuerCountryCode", "DE"),
        f"{field}.registrations[1].kind": (f"{at}/registrationNumbers/1/typeCode", "SDT"),
        f"{field}.registrations[1].number": (f"{at}/registrationNumbers/1/number", f"OTHER{mark}"),
        f"{field}.registrations[1].issued_by": (f"{at}/registrationNumbers/1/issuerCountryCode", "IE"),
    }


def _line_places(at: int, said_as: tuple[Any, ...]) -> dict[str, tuple[str, Any]]:
    field, place = f"order.lines[{at}]", f"content/exportDeclaration/lineItems/{at}"
    description, code, made_in, quantity, grams, value = said_as
    return {
        f"{field}.description": (f"{place}/description", description),
        f"{field}.hs_code": (f"{place}/commodityCodes/1/value", code),
        f"{field}.made_in": (f"{place}/manufacturerCountry", made_in),
        f"{field}.quantity": (f"{place}/quantity/value", quantity),
        f"{field}.weight_g": (f"{place}/additionalInformation/0", grams),
        f"{field}.value.amount": (f"{place}/preCalculatedLineItemTotalValue", value),
        f"{field}.value.currency": ("content/declaredValueCurrency", "EUR"),
    }


_EXPORT = "content/exportDeclaration"
_NOTE = (
    "Original shipment: waybill 9356579890, carrier dhl, exported on 2026-09-24, invoice INV-ORIG-8, "
    "export declaration DECL-9-2026"
)
PLACES: dict[str, tuple[str, Any]] = {
    "order.reference": ("customerReferences/0/value", "REF-51"),
    "order.purpose": (f"{_EXPORT}/exportReasonType", "return"),
    **_party_places("order.shipper", "customerDetails/shipperDetails", "1111", "EOR"),
    **_party_places("order.recipient", "customerDetails/receiverDetails", "2222", "VAT"),
    **_line_places(
        0, ("18 carat gold ring, lot 7719", "7113195090", "TH", 3, "Exact weight 16.5 g", Decimal("1234.59"))
    ),
    **_line_places(1, ("Silver chain, lot 7720", "7113110000", "IT", 2, "Exact weight 8.25 g", Decimal("55.50"))),
    "order.parcel_weight_g": ("content/packages/0/weight", Decimal("0.252")),
    "order.ship_on": ("plannedShippingDateAndTime", "2026-11-24T16:43:00 GMT+01:00"),
    "order.invoice_date": (f"{_EXPORT}/invoice/date", "2026-11-21"),
    "order.statement": (f"{_EXPORT}/declarationNotes/1/value", "Value for customs 77 only."),
    "order.service": ("productCode", "P"),
    "order.time_zone": ("plannedShippingDateAndTime", "2026-11-24T16:43:00 GMT+01:00"),
    "order.hours.close_at": ("plannedShippingDateAndTime", "2026-11-24T16:43:00 GMT+01:00"),
    "order.terms": ("content/incoterm", "DDP"),
    "order.duties_paid_by": ("accounts/1/typeCode", "duties-taxes"),
    "order.dimensions_cm[0]": ("content/packages/0/dimensions/length", 211),
    "order.dimensions_cm[1]": ("content/packages/0/dimensions/width", 212),
    "order.dimensions_cm[2]": ("content/packages/0/dimensions/height", 213),
    "order.declared_value.amount": ("valueAddedServices/1/value", Decimal("345.67")),
    "order.original_export.waybill": (f"{_EXPORT}/remarks/0/value", "AWB 9356579890"),
    "order.original_export.shipped_on": (f"{_EXPORT}/declarationNotes/0/value", _NOTE),
    "order.original_export.carrier": (f"{_EXPORT}/declarationNotes/0/value", _NOTE),
    "order.original_export.invoice_number": (f"{_EXPORT}/remarks/1/value", "Invoice INV-ORIG-8"),
    "order.original_export.reference": (f"{_EXPORT}/remarks/2/value", "Export DECL-9-2026"),
    "order.invoice_number": (f"{_EXPORT}/invoice/number", "INV-6"),
    "order.rma": (f"{_EXPORT}/invoice/customerReferences/0/value", "RMA-ABC-DEF"),
    **{
        field: place
        for field, place in _party_places("pickup.place", "customerDetails/pickupDetails", "3333", "").items()
        if "registrations" not in field
    },
    "pickup.place.residential": ("locationType", "residence"),
    "pickup.waybill": ("shipmentDetails/0/shipmentTrackingNumber", "3318810025"),
    "pickup.hours.ready_at": ("plannedPickupDateAndTime", "2026-11-24T10:17:00 GMT+01:00"),
    "pickup.hours.time_zone": ("plannedPickupDateAndTime", "2026-11-24T10:17:00 GMT+01:00"),
    "pickup.hours.close_at": ("closeTime", "16:43"),
    "pickup.weight_g": ("shipmentDetails/0/packages/1/weight", Decimal("0.251")),
    "pickup.packages": ("shipmentDetails/0/packages/1/weight", Decimal("0.251")),
    "pickup.destination_country": ("shipmentDetails/0/isCustomsDeclarable", True),
    "pickup.service": ("shipmentDetails/0/productCode", "P"),
    "pickup.remarks": ("specialInstructions/0/value", "bell 4"),
    "question.country": ("originCountryCode", "FR"),
    "question.postal_code": ("originPostalCode", "Zip4444"),
    "question.city": ("originCityName", "City 4444"),
    "question.destination_country": ("destinationCountryCode", "CN"),
    "question.on": ("plannedShippingDate", "2026-11-24"),
    "question.weight_g": ("weight", "0.254"),
}
ROOTS = {"order": ORDER, "pickup": PICKUP, "question": QUESTION}
BODIES = {
    "order": said(WAYBILLS.request(ORDER, ACCOUNT)),
    "pickup": said(PICKUPS.request(PICKUP, ACCOUNT)),
    "question": {
        name: values[0] for name, values in parse_qs(urlsplit(PICKUPS.ask(QUESTION, ACCOUNT).path).query).items()
    },
}


def leaves(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Every declared field down to plain values, by its path."""
    if at in NOT_SAID:
        return
    if is_dataclass(value):
        for field in fields(value):
            yield from leaves(getattr(value, field.name), f"{at}.{field.name}")
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield from leaves(one, f"{at}[{place}]")
    else:
        yield at, value


LEAVES = [found for name, root in ROOTS.items() for found in leaves(root, name)]


def found_at(body: Any, place: str) -> Any:
    for step in place.split("/"):
        body = body[int(step)] if isinstance(body, list) else body[step]
    return body


@pytest.mark.parametrize(("path", "value"), LEAVES, ids=[path for path, _ in LEAVES])
def test_no_declared_field_is_dropped_on_the_way(path: str, value: Any) -> None:
    assert value not in (None, ""), f"{path} has no marker to look for"
    place, expected = PLACES[path]
    assert found_at(BODIES[path.partition(".")[0]], place) == expected


def test_every_place_and_every_reason_is_about_a_field_that_exists() -> None:
    assert set(PLACES) == {path for path, _ in LEAVES}
    for path in NOT_SAID:
        found: Any = ROOTS[path.partition(".")[0]]
        for name in path.split(".")[1:]:
            found = getattr(found, name)


@pytest.mark.parametrize("mark", ["1111", "2222"])
def test_both_parties_are_told_with_every_number_they_are_known_by(mark: str) -> None:
    side = BODIES["order"]["customerDetails"]["shipperDetails" if mark == "1111" else "receiverDetails"]
    assert [one["number"] for one in side["registrationNumbers"]] == [f"NUMBER{mark}", f"OTHER{mark}"]
