"""A way out in the words of a customs estimate: the pieces as they go, how they once left the customer's country, and
what was done to them.

The customer imports: the piece is theirs, and the relief for what comes back needs the importer to be who sent it away.
What nobody has said stays unknown, and the relief that needs it stays unproven.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from chalicelib.customs.facts import EstimateRequest, History, Repair
from chalicelib.customs.papers.facts import Work
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.returns.case import Item, worth_of
from chalicelib.returns.repair import RepairOrder
from chalicelib.returns.way_out import WayOut
from chalicelib.shipments.leg import ExportLink, Leg
from chalicelib.workflows.customs_lines import channel_of, line_of
from chalicelib.workflows.ports import CaseFile
from chalicelib.workflows.repair_customs import repair_facts, repair_of, repaired_items, work_done

# Another piece than the one that left: nothing of that one's crossings is its own.
REPLACEMENTS = frozenset({"exchange_replacement", "warranty_replacement"})
NOTHING = Decimal(0)


def out_estimate(file: CaseFile, way: WayOut, *, purpose: str, lane: Lane, carrier: str, on: date) -> EstimateRequest:
    """What customs of the customer's country are asked, if it entered on this day."""
    return EstimateRequest(
        destination=lane.destination,
        dispatched_from=lane.origin,
        entry_on=on,
        purpose=purpose,
        lines=tuple(line_of(item) for item in way.items),
        region=file.plan.request.customer_region,
        channel=channel_of(carrier, on),
        consignee="consumer",
        freight=way.facts.freight,
        insurance=way.facts.insurance,
        history=_history(file, way, purpose),
        repair=_repair(file, way, purpose, on),
    )


def export_link(file: CaseFile, way: WayOut, purpose: str) -> ExportLink:
    """What the papers of this leg are linked to: for the customer's own piece, how it left their country on the way
    home; for another piece the sale alone."""
    sale, facts = file.plan.request.original_export.invoice_number, way.facts
    if purpose in REPLACEMENTS:
        return ExportLink(invoice_number=sale)
    home, order = home_leg(file), _order(file, way)
    return ExportLink(
        carrier=home.carrier if home else None,
        tracking_number=home.number if home else None,
        invoice_number=sale,
        exported_on=facts.exported_on or (home.ship_date if home else None),
        reference=facts.export_reference or (order.customs.export_reference if order else None),
        mode=facts.export_mode or (order.customs.export_mode if order else None),
        imported_on=facts.imported_on,
        duty_paid_on_import=facts.duty_paid_on_import,
        drawback_claimed=facts.drawback_claimed,
        vat_refunded=facts.vat_refunded,
    )


def home_leg(file: CaseFile) -> Leg | None:
    """The leg by which the piece came to us; None when it came by no carrier of ours."""
    return next((leg for leg in file.legs if leg.direction == "home"), None)


def work_of(file: CaseFile, way: WayOut) -> Work | None:
    """What the workshop did to what goes out; None where nothing was done."""
    return work_done(file, way.repair_n) if way.cause == "repaired" else None


def worked_on(file: CaseFile, n: int | None, on: date) -> tuple[Item, ...]:
    """The pieces of a repair as they go back: with their new weight, and worth what was paid for them and for the work
    that its owner paid. What was paid in another currency is left to the estimate."""
    repair = repair_facts(file, "out", on, n=n)
    if repair is None:
        return ()
    added = [one for one in (repair.charge, repair.parts) if one is not None]
    return tuple(_worth_more(item, added) for item in repaired_items(file, n))


def _worth_more(item: Item, added: list[Money]) -> Item:
    more = sum((one.amount for one in added if one.currency == item.price.currency), NOTHING)
    each = Money(item.price.amount + more / item.quantity, item.price.currency)
    return replace(item, price=each.rounded())


def _history(file: CaseFile, way: WayOut, purpose: str) -> History | None:
    """The earlier crossings of the customer's own piece; of another piece there are none."""
    if purpose in REPLACEMENTS:
        return None
    link, order = export_link(file, way, purpose), _order(file, way)
    return History(
        imported_on=link.imported_on,
        duty_paid_on_import=link.duty_paid_on_import,
        exported_on=link.exported_on,
        export_reference=link.reference,
        export_mode=link.mode,
        same_state=_same_state(order) if purpose == "unaltered_back" else None,
        importer_is_exporter=True,
        sold_to_consumer=True,
        drawback_claimed=link.drawback_claimed,
        vat_refunded=link.vat_refunded,
        return_reason=file.plan.request.reason,
        permit=order.customs.permit if order else None,
    )


def _same_state(order: RepairOrder | None) -> bool:
    """Whether we left the piece as it came: a repair that was begun and broken off may have changed it."""
    return order is None or not (order.metal_added_g or order.metal_removed_g)


def _repair(file: CaseFile, way: WayOut, purpose: str, on: date) -> Repair | None:
    """What was done, or that a guarantee gives another piece."""
    facts = way.facts
    if purpose == "warranty_replacement":
        currency = (worth_of(way.items) or file.case.money_at_risk).currency
        found: Repair | None = Repair(under_warranty=True, replaced=True, charge=Money(NOTHING, currency))
    else:
        found = repair_facts(file, "out", on, n=way.repair_n) if purpose == "repaired_back" else None
    if found is None:
        return None
    return replace(
        found,
        guarantee_proven=found.guarantee_proven if facts.guarantee_proven is None else facts.guarantee_proven,
        freight_in=facts.freight or found.freight_in,
        insurance=facts.insurance or found.insurance,
        authorisation=facts.authorisation or found.authorisation,
        back_in_time=found.back_in_time if facts.back_in_time is None else facts.back_in_time,
    )


def _order(file: CaseFile, way: WayOut) -> RepairOrder | None:
    """The repair that this way out is of; none is looked for where none was asked."""
    return repair_of(file, way.repair_n) if way.repair_n is not None else None
