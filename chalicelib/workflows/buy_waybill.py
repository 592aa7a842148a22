"""The waybill of a leg: asked for on trial where the contract wants it, bought once, its papers kept, its track begun.

An order that brings the courier too settles the pickup with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.carriers.capabilities import is_bookable, service_of
from chalicelib.carriers.channels import Waybills
from chalicelib.carriers.contract import Document, LocalHours, Waybill, WaybillOrder
from chalicelib.carriers.registry import carrier as carrier_named
from chalicelib.errors import CarrierError, CarrierRefused, CarrierUnreadable, UnavailableError
from chalicelib.pickups.offers import fit
from chalicelib.returns.case import Case
from chalicelib.returns.stages import NEXT, Stage
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.alert_words import alert_of_booking
from chalicelib.workflows.amend import Amendment, amend, amend_file
from chalicelib.workflows.book_pickup import close_what_it_settles, hours_in, window_in
from chalicelib.workflows.booking_steps import RETRY, Given, Maker, Ready, Step, give_up
from chalicelib.workflows.bookings import LABEL_AWAITED
from chalicelib.workflows.call_off import called_off
from chalicelib.workflows.carrier_calls import Line, account_of, open_line
from chalicelib.workflows.carrier_orders import waybill_order
from chalicelib.workflows.courier import hours_told, pickups_of, planned_pickup, told_of, wish_of
from chalicelib.workflows.leg_plan import plan_of
from chalicelib.workflows.made_papers import papers_message
from chalicelib.workflows.ports import Booking, CaseFile, KeptPaper, Ports
from chalicelib.workflows.start_track import join_parked, new_track
from chalicelib.workflows.watch_refund import moved
from chalicelib.workflows.watched_by import rules_at

# The label is asked for by a call of its own; so often before a person is told to print it.
AWAITED, LABEL_TRIES = LABEL_AWAITED, 4


def _ready(ports: Ports, step: Step, now: datetime) -> Ready | None:
    """The order, the request that carries it, and an open line; tried first where the contract asks for it. None when
    no call can order it: then a person is asked to."""
    leg, merchant = step.leg, ports.merchant()
    service = service_of(leg.carrier, leg.service, now.date())
    if service is not None and not is_bookable(service, leg.lane):
        words = f"{service.title}, {leg.lane}: order it for the reference {step.booking.reference}"
        give_up(ports, step, "with_person", "waybill_by_person", words, now)
        return None
    person = ports.cases.person(leg.case_id)
    if person is None:
        raise CarrierRefused("no_address", "the customer's address has been erased")
    waybills, account = _waybills_of(leg), account_of(ports, leg.carrier)
    pickup = planned_pickup(step)
    order = waybill_order(
        merchant,
        plan_of(step.file, leg),
        leg,
        person,
        step.booking.reference,
        now,
        rma=step.file.case.rma,
        wish=pickup.wish if pickup else None,
        pickup_arranged=pickup is not None,
    )
    if waybills.brings_courier:
        dated = _within_hours_to_come(ports, step, pickup, order, now)
        if dated is None:
            return None
        order = dated
    request = waybills.request(order, account)
    line = open_line(ports, leg.carrier, waybills.access, now)
    contract = merchant.contract_with(leg.carrier)
    if contract is not None and contract.dry_run:
        _try(waybills, order, account, line, now)
    return Ready(
        request,
        line,
        lambda answer: _given(
            ports, leg, waybills, order, waybills.read(answer.status, answer.headers, answer.body, now)
        ),
    )


def _within_hours_to_come(
    ports: Ports, step: Step, pickup: Booking | None, order: WaybillOrder, now: datetime
) -> WaybillOrder | None:
    """The order with its courier in what is left of the hours that were named. None when they are over: he comes on no
    day that nobody named, so the order waits until another is."""
    if pickup is None:
        if not (known := pickups_of(step.file.bookings, step.leg.n)) or known[-1].status != "refused":
            return order
        _wait(ports, step, (), now)
        return None
    if order.hours is None:
        return order
    wish, asked = wish_of(pickup, plan_of(step.file, step.leg)), window_in(order.hours)
    window = fit(replace(asked, on=wish.on if wish else asked.on), (), now).window
    if window is not None:
        return replace(order, hours=hours_in(window))
    words = "window_is_over: name a day and hours yet to come; the order waits for them"
    over = replace(pickup, status="refused", problem=words, due_at=None)
    ports.queues.send("alerts", [alert_of_booking(over, "pickup_not_offered", now)])
    _wait(ports, step, (over,), now)
    return None


def _wait(ports: Ports, step: Step, parts: tuple[Booking, ...], now: datetime) -> None:
    """Nothing is ordered until another day is named for the courier; written with what became of him."""
    if step.booking.due_at is None and not parts:
        return
    waits = replace(step.booking, due_at=None, attempts=0)
    facts = {"leg": str(step.leg.n), "reference": waits.reference}

    def decide(case: Case) -> Amendment:
        return Amendment(case, "waybill_waits", facts, bookings=(waits, *parts), over=step.file.bookings)

    amend(ports, step.leg.case_id, now, decide)


def _try(waybills: Waybills, order: WaybillOrder, account: str, line: Line, now: datetime) -> None:
    """Ask whether the order would be taken; raises what stands against it. Nothing is claimed yet."""
    if waybills.dry_run is None or waybills.read_dry_run is None:
        return
    answer = line.call(waybills.dry_run(order, account))
    waybills.read_dry_run(answer.status, answer.headers, answer.body, now)


def _waybills_of(leg: Leg) -> Waybills:
    waybills = carrier_named(leg.carrier).waybills
    if waybills is None:
        raise CarrierRefused("not_by_call", f"{leg.carrier} sells no waybill by a call: a person must order it")
    return waybills


def _given(ports: Ports, leg: Leg, waybills: Waybills, order: WaybillOrder, waybill: Waybill) -> Given:
    """What the carrier gave, as the booking keeps it."""
    papers = _kept(ports, leg, waybill)
    label = any(paper.kind == "label" and paper.status == "kept" for paper in papers)
    result = {
        "number": waybill.number,
        "ship_date": (waybill.ship_date or order.ship_on).isoformat(),
        "label": "kept" if label else "lost" if waybills.label is None else AWAITED,
    }
    if len(waybill.pieces) > 1:
        result["pieces"] = " ".join(waybill.pieces)
    return Given(result, papers, _courier(waybills, order, waybill))


def _courier(waybills: Waybills, order: WaybillOrder, waybill: Waybill) -> Mapping[str, str]:
    """What is known of the courier whom the order brought; nothing when it brought none."""
    if not waybills.brings_courier or not order.pickup_arranged or order.hours is None:
        return {}
    hours: LocalHours = order.hours
    if waybill.pickup is not None:
        return told_of(waybill.pickup, hours)
    return {"confirmation": waybill.number, **hours_told(hours)}


def _kept(ports: Ports, leg: Leg, waybill: Waybill) -> tuple[KeptPaper, ...]:
    """Keep the papers with the case. One that cannot be kept must not cost the number: it is lost, and a person is told
    to print the label from the carrier's portal."""
    return tuple(_kept_paper(ports, leg, paper, at) for at, paper in enumerate(_label_first(waybill)))


