"""Every call of a case's end x every kind of fault: refunded, looked again, repaired, exchanged, released, sent back.

Each run ends where the undisturbed one does: the provider has paid exactly once and exactly one waybill goes out. What
nobody knows stands visibly before a person meanwhile, was done at most once, and is brought to the same end by their
word. The suite tries a sample (``tried``); ``make faults`` tries every fault of a carrier's stories and of these.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from chalicelib.returns.custody import HandOver, Receipt
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.inspection import Inspection
from chalicelib.returns.money_ledger import balances
from chalicelib.returns.repair import Quote, RepairOrder
from chalicelib.returns.settlement import Posting, Settlement
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.case_log import broken_at
from tests.faults.gate import ALL_KINDS, Fault, told_apart
from tests.faults.lost_endings import difference
from tests.faults.stories import CLAIRE
from tests.faults.the_end import STORIES, EndWorld

EVERY = 997
SHORTER = 3
# A person's task more, where an answer was lost or something was away for long; nothing of it is left open.
A_PERSONS = frozenset({
    "refund_unknown", "refund_stuck", "waybill_unknown", "label_lost", "booking_stuck", "part_stuck", "sweep_stuck",
})  # fmt: skip


@dataclass(frozen=True)
class Ending:
    """Where a run ended, without its clock."""

    stage: str
    settlements: tuple[Any, ...]
    postings: tuple[str, ...]
    pieces: tuple[Any, ...]
    evidence: tuple[Any, ...]
    repairs: tuple[Any, ...]
    ways: tuple[Any, ...]
    exceptions: Counter[tuple[str, str]]
    occasions: frozenset[tuple[str, str]]
    deeds: Counter[str]
    paid: tuple[str, ...]
    waybills: int
    claims: frozenset[str]


def ending(world: EndWorld) -> Ending:
    file, parts = world.file(), world.file().parts
    # Claims run on clocks of their own, and a case that waited for a person ends on another day.
    told = [one for one in file.exceptions if one.kind not in A_PERSONS and not one.kind.startswith("claim_")]
    return Ending(
        stage=file.case.stage,
        settlements=tuple(
            (one.n, one.kind, one.state, one.total, one.reference if one.state == "done" else None)
            for one in parts.of(Settlement)
        ),
        postings=tuple(str(one.amount) for one in parts.of(Posting)),
        pieces=(
            tuple((one.leg_n, one.doubts) for one in parts.of(Receipt)),
            tuple((one.n, one.outcome, one.second, one.released_by) for one in parts.of(Inspection)),
            len(parts.of(HandOver)),
        ),
        evidence=tuple((one.kind, one.state, one.frozen, one.found_sha256) for one in parts.of(Evidence)),
        repairs=(
            tuple((one.n, one.state, one.consent) for one in parts.of(RepairOrder)),
            tuple((one.part_id, one.state, one.total) for one in parts.of(Quote)),
        ),
        ways=tuple((one.leg_n, one.cause, one.state) for one in parts.of(WayOut)),
        exceptions=Counter((one.kind, one.status) for one in told),
        occasions=frozenset(
            (name, one.status) for one in file.notices for name in one.names if not name.startswith("summary")
        ),
        deeds=Counter(entry.what for entry in file.log if entry.by != "goldthread" and "exception" not in entry.what),
        paid=tuple(order.reference for order in world.payments.asked),
        waybills=len(world.carrier.memory.shipments),
        claims=frozenset(one.claim_id for one in file.claims),
    )


@cache
def undisturbed(name: str) -> tuple[Ending, tuple[str, ...], frozenset[str]]:
    world, calls = STORIES[name].run()
    return ending(world), calls, world.shown


def assert_ends_well(name: str, world: EndWorld) -> None:
    wanted, _, shown = undisturbed(name)
    assert world.unknown <= world.shown, "what nobody knows must stand before a person"
    assert world.shown - shown <= A_PERSONS
    file = world.file()
    assert broken_at(file.log) is None, "the case log does not verify"
    assert not world.queues.waiting
    balances(file.parts.of(Posting))
    ended = ending(world)
    if "refund_unknown" in {one.kind for one in file.exceptions}:  # then a person's word stands in the log
        ended.deeds.subtract({"settlement_found_paid": 1} if ended.deeds["settlement_found_paid"] else {})
        ended.deeds.subtract({"settlement_found_not_paid": 1} if ended.deeds["settlement_found_not_paid"] else {})
    assert Counter(+ended.deeds) == wanted.deeds, difference(ended, wanted)
    assert _without_deeds(ended) == _without_deeds(wanted), difference(ended, wanted)
    letters = Counter(letter.message_id for letter in world.mail.sent if letter.to == CLAIRE.email)
    assert sum(n - 1 for n in letters.values()) <= 1, "a mail goes twice only where its sender died"


def _without_deeds(ended: Ending) -> tuple[Any, ...]:
    return tuple(getattr(ended, name) for name in ended.__dataclass_fields__ if name != "deeds")


def tried() -> list[tuple[str, Fault]]:
    """What the suite tries: each kind of fault of each call once, spread over the shorter stories that make it; of a
    call to the provider of payments in every story; and one in turn at every so manyth call. ``FAULTS=all`` makes it
    everything."""
    by_length = sorted(STORIES, key=lambda name: len(undisturbed(name)[1]))
    calls = [(name, at, call) for name in by_length for at, call in enumerate(undisturbed(name)[1])]
    whole = [(name, Fault(kind, at), call) for name, at, call in calls for kind in told_apart(call)]
    if os.environ.get("FAULTS") == "all":
        return [(name, fault) for name, fault, _ in whole]
    turns = {one: n for n, one in enumerate(sorted({(call, fault.kind) for _, fault, call in whole}))}
    met: dict[tuple[str, str], list[tuple[str, Fault]]] = {}
    for name, fault, call in whole:
        met.setdefault((call, fault.kind), []).append((name, fault))
    once = [_in_turn(found, turns[one], len(turns)) for one, found in met.items()]
    paid = [(name, fault) for name, fault, call in whole if call == "payments.refund"]
    order = list(STORIES)
    return sorted({*once, *paid, *((name, fault) for name, fault, _ in whole[::EVERY])},
                  key=lambda one: (order.index(one[0]), one[1].at, one[1].kind))  # fmt: skip


def _in_turn(found: list[tuple[str, Fault]], turn: int, turns: int) -> tuple[str, Fault]:
    shorter = list(dict.fromkeys(name for name, _ in found))[:SHORTER]
    among = [one for one in found if one[0] in shorter]
    return among[turn * len(among) // turns]


def named(one: tuple[str, Fault]) -> str:
    name, fault = one
    return f"{name}-{fault.kind}-{fault.at:03d}-{undisturbed(name)[1][fault.at].replace(' ', '_')}"


TRIED = tried()


@pytest.mark.parametrize(("name", "fault"), TRIED, ids=map(named, TRIED))
def test_one_call_goes_wrong_and_the_case_ends_as_if_nothing_had_been(name: str, fault: Fault) -> None:
    world, _ = STORIES[name].run(fault)
    assert world.gate.struck
    assert_ends_well(name, world)


@pytest.mark.parametrize("name", STORIES)
def test_undisturbed_each_story_closes_its_case_and_pays_and_sends_once(name: str) -> None:
    ended, calls, shown = undisturbed(name)
    story = STORIES[name]
    assert ended.stage == "closed"
    assert shown <= {"claim_due"}
    assert len(ended.paid) == story.pays
    assert ended.waybills == 1 + story.goes_out
    assert [state for *_, state in ended.ways] == ["delivered"] * story.goes_out
    assert {name.partition(" ")[0] for name in calls} >= {
        "table.transact", "queues.send", "evidence.keep_evidence", "mail.send",
    }  # fmt: skip
    assert ("payments.refund" in calls) is (story.pays > 0)


def test_a_swapped_piece_freezes_the_evidence_and_its_claims_begin() -> None:
    for name in ("released", "sent_back"):
        ended = undisturbed(name)[0]
        assert all(is_frozen for _, _, is_frozen, _ in ended.evidence)
        assert ended.claims == {"1-carrier", "1-insurer"}


def test_every_kind_of_fault_is_tried_at_every_kind_of_call() -> None:
    calls = {name: undisturbed(name)[1] for name in STORIES}
    met = {(calls[name][fault.at], fault.kind) for name, fault in TRIED}
    assert met == {(call, kind) for made in calls.values() for call in made for kind in told_apart(call)}
    assert {kind for _, kind in met} == set(ALL_KINDS)


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("seed", range(1 if os.environ.get("FAULTS") != "all" else 60))
def test_messages_that_come_twice_and_in_any_order_end_where_orderly_ones_do(name: str, seed: int) -> None:
    dice = random.Random(seed)
    world, _ = STORIES[name].run(pick=lambda waiting: dice.randrange(len(waiting)), repeat=lambda: dice.random() < 0.3)
    assert_ends_well(name, world)
