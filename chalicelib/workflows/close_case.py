"""A case is closed: by itself once nothing is left to do, or by a person with a reason, who is shown what is still
open.

The rule stands here alone. From every stage a case can be ended; what was approved and not begun is taken back with it,
nothing more is ordered for it, and money that may be on its way is followed to its end even after that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import ConflictError, FieldFault, NotPermitted, RuleNotInForce
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.keeping import DISPUTE_OPEN
from chalicelib.returns.repair import RepairOrder
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.stages import NEXT, OVER
from chalicelib.returns.way_out import FELL_SHORT, WayOut
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.case_parts import Part
from chalicelib.workflows.erase_person import clock_of
from chalicelib.workflows.find_case import case_of
from chalicelib.workflows.freeze_evidence import thawing
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.open_money import open_money
from chalicelib.workflows.parcels import is_taken_in
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.settlement_sight import Sight, sight_of
from chalicelib.workflows.tell_steps import look_for_tools
from chalicelib.workflows.watch_original import is_awaited

US = "goldthread"
APPROVES = "settlements:approve"
# Claims and duty run for months on clocks of their own and keep no case from its end; nor does a word that could not be
# sent, nor what was told of a refund: while one is under way its settlement is.
RUNS_ON = ("claim_", "duty_claim_", "notice_", "refund_", "withdrawal_refund_")
BEFORE_THE_ROAD = frozenset({"review", "evidence_needed", "approved", "booked"})
ON_THE_ROAD = frozenset({"booked", "in_transit"})
GONE = frozenset({"lost", "destroyed", "seized", "returned", "cancelled"})


class CaseOpen(ConflictError):
    """Something of the case is still open; each fault names it and what to do."""

    code = "case_open"

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.detail for fault in faults))


def close_if_done(ports: Ports, case_id: str, now: datetime) -> None:
    """Close a case that has its outcome and of which nothing is open; quiet otherwise. Of one that is over, what was
    frozen as its evidence may thaw now."""
    closed: list[str] = []

    def decide(file: CaseFile) -> Amendment | None:
        closed[:] = []
        if file.case.stage in OVER:
            return thawing(file)
        if "closed" not in NEXT[file.case.stage] or not _has_outcome(ports, file) or open_points(file):
            return None
        closed[:] = [file.case.stage]
        after, clock = replace(file.case, stage="closed"), clock_of(file.case, file, now)
        return Amendment(after, "stage_closed", {"from": file.case.stage}, by=US, parts=clock)

    amend_file(ports, case_id, now, decide)
    if closed:
        look_for_notices(ports, case_id)
        look_for_tools(ports, case_id)


def close_case(
    ports: Ports, case_id: str, *, reason: str, even_though: bool, may_force: bool, by: str, now: datetime
) -> dict[str, Any]:
    """Close a case by a person's word; again is quiet. ``even_though`` closes it over what is still open and wants the
    scope of approvals (``may_force``). Raises ``CaseOpen`` with all that is open, ``NotPermitted``."""
    if even_though and not may_force:
        raise NotPermitted(APPROVES)
    left: list[FieldFault] = []

    def decide(file: CaseFile) -> Amendment | None:
        left[:] = []
        if file.case.stage == "closed":
            return None
        if file.case.stage == "cancelled":
            raise ConflictError("the return is cancelled: that ends it too")
        left[:] = open_points(file)
        if left and not even_though:
            raise CaseOpen(tuple(left))
        taken_back: tuple[Part, ...] = (*_taken_back(file, now), *clock_of(file.case, file, now))
        facts = {"reason": reason, "from": file.case.stage}
        facts |= {"open": " ".join(fault.code for fault in left)} if left else {}
        planned = tuple(one for one in file.bookings if one.status == "planned")
        given_up = tuple(replace(one, status="cancelled", due_at=None) for one in planned)
        after = replace(file.case, stage="closed")
        return Amendment(after, "stage_closed", facts, by=by, parts=taken_back, bookings=given_up, over=planned)

    amend_file(ports, case_id, now, decide)
    look_for_notices(ports, case_id)
    look_for_tools(ports, case_id)
    case = case_of(ports, case_id)
    return {"case_id": case_id, "stage": case.stage, "open": [fault.detail for fault in left]}


def open_points(file: CaseFile) -> tuple[FieldFault, ...]:
    """All that is still to be done or to come, each with what ends it."""
    return tuple(_open(file))


def _open(file: CaseFile) -> Iterator[FieldFault]:
    if file.case.stage in ON_THE_ROAD:
        yield _point("stage", "on_the_road", "a parcel is under way: cancel the return, or wait for it")
    for each in file.exceptions:
        if each.status != "resolved" and not each.kind.startswith(RUNS_ON):
            yield _point("exception", "exception_open", f"exception {each.exception_id} ({each.kind}) is open")
    for booking in file.bookings if file.case.stage in BEFORE_THE_ROAD else ():
        if booking.status in ("planned", "claimed"):
            yield _point("booking", "booking_open", f"a {booking.kind} is {booking.status}: cancel the return instead")
    yield from _open_parts(file)
    yield from (_point("money", one.code, one.told) for one in open_money(file) if one.holds)
    yield from _ways_out(file)


def _open_parts(file: CaseFile) -> Iterator[FieldFault]:
    for one in file.parts.of(Settlement):
        if one.is_under_way:
            yield _point("settlement", "settlement_open", f"settlement {one.n} ({one.kind}) is {one.state}")
    for order in file.parts.of(RepairOrder):
        if not order.is_at_rest:
            yield _point("repair", "repair_open", f"repair {order.n} is {order.state}")
    for dispute in file.parts.of(Dispute):
        if dispute.state in DISPUTE_OPEN:
            yield _point("dispute", "dispute_open", f"dispute {dispute.dispute_id} is {dispute.state}")


def _ways_out(file: CaseFile) -> Iterator[FieldFault]:
    """Parcels that go out: asked for and not planned yet, not at their door, or come back or lost on the way."""
    ways = file.parts.of(WayOut)
    for one in file.parts.of(Settlement):
        sent = (way for way in ways if way.settlement_n == one.n and way.state not in FELL_SHORT)
        if one.state == "done" and one.sends is not None and not any(sent):
            yield _point("way_out", "not_sent", f"what settlement {one.n} sends out has no parcel yet")
    for way in ways:
        if way.is_under_way:
            yield _point("way_out", "not_delivered", f"the parcel of leg {way.leg_n} is {way.state}")


def _has_outcome(ports: Ports, file: CaseFile) -> bool:
    """Whether it ended in something: a settlement that ends a case, with what it sends out at its door, or a repaired
    piece that is home. A piece that was replaced beforehand must have come back."""
    sight = _sight(ports, file)
    if sight is None or _comes_home(ports, file):
        return False
    delivered = [way for way in file.parts.of(WayOut) if way.state == "delivered"]
    ends = [one for one in sight.settlements if one.state == "done" and sight.rules.kind(one.kind).ends]
    if any(one.kind == "advance_replacement" for one in ends) and not sight.inspections:
        return False
    if any(is_awaited(sight, one) for one in ends):
        return False
    if any(one.sends and all(way.settlement_n != one.n for way in delivered) for one in ends):
        return False
    repaired = any(way.cause in ("repaired", "unrepaired") for way in delivered)
    repaired = repaired or any(one.handed_back_at for one in file.parts.of(RepairOrder))
    return _is_all_settled(sight) if ends else repaired


def _comes_home(ports: Ports, file: CaseFile) -> bool:
    """Whether a parcel was handed to its carrier and is neither in our hands nor known to be gone: money may be given
    before it comes, and whoever opens it must find its case open."""
    for leg in file.legs:
        if leg.direction == "home" and leg.number is not None and not is_taken_in(file, leg.n):
            tracks = ports.tracks.file(leg.carrier, leg.number).tracks
            states = (one.state for one in tracks if (one.case_id, one.leg_n) == (leg.case_id, leg.n))
            if any(state.moving_since is not None and state.milestone not in GONE for state in states):
                return True
    return False


def _is_all_settled(sight: Sight) -> bool:
    """Whether no accepted piece is left for which nothing was given, replaced or sent back."""
    return not sight.came(sight.before(sight.basis(sight.ground()).currency), inspected=bool(sight.inspections))


def _sight(ports: Ports, file: CaseFile) -> Sight | None:
    try:
        return sight_of(ports, file)
    except RuleNotInForce:
        return None


def _taken_back(file: CaseFile, now: datetime) -> Iterator[Settlement]:
    """Settlements that were not begun; one whose payment was asked for is followed to its end."""
    for one in file.parts.of(Settlement):
        if one.state in ("proposed", "approved") and one.reference is None:
            yield replace(one, state="withdrawn", why="case_closed", changed_at=now, due_at=now)


def _point(field: str, code: str, detail: str) -> FieldFault:
    return FieldFault(field, code, detail, "case")
