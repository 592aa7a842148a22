"""A return that was decided, as it is first kept: case, plan, leg, bookings, pointers, the sealed person, the log."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.alerts.changes import opened
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.playbooks import open_exception
from chalicelib.carriers.routes import Route
from chalicelib.customs.explain import explained
from chalicelib.errors import InvalidRequestError
from chalicelib.insurance.kept import told as told_cover
from chalicelib.pickups.booking import PickupPlan
from chalicelib.places import Lane
from chalicelib.returns.address_signals import signals_of
from chalicelib.returns.case import Case, Person, Plan, ReturnRequest, purpose_of, rma_of, worth_of
from chalicelib.returns.eligibility import Decision
from chalicelib.returns.stages import Stage
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.case_log import noted
from chalicelib.workflows.decision_words import in_their_words
from chalicelib.workflows.find_routes import Ways
from chalicelib.workflows.plan_papers import instructions
from chalicelib.workflows.ports import Booking, Opening, Pointer
from chalicelib.workflows.same_day import counted_day
from chalicelib.workflows.verdicts import DECISION_WANTED

FIRST_LOOK = timedelta(minutes=10)
# Assumed: an inner box, an outer box at least the size of a shoe box, and wrapping. The courier's scale decides.
PACKING_G = Decimal(400)


@dataclass(frozen=True, slots=True)
class Decided:
    """Everything decided about a return before anything is written."""

    decision: Decision
    estimate: dict[str, Any]
    ways: Ways
    papers: tuple[dict[str, Any], ...]
    pickup: PickupPlan | None
    stage: Stage
    next: tuple[str, ...]


def new_case(
    case_id: str,
    request: ReturnRequest,
    person: Person,
    decided: Decided,
    lane: Lane,
    holder: str,
    digest_key: str,
    now: datetime,
) -> Opening:
    """Everything that is written when a return is opened; ``digest_key`` turns the customer into a pointer that only
    somebody with the key can follow."""
    worth = worth_of(request.items)
    if worth is None:
        raise InvalidRequestError("one return has one currency")
    unlogged = Case(
        case_id=case_id,
        rma=rma_of(case_id),
        kind=request.kind,
        reason=request.reason,
        stage=decided.stage,
        order_number=request.order.number,
        customer_country=request.customer_country,
        language=request.language,
        return_to=request.return_to,
        money_at_risk=worth,
        created_at=now,
        version=0,
    )
    case, entry = noted(unlogged, now, holder, "opened", {"stage": decided.stage, "lane": str(lane)})
    leg = _leg(request, decided.ways.chosen, lane, case, now) if decided.ways.chosen else None
    legs = (leg,) if leg else ()
    return Opening(
        case=case,
        plan=Plan(case_id, request, answer_of(case, legs, decided)),
        legs=legs,
        bookings=_bookings(decided, case, now) if leg else (),
        pointers=_pointers(request, person, case_id, digest_key),
        person=person,
        log=entry,
        answer=None,
        exceptions=_for_a_person(case, decided, now),
        address_signals=signals_of(person.address, now.date()),
    )


def _for_a_person(case: Case, decided: Decided, now: datetime) -> tuple[OpenException, ...]:
    """A return that a machine may not decide stands on the work list from the first moment, with what is open."""
    if case.stage == "approved":
        return ()
    wanted = open_exception(
        "case",
        case.case_id,
        kind=DECISION_WANTED,
        episode="opening",
        reason=case.stage,
        since=now,
        now=now,
        case_id=case.case_id,
        leg_n=1 if decided.ways.chosen else None,
        money_at_risk=case.money_at_risk,
        detail="; ".join(decided.next),
    )
    return (opened(wanted, now, sequence=case.log_n, country=case.customer_country),)


def answer_of(case: Case | None, legs: tuple[Leg, ...], decided: Decided) -> dict[str, Any]:
    """The answer to opening a return; without a case it is a dry run and says null."""
    return {
        "case_id": case.case_id if case else None,
        "rma": case.rma if case else None,
        "stage": decided.stage,
        "decision": decided.decision.as_json(),
        "estimate": decided.estimate,
        "route": decided.ways.chosen.kept() if decided.ways.chosen else None,
        "routes": [route.in_brief() for route in decided.ways.routes],
        "cover": decided.ways.best.declared_cover(),
        "legs": [leg_row(leg) for leg in legs],
        "papers": list(decided.papers),
        "pickup": decided.pickup.as_json() if decided.pickup else None,
        "next": list(decided.next),
    }


def told(answer: Mapping[str, Any], request: ReturnRequest) -> dict[str, Any]:
    """The answer as callers get it, with what can be said again from what is kept and is not kept with each case: the
    reasons in the customer's language, the estimate in plain words, the cover with its sources, and how to hand over to
    this carrier."""
    return {
        **answer,
        "decision": in_their_words(answer["decision"], request),
        "estimate": {**answer["estimate"], "explain": explained(answer["estimate"])},
        "cover": told_cover(answer["cover"]),
        "hand_over": instructions(answer["route"]["carrier"] if answer["route"] else None),
    }


def parcel_weight_g(request: ReturnRequest) -> Decimal:
    """Grams of the packed parcel: the pieces and an assumed packing."""
    return sum((item.gross_weight_g * item.quantity for item in request.items), PACKING_G)


def _leg(request: ReturnRequest, route: Route, lane: Lane, case: Case, now: datetime) -> Leg:
    return Leg(
        case_id=case.case_id,
        n=1,
        direction="home",
        carrier=route.carrier,
        service=route.service,
        lane=lane,
        purpose=purpose_of(request.kind, "home"),
        customs_value=case.money_at_risk,
        gross_weight_g=parcel_weight_g(request),
        original_export=request.original_export,
        return_to=request.return_to,
        counted_on=counted_day(request, now),
    )


def _bookings(decided: Decided, case: Case, now: datetime) -> tuple[Booking, ...]:
    """The waybill and, where one was asked for, the pickup: planned, and due so that a lost message costs minutes.
    A case that waits for a person has them planned but not due. A pickup that cannot be booked as it was wished is not
    planned: another day is for the customer to choose. A waybill is dated for its pickup, so it waits for it too."""
    due = now + FIRST_LOOK if case.stage == "approved" else None
    opens = decided.pickup.not_before if decided.pickup else None
    due = max(due, opens) if due and opens else due
    waybill = Booking(case.case_id, 1, "waybill", "planned", f"{case.rma}-1W", not_before=opens, due_at=due)
    if decided.pickup is None or decided.pickup.status == "invalid":
        return (waybill,)
    return waybill, replace(waybill, kind="pickup", reference=f"{case.rma}-1P")


def _pointers(request: ReturnRequest, person: Person, case_id: str, digest_key: str) -> tuple[Pointer, ...]:
    customer = hmac.new(digest_key.encode(), person.email.strip().lower().encode(), hashlib.sha256).hexdigest()
    found = [Pointer("order", request.order.number, case_id), Pointer("customer", customer, case_id)]
    if request.original_export.invoice_number:
        found.append(Pointer("invoice", request.original_export.invoice_number, case_id))
    found += [Pointer("serial", serial, case_id) for serial in {item.serial for item in request.items} if serial]
    return tuple(found)


def leg_row(leg: Leg) -> dict[str, Any]:
    """A leg as answers show it."""
    return {
        "leg": leg.n,
        "direction": leg.direction,
        "carrier": leg.carrier,
        "service": leg.service,
        "lane": {"from": leg.lane.origin, "to": leg.lane.destination},
        "purpose": leg.purpose,
        "tracking_number": leg.number,
    }
