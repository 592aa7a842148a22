"""What every booking has in common: claimed under our own reference, then called, then recorded.

What may have been carried out and was not recorded is never simply tried again: it stays visibly ``unknown``, and a
person decides. A call that was certainly not carried out is free again and due later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.carriers.contract import HttpRequest, OrderNotAccepted
from chalicelib.errors import (
    CarrierError,
    CarrierOutcomeUnknown,
    CarrierRefused,
    CarrierUnavailable,
    CarrierUnreadable,
    NotFoundError,
    UnavailableError,
)
from chalicelib.returns.case import Case
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.alert_words import alert_of_booking
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.call_off import not_yet_called_off
from chalicelib.workflows.carrier_calls import Line, NotAskedNow
from chalicelib.workflows.carrier_incidents import in_trouble, unanswered_in_a_row
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.leg_plan import is_called_off
from chalicelib.workflows.ports import Booking, BookingStatus, CaseFile, HttpResponse, KeptPaper, Ports

RETRY = timedelta(minutes=15)
# No worker lives longer than this: until then a claimed call is somebody's work in hand and not an unknown outcome.
IN_HAND = timedelta(minutes=2)
# How often an answer in hand is tried to be written down before it is put into a message.
WRITES = 3
GIVEN_BY_A_PERSON = "given_by_a_person"
ENDED = frozenset({"done", "refused", "cancelled", "unknown", "with_person"})
MAKES = frozenset({"waybill", "pickup"})


@dataclass(frozen=True, slots=True)
class Step:
    """One booking of one leg, with everything its steps look at."""

    file: CaseFile
    leg: Leg
    booking: Booking

    def booked(self, kind: str, n: int | None) -> Booking | None:
        """Another booking of this leg; None when there is none."""
        found = (one for one in self.file.bookings if (one.kind, one.leg_n, one.n) == (kind, self.leg.n, n))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Given:
    """What the carrier gave, as the booking keeps it; ``courier`` when a waybill's order brought him too."""

    result: Mapping[str, str]
    papers: tuple[KeptPaper, ...] = ()
    courier: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """A call that only has to be made: the request, the line it goes over, and how its answer is read and kept."""

    request: HttpRequest
    line: Line
    read: Callable[[HttpResponse], Given]


@dataclass(frozen=True, slots=True)
class Maker:
    """How one kind of booking is made. ``ready`` answers None when there is no call to make now, having seen to what
    there is; ``settled`` looks up what an unknown call came to, None when it cannot be known."""

    ready: Callable[[Ports, Step, datetime], Ready | None]
    record: Callable[[Ports, Step, Given, datetime], None]
    settled: Callable[[Ports, Step, datetime], Given | None] = lambda _ports, _step, _now: None


def step_of(ports: Ports, message: Mapping[str, Any]) -> Step:
    """The booking a message is about: ``{kind, case_id, leg, n}``, the first of its kind without ``n``."""
    file = file_of(ports, message["case_id"])
    leg = next((leg for leg in file.legs if leg.n == int(message["leg"])), None)
    wanted = (message["kind"], int(message["leg"]), int(message.get("n", 1)))
    booking = next((one for one in file.bookings if (one.kind, one.leg_n, one.n) == wanted), None)
    if leg is None or booking is None:
        raise NotFoundError("this leg has no such booking")
    return Step(file, leg, booking)


def is_in_hand(booking: Booking, now: datetime) -> bool:
    """Whether another worker may still be at it, told of the same step twice; should it die, the booking is due."""
    return booking.claimed_at is not None and now - booking.claimed_at < IN_HAND


def claim_and_call(ports: Ports, step: Step, maker: Maker, now: datetime) -> None:
    """Get everything ready, claim, call: between the claim and the call there is nothing that can fail. Until the claim
    nothing was asked that changes anything, so whatever went unanswered till then is tried again."""
    try:
        ready = maker.ready(ports, step, now)
    except (CarrierUnavailable, CarrierOutcomeUnknown, CarrierUnreadable) as away:
        later(ports, step, away, now)
        return
    except (CarrierRefused, OrderNotAccepted) as refused:
        give_up(ports, step, "refused", refused_as(step), str(refused), now)
        return
    if ready is None:
        return
    claimed = replace(step.booking, status="claimed", claimed_at=now, due_at=_look_again(step.booking, now))
    if ports.cases.save_booking(claimed, step.booking.status):
        _call(ports, replace(step, booking=claimed), maker, ready, now)


def reconcile(ports: Ports, step: Step, maker: Maker, now: datetime) -> None:
    """The call may have been carried out: look it up where that is possible, else a person must."""
    try:
        given = maker.settled(ports, step, now)
    except CarrierUnavailable:
        return
    if given is not None:
        maker.record(ports, step, given, now)
    else:
        give_up(ports, step, "unknown", f"{step.booking.kind}_unknown", None, now)


def later(ports: Ports, step: Step, away: Exception, now: datetime) -> None:
    """Nothing was carried out: free again, and due when the carrier may be asked. While the carrier is away, which is
    one incident for all that waits, this is no failure of the booking."""
    wait = max(RETRY, timedelta(seconds=getattr(away, "retry_after", None) or 0))
    planned = replace(step.booking, status="planned", due_at=now + wait)
    if isinstance(away, CarrierError) and _is_carriers_own(ports, step, away):
        planned = replace(planned, attempts=0)
    ports.cases.save_booking(planned, step.booking.status)


