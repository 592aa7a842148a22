"""What FedEx would refuse, found before it is asked: each fault names its field and what to do.

Limits and vague words are rows of ``rules/fedex_purposes.toml`` (Ship API v1, Pickup API v1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from textwrap import wrap
from typing import Any

from chalicelib.carriers.contract import (
    GoodsLine,
    LocalHours,
    OrderNotAccepted,
    Party,
    PickupOrder,
    PickupQuestion,
    WaybillOrder,
)
from chalicelib.carriers.goods_lines import customs_value, digits_before_the_point, fault, is_country, wording_faults
from chalicelib.carriers.small_exports import is_small
from chalicelib.errors import FieldFault
from chalicelib.money import Money, decimals_of, round_to
from chalicelib.places import territory_of
from chalicelib.rulebook import dictionary


def checked(order: WaybillOrder) -> None:
    """Return if FedEx can take the order; else raise ``OrderNotAccepted`` with every fault at once."""
    faults = [
        *_value_faults(order),
        *_reference_faults(order),
        *party_faults("shipper", order.shipper),
        *party_faults("recipient", order.recipient),
        *_line_faults(order),
        *_declared_faults(order),
        *_export_faults(order),
    ]
    if faults:
        raise OrderNotAccepted("FedEx cannot take this order as it is", faults)


def checked_pickup(order: PickupOrder) -> None:
    """The same for a pickup."""
    faults = [*_word_faults("reference", order.reference, "reference"), *party_faults("place", order.place)]
    faults += _hours_faults(order.hours)
    if len(order.remarks) > limits()["remarks"] or not order.remarks.isprintable():
        faults.append(fault("remarks", "too_long", f"at most {limits()['remarks']} printable characters"))
    if order.weight_g <= 0 or order.packages < 1:
        faults.append(fault("weight_g", "not_positive", "weight and packages above zero"))
    if faults:
        raise OrderNotAccepted("FedEx cannot take this pickup as it is", faults)


def checked_question(question: PickupQuestion) -> None:
    """The same for a question about pickup days."""
    faults = list(_hours_faults(question.hours))
    if not question.postal_code:
        faults.append(fault("postal_code", "required", "FedEx answers by postal code"))
    if question.service not in rules()["services"]:
        faults.append(fault("service", "not_offered", "no FedEx service is known by this name"))
    if question.weight_g <= 0:
        faults.append(fault("weight_g", "not_positive", "a weight above zero"))
    if faults:
        raise OrderNotAccepted("FedEx cannot answer this question as it is", faults)


def party_faults(field: str, party: Party) -> Iterator[FieldFault]:
    """What is wrong with a contact and address; the values themselves are never repeated."""
    most, lines = limits(), street_lines(party.street)
    texts = {
        "name": (party.name, most["person_name"]),
        "phone": (phone_digits(party.phone), most["phone"]),
        "city": (party.city, most["city"]),
        **{f"street[{at}]": (line, most["street_line"]) for at, line in enumerate(lines)},
    }
    for name, kept in (("postal_code", party.postal_code), ("email", party.email)):
        if kept is not None:
            texts[name] = (kept, most[name])
    for name, (text, longest) in texts.items():
        if not 0 < len(text) <= longest or not text.isprintable():
            yield fault(f"{field}.{name}", "length", f"1 to {longest} printable characters")
    if party.company is not None and len(party.company) > most["company_name"]:
        yield fault(f"{field}.company", "length", f"at most {most['company_name']} characters")
    if not 1 <= len(lines) <= most["street_lines"]:
        yield fault(f"{field}.street", "lines", f"1 to {most['street_lines']} lines")
    if party.country in most["state_needed_in"] and not party.state:
        yield fault(f"{field}.state", "required", "the two-letter code of the state or province")
    if not is_country(party.country):
        yield fault(f"{field}.country", "format", "two capital letters (ISO 3166-1)")
    yield from _registration_faults(field, party)


def unit_price(line: GoodsLine) -> Money:
    """The price of one piece, to the currency's own decimals."""
    each = line.value.amount / Decimal(line.quantity)
    return Money(round_to(each, decimals_of(line.value.currency)), line.value.currency)


