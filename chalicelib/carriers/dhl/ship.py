"""Buying a DHL Express waybill (MyDHL API, POST /shipments): the request from our words, the answer into ours.

DHL has no idempotency key: a waybill is bought once, after a claim, and an unknown outcome is looked up by our
reference. It cannot be taken back either: one that is never handed over lapses. What the goods are stands in the
customs lines alone; the description that is printed outside says nothing of it.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.carriers.contract import Answer, Document, FoundWaybill, HttpRequest, Party, Waybill, WaybillOrder
from chalicelib.carriers.dhl.access import REFERENCE, message_reference
from chalicelib.carriers.dhl.errors import read_mydhl_error, refusal_inside
from chalicelib.carriers.dhl.export import declaration, filing_exemption, gross_kilograms
from chalicelib.carriers.dhl.order_checks import checked, crosses_customs
from chalicelib.carriers.dhl.wording import (
    json_said,
    known,
    local_stamp,
    party_said,
    product_code,
    registration_said,
    rules,
)
from chalicelib.carriers.goods_lines import customs_value
from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.numbers import normalise
from chalicelib.errors import CarrierOutcomeUnknown, CarrierUnreadable

PATH, TRACKING_PATH = "/shipments", "/tracking"
_KINDS: Mapping[str, Any] = {
    "label": "label",
    "waybillDoc": "waybill",
    "invoice": "invoice",
    "shipmentReceipt": "receipt",
    "receipt": "receipt",
    "qr-code": "qr_code",
}
_MEDIA_TYPES = {"PDF": "application/pdf", "PNG": "image/png", "GIF": "image/gif", "JPEG": "image/jpeg"}


def waybill_request(order: WaybillOrder, account: str) -> HttpRequest:
    """The call that buys the waybill. Raises ``OrderNotAccepted`` naming every field that DHL would not take.

    Direct signature is always asked for. No value is declared for carriage where a policy covers the parcel. The
    courier is sent for apart, so that buying and calling can each be repeated or given up without the other.
    """
    checked(order)
    headers = headers_for(order.reference)
    return HttpRequest("POST", PATH, headers, json_said(_shipment(order, account)), reads_only=False)


def dry_run_request(order: WaybillOrder, account: str) -> HttpRequest:
    """The same call, only to have it judged: nothing is bought."""
    checked(order)
    headers = headers_for(f"{order.reference} dry run")
    path = f"{PATH}?validateDataOnly=true"
    return HttpRequest("POST", path, headers, json_said(_shipment(order, account)), reads_only=True)


def read_dry_run(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raise what stands against the order. DHL tells its faults inside an answer of success, status and all."""
    if not 200 <= status < 300:
        raise read_mydhl_error(status, headers, body, now)
    answer = read_json(body) if body.strip() else {}
    refused = refusal_inside(answer) if isinstance(answer, dict) else None
    if refused is not None:
        raise refused


