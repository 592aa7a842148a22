"""A piece goes out again: asked for by a repair or a settlement, or by a person; planned once, planned anew while
nothing was bought, called off before it left.

For one repair, and for one settlement, there is one way out, however often it is asked for; what nothing asks for does
not leave (``right_to_leave``). Leg, waybill, what was decided and the exception of what is open are one write with the
case; the waybill is due by itself should its message be lost, and the message is sent again with every repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.changes import opened, resolved
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.playbooks import open_exception
from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError
from chalicelib.returns.case import Case
from chalicelib.returns.stages import NEXT, OVER, Stage
from chalicelib.returns.way_out import OutFacts, OutState, WayOut
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.booking_steps import MAKES, again
from chalicelib.workflows.call_off import not_yet_called_off, undoings
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.keep_exceptions import send_word
from chalicelib.workflows.leg_plan import WAY_OUT_WANTED, episode_of_way_out, way_out_of
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.plan_out import OutPlan, OutWish, plan_leg_out
from chalicelib.workflows.ports import Booking, CaseFile, Ports
from chalicelib.workflows.right_to_leave import is_asked_for, may_go_again, refuse_second_unapproved, refuse_unasked
from chalicelib.workflows.tell_steps import look_for_tools
from chalicelib.workflows.unsent_outcome import TOLD, opened_for, resolved_by

CAUSES = ("repaired", "unrepaired", "replacement", "refused", "loan")
STANDS = frozenset({"done", "with_person"})
# Nothing outside was asked for, or it was certainly refused: it can be planned anew.
FREE = frozenset({"planned", "refused", "cancelled"})


def take_send_out(ports: Ports, message: Mapping[str, Any], now: datetime) -> None:
    """Plan what a repair or a settlement asks to go out: ``{kind, case_id, cause, settlement|repair}``. Again is quiet,
    but sends again what a lost message may owe. What asked for it may have been taken back since: then nothing goes."""
    wish = _wish_of(message)

    def decide(file: CaseFile) -> Amendment | None:
        if _asked_already(file, wish) is not None or not _is_still_wanted(file, wish):
            return None
        return _amendment(file, plan_leg_out(ports, file, wish, next_leg(file), now), wish.by, now)

    amend_file(ports, message["case_id"], now, decide)
    _see_to_it(ports, message["case_id"])


def plan_way_out(ports: Ports, case_id: str, wish: OutWish, now: datetime) -> int:
    """Plan a way out as a person asks for it, or anew what waits or was not bought yet; the number of its leg. What a
    person said before stays said. The same again is quiet. Raises ``ConflictError`` where it is bought or on its way,
    or the case is over; what ``right_to_leave`` raises where nothing lets it go; ``InvalidRequestError``."""
    leg_n = 0

    def decide(file: CaseFile) -> Amendment | None:
        nonlocal leg_n
        _refuse_over(file.case)
        refuse_unasked(file, wish.cause, wish.settlement_n, wish.repair_n, may_lend=wish.may_approve)
        before = _asked_already(file, wish)
        if before is None or may_go_again(file, before, instead=wish.instead):
            leg_n = next_leg(file)
            _refuse_second(ports, file, before, wish)
            plan = plan_leg_out(ports, file, wish, leg_n, now)
            return _in_its_place(_amendment(file, plan, wish.by, now), before, now)
        leg_n = before.leg_n
        _refuse_bought(file, before)
        over = _over(before, wish)
        _refuse_second(ports, file, before, over)
        plan = plan_leg_out(ports, file, over, leg_n, now)
        plan = replace(plan, way=replace(plan.way, asked_by=before.asked_by, asked_at=before.asked_at))
        if replace(plan.way, changed_at=before.changed_at) == before:
            return None
        return _amendment(file, plan, wish.by, now)

    amend_file(ports, case_id, now, decide)
    _see_to_it(ports, case_id)
    return leg_n


def call_off_way_out(ports: Ports, case_id: str, leg_n: int, *, why: str, holder: str, now: datetime) -> None:
    """Call off a way out before it has left: what was bought is undone by the worker, what was not is not bought. Again
    is quiet. Raises ``ConflictError`` once it is on its way, ``NotFoundError`` without it."""

    def decide(file: CaseFile) -> Amendment | None:
        way = way_out_of(file, leg_n)
        if way is None:
            raise NotFoundError("this case has no way out with this leg")
        if way.state == "called_off":
            return None
        if way.state not in ("wanted", "planned"):
            raise ConflictError(f"this way out is {way.state}: only the carrier can stop it now")
        return called_off(file, way, why, holder, now)

    amend_file(ports, case_id, now, decide)
    _look_once_more(ports, case_id, leg_n, holder, now)
    file = ports.cases.file(case_id)
    asked = [one for one in file.bookings if one.leg_n == leg_n and one.kind not in MAKES] if file else []
    if steps := [one.step for one in asked if one.status == "planned"]:
        ports.queues.send("steps", steps)
    _see_to_it(ports, case_id)


def call_off_for(ports: Ports, case_id: str, settlement_n: int, *, why: str, holder: str, now: datetime) -> None:
    """Call off what a settlement had sent for, because it was withdrawn; quiet where nothing was planned. Raises
    ``ConflictError`` once it is on its way."""
    file = file_of(ports, case_id)
    for way in file.parts.of(WayOut):
        if way.settlement_n == settlement_n and way.state in ("wanted", "planned", "sent"):
            call_off_way_out(ports, case_id, way.leg_n, why=why, holder=holder, now=now)


def called_off(file: CaseFile, way: WayOut, why: str, holder: str, now: datetime) -> Amendment:
    """The change that takes a way out back: its bookings undone or given up, its exception settled, and the case back
    where a person settles it, if it stood at sending out for this alone."""
    own = [one for one in file.bookings if one.leg_n == way.leg_n]
    undone = undoings(file, [one for one in own if one.kind in MAKES and one.status in STANDS], now)
    given_up = [_given_up(one) for one in own if one.kind in MAKES and one.status in ("planned", "refused")]
    others = (one for one in file.parts.of(WayOut) if one.leg_n != way.leg_n)
    stays = file.case.stage != "sending_out" or any(one.is_under_way for one in others)
    stage: Stage = file.case.stage if stays else "settling"
    after = replace(way, state="called_off", why=why, changed_at=now)
    return Amendment(
        replace(file.case, stage=stage),
        "way_out_called_off",
        {"leg": str(way.leg_n), "cause": way.cause, "why": why},
        by=holder,
        bookings=(*given_up, *undone),
        exceptions=(*_settled(file, way.leg_n, f"called off: {why}", holder, now), *opened_for(file, after, now)),
        over=tuple(own),
        parts=(after,),
    )


def is_free(booking: Booking) -> bool:
    """Whether nothing outside was asked for it."""
    return booking.status in FREE


def next_leg(file: CaseFile) -> int:
    """The number of the next leg; the first is the way home's, planned or not."""
    used = [leg.n for leg in file.legs] + [one.leg_n for one in file.parts.of(WayOut)]
    return max([1, *used]) + 1


