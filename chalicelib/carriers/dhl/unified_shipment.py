"""One shipment of DHL Unified -> one tracking: its entries, its headline, its promise."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import blake2s

from pydantic import ValidationError

from chalicelib.carriers.dhl.checkpoints import EXPRESS, unified_meaning, without_names
from chalicelib.carriers.dhl.service_areas import Where, locality_of, read_clock, read_promise
from chalicelib.carriers.dhl.tellings import Notes, fit_names, identity
from chalicelib.carriers.dhl.unified_shapes import (
    Address,
    Details,
    Entry,
    Location,
    Shipment,
    entries,
    read_entry,
)
from chalicelib.shipments.events import Event, Tracking

SAME_MOMENT = timedelta(minutes=2)
_WALL_CLOCK = len("2026-11-20T09:20:00")
_NOWHERE: Location = {}
_NO_ADDRESS: Address = {}
_GOING_BACK = ("returning", "returned")


def tracking_of(shipment: Shipment, unique_id: str | None, notes: Notes) -> Tracking:
    """The tracking of one shipment; what cannot be kept of it is in ``notes``."""
    details: Details = shipment.get("details") or {}
    destination = _end(shipment.get("destination"))
    events = _completed(_events(shipment, notes), shipment, notes)
    _noted(shipment, events, notes)
    weight = details.get("weight") or {}
    return Tracking(
        notes.number,
        unique_id,
        without_names(events, _names(details)),
        eta=_promise(shipment, destination, notes),
        service=(details.get("product") or {}).get("productName") or shipment.get("service") or None,
        weight_g=notes.grams(weight.get("value"), weight.get("unitText")),
        ship_date=_ship_date(shipment.get("pickUpDate"), events, notes),
        pieces=notes.count(details.get("totalNumberOfPieces")),
        origin_country=_end(shipment.get("origin")).place.country,
        destination_country=destination.place.country,
    )


def reference_id(shipment: Shipment) -> str | None:
    """A digest of the shipment's references (one object or a list): they may be the merchant's own words."""
    sent = (shipment.get("details") or {}).get("references")
    rows = [row for row in (sent if isinstance(sent, list) else [sent]) if isinstance(row, dict)]
    named = sorted(f"{row.get('type')}:{row.get('number')}" for row in rows if row.get("number"))
    return identity("|".join(named)) if named else None


def _events(shipment: Shipment, notes: Notes) -> tuple[Event, ...]:
    raw = notes.capped(shipment.get("events") or [])
    try:
        told = entries().validate_python(raw)
    except ValidationError:
        told = [one for one in (_salvaged(entry, notes) for entry in raw) if one is not None]
    made = _made(told, shipment, notes)
    made.reverse()
    return tuple({event.id: event for event in made}.values())[::-1]


def _salvaged(raw: object, notes: Notes) -> Entry | None:
    found, unread = read_entry(raw)
    if found is None:
        notes.lost("event_unreadable", f"a scan without readable {', '.join(unread) or 'parts'}")
        return None
    for part in unread:
        notes.lost("event_part_unreadable", f"{part} of a scan")
    return found


def _made(told: list[Entry], shipment: Shipment, notes: Notes) -> list[Event]:
    """The events of well-formed entries; one whose time cannot be read is a problem."""
    made, named, source, latest = [], f"dhl|{notes.number}|", notes.source, notes.latest
    service, nearby = (shipment.get("service") or "").strip().lower(), _nearby(shipment)
    for one in told:
        sent, address = one["timestamp"], (one.get("location") or _NOWHERE).get("address") or _NO_ADDRESS
        place, place_sent, zone_name, by = locality_of(
            address.get("addressLocality") or "", address.get("countryCode") or "", nearby
        )
        try:
            at, tz_source = read_clock(sent, zone_name, by)
        except ValueError:
            notes.lost("event_time_unreadable", "the timestamp of a scan is not a time")
            continue
        code, meaning, spoken, conflict = unified_meaning(
            service, one.get("status") or "", one.get("statusCode") or "", one.get("description") or "",
            one.get("remark") or "", one.get("nextSteps") or "",
        )  # fmt: skip
        if conflict:
            notes.lost("status_conflict", "status and statusCode of a scan contradict each other")
        milestone, condition, reason, responsible, action_by, text = meaning
        event = Event(
            blake2s(f"{named}{spoken}|{sent[:_WALL_CLOCK]}|{place_sent}".encode(), digest_size=8).hexdigest(),
            at, sent, tz_source, code, None, milestone, condition, reason, text, place,
            source, responsible, action_by,
        )  # fmt: skip
        made.append(notes.from_future(event) if at > latest else event)
    return made


def _completed(events: tuple[Event, ...], shipment: Shipment, notes: Notes) -> tuple[Event, ...]:
    """The events, with the headline where no entry tells it: none of the same wall clock or the same moment."""
    raw = shipment.get("status")
    if raw is None or raw == {}:
        if not events:
            notes.lost("no_scans", "no scan was reported", retryable=True)
        return events
    entry = _salvaged(raw, notes)
    headline = _made([entry], shipment, notes) if entry is not None else []
    if not events and not headline:
        notes.lost("no_scans", "no scan was reported", retryable=True)
    return (*events, *(told for told in headline if not any(_tells(event, told) for event in events)))


def _tells(event: Event, headline: Event) -> bool:
    same_clock = event.at_local[:_WALL_CLOCK] == headline.at_local[:_WALL_CLOCK]
    return same_clock or abs(event.at - headline.at) <= SAME_MOMENT


def _noted(shipment: Shipment, events: tuple[Event, ...], notes: Notes) -> None:
    """What a person must know of the shipment as a whole."""
    service = (shipment.get("service") or EXPRESS).strip().lower()
    if service != EXPRESS:
        notes.lost("other_service", "the shipment belongs to another division of DHL")
    if shipment.get("returnFlag") and not any(event.milestone in _GOING_BACK for event in events):
        notes.lost("return_flag", "DHL marks this shipment as going back and no scan says so")


def _nearby(shipment: Shipment) -> tuple[str, ...]:
    """The words for both ends of the shipment: a last scan may name the city alone."""
    return tuple(
        words
        for side in (shipment.get("destination"), shipment.get("origin"))
        if (words := ((side or {}).get("address") or {}).get("addressLocality"))
    )


def _end(side: Location | None) -> Where:
    address = (side or _NOWHERE).get("address") or _NO_ADDRESS
    return locality_of(address.get("addressLocality") or "", address.get("countryCode") or "")


def _names(details: Details) -> tuple[str, ...]:
    """Names in the answer that must not survive in event text; DHL writes "Delivered" where it withholds one."""
    signed = (details.get("proofOfDelivery") or {}).get("signed")
    told: list[str | None] = []
    for one in (signed, details.get("sender"), details.get("receiver")):
        told += [one.get("name"), one.get("givenName"), one.get("familyName")] if one else []
    return tuple(name for name in fit_names(*told) if name.lower() != "delivered")


def _promise(shipment: Shipment, destination: Where, notes: Notes) -> datetime | None:
    """When DHL means to deliver: the end of its window, else the estimate; naive is on the destination's clock."""
    frame = shipment.get("estimatedDeliveryTimeFrame") or {}
    sent = frame.get("estimatedThrough") or shipment.get("estimatedTimeOfDelivery") or frame.get("estimatedFrom")
    if not sent:
        return None
    try:
        return read_promise(sent, destination.zone)
    except ValueError:
        notes.lost("part_unreadable", "estimated delivery")
        return None


def _ship_date(sent: str | None, events: tuple[Event, ...], notes: Notes) -> str | None:
    """The local day of shipping: as told, else that of the first pickup scan."""
    picked_up = [event for event in events if event.milestone == "picked_up"]
    if not sent and picked_up:
        sent = min(picked_up, key=lambda event: event.at).at_local
    if not sent:
        return None
    try:
        return date.fromisoformat(sent[:10]).isoformat()
    except ValueError:
        notes.lost("part_unreadable", "pick up date")
        return None