def street_lines(street: tuple[str, ...]) -> list[str]:
    """The address as FedEx prints it: broken anew, between words, where a line is too long for a label."""
    longest: int = limits()["street_line"]
    if all(len(line) <= longest for line in street):
        return [line for line in street if line]
    return wrap(" ".join(street), longest, break_long_words=False)


def phone_digits(phone: str) -> str:
    """The telephone number without what people write between digits.

    >>> phone_digits("+33 1 55-55.02 02")
    '+33155550202'
    """
    return "".join(sign for sign in phone if sign not in " -.()/\u00a0")


def purpose_row(purpose: str) -> Mapping[str, Any]:
    """FedEx's words for a purpose; KeyError when FedEx has none."""
    row: Mapping[str, Any] = rules()["purposes"][purpose]
    return row


def service_type(service: str) -> str:
    """FedEx's name for a service of the merchant's contract; KeyError when no row has it."""
    name: str = rules()["services"][service]["service_type"]
    return name


def link_to_export(order: WaybillOrder) -> str:
    """One sentence that ties the goods to the shipment which first took them out; empty when nothing is known of it.

    The number of the export declaration is said here and nowhere else: FedEx's ``exportComplianceStatement`` is for
    the export that this waybill makes, and a number that declared an earlier one would be false there.
    """
    export = order.original_export
    if export is None:
        return ""
    parts = {
        "": export.shipped_on and export.shipped_on.isoformat(),
        "by ": export.carrier,
        "under waybill ": export.waybill,
        "invoice ": export.invoice_number,
        "export declaration ": export.reference,
    }
    said = [f"{words}{value}" for words, value in parts.items() if value]
    return f"Exported {' '.join(said)}" if said else ""


def export_statement(order: WaybillOrder) -> Mapping[str, str] | None:
    """What FedEx must be told of the export itself, where the rules of the country let our figures tell it."""
    row = rules()["exports"].get(order.shipper.country)
    if row is None or order.recipient.country in row["not_to"] or not is_small(order, row):
        return None
    said: Mapping[str, str] = row["said"]
    return said


def crosses_customs(order: WaybillOrder) -> bool:
    """Whether the parcel leaves a customs territory: inside one (FR to DE) there is nothing to declare."""
    return territory_of(order.shipper.country) != territory_of(order.recipient.country)


def limits() -> Mapping[str, Any]:
    """FedEx's longest values."""
    found: Mapping[str, Any] = rules()["limits"]
    return found


def rules() -> Mapping[str, Any]:
    """Everything we know of FedEx's order forms."""
    return dictionary("carriers", "fedex_purposes")


def _value_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    if order.purpose not in rules()["purposes"]:
        yield fault("purpose", "not_offered", "FedEx has no value for this purpose")
    if order.service not in rules()["services"]:
        yield fault("service", "not_offered", "no FedEx service is known by this name")
    if len(order.terms) != limits()["terms"] or not order.terms.isalpha():
        yield fault("terms", "format", "an Incoterm of three letters")
    longest = limits()["dimension_cm"]
    if order.dimensions_cm is not None and not all(0 < side <= longest for side in order.dimensions_cm):
        yield fault("dimensions_cm", "range", f"1 to {longest} whole centimetres")


def _registration_faults(field: str, party: Party) -> Iterator[FieldFault]:
    """A number FedEx has no type for is refused rather than left out: customs would not know the party."""
    for at, one in enumerate(party.registrations):
        if one.kind not in rules()["registrations"]:
            yield fault(f"{field}.registrations[{at}].kind", "not_offered", "FedEx has no type for this number")
        yield from _word_faults(f"{field}.registrations[{at}].number", one.number, "tax_number")


def _reference_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    yield from _word_faults("reference", order.reference, "reference")
    if order.invoice_number is not None:
        yield from _word_faults("invoice_number", order.invoice_number, "invoice_number")
    if order.rma is not None:
        yield from _word_faults("rma", order.rma, "rma")
    link = link_to_export(order)
    if len(link) > limits()["comment"] or not link.isprintable():
        yield fault("original_export", "length", f"at most {limits()['comment']} printable characters in all")


