"""The parts of FedEx's Track answer that are read (Track API v1); everything else in it is ignored.

Typed dictionaries checked by pydantic: half the cost of model objects, and a scan is read once. Numbers
where text is documented are taken as text (``exceptionCode: 8``); any other wrong type costs that part
alone, never the rest.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Required, cast

from pydantic import ConfigDict, StringConstraints, TypeAdapter
from typing_extensions import TypedDict

from chalicelib.carriers.salvage import salvage

_LENIENT = ConfigDict(extra="ignore", coerce_numbers_to_str=True, defer_build=True)


Code = Annotated[str, StringConstraints(min_length=1, max_length=16)]
ExceptionCode = Annotated[str, StringConstraints(max_length=16)]


class Address(TypedDict, total=False):
    """A place, as far as it is needed; streets are not read at all."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    city: str | None
    stateOrProvinceCode: str | None
    countryCode: str | None


class DelayDetail(TypedDict, total=False):
    """``status`` is DELAYED, ON_TIME or EARLY; ``type`` may be missing."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    type: str | None
    status: str | None


class Scan(TypedDict, total=False):
    """One entry of ``scanEvents``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    date: Required[str]
    eventType: Required[Code]
    eventDescription: str | None
    exceptionCode: ExceptionCode | None
    exceptionDescription: str | None
    scanLocation: Address | None
    delayDetail: DelayDetail | None


class Ancillary(TypedDict, total=False):
    """Why the latest status is as it is; ``action`` (advice with links) is not read."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    reason: ExceptionCode | None
    reasonDescription: str | None


class LatestStatus(TypedDict, total=False):
    """``latestStatusDetail``: FedEx's headline. ``derivedCode`` is coarse and never outranks a scan."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    code: ExceptionCode | None
    derivedCode: str | None
    description: str | None
    scanLocation: Address | None
    ancillaryDetails: list[Ancillary] | None
    delayDetail: DelayDetail | None


class NumberInfo(TypedDict, total=False):
    """``trackingNumberUniqueId`` tells shipments apart that share a number."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    trackingNumber: str | None
    trackingNumberUniqueId: str | None


class Fault(TypedDict, total=False):
    """FedEx's own error: code in capitals with dots, and a sentence."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    code: str | None
    message: str | None


class DatedType(TypedDict, total=False):
    """One entry of ``dateAndTimes``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    type: str | None
    dateTime: str | None


class Window(TypedDict, total=False):
    """A delivery window; ``begins`` may be naive while ``ends`` has an offset."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    begins: str | None
    ends: str | None


class TypedWindow(TypedDict, total=False):
    """``estimatedDeliveryTimeWindow``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    window: Window | None


class Contact(TypedDict, total=False):
    """Read only so that a name can be kept out of event text."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    personName: str | None


class AddressAndContact(TypedDict, total=False):
    """``shipperInformation``, ``recipientInformation``, ``locationContactAndAddress``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    address: Address | None
    contact: Contact | None


class Location(TypedDict, total=False):
    """``originLocation``, ``destinationLocation``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    locationContactAndAddress: AddressAndContact | None


class Service(TypedDict, total=False):
    """``serviceDetail``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    type: str | None


class Weight(TypedDict, total=False):
    """KG or LB."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    unit: str | None
    value: str | None


class Weights(TypedDict, total=False):
    """``weightAndDimensions``: the same weight in several units."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    weight: list[Weight] | None


class Package(TypedDict, total=False):
    """``packageDetails``."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    count: str | None
    weightAndDimensions: Weights | None


class Delivery(TypedDict, total=False):
    """``deliveryDetails``: read only so that names can be kept out of event text."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    receivedByName: str | None
    signedByName: str | None


class TrackResult(TypedDict, total=False):
    """One shipment. It may carry ``error`` and data together."""

    __pydantic_config__ = _LENIENT  # type: ignore[misc]
    trackingNumberInfo: NumberInfo | None
    error: Fault | None
    scanEvents: list[Any] | None
    latestStatusDetail: LatestStatus | None
    dateAndTimes: list[DatedType] | None
    estimatedDeliveryTimeWindow: TypedWindow | None
    serviceDetail: Service | None
    packageDetails: Package | None
    deliveryDetails: Delivery | None
    originLocation: Location | None
    destinationLocation: Location | None
    shipperInformation: AddressAndContact | None
    recipientInformation: AddressAndContact | None


@cache
def scans() -> TypeAdapter[list[Scan]]:
    """All scans of one result at once: the usual, cheap way."""
    return TypeAdapter(list[Scan])


@cache
def _scan() -> TypeAdapter[Scan]:
    return TypeAdapter(Scan)


@cache
def _result() -> TypeAdapter[TrackResult]:
    return TypeAdapter(TrackResult)


def read_scan(raw: object) -> tuple[Scan | None, tuple[str, ...]]:
    """One scan and the parts of it that could not be read; None when time or code are among them."""
    found, lost = salvage(_scan(), raw, frozenset({"date", "eventType"}))
    return cast(Scan | None, found), lost


def read_result(raw: object) -> tuple[TrackResult | None, tuple[str, ...]]:
    """One result and the parts of it that could not be read; None when it is no object at all."""
    found, lost = salvage(_result(), raw, frozenset())
    return cast(TrackResult | None, found), lost
