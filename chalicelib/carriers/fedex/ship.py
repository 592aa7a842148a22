"""Buying a FedEx waybill (Ship API v1): asking whether it would be taken, buying it, taking it back.

Every rule of FedEx's that our own facts can break is checked before anything is sent; ``order_checks``
lists them. FedEx has no idempotency key: a waybill is bought once, after a claim, and an unknown outcome is
looked up by our reference (``track.reference_lookup_request``).
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any, Literal

from chalicelib.carriers.contract import Document, HttpRequest, Waybill, WaybillOrder
from chalicelib.carriers.fedex.errors import read_error
from chalicelib.carriers.fedex.order_checks import checked
from chalicelib.carriers.fedex.shipment import shipment_said
from chalicelib.carriers.fedex.wording import headers_for, json_said
from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.numbers import normalise
from chalicelib.errors import CarrierOutcomeUnknown, CarrierRefused, CarrierUnreadable

PATH, CANCEL_PATH = "/ship/v1/shipments", "/ship/v1/shipments/cancel"
VALIDATE_PATH = "/ship/v1/shipments/packages/validate"
_GRAMS_PER_KG = Decimal(1000)
_LONGEST_CODE, _LONGEST_TEXT = 80, 200
_MEDIA_TYPES = {"PDF": "application/pdf", "PNG": "image/png"}
_PAPERS: Mapping[str, Literal["label", "invoice"]] = {
    "LABEL": "label",
    "ACCEPTANCE_LABEL": "label",
    "MERGED_LABELS_ONLY": "label",
    "MERGED_LABEL_DOCUMENTS": "label",
    "COMMERCIAL_INVOICE": "invoice",
    "PROFORMA_INVOICE": "invoice",
    "USMCA_COMMERCIAL_INVOICE_CERTIFICATION_OF_ORIGIN": "invoice",
}


def waybill_request(order: WaybillOrder, account: str) -> HttpRequest:
    """The call that buys the waybill. Raises ``OrderNotAccepted`` naming every field that FedEx would not
    take.

    Direct signature is always asked for. No value is declared for carriage where a policy covers the parcel.
    """
    checked(order)
    said = {
        "labelResponseOptions": "LABEL",
        "accountNumber": {"value": account},
        "requestedShipment": shipment_said(order, account),
    }
    return HttpRequest("POST", PATH, headers_for(order.reference), json_said(said), reads_only=False)


def dry_run_request(order: WaybillOrder, account: str) -> HttpRequest:
    """The call that asks whether FedEx would take the order, and buys nothing. Raises as ``waybill_request``.

    FedEx wants the total weight here as well, in whole units: whole kilograms, rounded up.
    """
    checked(order)
    kilograms = (order.parcel_weight_g / _GRAMS_PER_KG).to_integral_value(ROUND_CEILING)
    said = {
        "accountNumber": {"value": account},
        "requestedShipment": {**shipment_said(order, account), "totalWeight": int(kilograms)},
    }
    return HttpRequest("POST", VALIDATE_PATH, headers_for(order.reference), json_said(said), reads_only=True)


def read_dry_run(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Return if FedEx would take the order. A warning is no refusal.

    Raises what ``errors.read_error`` makes of any other answer, ``CarrierRefused`` for a refusal inside a success, and
    ``CarrierUnreadable`` for an answer that says neither: nothing was bought, so it may be asked again.
    """
    try:
        read_success(status, headers, body, now)
    except CarrierOutcomeUnknown as unknown:
        raise CarrierUnreadable("an answer to a dry run that says neither yes nor no") from unknown


def cancel_waybill_request(number: str, account: str, reference: str) -> HttpRequest:
    """The call that takes an unused waybill back."""
    said = {
        "accountNumber": {"value": account},
        "trackingNumber": number,
        "deletionControl": "DELETE_ALL_PACKAGES",
    }
    return HttpRequest("PUT", CANCEL_PATH, headers_for(reference), json_said(said), reads_only=False)


def read_cancelled(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Return if the waybill was taken back. Raises ``CarrierRefused`` when FedEx says that it was not, and as
    ``read_success`` for every other answer."""
    output = read_success(status, headers, body, now)
    cancelled = output.get("cancelledShipment")
    if cancelled is True:
        return
    if cancelled is False:
        raise CarrierRefused("not_cancelled", _text(output.get("message")) or "FedEx did not cancel the shipment")
    raise CarrierOutcomeUnknown("an answer of success that does not say whether the shipment was cancelled")


def read_waybill(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Waybill:
    """The waybill of a successful answer, with every paper that came with it.

    Raises what ``errors.read_error`` makes of any other answer, and ``CarrierOutcomeUnknown`` when the answer says
    success but names no waybill (or only a job to ask about): it may have been bought, so it is not repeated.
    """
    output = read_success(status, headers, body, now)
    shipments = output.get("transactionShipments")
    shipment = shipments[0] if isinstance(shipments, list) and shipments else None
    if not isinstance(shipment, dict):
        raise CarrierOutcomeUnknown("an answer of success without a shipment")
    pieces = tuple(number for piece in _objects(shipment.get("pieceResponses")) if (number := _number(piece)))
    number = normalise(str(shipment.get("masterTrackingNumber") or "")) or next(iter(pieces), None)
    if number is None:
        raise CarrierOutcomeUnknown("an answer of success without a tracking number")
    return Waybill(number, _day(shipment.get("shipDatestamp")), tuple(_documents(shipment)), pieces)


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
        raise CarrierRefused(_text(faults[0].get("code"))[:_LONGEST_CODE], _text(faults[0].get("message")))
    raise CarrierOutcomeUnknown("an answer of success without content")


def _documents(shipment: Mapping[str, Any]) -> Iterator[Document]:
    """Every paper of the shipment and of its pieces. The first one of a piece is its label, whatever it is called."""
    for piece in _objects(shipment.get("pieceResponses")):
        papers = _objects(piece.get("packageDocuments"))
        unnamed = not any(_kind(paper) == "label" for paper in papers)
        for at, paper in enumerate(papers):
            yield from _document(paper, "label" if unnamed and at == 0 else _kind(paper))
    for paper in _objects(shipment.get("shipmentDocuments")):
        yield from _document(paper, _kind(paper))


def _document(paper: Mapping[str, Any], kind: Literal["label", "invoice", "waybill"]) -> Iterator[Document]:
    """The paper, if it can be had: a damaged one costs no waybill."""
    content, url = _bytes(paper.get("encodedLabel")), _text(paper.get("url"), None)
    if content or url:
        media_type = _MEDIA_TYPES.get(_text(paper.get("docType")).upper(), "application/octet-stream")
        yield Document(kind, media_type, content, url or None)


def _kind(paper: Mapping[str, Any]) -> Literal["label", "invoice", "waybill"]:
    """What a paper is; what is neither label nor invoice goes with the waybill."""
    return _PAPERS.get(_text(paper.get("contentType")), "waybill")


def _objects(raw: object) -> list[Mapping[str, Any]]:
    return [entry for entry in raw if isinstance(entry, dict)] if isinstance(raw, list) else []


def _number(piece: Mapping[str, Any]) -> str | None:
    return normalise(_text(piece.get("trackingNumber")))


def _bytes(encoded: object) -> bytes | None:
    """The paper itself; None when it is missing or damaged (the waybill is bought all the same)."""
    try:
        return b64decode(encoded, validate=True) or None if isinstance(encoded, str) else None
    except (binascii.Error, ValueError):
        return None


def _text(said: object, longest: int | None = _LONGEST_TEXT) -> str:
    return said[:longest] if isinstance(said, str) and said.isprintable() else ""


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
