"""A ring that does not come home, as one script over a ``World``, and the picture of where a run ended.

Booked and picked up in Paris, silent, held for documents, acknowledged, released, lost; the claims begin by themselves,
the reminder of the carrier's comes due by the sweep, and people do the rest until nothing is open and nothing is due.
"""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.errors import ReturnsError
from chalicelib.insurance.claim_deeds import Deed
from chalicelib.workflows.keep_claims import act_on_claim
from chalicelib.workflows.ports import CaseFile
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.faults.gate import KINDS, Fault, Gate, possible
from tests.faults.stories import bought, open_ring
from tests.faults.world import HANDLERS, MAX_RECEIVES, MONDAY, DeadLetter, Waiting, World
from tests.workflows.claim_house import eur

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SENDS = {"mail.send", "outbound.post", "topic.publish"}
# Hours after the Monday on which the return is opened. It is silent from the 30th, for too long from the 54th; a sweep
# that dies then is followed by another on the same day, for days count from when a trouble was known.
SCHEDULE = (51.0, 54.0, 54.4, 57.0, 60.0)
REMINDER_DAY = 17.2


class Copy(Waiting):
    """A message that the queue delivers a second time."""


@dataclass
class LostWorld(World):
    """A ``World`` that remembers which calls belong to which message and everything that was put into a queue.

    ``doubles``: every message comes twice. ``late``: messages of these queues lie until the schedule runs again.
    ``pairs``: messages of these queues are taken by two workers at the same moment. With ``buries`` what fails to the
    end is kept in ``dead`` for a person to send on, and is no failure of the run.
    """

    doubles: bool = False
    late: frozenset[str] = frozenset()
    pairs: frozenset[str] = frozenset()
    buries: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    dead: list[Waiting] = field(default_factory=list)
    lying: list[Waiting] = field(default_factory=list)
    schedule: tuple[float, ...] = SCHEDULE

    def __post_init__(self) -> None:
        super().__post_init__()
        send = self.queues.send

        def remembered(queue: str, messages: Sequence[Mapping[str, Any]]) -> None:
            self.sent += [(queue, json.dumps(message)) for message in messages]
            send(queue, messages)

        self.queues.send = remembered  # type: ignore[method-assign]

    def pump(self) -> None:
        while self.queues.waiting:
            self._set_aside()
            if self._two_at_once() or not self.queues.waiting:
                continue
            place = self.pick(self.queues.waiting)
            message = self.queues.waiting[place]
            del self.queues.waiting[place]
            if self.doubles and not isinstance(message, Copy):
                self.queues.waiting.append(Copy(message.queue, message.body))
            self._take(message)

    def sweep_at(self, at: datetime) -> None:
        self.now = max(self.now, at)
        late, self.late = self.late, frozenset()
        self.queues.waiting.extend(self.lying)
        self.lying.clear()
        self.pump()
        self.late = late
        super().sweep_at(at)

    def redrive(self) -> None:
        """A person sends on what lies among the dead letters."""
        self.queues.waiting.extend(Waiting(one.queue, one.body) for one in self.dead)
        self.dead.clear()
        self.pump()

    def _take(self, message: Waiting) -> None:
        before = len(self.gate.calls)
        try:
            self.deliver(message)
        except DeadLetter:
            if not self.buries:
                raise
            self.dead.append(message)
        finally:
            self.spans.append((before, len(self.gate.calls)))

    def _set_aside(self) -> None:
        if self.late:
            self.lying += [one for one in self.queues.waiting if one.queue in self.late]
            kept = [one for one in self.queues.waiting if one.queue not in self.late]
            self.queues.waiting = deque(kept)

    def _two_at_once(self) -> bool:
        """Two workers take the same message at the same moment: whether there was one for them."""
        found = next((one for one in self.queues.waiting if one.queue in self.pairs), None)
        if found is None:
            return False
        self.queues.waiting.remove(found)
        found.receives += 1
        assert found.receives <= 2 * MAX_RECEIVES, found.body
        self.now += timedelta(seconds=1)
        start, failed = Barrier(2), []

        def work() -> None:
            start.wait()
            try:
                HANDLERS[found.queue](self.ports, json.loads(found.body), self.now)
            except ReturnsError as error:
                failed.append(error)

        workers = [Thread(target=work), Thread(target=work)]
        with _switching_often():
            for one in workers:
                one.start()
            for one in workers:
                one.join()
        if failed:
            self.now += timedelta(minutes=6)
            self.queues.waiting.append(found)
        return True


