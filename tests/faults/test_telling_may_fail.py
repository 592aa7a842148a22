"""A lost parcel from its booking to its payment, with calls of it gone wrong: whoever is to be told is told, once.

The suite tries a sample of every call x every kind of fault, and every way out of the house whole; ``make faults``
tries more of them, and ``python -m tests.faults.report --all`` every single one.
"""

from __future__ import annotations

import random
from functools import cache

import pytest

from tests.faults.gate import KINDS, Fault, possible
from tests.faults.lost_endings import (
    Ending,
    assert_ends_well,
    assert_sound,
    ending,
    said_again,
    to_the_customer,
)
from tests.faults.lost_parcel import SENDS, lost_faults, run

EVERY = 113
TOLD = {
    "silence", "customs_hold", "action_required", "promise_passed", "unanswered", "possible_loss", "claim_due",
    "claim_protective", "refund_due",
}  # fmt: skip


@cache
def undisturbed() -> tuple[Ending, tuple[str, ...]]:
    peaceful = run()
    return ending(peaceful.world), peaceful.calls


def at_the_door(calls: tuple[str, ...]) -> list[Fault]:
    """The first of each way out of the house, broken in every way that it can be, and the call after it."""
    first = [calls.index(name) for name in sorted(SENDS)]
    return [Fault(kind, at + after) for at in first for after in (0, 1) for kind in KINDS if possible(kind, calls[at])]


def tried() -> list[Fault]:
    _, calls = undisturbed()
    return sorted({*lost_faults(calls)[::EVERY], *at_the_door(calls)}, key=lambda fault: (fault.at, fault.kind))


def named(fault: Fault) -> str:
    return f"{fault.at:04d}-{undisturbed()[1][fault.at].replace(' ', '_')}-{fault.kind}"


def test_undisturbed_all_is_found_told_worked_off_and_paid():
    ended, _ = undisturbed()
    assert {kind for kind, *_ in ended.exceptions} == TOLD
    assert {status for _, _, status, _ in ended.exceptions} == {"resolved"}
    assert {name.partition("/")[0] for name, _ in ended.occasions} == {
        "accepted", "pickup_booked", "collected", "held", "released",
    }  # fmt: skip
    assert [(name, state) for name, state, *_ in ended.claims] == [("1-carrier", "closed"), ("1-insurer", "withdrawn")]
    assert ended.claims[0][4:6] == ("PAY-1", "PAY-2")
    assert [name for name, _ in ended.packs] == ["1-carrier"]
    assert all(ended.told.values()), "every receiver hears of something"


def test_undisturbed_nothing_is_due_but_the_question_where_the_parcel_is():
    ended, _ = undisturbed()
    assert [kind for kind, _ in ended.due] == ["track"]


def test_undisturbed_nothing_is_said_twice():
    assert_sound(run())


def test_the_story_makes_every_kind_of_call():
    made = {name.split(" ")[0] for name in undisturbed()[1]}
    assert made >= SENDS | {
        "table.get", "table.partition", "table.update", "table.transact", "table.put_new", "table.index",
        "table.batch_get", "queues.send", "evidence.keep_raw", "evidence.keep_paper", "evidence.keep_claim_pack",
        "evidence.kept", "keys.unwrap", "secrets.receivers", "carrier.call",
    }  # fmt: skip


@pytest.mark.parametrize("fault", tried(), ids=named)
def test_one_call_goes_wrong_and_everybody_is_told_once_all_the_same(fault):
    disturbed = run(fault)
    assert disturbed.calls[fault.at] == undisturbed()[1][fault.at]
    assert_ends_well(disturbed, undisturbed()[0])


def test_every_kind_of_fault_is_tried_at_every_way_out_of_the_house():
    calls = undisturbed()[1]
    assert {(calls[fault.at], fault.kind) for fault in tried()} >= {
        (name, kind) for name in SENDS for kind in KINDS if possible(kind, name)
    }


def test_every_message_doubled_tells_nobody_twice():
    assert_ends_well(run(doubles=True), undisturbed()[0])


def test_messages_delivered_newest_first_end_where_orderly_ones_do():
    assert_ends_well(run(pick=lambda waiting: len(waiting) - 1), undisturbed()[0])


@pytest.mark.parametrize("seed", range(4))
def test_doubled_and_disordered_messages_end_where_orderly_ones_do(seed):
    dice = random.Random(seed)
    assert_ends_well(run(doubles=True, pick=lambda waiting: dice.randrange(len(waiting))), undisturbed()[0])


LATE = [{"alerts"}, {"notices"}, {"deliveries"}, {"tracking"}, {"alerts", "notices", "deliveries"}]


@pytest.mark.parametrize("queues", LATE, ids=lambda queues: "+".join(sorted(queues)))
def test_messages_that_lie_for_hours_lose_nobody_and_repeat_nothing(queues):
    """Days count from when trouble was known, so a reminder may name another day; nothing else is otherwise."""
    late, (wanted, _) = run(late=frozenset(queues)), undisturbed()
    assert_sound(late)
    ended = ending(late.world)
    assert {kind for kind, *_ in ended.exceptions} == TOLD
    assert {status for _, _, status, _ in ended.exceptions} == {"resolved"}
    assert (ended.claims, ended.packs, ended.due) == (wanted.claims, wanted.packs, wanted.due)
    assert ended.occasions == wanted.occasions


@pytest.mark.parametrize("queues", [{"alerts"}, {"notices"}, {"deliveries"}, {"alerts", "notices", "deliveries"}])
def test_two_workers_who_take_the_same_message_at_the_same_moment_are_as_one(queues):
    both = run(pairs=frozenset(queues))
    assert_ends_well(both, undisturbed()[0], twice=None)
    letters = [letter.message_id for letter in to_the_customer(both.world)]
    assert len(set(letters)) == len(letters), "a customer's mail is claimed before it is sent"
    again = said_again(both.world)
    assert max(again.values()) <= 2, "each worker says it once at most, and under the same id"
    assert "deliveries" in queues or max(again.values()) == 1
