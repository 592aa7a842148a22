"""What a return ends with: proposed by one person, approved by others, taken back before it is carried out.

Every change is one transaction of settlement, stage and case log that the version of the case guards: of two people who
act at once one wins, and the other is told how things stand now. What is approved is carried out by the payments worker
(``pay_out``); its message may be lost or come twice, and the settlement is due until it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError, NotFoundError
from chalicelib.returns.authority import Need, is_complete, may_approve
from chalicelib.returns.settlement import Approval, Posting, Settlement
from chalicelib.returns.stages import NEXT, OVER
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.booking_steps import MAKES
from chalicelib.workflows.build_settlement import Wish, build, refuse_price_of, timed
from chalicelib.workflows.case_parts import Part
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.gifts import gift_of, with_gifts
from chalicelib.workflows.no_return import called_off_by
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.other_returns import with_the_order
from chalicelib.workflows.pay_out import IN_HAND, go_on, in_trouble, paid_by_hand, pay_message
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_settlements import settlement_row
from chalicelib.workflows.send_out import call_off_for
from chalicelib.workflows.settlement_blocks import refuse_blocked
from chalicelib.workflows.settlement_sight import Sight, sight_of
from chalicelib.workflows.tell_steps import look_for_tools
from chalicelib.workflows.unsent_outcome import taken_back
from chalicelib.workflows.watch_refund import clock_of

# From these stages an outcome takes the case to ``settling``; from others only one that waits for no piece does.
LOOKED_AT = frozenset({"received", "inspected", "in_repair"})
Found = Literal["paid", "not_paid"]


@dataclass(frozen=True, slots=True)
class FoundOut:
    """What a person found out about a payment: made or not, by the provider's own word, and under which reference."""

    outcome: Found
    reference: str | None = None
    on: date | None = None


def propose(
    ports: Ports, case_id: str, wish: Wish, *, by: str, role: str, now: datetime, dry_run: bool = False
) -> dict[str, Any]:
    """Propose a settlement; what the proposer may give alone is carried out at once. ``dry_run`` shows it and writes
    nothing. Raises ``NotFoundError``, ``SettlementBlocked``, ``InvalidRequestError``, ``RuleNotInForce``."""
    made: list[Settlement] = []

    def decide(file: CaseFile) -> Amendment | None:
        sight = with_the_order(ports, sight_of(ports, file))
        sight = with_gifts(ports, sight, wish.kind, now)
        settlement = _approved_if_complete(build(sight, wish, by=by, role=role, now=now), sight, now)
        made[:] = [settlement]
        if dry_run:
            return None
        facts = {"settlement": settlement.part_id, "kind": settlement.kind, "state": settlement.state}
        case = replace(file.case, stage=_stage(file, sight, settlement))
        parts: tuple[Part, ...] = (settlement, *clock_of(sight, now, settlement))
        bookings, over = called_off_by(file, settlement, now)
        return Amendment(case, "settlement_proposed", facts, by=by, parts=parts, bookings=bookings, over=over)

    amend_file(ports, case_id, now, decide)
    if dry_run:
        return settlement_row(made[0]) | {"settlement_id": None}
    _send_on(ports, made[0])
    return read_one(ports, case_id, made[0].part_id)


def approve(ports: Ports, case_id: str, settlement_id: str, *, by: str, role: str, now: datetime) -> dict[str, Any]:
    """Approve a proposal; the same person again is quiet. With the last approval it is carried out, once the customer
    has said yes to what is a contract of its own or another means than they paid by. Raises
    ``NotTheirs`` for the proposer and for too low a limit, ``ConflictError`` for one that waits for nothing,
    ``SettlementBlocked`` when something came in the way meanwhile."""

    def decide(sight: Sight, one: Settlement) -> Settlement | None:
        if any(each.by == by for each in one.approvals):
            return None
        _refuse_state(one, "approve", "proposed")
        refuse_blocked(with_the_order(ports, sight), sight.rules.kind(one.kind), but=one.n)
        need = Need(one.approvals_needed, one.roles_needed)
        may_approve(
            one.stake or one.total, need, one.approvals, by=by, role=role, proposed_by=one.proposed_by,
            authority=sight.merchant.authority, freely=gift_of(sight, one),
        )  # fmt: skip
        given = replace(one, approvals=(*one.approvals, Approval(by, role, now)))
        return _approved_if_complete(given, sight, now)

    return _change(ports, case_id, settlement_id, "settlement_approved", by, now, decide)