def _label_first(waybill: Waybill) -> list[Document]:
    """The papers, the label before the others: it is the one that must not be lost."""
    return sorted(waybill.documents, key=lambda paper: paper is not waybill.label)


def _kept_paper(ports: Ports, leg: Leg, paper: Document, at: int) -> KeptPaper:
    """One paper under a name of its own; the label is ``label-<leg>``, the others carry their place."""
    name = f"{paper.kind}-{leg.n}" if at == 0 else f"{paper.kind}-{leg.n}-{at}"
    if paper.content is None:
        return KeptPaper(name, paper.kind, paper.media_type, "with_carrier" if paper.url else "lost", paper.url)
    with suppress(UnavailableError):
        ports.evidence.keep_label(leg.case_id, name, paper.content, paper.media_type)
        return KeptPaper(name, paper.kind, paper.media_type, "kept")
    return KeptPaper(name, paper.kind, paper.media_type, "lost")


def _settled(ports: Ports, step: Step, now: datetime) -> Given | None:
    """The one waybill under our reference; None when there is none yet, or more than one: then a person looks. Its
    papers were in the answer that was lost, and the carrier does not give them twice."""
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
    return Given({"number": found.number, "ship_date": found.ship_date.isoformat(), "label": "lost"})


def _record(ports: Ports, step: Step, given: Given, now: datetime) -> None:
    """Write down what the carrier gave, with all that follows from it; then queue the next step. Once it is written
    no repeat comes back to it: so the alert goes out first, and the next step is due by itself. The waybill stays due
    until the papers that name its number are made."""
    awaited = given.result.get("label") == AWAITED
    pickup = planned_pickup(step)
    couriered = _couriered(pickup, given)
    track = new_track(step.file, step.leg, given.result, couriered or pickup, now, rules_at(ports, now))
    done = replace(
        step.booking,
        status="done",
        result={**given.result, "ship_date": track.ship_date.isoformat()},
        papers=given.papers,
        problem=None,
        due_at=now + RETRY if awaited else _papers_due(step.booking, now),
        attempts=0,
    )
    leg = step.leg
    facts = {"leg": str(leg.n), "carrier": leg.carrier, "reference": done.reference}
    if couriered is not None:
        facts["courier_on"] = couriered.result.get("on", "")
    undone: list[Booking] = []

    def decide(file: CaseFile) -> Amendment:
        made = (done, couriered) if couriered is not None else (done,)
        undone[:] = called_off(ports, file.case, made, now)
        case = replace(file.case, stage=_stage(file.case, leg, couriered))
        # A courier of ours may be our offer to collect, from which the law counts.
        home = couriered is not None and leg.direction == "home"
        parts = moved(ports, file, "waybill_bought", now) if home else ()
        bookings = (*made, *undone)
        return Amendment(case, "waybill_bought", facts, bookings=bookings, tracks=(track,), parts=parts)

    if couriered is not None:
        close_what_it_settles(ports, step, now)
    if done.result.get("label") == "lost":
        ports.queues.send("alerts", [alert_of_booking(done, "label_lost", now)])
    amend_file(ports, leg.case_id, now, decide)
    steps = _next_steps(pickup, couriered, undone)
    if steps := [*steps, done.step] if awaited else steps:
        ports.queues.send("steps", steps)
    ports.queues.send("papers", [papers_message(leg.case_id, leg.n)])
    join_parked(ports, leg.carrier, track.number, now)


