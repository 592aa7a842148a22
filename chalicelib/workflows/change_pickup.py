"""What the desk asks of couriers: another pickup, other hours, none at all.

Nothing is called here: the public function holds no carrier credentials. What is asked for is kept as a booking of its
own and queued; the worker claims it and calls. Everything wrong with a request is told at once, by field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.carriers.registry import carrier as carrier_named
from chalicelib.errors import ConflictError, FieldFault, IdempotencyMismatch, InvalidRequestError, NotFoundError
from chalicelib.pickups.booking import PickupPlan, horizon_of, last_change
from chalicelib.returns.case import Case, PickupWish
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.call_off import undoing
from chalicelib.workflows.courier import more_codes_of, pickups_of, window_of, wish_of
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.leg_plan import may_go_out, plan_of, way_out_of
from chalicelib.workflows.pickup_rows import open_request, pickup_id, pickup_of_id, state_of, told
from chalicelib.workflows.plan_papers import plan_for
from chalicelib.workflows.ports import Booking, BookingKind, CaseFile, Ports, StoredAnswer

ANSWERS_KEPT = timedelta(days=7)
FETCHED_AT = frozenset({"approved", "booked"})
TELEPHONE = "telephone the carrier: once a courier is under way no call of ours stops him"
FIELD_BY_REASON = {
    "window_ends_before_it_starts": "until",
    "window_too_short": "until",
    "time_not_readable": "from",
    "carrier_unknown": "",
}
WORDS = {
    "window_is_over": "a day and hours yet to come, by the clock of the place",
    "no_pickup_on_rest_day": "a working day at the place of pickup",
    "too_far_ahead": "at most 180 days ahead",
    "not_on_the_same_day": "this service takes no pickup for the same day",
    "window_ends_before_it_starts": "later than from, on the same day",
    "window_too_short": "the carrier wants more time between the two",
    "holiday_calendar_unknown": "no holidays are known for this place and year: a person must book it",
    "time_zone_unknown": "the clocks of this place are not known: a person must book it",
    "carrier_unknown": "nobody knows how far ahead this carrier books",
}


class PickupNotPossible(ConflictError):
    """The case is at a stage at which no courier can be ordered, moved or called off."""

    code = "pickup_not_possible_at_stage"


class PickupStands(ConflictError):
    """A courier is ordered for this leg already: change that pickup, or call it off first."""

    code = "pickup_already_ordered"


class PickupUnsettled(ConflictError):
    """Nobody knows what became of the last call about this pickup: settle its exception first."""

    code = "pickup_outcome_unknown"


class PickupInHand(ConflictError):
    """Something else was asked of this pickup and is not settled yet."""

    code = "pickup_change_in_hand"


class PickupAlreadyCancelled(ConflictError):
    """This pickup was called off: ask for another one."""

    code = "pickup_already_cancelled"


class PickupTooLate(ConflictError):
    """The carrier takes no change any more; only the telephone helps."""

    code = "pickup_too_late"


@dataclass(frozen=True, slots=True)
class HoursAsked:
    """The day and hours a caller asks for; what is None stays as it is."""

    on: date | None = None
    ready_from: str | None = None
    until: str | None = None

    def over(self, wish: PickupWish | None) -> PickupWish:
        """These hours, else those of ``wish``; raises ``InvalidRequestError`` for what neither says."""
        given = {"on": self.on, "from": self.ready_from, "until": self.until}
        before = {"on": wish.on, "from": wish.ready_from, "until": wish.until} if wish else {}
        whole: dict[str, Any] = {name: value or before.get(name) for name, value in given.items()}
        if missing := [FieldFault(name, "required", "say it") for name, value in whole.items() if value is None]:
            raise InvalidRequestError("the hours are incomplete", missing)
        return PickupWish(whole["on"], whole["from"], whole["until"])


@dataclass(frozen=True, slots=True)
class Asked:
    """What is kept of a request: the booking that carries it on, the pickup it is about, and the waybill that waited
    for a day to be named, where its order brings the courier."""

    booking: Booking
    pickup: Booking
    what: str
    waybill: Booking | None = None


def book_pickup(
    ports: Ports,
    case_id: str,
    hours: HoursAsked,
    leg_n: int | None,
    *,
    holder: str,
    idempotency_key: str | None,
    body_digest: str,
    now: datetime,
) -> dict[str, Any]:
    """Ask for a courier, the first or another one; the answer shows it requested, or held until the carrier takes it.

    The same Idempotency-Key with the same body is answered with the same answer and asks for nothing again; with
    another body it raises ``IdempotencyMismatch``. Raises ``InvalidRequestError`` with every fault of the hours,
    ``PickupNotPossible``, ``PickupStands`` and ``PickupUnsettled``.
    """
    replay: list[dict[str, Any]] = []

    def ask(file: CaseFile) -> Asked | None:
        if idempotency_key and (stored := _stored(ports, holder, idempotency_key, body_digest, now)):
            replay[:] = [stored]
            return None
        leg = _leg(file, leg_n)
        _refuse_stage(file, leg)
        _refuse_second_courier(file, leg, now)
        wish = hours.over(None)
        planned = _planned(ports, file, leg, wish, now)
        booking = _another(file, leg, wish, planned, now)
        return Asked(booking, booking, "pickup_asked_for", _waiting_for_it(file, leg, booking))

    kept = (holder, idempotency_key, body_digest) if idempotency_key else None
    answer = _ask(ports, case_id, holder, now, ask, kept)
    return replay[0] if replay else answer


def change_pickup(
    ports: Ports, case_id: str, pickup: str, hours: HoursAsked, *, holder: str, now: datetime
) -> dict[str, Any]:
    """Ask for other hours of a pickup, under the same id. Asking for what stands, or was asked for already, is quiet.

    Raises as ``book_pickup``, and ``NotFoundError``, ``PickupAlreadyCancelled``, ``PickupInHand`` and
    ``PickupTooLate``.
    """

    def ask(file: CaseFile) -> Asked | None:
        found = _found(file, pickup)
        leg = _leg(file, found.leg_n)
        _refuse_stage(file, leg)
        stands = wish_of(found, plan_of(file, leg))
        wish = hours.over(stands)
        _refuse_cancelled(found)
        waits = open_request(file, found)
        if waits is not None and waits.wish == wish:
            return None
        _refuse_unsettled(found, waits)
        if wish == stands and found.status not in ("refused",):
            return None
        planned = _planned(ports, file, leg, wish, now)
        _refuse_too_late(found, leg, now)
        kind = _kind_of_change(found, leg, planned)
        asked = undoing(kind, found, file.bookings, file.case.rma, now, wish)
        return Asked(asked, found, "pickup_change_asked_for")

    return _ask(ports, case_id, holder, now, ask, None, pickup)


def cancel_pickup(ports: Ports, case_id: str, pickup: str, *, holder: str, now: datetime) -> dict[str, Any]:
    """Ask for a courier to be called off. Asking twice is quiet while it is in hand; raises as ``change_pickup``."""

    def ask(file: CaseFile) -> Asked | None:
        found = _found(file, pickup)
        _refuse_cancelled(found)
        _refuse_stage(file, _leg(file, found.leg_n))
        waits = open_request(file, found)
        if waits is not None and waits.wish is None:
            return None
        _refuse_unsettled(found, waits)
        _refuse_too_late(found, _leg(file, found.leg_n), now)
        asked = undoing("pickup_cancel", found, file.bookings, file.case.rma, now)
        return Asked(asked, found, "pickup_cancel_asked_for")

    return _ask(ports, case_id, holder, now, ask, None, pickup)


def _ask(
    ports: Ports,
    case_id: str,
    holder: str,
    now: datetime,
    ask: Any,
    kept: tuple[str, str, str] | None,
    pickup: str | None = None,
) -> dict[str, Any]:
    """Keep what is asked in one write with the log, and queue it. Looked at anew after every lost race."""
    answered: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []

    def decide(case: Case) -> Amendment | None:
        file = file_of(ports, case.case_id)
        asked: Asked | None = ask(file)
        answered[:], steps[:] = [], []
        if asked is None:
            found = pickup_of_id(file, pickup) if pickup else None
            answered[:] = [told(file, _leg(file, found.leg_n), found)] if found else []
            return None
        first = asked.waybill or asked.booking
        after = replace(file, bookings=(*file.bookings, asked.booking))
        answered[:] = [told(after, _leg(file, asked.pickup.leg_n), asked.pickup)]
        steps[:] = [first.step] if (first.not_before or now) <= now else []
        stored = _to_store(kept, case_id, answered[0], now) if kept else None
        facts = {"pickup": pickup_id(asked.pickup), "reference": asked.booking.reference}
        made = (asked.booking, asked.waybill) if asked.waybill is not None else (asked.booking,)
        return Amendment(case, asked.what, facts, by=holder, bookings=made, answer=stored, over=file.bookings)

    amend(ports, case_id, now, decide)
    if steps:
        ports.queues.send("steps", steps)
    return answered[0] if answered else {}


def _stored(ports: Ports, holder: str, key: str, body_digest: str, now: datetime) -> dict[str, Any] | None:
    """The answer that was given under this Idempotency-Key."""
    earlier = ports.cases.stored_answer(holder, key)
    if earlier is None or earlier.expires_at <= now:
        return None
    if earlier.body_digest != body_digest or earlier.answer is None:
        raise IdempotencyMismatch("this Idempotency-Key was used with another body")
    found: dict[str, Any] = json.loads(earlier.answer)
    return found


def _to_store(kept: tuple[str, str, str], case_id: str, answer: Mapping[str, Any], now: datetime) -> StoredAnswer:
    holder, key, digest = kept
    return StoredAnswer(holder, key, digest, case_id, now + ANSWERS_KEPT, json.dumps(answer, ensure_ascii=False))


def _leg(file: CaseFile, leg_n: int | None) -> Leg:
    """The leg asked for; without one the last that was planned."""
    legs = {leg.n: leg for leg in file.legs}
    if not legs:
        raise PickupNotPossible("no carrier is chosen for this case yet")
    found = legs.get(max(legs) if leg_n is None else leg_n)
    if found is None:
        detail = f"one of {', '.join(map(str, sorted(legs)))}"
        raise InvalidRequestError("the case has no such leg", [FieldFault("leg", "no_such_leg", detail)])
    return found


def _found(file: CaseFile, text: str) -> Booking:
    found = pickup_of_id(file, text)
    if found is None:
        raise NotFoundError("this case has no pickup of this id")
    return found


def _planned(ports: Ports, file: CaseFile, leg: Leg, wish: PickupWish, now: datetime) -> PickupPlan:
    """When these hours can be booked; raises ``InvalidRequestError`` with everything against them."""
    planned = plan_for(file, ports.merchant(), leg, wish, now)
    if planned.status == "invalid":
        faults = [FieldFault(FIELD_BY_REASON.get(code, "on"), code, WORDS[code]) for code in planned.reasons]
        raise InvalidRequestError("no courier can be ordered for these hours", faults)
    return planned


def _another(file: CaseFile, leg: Leg, wish: PickupWish, planned: PickupPlan, now: datetime) -> Booking:
    n = 1 + max((one.n for one in pickups_of(file.bookings, leg.n)), default=0)
    reference = f"{file.case.rma}-{leg.n}P{n if n > 1 else ''}"
    opens = planned.not_before
    return Booking(
        leg.case_id, leg.n, "pickup", "planned", reference, not_before=opens, due_at=opens or now, n=n, wish=wish
    )


def _waiting_for_it(file: CaseFile, leg: Leg, pickup: Booking) -> Booking | None:
    """The waybill that is still to be ordered and brings this courier, due with him; None where there is none."""
    waybills = carrier_named(leg.carrier).waybills
    if waybills is None or not waybills.brings_courier:
        return None
    found = (one for one in file.bookings if (one.kind, one.leg_n, one.status) == ("waybill", leg.n, "planned"))
    return next((replace(one, not_before=pickup.not_before, due_at=pickup.due_at) for one in found), None)


def _kind_of_change(pickup: Booking, leg: Leg, planned: PickupPlan) -> BookingKind:
    """Moved in one call where the carrier can and takes the new day already; else called off and ordered anew. Of
    several codes for one pickup each must be called off. Without any call, a person moves it."""
    channel = carrier_named(leg.carrier).pickups
    if channel is None or pickup.status != "done":
        return "pickup_change"
    moves = channel.change is not None and planned.status == "book_now" and not more_codes_of(pickup.result)
    return "pickup_change" if moves else "pickup_cancel"


def _refuse_stage(file: CaseFile, leg: Leg) -> None:
    """Home, a courier is asked for while the parcel is the customer's to hand over; out, once the way is decided."""
    stage, way = file.case.stage, way_out_of(file, leg.n)
    out = leg.direction == "out"
    if out and way is not None and way.state not in ("planned", "sent"):
        raise PickupNotPossible(f"a way out that is {way.state} has no courier to order, move or call off")
    if not (may_go_out(file.case, way) if out else stage in FETCHED_AT):
        raise PickupNotPossible(f"a case at stage {stage} has no courier to order, move or call off")