@contextmanager
def _switching_often() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def lose(world: LostWorld) -> None:
    """The whole script."""
    for part in PARTS:
        part(world)


def sets_out(world: LostWorld) -> None:
    world.ask(lambda: open_ring(world))
    world.pump()
    for minutes in (40, 120):
        world.sweep_at(MONDAY + timedelta(minutes=minutes))
    _telephoned(world)
    _pushed(world, "picked_up", "PARIS", "FR", 26)
    _pushed(world, "departed", "ROISSY CHARLES DE GAULLE", "FR", 30)


def falls_silent(world: LostWorld) -> None:
    """Nobody scans it: the schedule finds that out, and the claims of the leg begin to be watched."""
    for hours in world.schedule:
        world.sweep_at(MONDAY + hours * HOUR)


def is_held(world: LostWorld) -> None:
    """Customs want papers: somebody takes it on, and it is released."""
    _pushed(world, "documents", "GUANGZHOU", "CN", 66)
    world.sweep_at(MONDAY + 67 * HOUR)
    _worked(world, "acknowledge", "customs_hold")
    _pushed(world, "released", "GUANGZHOU", "CN", 72)
    world.sweep_at(MONDAY + 73 * HOUR)


def is_lost(world: LostWorld) -> None:
    """The carrier cannot find it. The insurer is left out of it; the carrier's day comes near by the schedule."""
    _pushed(world, "lost", "GUANGZHOU", "CN", 78)
    world.sweep_at(MONDAY + 79 * HOUR)
    _claimed(world, "insurer", Deed("withdraw", why="other_party_pays"))
    world.sweep_at(MONDAY + 80 * HOUR)
    world.sweep_at(MONDAY + REMINDER_DAY * DAY)


def is_paid_for(world: LostWorld) -> None:
    """The claim is prepared, packed, filed, paid in two parts and closed; nobody has anything left to do."""
    at = MONDAY + REMINDER_DAY * DAY
    today = at.date()
    _claimed(world, "carrier", Deed("prepare", kind="loss", amount=eur("1180.00")))
    _claimed(world, "carrier", Deed("file", on=today, reference="CLM-7", protective=False))
    world.sweep_at(at + HOUR)
    _claimed(world, "carrier", Deed("pay", on=today, reference="PAY-1", amount=eur("500.00"), final=False))
    _claimed(world, "carrier", Deed("pay", on=today, reference="PAY-2", amount=eur("680.00")))
    _claimed(world, "carrier", Deed("close", on=today, why="settled"))
    world.sweep_at(at + 2 * HOUR)
    world.sweep_at(at + 3 * HOUR)
    _worked(world, "resolve")
    world.sweep_at(at + 4 * HOUR)


def comes_to_rest(world: LostWorld) -> None:
    """In peace: what was put off while something was away is due, and done."""
    world.gate.fault, world.late, world.doubles = None, frozenset(), False
    _swept_after(world, 1, 3, 25)
    _worked(world, "resolve")
    _swept_after(world, 26, 50)


def _swept_after(world: LostWorld, *hours: float) -> None:
    for one in hours:
        world.sweep_at(MONDAY + (REMINDER_DAY + 1) * DAY + one * HOUR)


PARTS: tuple[Callable[[LostWorld], None], ...] = (sets_out, falls_silent, is_held, is_lost, is_paid_for)


