"""What customs are told of a repair: its value, the warranty, the relief that was chosen before the piece left.

``repair_facts(file, direction, on)`` and ``work_done(file)`` are what the papers and estimates of a leg with the
purpose ``repair_out``, ``warranty_repair_out`` or ``repaired_back`` take for ``PaperFacts.repair`` and ``.work``;
``history_back(file, order)`` is the ``history`` of the way back, ``repaired_items(file)`` the pieces with their new
weight; ``repair_of(file, n)`` finds the order.
All are pure: nothing is read, nothing is guessed, what nobody has said is None.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from chalicelib.customs.facts import EstimateRequest, History, Line, Repair
from chalicelib.customs.papers.facts import Work
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.returns.case import Item
from chalicelib.returns.quotes import cost_of
from chalicelib.returns.repair import Quote, QuoteLine, RepairOrder
from chalicelib.returns.repair_orders import is_free, newest
from chalicelib.shipments.leg import Direction
from chalicelib.workflows.customs_lines import channel_of, line_of
from chalicelib.workflows.ports import CaseFile


def repair_facts(
    file: CaseFile, direction: Direction, on: date, *, n: int | None = None, freight_in: Money | None = None
) -> Repair | None:
    """The repair as an entry of this day sees it: on the way to the workshop only what was chosen for it; on the way
    back also what it cost. None where the case has no repair. ``freight_in`` is the carriage of the way back."""
    order = repair_of(file, n)
    if order is None:
        return None
    if direction == "home":
        return _chosen(order, on)
    lines = agreed_lines(file, order)
    return facts_with(order, lines, file.plan.request.items[order.line - 1].price.currency, on, freight_in)


def facts_with(
    order: RepairOrder, lines: tuple[QuoteLine, ...], currency: str, on: date, freight_in: Money | None
) -> Repair:
    """The same with these lines of a quote, agreed on or not. Free work costs nothing and has a fair value instead."""
    freight_in = freight_in or next((one.amount for one in lines if one.code == "freight_back"), None)
    charge, parts = cost_of(lines, currency) if lines else (None, None)
    if is_free(order):
        charge, parts = Money(Decimal(0), currency), parts or Money(Decimal(0), currency)
    known = _chosen(order, on)
    return replace(
        known, replaced=False, charge=charge, parts=parts, fair_value=order.customs.fair_value,
        freight_out=order.customs.freight_out, freight_in=freight_in, insurance=order.customs.insurance,
    )  # fmt: skip


def history_back(file: CaseFile, order: RepairOrder) -> History:
    """The piece's earlier crossings as its way back sees them: it left its owner's country on the leg home, under what
    was chosen for it then. Who sent it is who gets it again."""
    left = next((leg.ship_date for leg in file.legs if leg.direction == "home" and leg.ship_date), None)
    chosen = order.customs
    return History(
        exported_on=left,
        export_reference=chosen.export_reference,
        export_mode=chosen.export_mode,
        importer_is_exporter=True,
        sold_to_consumer=True,
        return_reason="repair",
        permit=chosen.permit,
    )


def work_done(file: CaseFile, n: int | None = None) -> Work | None:
    """What the workshop did, as its statement says it; None where the case has no repair."""
    order = repair_of(file, n)
    if order is None:
        return None
    item = file.plan.request.items[order.line - 1]
    added = order.metal_added_g
    return Work(
        done=", ".join(_in_words(one.code, one.facts) for one in order.operations),
        order_number=f"{file.case.rma}/{order.n}",
        received_on=order.take_in.at.date() if order.take_in else None,
        finished_on=order.finished_at.date() if order.finished_at and order.state == "done" else None,
        metal_added=item.metal if added else None,
        fineness_added=item.fineness if added else None,
        grams_added=added,
    )


def repaired_items(file: CaseFile, n: int | None = None) -> tuple[Item, ...]:
    """The line of a repair as it goes back: with the weight it was found to have after the work. What was not weighed
    keeps the weight it was sold with."""
    order = repair_of(file, n)
    return (as_repaired(file, order),) if order else ()


def as_repaired(file: CaseFile, order: RepairOrder) -> Item:
    """The line of this repair with its new weight."""
    item = file.plan.request.items[order.line - 1]
    gross = order.gross_after_g or (order.take_in.gross_g if order.take_in else None)
    if gross is None:
        return item
    each, other = gross / item.quantity, item.gross_weight_g - item.net_weight_g
    return replace(item, gross_weight_g=each, net_weight_g=max(each - other, Decimal(0)))


def back_request(
    file: CaseFile, order: RepairOrder, lines: tuple[QuoteLine, ...], lane: Lane, on: date, freight: Money | None
) -> EstimateRequest:
    """What customs of the owner's country are asked about the repaired piece: its whole worth, the repair included, and
    what was done for how much."""
    request = file.plan.request
    currency = request.items[order.line - 1].price.currency
    found = facts_with(order, lines, currency, on, freight)
    return EstimateRequest(
        destination=lane.destination,
        dispatched_from=lane.origin,
        entry_on=on,
        purpose="repaired_back",
        lines=(_line(as_repaired(file, order), found),),
        region=request.customer_region,
        channel=channel_of(carrier_of(file), on),
        consignee="consumer",
        freight=freight,
        insurance=order.customs.insurance,
        history=history_back(file, order),
        repair=found,
    )


def agreed_lines(file: CaseFile, order: RepairOrder) -> tuple[QuoteLine, ...]:
    """The lines of the quote that was agreed on, else of the newest one that stands; none where there is none."""
    quotes = [one for one in file.parts.of(Quote) if one.repair_n == order.n]
    agreed = next((one for one in quotes if one.part_id == order.consent), None)
    stands = [one for one in quotes if one.state in ("offered", "approved")]
    chosen = agreed or max(stands, key=lambda one: one.version, default=None)
    return chosen.lines if chosen else ()


def repair_of(file: CaseFile, n: int | None = None) -> RepairOrder | None:
    """A repair of the case by its number, else its last one that was not called off."""
    orders = [one for one in file.parts.of(RepairOrder) if one.state != "withdrawn" or one.n == n]
    return next((one for one in orders if one.n == n), None) if n else newest(orders)


def carrier_of(file: CaseFile) -> str:
    """Who carries it: whoever brings it home, else the best of those that were asked when the return was opened."""
    homeward = (leg.carrier for leg in file.legs if leg.direction == "home")
    return str(next(homeward, file.plan.answer["routes"][0]["carrier"]))


def _chosen(order: RepairOrder, on: date) -> Repair:
    chosen = order.customs
    return Repair(
        under_warranty=order.under_warranty if order.under_warranty is None else is_free(order),
        guarantee_proven=chosen.guarantee_proven,
        authorisation=chosen.authorisation,
        back_in_time=on <= chosen.back_by if chosen.back_by else None,
    )


def _line(item: Item, repair: Repair) -> Line:
    """The piece as it crosses: what was paid for it, and what the repair added."""
    worth = item.worth
    added = [one for one in (repair.charge, repair.parts) if one is not None and one.currency == worth.currency]
    return replace(line_of(item), value=sum(added, worth))


def _in_words(code: str, facts: dict[str, str]) -> str:
    told = ", ".join(f"{name} {value}" for name, value in facts.items() if name not in ("beyond_warranty", "cut_metal"))
    return f"{code.replace('_', ' ')} ({told})" if told else code.replace("_", " ")