def _refuse_second_courier(file: CaseFile, leg: Leg, now: datetime) -> None:
    """Two couriers for one parcel are one too many: another may be asked for when the last one cannot come any more."""
    for one in pickups_of(file.bookings, leg.n):
        if one.status == "unknown" or ((waits := open_request(file, one)) is not None and waits.status == "unknown"):
            raise PickupUnsettled(f"it is not known what became of pickup {pickup_id(one)}: settle its exception first")
        window = window_of(one.result)
        over = one.status == "done" and window is not None and window.ends_at <= now
        if one.status in ("planned", "claimed", "done", "with_person") and not over:
            state = state_of(file, one)
            raise PickupStands(f"pickup {pickup_id(one)} is {state}: change it, or call it off first")


def _refuse_cancelled(pickup: Booking) -> None:
    if pickup.status == "cancelled":
        raise PickupAlreadyCancelled(f"pickup {pickup_id(pickup)} was called off: ask for another one")


def _refuse_unsettled(pickup: Booking, waits: Booking | None) -> None:
    if pickup.status == "unknown" or (waits is not None and waits.status == "unknown"):
        raise PickupUnsettled(f"it is not known what became of pickup {pickup_id(pickup)}: settle its exception first")
    if waits is not None:
        raise PickupInHand(f"something else was asked of pickup {pickup_id(pickup)} and is not settled yet")


def _refuse_too_late(pickup: Booking, leg: Leg, now: datetime) -> None:
    """A courier who stands can be moved only for so long; a post's only by telephone, which a person does."""
    window = window_of(pickup.result)
    if pickup.status != "done" or window is None or carrier_named(leg.carrier).pickups is None:
        return
    last = last_change(window, horizon_of(leg.carrier, leg.service, now.date()), pickup.claimed_at)
    if last is not None and now > last:
        raise PickupTooLate(f"pickup {pickup_id(pickup)} can no longer be changed by a call; {TELEPHONE}")
