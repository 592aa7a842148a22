"""The parts of MyDHL's tracking answer that are read (MyDHL API 3.1); everything else in it is ignored.

``status`` of a shipment is the result of the call ("Success") and never how the parcel is. Names are read only so that
they can be kept out of event text.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Required, cast

from pydantic import ConfigDict, StringConstraints, TypeAdapter
from typing_extensions import TypedDict

from chalicelib.carriers.salvage import salvage

_LENIENT = ConfigDict(extra="ignore", coerce_numbers_to_str=True, defer_build=True)

Code = Annotated[str, StringConstraints(min_length=1, max_length=16)]
Clock = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class ServiceArea(TypedDict, total=False):
    """``LEJ``, ``Leipzig-DE``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    code: str | None
    description: str | None


class Remark(TypedDict, total=False):
    """Why, and advice; only in the view with remarks."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    value: str | None
    details: str | None


class Checkpoint(TypedDict, total=False):
    """One entry of ``events``: local day and time without zone, ``GMTOffset`` only where it was asked for."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    date: Required[Clock]
    time: Required[Clock]
    typeCode: Required[Code]
    GMTOffset: str | None
    description: str | None
    serviceArea: list[ServiceArea] | None
    remarks: list[Remark] | None
    signedBy: str | None


class PostalAddress(TypedDict, total=False):
    """Of an address only the country is read."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    countryCode: str | None


class Side(TypedDict, total=False):
    """``shipperDetails``, ``receiverDetails``; names may be blank by design."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    name: str | None
    postalAddress: PostalAddress | None
    serviceArea: list[ServiceArea] | None


class Piece(TypedDict, total=False):
    """One piece; its events repeat most of the shipment's, without those of customs."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    trackingNumber: str | None
    events: list[Any] | None


class Shipment(TypedDict, total=False):
    """One entry of ``shipments``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    shipmentTrackingNumber: str | None
    status: str | None
    shipmentTimestamp: str | None
    productCode: str | None
    shipperDetails: Side | None
    receiverDetails: Side | None
    totalWeight: str | None
    unitOfMeasurements: str | None
    numberOfPieces: str | None
    estimatedDeliveryDate: str | None
    events: list[Any] | None
    pieces: list[Any] | None


@cache
def checkpoints() -> TypeAdapter[list[Checkpoint]]:
    """All checkpoints of one list at once: the usual, cheap way."""
    return TypeAdapter(list[Checkpoint])


@cache
def _checkpoint() -> TypeAdapter[Checkpoint]:
    return TypeAdapter(Checkpoint)


@cache
def _piece() -> TypeAdapter[Piece]:
    return TypeAdapter(Piece)


@cache
def _shipment() -> TypeAdapter[Shipment]:
    return TypeAdapter(Shipment)


def read_checkpoint(raw: object) -> tuple[Checkpoint | None, tuple[str, ...]]:
    """One checkpoint and the parts of it that could not be read; None when day, time or code are among them."""
    found, lost = salvage(_checkpoint(), raw, frozenset({"date", "time", "typeCode"}))
    return cast(Checkpoint | None, found), lost


def read_piece(raw: object) -> tuple[Piece | None, tuple[str, ...]]:
    """One piece and the parts of it that could not be read; None when it is no object at all."""
    found, lost = salvage(_piece(), raw, frozenset())
    return cast(Piece | None, found), lost


def read_shipment(raw: object) -> tuple[Shipment | None, tuple[str, ...]]:
    """One shipment and the parts of it that could not be read; None when it is no object at all."""
    found, lost = salvage(_shipment(), raw, frozenset())
    return cast(Shipment | None, found), lost
