"""An order as FedEx's ``requestedShipment`` (Ship API v1): parties, parcel, services, papers, customs."""

from __future__ import annotations

from typing import Any

from chalicelib.carriers.contract import WaybillOrder
from chalicelib.carriers.fedex.customs_block import customs_said
from chalicelib.carriers.fedex.order_checks import crosses_customs, purpose_row, rules, service_type
from chalicelib.carriers.fedex.wording import kilograms, known, money_said, payment_said, registered_said

_INVOICE_PAPER = {
    "shippingDocumentTypes": ["COMMERCIAL_INVOICE"],
    "commercialInvoiceDetail": {"documentFormat": {"stockType": "PAPER_LETTER", "docType": "PDF"}},
}


def shipment_said(order: WaybillOrder, account: str) -> dict[str, Any]:
    """The shipment in FedEx's words.

    Direct signature is always asked for and the label says nothing of the worth; value is declared for carriage only
    where no policy covers the parcel, and across a customs border FedEx is asked for the commercial invoice it makes.
    """
    said: dict[str, Any] = {
        "shipper": registered_said(order.shipper),
        "recipients": [registered_said(order.recipient)],
        "shipDatestamp": order.ship_on.isoformat(),
        "pickupType": "CONTACT_FEDEX_TO_SCHEDULE" if order.pickup_arranged else "DROPOFF_AT_FEDEX_LOCATION",
        "serviceType": service_type(order.service),
        "packagingType": "YOUR_PACKAGING",
        "shippingChargesPayment": payment_said("SENDER", account),
        "labelSpecification": {
            "imageType": "PDF",
            "labelStockType": "PAPER_85X11_TOP_HALF_LABEL",
            "customerSpecifiedDetail": {"maskedData": rules()["label"]["masked"]},
        },
        "requestedPackageLineItems": [_package(order)],
    }
    if purpose_row(order.purpose)["returns"]:
        said["shipmentSpecialServices"] = _return_service(order)
    if crosses_customs(order):
        said["customsClearanceDetail"] = customs_said(order, account)
        said["shippingDocumentSpecification"] = _INVOICE_PAPER
    return said


def _package(order: WaybillOrder) -> dict[str, Any]:
    package: dict[str, Any] = {
        "weight": kilograms(order.parcel_weight_g),
        "customerReferences": _references(order),
        "packageSpecialServices": {
            "specialServiceTypes": ["SIGNATURE_OPTION"],
            "signatureOptionType": "DIRECT",
        },
    }
    if order.dimensions_cm is not None:
        length, width, height = order.dimensions_cm
        package["dimensions"] = {"length": length, "width": width, "height": height, "units": "CM"}
    if order.declared_value is not None and not order.policy_covers:
        package["declaredValue"] = money_said(order.declared_value)
    return package


def _references(order: WaybillOrder) -> list[dict[str, str]]:
    """Ours, by which an unknown outcome is looked up, and on a return the authorisation, as barcode on the label."""
    said = {"CUSTOMER_REFERENCE": order.reference}
    if order.rma and purpose_row(order.purpose)["returns"]:
        said["RMA_ASSOCIATION"] = order.rma
    return [{"customerReferenceType": kind, "value": value} for kind, value in said.items()]


def _return_service(order: WaybillOrder) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "returnType": "PRINT_RETURN_LABEL",
        "rma": {"reason": purpose_row(order.purpose)["return_reason"]},
    }
    export = order.original_export
    if export is not None and export.waybill is not None and export.carrier in (None, "fedex"):
        shipped_on = export.shipped_on.isoformat() if export.shipped_on else None
        detail["returnAssociationDetail"] = known({"trackingNumber": export.waybill, "shipDatestamp": shipped_on})
    return {"specialServiceTypes": ["RETURN_SHIPMENT"], "returnShipmentDetail": detail}
