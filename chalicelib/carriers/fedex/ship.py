"""Buying a FedEx waybill (Ship API v1): the request from our words, the answer into ours, and taking it back.

Every rule of FedEx's that our own facts can break is checked before anything is sent; ``order_checks``
lists them. FedEx has no idempotency key: a waybill is bought once, after a claim, and an unknown outcome is
looked up by our reference (``track.reference_lookup_request``).
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.carriers.contract import GoodsLine, HttpRequest, Party, Waybill, WaybillOrder
from chalicelib.carriers.fedex.errors import read_error
from chalicelib.carriers.fedex.order_checks import (
    checked,
    crosses_customs,
    hs_digits,
    phone_digits,
    purpose_row,
    street_lines,
    unit_price,
)
from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.numbers import normalise
from chalicelib.errors import CarrierOutcomeUnknown, CarrierRefused, CarrierUnreadable
from chalicelib.money import Money, total

PATH, CANCEL_PATH = "/ship/v1/shipments", "/ship/v1/shipments/cancel"
_GRAMS_PER_KG = Decimal(1000)
_PAYERS = {"shipper": "SENDER", "recipient": "RECIPIENT"}


def waybill_request(order: WaybillOrder, account: str) -> HttpRequest:
    """The call that buys the waybill. Raises ``OrderNotAccepted`` naming every field that FedEx would not
    take.

    Direct signature is always asked for. No value is declared for carriage where a policy covers the parcel.
    """
    checked(order)
    said = {
        "labelResponseOptions": "LABEL",
        "accountNumber": {"value": account},
        "requestedShipment": _shipment(order, account),
    }
    return HttpRequest("POST", PATH, headers_for(order.reference), json_said(said), reads_only=False)


def cancel_waybill_request(number: str, account: str, reference: str) -> HttpRequest:
    """The call that takes an unused waybill back."""
    said = {
        "accountNumber": {"value": account},
        "trackingNumber": number,
        "deletionControl": "DELETE_ALL_PACKAGES",
    }
    return HttpRequest("PUT", CANCEL_PATH, headers_for(reference), json_said(said), reads_only=False)


def read_waybill(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Waybill:
    """The waybill of a successful answer.

    Raises what ``errors.read_error`` makes of any other answer, and ``CarrierOutcomeUnknown`` when the answer says
    success but names no waybill (or only a job to ask about): it may have been bought, so it is not repeated.
    """
    output = read_success(status, headers, body, now)
    shipments = output.get("transactionShipments")
    shipment = shipments[0] if isinstance(shipments, list) and shipments else None
    if not isinstance(shipment, dict):
        raise CarrierOutcomeUnknown("an answer of success without a shipment")
    number = normalise(str(shipment.get("masterTrackingNumber") or _piece(shipment).get("trackingNumber") or ""))
    if number is None:
        raise CarrierOutcomeUnknown("an answer of success without a tracking number")
    document = _label_document(shipment)
    return Waybill(
        number=number,
        label_type=_text(document.get("docType")),
        label=_bytes(document.get("encodedLabel")),
        ship_date=_day(shipment.get("shipDatestamp")),
        label_url=_text(document.get("url")),
    )


def read_success(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Mapping[str, Any]:
    """``output`` of an answer to a call that changes the world. Raises as ``read_waybill`` does."""
    if not 200 <= status < 300:
        raise read_error(status, headers, body, now)
    try:
        answer = read_json(body)
    except CarrierUnreadable as unreadable:
        raise CarrierOutcomeUnknown("an answer of success that cannot be read") from unreadable
    output = answer.get("output") if isinstance(answer, dict) else None
    if isinstance(output, dict) and output:
        return output
    faults = answer.get("errors") if isinstance(answer, dict) else None
    if isinstance(faults, list) and faults and isinstance(faults[0], dict):
        raise CarrierRefused(str(faults[0].get("code"))[:80], str(faults[0].get("message"))[:200])
    raise CarrierOutcomeUnknown("an answer of success without content")


def headers_for(reference: str) -> dict[str, str]:
    """Our reference goes with the call and comes back as ``customerTransactionId``."""
    return {
        "content-type": "application/json",
        "x-locale": "en_US",
        "x-customer-transaction-id": reference,
    }


def party_said(party: Party) -> dict[str, Any]:
    """A contact and an address in FedEx's words, without what is not known."""
    contact = {
        "personName": party.name,
        "phoneNumber": phone_digits(party.phone),
        "companyName": party.company,
        "emailAddress": party.email,
    }
    address = {
        "streetLines": street_lines(party.street),
        "city": party.city,
        "stateOrProvinceCode": party.state,
        "postalCode": party.postal_code,
        "countryCode": party.country,
        "residential": party.residential,
    }
    return {"contact": _known(contact), "address": _known(address)}


def json_said(said: Mapping[str, Any]) -> bytes:
    """The body of a request: compact, names in their own letters."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def kilograms(grams: Decimal) -> dict[str, Any]:
    """A weight in FedEx's words, exactly: its commodities take kilograms only, and a parcel the same unit."""
    return {"units": "KG", "value": exact(grams / _GRAMS_PER_KG)}


