"""Where a parcel is: its state and every scan, by carrier and number, or all that are not well."""

from __future__ import annotations

from typing import Any

from chalicelib.clock import stamp
from chalicelib.errors import AmbiguousNumber, NotFoundError
from chalicelib.shipments.events import Event
from chalicelib.shipments.leg import Track
from chalicelib.shipments.timeline import directed
from chalicelib.workflows.ports import Ports


def read_shipment(ports: Ports, carrier: str, number: str, ship_date: str | None) -> dict[str, Any]:
    """One shipment, newest scan last. Carriers recycle numbers: several matches without a ship date raise
    ``AmbiguousNumber``, which lists the dates; none raises ``NotFoundError``."""
    tracks = ports.tracks.file(carrier, number).tracks
    if ship_date is not None:
        tracks = tuple(track for track in tracks if track.ship_date.isoformat() == ship_date)
    if not tracks:
        raise NotFoundError("no shipment of ours has this number")
    if len(tracks) > 1:
        raise AmbiguousNumber(number, sorted({track.ship_date.isoformat() for track in tracks}))
    track = tracks[0]
    return {**where_it_is(track), "events": [_event(directed(event, track.facts)) for event in track.events]}


def list_shipments(ports: Ports, *, condition: str, cursor: str | None, limit: int) -> dict[str, Any]:
    """Shipments in one condition other than ok, longest in it first."""
    page = ports.tracks.listed(condition, cursor, limit)
    return {"items": [where_it_is(track) for track in page.tracks], "cursor": page.cursor}


def where_it_is(track: Track) -> dict[str, Any]:
    """The state of one shipment in the words of the trade."""
    state = track.state
    return {
        "carrier": track.carrier,
        "tracking_number": track.number,
        "ship_date": track.ship_date.isoformat(),
        "case_id": track.case_id,
        "leg": track.leg_n,
        "direction": track.direction,
        "milestone": state.milestone,
        "condition": state.condition,
        "reason": state.reason,
        "responsible": state.responsible,
        "action_by": state.action_by,
        "eta": stamp(track.eta) if track.eta else None,
        "last_event_at": stamp(state.last_event_at) if state.last_event_at else None,
        "next_poll_at": stamp(track.poll_after) if track.poll_after else None,
        "problems": list(track.problems),
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "at": stamp(event.at),
        "at_local": event.at_local,
        "tz_source": event.tz_source,
        "code": event.code,
        "exception_code": event.exception_code,
        "milestone": event.milestone,
        "condition": event.condition,
        "reason": event.reason,
        "text": event.text,
        "place": {"city": event.place.city, "country": event.place.country},
        "source": event.source,
    }
