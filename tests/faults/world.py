"""One whole house over memory, every call of it gated, and one simulated carrier outside.

Processes die and are started again: a message that was not finished is received again when its visibility timeout has
passed (the clock moves on by that much), a desk or a carrier whose call failed calls again. Five failed receives are
a dead letter, and a dead letter is a lost message here: no run may have one.
"""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib.adapters.carrier_states import TableCarrierStates
from chalicelib.adapters.case_notices import TableNotices
from chalicelib.adapters.cases import TableCases
from chalicelib.adapters.claims import TableClaims
from chalicelib.adapters.day_rates import TableDayRates
from chalicelib.adapters.deliveries import TableDeliveries
from chalicelib.adapters.digests import TableDigests
from chalicelib.adapters.due import TableDueWork
from chalicelib.adapters.duty_entries import TableDuties
from chalicelib.adapters.exceptions import TableExceptions
from chalicelib.adapters.links import TableLinks
from chalicelib.adapters.pickup_days import TablePickupDays
from chalicelib.adapters.recalls import TableRecalls
from chalicelib.adapters.tokens import TableTokens
from chalicelib.adapters.tracks import TableTracks
from chalicelib.carriers.contract import HttpRequest
from chalicelib.customs.rate_sheets import PUBLISHERS
from chalicelib.errors import ConflictError, ReturnsError, StaleVersion
from chalicelib.merchant import Merchant, load_merchant
from chalicelib.workflows.look_at_evidence import take_evidence_work
from chalicelib.workflows.pay_out import take_payment
from chalicelib.workflows.poll_tracking import poll
from chalicelib.workflows.ports import HttpResponse, Ports
from chalicelib.workflows.print_papers import take_paper_work
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.send_deliveries import take_delivery
from chalicelib.workflows.send_notices import take_notice
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_steps import take_step
from chalicelib.workflows.take_tracking import accept_webhook, take_body
from infra.local.carrier_faults import AnswerDropped
from infra.local.carrier_simulator import CarrierSimulator
from infra.local.dhl_simulator import DhlSimulator
from infra.local.ems_simulator import EmsSimulator
from infra.local.fedex_simulator import FedExSimulator
from tests.fakes.memory_ports import SECRETS, MemoryEvidence, MemoryKeys, MemorySecrets, marks
from tests.fakes.memory_table import MemoryTable
from tests.fakes.outward import MemoryMail, MemoryOutbound, MemoryPayments, MemoryTopic
from tests.fakes.presses import PRESS
from tests.faults.gate import Crash, Gate, Gated, unanswered

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
VISIBILITY = timedelta(minutes=6)
MAX_RECEIVES = 5
HANDLERS: dict[str, Callable[..., None]] = {
    "tracking": take_body, "polls": poll, "steps": take_step, "alerts": take_alert, "notices": take_notice,
    "deliveries": take_delivery,
    "papers": lambda ports, message, now: take_paper_work(ports, PRESS, message, now),
    "evidence": take_evidence_work,
    "payments": take_payment,
}  # fmt: skip
HOSTS = {"fedex": "fedex", "mydhl": "dhl", "dhl_unified": "dhl", "ems": "ems"}
SIMULATORS: dict[str, type[CarrierSimulator]] = {"fedex": FedExSimulator, "dhl": DhlSimulator, "ems": EmsSimulator}


def simulated(name: str) -> CarrierSimulator:
    """A carrier that has sold nothing yet and pushes with our current secret."""
    return SIMULATORS[name](SECRETS["webhooks"][name][0])


def counted_bytes() -> Callable[[int], bytes]:
    """Secrets that count: another one each time, and the same ones in every run."""
    made = itertools.count(1)
    return lambda length: next(made).to_bytes(length, "big")


def first(_waiting: object) -> int:
    """Deliver in the order of sending."""
    return 0


def never() -> bool:
    """No message comes twice."""
    return False


class DeadLetter(AssertionError):
    """A message that failed to the end."""


@dataclass
class Waiting:
    queue: str
    body: str
    receives: int = 0


class Queues:
    """Sends go onto one list; the world decides the order in which they are delivered."""

    def __init__(self) -> None:
        self.waiting: deque[Waiting] = deque()

    def send(self, queue: str, messages: Sequence[Mapping[str, Any]]) -> None:
        self.waiting.extend(Waiting(queue, json.dumps(message)) for message in messages)


@dataclass
class Wire:
    """The wire to the simulated carrier. ``on_waybill`` is told of each waybill before its buyer hears of it: a
    carrier's push may well be faster than its own answer, and comes though that answer is lost."""

    carrier: CarrierSimulator
    on_waybill: Callable[[str], None] | None = None
    most_couriers: int = 0
    """The most couriers that were on their way at once."""
    orders: int = 0
    """How often the carrier was asked to change anything, but for what it put off as one call too many."""

    def call(self, host: str, request: HttpRequest) -> HttpResponse:
        assert HOSTS[host] == self.carrier.name, f"nobody answers at {host}"
        sold = set(self.carrier.memory.shipments)
        put_off = self.carrier.faults.too_many > 0
        self.orders += not request.reads_only and not put_off
        try:
            answer = self.carrier.handle(request.method, request.path, request.headers, request.body)
        except AnswerDropped:
            raise unanswered(request) from None
        finally:
            standing = sum(not one.cancelled for one in self.carrier.memory.pickups)
            self.most_couriers = max(self.most_couriers, standing)
            for number in self.carrier.memory.shipments.keys() - sold:
                if self.on_waybill is not None:
                    self.on_waybill(number)
        return HttpResponse(*answer)


