"""The export declaration of a DHL shipment: what customs read of the goods, why they cross, and where they first left.

The link to the original export goes two ways, because each is read by somebody else: remarks for the printed invoice,
one whole sentence as declaration note. It is never a typed reference (MRN, ITN, CDN): those number the declaration of
the export that this waybill makes, and the number of an earlier one would be false there.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from chalicelib.carriers.contract import GoodsLine, OriginalExport, WaybillOrder
from chalicelib.carriers.dhl.order_checks import unit_price
from chalicelib.carriers.dhl.wording import line_kilograms, parcel_kilograms, rules
from chalicelib.carriers.goods_lines import customs_value, hs_digits
from chalicelib.carriers.small_exports import is_small

_INTERNATIONAL = 6


def declaration(order: WaybillOrder) -> dict[str, Any]:
    """``content.exportDeclaration`` of an order that crosses a customs border."""
    row = rules()["purposes"][order.purpose]
    said: dict[str, Any] = {
        "lineItems": [_line(at, line, row["reason_type"]) for at, line in enumerate(order.lines, start=1)],
        "invoice": _invoice(order),
        "exportReason": row["reason"],
        "exportReasonType": row["reason_type"],
        # A shop's goods travel on a shop's contract, whichever way: never a gift.
        "shipmentType": "commercial",
    }
    links = dict(_links(order.original_export or OriginalExport()))
    if links:
        said["remarks"] = [{"value": text} for text in _remarks(links)]
    notes = [*((_note(links),) if links else ()), *((order.statement,) if order.statement else ())]
    if notes:
        said["declarationNotes"] = [{"value": text} for text in notes]
    return said


def filing_exemption(order: WaybillOrder) -> str | None:
    """What stands on the label of an export from the United States that needs no electronic export information; None
    where our figures do not prove that: then it is filed first, and nothing is claimed here.
    """
    row = rules()["exports"].get(order.shipper.country)
    if row is None or order.recipient.country in row["not_to"] or not is_small(order, row):
        return None
    said: str = row["said"]
    return said


def gross_kilograms(order: WaybillOrder) -> Decimal:
    """What the parcel weighs in DHL's steps: never less than its lines, each of which was rounded by itself."""
    return max(parcel_kilograms(order.parcel_weight_g), _net_kilograms(order))


def _line(number: int, line: GoodsLine, reason_type: str) -> dict[str, Any]:
    """One customs line. The tariff code is that of the destination; only its first six digits hold everywhere."""
    hs_code = hs_digits(line.hs_code)
    codes = {"outbound": hs_code[:_INTERNATIONAL], "inbound": hs_code}
    return {
        "number": number,
        "description": line.description,
        "price": unit_price(line).amount,
        "quantity": {"value": line.quantity, "unitOfMeasurement": "PCS"},
        "commodityCodes": [{"typeCode": name, "value": value} for name, value in codes.items()],
        "exportReasonType": reason_type,
        "manufacturerCountry": line.made_in,
        "weight": {"netValue": line_kilograms(line.weight_g)},
        "additionalInformation": [f"Exact weight {line.weight_g:f} g"],
        "preCalculatedLineItemTotalValue": line.value.amount,
    }


def _invoice(order: WaybillOrder) -> dict[str, Any]:
    worth, net = customs_value(order).amount, _net_kilograms(order)
    invoice: dict[str, Any] = {
        "number": order.invoice_number,
        "date": (order.invoice_date or order.ship_on).isoformat(),
        "totalNetWeight": net,
        "totalGrossWeight": gross_kilograms(order),
        "preCalculatedTotalValues": {"preCalculatedTotalGoodsValue": worth, "preCalculatedTotalInvoiceValue": worth},
    }
    if order.rma:
        invoice["customerReferences"] = [{"typeCode": "RMA", "value": order.rma}]
    return invoice


def _net_kilograms(order: WaybillOrder) -> Decimal:
    return sum((line_kilograms(line.weight_g) for line in order.lines), Decimal(0))


def _links(export: OriginalExport) -> Iterator[tuple[str, str]]:
    """What is known of the original export, by its name in the note."""
    if export.waybill:
        yield "waybill", export.waybill
    if export.carrier:
        yield "carrier", export.carrier
    if export.shipped_on:
        yield "exported on", export.shipped_on.isoformat()
    if export.invoice_number:
        yield "invoice", export.invoice_number
    if export.reference:
        yield "export declaration", export.reference


def _remarks(links: dict[str, str]) -> Iterator[str]:
    """Up to three lines that the invoice prints: with 35 characters of value none is over 45."""
    short = {"waybill": "AWB", "invoice": "Invoice", "export declaration": "Export"}
    found = [f"{word} {links[name]}" for name, word in short.items() if name in links]
    yield from found or [f"Exported {links['exported on']}" if "exported on" in links else f"By {links['carrier']}"]


def _note(links: dict[str, str]) -> str:
    return "Original shipment: " + ", ".join(f"{name} {value}" for name, value in links.items())
