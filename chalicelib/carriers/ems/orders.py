"""China Post orders (contract-customer open platform): ordering with the courier, the range of pickup, taking back,
the label.

An order is plain JSON here; ``API_CODE`` names the interface it is for, and the envelope that dresses the call takes
that header off, signs and encrypts. There is no key against doing it twice and no way to look an order up by our
reference: an unknown outcome goes to a person.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import ROUND_CEILING, Decimal
from typing import Any

from chalicelib.carriers.contract import (
    Document,
    GoodsLine,
    HttpRequest,
    Party,
    PickupConfirmation,
    Waybill,
    WaybillOrder,
)
from chalicelib.carriers.ems.errors import read_content
from chalicelib.carriers.ems.order_checks import checked, is_valuable, phone_digits, remark_of, rules
from chalicelib.carriers.numbers import normalise
from chalicelib.errors import CarrierOutcomeUnknown, CarrierRefused, CarrierUnreadable

PATH, API_CODE = "", "x-api-code"
ORDER, CANCEL, RANGE, LABEL = "020003", "020006", "030005", "010004"
_CHINA = timezone(timedelta(hours=8))
_MOBILE = re.compile(r"1[3-9]\d{9}")
# A county, a district, a banner or a city of that rank: no housing estate, no industrial park, no market.
_COUNTY = re.compile(
    r"(?:(?![路街巷号])[\u4e00-\u9fff]){1,10}?(?:自治县|县|(?<![小社园校厂景院库城])区|旗(?!舰)|(?<![超夜菜])市(?!场))"
)
_INSIDE = "0"


def order_request(order: WaybillOrder, _account: str) -> HttpRequest:
    """The call that orders the mail and, with it, the courier. Raises ``OrderNotAccepted`` naming every field that
    China Post would not take or cannot be told.

    The contract pays. Gold is marked as valuable and insured for the value declared. ``createdTime`` is the first
    moment of the day of sending until ``dated`` puts in the clock of the call.
    """
    checked(order)
    row, fixed = rules()["services"][order.service], rules()["fixed"]
    said: dict[str, Any] = {
        "ecommerceUserId": hashlib.sha256(order.reference.encode()).hexdigest()[:32],
        "logisticsOrderNo": order.reference,
        "createdTime": f"{order.ship_on.isoformat()} 00:00:00",
        "contentsAttribute": fixed["contents"],
        "bizProductNo": row["biz_product"],
        "weight": _whole_grams(order.parcel_weight_g),
        "insuranceFlag": row["insurance_flag"],
        "valuableFlag": "1" if any(is_valuable(line) for line in order.lines) else "0",
        "paymentMode": fixed["payment"],
        "codFlag": fixed["cash_on_delivery"],
        "receiptFlag": fixed["receipt"],
        "deliverType": fixed["delivery"],
        "pickupNotes": remark_of(order),
        "sender": _party(order.shipper),
        "receiver": _party(order.recipient),
        "cargos": [_cargo(line) for line in order.lines],
        **_pickup(order),
        **_size(order),
    }
    if row["insured"] and order.declared_value is not None:
        said["insuranceAmount"] = str(order.declared_value.amount)
    return _request(ORDER, [said], reads_only=False)


def dated(request: HttpRequest, now: datetime) -> HttpRequest:
    """The same order, made at ``now`` by the clock of China; other calls as they are."""
    if request.headers.get(API_CODE) != ORDER:
        return request
    said = json.loads(request.body)
    for one in said:
        one["createdTime"] = now.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S")
    return replace(request, body=_json(said))


def cancel_request(number: str, _account: str, reference: str) -> HttpRequest:
    """The call that takes an order back, courier included."""
    said = {
        "logisticsOrderNo": reference,
        "waybillNo": number,
        "cancelReason": rules()["fixed"]["cancel_reason"],
    }
    return _request(CANCEL, said, reads_only=False)


def range_request(order: WaybillOrder, account: str) -> HttpRequest:
    """The question whether a courier comes to the sender at all: China Post has no other dry run."""
    checked(order)
    sender = _party(order.shipper)
    place: dict[str, str] = {name: sender[name] for name in ("prov", "city", "county") if name in sender}
    said: dict[str, str] = {
        "address": "".join((*place.values(), sender["address"])),
        **place,
        "bizProductNo": rules()["services"][order.service]["biz_product"],
        "type": rules()["fixed"]["range_type"],
    }
    if account:
        said["senderNo"] = account
    return _request(RANGE, said, reads_only=True)


def label_request(number: str, _account: str = "") -> HttpRequest:
    """The call that answers with the address of the label."""
    said = {"waybillNo": number, "type": rules()["fixed"]["label_type"], "getURL": "1"}
    return _request(LABEL, said, reads_only=True)


def read_order(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Waybill:
    """The mail that was ordered; its number is the courier's confirmation too.

    Raises ``CarrierRefused`` with China Post's own code, what ``errors.read_error`` makes of a status that is no
    success, and ``CarrierOutcomeUnknown`` for a success that names no number, or several.
    """
    content = _changed(status, headers, body, now)
    entries = content if isinstance(content, list) else [content]
    numbers = {number for entry in entries if (number := _number(entry)) is not None}
    if len(numbers) != 1:
        raise CarrierOutcomeUnknown(f"an answer of success that names {len(numbers)} numbers")
    (number,) = numbers
    return Waybill(number, None, pickup=PickupConfirmation(number, None, None))


def read_cancelled(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Return if the order was taken back; raises as ``read_order``."""
    _changed(status, headers, body, now)


