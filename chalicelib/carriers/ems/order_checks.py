"""What China Post would refuse, or cannot be told, found before it is asked: each fault names its field.

The order interface serves mail inside China. What it cannot say goes to a person: it is never left out in silence.
Values are rows of ``rules/ems_purposes.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from chalicelib.carriers.contract import GoodsLine, OrderNotAccepted, Party, WaybillOrder
from chalicelib.carriers.goods_lines import fault, hs_digits
from chalicelib.errors import FieldFault
from chalicelib.money import total
from chalicelib.rulebook import dictionary

HOME = "CN"
CHINESE_ZONES = frozenset({"Asia/Shanghai", "Asia/Urumqi"})
_HS_DIGITS = range(6, 15)


def checked(order: WaybillOrder) -> None:
    """Return if China Post can take the order; else raise ``OrderNotAccepted`` with every fault at once."""
    faults = [
        *_purpose_faults(order),
        *_text_faults("reference", order.reference, "reference", ascii_only=True),
        *_party_faults("shipper", order.shipper),
        *_party_faults("recipient", order.recipient),
        *_hours_faults(order),
        *_line_faults(order),
        *_insurance_faults(order),
    ]
    if len(remark_of(order)) > limits()["remark"]:
        faults.append(fault("rma", "length", f"the remark takes {limits()['remark']} characters in all"))
    if faults:
        raise OrderNotAccepted("China Post cannot take this order as it is", faults)


def is_valuable(line: GoodsLine) -> bool:
    """Whether the post calls these goods valuables: then they travel insured or not at all."""
    code, row = hs_digits(line.hs_code), rules()["valuables"]
    return code[:2] in row["chapters"] and code[:4] not in row["not_valuable"]


def remark_of(order: WaybillOrder) -> str:
    """The one free text of an order: why it is sent and whose return it is. Nothing of what the goods are."""
    row = rules()["purposes"].get(order.purpose, {})
    export = order.original_export
    parts = {
        "": row.get("remark"),
        "RMA ": order.rma,
        "发票 ": order.invoice_number,
        "原运单 ": export.waybill if export else None,
    }
    return " ".join(f"{words}{value}" for words, value in parts.items() if value)


def phone_digits(phone: str) -> str:
    """A Chinese telephone number without country code and without what people write between digits.

    >>> phone_digits("+86 138-0000 0000")
    '13800000000'
    """
    digits = "".join(sign for sign in phone if sign not in " -.()/\u00a0")
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    return digits


def limits() -> Mapping[str, Any]:
    """The longest values."""
    found: Mapping[str, Any] = rules()["limits"]
    return found


def rules() -> Mapping[str, Any]:
    """Everything we know of China Post's order form."""
    return dictionary("carriers", "ems_purposes")


def _purpose_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    refused = rules()["refused"].get(order.purpose)
    if refused is not None:
        yield fault("purpose", "refused", refused["reason"])
    elif order.purpose not in rules()["purposes"]:
        yield fault("purpose", "not_offered", "there is no remark for this purpose")
    if order.service not in rules()["services"]:
        yield fault("service", "not_offered", "no service of China Post's is known by this name")


def _party_faults(field: str, party: Party) -> Iterator[FieldFault]:
    """What is wrong with a party; the values themselves are never repeated."""
    if party.country != HOME:
        detail = "the order interface serves mail inside China; international e-mail is ordered by a person"
        yield fault(f"{field}.country", "not_served", detail)
        return
    yield from _text_faults(f"{field}.name", party.name, "name")
    phone = phone_digits(party.phone)
    if not (phone.isascii() and phone.isdigit() and len(phone) <= limits()["phone"]):
        yield fault(f"{field}.phone", "format", "digits, with or without the country code of China")
    yield from _text_faults(f"{field}.state", party.state or "", "place")
    yield from _text_faults(f"{field}.city", party.city, "place")
    yield from _text_faults(f"{field}.street", " ".join(party.street), "street")


