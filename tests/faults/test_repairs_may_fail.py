"""Every call of the repair stories x every kind of fault: mended and quoted, answered too late, doubted, unanswered.

Each run ends where the undisturbed one does: the same repair and quotes, one yes, each word told once and none left
open, and the way out asked for under one name. What was tried is listed in the test ids.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from chalicelib.adapters.day_rates import TableDayRates
from chalicelib.customs.rate_sheets import PUBLISHERS, Sheet
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.repair import Operation, Quote, RepairOrder
from chalicelib.returns.repair_clock import KINDS
from chalicelib.returns.repair_deeds import RepairDeed, RepairWish
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.keep_quote import answer_quote, offer_quote
from chalicelib.workflows.keep_repair import act_on_repair, order_repair
from chalicelib.workflows.open_return import open_return
from tests.faults.endings import every_fault
from tests.faults.gate import Fault, Gate, Gated, spread
from tests.faults.stories import CLAIRE, REQUEST, RING
from tests.faults.world import MONDAY, Waiting, World

THE_RING = replace(RING, gross_weight_g=Decimal("4.20"), net_weight_g=Decimal("4.10"))
ASKED = replace(REQUEST, kind="repair", reason="repair", items=(THE_RING,), pickup=None)
UP_TWO = Operation("resize", 1, {"sizes": "2", "width_mm": "3.0", "thickness_mm": "1.8"})
PHOTOS = ("E1", "E2", "E3", "E4")
LONG, EVERY = 60, 9


class Bench(World):
    """A world with one ring on the bench. What goes out is another story's: its message is counted and dropped."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sent_out: set[tuple[str, int]] = set()
        # Prices that could not be read are asked for again after a while, as they are outside.
        table = Gated(self.gate, "table", self.table)
        rates = TableDayRates(table, PUBLISHERS, lambda: self.now.timestamp())
        self.ports = replace(self.ports, rates=rates)

    def deliver(self, message: Waiting) -> None:
        told = json.loads(message.body)
        if told.get("kind") == "send_out":
            self.sent_out.add((told["cause"], told["repair"]))
            return
        if message.queue in ("steps", "alerts") and told.get("kind") != "waybill":
            super().deliver(message)

    def begin(self) -> None:
        """A ring that is here, with four photos that were kept, and a fixing near every day."""
        for day in range(-3, 45, 4):
            sheet = Sheet("gold", MONDAY.date() + timedelta(days=day), {"EUR": Decimal(2000)})
            self.ports.rates.keep(sheet, None)
        opened = open_return(
            self.ports, ASKED, CLAIRE, holder="desk", idempotency_key=None, body_digest="d", dry_run=False, now=MONDAY
        )
        self.case_id = opened.body["case_id"]
        kept = tuple(
            Evidence(self.case_id, name, "photo_item", "image/jpeg", 9, "kept", "d", MONDAY, MONDAY) for name in PHOTOS
        )
        amend(
            self.ports, self.case_id, MONDAY,
            lambda case: Amendment(replace(case, stage="inspected"), "here", parts=kept),
        )  # fmt: skip
        self.queues.waiting.clear()

    def order(self) -> None:
        wish = RepairWish((UP_TWO,))
        self.ask(lambda: order_repair(self.ports, self.case_id, wish, holder="desk", now=self.now))
        self.pump()

    def act(self, step: str, by: str = "bench", **deed: Any) -> None:
        told = RepairDeed(step, **deed)  # type: ignore[arg-type]
        self.tell(lambda: act_on_repair(self.ports, self.case_id, 1, told, holder=by, now=self.now))
        self.pump()

    def offer(self) -> None:
        self.tell(lambda: offer_quote(self.ports, self.case_id, 1, {}, dry_run=False, holder="desk", now=self.now))
        self.pump()

    def answer(self, quote_id: str = "1-1", *, approve: bool = True) -> None:
        self.tell(
            lambda: answer_quote(self.ports, self.case_id, quote_id, approve=approve, by="customer", now=self.now)
        )
        self.pump()

    def days(self, count: int, at_once: int = 1) -> None:
        until = self.now + timedelta(days=count)
        while self.now < until:
            self.sweep_at(self.now + timedelta(days=at_once))


def quoted(world: Bench) -> None:
    world.order()
    world.act("take_in", gross_g=Decimal("4.20"), scale_id="S-1", stones=1, evidence_ids=PHOTOS)
    world.offer()


