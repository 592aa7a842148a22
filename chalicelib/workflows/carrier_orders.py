"""What a carrier is asked for a leg: the waybill with what customs must read, and the courier.

Home, the customer hands over and the facility receives; out, the other way round. The customs value is the price
paid, never nothing; value is declared to the carrier only when no policy covers the parcel. Nothing outside the
customs lines names the goods.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.carriers.contract import (
    GoodsLine,
    LocalHours,
    OrderNotAccepted,
    OriginalExport,
    Party,
    PickupOrder,
    Registration,
    WaybillOrder,
)
from chalicelib.carriers.goods_lines import fault
from chalicelib.clock import zone
from chalicelib.customs.declaration import customs_text, invoice_number
from chalicelib.customs.text_checks import customs_findings
from chalicelib.errors import InvalidRequestError, RuleNotInForce
from chalicelib.merchant import Facility, Merchant
from chalicelib.money import Money, money_from_json
from chalicelib.places import zone_of_place
from chalicelib.returns.case import Item, Person, PickupWish, Plan
from chalicelib.shipments.leg import Leg
from chalicelib.workdays import next_working_day
from chalicelib.workflows.customs_lines import line_of, tariff_codes, value_statement
from chalicelib.workflows.leg_plan import terms_for

DOOR_OPENS, DOOR_CLOSES = time(9, 0), time(17, 0)


def waybill_order(
    merchant: Merchant,
    plan: Plan,
    leg: Leg,
    person: Person,
    reference: str,
    now: datetime,
    *,
    rma: str,
    wish: PickupWish | None = None,
    pickup_arranged: bool = True,
) -> WaybillOrder:
    """The waybill of a leg, dated by the clock at the place where the parcel starts. ``wish`` is the day and hours of
    its courier where they are not those of the request; ``pickup_arranged``: a courier is to come at all."""
    ends = (of_person(person), of_facility(facility_of(merchant, leg.return_to)))
    shipper, recipient = ends if leg.direction == "home" else ends[::-1]
    cover = plan.answer["cover"]
    export = leg.original_export
    hours = hours_of(plan, shipper, now, wish)
    today, terms = _today(shipper, now), terms_for(plan, leg)
    return WaybillOrder(
        reference=reference,
        purpose=leg.purpose,  # type: ignore[arg-type]
        shipper=shipper,
        recipient=recipient,
        lines=_goods(plan, leg, today),
        parcel_weight_g=leg.gross_weight_g,
        ship_on=_handed_over_on(shipper, hours, now),
        service=leg.service,
        time_zone=_zone_of(shipper),
        declared_value=_declared(cover),
        policy_covers=cover["policy_no"] is not None,
        original_export=OriginalExport(
            export.tracking_number, export.exported_on, export.carrier, export.invoice_number, export.reference
        ),
        terms=terms,
        duties_paid_by="shipper" if terms == "DDP" else "recipient",
        invoice_number=invoice_number(rma, leg.n),
        invoice_date=today,
        statement=value_statement(plan.request.items, leg, today),
        rma=rma,
        hours=hours,
        pickup_arranged=pickup_arranged,
    )


def _handed_over_on(place: Party, hours: LocalHours, now: datetime) -> date:
    """The day of the courier; the next working day once his hours are over: no carrier takes a waybill dated back."""
    day = hours.close_at.date()
    if now.astimezone(zone(hours.time_zone)).replace(tzinfo=None) < hours.close_at:
        return day
    try:
        return next_working_day(place.country, day, place.state)
    except RuleNotInForce:
        return day + timedelta(days=1)


def pickup_order(
    merchant: Merchant,
    plan: Plan,
    leg: Leg,
    person: Person,
    reference: str,
    now: datetime,
    *,
    wish: PickupWish | None = None,
) -> PickupOrder:
    """The courier of a leg, by the local clock of the place where he rings; the hours wished, else shop hours."""
    home = leg.direction == "home"
    place = of_person(person) if home else of_facility(facility_of(merchant, leg.return_to))
    return PickupOrder(
        reference=reference,
        waybill=leg.number or "",
        place=place,
        hours=hours_of(plan, place, now, wish),
        weight_g=leg.gross_weight_g,
        destination_country=leg.lane.destination,
        service=leg.service,
        packages=leg.pieces,
    )


def hours_of(plan: Plan, place: Party, now: datetime, wish: PickupWish | None = None) -> LocalHours:
    """When the courier may ring, by the clock of the place."""
    wish = wish or plan.request.pickup
    day = ship_day(plan, place, now, wish)
    opens = time.fromisoformat(wish.ready_from) if wish else DOOR_OPENS
    closes = time.fromisoformat(wish.until) if wish else DOOR_CLOSES
    return LocalHours(datetime.combine(day, opens), datetime.combine(day, closes), _zone_of(place))


def _zone_of(place: Party) -> str:
    """The zone of a place; of one whose clocks we do not hold, UTC: the carrier is told a wall clock in any case."""
    try:
        return zone_of_place(place.country, place.state)
    except RuleNotInForce:
        return "UTC"


def ship_day(plan: Plan, place: Party, now: datetime, wish: PickupWish | None = None) -> date:
    """The day of the pickup that was wished, never one that has passed where the parcel starts."""
    wish = wish or plan.request.pickup
    today = _today(place, now)
    return max(wish.on, today) if wish else today


def _today(place: Party, now: datetime) -> date:
    """The day it is there."""
    try:
        return now.astimezone(zone(zone_of_place(place.country, place.state))).date()
    except RuleNotInForce:
        # Clocks we do not hold: our own day is at most one off, and the carrier takes tomorrow's label too.
        return now.date()


def facility_of(merchant: Merchant, facility_id: str) -> Facility:
    """The facility a leg goes to; raises ``InvalidRequestError`` when the merchant file no longer has it."""
    facility = merchant.facility_called(facility_id)
    if facility is None:
        raise InvalidRequestError(f"the merchant file has no facility {facility_id}")
    return facility


def of_person(person: Person) -> Party:
    """The customer as the carrier needs them."""
    address = person.address
    return Party(
        name=person.name,
        phone=person.phone,
        email=person.email,
        street=address.lines,
        city=address.city,
        state=address.region,
        postal_code=address.postal_code,
        country=address.country,
        residential=True,
    )


def of_facility(facility: Facility) -> Party:
    """A place of the merchant's."""
    return Party(
        name=facility.contact,
        company=facility.company,
        phone=facility.phone,
        email=facility.email,
        street=facility.lines,
        city=facility.city,
        state=facility.region,
        postal_code=facility.postal_code,
        country=facility.country,
        registrations=tuple(Registration(one.kind, one.number, one.issued_by) for one in facility.registrations),
    )


