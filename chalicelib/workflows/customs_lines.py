"""A return in the words of a customs estimate: the pieces as they were sold, and their earlier border crossings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from chalicelib.customs.facts import EstimateRequest, History, Line
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.returns.case import Item, ReturnRequest, purpose_of


def line_of(item: Item) -> Line:
    """One customs line; weights and value are of the whole line."""
    return Line(
        article=item.article,
        metal=item.metal,
        construction=item.construction,
        value=Money(item.price.amount * Decimal(item.quantity), item.price.currency),
        hs_code=item.hs_code,
        fineness=item.fineness,
        stones=item.stones,
        origin=item.origin,
        quantity=item.quantity,
        net_weight_g=item.net_weight_g * item.quantity,
        value_basis="fob",
        scrap=item.scrap,
    )


def estimate_request(request: ReturnRequest, lane: Lane, on: date) -> EstimateRequest:
    """What customs at the end of the way home are asked, if it entered on this day. What the request does not say
    stays unknown: whether the piece is unaltered is for the inspection, not for a guess."""
    export = request.original_export
    history = History(
        imported_on=export.imported_on,
        duty_paid_on_import=export.duty_paid_on_import,
        exported_on=export.exported_on,
        export_reference=export.reference,
        export_mode=export.mode,
        drawback_claimed=export.drawback_claimed,
        export_rebate=export.export_rebate,
        vat_refunded=export.vat_refunded,
        importer_is_exporter=True,
        sold_to_consumer=True,
        return_reason=request.reason,
    )
    return EstimateRequest(
        destination=lane.destination,
        dispatched_from=lane.origin,
        entry_on=on,
        purpose=purpose_of(request.kind, "home"),
        lines=tuple(line_of(item) for item in request.items),
        channel="express",
        consignee="merchant",
        history=history,
    )
