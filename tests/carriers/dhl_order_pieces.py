"""Orders and answers that the tests of DHL's waybills and couriers share. People and numbers are made up."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.carriers.contract import (
    GoodsLine,
    HttpRequest,
    LocalHours,
    OriginalExport,
    Party,
    PickupOrder,
    PickupQuestion,
    Registration,
    WaybillOrder,
)
from chalicelib.money import Money

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ACCOUNT = "998877665"
NUMBER = "3318810025"
DAY = date(2026, 11, 24)
HOURS = LocalHours(datetime(2026, 11, 24, 10, 0), datetime(2026, 11, 24, 16, 30), "Europe/Paris")  # noqa: DTZ001
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
RING = GoodsLine(
    description="18K gold ring (750), set with diamond",
    hs_code="7113.19.5090",
    made_in="TH",
    quantity=1,
    weight_g=Decimal("5.30"),
    value=Money(Decimal("1180.00"), "EUR"),
)
EXPORT = OriginalExport("4818240420", date(2026, 9, 3), "dhl", "SO-1001-INV", "26FR00000000000012")
ORDER = WaybillOrder(
    reference="RMA-1001-1",
    purpose="refund_return",
    shipper=CUSTOMER,
    recipient=FACILITY,
    lines=(RING,),
    parcel_weight_g=Decimal(250),
    ship_on=DAY,
    service="EXPRESS_WORLDWIDE",
    time_zone="Europe/Paris",
    policy_covers=True,
    original_export=EXPORT,
    invoice_number="INV-77",
    rma="RMA-1001",
)
PICKUP = PickupOrder(
    reference="RMA-1001-1P",
    waybill=NUMBER,
    place=CUSTOMER,
    hours=HOURS,
    weight_g=Decimal(250),
    destination_country="CN",
    service="EXPRESS_WORLDWIDE",
    remarks="ring at the concierge",
)
QUESTION = PickupQuestion(
    country="FR",
    postal_code="75002",
    city="Paris",
    destination_country="CN",
    on=DAY,
    hours=HOURS,
    service="EXPRESS_WORLDWIDE",
    weight_g=Decimal("250.2"),
)
PDF = b"%PDF-1.4 paper"


def said(request: HttpRequest) -> Any:
    """The body of a request, every number as Decimal: what is on the wire, not what a float makes of it."""
    return json.loads(request.body, parse_float=Decimal)


def line(**changes: Any) -> WaybillOrder:
    return replace(ORDER, lines=(replace(RING, **changes),))


def paper(kind: str, content: Any = None, image_format: str = "PDF") -> dict[str, Any]:
    encoded = base64.b64encode(PDF).decode() if content is None else content
    return {"typeCode": kind, "imageFormat": image_format, "content": encoded}


def bought(**changes: Any) -> dict[str, Any]:
    """An answer to POST /shipments after DHL's example."""
    whole = {
        "url": "https://express.api.dhl.com/mydhlapi/shipments",
        "shipmentTrackingNumber": NUMBER,
        "trackingUrl": f"https://express.api.dhl.com/mydhlapi/shipments/{NUMBER}/tracking",
        "packages": [{"referenceNumber": 1, "trackingNumber": "JD014600006281230704"}],
        "documents": [paper("label"), paper("waybillDoc"), paper("invoice")],
        "warnings": ["The account's agreement was not checked"],
    }
    return {**whole, **changes}


def refusal(detail: str, status: Any = "400", title: str = "Bad request", **more: Any) -> dict[str, Any]:
    """MyDHL's envelope of errors."""
    return {"instance": "/expressapi/shipments", "detail": detail, "title": title, "status": status, **more}


def wire(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()
