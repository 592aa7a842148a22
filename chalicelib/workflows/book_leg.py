"""Story B, second half: the waybill is bought and the courier ordered, each claimed before the call and made once.

A booking is claimed under our own reference, then the carrier is called, then the answer is recorded. What may have
been carried out and was not recorded is looked up under that reference; when that does not settle it, it stays
visibly ``unknown`` and a person decides. It is never simply tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.carriers.channels import Pickups, Waybills
from chalicelib.carriers.contract import HttpRequest, OrderNotAccepted, Waybill
from chalicelib.carriers.registry import carrier as carrier_named
from chalicelib.errors import (
    CarrierOutcomeUnknown,
    CarrierRefused,
    CarrierUnavailable,
    CarrierUnreadable,
    NotFoundError,
    UnavailableError,
)
from chalicelib.returns.case import Case
from chalicelib.returns.stages import NEXT, Stage, is_past
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.alert_words import alert_of_booking
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.carrier_calls import Line, account_of, open_line
from chalicelib.workflows.carrier_orders import pickup_order, waybill_order
from chalicelib.workflows.ports import Booking, CaseFile, HttpResponse, Ports
from chalicelib.workflows.start_track import join_parked, new_track

RETRY = timedelta(minutes=15)
# A case that waits for a person books nothing, whatever message strays in.
MAY_BOOK = frozenset({"approved", "booked", "in_transit"})
# No worker lives longer than this: until then a claimed call is somebody's work in hand and not an unknown outcome.
IN_HAND = timedelta(minutes=2)
GIVEN_BY_A_PERSON = "given_by_a_person"


@dataclass(frozen=True, slots=True)
class Step:
    """One booking of one leg, with everything its steps look at."""

    file: CaseFile
    leg: Leg
    booking: Booking


@dataclass(frozen=True, slots=True)
class Ready:
    """A call that only has to be made: the day it is for, the request, and the line it goes over."""

    on: date
    request: HttpRequest
    line: Line


def take_booking(ports: Ports, message: Mapping[str, Any], now: datetime) -> None:
    """Carry a booking as far as it goes: message is ``{kind: waybill|pickup, case_id, leg}``. A repeat is quiet.

    What may have been carried out is settled at whatever stage the case is by now; what was not asked for yet is
    given up once the case needs it no more: a courier for a parcel that has arrived, anything for a cancelled case.
    """
    step = _step(ports, message)
    booking, stage = step.booking, step.file.case.stage
    if booking.status in ("done", "refused", "cancelled", "unknown"):
        return
    if booking.problem == GIVEN_BY_A_PERSON:
        _record(ports, step, booking.result, now)
    elif booking.status == "claimed":
        if not _in_hand(booking, now):
            _reconcile(ports, step, now)
    elif stage == "cancelled" or is_past(stage, "arrived"):
        ports.cases.save_booking(replace(booking, status="cancelled", due_at=None), booking.status)
    elif stage in MAY_BOOK and _may_be_made(step, now):
        _claim_and_call(ports, step, now)


def _step(ports: Ports, message: Mapping[str, Any]) -> Step:
    file = ports.cases.file(message["case_id"])
    if file is None:
        raise NotFoundError("no case has this id")
    leg = next((leg for leg in file.legs if leg.n == int(message["leg"])), None)
    found = (b for b in file.bookings if (b.kind, b.leg_n) == (message["kind"], int(message["leg"])))
    booking = next(found, None)
    if leg is None or booking is None:
        raise NotFoundError("this leg has no such booking")
    return Step(file, leg, booking)


def _look_again(booking: Booking, now: datetime) -> datetime:
    """When a claimed call that was never recorded is looked at. A due time that comes after the call and before a
    retry would is kept: to move one costs more than the claim itself."""
    kept = booking.due_at
    return kept if kept is not None and now + IN_HAND <= kept <= now + RETRY else now + RETRY


def _in_hand(booking: Booking, now: datetime) -> bool:
    """Whether another worker may still be at it, told of the same step twice; should it die, the booking is due."""
    return booking.claimed_at is not None and now - booking.claimed_at < IN_HAND


def _may_be_made(step: Step, now: datetime) -> bool:
    """A pickup needs the waybill first, and no booking is made before its first allowed moment: both have a due time
    and come again."""
    if step.booking.not_before is not None and now < step.booking.not_before:
        return False
    return step.booking.kind == "waybill" or step.leg.number is not None


def _claim_and_call(ports: Ports, step: Step, now: datetime) -> None:
    """Get everything ready, claim, call: between the claim and the call there is nothing that can fail."""
    try:
        ready = _ready(ports, step, now)
    except CarrierUnavailable as away:
        _later(ports, step, away, now)
        return
    except (CarrierRefused, OrderNotAccepted) as refused:
        _give_up(ports, step, "refused", "booking_refused", str(refused), now)
        return
    claimed = replace(
        step.booking,
        status="claimed",
        claimed_at=now,
        due_at=_look_again(step.booking, now),
    )
    if ports.cases.save_booking(claimed, step.booking.status):
        _call(ports, replace(step, booking=claimed), ready, now)


def _call(ports: Ports, step: Step, ready: Ready, now: datetime) -> None:
    try:
        given = _given(ports, step, ready, ready.line.call(ready.request), now)
    except CarrierUnavailable as away:
        _later(ports, step, away, now)
    except CarrierRefused as refused:
        _give_up(ports, step, "refused", "booking_refused", str(refused), now)
    except CarrierOutcomeUnknown:
        _reconcile(ports, step, now)
    else:
        _record(ports, step, given, now)


def _ready(ports: Ports, step: Step, now: datetime) -> Ready:
    """The order, the request that carries it, and an open line."""
    leg = step.leg
    person = ports.cases.person(leg.case_id)
    if person is None:
        raise CarrierRefused("no_address", "the customer's address has been erased")
    facts = (ports.merchant(), step.file.plan, leg, person, step.booking.reference, now)
    account = account_of(ports, leg.carrier)
    if step.booking.kind == "waybill":
        waybills, order = _waybills_of(leg), waybill_order(*facts, rma=step.file.case.rma)
        return Ready(
            order.ship_on, waybills.request(order, account), open_line(ports, leg.carrier, waybills.access, now)
        )
    pickups, pickup = _pickups_of(leg), pickup_order(*facts)
    line = open_line(ports, leg.carrier, pickups.access, now)
    return Ready(pickup.hours.ready_at.date(), pickups.request(pickup, account), line)


def _waybills_of(leg: Leg) -> Waybills:
    waybills = carrier_named(leg.carrier).waybills
    if waybills is None:
        raise CarrierRefused("not_by_call", f"{leg.carrier} sells no waybill by a call: a person must order it")
    return waybills


def _pickups_of(leg: Leg) -> Pickups:
    pickups = carrier_named(leg.carrier).pickups
    if pickups is None:
        raise CarrierRefused("not_by_call", f"{leg.carrier} takes no pickup by a call: a person must order it")
    return pickups


def _given(ports: Ports, step: Step, ready: Ready, answer: HttpResponse, now: datetime) -> Mapping[str, str]:
    """What the carrier gave, as the booking keeps it."""
    if step.booking.kind == "waybill":
        waybill = _waybills_of(step.leg).read(answer.status, answer.headers, answer.body, now)
        return _kept(ports, step.leg, waybill, ready.on)
    pickup = _pickups_of(step.leg).read(answer.status, answer.headers, answer.body, now)
    on = pickup.on or ready.on
    return {"confirmation": pickup.code, "location": pickup.location or "", "on": on.isoformat()}


def _later(ports: Ports, step: Step, away: CarrierUnavailable, now: datetime) -> None:
    """Nothing was carried out: free again, and due when the carrier may be asked."""
    wait = max(RETRY, timedelta(seconds=away.retry_after or 0))
    ports.cases.save_booking(replace(step.booking, status="planned", due_at=now + wait), step.booking.status)


def _kept(ports: Ports, leg: Leg, waybill: Waybill, ship_on: date) -> Mapping[str, str]:
    """Keep the label with the case; what the booking remembers of the waybill. A label that cannot be kept must not
    cost the number: it is lost, and a person is told to print it from the carrier's portal."""
    label = "lost"
    for at, paper in enumerate(waybill.documents):
        if paper.content is None:
            continue
        name = f"{paper.kind}-{leg.n}" if paper is waybill.label else f"{paper.kind}-{leg.n}-{at}"
        with suppress(UnavailableError):
            ports.evidence.keep_label(leg.case_id, name, paper.content, paper.media_type)
            label = "kept" if paper is waybill.label else label
    ship_date = waybill.ship_date or ship_on
    return {"number": waybill.number, "ship_date": ship_date.isoformat(), "label": label}