def agree(ports: Ports, case_id: str, settlement_id: str, *, by: str, now: datetime) -> dict[str, Any]:
    """Note that the customer said yes, to a purchase by weight or to credit in the place of money; again is quiet."""

    def decide(sight: Sight, one: Settlement) -> Settlement | None:
        if not one.needs_yes or one.agreed_at is not None:
            return None
        _refuse_state(one, "agree", "proposed")
        if one.priced_on is not None:
            refuse_price_of(sight, one.priced_on, now)
        return _approved_if_complete(replace(one, agreed_at=now, agreed_by=by), sight, now)

    return _change(ports, case_id, settlement_id, "settlement_agreed", by, now, decide)


def withdraw(
    ports: Ports, case_id: str, settlement_id: str, *, by: str, now: datetime, why: str | None = None
) -> dict[str, Any]:
    """Take a settlement back before it is carried out; again is quiet. Raises ``ConflictError`` once it is, unless
    nothing was given under it and its parcel does not reach the customer."""

    def decide(sight: Sight, one: Settlement) -> Settlement | None:
        if one.state == "withdrawn":
            return None
        if one.state == "done":
            return taken_back(sight.file, one, why, now)
        _refuse_state(one, "withdraw", "proposed", "approved")
        if one.reference is not None and one.not_found_at is None:
            told = "say what became of it (reconcile); it can be withdrawn once its provider, asked again, knows none"
            raise ConflictError(f"its payment was asked for before: {told}")
        _refuse_on_its_way(sight.file, one)
        return replace(one, state="withdrawn", why=why or one.why, changed_at=now, due_at=now)

    told = _change(ports, case_id, settlement_id, "settlement_withdrawn", by, now, decide)
    call_off_for(ports, case_id, int(settlement_id), why="settlement_withdrawn", holder=by, now=now)
    return told


def act(
    ports: Ports,
    case_id: str,
    settlement_id: str,
    action: str,
    *,
    by: str,
    now: datetime,
    why: str | None = None,
) -> dict[str, Any]:
    """What the desk does to a settlement: ``withdraw`` it, or note that the customer said yes (``agree``)."""
    if action == "agree":
        return agree(ports, case_id, settlement_id, by=by, now=now)
    return withdraw(ports, case_id, settlement_id, by=by, now=now, why=why)


def reconcile(
    ports: Ports, case_id: str, settlement_id: str, found: FoundOut, *, by: str, now: datetime
) -> dict[str, Any]:
    """Note what a person found out about a payment: one whose outcome is unknown, or one that people make by hand. What
    was not paid is paid again under the same reference, the provider being asked for it first; in a return that is over
    nothing is paid any more, and it ends there. Raises ``ConflictError`` for a settlement of which nothing is
    unknown."""
    if found.outcome == "paid" and not found.reference:
        fault = FieldFault("reference", "required", "under which reference it was paid")
        raise InvalidRequestError("say how it was paid", [fault])

    def decide(sight: Sight, one: Settlement) -> tuple[Settlement, tuple[Posting, ...]] | None:
        if one.state == "done" and found.outcome == "paid" and one.provider_reference == found.reference:
            return None
        by_hand = one.state == "approved" and one.pays == "person"
        was_asked_for = one.state == "approved" and one.reference is not None
        # Money that left has left, whatever was taken back meanwhile: it is written down, and counts.
        may_have_left = one.pays == "person" or one.reference is not None
        left_all_the_same = one.state == "withdrawn" and may_have_left and found.outcome == "paid"
        if not (by_hand or was_asked_for or left_all_the_same):
            _refuse_state(one, "reconcile", "unknown")
        if found.outcome == "paid":
            return paid_by_hand(sight.file, one, found.reference or "", by, now)
        if by_hand:
            return None
        if sight.file.case.stage in OVER:
            return replace(one, state="withdrawn", why="case_closed", problem=None, changed_at=now, due_at=now), ()
        return replace(
            one, state="approved", problem=None, tries=0, not_found_at=None, changed_at=now, due_at=now + IN_HAND
        ), ()

    return _change_money(ports, case_id, settlement_id, f"settlement_found_{found.outcome}", by, now, decide)


def look(ports: Ports, case_id: str, part_id: str, now: datetime) -> None:
    """A settlement is due: carry on with it."""
    go_on(ports, case_id, part_id, now)


def stands(_ports: Ports, file: CaseFile, part_id: str, episode: str, _now: datetime) -> bool:
    """Whether this may still be a trouble of this settlement."""
    return in_trouble(file, part_id, episode)