def _papers_due(claimed: Booking, now: datetime) -> datetime:
    """When the papers of the leg are asked for again, should the message be lost. The due time of the claim is kept
    where it lies ahead: to move one costs more than the papers' own item."""
    kept = claimed.due_at
    return kept if kept is not None and now < kept <= now + RETRY else now + RETRY


def fetch_label(ports: Ports, step: Step, now: datetime) -> None:
    """Ask for the label of a waybill that was bought without one. Its failure is none of the order's: it is asked for
    again when it is due, and after some tries a person is told to print it."""
    booking, waybills = step.booking, _waybills_of(step.leg)
    if waybills.label is None or waybills.read_label is None:
        return
    try:
        line = open_line(ports, step.leg.carrier, waybills.access, now)
        answer = line.call(waybills.label(booking.result["number"], account_of(ports, step.leg.carrier)))
        paper = waybills.read_label(answer.status, answer.headers, answer.body, now)
    except CarrierError:
        if booking.attempts < LABEL_TRIES:
            return
        lost = replace(booking, result={**booking.result, "label": "lost"}, due_at=None)
        ports.queues.send("alerts", [alert_of_booking(lost, "label_lost", now)])
        ports.cases.save_booking(lost, "done")
        return
    kept = _kept_paper(ports, step.leg, paper, 0)
    told = {**booking.result, "label": kept.status}
    made = step.file.papers_of(step.leg.n) is not None
    due_at = None if made else now + RETRY
    papers = (kept, *booking.papers)
    ports.cases.save_booking(replace(booking, result=told, papers=papers, due_at=due_at, attempts=0), "done")


def _next_steps(pickup: Booking | None, couriered: Booking | None, undone: list[Booking]) -> list[dict[str, Any]]:
    """The courier, unless the order brought him; and what must be called off: the case was cancelled meanwhile."""
    own = [pickup.step] if pickup is not None and couriered is None else []
    return [*own, *(one.step for one in undone)]


def _couriered(pickup: Booking | None, given: Given) -> Booking | None:
    """The pickup as settled by the order that brought the courier."""
    if pickup is None or pickup.status != "planned" or not given.courier:
        return None
    return replace(pickup, status="done", result=dict(given.courier), problem=None, due_at=None)


def _stage(case: Case, leg: Leg, couriered: Booking | None) -> Stage:
    """A courier for the way home books the return; one for a way out says nothing of it."""
    books = couriered is not None and leg.direction == "home"
    return "booked" if books and "booked" in NEXT[case.stage] else case.stage


WAYBILL = Maker(_ready, _record, _settled)
