"""A return in the words of a customs estimate: the pieces as they were sold, and their earlier border crossings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from chalicelib.customs.classification import classify
from chalicelib.customs.declaration import required_facts
from chalicelib.customs.facts import EstimateRequest, History, Line
from chalicelib.errors import RuleNotInForce
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.returns.case import Item, ReturnRequest, purpose_of
from chalicelib.shipments.leg import Leg
from chalicelib.shipments.thresholds import thresholds

# What the merchant sends in exchange or under warranty reaches its customer with nothing to pay.
DELIVERED_DUTY_PAID = frozenset({"exchange_replacement", "warranty_replacement"})


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


def tariff_codes(
    items: Sequence[Item], estimated: Sequence[Mapping[str, Any]], leg: Leg, on: date
) -> tuple[str | None, ...]:
    """The tariff code of each piece where this leg ends, the same on papers and in carriers' orders: home, the line of
    the estimate; else the code that was given, else what the piece's own facts give there."""
    known = [row["hs_code"] for row in estimated] if leg.direction == "home" else []
    known += [None] * (len(items) - len(known))
    return tuple(
        code or item.hs_code or _classified(item, leg.lane.destination, on)
        for item, code in zip(items, known, strict=True)
    )


def _classified(item: Item, destination: str, on: date) -> str | None:
    try:
        return classify(line_of(item), destination, on).hs_code
    except RuleNotInForce:
        return None


def terms_of(kind: str, purpose: str) -> Literal["DAP", "DDP"]:
    """Who pays at the border: the merchant for what it sends again in exchange or under warranty, else the consignee.

    >>> terms_of("exchange", "exchange_replacement"), terms_of("repair", "repaired_back")
    ('DDP', 'DAP')
    """
    back_under_warranty = purpose == "repaired_back" and kind in ("warranty", "recall")
    return "DDP" if purpose in DELIVERED_DUTY_PAID or back_under_warranty else "DAP"


def channel_of(carrier: str, on: date) -> Literal["express", "post"]:
    """How what this carrier brings reaches customs: some borders charge by it, and the post has its own papers.

    >>> channel_of("ems", date(2026, 11, 22)), channel_of("dhl", date(2026, 11, 22))
    ('post', 'express')
    """
    return "post" if thresholds(on).class_of(carrier) == "postal" else "express"


def value_statement(items: Sequence[Item], leg: Leg, on: date) -> str | None:
    """What the invoice of a leg states of its values, in English; None where it states nothing."""
    if not leg.lane.crosses_customs:
        return None
    plan = required_facts(leg.purpose, leg.lane, None, line_of(items[0]), on=on)
    return " ".join(plan.statements) or None


def history_of(request: ReturnRequest) -> History:
    """The earlier border crossings of the pieces, as far as they were told. What the request does not say stays
    unknown: whether a piece is unaltered is for the inspection, not for a guess."""
    export = request.original_export
    return History(
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


def estimate_request(
    request: ReturnRequest, lane: Lane, on: date, *, carrier: str, region: str | None = None
) -> EstimateRequest:
    """What customs at the end of the way home are asked, if it entered on this day. ``carrier`` brings it, which
    decides by which channel it enters; ``region`` is the state or province of our facility."""
    return EstimateRequest(
        destination=lane.destination,
        dispatched_from=lane.origin,
        entry_on=on,
        purpose=purpose_of(request.kind, "home"),
        lines=tuple(line_of(item) for item in request.items),
        region=region,
        channel=channel_of(carrier, on),
        consignee="merchant",
        history=history_of(request),
    )
