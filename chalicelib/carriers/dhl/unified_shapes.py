"""The parts of DHL Unified's answer and push that are read (Shipment Tracking - Unified); everything else is ignored.

Divisions differ: ``id`` may be an integer, ``references`` an object or a list, ``statusCode`` and ``location`` may be
missing, times may be naive, ``Z`` or have an offset within one list. Names are read only so that they can be kept out
of event text.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Required, cast

from pydantic import ConfigDict, StringConstraints, TypeAdapter
from typing_extensions import TypedDict

from chalicelib.carriers.salvage import salvage

_LENIENT = ConfigDict(extra="ignore", coerce_numbers_to_str=True, defer_build=True)

Clock = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Address(TypedDict, total=False):
    """A place; service express names the country in ``addressLocality``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    countryCode: str | None
    addressLocality: str | None


class Location(TypedDict, total=False):
    """``location``, ``origin``, ``destination``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    address: Address | None


class Entry(TypedDict, total=False):
    """One of ``events``, and the headline ``status``, which is built alike."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    timestamp: Required[Clock]
    location: Location | None
    statusCode: str | None
    status: str | None
    description: str | None
    remark: str | None
    nextSteps: str | None


class Named(TypedDict, total=False):
    """A person or a firm: read only to be kept out of texts."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    name: str | None
    givenName: str | None
    familyName: str | None


class Proof(TypedDict, total=False):
    """``proofOfDelivery``; its addresses are not read."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    signed: Named | None


class Product(TypedDict, total=False):
    """``product``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    productName: str | None


class Weight(TypedDict, total=False):
    """``weight``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    value: str | None
    unitText: str | None


class Details(TypedDict, total=False):
    """``details``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    product: Product | None
    proofOfDelivery: Proof | None
    totalNumberOfPieces: str | None
    weight: Weight | None
    references: Any
    sender: Named | None
    receiver: Named | None


class Frame(TypedDict, total=False):
    """``estimatedDeliveryTimeFrame``: naive beside events with offsets."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    estimatedFrom: str | None
    estimatedThrough: str | None


class Shipment(TypedDict, total=False):
    """One entry of ``shipments``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    id: str | None
    service: str | None
    origin: Location | None
    destination: Location | None
    status: Any
    events: list[Any] | None
    details: Details | None
    estimatedTimeOfDelivery: str | None
    estimatedDeliveryTimeFrame: Frame | None
    pickUpDate: str | None
    returnFlag: bool | None


@cache
def entries() -> TypeAdapter[list[Entry]]:
    """All entries of one shipment at once: the usual, cheap way."""
    return TypeAdapter(list[Entry])


@cache
def _entry() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)


@cache
def _shipment() -> TypeAdapter[Shipment]:
    return TypeAdapter(Shipment)


def read_entry(raw: object) -> tuple[Entry | None, tuple[str, ...]]:
    """One entry and the parts of it that could not be read; None when its time is among them."""
    found, lost = salvage(_entry(), raw, frozenset({"timestamp"}))
    return cast(Entry | None, found), lost


def read_shipment(raw: object) -> tuple[Shipment | None, tuple[str, ...]]:
    """One shipment and the parts of it that could not be read; None when it is no object at all."""
    found, lost = salvage(_shipment(), raw, frozenset())
    return cast(Shipment | None, found), lost