def _reconcile(ports: Ports, step: Step, now: datetime) -> None:
    """The call may have been carried out. A waybill can be looked up under our reference; a pickup cannot."""
    given = None
    if step.booking.kind == "waybill":
        try:
            given = _looked_up(ports, step, now)
        except CarrierUnavailable:
            return
    if given is not None:
        _record(ports, step, given, now)
    else:
        _give_up(ports, step, "unknown", f"{step.booking.kind}_unknown", None, now)


def _looked_up(ports: Ports, step: Step, now: datetime) -> Mapping[str, str] | None:
    """The one waybill under our reference; None when there is none yet, or more than one: then a person looks. Its
    label was in the answer that was lost, and the carrier does not give it twice."""
    name, lookup = step.leg.carrier, _waybills_of(step.leg).lookup
    if lookup is None:
        return None
    request = lookup.request(step.booking.reference, step.booking.claimed_at or now, account_of(ports, name))
    try:
        found = lookup.read(open_line(ports, name, lookup.access, now).call(request), now)
    except (CarrierRefused, CarrierUnreadable):
        return None
    if found is None:
        return None
    return {"number": found.number, "ship_date": found.ship_date.isoformat(), "label": "lost"}


def _give_up(ports: Ports, step: Step, status: Any, kind: str, problem: str | None, now: datetime) -> None:
    """A person decides. The alert goes out first: an alert twice is one exception, a lost one is a lost parcel."""
    ended = replace(step.booking, status=status, problem=problem, due_at=None)
    ports.queues.send("alerts", [alert_of_booking(ended, kind, now)])
    ports.cases.save_booking(ended, step.booking.status)


