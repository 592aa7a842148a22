"""DHL's words for what we say: its table, parties, weights, local times, and JSON with numbers spelled exactly.

Limits, codes and texts are rows of ``rules/dhl_purposes.toml`` (MyDHL OpenAPI 3.1.1).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from textwrap import wrap
from typing import Any

from chalicelib.carriers.contract import Party, Registration
from chalicelib.clock import zone
from chalicelib.places import territory_of
from chalicelib.rulebook import dictionary

_GRAMS_PER_KG = Decimal(1000)
_ONE_GRAM = Decimal(1)


def rules() -> Mapping[str, Any]:
    """DHL's table."""
    return dictionary("carriers", "dhl_purposes")


def limits() -> Mapping[str, Any]:
    """DHL's longest values."""
    found: Mapping[str, Any] = rules()["limits"]
    return found


def product_code(service: str, origin: str, destination: str) -> str:
    """DHL's global product code of a service on a lane; KeyError for a service DHL has no code for.

    >>> product_code("EXPRESS_WORLDWIDE", "FR", "CN"), product_code("EXPRESS_WORLDWIDE", "FR", "DE")
    ('P', 'U')
    >>> product_code("EXPRESS_WORLDWIDE", "FR", "FR")
    'N'
    """
    row = rules()["services"][service]
    if origin == destination:
        return str(row["domestic"])
    return str(row["territory"] if territory_of(origin) == territory_of(destination) else row["dutiable"])


def party_said(party: Party) -> dict[str, Any]:
    """A contact and an address. A person without a company is given as one: DHL wants a company's name of everybody."""
    contact = {
        "fullName": party.name,
        "companyName": party.company or party.name,
        "phone": party.phone,
        "email": party.email,
    }
    lines = {f"addressLine{at}": line for at, line in enumerate(street_lines(party.street), start=1)}
    address = {
        **lines,
        "cityName": party.city,
        "postalCode": party.postal_code or "",
        "provinceCode": party.state,
        "countryCode": party.country,
    }
    return {"postalAddress": known(address), "contactInformation": known(contact)}


def registration_said(registration: Registration) -> dict[str, str]:
    """A registration number under DHL's code for its kind; KeyError when DHL has none."""
    return {
        "typeCode": rules()["registrations"][registration.kind]["type_code"],
        "number": registration.number,
        "issuerCountryCode": registration.issued_by,
    }


def street_lines(street: tuple[str, ...]) -> list[str]:
    """The address as DHL prints it: broken anew, between words, where a line is too long for a label."""
    longest: int = limits()["street_line"]
    if all(len(line) <= longest for line in street):
        return [line for line in street if line]
    return wrap(" ".join(street), longest, break_long_words=False)


def local_stamp(at: datetime, zone_name: str) -> str:
    """A wall clock with the offset its place has on that day. Raises ValueError for a zone that does not exist.

    >>> local_stamp(datetime(2026, 11, 24, 17, 0), "Europe/Paris")
    '2026-11-24T17:00:00 GMT+01:00'
    >>> local_stamp(datetime(2026, 7, 24, 17, 0), "Europe/Paris")
    '2026-07-24T17:00:00 GMT+02:00'
    >>> local_stamp(datetime(2026, 7, 24, 17, 0), "America/St_Johns")
    '2026-07-24T17:00:00 GMT-02:30'
    """
    offset = at.replace(tzinfo=zone(zone_name)).utcoffset() or timedelta()
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "-" if offset < timedelta() else "+"
    return f"{at:%Y-%m-%dT%H:%M:%S} GMT{sign}{hours:02}:{minutes:02}"


def parcel_kilograms(grams: Decimal) -> Decimal:
    """A parcel's weight in the steps DHL takes, rounded up: no parcel weighs less than it is said to.

    >>> parcel_kilograms(Decimal("250.2"))
    Decimal('0.251')
    """
    return grams.quantize(_ONE_GRAM, rounding=ROUND_CEILING) / _GRAMS_PER_KG


def line_kilograms(grams: Decimal) -> Decimal:
    """A customs line's weight in the steps DHL takes, never nothing; its exact grams are said beside it.

    >>> line_kilograms(Decimal("5.30")), line_kilograms(Decimal("0.2"))
    (Decimal('0.005'), Decimal('0.001'))
    """
    return max(grams.quantize(_ONE_GRAM, rounding=ROUND_HALF_UP), _ONE_GRAM) / _GRAMS_PER_KG


def known(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def json_said(said: Mapping[str, Any]) -> bytes:
    """The body of a request: compact, names in their own letters, every decimal digit by digit.

    >>> json_said({"price": Decimal("1180.10"), "pieces": [1, True, None]})
    b'{"price":1180.10,"pieces":[1,true,null]}'

    Raises TypeError for a binary fraction: an amount that went through one is no longer exact.
    """
    return _text(said).encode()


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(name)}:{_text(inside)}" for name, inside in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        raise TypeError("an amount is a Decimal, never a binary fraction")
    return json.dumps(value, ensure_ascii=False)
