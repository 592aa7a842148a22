"""The courier of a leg: the carrier is asked when one comes, then one is ordered, once.

What the carrier does not offer is not booked: which other day, the customer says. A carrier that cannot be asked is
booked all the same. Where no call of ours can order a courier, a person is told what to say to whom.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from chalicelib.carriers.channels import Pickups
from chalicelib.carriers.contract import LocalHours, OrderNotAccepted, PickupOrder, PickupQuestion
from chalicelib.carriers.registry import carrier as carrier_named
from chalicelib.clock import stamp
from chalicelib.errors import CarrierError, CarrierRefused
from chalicelib.pickups.booking import LocalWindow
from chalicelib.pickups.hand_over import script_for
from chalicelib.pickups.offers import Fit, KnownDays, OfferedDay, fit
from chalicelib.returns.stages import NEXT, Stage
from chalicelib.workflows.alert_words import alerts_of_another_day, closing_of
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.booking_steps import Given, Maker, Ready, Step, give_up
from chalicelib.workflows.call_off import called_off
from chalicelib.workflows.carrier_calls import Line, account_of, open_line
from chalicelib.workflows.carrier_orders import pickup_order
from chalicelib.workflows.courier import closes_at, hours_told, retime, told_of, wish_of
from chalicelib.workflows.leg_plan import plan_of
from chalicelib.workflows.ports import Booking, CaseFile, Ports
from chalicelib.workflows.watch_refund import moved

# The first letters and digits of a postal code: what a carrier says of a place holds for its neighbours too.
AREA = 3


def _ready(ports: Ports, step: Step, now: datetime) -> Ready | None:
    """The order within what the carrier offers, the request that carries it, and an open line."""
    leg = step.leg
    order = order_of(ports, step, step.booking, now)
    pickups = carrier_named(leg.carrier).pickups
    if pickups is None:
        _hand_to_a_person(ports, step, order, now)
        return None
    pickups.check(order)
    account = account_of(ports, leg.carrier)
    line = open_line(ports, leg.carrier, pickups.access, now)
    wish = wish_of(step.booking, plan_of(step.file, leg))
    fits = fitted(ports, pickups, order, line, account, now, wish.on if wish else None)
    if fits.window is None:
        _not_offered(ports, step, fits, now)
        return None
    asked = replace(order, hours=hours_in(fits.window))
    return Ready(
        pickups.request(asked, account),
        line,
        lambda answer: Given(told_of(pickups.read(answer.status, answer.headers, answer.body, now), asked.hours)),
    )


def order_of(ports: Ports, step: Step, pickup: Booking, now: datetime) -> PickupOrder:
    """The order of this pickup; raises ``CarrierRefused`` when the address has been erased."""
    person = ports.cases.person(step.leg.case_id)
    if person is None:
        raise CarrierRefused("no_address", "the customer's address has been erased")
    return pickup_order(
        ports.merchant(),
        plan_of(step.file, step.leg),
        step.leg,
        person,
        step.booking.reference,
        now,
        wish=pickup.wish,
    )


def hours_in(window: LocalWindow) -> LocalHours:
    """The window as carriers are told it."""
    start, end = (at.replace(tzinfo=None) for at in (window.starts_at, window.ends_at))
    return LocalHours(start, end, window.time_zone)


def window_in(hours: LocalHours) -> LocalWindow:
    """The hours of an order as a window."""
    return LocalWindow(hours.ready_at.date(), hours.ready_at.time(), hours.close_at.time(), hours.time_zone)


def fitted(
    ports: Ports, pickups: Pickups, order: PickupOrder, line: Line, account: str, now: datetime, on: date | None = None
) -> Fit:
    """How the hours fit what the carrier says now. It is asked each time; one that cannot be asked, or whose answer
    cannot be read, offers everything: its booking will say what is wrong. ``on`` is the day the customer named: once
    it has passed nothing fits, for nobody waits at home on a day they did not name."""
    days: tuple[OfferedDay, ...] = ()
    if pickups.ask is not None and pickups.read_days is not None:
        try:
            answer = line.call(pickups.ask(_question(order), account))
            told = pickups.read_days(answer.status, answer.headers, answer.body, now)
        except (CarrierError, OrderNotAccepted):
            told = ()
        days = tuple(
            OfferedDay(day.on, day.available, day.cut_off, day.access, day.earliest, day.latest) for day in told
        )
    if days:
        area = area_of(order.place.postal_code)
        ports.pickup_days.keep(line.name, order.place.country, area, KnownDays(days, now))
    window = window_in(order.hours)
    return fit(replace(window, on=on or window.on), days, now)


def area_of(postal_code: str | None) -> str:
    """The part of a postal code under which answers are kept; a country without codes is one area.

    >>> area_of("75002"), area_of("SW1A 1AA"), area_of(None)
    ('750', 'SW1', '-')
    """
    letters = "".join(letter for letter in (postal_code or "").upper() if letter.isalnum())
    return letters[:AREA] or "-"


def _question(order: PickupOrder) -> PickupQuestion:
    place = order.place
    return PickupQuestion(
        country=place.country,
        postal_code=place.postal_code,
        city=place.city,
        destination_country=order.destination_country,
        on=order.hours.ready_at.date(),
        hours=order.hours,
        service=order.service,
        weight_g=order.weight_g,
    )


def _not_offered(ports: Ports, step: Step, fits: Fit, now: datetime) -> None:
    """Nothing is booked: the days that the carrier offers are told, and the customer chooses."""
    offered = ", ".join(day.isoformat() for day in fits.offered) or "no other day yet"
    told = replace(step, booking=replace(step.booking, result={"offered": " ".join(map(date.isoformat, fits.offered))}))
    give_up(ports, told, "refused", "pickup_not_offered", f"{fits.reason}: the carrier offers {offered}", now)


def _hand_to_a_person(ports: Ports, step: Step, order: PickupOrder, now: datetime) -> None:
    """The courier must be ordered by telephone: who to call and what to say, as an exception with its due time."""
    facts = script_facts(order)
    script = script_for("order", order.place.country, facts)
    told = replace(step, booking=replace(step.booking, result=hours_told(order.hours)))
    words = f"by_telephone: {script.call}. EN: {script.en} ZH: {script.zh}"
    give_up(ports, told, "with_person", "pickup_by_person", words, now)


def script_facts(order: PickupOrder) -> dict[str, str]:
    """What a script says of a parcel: its number, weight and hours, never its goods or its people."""
    kilograms = f"{order.weight_g / 1000:.1f}"
    return {"waybill": order.waybill or "-", "weight": kilograms, **hours_told(order.hours)}


def _record(ports: Ports, step: Step, given: Given, now: datetime) -> None:
    """Write down when the courier comes. The track is told first: a repeat then finds it done."""
    result = {**_wished(ports, step, now), **given.result}
    done = replace(step.booking, status="done", result=result, problem=None, due_at=None)
    facts = {"leg": str(step.leg.n), "on": result.get("on", ""), "reference": done.reference}
    undone: list[Booking] = []

    def decide(file: CaseFile) -> Amendment:
        case, home = file.case, step.leg.direction == "home"
        undone[:] = called_off(ports, case, (done,), now)
        stage: Stage = "booked" if home and "booked" in NEXT[case.stage] else case.stage
        # A courier of ours may be our offer to collect, from which the law counts.
        parts = moved(ports, file, "pickup_booked", now) if home else ()
        return Amendment(replace(case, stage=stage), "pickup_booked", facts, bookings=(done, *undone), parts=parts)

    if alerts := alerts_of_another_day(done, given.result, now):
        ports.queues.send("alerts", alerts)
    retime(ports, step.leg, closes_at(done, plan_of(step.file, step.leg)), now)
    close_what_it_settles(ports, step, now)
    amend_file(ports, step.leg.case_id, now, decide)
    if undone:
        ports.queues.send("steps", [one.step for one in undone])


def _wished(ports: Ports, step: Step, now: datetime) -> dict[str, str]:
    """The hours asked for, which a person who gives a confirmation does not repeat."""
    if step.booking.result.get("until"):
        return {name: step.booking.result[name] for name in ("on", "from", "until", "time_zone")}
    try:
        order = order_of(ports, step, step.booking, now)
    except CarrierRefused:
        return {}
    return hours_told(order.hours)


def close_what_it_settles(ports: Ports, step: Step, now: datetime) -> None:
    """A courier is coming: what waited for another day to be chosen is settled."""
    waited: list[dict[str, Any]] = [
        closing_of(one, f"a courier is booked ({stamp(now)})", now)
        for one in step.file.exceptions
        if one.kind in ("pickup_not_offered", "pickup_not_rebooked", "pickup_by_person")
        and one.leg_n == step.leg.n
        and one.status != "resolved"
    ]
    if waited:
        ports.queues.send("alerts", waited)


PICKUP = Maker(_ready, _record)