def exact(amount: Decimal) -> float | int:
    """The JSON number that spells this decimal: any of 15 digits, and ``order_checks`` lets no longer one through.

    ValueError for one that no binary number prints as.
    """
    number = int(amount) if amount == amount.to_integral_value() else float(amount)
    if Decimal(repr(number)) != amount:
        raise ValueError("no JSON number spells this amount")
    return number


def _shipment(order: WaybillOrder, account: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "shipper": party_said(order.shipper),
        "recipients": [party_said(order.recipient)],
        "shipDatestamp": order.ship_on.isoformat(),
        "pickupType": "CONTACT_FEDEX_TO_SCHEDULE" if order.pickup_arranged else "DROPOFF_AT_FEDEX_LOCATION",
        "serviceType": order.service,
        "packagingType": "YOUR_PACKAGING",
        "shippingChargesPayment": _payment("SENDER", account),
        "labelSpecification": {"imageType": "PDF", "labelStockType": "PAPER_85X11_TOP_HALF_LABEL"},
        "requestedPackageLineItems": [_package(order)],
    }
    if purpose_row(order.purpose)["returns"]:
        said["shipmentSpecialServices"] = _return_service(order)
    if crosses_customs(order):
        said["customsClearanceDetail"] = _customs(order, account)
    return said


def _package(order: WaybillOrder) -> dict[str, Any]:
    references = [{"customerReferenceType": "CUSTOMER_REFERENCE", "value": order.reference}]
    package: dict[str, Any] = {
        "weight": kilograms(order.parcel_weight_g),
        "customerReferences": references,
        "packageSpecialServices": {
            "specialServiceTypes": ["SIGNATURE_OPTION"],
            "signatureOptionType": "DIRECT",
        },
    }
    if order.dimensions_cm is not None:
        length, width, height = order.dimensions_cm
        package["dimensions"] = {"length": length, "width": width, "height": height, "units": "CM"}
    if order.declared_value is not None and not order.policy_covers:
        package["declaredValue"] = _money(order.declared_value)
    return package


def _return_service(order: WaybillOrder) -> dict[str, Any]:
    detail: dict[str, Any] = {"returnType": "PRINT_RETURN_LABEL"}
    if order.original_export is not None:
        detail["returnAssociationDetail"] = {
            "trackingNumber": order.original_export.waybill,
            "shipDatestamp": order.original_export.shipped_on.isoformat(),
        }
    return {"specialServiceTypes": ["RETURN_SHIPMENT"], "returnShipmentDetail": detail}


def _customs(order: WaybillOrder, account: str) -> dict[str, Any]:
    row = purpose_row(order.purpose)
    invoice: dict[str, Any] = {"shipmentPurpose": row["shipment_purpose"], "termsOfSale": order.terms}
    if order.invoice_number:
        reference = {"customerReferenceType": "INVOICE_NUMBER", "value": order.invoice_number}
        invoice["customerReferences"] = [reference]
    if order.original_export is not None:
        shipped = order.original_export
        invoice["comments"] = [f"Exported {shipped.shipped_on.isoformat()} under waybill {shipped.waybill}"]
    return {
        "commercialInvoice": invoice,
        "customsOption": {"type": row["customs_option"]},
        "commodities": [_commodity(line) for line in order.lines],
        "dutiesPayment": _payment(_PAYERS[order.duties_paid_by], account),
        "totalCustomsValue": _money(total((line.value for line in order.lines), order.lines[0].value.currency)),
        "isDocumentOnly": False,
    }


def _commodity(line: GoodsLine) -> dict[str, Any]:
    return {
        "description": line.description,
        "harmonizedCode": hs_digits(line.hs_code),
        "countryOfManufacture": line.made_in,
        "numberOfPieces": line.quantity,
        "quantity": line.quantity,
        "quantityUnits": "PCS",
        "weight": kilograms(line.weight_g),
        "unitPrice": _money(unit_price(line)),
        "customsValue": _money(line.value),
    }


def _payment(payer: str, account: str) -> dict[str, Any]:
    return {"paymentType": payer, "payor": {"responsibleParty": {"accountNumber": {"value": account}}}}


def _money(money: Money) -> dict[str, Any]:
    return {"amount": exact(money.amount), "currency": money.currency}


def _piece(shipment: Mapping[str, Any]) -> Mapping[str, Any]:
    pieces = shipment.get("pieceResponses")
    return pieces[0] if isinstance(pieces, list) and pieces and isinstance(pieces[0], dict) else {}


def _label_document(shipment: Mapping[str, Any]) -> Mapping[str, Any]:
    documents = _piece(shipment).get("packageDocuments")
    found = [entry for entry in documents if isinstance(entry, dict)] if isinstance(documents, list) else []
    labels = [entry for entry in found if entry.get("contentType") == "LABEL"]
    return (labels or found or [{}])[0]


def _bytes(encoded: object) -> bytes | None:
    """The label itself; None when it is missing or damaged (the waybill is bought all the same)."""
    try:
        return b64decode(encoded, validate=True) or None if isinstance(encoded, str) else None
    except (binascii.Error, ValueError):
        return None


def _text(said: object) -> str | None:
    return said if isinstance(said, str) and said else None


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
