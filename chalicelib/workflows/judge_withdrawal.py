"""What a declared withdrawal comes to by the law of the order: whether it is in time, what a person must say of it, and
the clocks it starts. Nothing here refuses one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.clock import end_of_day, zone
from chalicelib.errors import RuleNotInForce
from chalicelib.returns.case import ReturnRequest
from chalicelib.returns.grounds import Asked, Ground
from chalicelib.returns.law import Cited, Right, withdrawal_right
from chalicelib.returns.settlement_deadlines import Clock, Starts, Told, clocks
from chalicelib.returns.settlement_rules import rules_on
from chalicelib.returns.statute import withdrawal
from chalicelib.returns.windows import window
from chalicelib.rulebook import in_force
from chalicelib.workflows.collecting import collecting_of
from chalicelib.workflows.ports import CaseFile, Ports

# A return of another kind has papers and a purpose of its own: a person says what becomes of the piece.
TURNED_FROM = frozenset({"refund", "exchange"})
BEFORE_THE_ROAD = frozenset({"review", "evidence_needed", "approved"})
ON_THE_ROAD = frozenset({"booked", "in_transit", "arrived", "received", "inspected"})


@dataclass(frozen=True, slots=True)
class Judged:
    """One declaration beside the law: the ground, what keeps a machine from saying that it holds, and its clocks."""

    ground: Ground
    doubts: tuple[str, ...]
    send_back_by: datetime | None
    refund: Clock | None
    refund_from: str | None

    @property
    def in_time(self) -> bool | None:
        """True where the law grants it; a machine never says false."""
        return True if self.ground.verdict == "granted" else None


def judged(ports: Ports, file: CaseFile, lines: tuple[int, ...], at: datetime) -> Judged:
    """A declaration made at this instant about these lines (empty: all)."""
    request = asked_for(file.plan.request, lines)
    asked = Asked(request, ports.merchant(), at)
    ground = withdrawal(asked) or Ground("withdrawal", "unsure", True, ())
    right = _right(request)
    refund = _refund(file, request, right, at)
    return Judged(
        ground=ground,
        doubts=(*_doubts_of(ground), *_doubts_of_the_case(file)),
        send_back_by=_send_back_by(asked, right, at),
        refund=refund,
        refund_from=refund.starts if refund else right.row.refund_from if right else None,
    )


def asked_for(request: ReturnRequest, lines: tuple[int, ...]) -> ReturnRequest:
    """The request as a withdrawal from these lines."""
    items = tuple(item for n, item in enumerate(request.items, 1) if not lines or n in lines)
    return replace(request, kind="refund", reason="change_of_mind", items=items)


def _doubts_of(ground: Ground) -> tuple[str, ...]:
    if ground.verdict == "granted":
        return ()
    return tuple(dict.fromkeys(one.code for one in ground.reasons if not one.code.endswith("_open")))


def _doubts_of_the_case(file: CaseFile) -> tuple[str, ...]:
    """What makes a person necessary though the law is clear."""
    found = []
    if file.case.kind not in TURNED_FROM:
        found.append("withdrawal_of_another_kind")
    if file.case.stage not in BEFORE_THE_ROAD | ON_THE_ROAD:
        found.append(f"withdrawal_at_{file.case.stage}")
    return tuple(found)


def _right(request: ReturnRequest) -> Cited[Right] | None:
    try:
        return withdrawal_right(request.customer_country, request.order.sold_on, request.customer_region)
    except RuleNotInForce:
        return None


def _send_back_by(asked: Asked, right: Cited[Right] | None, at: datetime) -> datetime | None:
    """The customer's own clock: it rolls over weekends and holidays and never shortens."""
    if right is None or right.row.send_back_days is None:
        return None
    day = at.astimezone(zone(asked.where.zone_name)).date()
    rest = right.row.rolls_over or "sat_sun_hol"
    return window(day, right.row.send_back_days, "excl_start", rest, asked.where).sure_until


def _refund(file: CaseFile, request: ReturnRequest, right: Cited[Right] | None, at: datetime) -> Clock | None:
    """Our own clock as far as it runs from the notice: it never rolls and is set early."""
    if right is None:
        return None
    told = Told(request.customer_country, request.customer_region, right, collects=collecting_of(file))
    running = clocks(told, Starts(notice=at), rules_on(request.order.sold_on))
    return next((one for one in running if one.code == "statute"), None)


def target_of(clock: Clock) -> datetime:
    """The end of the day by which we mean to be done."""
    return end_of_day(clock.target, clock.zone_name)


def first_look(found: Judged, at: datetime) -> datetime:
    """When somebody looks whether the refund is under way: when its clock says so, else so many days on."""
    return found.refund.alert_at if found.refund else at + _days("first_days", at)


def next_look(now: datetime) -> datetime:
    """When it is looked at again."""
    return now + _days("again_days", now)


def _days(name: str, now: datetime) -> timedelta:
    """So many days, by today's rules: when we look is no right of the order's day."""
    return timedelta(days=int(in_force("returns/withdrawal", now.date()).rules["look"][name]))
