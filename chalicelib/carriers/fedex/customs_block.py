"""What customs read of a FedEx waybill: goods, values, purpose, the sale and export they come from, who imports.

Ship API v1, ``customsClearanceDetail``. Values of FedEx's are rows of ``rules/fedex_purposes.toml``.
"""

from __future__ import annotations

from typing import Any

from chalicelib.carriers.contract import GoodsLine, WaybillOrder
from chalicelib.carriers.fedex.order_checks import (
    export_statement,
    link_to_export,
    purpose_row,
    unit_price,
)
from chalicelib.carriers.fedex.wording import kilograms, money_said, payment_said, registered_said
from chalicelib.carriers.goods_lines import hs_digits
from chalicelib.money import total

_PAYERS = {"shipper": "SENDER", "recipient": "RECIPIENT"}


def customs_said(order: WaybillOrder, account: str) -> dict[str, Any]:
    """The customs block of an order that leaves a customs territory.

    The recipient is named as importer of record where customs know it by a number.
    """
    row = purpose_row(order.purpose)
    said = {
        "commercialInvoice": _invoice(order),
        "customsOption": {"type": row["customs_option"]},
        "commodities": [_commodity(line) for line in order.lines],
        "dutiesPayment": payment_said(_PAYERS[order.duties_paid_by], _duty_account(order, account)),
        "totalCustomsValue": money_said(total((line.value for line in order.lines), order.lines[0].value.currency)),
        "isDocumentOnly": False,
    }
    if order.recipient.registrations:
        said["importerOfRecord"] = registered_said(order.recipient)
    statement = export_statement(order)
    if statement:
        said["exportDetail"] = dict(statement)
    return said


def _duty_account(order: WaybillOrder, account: str) -> str | None:
    """Our account, unless it is the customer who pays duty on what comes to him."""
    ours = order.duties_paid_by == "shipper" or purpose_row(order.purpose)["returns"]
    return account if ours else None


def _invoice(order: WaybillOrder) -> dict[str, Any]:
    """FedEx prints the first comment as special instructions and the second as comment, and no more."""
    said: dict[str, Any] = {
        "shipmentPurpose": purpose_row(order.purpose)["shipment_purpose"],
        "termsOfSale": order.terms,
    }
    if order.invoice_number:
        reference = {"customerReferenceType": "INVOICE_NUMBER", "value": order.invoice_number}
        said["customerReferences"] = [reference]
    if order.statement:
        said["declarationStatement"] = order.statement
    comments = [link_to_export(order), f"Return authorisation {order.rma}" if order.rma else ""]
    if any(comments):
        said["comments"] = [comment for comment in comments if comment]
    return said


def _commodity(line: GoodsLine) -> dict[str, Any]:
    return {
        "description": line.description,
        "harmonizedCode": hs_digits(line.hs_code),
        "countryOfManufacture": line.made_in,
        "numberOfPieces": line.quantity,
        "quantity": line.quantity,
        "quantityUnits": "PCS",
        "weight": kilograms(line.weight_g),
        "unitPrice": money_said(unit_price(line)),
        "customsValue": money_said(line.value),
    }