def read_range(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Return if a courier comes to the place. Raises ``CarrierRefused`` with the status that says why not, and
    ``CarrierUnreadable`` when there is none."""
    content = read_content(status, headers, body, now)
    said = content.get("status") if isinstance(content, dict) else None
    told = str(said) if isinstance(said, str | int) and not isinstance(said, bool) else ""
    meanings = rules()["pickup_range"]["status"]
    if told not in meanings:
        raise CarrierUnreadable("an answer about the range of pickup that says neither yes nor no")
    if told != _INSIDE:
        raise CarrierRefused(f"pickup_range_{told}", meanings[told])


def read_label(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Document:
    """The label by its address. Raises ``CarrierUnreadable`` for what is no address."""
    content = read_content(status, headers, body, now)
    if not isinstance(content, str) or not content.startswith("https://") or not content.isprintable():
        raise CarrierUnreadable("an answer without the address of a label")
    return Document("label", "application/pdf", None, content)


def _changed(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Any:
    """The content of an answer to a call that changes the world: what cannot be read may have been carried out."""
    try:
        return read_content(status, headers, body, now)
    except CarrierUnreadable as unreadable:
        if 200 <= status < 300:
            raise CarrierOutcomeUnknown("an answer of success that cannot be read") from unreadable
        raise


def _number(entry: object) -> str | None:
    said = entry.get("waybillNo") if isinstance(entry, dict) else None
    return normalise(said) if isinstance(said, str) else None


def _party(party: Party) -> dict[str, str]:
    """A party inside China. The county is the first part of a street that begins with one in Chinese, behind province
    and city where it repeats them; of an address that does not, it is not known and not said."""
    street = " ".join(line for line in party.street if line).removeprefix(party.state or "").removeprefix(party.city)
    county = _COUNTY.match(street)
    phone = phone_digits(party.phone)
    said = {
        "name": party.name,
        "mobile" if _MOBILE.fullmatch(phone) else "phone": phone,
        "prov": party.state or "",
        "city": party.city,
        "address": street[county.end() :].strip() or street if county else street,
    }
    if county:
        said["county"] = county.group()
    if party.postal_code:
        said["postCode"] = party.postal_code
    return said


def _cargo(line: GoodsLine) -> dict[str, str]:
    return {
        "cargoName": line.description,
        "cargoQuantity": str(line.quantity),
        "cargoValue": str(line.value.amount),
        "cargoWeight": _whole_grams(line.weight_g),
    }


def _pickup(order: WaybillOrder) -> dict[str, str]:
    if not order.pickup_arranged or order.hours is None:
        return {"pickupType": "0"}
    return {
        "pickupType": "1",
        "pickupPreBeginTime": order.hours.ready_at.strftime("%Y-%m-%d %H:%M:%S"),
        "pickupPreEndTime": order.hours.close_at.strftime("%Y-%m-%d %H:%M:%S"),
    }


def _size(order: WaybillOrder) -> dict[str, str]:
    if order.dimensions_cm is None:
        return {}
    length, width, height = order.dimensions_cm
    return {"length": str(length), "width": str(width), "height": str(height)}


def _whole_grams(grams: Decimal) -> str:
    """China Post counts whole grams; a begun one is a whole one."""
    return str(int(grams.to_integral_value(ROUND_CEILING)))


def _request(code: str, said: Any, *, reads_only: bool) -> HttpRequest:
    headers = {"content-type": "application/json", API_CODE: code}
    return HttpRequest("POST", PATH, headers, _json(said), reads_only=reads_only)


def _json(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