def read_waybill(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Waybill:
    """The waybill of a successful answer, with every paper that came; a damaged paper does not cost the number.

    Raises what ``errors.read_mydhl_error`` makes of any other answer, and ``CarrierOutcomeUnknown`` when the answer
    says success but names no waybill: it may have been bought, so it is not repeated.
    """
    answer = read_success(status, headers, body, now)
    number = normalise(_said(answer.get("shipmentTrackingNumber")))
    if number is None:
        raise CarrierOutcomeUnknown("an answer of success without a waybill number")
    packages = _objects(answer.get("packages"))
    pieces = (normalise(_said(package.get("trackingNumber"))) for package in packages)
    papers = [*_objects(answer.get("documents")), *(one for at in packages for one in _objects(at.get("documents")))]
    return Waybill(
        number=number,
        ship_date=None,
        documents=tuple(_documents(papers)),
        pieces=tuple(piece for piece in pieces if piece is not None),
    )


def reference_lookup_request(reference: str, now: datetime, account: str) -> HttpRequest:
    """Ask which waybill of our account carries this reference, bought about now."""
    row = rules()["lookup"]
    question = {
        "shipmentReference": reference,
        "shipmentReferenceType": "CU",
        "shipperAccountNumber": account,
        "dateRangeFrom": (now - timedelta(days=row["days_before"])).date().isoformat(),
        "dateRangeTo": (now + timedelta(days=row["days_after"])).date().isoformat(),
        "trackingView": row["view"],
    }
    return HttpRequest("GET", f"{TRACKING_PATH}?{urlencode(question)}", {}, b"", reads_only=True)


def read_reference(answer: Answer, now: datetime) -> FoundWaybill | None:
    """The one waybill under our reference; None for none, and for several: then a person looks.

    Raises ``CarrierUnreadable`` for a body that is no answer of MyDHL's.
    """
    body = read_json(answer.body)
    shipments = _objects(body.get("shipments")) if isinstance(body, dict) else []
    found = {normalise(_said(shipment.get("shipmentTrackingNumber"))): shipment for shipment in shipments}
    found.pop(None, None)
    if len(found) != 1:
        return None
    ((number, shipment),) = found.items()
    return FoundWaybill(str(number), _day(shipment.get("shipmentTimestamp")) or now.date())


def read_success(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Mapping[str, Any]:
    """The body of an answer to a call that changes the world; raises as ``read_waybill`` does."""
    if not 200 <= status < 300:
        raise read_mydhl_error(status, headers, body, now)
    try:
        answer = read_json(body)
    except CarrierUnreadable as unreadable:
        raise CarrierOutcomeUnknown("an answer of success that cannot be read") from unreadable
    if not isinstance(answer, dict):
        raise CarrierOutcomeUnknown("an answer of success without content")
    return answer


def headers_for(reference: str) -> dict[str, str]:
    """A message reference made of ours goes with the call."""
    return {"content-type": "application/json", "accept": "application/json", REFERENCE: message_reference(reference)}


def _shipment(order: WaybillOrder, account: str) -> dict[str, Any]:
    product = product_code(order.service, order.shipper.country, order.recipient.country)
    return {
        "plannedShippingDateAndTime": local_stamp(_handed_over(order), order.time_zone),
        "pickup": {"isRequested": False},
        "productCode": product,
        "accounts": _accounts(order, account),
        "valueAddedServices": _value_added(order),
        "outputImageProperties": _papers(order),
        "customerReferences": _references(order),
        "customerDetails": {
            "shipperDetails": _party(order.shipper),
            "receiverDetails": _party(order.recipient),
        },
        "content": _content(order),
    }


def _handed_over(order: WaybillOrder) -> datetime:
    """By when the parcel is in DHL's hands: the end of the courier's hours on that day, else late in the day."""
    if order.hours is not None and order.hours.close_at.date() == order.ship_on:
        return order.hours.close_at
    return datetime.combine(order.ship_on, rules()["tender"]["at"])


def _accounts(order: WaybillOrder, account: str) -> list[dict[str, str]]:
    kinds = ["shipper", "duties-taxes"] if order.duties_paid_by == "shipper" else ["shipper"]
    return [{"typeCode": kind, "number": account} for kind in kinds]


def _value_added(order: WaybillOrder) -> list[dict[str, Any]]:
    codes = {name: row["code"] for name, row in rules()["value_added"].items()}
    services: list[dict[str, Any]] = [{"serviceCode": codes["direct_signature"]}]
    declared = order.declared_value
    if declared is not None and not order.policy_covers:
        services.append(
            {"serviceCode": codes["value_protection"], "value": declared.amount, "currency": declared.currency}
        )
    if order.duties_paid_by == "shipper":
        services.append({"serviceCode": codes["duties_by_shipper"]})
    return services


def _papers(order: WaybillOrder) -> dict[str, Any]:
    """Label, waybill and invoice, each a file of its own: they are stuck on, handed over and kept apart."""
    options: list[dict[str, Any]] = [{"typeCode": "label"}, {"typeCode": "waybillDoc", "isRequested": True}]
    if crosses_customs(order):
        kind = rules()["purposes"][order.purpose]["invoice_type"]
        options.append({"typeCode": "invoice", "isRequested": True, "invoiceType": kind, "languageCode": "eng"})
    return {"encodingFormat": "pdf", "imageOptions": options, "splitTransportAndWaybillDocLabels": True}


def _references(order: WaybillOrder) -> list[dict[str, str]]:
    """Ours first: it is what an unknown outcome is looked up by."""
    references = [{"typeCode": "CU", "value": order.reference}]
    if order.rma and order.rma != order.reference:
        references.append({"typeCode": "AAO" if _goes_home(order) else "CU", "value": order.rma})
    return references


def _party(party: Party) -> dict[str, Any]:
    said = party_said(party)
    said["typeCode"] = "direct_consumer" if party.residential else "business"
    if party.registrations:
        said["registrationNumbers"] = [registration_said(one) for one in party.registrations]
    return said


def _content(order: WaybillOrder) -> dict[str, Any]:
    declarable, texts = crosses_customs(order), rules()["texts"]
    worth = customs_value(order)
    return known(
        {
            "packages": [_package(order)],
            "isCustomsDeclarable": declarable,
            "declaredValue": worth.amount if declarable else None,
            "declaredValueCurrency": worth.currency if declarable else None,
            "exportDeclaration": declaration(order) if declarable else None,
            "description": texts["description" if _goes_home(order) else "description_out"],
            "USFilingTypeValue": filing_exemption(order) if declarable else None,
            "incoterm": order.terms,
            "unitOfMeasurement": "metric",
        }
    )


def _package(order: WaybillOrder) -> dict[str, Any]:
    package: dict[str, Any] = {
        "weight": gross_kilograms(order),
        "customerReferences": [{"typeCode": "CU", "value": order.reference}],
    }
    if order.dimensions_cm is not None:
        package["dimensions"] = dict(zip(("length", "width", "height"), order.dimensions_cm, strict=True))
    return package


def _goes_home(order: WaybillOrder) -> bool:
    """Whether the customer hands over: a private address sends, or a return whatever the address."""
    return order.shipper.residential or rules()["purposes"][order.purpose]["invoice_type"] == "returns"


def _documents(papers: list[dict[str, Any]]) -> Iterator[Document]:
    for paper in papers:
        kind = _KINDS.get(_said(paper.get("typeCode")))
        if kind is not None:
            media_type = _MEDIA_TYPES.get(_said(paper.get("imageFormat")).upper(), "application/octet-stream")
            yield Document(kind, media_type, _bytes(paper.get("content")), _said(paper.get("url")) or None)


def _bytes(encoded: object) -> bytes | None:
    """The paper itself; None when it is missing or damaged (the waybill is bought all the same)."""
    try:
        return b64decode(encoded, validate=True) or None if isinstance(encoded, str) else None
    except (binascii.Error, ValueError):
        return None


def _objects(said: object) -> list[dict[str, Any]]:
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _said(value: object) -> str:
    """A number or a text as text: DHL's own samples have waybill numbers as both."""
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(said[:10]) if isinstance(said, str) else None
    except ValueError:
        return None
