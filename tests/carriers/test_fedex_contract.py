"""Nothing an order declares is dropped on the way to FedEx: every field is in the request, or told why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

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
from chalicelib.carriers.registry import FEDEX
from chalicelib.money import Money
from tests.carriers.fedex_pieces import ACCOUNT

WAYBILLS, PICKUPS = FEDEX.waybills, FEDEX.pickups
DAY = date(2026, 11, 23)


def party(mark: str, country: str) -> Party:
    """A party whose every value occurs nowhere else."""
    return Party(
        name=f"Name {mark}",
        phone=f"+3315555{mark}",
        street=(f"Street {mark}",),
        city=f"City {mark}",
        country=country,
        postal_code=f"Zip{mark}",
        state=f"S{mark[0]}",
        company=f"Company {mark}",
        email=f"{mark}@example.com",
        residential=True,
        registrations=(Registration("EORI", f"EORI{mark}", "DE"),),
    )


LINE = GoodsLine(
    description="18 carat gold ring, lot 7719",
    hs_code="7113.19.50",
    made_in="TH",
    quantity=3,
    weight_g=Decimal("16.50"),
    value=Money(Decimal("1234.59"), "EUR"),
)
HOURS = LocalHours(datetime(2026, 11, 23, 10, 17), datetime(2026, 11, 23, 16, 43), "Europe/Paris")  # noqa: DTZ001
ORDER = WaybillOrder(
    reference="REF-51",
    purpose="refund_return",
    shipper=party("1111", "FR"),
    recipient=party("2222", "CN"),
    lines=(LINE,),
    parcel_weight_g=Decimal("251.25"),
    ship_on=DAY,
    service="INTERNATIONAL_ECONOMY",
    time_zone="Europe/Paris",
    terms="DDP",
    duties_paid_by="shipper",
    dimensions_cm=(211, 212, 213),
    declared_value=Money(Decimal("345.67"), "EUR"),
    policy_covers=False,
    original_export=OriginalExport("794644790149", date(2026, 9, 3), "fedex", "INV-ORIG-8", "DECL-9-2026"),
    pickup_arranged=False,
    invoice_number="INV-6",
    rma="RMA-ABC-DEF",
    hours=HOURS,
    invoice_date=date(2026, 11, 21),
    statement="Value for customs 77 only.",
)
PICKUP = PickupOrder(
    reference="REF-52",
    waybill="794644790138",
    place=party("3333", "FR"),
    hours=HOURS,
    weight_g=Decimal("252.25"),
    destination_country="CN",
    service="INTERNATIONAL_ECONOMY",
    remarks="bell 4",
    packages=7,
)
QUESTION = PickupQuestion(
    country="FR",
    postal_code="Zip4444",
    city="City 4444",
    destination_country="CN",
    on=DAY,
    hours=HOURS,
    service="INTERNATIONAL_ECONOMY",
    weight_g=Decimal("253.25"),
)
# What FedEx is not told, and why.
NOT_SAID = {
    "order.time_zone": "FedEx takes the local day of shipping, without a zone",
    "order.hours": "the courier is sent for by a pickup of his own",
    "order.invoice_date": "FedEx dates the invoice that it prints itself",
    "order.policy_covers": "it decides whether a value is declared for carriage",
    "pickup.hours.time_zone": "FedEx takes the wall clock of the pickup's postal code",
    "question.hours.time_zone": "FedEx takes the wall clock of the pickup's postal code",
    "pickup.service": "FedEx's pickup knows the operating company, not the service",
    "pickup.place.registrations": "a courier is no customs matter",
    "question.destination_country": "FedEx is told only whether it is abroad",
    "pickup.destination_country": "FedEx is told only whether it is abroad",
}
# How FedEx is told what it spells in its own way.
SPELLED = {
    "order.purpose": '"customsOption":{"type":"REJECTED"}',
    "order.service": '"serviceType":"INTERNATIONAL_ECONOMY"',
    "order.duties_paid_by": '"dutiesPayment":{"paymentType":"SENDER"',
    "order.pickup_arranged": "DROPOFF_AT_FEDEX_LOCATION",
    "order.parcel_weight_g": '"weight":{"units":"KG","value":0.25125}',
    "order.lines[0].hs_code": "71131950",
    "order.lines[0].made_in": '"countryOfManufacture":"TH"',
    "order.shipper.country": '"countryCode":"FR"',
    "order.recipient.country": '"countryCode":"CN"',
    "order.shipper.state": '"stateOrProvinceCode":"S1"',
    "order.recipient.state": '"stateOrProvinceCode":"S2"',
    "order.shipper.registrations[0].kind": '"usage":"EORI DE"',
    "order.shipper.registrations[0].issued_by": '"usage":"EORI DE"',
    "order.original_export.carrier": "by fedex",
    "order.original_export.shipped_on": "Exported 2026-09-03",
    "order.terms": '"termsOfSale":"DDP"',
    "order.statement": '"declarationStatement":"Value for customs 77 only."',
    "order.lines[0].quantity": '"quantity":3',
    "order.lines[0].weight_g": '"value":0.0165',
    "order.lines[0].value.amount": '"customsValue":{"amount":1234.59',
    "order.declared_value.amount": '"declaredValue":{"amount":345.67',
    "order.shipper.residential": '"residential":true',
    "order.recipient.residential": '"residential":true',
    "pickup.place.residential": '"residential":true',
    "pickup.weight_g": '"value":0.25225',
    "pickup.hours.ready_at": "2026-11-23T10:17:00Z",
    "pickup.hours.close_at": "16:43:00",
    "question.hours.ready_at": "10:17:00",
    "question.hours.close_at": "16:43:00",
    "question.weight_g": '"value":0.25325',
    "pickup.packages": '"packageCount":7',
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


def body_of(request: Any) -> str:
    text: str = request.body.decode() + json.dumps(dict(request.headers))
    return text


CASES = [
    *((path, value, "order") for path, value in leaves(ORDER, "order")),
    *((path, value, "pickup") for path, value in leaves(PICKUP, "pickup")),
    *((path, value, "question") for path, value in leaves(QUESTION, "question")),
]
BODIES = {
    "order": body_of(WAYBILLS.request(ORDER, ACCOUNT)),
    "pickup": body_of(PICKUPS.request(PICKUP, ACCOUNT)),
    "question": body_of(PICKUPS.ask(QUESTION, ACCOUNT)),
}


@pytest.mark.parametrize(("path", "value", "of"), CASES, ids=[path for path, _, _ in CASES])
def test_no_declared_field_is_dropped_on_the_way(path: str, value: Any, of: str) -> None:
    assert value is not None, f"{path} has no marker to look for"
    spelled = SPELLED.get(path) or (value.isoformat() if isinstance(value, date) else str(value))
    assert spelled in BODIES[of], f"{path} is not in the request"


@pytest.mark.parametrize(
    "declared", [WaybillOrder, Party, GoodsLine, Registration, OriginalExport, PickupOrder, PickupQuestion, LocalHours]
)
def test_a_field_that_is_declared_tomorrow_is_looked_for_too(declared: type) -> None:
    """Guards the guard: every field of the contract is reached from the marked orders, or has its reason."""
    reached = {path.rsplit(".", 1)[-1].partition("[")[0] for path, _, _ in CASES}
    reached |= {piece.partition("[")[0] for path, _, _ in CASES for piece in path.split(".")}
    reasoned = {path.rsplit(".", 1)[-1] for path in NOT_SAID}
    assert {field.name for field in fields(declared)} <= reached | reasoned


def test_the_reasons_name_fields_that_exist() -> None:
    roots = {"order": ORDER, "pickup": PICKUP, "question": QUESTION}
    for path in NOT_SAID:
        found: Any = roots[path.partition(".")[0]]
        for name in path.split(".")[1:]:
            found = getattr(found, name)


def test_the_dry_run_asks_about_the_very_order_that_is_bought() -> None:
    bought, asked = json.loads(WAYBILLS.request(ORDER, ACCOUNT).body), json.loads(WAYBILLS.dry_run(ORDER, ACCOUNT).body)
    wanted = asked["requestedShipment"]
    assert wanted.pop("totalWeight") == 1
    assert wanted == bought["requestedShipment"]
    assert asked["accountNumber"] == bought["accountNumber"]


@pytest.mark.parametrize("end", ["shipper", "recipient"])
def test_every_number_of_a_party_goes_with_it(end: str) -> None:
    kinds = ("EORI", "VAT", "IOSS", "EIN", "USCC", "GST", "ABN", "UID", "PVA")
    known = tuple(Registration(kind, f"{kind}-4711", "DE") for kind in kinds)
    order = replace(ORDER, **{end: replace(getattr(ORDER, end), registrations=known)})
    wanted = json.loads(WAYBILLS.request(order, ACCOUNT).body)["requestedShipment"]
    tins = wanted["shipper"]["tins"] if end == "shipper" else wanted["recipients"][0]["tins"]
    assert [(one["number"], one["usage"]) for one in tins] == [(f"{kind}-4711", f"{kind} DE") for kind in kinds]
    assert {one["tinType"] for one in tins} <= {
        "PERSONAL_NATIONAL", "PERSONAL_STATE", "FEDERAL", "BUSINESS_NATIONAL", "BUSINESS_STATE", "BUSINESS_UNION",
    }  # fmt: skip
