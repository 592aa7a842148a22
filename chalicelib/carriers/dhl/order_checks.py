"""What DHL would refuse, found before it is asked: each fault names its field and what to do; no value is repeated.

Limits, codes and vague words are rows of ``rules/dhl_purposes.toml`` (MyDHL OpenAPI 3.1.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from operator import attrgetter

from chalicelib.carriers.contract import (
    GoodsLine,
    LocalHours,
    OrderNotAccepted,
    OriginalExport,
    Party,
    PickupOrder,
    WaybillOrder,
)
from chalicelib.carriers.dhl.wording import limits, rules, street_lines
from chalicelib.carriers.goods_lines import customs_value, digits_before_the_point, fault, is_country, wording_faults
from chalicelib.clock import zone
from chalicelib.errors import FieldFault
from chalicelib.money import Money, decimals_of, round_to
from chalicelib.places import territory_of

_EXPORT_TEXTS = ("waybill", "carrier", "invoice_number", "reference")


def checked(order: WaybillOrder) -> None:
    """Return if DHL can take the order; else raise ``OrderNotAccepted`` with every fault at once."""
    faults = [
        *_code_faults(order),
        *_text_faults("reference", order.reference, limits()["reference"], ascii_only=True),
        *party_faults("shipper", order.shipper),
        *party_faults("recipient", order.recipient),
        *_line_faults(order),
        *_parcel_faults(order),
        *_declared_faults(order),
        *_paper_faults(order),
    ]
    if faults:
        raise OrderNotAccepted("DHL cannot take this order as it is", faults)


def checked_pickup(order: PickupOrder) -> None:
    """The same for a pickup. That its day is not past and at most ten days ahead is for who knows the day."""
    longest = limits()["instruction"] * limits()["instructions"]
    faults = [
        *_service_faults(order.service),
        *_text_faults("reference", order.reference, limits()["reference"], ascii_only=True),
        *party_faults("place", order.place),
        *_hours_faults(order.hours),
    ]
    if len(order.remarks) > longest or not order.remarks.isprintable():
        faults.append(fault("remarks", "too_long", f"at most {longest} printable characters"))
    if order.weight_g <= 0:
        faults.append(fault("weight_g", "not_positive", "a weight above zero"))
    if not 1 <= order.packages <= limits()["packages"]:
        faults.append(fault("packages", "count", f"1 to {limits()['packages']} packages"))
    if not is_country(order.destination_country):
        faults.append(fault("destination_country", "format", "two capital letters (ISO 3166-1)"))
    if faults:
        raise OrderNotAccepted("DHL cannot take this pickup as it is", faults)


def party_faults(field: str, party: Party) -> Iterator[FieldFault]:
    """What is wrong with a contact and address."""
    most, lines = limits(), street_lines(party.street)
    wanted = {"name": (party.name, "name"), "phone": (party.phone, "phone"), "city": (party.city, "city")}
    wanted |= {f"street[{at}]": (line, "street_line") for at, line in enumerate(lines)}
    optional = {
        "company": (party.company, "company"),
        "email": (party.email, "email"),
        "state": (party.state, "province"),
    }
    wanted |= {name: (text, limit) for name, (text, limit) in optional.items() if text is not None}
    for name, (text, limit) in wanted.items():
        yield from _text_faults(f"{field}.{name}", text, most[limit])
    if not 1 <= len(lines) <= most["street_lines"]:
        yield fault(f"{field}.street", "lines", f"1 to {most['street_lines']} lines of {most['street_line']}")
    if not is_country(party.country):
        yield fault(f"{field}.country", "format", "two capital letters (ISO 3166-1)")
    if party.postal_code:
        yield from _text_faults(f"{field}.postal_code", party.postal_code, most["postal_code"])
    elif party.country not in rules()["no_postcode"]["countries"]:
        yield fault(f"{field}.postal_code", "required", "the postcode of the place")
    yield from _registration_faults(field, party)


def unit_price(line: GoodsLine) -> Money:
    """The price of one piece, to the currency's own decimals."""
    each = line.value.amount / Decimal(line.quantity)
    return Money(round_to(each, decimals_of(line.value.currency)), line.value.currency)


def crosses_customs(order: WaybillOrder) -> bool:
    """Whether the parcel leaves a customs territory: inside one (FR to DE) there is nothing to declare."""
    return territory_of(order.shipper.country) != territory_of(order.recipient.country)


def _registration_faults(field: str, party: Party) -> Iterator[FieldFault]:
    most = limits()
    if len(party.registrations) > most["registrations"]:
        yield fault(f"{field}.registrations", "count", f"at most {most['registrations']}")
    for at, registration in enumerate(party.registrations):
        where = f"{field}.registrations[{at}]"
        if registration.kind not in rules()["registrations"]:
            yield fault(f"{where}.kind", "not_offered", "DHL has no code for this kind of number")
        yield from _text_faults(f"{where}.number", registration.number, most["registration"])
        if not is_country(registration.issued_by):
            yield fault(f"{where}.issued_by", "format", "two capital letters (ISO 3166-1)")


