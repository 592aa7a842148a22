"""Every stage of a case x everything that may move it: what happens is the table below, and what is refused says so and
has changed nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError
from chalicelib.returns.case import SaleRecord
from chalicelib.returns.custody import Receipt
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.inspection import Inspection, PieceFound
from chalicelib.returns.repair import Operation, RepairOrder, TakeIn
from chalicelib.returns.repair_deeds import RepairDeed, RepairWish
from chalicelib.returns.settlement import Settlement, SettlementLine
from chalicelib.returns.stages import NEXT, STAGES
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.build_settlement import Wish
from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.close_case import close_case
from chalicelib.workflows.decide_return import Ruling, decide_return
from chalicelib.workflows.inspect_pieces import Inspected, inspect_pieces
from chalicelib.workflows.keep_repair import act_on_repair, order_repair
from chalicelib.workflows.keep_settlement import propose, withdraw
from chalicelib.workflows.plan_out import OutWish
from chalicelib.workflows.send_out import call_off_way_out, plan_way_out
from chalicelib.workflows.take_in import TakenIn, take_in
from chalicelib.workflows.take_steps import take_step
from tests.faults.stories import RING
from tests.faults.the_end import BOUGHT, MONDAY, PROVEN, UP_TWO, eur
from tests.workflows.dock import SEEN, ring_seen
from tests.workflows.out_desk import OutDesk

CASE = "case0001"
LATER = MONDAY + timedelta(days=7)
A_RING = replace(RING, sale=SaleRecord("SCALE-7", 1), price=eur("480.00"))
ENGRAVED = replace(BOUGHT, items=(replace(A_RING, engraved=True),))
PLAIN = replace(BOUGHT, items=(A_RING,))
FAR = {stage: n for n, stage in enumerate(STAGES)}
NOTHING = eur("0")
SENT_BACK = (SettlementLine("sent_back", NOTHING, "settlement", "the request itself", line=1, pieces=1),)
Event = Callable[[OutDesk], Any]


def scan(change: str, *, leg: int = 1, direction: str = "home") -> Event:
    message = {"kind": "advance_case", "case_id": CASE, "leg": leg, "direction": direction, "change": change,
               "milestone": change, "at": "2026-11-30T00:00:00Z"}  # fmt: skip
    return lambda desk: take_step(desk.ports, message, LATER)


def ruled(outcome: Any) -> Event:
    law = ("returns/withdrawal@2021-01-01#X-EU-CUSTOM",)
    ruling = Ruling(outcome, ("excluded_custom",), law) if outcome == "refused" else Ruling(outcome)
    if outcome == "evidence_wanted":
        ruling = Ruling(outcome, evidence=("photo_defect",))
    return lambda desk: decide_return(desk.ports, CASE, ruling, holder="anna", now=LATER)


def proposed(kind: Any) -> Event:
    wish = Wish(kind, "as_agreed", why="so_decided")
    return lambda desk: propose(desk.ports, CASE, wish, by="ann", role="agent", now=LATER)


def bench_takes_in(desk: OutDesk) -> None:
    deed = RepairDeed("take_in", gross_g=Decimal("5.30"), scale_id="S-1", stones=1, evidence_ids=("E1",))
    amend_file(desk.ports, CASE, LATER, _with_a_photo)
    act_on_repair(desk.ports, CASE, _ordered(desk), deed, holder="bench", now=LATER)


def sent_back(desk: OutDesk) -> None:
    """Somebody has settled it so, and it was carried out."""
    amend_file(desk.ports, CASE, LATER, _with_a_refusal)
    plan_way_out(desk.ports, CASE, OutWish("refused", "anna", settlement_n=1, facts=PROVEN), LATER)


EVENTS: dict[str, Event] = {
    "decided: approved": ruled("approved"),
    "decided: refused": ruled("refused"),
    "decided: evidence": ruled("evidence_wanted"),
    "waybill": lambda desk: desk.step("waybill", LATER),
    "carrier: moving": scan("moving"),
    "carrier: arrived": scan("arrived"),
    "taken in": lambda desk: take_in(
        desk.ports, CASE, TakenIn(1, SEEN), corrects=False, why=None, by="dock-1", now=LATER
    ),
    "inspected": lambda desk: inspect_pieces(
        desk.ports, CASE, Inspected(1, (ring_seen(),)), corrects=False, why=None, by="dock-1", now=LATER
    ),
    "repair ordered": lambda desk: order_repair(desk.ports, CASE, RepairWish((UP_TWO,)), holder="anna", now=LATER),
    "bench takes in": bench_takes_in,
    "proposed: refund": proposed("refund"),
    "proposed: no return": proposed("refund_without_return"),
    "withdrawn": lambda desk: withdraw(desk.ports, CASE, "1", by="ann", now=LATER),
    "way out planned": sent_back,
    "way out called off": lambda desk: call_off_way_out(
        desk.ports, CASE, 2, why="changed_mind", holder="anna", now=LATER
    ),
    "out: delivered": scan("arrived", leg=2, direction="out"),
    "cancelled": lambda desk: cancel_case(desk.ports, CASE, reason="other", holder="anna", now=LATER),
    "closed": lambda desk: close_case(
        desk.ports, CASE, reason="other", even_though=False, may_force=False, by="anna", now=LATER
    ),
    "closed all the same": lambda desk: close_case(
        desk.ports, CASE, reason="other", even_though=True, may_force=True, by="anna", now=LATER
    ),
}  # fmt: skip


def _with_a_refusal(file: Any) -> Amendment | None:
    given = Settlement(CASE, 1, "refusal", "done", NOTHING, SENT_BACK, "worn", "ann", "agent", LATER, sends="refused")
    return Amendment(file.case, "refused", {}, parts=(given,))


def _with_a_photo(file: Any) -> Amendment | None:
    photo = Evidence(CASE, "E1", "photo_item", "image/jpeg", 9, "kept", "anna", LATER, LATER)
    return None if file.parts.of(Evidence) else Amendment(file.case, "evidence_kept", {}, parts=(photo,))


def _ordered(desk: OutDesk) -> int:
    return int(max((one.n for one in desk.file.parts.of(RepairOrder)), default=1))


def parts_at(stage: str) -> tuple[Any, ...]:
    """What a case at this stage has: it was received before it was inspected, settled before it was sent out."""
    found: list[Any] = []
    if FAR["received"] <= FAR[stage] <= FAR["sending_out"]:
        found.append(Receipt(CASE, 1, "SZX-1", LATER, "dock-1", Decimal(430), "S-1", None, "none_used"))
    if FAR["inspected"] <= FAR[stage] <= FAR["sending_out"]:
        piece = PieceFound(1, 1, 1, "as_sold", accepted_net_g=Decimal("5.20"))
        found.append(Inspection(CASE, 1, 1, LATER, "dock-1", None, "accepted", (piece,)))
    if FAR["received"] <= FAR[stage] <= FAR["in_repair"]:
        taken = stage == "in_repair"
        there = TakeIn(LATER, "bench", Decimal("5.30"), "S-1", 1, None, (), ("E1",)) if taken else None
        work = (Operation("resize", 1, dict(UP_TWO.facts)),)
        found.append(
            RepairOrder(CASE, 1, "SZX-1", "taken_in" if taken else "ordered", work, LATER, "anna", take_in=there)
        )
    if stage in ("settling", "sending_out"):
        state: Any = "proposed" if stage == "settling" else "done"
        found.append(
            Settlement(
                CASE,
                1,
                "refusal",
                state,
                NOTHING,
                SENT_BACK,
                "worn",
                "ann",
                "agent",
                LATER,
                sends="refused",
                stake=NOTHING,
            )
        )
    if stage == "sending_out":
        found.append(WayOut(CASE, 2, "refused", (A_RING,), "anna", LATER, settlement_n=1))
    return tuple(found)


def at(stage: str) -> OutDesk:
    """A desk with one case at this stage."""
    desk = OutDesk()
    desk.open(ENGRAVED if stage in ("review", "evidence_needed") else PLAIN)
    if FAR[stage] >= FAR["booked"]:
        desk.step("waybill")
    desk.put(stage, *parts_at(stage))  # type: ignore[arg-type]
    desk.world.queues.waiting.clear()
    return desk


def everything(desk: OutDesk) -> list[Any]:
    return sorted(desk.world.table.all_items(), key=lambda item: (item["PK"], item["SK"]))


@cache
def became(stage: str, event: str) -> tuple[str, str]:
    """The stage after it, or ``refused``; and what was said."""
    desk = at(stage)
    before, waiting = everything(desk), len(desk.world.queues.waiting)
    try:
        EVENTS[event](desk)
    except (ConflictError, InvalidRequestError, NotFoundError) as refused:
        beside = event in ("bench takes in", "way out planned")  # the photo, the refusal beside it were kept
        assert beside or everything(desk) == before, f"{event} at {stage} was refused and written all the same"
        assert len(desk.world.queues.waiting) == waiting
        return "refused", str(refused)
    return desk.file.case.stage, ""


# What moves the case, from where to where.
MOVES: dict[str, dict[str, str]] = {
    "decided: approved": {"review": "approved", "evidence_needed": "approved"},
    "decided: refused": {"review": "cancelled", "evidence_needed": "cancelled"},
    "decided: evidence": {"review": "evidence_needed"},
    "carrier: moving": {"approved": "in_transit", "booked": "in_transit"},
    "carrier: arrived": {"approved": "arrived", "booked": "arrived", "in_transit": "arrived"},
    "taken in": {"approved": "received", "booked": "received", "in_transit": "received", "arrived": "received"},
    "inspected": {"received": "inspected"},
    "bench takes in": {"inspected": "in_repair"},
    "proposed: refund": {"inspected": "settling", "in_repair": "settling"},
    "proposed: no return": dict.fromkeys(STAGES[:FAR["settling"]], "settling"),
    "way out planned": {"inspected": "sending_out", "in_repair": "sending_out", "settling": "sending_out"},
    "way out called off": {"sending_out": "settling"},
    "out: delivered": {"sending_out": "closed"},
    "cancelled": dict.fromkeys(STAGES[:FAR["in_transit"]], "cancelled"),
    "closed": {"arrived": "closed"},
    "closed all the same": dict.fromkeys(STAGES[:FAR["closed"]], "closed"),
}  # fmt: skip
# What is taken and leaves the stage as it is: news of a carrier, and our own receipt, are never turned away; a repair
# waits for its piece, a way out for its decision; the same again is quiet.
STAYS: dict[str, set[str]] = {
    "waybill": set(STAGES),
    "carrier: moving": set(STAGES) - {"approved", "booked"},
    "carrier: arrived": set(STAGES) - {"approved", "booked", "in_transit"},
    "out: delivered": set(STAGES) - {"sending_out"},
    "taken in": {"review", "evidence_needed", "closed", "cancelled"},
    "repair ordered": set(STAGES) - {"review", "evidence_needed", "closed", "cancelled"},
    "way out planned": {*STAGES[: FAR["inspected"]], "sending_out"},
    "decided: evidence": {"evidence_needed"}, "bench takes in": {"in_repair"}, "withdrawn": {"settling"},
    "cancelled": {"cancelled"}, "closed": {"closed"}, "closed all the same": {"closed"},
}  # fmt: skip


def due(stage: str, event: str) -> str:
    """What the table says."""
    after = MOVES.get(event, {}).get(stage)
    return after or (stage if stage in STAYS.get(event, set()) else "refused")


@pytest.mark.parametrize("stage", STAGES)
def test_at_this_stage_each_event_does_what_the_table_says_and_what_is_refused_changes_nothing(stage):
    assert {event: became(stage, event)[0] for event in EVENTS} == {event: due(stage, event) for event in EVENTS}


def test_what_is_refused_says_why():
    said = [became(stage, event) for stage in STAGES for event in EVENTS]
    assert all(why for after, why in said if after == "refused")


def test_nothing_moves_a_case_but_as_the_stages_allow():
    assert all(after in NEXT[stage] for moves in MOVES.values() for stage, after in moves.items())  # type: ignore[index]


def test_from_every_stage_a_person_can_end_the_case_and_nothing_moves_one_that_has_ended():
    assert {stage for stage in STAGES if due(stage, "closed all the same") == "closed"} == set(STAGES) - {"cancelled"}
    ended = {due(stage, event) for stage in ("closed", "cancelled") for event in EVENTS}
    assert ended == {"closed", "cancelled", "refused"}