def _word_faults(field: str, word: str, limit: str) -> Iterator[FieldFault]:
    longest = limits()[limit]
    if not 0 < len(word) <= longest or not word.isascii() or not word.isprintable():
        yield fault(field, "length", f"1 to {longest} ASCII characters")


def _hours_faults(hours: LocalHours) -> Iterator[FieldFault]:
    if hours.ready_at.tzinfo is not None or hours.close_at.tzinfo is not None:
        yield fault("hours.ready_at", "zoned", "local wall clock at the pickup place, without zone")
    elif not hours.ready_at < hours.close_at or hours.ready_at.date() != hours.close_at.date():
        yield fault("hours.close_at", "before_ready", "close after ready, on the same day")


def _export_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    """FedEx asks for a filing option that only an export declaration gives, above a value: a person's work."""
    row = rules()["exports"].get(order.shipper.country)
    if row is None or not row["required"] or order.recipient.country in row["not_to"]:
        return
    if order.lines and not is_small(order, row):
        yield fault("lines.value", "export_declaration_needed", row["needs"])


def _line_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    if not 1 <= len(order.lines) <= limits()["commodities"]:
        yield fault("lines", "count", f"1 to {limits()['commodities']} lines")
        return
    for at, line in enumerate(order.lines):
        yield from _text_faults(f"lines[{at}]", line)
        yield from _amount_faults(f"lines[{at}]", line)
    if len({line.value.currency for line in order.lines}) > 1:
        yield fault("lines.value", "currencies", "one currency for all lines")
    elif digits_before_the_point(customs_value(order)) > limits()["customs_value_digits"]:
        yield fault("lines.value", "too_many_digits", f"at most {limits()['customs_value_digits']} digits in all")
    if sum(line.weight_g for line in order.lines) > order.parcel_weight_g:
        yield fault("parcel_weight_g", "below_contents", "a parcel weighs no less than its contents")


def _text_faults(field: str, line: GoodsLine) -> Iterator[FieldFault]:
    longest, vague = limits()["description"], rules()["vague_descriptions"]["whole"]
    if not 0 < len(line.description) <= longest or not line.description.isprintable():
        yield fault(f"{field}.description", "length", f"1 to {longest} printable characters")
    yield from wording_faults(field, line, vague)


def _amount_faults(field: str, line: GoodsLine) -> Iterator[FieldFault]:
    if line.quantity < 1 or line.weight_g <= 0 or line.value.amount <= 0:
        yield fault(field, "not_positive", "quantity, weight and value above zero")
        return
    most = limits()
    if digits_before_the_point(unit_price(line)) > most["unit_price_digits"]:
        detail = f"at most {most['unit_price_digits']} digits before the point; declare in another currency"
        yield fault(f"{field}.unit_price", "too_many_digits", detail)
    if digits_before_the_point(line.value) > most["customs_value_digits"]:
        yield fault(f"{field}.value", "too_many_digits", f"at most {most['customs_value_digits']} digits")
    if line.value.rounded() != line.value:
        yield fault(f"{field}.value", "decimals", "no more decimals than the currency has")


def _declared_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    """A value declared for carriage may not be above what customs are told."""
    declared = order.declared_value
    if declared is None or order.policy_covers or not order.lines:
        return
    currencies = {line.value.currency for line in order.lines}
    if currencies != {declared.currency}:
        yield fault("declared_value", "currency", "in the currency of the customs value")
    elif customs_value(order) < declared:
        yield fault("declared_value", "above_customs_value", "at most the customs value")
    elif declared.rounded() != declared:
        yield fault("declared_value", "decimals", "no more decimals than the currency has")
    elif digits_before_the_point(declared) > limits()["declared_value_digits"]:
        detail = f"at most {limits()['declared_value_digits']} digits before the point"
        yield fault("declared_value", "too_many_digits", detail)