@dataclass
class World:
    gate: Gate
    now: datetime = MONDAY
    table: MemoryTable = field(default_factory=MemoryTable)
    queues: Queues = field(default_factory=Queues)
    evidence: MemoryEvidence = field(default_factory=MemoryEvidence)
    carrier: CarrierSimulator = field(default_factory=lambda: simulated("fedex"))
    pick: Callable[[deque[Waiting]], int] = first
    repeat: Callable[[], bool] = never
    tries_orders: bool = False
    case_id: str = "case0001"
    mail: MemoryMail = field(default_factory=MemoryMail)
    topic: MemoryTopic = field(default_factory=MemoryTopic)
    outbound: MemoryOutbound = field(default_factory=MemoryOutbound)
    payments: MemoryPayments = field(default_factory=MemoryPayments)

    def __post_init__(self) -> None:
        self.wire = Wire(self.carrier)
        self.gate.carrier = self.carrier
        self.ports = self._ports()

    def ask(self, call: Callable[[], Any]) -> Any:
        """A caller outside (the desk, the carrier) who calls again until it is answered."""
        for _ in range(MAX_RECEIVES):
            try:
                return call()
            except (Crash, ReturnsError) as failed:
                last = failed
                self.now += timedelta(seconds=30)
        raise DeadLetter(f"never answered: {last!r}")

    def tell(self, call: Callable[[], Any]) -> Any:
        """A caller who takes a conflict for an answer: that it cannot be done as things stand. None is that answer."""

        def answered() -> Any:
            try:
                return call()
            except StaleVersion:
                raise
            except ConflictError:
                return None

        return self.ask(answered)

    def push(self, number: str) -> None:
        """The carrier pushes what it knows of a number, and pushes again until it is accepted."""
        body, headers = self.carrier.push_body(number)
        self.ask(lambda: accept_webhook(self.ports, self.carrier.name, body, headers, request_id="r", now=self.now))

    def pump(self) -> None:
        """Deliver everything that waits, and what that causes, until it is quiet."""
        while self.queues.waiting:
            place = self.pick(self.queues.waiting)
            message = self.queues.waiting[place]
            del self.queues.waiting[place]
            if self.repeat():
                self.queues.waiting.append(Waiting(message.queue, message.body))
            self.deliver(message)

    def deliver(self, message: Waiting) -> None:
        """One receive: done and deleted, or back after the visibility timeout."""
        message.receives += 1
        self.now += timedelta(seconds=1)
        try:
            HANDLERS[message.queue](self.ports, json.loads(message.body), self.now)
        except (Crash, ReturnsError) as failed:
            if message.receives >= MAX_RECEIVES:
                raise DeadLetter(f"{message.queue}: {message.body[:200]} {failed!r}") from failed
            self.now += VISIBILITY
            self.queues.waiting.append(message)

    def sweep_at(self, at: datetime) -> None:
        """The schedule runs; a sweep that dies is run again five minutes later by the next one."""
        self.now = max(self.now, at)
        for _ in range(3):
            try:
                sweep(self.ports, self.now)
                break
            except (Crash, ReturnsError):
                self.now += timedelta(minutes=5)
        self.pump()

    @property
    def papers_kept(self) -> int:
        """How many papers of our own the evidence bucket holds."""
        return sum(key.startswith("papers/") for key in self.evidence.objects)

    def _merchant(self) -> Merchant:
        """The shop; with ``tries_orders`` each of its carriers is asked first whether it would take an order."""
        shop = load_merchant(Path("chalicelib/merchant.toml"))
        if not self.tries_orders:
            return shop
        return replace(shop, carrier=tuple(replace(one, dry_run=True) for one in shop.carrier))

    def _ports(self) -> Ports:
        def gated(room: str, thing: Any) -> Any:
            return Gated(self.gate, room, thing)

        mark, table = marks(), gated("table", self.table)
        secrets = gated("secrets", MemorySecrets(SECRETS))
        return Ports(
            cases=TableCases(table, gated("keys", MemoryKeys()), mark),
            tracks=TableTracks(table, mark),
            exceptions=TableExceptions(table, mark),
            due=TableDueWork(table, mark),
            queues=gated("queues", self.queues),
            evidence=gated("evidence", self.evidence),
            secrets=secrets,
            link=gated("carrier", self.wire),
            carriers=TableCarrierStates(table, secrets.carriers, mark),
            pickup_days=TablePickupDays(table, mark),
            rates=TableDayRates(table, PUBLISHERS, lambda: 0.0),
            duties=TableDuties(table, mark),
            deliveries=TableDeliveries(table, mark),
            digests=TableDigests(table, mark),
            notices=TableNotices(table, mark),
            claims=TableClaims(table, mark),
            links=TableLinks(table, gated("keys", MemoryKeys()), counted_bytes()),
            payments=gated("payments", self.payments),
            recalls=TableRecalls(table, mark),
            mail=gated("mail", self.mail),
            topic=gated("topic", self.topic),
            outbound=gated("outbound", self.outbound),
            tokens=TableTokens(table),
            merchant=self._merchant,
            new_id=lambda: "case0001",
            public_url="https://returns.example.com",
        )
