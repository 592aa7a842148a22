"""A pickup changed or called off, a waybill taken back: each its own booking, claimed, called once, recorded.

Where a carrier knows no change, its courier is called off and then ordered anew, and the second is never ordered
before the first is certainly called off. What was not booked yet is changed without a call. Where no call of ours can
do it, a person is told what to say to whom.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from chalicelib.carriers.channels import Pickups
from chalicelib.carriers.contract import PickupOrder
from chalicelib.carriers.registry import carrier as carrier_named
from chalicelib.errors import CarrierRefused, CarrierUnavailable
from chalicelib.pickups.hand_over import script_for
from chalicelib.returns.case import PickupWish
from chalicelib.returns.settlement import RefundClock
from chalicelib.workflows import watch_refund
from chalicelib.workflows.alert_words import alerts_of_another_day, closing_of
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.book_pickup import fitted, hours_in, order_of, script_facts
from chalicelib.workflows.booking_steps import GIVEN_BY_A_PERSON, Given, Maker, Ready, Step, again, give_up, later
from chalicelib.workflows.call_off import MEANT, SUFFIXES
from chalicelib.workflows.carrier_calls import Line, account_of, open_line
from chalicelib.workflows.courier import (
    ASKED_FOR,
    at_rest,
    closes_at,
    confirmation_of,
    more_codes_of,
    pickups_of,
    retime,
    told_of,
)
from chalicelib.workflows.leg_plan import is_called_off, plan_of
from chalicelib.workflows.plan_papers import plan_for
from chalicelib.workflows.ports import Booking, CaseFile, HttpResponse, Ports

NOT_BOOKED = frozenset({"planned", "refused"})


def _ready_to_change(ports: Ports, step: Step, now: datetime) -> Ready | None:
    return _ready(ports, step, now, "change")


def _ready_to_cancel(ports: Ports, step: Step, now: datetime) -> Ready | None:
    return _ready(ports, step, now, "cancel")


def _ready(ports: Ports, step: Step, now: datetime, what: Literal["change", "cancel"]) -> Ready | None:
    """The call that changes or calls off a courier who stands; None when there is none to make."""
    pickup = pickup_meant(step)
    if pickup is not None and _is_half_done(step, pickup):
        _settle_without_a_call(ports, step, pickup, now)
        return None
    if pickup is None or (pickup.status == "cancelled" and step.booking.wish is None):
        _settle(ports, step, (), "pickup_as_asked", now)
        return None
    if pickup.status == "cancelled" or pickup.reference != step.booking.result.get(MEANT):
        raise CarrierRefused("asked_for_anew", "this pickup was settled otherwise meanwhile: look at it and ask again")
    if pickup.status == "claimed":
        later(ports, step, CarrierUnavailable("its booking is in hand"), now)
        return None
    if pickup.status in NOT_BOOKED:
        _without_a_call(ports, step, pickup, now)
        return None
    if pickup.status == "unknown":
        raise CarrierRefused("booking_unknown", "it is not known whether this courier was booked: settle that first")
    pickups = carrier_named(step.leg.carrier).pickups
    order = order_of(ports, step, replace(pickup, wish=step.booking.wish or pickup.wish), now)
    if pickups is None or pickup.status == "with_person":
        _hand_to_a_person(ports, step, order, now)
        return None
    return _call(ports, step, pickup, pickups, order, now, what)


def pickup_meant(step: Step) -> Booking | None:
    """The pickup that a change or a cancellation is about."""
    return step.booked("pickup", step.booking.of)


def _call(
    ports: Ports,
    step: Step,
    pickup: Booking,
    pickups: Pickups,
    order: PickupOrder,
    now: datetime,
    what: Literal["change", "cancel"],
) -> Ready:
    """A new day is asked for before the old courier is given up: one that is not offered leaves him as he stands."""
    account = account_of(ports, step.leg.carrier)
    line = open_line(ports, step.leg.carrier, pickups.access, now)
    order = _within_what_is_offered(ports, step, pickups, order, line, now)
    confirmation = confirmation_of(pickup.result)
    if what == "change" and pickups.change is not None:
        request = pickups.change(confirmation, order, account)
        return Ready(
            request,
            line,
            lambda answer: Given(told_of(pickups.read(answer.status, answer.headers, answer.body, now), order.hours)),
        )

    def called_off(answer: HttpResponse) -> Given:
        pickups.read_cancelled(answer.status, answer.headers, answer.body, now)
        return Given({"confirmation": confirmation.code})

    return Ready(pickups.cancel(confirmation, account, step.booking.reference), line, called_off)


def _within_what_is_offered(
    ports: Ports, step: Step, pickups: Pickups, order: PickupOrder, line: Line, now: datetime
) -> PickupOrder:
    """The order for the hours asked for, as the carrier offers them; as it is when none were asked for, or when it
    takes them later. Raises ``CarrierRefused`` for hours that are not offered, or have passed since."""
    wish = step.booking.wish
    planned = plan_for(step.file, ports.merchant(), step.leg, wish, now) if wish is not None else None
    if wish is None or planned is None:
        return order
    if planned.status == "invalid":
        raise CarrierRefused(planned.reasons[0], "these hours are possible no more; the courier stands as he was")
    if planned.status != "book_now":
        return order
    fits = fitted(ports, pickups, order, line, account_of(ports, line.name), now, wish.on)
    if fits.window is None:
        offered = ", ".join(day.isoformat() for day in fits.offered) or "no other day yet"
        raise CarrierRefused(
            fits.reason or "not_offered", f"the carrier offers {offered}; the courier stands as he was"
        )
    return replace(order, hours=hours_in(fits.window))


def _without_a_call(ports: Ports, step: Step, pickup: Booking, now: datetime) -> None:
    """What no carrier was asked for yet is changed by ourselves, unless a worker claims it at this moment: then it is
    looked at again. Its new reference tells a repeat that it is done."""
    wish = step.booking.wish
    after = (
        _anew(ports, step, pickup, wish, now)
        if wish
        else replace(pickup, status="cancelled", reference=again(pickup.reference), due_at=None)
    )
    retime(ports, step.leg, closes_at(after if wish else None, plan_of(step.file, step.leg)), now)
    if not ports.cases.save_booking(after, pickup.status, reference=pickup.reference):
        later(ports, step, CarrierUnavailable("its booking has just changed"), now)
        return
    _settle_without_a_call(ports, step, after, now)


def _is_half_done(step: Step, pickup: Booking) -> bool:
    """Whether a worker changed this pickup for this very request and died before it said so."""
    meant, wish = step.booking.result.get(MEANT, ""), step.booking.wish
    done = pickup.wish == wish if wish is not None else pickup.status == "cancelled"
    return pickup.reference == again(meant) and done


def _settle_without_a_call(ports: Ports, step: Step, after: Booking, now: datetime) -> None:
    """The pickup is as it was asked for; a waybill that is still to be bought is dated for it."""
    wish, waybill = step.booking.wish, step.booked("waybill", 1)
    waits = waybill if waybill is not None and waybill.status == "planned" else None
    freed = waits is not None and not wish and waits.due_at is None
    if waits and (wish or freed):
        due_at, not_before = (after.due_at, after.not_before) if wish else (now, None)
        ports.cases.save_booking(replace(waits, not_before=not_before, due_at=due_at), "planned")
    _settle(ports, step, (), "pickup_changed" if wish else "pickup_cancelled", now)
    if wish or freed:
        ports.queues.send("steps", [(waits or after).step])


def _anew(ports: Ports, step: Step, pickup: Booking, wish: PickupWish, now: datetime) -> Booking:
    """The pickup to be booked for other hours, under its next reference."""
    planned = plan_for(step.file, ports.merchant(), step.leg, wish, now)
    return replace(
        pickup,
        status="planned",
        reference=again(pickup.reference),
        wish=wish,
        not_before=planned.not_before,
        due_at=max(now, planned.not_before or now),
        result={},
        problem=None,
        attempts=0,
        claimed_at=None,
    )


def _hand_to_a_person(ports: Ports, step: Step, order: PickupOrder, now: datetime) -> None:
    what = "change" if step.booking.wish is not None else "cancel"
    script = script_for(what, order.place.country, script_facts(order))
    words = f"by_telephone: {script.call}. EN: {script.en} ZH: {script.zh}"
    give_up(ports, step, "with_person", f"{step.booking.kind}_by_person", words, now)


def _record_change(ports: Ports, step: Step, given: Given, now: datetime) -> None:
    """The courier comes at other hours, under the confirmation the carrier now names."""
    pickup = pickup_meant(step)
    if pickup is None:
        _settle(ports, step, (), "pickup_as_asked", now)
        return
    told = {name: value for name, value in given.result.items() if name != MEANT and value}
    before = {name: value for name, value in pickup.result.items() if name != ASKED_FOR}
    after = replace(pickup, status="done", result={**before, **_wished(step), **told}, wish=step.booking.wish)
    if alerts := alerts_of_another_day(step.booking, told, now):
        ports.queues.send("alerts", alerts)
    retime(ports, step.leg, closes_at(after, plan_of(step.file, step.leg)), now)
    _settle(ports, step, (after,), "pickup_changed", now, given)


def _wished(step: Step) -> dict[str, str]:
    """The hours asked for, which a person who changed it by telephone does not repeat."""
    wish = step.booking.wish
    return {"on": wish.on.isoformat(), "from": wish.ready_from, "until": wish.until} if wish else {}


def _record_cancelled(ports: Ports, step: Step, given: Given, now: datetime) -> None:
    """The courier is called off: for good, or to be ordered anew; or the next of several codes must be called off."""
    pickup = pickup_meant(step)
    if pickup is None:
        _settle(ports, step, (), "pickup_as_asked", now)
        return
    wish, codes = step.booking.wish, more_codes_of(pickup.result)
    by_person = step.booking.problem == GIVEN_BY_A_PERSON
    if codes and not by_person:
        rest = {**pickup.result, "confirmation": codes[0], "more_codes": " ".join(codes[1:])}
        further = _next_code(step, now)
        _settle(ports, step, (replace(pickup, result=rest), further), "pickup_code_cancelled", now, given)
        ports.queues.send("steps", [further.step])
        return
    if wish is None or is_called_off(step.file, step.leg.n):
        retime(ports, step.leg, None, now)
        _settle(ports, step, (replace(pickup, status="cancelled", due_at=None),), "pickup_cancelled", now, given)
        return
    after = _anew(ports, step, pickup, wish, now)
    retime(ports, step.leg, closes_at(after, plan_of(step.file, step.leg)), now)
    _settle(ports, step, (after,), "pickup_called_off", now, given)
    ports.queues.send("steps", [after.step])


def _next_code(step: Step, now: datetime) -> Booking:
    """The cancellation of the next code of one booking."""
    own = step.booking
    n = 1 + max(one.n for one in step.file.bookings if (one.kind, one.leg_n) == (own.kind, own.leg_n))
    reference = f"{step.file.case.rma}-{own.leg_n}{SUFFIXES[own.kind]}{n}"
    meant = {MEANT: own.result[MEANT]}
    return replace(
        own, status="planned", n=n, reference=reference, due_at=now, claimed_at=None, attempts=0, result=meant
    )


def _ready_to_take_back(ports: Ports, step: Step, now: datetime) -> Ready | None:
    """The call that takes a waybill back. Where the carrier knows none, a waybill that is never handed over lapses."""
    waybill, waybills = step.booked("waybill", step.booking.of), carrier_named(step.leg.carrier).waybills
    if waybill is not None and waybill.status == "with_person":
        _stop_the_person(ports, step, waybill, now)
        return None
    if waybill is None or waybill.status != "done":
        _settle(ports, step, (), "waybill_as_asked", now)
        return None
    if waybills is None or waybills.cancel is None or waybills.read_cancelled is None:
        at_rest(ports, step.leg)
        _settle(ports, step, (), "waybill_lapses", now)
        return None
    number, read = waybill.result["number"], waybills.read_cancelled
    line = open_line(ports, step.leg.carrier, waybills.access, now)
    # Under the reference it was bought with: China Post takes an order back by its order number.
    request = waybills.cancel(number, account_of(ports, step.leg.carrier), waybill.reference)

    def taken_back(answer: HttpResponse) -> Given:
        read(answer.status, answer.headers, answer.body, now)
        return Given({"number": number})

    return Ready(request, line, taken_back)


def _stop_the_person(ports: Ports, step: Step, waybill: Booking, now: datetime) -> None:
    """A person was asked to order it at the counter: whether they have, only they know. Their old task goes."""
    asked = [
        closing_of(one, "the return was cancelled", now)
        for one in step.file.exceptions
        if (one.kind, one.leg_n) == ("waybill_by_person", step.leg.n) and one.status != "resolved"
    ]
    if asked:
        ports.queues.send("alerts", asked)
    words = f"by_person: the return is cancelled; do not order {waybill.reference}, or take it back where it was"
    give_up(ports, step, "with_person", "waybill_cancel_by_person", words, now)


def _record_taken_back(ports: Ports, step: Step, given: Given, now: datetime) -> None:
    """The waybill is no more, nor the courier whom its order brought; its number is asked about no more."""
    waybill = step.booked("waybill", step.booking.of)
    gone = [replace(waybill, status="cancelled", due_at=None)] if waybill is not None else []
    carrier = carrier_named(step.leg.carrier)
    if carrier.waybills is not None and carrier.waybills.brings_courier:
        stood = [one for one in pickups_of(step.file.bookings, step.leg.n) if one.status == "done"]
        gone += [replace(one, status="cancelled", due_at=None) for one in stood]
    at_rest(ports, step.leg)
    _settle(ports, step, tuple(gone), "waybill_cancelled", now, given)


def _settle(
    ports: Ports, step: Step, parts: tuple[Booking, ...], what: str, now: datetime, given: Given | None = None
) -> None:
    """The booking is done, and so is what it was about, in one write with the log; unless somebody was faster with
    either: then this is looked at again."""
    result = {**step.booking.result, **(given.result if given else {})}
    done = replace(step.booking, status="done", result=result, problem=None, due_at=None)
    facts = {"leg": str(step.leg.n), "reference": done.reference}
    if done.of is not None and done.kind != "waybill_cancel":
        facts["pickup"] = f"{step.leg.n}-{done.of}"
    over = (step.booking, *(one for one in step.file.bookings if one.name != step.booking.name))
    clocks: list[RefundClock] = []

    def decide(file: CaseFile) -> Amendment:
        clocks[:] = _set_by_the_courier(file, step, now)
        return Amendment(file.case, what, facts, bookings=(done, *parts), over=over, parts=tuple(clocks))

    amend_file(ports, step.leg.case_id, now, decide)
    if clocks:
        ports.queues.send("steps", [watch_refund.step_of(step.leg.case_id)])


def _set_by_the_courier(file: CaseFile, step: Step, now: datetime) -> list[RefundClock]:
    """The clock of a refund that runs because we collect, due to be looked at: nobody may come any more."""
    if step.leg.direction != "home":
        return []
    return [replace(one, due_at=now) for one in file.parts.of(RefundClock) if one.because is not None]


PICKUP_CHANGE = Maker(_ready_to_change, _record_change)
PICKUP_CANCEL = Maker(_ready_to_cancel, _record_cancelled)
WAYBILL_CANCEL = Maker(_ready_to_take_back, _record_taken_back)