def _record(ports: Ports, step: Step, given: Mapping[str, str], now: datetime) -> None:
    """Write down what the carrier gave, with all that follows from it; then queue the next step. Once it is written
    no repeat comes back to it: so the alert goes out first, and the next step is due by itself."""
    done = replace(step.booking, status="done", result=dict(given), problem=None, due_at=None)
    if step.booking.kind == "waybill":
        _record_waybill(ports, step, done, now)
    else:
        _record_pickup(ports, step, done, now)


def _record_waybill(ports: Ports, step: Step, done: Booking, now: datetime) -> None:
    track = new_track(step.file, step.leg, done.result, now)
    leg = replace(step.leg, number=track.number, ship_date=track.ship_date)
    facts = {"leg": str(leg.n), "carrier": leg.carrier, "reference": done.reference}

    def decide(case: Case) -> Amendment:
        return Amendment(case, "waybill_bought", facts, legs=(leg,), bookings=(done,), tracks=(track,))

    if done.result.get("label") == "lost":
        ports.queues.send("alerts", [alert_of_booking(done, "label_lost", now)])
    amend(ports, leg.case_id, now, decide)
    if any((one.kind, one.leg_n) == ("pickup", leg.n) for one in step.file.bookings):
        ports.queues.send("steps", [{"kind": "pickup", "case_id": leg.case_id, "leg": leg.n}])
    join_parked(ports, leg.carrier, track.number, now)


def _record_pickup(ports: Ports, step: Step, done: Booking, now: datetime) -> None:
    facts = {"leg": str(step.leg.n), "on": done.result.get("on", ""), "reference": done.reference}

    def decide(case: Case) -> Amendment:
        stage: Stage = "booked" if "booked" in NEXT[case.stage] else case.stage
        return Amendment(replace(case, stage=stage), "pickup_booked", facts, bookings=(done,))

    amend(ports, step.leg.case_id, now, decide)
