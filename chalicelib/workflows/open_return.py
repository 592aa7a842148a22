"""Story B, one return: request -> eligibility -> classify, value, duty and relief -> which carriers may carry it ->
cover -> papers -> case saved, next step queued.

Nothing is written before everything is decided, and then everything at once. A refusal names every reason; what a
machine may not decide is opened at ``review`` with what a person must decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.carriers.contract import OrderNotAccepted
from chalicelib.carriers.registry import carrier
from chalicelib.clock import stamp
from chalicelib.customs.asked_facts import asked
from chalicelib.customs.estimate import without_a_border
from chalicelib.customs.rate_choice import RateBook
from chalicelib.errors import (
    FieldFault,
    IdempotencyMismatch,
    InvalidRequestError,
    NotFoundError,
    ReturnRefused,
    UnavailableError,
)
from chalicelib.merchant import Facility
from chalicelib.notices.register import Register
from chalicelib.pickups.booking import PickupPlan
from chalicelib.places import Lane
from chalicelib.returns.case import Person, ReturnRequest, worth_of
from chalicelib.returns.eligibility import OPENS_AT, Decision, decide, sentence
from chalicelib.returns.grounds import Reason
from chalicelib.returns.stages import Stage
from chalicelib.workflows.carrier_orders import waybill_order
from chalicelib.workflows.case_parts import Part
from chalicelib.workflows.customs_lines import estimate_request
from chalicelib.workflows.file_export import unfiled_export
from chalicelib.workflows.find_routes import Shipment, Ways, both_ways, rates_from, ways_of
from chalicelib.workflows.keep_exceptions import send_word
from chalicelib.workflows.new_case import Decided, answer_of, new_case, parcel_weight_g, told
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.other_returns import seen_before
from chalicelib.workflows.outside_words import label_doubts
from chalicelib.workflows.plan_papers import papers_of, pickup_of
from chalicelib.workflows.ports import Opening, Ports, StoredAnswer
from chalicelib.workflows.propose_ways import proposals
from chalicelib.workflows.read_rates import implausible, metal_worth, papers_wait_for, reckon
from chalicelib.workflows.same_day import counted_day, others_arriving
from chalicelib.workflows.tell_steps import look_for_tools

ANSWERS_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the desk is told: 201 with a case, 200 for a dry run."""

    status: int
    body: dict[str, Any]


def open_return(
    ports: Ports,
    request: ReturnRequest,
    person: Person,
    *,
    holder: str,
    idempotency_key: str | None,
    body_digest: str,
    dry_run: bool,
    now: datetime,
    with_it: Callable[[str], tuple[Part, ...]] = lambda _: (),
) -> Answered:
    """Decide a return and, unless it is a dry run, keep it and queue its first step; ``with_it`` makes the parts that
    are written with the case of this id.

    The same Idempotency-Key with the same body is answered with the same answer and opens nothing again; with
    another body it raises ``IdempotencyMismatch``. Raises ``ReturnRefused`` with every reason.
    """
    if idempotency_key and not dry_run:
        earlier = ports.cases.stored_answer(holder, idempotency_key)
        if earlier is not None and earlier.expires_at > now:
            return _replayed(ports, earlier, body_digest)
    facility = _facility(ports, request)
    _refuse_unpriced(request)
    lane = Lane(request.customer_country, facility.country)
    decided = _decide(ports, request, lane, now)
    digest_key = ports.secrets.webhooks().get("customer_digest")
    if not digest_key:
        raise UnavailableError("the secret of the webhooks has no customer_digest yet")
    opening = new_case(ports.new_id(), request, person, decided, lane, holder, digest_key, now)
    opening = replace(opening, parts=with_it(opening.case.case_id))
    if decided.ways.chosen is not None and decided.ways.chosen.bookable:
        _refuse_what_the_carrier_would(ports, opening, now)
    if dry_run:
        return Answered(200, told(answer_of(None, (), decided), request))
    if idempotency_key:
        kept_until = now + ANSWERS_KEPT
        answer = StoredAnswer(holder, idempotency_key, body_digest, opening.case.case_id, kept_until)
        opening = replace(opening, answer=answer)
    stored = ports.cases.open(_as_the_customer_chose(ports, opening))
    if stored is not None:
        return _replayed(ports, stored, body_digest)
    _queue_first_step(ports, opening)
    send_word(ports, *opening.exceptions)
    look_for_notices(ports, opening.case.case_id)
    look_for_tools(ports, opening.case.case_id)
    return Answered(201, told(opening.plan.answer, request))