def mended(world: Bench) -> None:
    quoted(world)
    world.answer()
    world.act("start")
    world.act("metal", added_g=Decimal("0.43"), removed_g=Decimal(0))
    world.act("test", gross_g=Decimal("4.63"), scale_id="S-1")
    world.act("done")
    world.days(1)


def doubted(world: Bench) -> None:
    quoted(world)
    world.answer()
    world.act("start")
    world.act("test", gross_g=Decimal("4.20"), scale_id="S-1")
    world.days(1)
    world.act("accept_weight", by="second", why="scale_was_off")
    world.act("done")
    world.days(1)


def too_late(world: Bench) -> None:
    quoted(world)
    world.now += timedelta(days=15)
    world.answer()
    world.answer("1-2", approve=False)
    world.days(1)


def unanswered(world: Bench) -> None:
    quoted(world)
    world.days(36, at_once=4)


STORIES: dict[str, Callable[[Bench], None]] = {
    "mended": mended, "doubted": doubted, "too_late": too_late, "unanswered": unanswered,
}  # fmt: skip


@dataclass(frozen=True)
class Ending:
    """Where a run ended, without its clock."""

    stage: str
    repair: tuple[Any, ...]
    quotes: tuple[tuple[Any, ...], ...]
    troubles: Counter[tuple[str, str]]
    sent_out: frozenset[tuple[str, int]]
    asked: Counter[str]


# What the log tells of each step; how often it was only looked at, and how often made anew, depends on the clock.
STEPS = ("repair_", "quote_")
LOOKS = ("repair_looked_at", "quote_looked_at", "quote_renewed", "quote_reminded")
CLOCKS = ("_at", "_until", "_since", "_on", "consent_id")


def told(part: Any) -> tuple[Any, ...]:
    """A part without its times."""
    names = (
        one.name for one in fields(part) if not one.name.endswith(CLOCKS) and one.name not in ("take_in", "customs")
    )
    return tuple((name, str(getattr(part, name))) for name in names)


def ending(world: Bench) -> Ending:
    file = world.ports.cases.file(world.case_id)
    (order,) = file.parts.of(RepairOrder)
    what = (entry.what for entry in file.log)
    return Ending(
        file.case.stage,
        told(order),
        tuple(
            (one.state, one.why, str(one.total), one.reminded)
            for one in file.parts.of(Quote)
            if one.state != "replaced"
        ),
        Counter((one.kind, one.status) for one in file.exceptions if one.kind in KINDS),
        frozenset(world.sent_out),
        Counter(one for one in what if one.startswith(STEPS) and one not in LOOKS),
    )


def run(name: str, fault: Fault | None = None) -> tuple[Gate, Ending, tuple[str, ...]]:
    world = Bench(Gate())
    world.begin()
    world.gate.calls.clear()
    world.gate.fault = fault
    STORIES[name](world)
    calls = tuple(world.gate.calls)
    world.gate.fault = None
    return world.gate, ending(world), calls


@cache
def undisturbed(name: str) -> tuple[Ending, tuple[str, ...]]:
    _, ended, calls = run(name)
    return ended, calls


def tried(name: str) -> list[Any]:
    calls = undisturbed(name)[1]
    faults = spread(calls, EVERY) if len(calls) > LONG else every_fault(calls)
    return [
        pytest.param(name, one, id=f"{name}-{one.kind}-{one.at:03d}-{calls[one.at].replace(' ', '_')}")
        for one in faults
    ]


@pytest.mark.parametrize(("name", "fault"), [one for name in STORIES for one in tried(name)])
def test_one_call_goes_wrong_and_the_repair_ends_as_if_nothing_had_been(name: str, fault: Fault) -> None:
    gate, ended, _ = run(name, fault)
    assert gate.struck
    assert ended == undisturbed(name)[0]


def test_the_undisturbed_stories_end_as_they_should() -> None:
    ends = {name: undisturbed(name)[0] for name in STORIES}
    assert {name: end.sent_out for name, end in ends.items()} == {
        "mended": {("repaired", 1)}, "doubted": {("repaired", 1)}, "too_late": {("unrepaired", 1)},
        "unanswered": {("unrepaired", 1)},
    }  # fmt: skip
    assert ends["mended"].troubles == Counter()
    assert ends["doubted"].troubles == {("repair_weight_doubt", "resolved"): 1}
    assert ends["unanswered"].troubles == {("quote_unanswered", "resolved"): 1}
    assert [state for state, *_ in ends["too_late"].quotes] == ["refused"]
