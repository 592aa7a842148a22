"""Where a parcel is: its state and every scan, by carrier and number, or all that are not well.

A scan that was told twice, pushed and polled, is one scan here as it is one for the state; who told it stands beside
it. One that the carrier cancelled stays in sight and says so.
"""

from __future__ import annotations

from typing import Any

from chalicelib.carriers.numbers import could_be, waybill_in
from chalicelib.carriers.registry import CARRIERS
from chalicelib.clock import known_stamp, stamp
from chalicelib.errors import AmbiguousNumber, NotFoundError
from chalicelib.shipments.events import Event
from chalicelib.shipments.leg import Track
from chalicelib.shipments.timeline import Scan, canonical_order, directed, scans
from chalicelib.workflows.ports import Ports


def read_shipment(ports: Ports, carrier: str, number: str, ship_date: str | None) -> dict[str, Any]:
    """One shipment, newest scan last, by its number or the barcode that holds it. Carriers recycle numbers: several
    matches without a ship date raise ``AmbiguousNumber``, which lists the dates; none raises ``NotFoundError``."""
    tracks, asked = ports.tracks.file(carrier, number).tracks, waybill_in(number) or number
    if not tracks and asked != number:
        tracks = ports.tracks.file(carrier, asked).tracks
    if ship_date is not None:
        tracks = tuple(track for track in tracks if track.ship_date.isoformat() == ship_date)
    if not tracks:
        raise NotFoundError(_not_ours(carrier, asked))
    if len(tracks) > 1:
        raise AmbiguousNumber(number, sorted({track.ship_date.isoformat() for track in tracks}))
    track = tracks[0]
    return {**where_it_is(track), "events": _scans(track)}


def _not_ours(carrier: str, number: str) -> str:
    """What to look at when nothing is found: another carrier whose number it could be, a digit that does not fit."""
    said = "no shipment of ours has this number"
    others = [name for name in could_be(number) if name != carrier]
    if carrier in CARRIERS and CARRIERS[carrier].judge_number(number) == "wrong_check_digit":
        said += f"; its check digit does not fit a number of {carrier}"
    return f"{said}; by its form it could be of {' or '.join(others)}" if others else said


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
        "eta": known_stamp(track.eta),
        "last_event_at": known_stamp(state.last_event_at),
        "next_poll_at": known_stamp(track.poll_after),
        "problems": list(track.problems),
    }


def _scans(track: Track) -> list[dict[str, Any]]:
    """Every scan once, those that a later one cancelled among them."""
    counted = scans(track.events, track.facts)
    joined = {told for scan in counted for told in scan.ids}
    directly = {event.id: directed(event, track.facts) for event in track.events}
    cancelled = [Scan(event) for id_, event in directly.items() if id_ not in joined]
    ordered = sorted([*counted, *cancelled], key=lambda scan: canonical_order(scan.event))
    return [_told(scan, [directly[told] for told in scan.ids], scan.event.id not in joined) for scan in ordered]


def _told(scan: Scan, tellings: list[Event], cancelled: bool) -> dict[str, Any]:
    """One scan in the words of the telling that counts, under the clock of the one that names its offset."""
    at_once = [telling for telling in tellings if telling.at == scan.event.at]
    clock = next((telling for telling in at_once if telling.tz_source == "offset"), at_once[0])
    timed = scan.event._replace(at_local=clock.at_local, tz_source=clock.tz_source)
    told_by = sorted({telling.source for telling in tellings})
    return {**_event(timed), "told_by": told_by, "cancelled": cancelled}


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