def _pushed(world: LostWorld, word: str, city: str, country: str, hours: float) -> None:
    at, number = MONDAY + hours * HOUR, bought(world)
    assert number is not None
    world.now = max(world.now, at)
    said = world.carrier.spoken(word, city, country, at)
    world.carrier.scan(
        number, said.code, city, country, at, description=said.description, exception_code=said.exception_code,
        exception_description=said.exception_description,
    )  # fmt: skip
    world.push(number)
    world.pump()


def _worked(world: LostWorld, action: str, kind: str | None = None) -> None:
    """A person does this to everything that is open, or to what is of one kind; what they see, they see in peace."""
    done = {"acknowledge": "invoice sent to the broker", "resolve": "seen to"}[action]
    for one in _open(world, kind):
        _said(world, one, Verdict(action, "anna@desk", note=done))


def _telephoned(world: LostWorld) -> None:
    """What became of an order whose answer was lost a person asks of the carrier, who knows."""
    orders = {"waybill_unknown": world.carrier.memory.shipments, "pickup_unknown": world.carrier.memory.pickups}
    for kind, known in orders.items():
        for one in _open(world, kind):
            verdict = Verdict("resolve", "anna@desk", note="asked by telephone", outcome="not_booked")
            if known:
                number = bought(world) if kind == "waybill_unknown" else None
                verdict = replace(verdict, outcome="booked", tracking_number=number, confirmation="3001")
            _said(world, one, verdict)


def _said(world: LostWorld, one: OpenException, verdict: Verdict) -> None:
    world.tell(lambda: act_on_exception(world.ports, one.exception_id, verdict, world.now))
    world.pump()


def _open(world: LostWorld, kind: str | None) -> list[OpenException]:
    with looking(world):
        found = file_of(world).exceptions
        apart = [one for one in world.ports.exceptions.listed(None, None, 100).exceptions if one.case_id is None]
    return [one for one in (*found, *apart) if one.status != "resolved" and kind in (None, one.kind)]


def _claimed(world: LostWorld, party: Any, deed: Deed) -> None:
    def act() -> bool:
        return act_on_claim(world.ports, world.case_id, 1, party, deed, holder="boss@desk", now=world.now)

    world.ask(act)
    world.pump()


def file_of(world: LostWorld) -> CaseFile:
    """The case as it stands."""
    file = world.ports.cases.file(world.case_id)
    assert file is not None
    return file


@contextmanager
def looking(world: LostWorld) -> Iterator[None]:
    """Nothing goes wrong meanwhile, and nothing is counted."""
    gate = world.gate
    calls, gate.calls = gate.calls, []
    fault, gate.fault = gate.fault, None
    try:
        yield
    finally:
        gate.calls, gate.fault = calls, fault


@dataclass
class Run:
    """One run with its one fault, and where it ended."""

    world: LostWorld
    calls: tuple[str, ...]
    fault: Fault | None

    @property
    def may_repeat(self) -> bool:
        """Whether the fault struck a sending, or what lies between a sending and the end of its worker's work."""
        if self.fault is None:
            return False
        at = self.fault.at
        begun = next((start for start, end in self.world.spans if start <= at < end), at)
        return any(name in SENDS for name in self.calls[begun : at + 1])


def run(fault: Fault | None = None, script: Callable[[LostWorld], None] = lose, **shaken: Any) -> Run:
    """The story with this fault at a call of it, and then in peace until everything is at rest."""
    world = LostWorld(Gate(fault=fault), **shaken)
    script(world)
    calls = tuple(world.gate.calls)
    comes_to_rest(world)
    return Run(world, calls, fault)


def lost_faults(calls: tuple[str, ...]) -> list[Fault]:
    """Every kind of fault at every call that it can strike, call by call."""
    return [Fault(kind, at) for at, name in enumerate(calls) for kind in KINDS if possible(kind, name)]