def read_one(ports: Ports, case_id: str, settlement_id: str) -> dict[str, Any]:
    """One settlement as it stands; raises ``NotFoundError``."""
    file = file_of(ports, case_id)
    return settlement_row(found_in(file, settlement_id))


def found_in(file: CaseFile, settlement_id: str) -> Settlement:
    """The settlement of this id; raises ``NotFoundError``."""
    found = next((one for one in file.parts.of(Settlement) if one.part_id == settlement_id), None)
    if found is None:
        raise NotFoundError("this case has no such settlement")
    return found


def _approved_if_complete(one: Settlement, sight: Sight, now: datetime) -> Settlement:
    """Approved once all have, and the customer too; else due when somebody must be told that it waits."""
    need = Need(one.approvals_needed, one.roles_needed)
    if is_complete(need, one.approvals) and not (one.needs_yes and one.agreed_at is None):
        return replace(one, state="approved", changed_at=now, due_at=now + IN_HAND)
    return replace(one, changed_at=now, due_at=now + timedelta(hours=sight.rules.lead.waits_approval_hours))


def _stage(file: CaseFile, sight: Sight, one: Settlement) -> Any:
    """The stage with this settlement: what ends the case takes it to ``settling``, once nothing is awaited any more."""
    stage = file.case.stage
    moves = sight.rules.kind(one.kind).ends and (stage in LOOKED_AT or one.kind == "refund_without_return")
    return "settling" if moves and "settling" in NEXT[stage] else stage


def _refuse_state(one: Settlement, action: str, *states: str) -> None:
    if one.state not in states:
        wanted = " or ".join(states)
        raise ConflictError(f"settlement {one.n} is {one.state}; to {action} it, it must be {wanted}")


def _refuse_on_its_way(file: CaseFile, one: Settlement) -> None:
    """A settlement whose parcel has left stands: what it gives is with the carrier."""
    for way in file.parts.of(WayOut):
        if way.settlement_n == one.n and way.state in ("sent", "delivered"):
            raise ConflictError(f"its parcel (leg {way.leg_n}) is {way.state}: what it gives has left")


def _change(
    ports: Ports,
    case_id: str,
    settlement_id: str,
    what: str,
    by: str,
    now: datetime,
    decide: Callable[[Sight, Settlement], Settlement | None],
) -> dict[str, Any]:
    def with_nothing_posted(sight: Sight, one: Settlement) -> tuple[Settlement, tuple[Posting, ...]] | None:
        after = decide(sight, one)
        return None if after is None else (after, ())

    return _change_money(ports, case_id, settlement_id, what, by, now, with_nothing_posted)


def _change_money(
    ports: Ports,
    case_id: str,
    settlement_id: str,
    what: str,
    by: str,
    now: datetime,
    decide: Callable[[Sight, Settlement], tuple[Settlement, tuple[Posting, ...]] | None],
) -> dict[str, Any]:
    """Write what ``decide`` makes of a settlement, with its legal day reckoned anew; then have it carried on."""

    def amended(file: CaseFile) -> Amendment | None:
        sight = sight_of(ports, file)
        change = decide(sight, found_in(file, settlement_id))
        if change is None:
            return None
        after = timed(sight, change[0], now)
        facts = {"settlement": after.part_id, "kind": after.kind, "state": after.state}
        bookings, over = called_off_by(file, after, now)
        parts: tuple[Part, ...] = (after, *change[1])
        return Amendment(file.case, what, facts, by=by, parts=parts, bookings=bookings, over=over)

    amend_file(ports, case_id, now, amended)
    file = file_of(ports, case_id)
    after = found_in(file, settlement_id)
    _send_on(ports, after)
    return settlement_row(after)


def _send_on(ports: Ports, one: Settlement) -> None:
    """Have the payments worker carry on with it, and whoever must know told; again is harmless."""
    if one.state != "proposed":
        ports.queues.send("payments", [pay_message(one)])
    if one.kind == "refund_without_return":
        _call_off(ports, one.case_id)
    look_for_notices(ports, one.case_id)
    look_for_tools(ports, one.case_id)


def _call_off(ports: Ports, case_id: str) -> None:
    """Have what was bought for the way home called off; the bookings are due, so a lost message is made good."""
    file = ports.cases.file(case_id)
    asked = [one for one in file.bookings if one.kind not in MAKES and one.status == "planned"] if file else []
    if asked:
        ports.queues.send("steps", [one.step for one in asked])
