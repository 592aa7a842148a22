"""Orders, bodies and clocks that the FedEx tests share."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

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
from chalicelib.carriers.registry import read_tracking
from chalicelib.money import Money
from chalicelib.shipments.events import Event, Reading

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "samples"
NUMBER = "794644790138"
ACCOUNT = "740561073"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def scan(**fields: Any) -> dict[str, Any]:
    """A scan as FedEx sends it, movement at Guangzhou unless told otherwise."""
    said = {
        "date": "2026-11-20T09:20:00+08:00",
        "eventType": "AR",
        "eventDescription": "Arrived at FedEx hub",
        "exceptionCode": "",
        "exceptionDescription": "",
        "scanLocation": {"city": "GUANGZHOU", "stateOrProvinceCode": "", "countryCode": "CN"},
        "derivedStatusCode": "IT",
    }
    return {**said, **fields}


def result(*scans: dict[str, Any], **fields: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "trackingNumberInfo": {
            "trackingNumber": NUMBER,
            "trackingNumberUniqueId": f"2461364000~{NUMBER}~FX",
            "carrierCode": "FDXE",
        },
        "scanEvents": list(scans),
    }
    return {**said, **fields}


def answer(*results: dict[str, Any], number: str = NUMBER) -> dict[str, Any]:
    wrapped = {"trackingNumber": number, "trackResults": list(results)}
    return {"transactionId": "t-1", "output": {"completeTrackResults": [wrapped]}}


def read(said: Any, source: str = "fedex", now: datetime = NOW) -> Reading:
    return read_tracking(source, said if isinstance(said, bytes) else json.dumps(said).encode(), now)


def event_of(*scans: dict[str, Any], **fields: Any) -> Event:
    """The one event of these scans."""
    (tracking,) = read(answer(result(*scans, **fields))).trackings
    (event,) = tracking.events
    return event


CUSTOMER = Party(
    name="Camille Martin",
    phone="+33 1 55 55 02 02",
    street=("8 rue de la Paix",),
    city="Paris",
    postal_code="75002",
    country="FR",
    email="camille.martin@example.com",
    residential=True,
)
FACILITY = Party(
    name="Receiving dock",
    company="Example Atelier Shenzhen",
    phone="+86 755 5555 0000",
    street=("1 Shuibei Road",),
    city="Shenzhen",
    postal_code="518020",
    country="CN",
    registrations=(Registration("USCC", "91440300MA5EXAMPLE", "CN"),),
)
HOURS = LocalHours(
    ready_at=datetime(2026, 11, 23, 10, 0),  # noqa: DTZ001 - local wall clock
    close_at=datetime(2026, 11, 23, 16, 0),  # noqa: DTZ001
    time_zone="Europe/Paris",
)
RING = GoodsLine(
    description="18 carat gold ring with one diamond",
    hs_code="7113.19.50",
    made_in="CN",
    quantity=1,
    weight_g=Decimal("5.30"),
    value=Money(Decimal("1180.00"), "EUR"),
)
ORDER = WaybillOrder(
    reference="RMA-1001-1",
    purpose="refund_return",
    shipper=CUSTOMER,
    recipient=FACILITY,
    lines=(RING,),
    parcel_weight_g=Decimal(250),
    ship_on=date(2026, 11, 23),
    service="INTERNATIONAL_PRIORITY",
    time_zone="Europe/Paris",
    policy_covers=True,
    original_export=OriginalExport("794644790149", date(2026, 11, 2)),
    invoice_number="INV-77",
    rma="RMA-1001",
    hours=HOURS,
)
PICKUP = PickupOrder(
    reference="RMA-1001-1P",
    waybill=NUMBER,
    place=CUSTOMER,
    hours=HOURS,
    weight_g=Decimal(250),
    destination_country="CN",
    service="INTERNATIONAL_PRIORITY",
    remarks="ring at the concierge",
)
QUESTION = PickupQuestion(
    country="FR",
    postal_code="75002",
    city="Paris",
    destination_country="CN",
    on=date(2026, 11, 23),
    hours=HOURS,
    service="INTERNATIONAL_PRIORITY",
    weight_g=Decimal(250),
)


def priced(amount: str, currency: str = "EUR") -> WaybillOrder:
    return replace(ORDER, lines=(replace(RING, value=Money(Decimal(amount), currency)),))
