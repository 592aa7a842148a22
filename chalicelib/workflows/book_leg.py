"""Story B, second half: the waybill is bought and the courier ordered, changed or called off, each claimed before the
call and made once.

A booking is claimed under our own reference, then the carrier is called, then the answer is recorded. What may have
been carried out and was not recorded is looked up under that reference; when that does not settle it, it stays
visibly ``unknown`` and a person decides. It is never simply tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.returns.stages import OVER
from chalicelib.workflows.book_pickup import PICKUP
from chalicelib.workflows.booking_steps import (
    ENDED,
    GIVEN_BY_A_PERSON,
    MAKES,
    Given,
    Maker,
    Step,
    claim_and_call,
    given_in,
    is_in_hand,
    reconcile,
    step_of,
)
from chalicelib.workflows.buy_waybill import AWAITED, WAYBILL, fetch_label
from chalicelib.workflows.leg_plan import has_come_home, is_called_off, may_go_out, still_comes_home, way_out_of
from chalicelib.workflows.made_papers import papers_message
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.undo_booking import PICKUP_CANCEL, PICKUP_CHANGE, WAYBILL_CANCEL

# A case that waits for a person books nothing, whatever message strays in.
MAY_BOOK = frozenset({"approved", "booked", "in_transit"})
MAKERS: Mapping[str, Maker] = {
    "waybill": WAYBILL,
    "pickup": PICKUP,
    "pickup_change": PICKUP_CHANGE,
    "pickup_cancel": PICKUP_CANCEL,
    "waybill_cancel": WAYBILL_CANCEL,
}


def take_booking(ports: Ports, message: Mapping[str, Any], now: datetime) -> None:
    """Carry a booking as far as it goes: message is ``{kind, case_id, leg, n}``, and ``papers`` where those are to say
    something else. A repeat is quiet.

    What may have been carried out is settled at whatever stage the case is by now; what was not asked for yet is
    given up once the case needs it no more: a courier for a parcel that has arrived, anything new for a cancelled case.
    """
    step = step_of(ports, message)
    booking, maker = step.booking, MAKERS[step.booking.kind]
    if "given" in message:
        _take_given(ports, step, message, now)
        return
    if booking.status in ENDED:
        _see_to_papers(ports, step, now, changed=bool(message.get("papers")))
        return
    if booking.problem == GIVEN_BY_A_PERSON:
        maker.record(ports, step, Given(booking.result, booking.papers), now)
    elif booking.status == "claimed":
        if not is_in_hand(booking, now):
            reconcile(ports, step, maker, now)
    elif _is_needless(step):
        ports.cases.save_booking(replace(booking, status="cancelled", due_at=None), booking.status)
    elif _may_be_made(step, now):
        claim_and_call(ports, step, maker, now)
    elif booking.attempts > 1 and _waits_for_waybill(step):
        ports.cases.save_booking(replace(booking, attempts=0), booking.status)


def _see_to_papers(ports: Ports, step: Step, now: datetime, *, changed: bool) -> None:
    """What a bought waybill may still owe: the carrier's label, and papers of our own that were asked for in vain, or
    of which something has ``changed``: those do not wait for the label."""
    booking = step.booking
    if (booking.kind, booking.status) != ("waybill", "done"):
        return
    awaited = booking.result.get("label") == AWAITED
    if changed or (booking.due_at is not None and not awaited):
        ports.queues.send("papers", [papers_message(booking.case_id, booking.leg_n)])
    if awaited:
        fetch_label(ports, step, now)


def _take_given(ports: Ports, step: Step, message: Mapping[str, Any], now: datetime) -> None:
    """Write down what the carrier gave while our table was away."""
    booking, given = step.booking, given_in(message, step.booking)
    if given is not None and booking.kind in MAKES and booking.status in ("claimed", "unknown"):
        MAKERS[booking.kind].record(ports, step, given, now)


def _is_needless(step: Step) -> bool:
    """Whether nobody needs it any more. What was bought for a cancelled case must still be called off."""
    makes = step.booking.kind in (*MAKES, "pickup_change")
    if step.leg.direction == "out":
        way = way_out_of(step.file, step.leg.n)
        gone = way is not None and way.state not in ("wanted", "planned", "sent")
        return makes and (gone or step.file.case.stage in OVER)
    if has_come_home(step.file):
        return True
    return is_called_off(step.file, step.leg.n) and makes


def _waits_for_waybill(step: Step) -> bool:
    """Whether this is a pickup whose waybill is still to be bought: that is late, and this is not stuck."""
    waybills = (one for one in step.file.bookings if (one.kind, one.leg_n) == ("waybill", step.leg.n))
    return step.booking.kind == "pickup" and any(one.status in ("planned", "claimed") for one in waybills)


def _may_be_made(step: Step, now: datetime) -> bool:
    """A pickup needs the waybill first, and no booking is made before its first allowed moment: both have a due time
    and come again."""
    booking = step.booking
    if booking.not_before is not None and now < booking.not_before:
        return False
    if booking.kind in MAKES and not _stage_allows(step):
        return False
    return booking.kind != "pickup" or step.leg.number is not None


def _stage_allows(step: Step) -> bool:
    """Whether something may be booked for this leg: home, on the road of the case; out, once it was decided."""
    if step.leg.direction == "out":
        return may_go_out(step.file.case, way_out_of(step.file, step.leg.n))
    return step.file.case.stage in MAY_BOOK or still_comes_home(step.file)
