"""What a FedEx result says besides its scans: the latest status, dates, promise, weight, service, lane."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from chalicelib.carriers.fedex.meanings import meaning_of, time_type_of
from chalicelib.carriers.fedex.scans import ScanReader, delayed
from chalicelib.carriers.fedex.shapes import (
    AddressAndContact,
    LatestStatus,
    Location,
    Package,
    Scan,
    TrackResult,
)
from chalicelib.carriers.local_times import read_time
from chalicelib.shipments.events import Event, Tracking

GRAMS = {"KG": Decimal(1000), "LB": Decimal("453.59237")}
_JULIAN_DAY_OF_ORDINAL_0 = 1_721_425
_DIGITS_OF_UNIQUE_DAY = 7


def summary_of(result: TrackResult, unique_id: str | None, events: tuple[Event, ...], reader: ScanReader) -> Tracking:
    """The tracking of one result, its events completed by what only the headline says."""
    dates = {entry.get("type"): entry.get("dateTime") for entry in result.get("dateAndTimes") or []}
    latest = result.get("latestStatusDetail")
    if latest:
        events = _completed(events, latest, dates, reader)
    package = result.get("packageDetails") or {}
    origin = _country(result.get("originLocation"), result.get("shipperInformation"))
    destination = _country(result.get("destinationLocation"), result.get("recipientInformation"))
    return Tracking(
        reader.number,
        unique_id or None,
        reader.cleared_of(_names(result), events),
        eta=_promise(result, dates, destination, reader),
        service=(result.get("serviceDetail") or {}).get("type") or None,
        weight_g=_grams(package, reader),
        ship_date=_ship_date(dates, unique_id),
        pieces=_count(package, reader),
        origin_country=origin,
        destination_country=destination,
    )


def _completed(
    events: tuple[Event, ...],
    latest: LatestStatus,
    dates: Mapping[str | None, str | None],
    reader: ScanReader,
) -> tuple[Event, ...]:
    """The events, with the headline's own one if no scan tells it, and with what it adds to the newest."""
    code = latest.get("code") or ""
    told = [event for event in events if event.code == code]
    if code and not told:
        told = _headline_event(code, latest, dates, reader)
        events = (*events, *told)
    if not events:
        return events
    newest = max(told or events, key=lambda event: (event.at, event.id))
    completed = _explained(newest, latest) if told else newest
    delay = latest.get("delayDetail") or {}
    if delay.get("status") == "DELAYED" or latest.get("derivedCode") == "RL":
        completed = delayed(completed, delay.get("type"))
    if completed is newest:
        return events
    return tuple(completed if event is newest else event for event in events)


def _headline_event(
    code: str, latest: LatestStatus, dates: Mapping[str | None, str | None], reader: ScanReader
) -> list[Event]:
    """A status no scan tells, made an event where FedEx gives its time; without one it says nothing new."""
    sent = dates.get(time_type_of(code)) if time_type_of(code) else None
    if not sent:
        return []
    reason, words = _reason(latest)
    scan: Scan = {"date": sent, "eventType": code, "eventDescription": latest.get("description")}
    scan["scanLocation"] = latest.get("scanLocation")
    scan["exceptionCode"], scan["exceptionDescription"] = reason, words
    return reader.events([scan])


def _explained(event: Event, latest: LatestStatus) -> Event:
    """The newest event with the trouble that only the headline gives a reason for; its identity stays."""
    if event.exception_code or event.reason == "from_future":
        return event
    reason, words = _reason(latest)
    told = meaning_of(event.code, reason.lstrip("0"), event.text, words)
    if told.condition in (None, "ok") or told.reason == event.reason:
        return event
    return event._replace(
        milestone=told.milestone, condition=told.condition, reason=told.reason, text=told.text,
        responsible=told.responsible, action_by=told.action_by,
    )  # fmt: skip


def _reason(latest: LatestStatus) -> tuple[str, str]:
    for detail in latest.get("ancillaryDetails") or []:
        return detail.get("reason") or "", detail.get("reasonDescription") or ""
    return "", ""


def _names(result: TrackResult) -> tuple[str, ...]:
    """Names in the answer that must not survive in event text."""
    delivery = result.get("deliveryDetails") or {}
    names = [delivery.get("receivedByName"), delivery.get("signedByName")]
    for party in (result.get("shipperInformation"), result.get("recipientInformation")):
        names.append(((party or {}).get("contact") or {}).get("personName"))
    return tuple(dict.fromkeys(name.strip() for name in names if name and len(name.strip()) > 2))


def _promise(
    result: TrackResult, dates: Mapping[str | None, str | None], country: str | None, reader: ScanReader
) -> datetime | None:
    """When FedEx means to deliver: the end of its window, else its beginning, else the estimate."""
    window = (result.get("estimatedDeliveryTimeWindow") or {}).get("window") or {}
    sent = window.get("ends") or window.get("begins") or dates.get("ESTIMATED_DELIVERY")
    if not sent:
        return None
    try:
        return read_time(sent, country, None)[0]
    except ValueError:
        reader.lost("part_unreadable", "estimated delivery")
        return None


def _ship_date(dates: Mapping[str | None, str | None], unique_id: str | None) -> str | None:
    """The local day of shipping: as dated, else the day number that leads FedEx's unique id.

    The id ``2460425000~776094337676~FX`` begins with the Julian day number 2460425, which is 24 April 2024.
    """
    for kind in ("SHIP", "ACTUAL_PICKUP"):
        day = _day(dates.get(kind) or "")
        if day is not None:
            return day
    digits = (unique_id or "").partition("~")[0]
    if len(digits) == _DIGITS_OF_UNIQUE_DAY + 3 and digits.isascii() and digits.isdigit():
        ordinal = int(digits[:_DIGITS_OF_UNIQUE_DAY]) - _JULIAN_DAY_OF_ORDINAL_0
        if 0 < ordinal <= date.max.toordinal():
            return date.fromordinal(ordinal).isoformat()
    return None


def _day(sent: str) -> str | None:
    try:
        return date.fromisoformat(sent[:10]).isoformat()
    except ValueError:
        return None


def _grams(package: Package, reader: ScanReader) -> Decimal | None:
    weights = (package.get("weightAndDimensions") or {}).get("weight") or []
    by_unit = {entry.get("unit"): entry.get("value") for entry in weights}
    for unit, grams in GRAMS.items():
        value = by_unit.get(unit)
        if value:
            try:
                found = Decimal(value) * grams
            except InvalidOperation:
                found = Decimal("NaN")
            if found.is_finite() and found >= 0:
                return found
            reader.lost("part_unreadable", "weight")
    return None


def _count(package: Package, reader: ScanReader) -> int | None:
    count = package.get("count")
    if not count:
        return None
    if count.isascii() and count.isdigit() and len(count) <= 6:
        return int(count)
    reader.lost("part_unreadable", "count")
    return None


def _country(location: Location | None, party: AddressAndContact | None) -> str | None:
    held = (location or {}).get("locationContactAndAddress") or party or {}
    country = ((held.get("address") or {}).get("countryCode") or "").strip().upper()
    return country if len(country) == 2 and country.isascii() and country.isalpha() else None
