"""MyDHL tracking: the questions and the reading of answers.

Up to 200 numbers go into one question; only the question for one alone may ask for each event's GMT offset, otherwise
the event's service area tells its clock. The list is sorted by wall clock across zones, or not at all: its order means
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from urllib.parse import quote, urlencode

from pydantic import ValidationError

from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.dhl.checkpoints import meaning_of, without_names
from chalicelib.carriers.dhl.mydhl_shapes import (
    Checkpoint,
    Remark,
    ServiceArea,
    Shipment,
    Side,
    checkpoints,
    read_checkpoint,
    read_piece,
    read_shipment,
)
from chalicelib.carriers.dhl.service_areas import Where, area_of, country_named, read_clock, read_promise
from chalicelib.carriers.dhl.tellings import Notes, fit_names, identity, problem_of
from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.numbers import normalise
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import Event, Problem, Reading, Tracking, TzSource

NUMBERS_PER_CALL = 200
VERSION = "3.1.0"
"""``x-version`` as DHL's specification 3.1.1 fixes it."""
_HEADERS = {"accept": "application/json", "accept-language": "eng", "x-version": VERSION}
_VIEW = (("trackingView", "all-checkpoints-with-remarks"), ("levelOfDetail", "all"))
_FINE = ("", "success")
NO_AREA: ServiceArea = {}


def mydhl_requests(numbers: Sequence[str]) -> tuple[HttpRequest, ...]:
    """Questions for these waybills, 200 to a call; one alone is asked with the offset of each event.

    >>> mydhl_requests(["1234567890"])[0].path.partition("?")[0]
    '/shipments/1234567890/tracking'
    """
    groups = [numbers[at : at + NUMBERS_PER_CALL] for at in range(0, len(numbers), NUMBERS_PER_CALL)]
    return tuple(_one(some[0]) if len(some) == 1 else _several(some) for some in groups)


def read_mydhl(body: bytes, now: datetime, source: str) -> Reading:
    """Everything a tracking answer of MyDHL says, its problem bodies included.

    Raises ``CarrierUnreadable`` when it is neither; a number not found and an unreadable checkpoint are problems.
    """
    answer = read_json(body)
    if not isinstance(answer, dict):
        raise CarrierUnreadable("a tracking answer is an object")
    told = problem_of(answer)
    if "shipments" not in answer:
        if told is None:
            raise CarrierUnreadable("neither shipments nor a problem")
        return Reading((), (told,))
    problems = [told] if told else []
    trackings = list(_trackings(answer["shipments"], now, source, problems))
    if not trackings and not problems:
        problems.append(Problem(None, "no_results", "the answer names no shipment", retryable=True))
    return Reading(tuple(trackings), tuple(problems))


def _one(number: str) -> HttpRequest:
    asked = urlencode((*_VIEW, ("requestGMTOffsetPerEvent", "true")))
    return HttpRequest("GET", f"/shipments/{quote(number, safe='')}/tracking?{asked}", _HEADERS, b"", reads_only=True)


def _several(numbers: Sequence[str]) -> HttpRequest:
    asked = urlencode([*(("shipmentTrackingNumber", number) for number in numbers), *_VIEW])
    return HttpRequest("GET", f"/tracking?{asked}", _HEADERS, b"", reads_only=True)


def _trackings(raw: object, now: datetime, source: str, problems: list[Problem]) -> Iterator[Tracking]:
    if not isinstance(raw, list):
        problems.append(Problem(None, "result_unreadable", "shipments is no list", retryable=False))
        return
    for entry in raw:
        shipment, unread = read_shipment(entry)
        number = normalise((shipment or {}).get("shipmentTrackingNumber") or "")
        if shipment is None or number is None:
            problems.append(Problem(None, "number_unreadable", "a shipment without a readable number", retryable=False))
            continue
        notes = Notes(number, source, now)
        for part in unread:
            notes.lost("part_unreadable", part)
        yield _tracking(shipment, notes)
        problems += notes.problems


def _tracking(shipment: Shipment, notes: Notes) -> Tracking:
    status = (shipment.get("status") or "").strip()
    if status.lower() not in _FINE:
        notes.lost("not_success", "the shipment's call result is not Success", retryable=True)
    pieces = notes.count(shipment.get("numberOfPieces"))
    events, names = _events(shipment, pieces, notes)
    if not events:
        notes.lost("no_scans", "no scan was reported", retryable=True)
    shipper, receiver = shipment.get("shipperDetails") or {}, shipment.get("receiverDetails") or {}
    origin, destination = _home(shipper), _home(receiver)
    return Tracking(
        notes.number,
        None,
        without_names(events, (*fit_names(shipper.get("name"), receiver.get("name")), *names)),
        eta=_promise(shipment.get("estimatedDeliveryDate"), destination.zone, notes),
        service=shipment.get("productCode") or None,
        weight_g=notes.grams(shipment.get("totalWeight"), shipment.get("unitOfMeasurements")),
        ship_date=_day(shipment.get("shipmentTimestamp"), notes),
        pieces=pieces,
        origin_country=origin.place.country,
        destination_country=destination.place.country,
    )


