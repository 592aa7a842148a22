"""A way out in the words of a customs estimate: the pieces as they go, how they once left the customer's country, and
what was done to them.

The customer imports: the piece is theirs, and the relief for what comes back needs the importer to be who sent it away.
What nobody has said stays unknown, and the relief that needs it stays unproven.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from chalicelib.customs.facts import EstimateRequest, History, Repair
from chalicelib.customs.papers.facts import Work
from chalicelib.money import Money, total
from chalicelib.places import Lane
from chalicelib.returns.case import worth_of
from chalicelib.returns.repair import Quote, QuoteLine, RepairOrder
from chalicelib.returns.way_out import WayOut
from chalicelib.shipments.leg import ExportLink, Leg
from chalicelib.workflows.customs_lines import channel_of, line_of
from chalicelib.workflows.ports import CaseFile

# Another piece than the one that left: nothing of that one's crossings is its own.
REPLACEMENTS = frozenset({"exchange_replacement", "warranty_replacement"})
# Lines of a quote that are no work on the piece, and those that became part of it.
CARRIED = ("freight", "insurance", "duty", "tax")
PUT_IN = ("metal", "stone", "part")


def out_estimate(file: CaseFile, way: WayOut, *, purpose: str, lane: Lane, carrier: str, on: date) -> EstimateRequest:
    """What customs of the customer's country are asked, if it entered on this day."""
    request = file.plan.request
    return EstimateRequest(
        destination=lane.destination,
        dispatched_from=lane.origin,
        entry_on=on,
        purpose=purpose,
        lines=tuple(line_of(item) for item in way.items),
        region=request.customer_region,
        channel=channel_of(carrier, on),
        consignee="consumer",
        freight=way.facts.freight,
        insurance=way.facts.insurance,
        history=_history(file, way, purpose),
        repair=_repair(file, way, purpose),
    )


def export_link(file: CaseFile, way: WayOut, purpose: str) -> ExportLink:
    """What the papers of this leg are linked to: for the customer's own piece, how it left their country on the way
    home; for another piece the sale alone."""
    sale = file.plan.request.original_export.invoice_number
    if purpose in REPLACEMENTS:
        return ExportLink(invoice_number=sale)
    home, facts, chosen = home_leg(file), way.facts, repair_order(file, way.repair_n)
    declared = chosen.customs.export_reference if chosen else None
    mode = chosen.customs.export_mode if chosen else None
    return ExportLink(
        carrier=home.carrier if home else None,
        tracking_number=home.number if home else None,
        invoice_number=sale,
        exported_on=facts.exported_on or (home.ship_date if home else None),
        reference=facts.export_reference or declared,
        mode=facts.export_mode or mode,
        imported_on=facts.imported_on,
        duty_paid_on_import=facts.duty_paid_on_import,
        drawback_claimed=facts.drawback_claimed,
        vat_refunded=facts.vat_refunded,
    )


def home_leg(file: CaseFile) -> Leg | None:
    """The leg by which the piece came to us; None when it came by no carrier of ours."""
    return next((leg for leg in file.legs if leg.direction == "home"), None)


def repair_order(file: CaseFile, n: int | None) -> RepairOrder | None:
    """The repair of this number."""
    return next((one for one in file.parts.of(RepairOrder) if one.n == n), None)


def work_of(file: CaseFile, n: int | None) -> Work | None:
    """What the workshop did, as far as it was reported."""
    order = repair_order(file, n)
    if order is None:
        return None
    items = file.plan.request.items
    lines = [one.line for one in order.operations if 0 <= one.line < len(items)]
    of = items[lines[0]] if lines else None
    added = order.metal_added_g if order.metal_added_g else None
    return Work(
        done="; ".join(dict.fromkeys(one.code.replace("_", " ") for one in order.operations)) or None,
        order_number=f"{file.case.rma}-R{order.n}",
        received_on=order.take_in.at.date() if order.take_in else None,
        finished_on=order.finished_at.date() if order.finished_at else None,
        metal_added=of.metal if of and added else None,
        fineness_added=of.fineness if of and added else None,
        grams_added=added,
    )