def _is_carriers_own(ports: Ports, step: Step, away: CarrierError) -> bool:
    """Whether it is the carrier that fails and not this booking: it is left alone, or has answered
    nobody since this booking was first tried. One that answers others and not this one is the booking's failure."""
    if isinstance(away, NotAskedNow) or in_trouble(ports, step.leg.carrier):
        return True
    return unanswered_in_a_row(ports, step.leg.carrier) > step.booking.attempts


def give_up(ports: Ports, step: Step, status: BookingStatus, kind: str, problem: str | None, now: datetime) -> None:
    """A person decides. The alert goes out first: an alert twice is one exception, a lost one is a lost parcel."""
    ended = replace(step.booking, status=status, problem=problem, due_at=None)
    ports.queues.send("alerts", [alert_of_booking(ended, kind, now)])
    ports.cases.save_booking(ended, step.booking.status)
    if status == "with_person" and ended.kind in MAKES:
        _call_off_if_cancelled(ports, ended, now)


def _call_off_if_cancelled(ports: Ports, given: Booking, now: datetime) -> None:
    """What was given to a person while its return was cancelled, or its way out called off, is called off as if it had
    been before: whoever cancels looks once more after that, so one of the two sees the other."""
    undone: list[Booking] = []

    def decide(case: Case) -> Amendment | None:
        file = ports.cases.file(case.case_id) if case.stage == "cancelled" or given.leg_n > 1 else None
        off = file is not None and is_called_off(file, given.leg_n)
        undone[:] = not_yet_called_off(file, (given,), now) if file is not None and off else []
        return Amendment(case, "calling_off", {"leg": str(given.leg_n)}, bookings=tuple(undone)) if undone else None

    amend(ports, given.case_id, now, decide)
    if undone:
        ports.queues.send("steps", [one.step for one in undone])


def refused_as(step: Step) -> str:
    """What a person is told when the carrier will not: of a pickup whose courier was called off before it, that nobody
    comes at all."""
    booking = step.booking
    if booking.kind not in MAKES:
        return f"{booking.kind}_refused"
    called_off = (one for one in step.file.bookings if one.kind == "pickup_cancel" and one.leg_n == booking.leg_n)
    if any(one.of == booking.n and one.wish is not None and one.status == "done" for one in called_off):
        return "pickup_not_rebooked"
    return "booking_refused"


def again(reference: str) -> str:
    """The next reference of the same booking: the old one may yet turn up.

    >>> again("GT-1P"), again("GT-1P.2")
    ('GT-1P.2', 'GT-1P.3')
    """
    stem, _, tried = reference.partition(".")
    return f"{stem}.{int(tried or 1) + 1}"


def _call(ports: Ports, step: Step, maker: Maker, ready: Ready, now: datetime) -> None:
    """The call, and what came of it. An answer is written down before anything else is done with it: that the carrier
    answers is said of it last."""
    try:
        answer = ready.line.ask(ready.request)
    except (CarrierUnavailable, CarrierRefused, CarrierOutcomeUnknown) as fault:
        _not_given(ports, step, maker, fault, now)
        return
    try:
        given = ready.read(answer)
    except (CarrierUnavailable, CarrierRefused, CarrierOutcomeUnknown) as fault:
        _not_given(ports, step, maker, fault, now)
    else:
        _write_down(ports, step, maker, given, now)
    ready.line.answered()


def _not_given(ports: Ports, step: Step, maker: Maker, fault: CarrierError, now: datetime) -> None:
    if isinstance(fault, CarrierUnavailable):
        later(ports, step, fault, now)
    elif isinstance(fault, CarrierRefused):
        give_up(ports, step, "refused", refused_as(step), str(fault), now)
    else:
        reconcile(ports, step, maker, now)


def _write_down(ports: Ports, step: Step, maker: Maker, given: Given, now: datetime) -> None:
    """Record what the carrier gave. It says it once, so it outlives a table that is away for a moment, and for longer
    in a message of its own. What undoes is not put into one: what it was about may have moved on by then, so it stays
    visibly unknown."""
    last = UnavailableError("not tried yet")
    for tried in range(WRITES):
        try:
            if not tried or _is_still_open(ports, step):
                maker.record(ports, step, given, now)
        except UnavailableError as away:
            last = away
            continue
        return
    if step.booking.kind not in MAKES:
        raise last
    ports.queues.send("steps", [{**step.booking.step, "reference": step.booking.reference, "given": said_of(given)}])


def _is_still_open(ports: Ports, step: Step) -> bool:
    """Whether this very call is still to be written down: a write whose answer was lost may have been carried out."""
    found = step_of(ports, step.booking.step).booking
    return found.status == "claimed" and found.reference == step.booking.reference


def said_of(given: Given) -> dict[str, Any]:
    """What a carrier gave, as a message holds it until it can be written down."""
    return {
        "result": dict(given.result),
        "papers": [[one.name, one.kind, one.media_type, one.status, one.url] for one in given.papers],
        "courier": dict(given.courier),
    }


def given_in(message: Mapping[str, Any], booking: Booking) -> Given | None:
    """What a message says that the carrier gave for this very booking; None when it says nothing of it."""
    said = message.get("given")
    if said is None or message.get("reference") != booking.reference:
        return None
    return Given(said["result"], tuple(KeptPaper(*paper) for paper in said["papers"]), said["courier"])


def _look_again(booking: Booking, now: datetime) -> datetime:
    """When a claimed call that was never recorded is looked at. A due time that comes after the call and before a
    retry would is kept: to move one costs more than the claim itself."""
    kept = booking.due_at
    return kept if kept is not None and now + IN_HAND <= kept <= now + RETRY else now + RETRY