def _goods(plan: Plan, leg: Leg, on: date) -> tuple[GoodsLine, ...]:
    """The customs lines as the invoice has them."""
    items = plan.request.items
    codes = tariff_codes(items, plan.answer["estimate"]["lines"], leg, on)
    lines = tuple(_goods_line(item, code) for item, code in zip(items, codes, strict=True))
    refuse_vague(lines, items)
    return lines


def refuse_vague(lines: Sequence[GoodsLine], items: Sequence[Item]) -> None:
    """Raises ``OrderNotAccepted`` for a description that customs would not take: a vague text leaves with nobody."""
    faults = [
        fault(f"lines[{at}].description", finding.code, str(finding))
        for at, (line, item) in enumerate(zip(lines, items, strict=True))
        for finding in customs_findings(line.description, line_of(item))
    ]
    if faults:
        raise OrderNotAccepted("customs would not take the goods as they are described", faults)


def _goods_line(item: Item, hs_code: str | None) -> GoodsLine:
    line = line_of(item)
    return GoodsLine(
        description=customs_text(line),
        hs_code=hs_code or "",
        made_in=item.origin or "",
        quantity=item.quantity,
        weight_g=item.gross_weight_g * item.quantity,
        value=line.value.rounded(),
    )


def _declared(cover: dict[str, Any]) -> Money | None:
    declared = money_from_json(cover["carrier_declared_value"])
    return declared if declared.amount else None