def _events(shipment: Shipment, pieces: int | None, notes: Notes) -> tuple[tuple[Event, ...], tuple[str, ...]]:
    """Every checkpoint once: what a piece repeats is the shipment's, what only a piece tells is added."""
    names: list[str | None] = []
    found: dict[str, Event] = {}
    for event in _read(_list(shipment.get("events"), "events", notes), notes, names):
        _keep(found, event)
    of_pieces = [_of_piece(raw, notes, names) for raw in shipment.get("pieces") or []]
    whole = any(event.milestone == "delivered" for event in found.values())
    delivered = sum(any(event.milestone == "delivered" for event in told) for told in of_pieces)
    for event in (event for told in of_pieces for event in told):
        is_part = event.milestone == "delivered" and not whole and delivered < max(pieces or 0, len(of_pieces))
        _keep(found, _partly(event) if is_part else event)
    return tuple(found.values()), fit_names(*names)


def _keep(found: dict[str, Event], event: Event) -> None:
    """One event each; a telling with an offset is surer than one without."""
    known = found.get(event.id)
    if known is None or (event.tz_source == "offset" != known.tz_source):
        found[event.id] = event


def _partly(event: Event) -> Event:
    """One piece of several was delivered: not the shipment, whose own scan of that second is another event."""
    return event._replace(
        id=identity(f"{event.id}|part"),
        milestone="partially_delivered", condition="action_required", reason="incomplete_shipment",
        responsible="carrier", action_by="carrier",
    )  # fmt: skip


def _of_piece(raw: object, notes: Notes, names: list[str | None]) -> list[Event]:
    piece, unread = read_piece(raw)
    if piece is None or unread:
        notes.lost("part_unreadable", f"{', '.join(unread) or 'all'} of a piece")
    return _read(_list((piece or {}).get("events"), "events of a piece", notes), notes, names)


def _list(raw: object, name: str, notes: Notes) -> list[object]:
    if raw is not None and not isinstance(raw, list):
        notes.lost("part_unreadable", name)
    return raw if isinstance(raw, list) else []


def _read(raw: list[object], notes: Notes, names: list[str | None]) -> list[Event]:
    raw = notes.capped(raw)
    try:
        told = checkpoints().validate_python(raw)
    except ValidationError:
        told = [one for one in (_salvaged(entry, notes) for entry in raw) if one is not None]
    return _made(told, notes, names)


def _salvaged(raw: object, notes: Notes) -> Checkpoint | None:
    found, unread = read_checkpoint(raw)
    if found is None:
        notes.lost("event_unreadable", f"a scan without readable {', '.join(unread) or 'parts'}")
        return None
    for part in unread:
        notes.lost("event_part_unreadable", f"{part} of a scan")
    return found


def _made(told: list[Checkpoint], notes: Notes, names: list[str | None]) -> list[Event]:
    """The events of well-formed checkpoints; one whose time cannot be read is a problem."""
    made, named, source, latest = [], f"dhl|{notes.number}|", notes.source, notes.latest
    for one in told:
        code, clock, areas = one["typeCode"], f"{one['date']}T{one['time']}", one.get("serviceArea")
        area = areas[0] if areas else NO_AREA
        place, place_sent, zone_name, by = area_of(area.get("code") or "", area.get("description") or "")
        sent = clock + (one.get("GMTOffset") or "")
        try:
            at, tz_source = read_clock(sent, zone_name, by)
        except ValueError:
            try:
                at, tz_source = _without_offset(clock, zone_name, by, notes)
                sent = clock
            except ValueError:
                notes.lost("event_time_unreadable", "the date of a scan is not a time")
                continue
        remarks = one.get("remarks")
        remark, details = _said(remarks) if remarks else ("", "")
        milestone, condition, reason, responsible, action_by, text = meaning_of(
            code, one.get("description") or "", remark, details
        )
        event = Event(
            identity(f"{named}{code}|{clock}|{place_sent}"),
            at, sent, tz_source, code, None, milestone, condition, reason, text, place,
            source, responsible, action_by,
        )  # fmt: skip
        names.append(one.get("signedBy"))
        made.append(notes.from_future(event) if at > latest else event)
    return made


def _without_offset(clock: str, zone_name: str, by: TzSource, notes: Notes) -> tuple[datetime, TzSource]:
    """The instant by the place when the offset that was sent is none; ValueError when the clock is none either."""
    told = read_clock(clock, zone_name, by)
    notes.lost("event_part_unreadable", "GMTOffset of a scan")
    return told


def _said(remarks: list[Remark]) -> tuple[str, str]:
    values = " ".join(remark.get("value") or "" for remark in remarks)
    return values.strip(), " ".join(remark.get("details") or "" for remark in remarks)


def _home(side: Side) -> Where:
    """Where an end of the shipment is, and its clock."""
    areas = side.get("serviceArea")
    area: ServiceArea = areas[0] if areas else {}
    found = area_of(area.get("code") or "", area.get("description") or "")
    country = country_named(((side.get("postalAddress") or {}).get("countryCode") or "").strip())
    if country in (None, found.place.country):
        return found
    return area_of("", f"-{country}")


def _promise(sent: str | None, zone_name: str, notes: Notes) -> datetime | None:
    """A naive date and time, or a day, on the destination's clock."""
    if not sent:
        return None
    try:
        return read_promise(sent, zone_name)
    except ValueError:
        notes.lost("part_unreadable", "estimated delivery")
        return None


def _day(sent: str | None, notes: Notes) -> str | None:
    if not sent:
        return None
    try:
        return date.fromisoformat(sent[:10]).isoformat()
    except ValueError:
        notes.lost("part_unreadable", "shipment timestamp")
        return None