def repair_cost(file: CaseFile, n: int | None) -> Money | None:
    """What the customer pays for the work and what was put in, which the piece is worth more; None where nothing is
    paid, or not all of it is known in one currency."""
    done = _work_lines(file, n)
    amounts = [line.amount for line in done if line.amount is not None]
    if not done or len(amounts) < len(done) or len({one.currency for one in amounts}) != 1:
        return None
    return total(amounts, amounts[0].currency)


def _history(file: CaseFile, way: WayOut, purpose: str) -> History | None:
    """The earlier crossings of the customer's own piece; of another piece there are none."""
    if purpose in REPLACEMENTS:
        return None
    link = export_link(file, way, purpose)
    return History(
        imported_on=link.imported_on,
        duty_paid_on_import=link.duty_paid_on_import,
        exported_on=link.exported_on,
        export_reference=link.reference,
        export_mode=link.mode,
        same_state=_same_state(file, way) if purpose == "unaltered_back" else None,
        importer_is_exporter=True,
        drawback_claimed=link.drawback_claimed,
        vat_refunded=link.vat_refunded,
        return_reason=file.plan.request.reason,
    )


def _same_state(file: CaseFile, way: WayOut) -> bool:
    """Whether we left the piece as it came: a repair that was begun and broken off may have changed it."""
    order = repair_order(file, way.repair_n)
    touched = (order.metal_added_g, order.metal_removed_g) if order else ()
    return not any(grams for grams in touched)


def _repair(file: CaseFile, way: WayOut, purpose: str) -> Repair | None:
    """What was done, or that a guarantee gives another piece."""
    facts, currency = way.facts, (worth_of(way.items) or file.case.money_at_risk).currency
    if purpose == "warranty_replacement":
        return Repair(
            under_warranty=True,
            guarantee_proven=facts.guarantee_proven,
            replaced=True,
            charge=Money(Decimal(0), currency),
            authorisation=facts.authorisation,
            back_in_time=facts.back_in_time,
        )
    order = repair_order(file, way.repair_n)
    if purpose != "repaired_back" or order is None:
        return None
    chosen, free = order.customs, order.under_warranty is True and not _work_lines(file, order.n)
    back = _in_time(way, order)
    return Repair(
        under_warranty=order.under_warranty,
        guarantee_proven=chosen.guarantee_proven if facts.guarantee_proven is None else facts.guarantee_proven,
        replaced=False,
        charge=Money(Decimal(0), currency) if free else _sum_of(_charged(file, order.n)),
        parts=Money(Decimal(0), currency) if free else _sum_of(_put_in(file, order.n), currency),
        fair_value=chosen.fair_value,
        freight_out=chosen.freight_out,
        freight_in=facts.freight,
        insurance=facts.insurance or chosen.insurance,
        authorisation=facts.authorisation or chosen.authorisation,
        back_in_time=back,
    )


def _in_time(way: WayOut, order: RepairOrder) -> bool | None:
    """Whether it is back within the period of its permit: as somebody said, else by the last day that is known."""
    if way.facts.back_in_time is not None or order.customs.back_by is None:
        return way.facts.back_in_time
    return way.asked_at.date() <= order.customs.back_by


def _work_lines(file: CaseFile, n: int | None) -> list[QuoteLine]:
    """The lines of the quote that was approved which are work, or became part of the piece."""
    approved = (one for one in file.parts.of(Quote) if (one.repair_n, one.state) == (n, "approved"))
    quote = next(approved, None)
    lines = quote.lines if quote else ()
    return [one for one in lines if one.paid_to == "merchant" and not one.code.startswith(CARRIED)]


def _charged(file: CaseFile, n: int) -> list[QuoteLine]:
    return [one for one in _work_lines(file, n) if not one.code.startswith(PUT_IN)]


def _put_in(file: CaseFile, n: int) -> list[QuoteLine]:
    return [one for one in _work_lines(file, n) if one.code.startswith(PUT_IN)]


def _sum_of(lines: list[QuoteLine], none_in: str | None = None) -> Money | None:
    """The sum of these lines; None while one is unknown. No line at all is nothing, in the currency ``none_in``."""
    amounts = [one.amount for one in lines if one.amount is not None]
    if len(amounts) < len(lines) or len({one.currency for one in amounts}) > 1:
        return None
    if not amounts:
        return Money(Decimal(0), none_in) if none_in else None
    return total(amounts, amounts[0].currency)