def _wish_of(message: Mapping[str, Any]) -> OutWish:
    cause, settlement, repair = message.get("cause"), message.get("settlement"), message.get("repair")
    if cause not in CAUSES or (settlement is None) == (repair is None):
        raise InvalidRequestError("a way out is asked for with its cause, and by one settlement or one repair")
    return OutWish(cause, "goldthread", settlement, repair)


def _asked_already(file: CaseFile, wish: OutWish) -> WayOut | None:
    """The last way out that was asked for by the same."""
    key = (wish.cause, wish.settlement_n, wish.repair_n)
    same = [one for one in file.parts.of(WayOut) if one.asked_for == key]
    return max(same, key=lambda one: one.leg_n, default=None)


def _is_still_wanted(file: CaseFile, wish: OutWish) -> bool:
    """Whether what asked for it stands: a message may be older than the case."""
    return file.case.stage not in OVER and is_asked_for(file, wish.cause, wish.settlement_n, wish.repair_n)


def _refuse_over(case: Case) -> None:
    if case.stage in OVER:
        raise ConflictError(f"the return is {case.stage}: nothing goes out any more")


def _refuse_second(ports: Ports, file: CaseFile, before: WayOut | None, wish: OutWish) -> None:
    """Of what was lost a second piece goes only as somebody approves it, however often that is planned anew."""
    if before is None:
        return
    same = [one for one in file.parts.of(WayOut) if one.asked_for == before.asked_for]
    if before.state == "sent" or any(one.state == "lost" for one in same):
        authority = ports.merchant().authority
        refuse_second_unapproved(
            file, before, wish.items, authority, by=wish.by, role=wish.role, may=wish.may_approve
        )  # fmt: skip


def _refuse_bought(file: CaseFile, way: WayOut) -> None:
    """What was bought is called off before it is planned anew; what nobody knows is settled first."""
    if way.state in ("sent", "delivered"):
        raise ConflictError(f"this way out is {way.state}: it cannot be planned anew")
    for one in file.bookings:
        if one.leg_n == way.leg_n and one.kind == "waybill" and not is_free(one):
            raise ConflictError(f"its waybill is {one.status}: call the way out off, or settle its exception, first")


def _in_its_place(change: Amendment, before: WayOut | None, now: datetime) -> Amendment:
    """The change, with the parcel that will not arrive noted as lost: a scan of it would say otherwise again."""
    if before is None or before.state != "sent":
        return change
    return replace(change, parts=(*change.parts, replace(before, state="lost", why="said_so", changed_at=now)))