def _decide(ports: Ports, request: ReturnRequest, lane: Lane, now: datetime) -> Decided:
    merchant = ports.merchant()
    decision = decide(request, merchant, now)
    if decision.outcome == "refused":
        raise ReturnRefused("this return may not come back as asked", _faults(decision))
    facility = merchant.facility_called(request.return_to)
    book = ports.rates.book(now.date())
    sent = _shipment(ports, request, lane, now, book)
    ways = ways_of(sent, request.carrier)
    region, carries = facility.region if facility else None, ways.best.route.carrier
    entry = estimate_request(request, lane, now.date(), region=region, carrier=carries)
    estimated = (reckon(book, entry) if lane.crosses_customs else without_a_border(entry)).as_json()
    papers = papers_of(request, lane, now)
    chosen = ways.chosen
    pickup = pickup_of(request, chosen.carrier if chosen else None, chosen.service if chosen else None, now)
    doubts = [*_customs_doubts(request, estimated, now), *seen_before(ports, request)]
    doubts += label_doubts(merchant, request.return_to)
    doubts += papers_wait_for(implausible(book, request.items, now.date()))
    doubts += unfiled_export(estimated, sent, merchant.contract_with(carries))
    proposed = [f"possible: {one}" for one in proposals(sent, ways)]
    stage, to_do = _stage(decision, doubts, ways, papers, pickup, proposed)
    return Decided(decision, estimated, ways, papers, pickup, stage, to_do)


def _shipment(ports: Ports, request: ReturnRequest, lane: Lane, now: datetime, book: RateBook) -> Shipment:
    """The parcel, with what else our address is sent on its day: insurers limit the sum."""
    on, worth = now.date(), worth_of(request.items)
    sent = Shipment(request.items, lane, on, ports.merchant(), parcel_weight_g(request), book=book)
    if worth is None:
        return sent
    rates = both_ways(rates_from(worth.currency, on, book))
    others = others_arriving(ports, request, worth.currency, rates, now)
    under = f"{request.return_to}/{counted_day(request, now).isoformat()}"
    together = worth + others if others else None
    metal = metal_worth(book, request.items, on)
    return replace(sent, together=together, counted_under=under, metal_value=metal)


def _stage(
    decision: Decision,
    doubts: list[str],
    ways: Ways,
    papers: tuple[dict[str, Any], ...],
    pickup: PickupPlan | None,
    proposed: list[str],
) -> tuple[Stage, tuple[str, ...]]:
    """Where the case begins, and what must be done or decided before it goes on."""
    wanted = [f"give {name}" for name in decision.evidence_wanted] if decision.outcome == "evidence_needed" else []
    wanted += [asked(fact).wish(paper["name"]) for paper in papers for fact in paper["missing"]]
    open_points = [_in_words(reason) for reason in _against(decision)] if decision.outcome == "review" else []
    if ways.chosen is None:
        against = dict.fromkeys(reason.code for route in ways.routes for reason in route.acceptance.reasons)
        open_points.append(f"no contracted service may carry this without a person's word ({', '.join(against)})")
    open_points += [f"cover: {gap.code}" for gap in ways.cover.gaps]
    if pickup is not None and pickup.status == "invalid":
        open_points += [f"pickup: {reason}" for reason in pickup.reasons]
    open_points += doubts
    if open_points:
        return "review", (*(f"decide: {point}" for point in dict.fromkeys(open_points)), *proposed, *wanted)
    if wanted:
        return "evidence_needed", tuple(wanted)
    if ways.chosen is not None and not ways.chosen.bookable:
        by_hand = f"order the waybill of {ways.chosen.carrier} ({ways.chosen.service}): no call of ours can"
        return OPENS_AT[decision.outcome], (by_hand,)
    return OPENS_AT[decision.outcome], (_without_a_person(pickup),)


def _customs_doubts(request: ReturnRequest, estimated: dict[str, Any], now: datetime) -> list[str]:
    """What would be a false declaration: a code that is not the piece's, or an export that has not happened. Who gave
    it must say what is right."""
    found = [f"customs: {text}" for text in estimated["reasons"] if text.startswith("hs_code_contradicts_facts")]
    exported_on = request.original_export.exported_on
    # It may already be tomorrow where the export was made.
    if exported_on and exported_on > now.date() + timedelta(days=1):
        found.append("customs: exported_on lies in the future")
    return found