def _hours_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    """The order itself sends the courier: so it says when."""
    if not order.pickup_arranged:
        return
    hours = order.hours
    if hours is None:
        yield fault("hours", "required", "an order that sends the courier says when he may come")
        return
    if hours.ready_at.tzinfo is not None or hours.close_at.tzinfo is not None:
        yield fault("hours.ready_at", "zoned", "local wall clock at the pickup place, without zone")
    elif not hours.ready_at < hours.close_at or hours.ready_at.date() != hours.close_at.date():
        yield fault("hours.close_at", "before_ready", "close after ready, on the same day")
    if hours.time_zone not in CHINESE_ZONES:
        yield fault("hours.time_zone", "not_served", "a pickup in China goes by a clock of China")


def _line_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    if not 1 <= len(order.lines) <= limits()["lines"]:
        yield fault("lines", "count", f"1 to {limits()['lines']} lines")
        return
    for at, line in enumerate(order.lines):
        yield from _text_faults(f"lines[{at}].description", line.description, "description")
        yield from _code_faults(f"lines[{at}].hs_code", hs_digits(line.hs_code))
        if line.quantity < 1 or line.weight_g <= 0 or line.value.amount <= 0:
            yield fault(f"lines[{at}]", "not_positive", "quantity, weight and value above zero")
        if line.value.currency != _insured_in():
            yield fault(f"lines[{at}].value", "currency", f"China Post counts in {_insured_in()}")
        elif line.value.rounded() != line.value:
            yield fault(f"lines[{at}].value", "decimals", "no more decimals than the currency has")
    if sum(line.weight_g for line in order.lines) > order.parcel_weight_g:
        yield fault("parcel_weight_g", "below_contents", "a parcel weighs no less than its contents")


def _code_faults(field: str, code: str) -> Iterator[FieldFault]:
    """Without a tariff code nobody knows whether the post takes the goods."""
    if not (code.isascii() and code.isdigit() and len(code) in _HS_DIGITS):
        yield fault(field, "format", "6 to 14 digits")
    elif code[:4] in rules()["valuables"]["no_mail"]:
        yield fault(field, "not_carried", "precious metal as metal, scrap and coins travel in no mail of China Post's")


def _insurance_faults(order: WaybillOrder) -> Iterator[FieldFault]:
    """Gold travels insured by the post itself: a policy of our own does not make uninsured mail take it."""
    row = rules()["services"].get(order.service)
    if row is None:
        return
    valuable, declared = any(is_valuable(line) for line in order.lines), order.declared_value
    if valuable and not row["insured"]:
        yield fault("service", "insured_only", "jewellery travels only in insured mail: CN_EMS_INSURED")
    if not row["insured"]:
        if declared is not None and not order.policy_covers:
            yield fault("declared_value", "not_insured", "this service carries no value")
        return
    if declared is None or order.policy_covers:
        detail = "insured mail declares its value to the post; a policy of our own does not stand in for it"
        yield fault("declared_value", "required", detail)
    elif declared.currency != _insured_in() or declared.rounded() != declared:
        yield fault("declared_value", "currency", f"in {_insured_in()}, to the fen")
    elif not 0 < declared.amount <= Decimal(rules()["insurance"]["at_most"]):
        yield fault("declared_value", "above_limit", f"at most {rules()['insurance']['at_most']} {_insured_in()}")
    elif _worth(order) is not None and declared.amount > (_worth(order) or 0):
        yield fault("declared_value", "above_value", "at most the value of the goods")


def _worth(order: WaybillOrder) -> Decimal | None:
    """The value of the goods; None while their lines are not all in one currency."""
    if {line.value.currency for line in order.lines} != {_insured_in()}:
        return None
    return total((line.value for line in order.lines), _insured_in()).amount


def _insured_in() -> str:
    currency: str = rules()["insurance"]["currency"]
    return currency


def _text_faults(field: str, text: str, limit: str, *, ascii_only: bool = False) -> Iterator[FieldFault]:
    longest = limits()[limit]
    if not 0 < len(text.strip()) <= longest or not text.isprintable() or (ascii_only and not text.isascii()):
        yield fault(field, "length", f"1 to {longest} printable characters")