def _over(way: WayOut, wish: OutWish) -> OutWish:
    """The wish with what was said before; what is said now counts more."""
    said = {one.name: getattr(wish.facts, one.name) for one in fields(OutFacts)}
    known = {name: value for name, value in said.items() if value not in (None, ())}
    waived = bool(way.answer and way.answer.get("proof"))
    items = wish.items or (way.items if way.cause in ("replacement", "loan") else ())
    return replace(wish, items=items, facts=replace(way.facts, **known), without_proof=wish.without_proof or waived)


def _amendment(file: CaseFile, plan: OutPlan, by: str, now: datetime) -> Amendment:
    """Everything that is written of a way out, at once."""
    way, n = plan.way, plan.way.leg_n
    own = [one for one in file.bookings if one.leg_n == n]
    facts = {"leg": str(n), "cause": way.cause, "state": way.state}
    if plan.leg is not None:
        facts |= {"carrier": plan.leg.carrier, "lane": str(plan.leg.lane), "purpose": plan.leg.purpose}
    return Amendment(
        replace(file.case, stage=stage_with(file.case, way)),
        "way_out_planned",
        facts,
        by=by,
        legs=(plan.leg,) if plan.leg else (),
        bookings=tuple(_again(one, own) for one in plan.bookings) or tuple(map(_given_up, own)),
        exceptions=(*_exceptions(file, plan, by, now), *resolved_by(file, way, by, now)),
        over=tuple(own),
        parts=(way,),
    )


def stage_with(case: Case, way: WayOut) -> Stage:
    """The stage of the case once this way out stands so. One that goes in advance leaves it with the way home; one that
    waits for a person moves nothing."""
    goes: frozenset[OutState] = frozenset({"planned", "sent"})
    moves = way.state in goes and not way.advance and "sending_out" in NEXT[case.stage]
    return "sending_out" if moves else case.stage


def _again(planned: Booking, own: Iterable[Booking]) -> Booking:
    """The waybill under its own reference; of one that was refused under the next."""
    known = next((one for one in own if (one.kind, one.n) == (planned.kind, planned.n)), None)
    if known is None:
        return planned
    return replace(planned, reference=known.reference if known.status == "planned" else again(known.reference))


def _given_up(booking: Booking) -> Booking:
    """Nothing was asked for it outside, and nothing will be."""
    return replace(booking, status="cancelled", due_at=None)


def _exceptions(file: CaseFile, plan: OutPlan, by: str, now: datetime) -> tuple[OpenException, ...]:
    """A way out that a machine may not decide stands on the work list; one that was decided since does no more."""
    way, episode = plan.way, episode_of_way_out(plan.way.leg_n)
    if way.state != "wanted":
        return _settled(file, way.leg_n, "planned with what was lacking", by, now)
    if any(one.episode == episode and one.status != "resolved" for one in file.exceptions):
        return ()
    wanted = open_exception(
        "case",
        way.case_id,
        kind=WAY_OUT_WANTED,
        episode=episode,
        reason=way.cause,
        since=now,
        now=now,
        case_id=way.case_id,
        leg_n=way.leg_n,
        money_at_risk=plan.leg.customs_value if plan.leg else file.case.money_at_risk,
        detail="; ".join(plan.open_points),
    )
    return (opened(wanted, now, sequence=file.case.log_n + 1, country=file.case.customer_country),)


def _settled(file: CaseFile, leg_n: int, why: str, by: str, now: datetime) -> tuple[OpenException, ...]:
    episode = episode_of_way_out(leg_n)
    return tuple(
        resolved(one, now, by, why, version=one.version + 1, sequence=file.case.log_n + 1)
        for one in file.exceptions
        if one.episode == episode and one.status != "resolved"
    )


def _look_once_more(ports: Ports, case_id: str, leg_n: int, holder: str, now: datetime) -> None:
    """What a worker gave to a person while this was decided is called off too."""

    def decide(file: CaseFile) -> Amendment | None:
        made = [one for one in file.bookings if one.leg_n == leg_n and one.kind in MAKES and one.status in STANDS]
        undone = not_yet_called_off(file, made, now)
        facts = {"bookings": " ".join(one.name for one in undone)}
        return Amendment(file.case, "calling_off", facts, by=holder, bookings=tuple(undone)) if undone else None

    amend_file(ports, case_id, now, decide)


def _see_to_it(ports: Ports, case_id: str) -> None:
    """Send what the ways out of a case owe: their waybills, and word to whoever works on them or waits for them."""
    file = file_of(ports, case_id)
    ways = {one.leg_n: one for one in file.parts.of(WayOut) if one.state == "planned"}
    due = [one for one in file.bookings if one.leg_n in ways and (one.kind, one.status) == ("waybill", "planned")]
    if due:
        ports.queues.send("steps", [one.step for one in due])
    legs = [one.leg_n for one in file.parts.of(WayOut)]
    episodes = set(map(episode_of_way_out, legs))
    send_word(ports, *(one for one in file.exceptions if one.episode in episodes or one.kind in TOLD))
    look_for_notices(ports, case_id)
    look_for_tools(ports, case_id)
