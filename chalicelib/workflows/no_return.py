"""Nothing comes back any more: what was ordered for the way home is given up, or called off where it was bought."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.returns.settlement import Settlement
from chalicelib.workflows.booking_steps import MAKES
from chalicelib.workflows.call_off import undoings
from chalicelib.workflows.ports import Booking, CaseFile

MOVED = frozenset({"stage_in_transit", "stage_arrived"})
STANDS = frozenset({"done", "with_person"})


def called_off_by(file: CaseFile, one: Settlement, now: datetime) -> tuple[tuple[Booking, ...], tuple[Booking, ...]]:
    """What a settlement changes of the bookings with its last approval, and the bookings that rests on: none but for a
    refund without a return, and only while its parcel has not moved."""
    moved = any(entry.what in MOVED for entry in file.log)
    if (one.kind, one.state) != ("refund_without_return", "approved") or moved:
        return (), ()
    home = {leg.n for leg in file.legs if leg.direction == "home"}
    made = [each for each in file.bookings if each.kind in MAKES and each.leg_n in home]
    planned = [each for each in made if each.status == "planned"]
    given_up = [replace(each, status="cancelled", due_at=None) for each in planned]
    undone = undoings(file, [each for each in made if each.status in STANDS], now)
    return (*given_up, *undone), tuple(planned)
