"""Telling the customer, with every call of it gone wrong in every way that it can: each word is said, once, or twice
only where the one who said it died before it could be noted, and then as the same mail."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from chalicelib.errors import MailRefused
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.send_notices import take_notice
from tests.faults.gate import Fault, Gate, told_apart
from tests.faults.stories import CLAIRE, REQUEST
from tests.faults.world import MONDAY, Waiting, World

CASE = {"kind": "notices", "case_id": "case0001"}
TOLD = ["accepted", "pickup_booked/1.1-20261124-1000-1600"]


def told_world(fault: Fault | None = None, fails: tuple[Exception, ...] = (), **how) -> World:
    """A return whose acceptance and courier are told, with the gate shut for everything else."""
    world = World(Gate(), **how)
    open_return(
        world.ports, REQUEST, CLAIRE, holder="d", idempotency_key=None, body_digest="d", dry_run=False, now=MONDAY
    )
    steps = [one for one in world.queues.waiting if one.queue == "steps"]
    world.queues.waiting.clear()
    world.mail.fails += fails
    world.gate.calls.clear()
    world.gate.fault = fault
    send(world)
    at = len(world.gate.calls)
    world.gate.fault, kept = None, world.gate.fault
    world.queues.waiting.extend(steps)
    while any(one.queue == "steps" for one in world.queues.waiting):
        one = next(one for one in world.queues.waiting if one.queue == "steps")
        world.queues.waiting.remove(one)
        world.deliver(one)
    world.queues.waiting.clear()
    del world.gate.calls[at:]
    world.gate.fault = kept
    send(world)
    return world


def send(world: World) -> None:
    world.queues.send("notices", [CASE])
    world.pump()


def calls() -> list[str]:
    return told_world().gate.calls


CASES = [
    pytest.param(kind, at, id=f"{at}-{name}-{kind}") for at, name in enumerate(calls()) for kind in told_apart(name)
]


def mails(world: World) -> Counter[str]:
    return Counter(letter.message_id for letter in world.mail.sent)


@pytest.mark.parametrize(("kind", "at"), CASES)
def test_every_notice_is_sent_and_noted_whatever_goes_wrong(kind, at):
    world = told_world(Fault(kind, at))
    assert world.gate.struck
    notices = world.ports.cases.file("case0001").notices
    assert sorted(name for entry in notices for name in entry.names) == TOLD
    assert {entry.status for entry in notices} == {"sent"}
    assert set(mails(world)) == set(mails(told_world()))


@pytest.mark.parametrize(("kind", "at"), CASES)
def test_a_mail_goes_twice_only_where_its_sender_died_before_noting_it(kind, at):
    world = told_world(Fault(kind, at))
    before = calls()
    sending = next(place for place in range(at, -1, -1) if before[place] == "mail.send" or place == 0)
    may_repeat = before[sending] == "mail.send" and at - sending <= 1
    assert max(mails(world).values()) <= (2 if may_repeat else 1)


@pytest.mark.parametrize(("kind", "at"), CASES)
def test_a_refused_mail_always_ends_with_a_person(kind, at):
    world = told_world(Fault(kind, at), fails=(MailRefused("no such mailbox"),) * 9)
    file = world.ports.cases.file("case0001")
    assert [(one.kind, one.status) for one in file.exceptions] == [("notice_failed", "open")]
    assert {entry.status for entry in file.notices} == {"failed"}


@pytest.mark.parametrize("seed", range(20))
def test_doubled_and_disordered_messages_send_nothing_twice(seed):
    chance = Random(seed)
    world = told_world(pick=lambda waiting: chance.randrange(len(waiting)), repeat=lambda: chance.random() < 0.4)
    assert set(mails(world).values()) == {1}
    assert len(mails(world)) == 2


def test_of_ten_workers_at_once_one_sends_each_notice():
    """Each starts where the one before it has just read the case: as far apart as ten at once can be."""
    world = World(Gate())
    open_return(
        world.ports, REQUEST, CLAIRE, holder="d", idempotency_key=None, body_digest="d", dry_run=False, now=MONDAY
    )
    depth = 10
    unwrapped = world.gate.through

    def through(name: str, call, request=None):
        nonlocal depth
        answer = unwrapped(name, call, request)
        if name == "keys.unwrap" and depth > 0:
            depth -= 1
            take_notice(world.ports, CASE, MONDAY)
        return answer

    world.gate.through = through  # type: ignore[method-assign]
    take_notice(world.ports, CASE, MONDAY)
    assert depth == 0
    assert list(mails(world).values()) == [1]


def test_a_worker_that_dies_for_good_leaves_its_notice_to_the_next_look():
    world = World(Gate())
    open_return(
        world.ports, REQUEST, CLAIRE, holder="d", idempotency_key=None, body_digest="d", dry_run=False, now=MONDAY
    )
    world.queues.waiting.clear()
    sending = calls().index("mail.send")
    world.gate.calls.clear()
    world.gate.fault = Fault("crash_before", sending)
    world.now = MONDAY
    first = Waiting("notices", '{"kind": "notices", "case_id": "case0001"}')
    world.deliver(first)
    world.queues.waiting.clear()  # its message is lost with it
    assert world.mail.sent == []
    world.gate.fault = None
    world.now = MONDAY + timedelta(hours=2)
    send(world)
    assert len(world.mail.sent) == 1
