"""A return is called off before its parcel moves: its courier and its waybill with it, each as a claimed booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import ConflictError
from chalicelib.returns.case import Case
from chalicelib.returns.stages import advance
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.booking_steps import MAKES
from chalicelib.workflows.call_off import not_yet_called_off, undoings
from chalicelib.workflows.erase_person import clock_of
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.ports import Booking, CaseFile, Ports
from chalicelib.workflows.tell_steps import look_for_tools

STANDS = frozenset({"done", "with_person"})
LAPSES = "A waybill that is never handed over lapses: tell the customer to destroy the label"


def cancel_case(ports: Ports, case_id: str, *, reason: str, holder: str, now: datetime) -> dict[str, Any]:
    """Cancel a case; what was bought for it is called off by the worker, what was not yet bought is not bought.

    Cancelling twice is quiet. Raises ``StageNotAllowed`` once the parcel is on its way, ``ConflictError`` once a
    replacement is. A booking that a worker has in hand at this moment is called off when it is recorded.
    """
    undone: list[Booking] = []

    def decide(case: Case) -> Amendment | None:
        undone[:] = []
        if case.stage == "cancelled":
            return None
        file = file_of(ports, case_id)
        stage = advance(case.stage, "cancelled")
        ways = _called_off(file, reason, now)
        made = [one for one in file.bookings if one.kind in ("waybill", "pickup") and one.status in STANDS]
        undone[:] = undoings(file, made, now)
        # Nothing of it comes any more, so it counts no longer towards what the address may be sent that day.
        uncounted = tuple(replace(leg, counted_on=None) for leg in file.legs if leg.counted_on is not None)
        after, facts = replace(case, stage=stage), {"reason": reason}
        clock = clock_of(case, file, now)
        return Amendment(
            after, "cancelled", facts, by=holder, legs=uncounted, bookings=tuple(undone), parts=(*clock, *ways)
        )

    amend(ports, case_id, now, decide)
    if undone:
        ports.queues.send("steps", [one.step for one in undone])
    _look_once_more(ports, case_id, holder, now)
    look_for_notices(ports, case_id)
    look_for_tools(ports, case_id)
    return _told(file_of(ports, case_id))


def _called_off(file: CaseFile, reason: str, now: datetime) -> tuple[WayOut, ...]:
    """What was to go out in advance goes no more. Raises ``ConflictError`` once one is on its way: that is to be
    stopped, or to come back, before the return is called off."""
    found = []
    for way in file.parts.of(WayOut):
        if way.state in ("sent", "delivered"):
            raise ConflictError(
                f"the parcel of leg {way.leg_n} is {way.state}: the return cannot be called off with it"
            )
        if way.state in ("wanted", "planned"):
            found.append(replace(way, state="called_off", why=reason, changed_at=now))
    return tuple(found)


def _look_once_more(ports: Ports, case_id: str, holder: str, now: datetime) -> None:
    """What a worker gave to a person while this was decided is called off too."""
    undone: list[Booking] = []

    def decide(case: Case) -> Amendment | None:
        file = file_of(ports, case_id)
        made = [one for one in file.bookings if one.kind in MAKES and one.status == "with_person"]
        undone[:] = not_yet_called_off(file, made, now)
        facts = {"bookings": " ".join(one.name for one in undone)}
        return Amendment(case, "calling_off", facts, by=holder, bookings=tuple(undone)) if undone else None

    amend(ports, case_id, now, decide)
    if undone:
        ports.queues.send("steps", [one.step for one in undone])


def _told(file: CaseFile) -> dict[str, Any]:
    kinds = ("pickup_cancel", "waybill_cancel")
    calling_off = [
        {
            "kind": one.kind,
            "leg": one.leg_n,
            "pickup_id": f"{one.leg_n}-{one.of}" if one.kind == "pickup_cancel" else None,
            "status": one.status,
        }
        for one in file.bookings
        if one.kind in kinds
    ]
    bought = any(one.kind == "waybill" and one.status == "done" for one in file.bookings)
    return {
        "case_id": file.case.case_id,
        "stage": file.case.stage,
        "calling_off": calling_off,
        "next": [LAPSES] if bought else [],
    }