def _code_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    if order.purpose not in rules()["purposes"]:
        yield fault("purpose", "not_offered", "DHL has no value for this purpose")
    yield from _service_faults(order.service)
    if order.terms not in limits()["incoterms"]:
        yield fault("terms", "not_offered", "an Incoterms code that DHL takes")
    elif (order.terms == "DDP") != (order.duties_paid_by == "shipper"):
        yield fault("terms", "contradicts", "DDP when, and only when, the shipper pays the duties")
    yield from _zone_faults("time_zone", order.time_zone)


def _service_faults(service: str) -> Iterator[FieldFault]:
    if service not in rules()["services"]:
        yield fault("service", "not_offered", f"one of {', '.join(sorted(rules()['services']))}")


def _zone_faults(field: str, name: str) -> Iterator[FieldFault]:
    try:
        zone(name)
    except ValueError:
        yield fault(field, "unknown", "an IANA time zone")


def _hours_faults(hours: LocalHours) -> Iterator[FieldFault]:
    shortest = timedelta(minutes=rules()["pickup"]["min_window_minutes"])
    yield from _zone_faults("hours.time_zone", hours.time_zone)
    if hours.ready_at.tzinfo is not None or hours.close_at.tzinfo is not None:
        yield fault("hours.ready_at", "zoned", "wall clock at the pickup place, without zone")
    elif not hours.ready_at < hours.close_at or hours.ready_at.date() != hours.close_at.date():
        yield fault("hours.close_at", "before_ready", "close after ready, on the same day")
    elif hours.close_at - hours.ready_at < shortest:
        yield fault("hours.close_at", "too_short", f"at least {shortest.seconds // 60} minutes after ready")


def _line_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    most = limits()
    if not 1 <= len(order.lines) <= most["line_items"]:
        yield fault("lines", "count", f"1 to {most['line_items']} lines")
        return
    for at, line in enumerate(order.lines):
        yield from _goods_faults(f"lines[{at}]", line)
        yield from _amount_faults(f"lines[{at}]", line)
    if len({line.value.currency for line in order.lines}) > 1:
        yield fault("lines.value", "currencies", "one currency for all lines")
    elif digits_before_the_point(customs_value(order)) > most["amount_digits"]:
        yield fault("lines.value", "too_many_digits", f"at most {most['amount_digits']} digits in all")


def _goods_faults(field: str, line: GoodsLine) -> Iterator[FieldFault]:
    yield from _text_faults(f"{field}.description", line.description, limits()["line_description"])
    yield from wording_faults(field, line, rules()["vague_descriptions"]["whole"])


def _amount_faults(field: str, line: GoodsLine) -> Iterator[FieldFault]:
    if line.quantity < 1 or line.weight_g <= 0 or line.value.amount <= 0:
        yield fault(field, "not_positive", "quantity, weight and value above zero")
    elif line.value.rounded() != line.value:
        yield fault(f"{field}.value", "decimals", "no more decimals than the currency has")
    elif digits_before_the_point(line.value) > limits()["amount_digits"]:
        yield fault(f"{field}.value", "too_many_digits", f"at most {limits()['amount_digits']} digits")


def _parcel_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    if order.parcel_weight_g <= 0:
        yield fault("parcel_weight_g", "not_positive", "a weight above zero")
    elif sum(line.weight_g for line in order.lines) > order.parcel_weight_g:
        yield fault("parcel_weight_g", "below_contents", "a parcel weighs no less than its contents")
    if order.dimensions_cm is not None and min(order.dimensions_cm) < 1:
        yield fault("dimensions_cm", "not_positive", "length, width and height of 1 cm or more")


def _declared_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    """A value declared for carriage may not be above what customs are told."""
    declared = order.declared_value
    if declared is None or order.policy_covers or not order.lines:
        return
    if {line.value.currency for line in order.lines} != {declared.currency}:
        yield fault("declared_value", "currency", "in the currency of the customs value")
    elif customs_value(order) < declared:
        yield fault("declared_value", "above_customs_value", "at most the customs value")
    elif declared.rounded() != declared:
        yield fault("declared_value", "decimals", "no more decimals than the currency has")


def _paper_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    """The invoice and what links this parcel to the export that first took the goods out."""
    if order.invoice_number is not None:
        yield from _text_faults("invoice_number", order.invoice_number, limits()["invoice_number"])
    elif crosses_customs(order):
        yield fault("invoice_number", "required", "the number of the invoice that goes with this parcel")
    if order.rma is not None:
        yield from _text_faults("rma", order.rma, limits()["reference"], ascii_only=True)
    export = order.original_export or OriginalExport()
    for name in _EXPORT_TEXTS:
        text = attrgetter(name)(export)
        if text is not None:
            yield from _text_faults(f"original_export.{name}", text, limits()["reference"])


def _text_faults(field: str, text: str, longest: int, *, ascii_only: bool = False) -> Iterator[FieldFault]:
    if (
        not 0 < len(text) <= longest
        or not text.isprintable()
        or not text.strip()
        or (ascii_only and not text.isascii())
    ):
        yield fault(field, "length", f"1 to {longest} {'ASCII' if ascii_only else 'printable'} characters")