def _refuse_what_the_carrier_would(ports: Ports, opening: Opening, now: datetime) -> None:
    """What the carrier would not take as it is written (a name too long for a label, no state in an American address)
    is said at the door, field by field, and not days later by the carrier."""
    if opening.case.stage != "approved":
        return
    for leg in opening.legs:
        order = waybill_order(
            ports.merchant(),
            opening.plan,
            leg,
            opening.person,
            opening.bookings[0].reference,
            now,
            rma=opening.case.rma,
            pickup_arranged=any(one.kind == "pickup" for one in opening.bookings),
        )
        try:
            waybills = carrier(leg.carrier).waybills
            if waybills is not None:
                waybills.check(order)
        except OrderNotAccepted as refused:
            raise InvalidRequestError(
                "the carrier would not take this parcel as it is described", refused.faults
            ) from None


def _without_a_person(pickup: PickupPlan | None) -> str:
    waybill = "Nothing is asked of anybody: the waybill is being bought"
    if pickup is None:
        return f"{waybill}; no courier was asked for"
    if pickup.not_before is not None:
        return f"Nothing is asked of anybody: waybill and courier are booked from {stamp(pickup.not_before)}"
    return f"{waybill} and the courier booked"


def _against(decision: Decision) -> list[Reason]:
    """The reasons that keep a return from being approved: not those that speak for it."""
    found = [reason for reason in decision.reasons if not reason.code.endswith("_open")]
    return found or list(decision.reasons)


def _in_words(reason: Reason) -> str:
    return f"{sentence(reason.code)} ({reason.code}{f', {reason.item}' if reason.item else ''})"


def _replayed(ports: Ports, stored: StoredAnswer, body_digest: str) -> Answered:
    if stored.body_digest != body_digest:
        raise IdempotencyMismatch("this Idempotency-Key was used with another body")
    file = ports.cases.file(stored.case_id)
    if file is None:
        raise NotFoundError("the case opened under this Idempotency-Key is gone")
    send_word(ports, *(one for one in file.exceptions if one.version == 1))
    look_for_notices(ports, stored.case_id)
    look_for_tools(ports, stored.case_id)
    return Answered(201, told(file.plan.answer, file.plan.request))


def _as_the_customer_chose(ports: Ports, opening: Opening) -> Opening:
    """Who wanted no notices of an earlier return wants none of this one, from its first moment."""
    customer = next(one.value for one in opening.pointers if one.kind == "customer")
    opted_out_at = ports.notices.opted_out_at(customer)
    return replace(opening, notices=Register(opted_out_at=opted_out_at, version=1)) if opted_out_at else opening


def _queue_first_step(ports: Ports, opening: Opening) -> None:
    """The waybill, if the case may go on. Should this message be lost, the booking is due in ten minutes."""
    if opening.case.stage == "approved" and opening.bookings:
        ports.queues.send("steps", [{"kind": "waybill", "case_id": opening.case.case_id, "leg": 1}])


def _facility(ports: Ports, request: ReturnRequest) -> Facility:
    facility = ports.merchant().facility_called(request.return_to)
    if facility is None:
        known = ", ".join(place.id for place in ports.merchant().facility)
        fault = FieldFault("return_to", "unknown_facility", f"one of {known}")
        raise InvalidRequestError("no facility of ours is called so", [fault])
    return facility


def _refuse_unpriced(request: ReturnRequest) -> None:
    """Customs, cover and the carrier all go by the worth: in one currency, and never nothing."""
    if worth_of(request.items) is None:
        fault = FieldFault("items", "mixed_currencies", "give every price in the currency that was paid")
        raise InvalidRequestError("one return has one currency", [fault])
    free = [at for at, item in enumerate(request.items) if item.price.amount <= 0]
    if free:
        wanted = "what was paid, or for a piece given free what it would have cost"
        faults = [FieldFault(f"items.{at}.price.amount", "value_required", wanted) for at in free]
        raise InvalidRequestError("customs take no piece that is worth nothing", faults)


def _faults(decision: Decision) -> list[FieldFault]:
    found = [
        FieldFault(f"items.{reason.item}" if reason.item else "", reason.code, sentence(reason.code))
        for reason in _against(decision)
    ]
    return list(dict.fromkeys(found))
