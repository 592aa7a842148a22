"""A house that carries deliveries out: a queue with its worker, a due index with its sweep, a clock of its own."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.alerts.deliveries import Delivery
from chalicelib.errors import OutboundFailed, ReturnsError
from chalicelib.receivers import Receiver
from chalicelib.workflows.delivery_ports import OutboundAnswer
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.send_deliveries import message_of, take_delivery
from chalicelib.workflows.sweep_due_work import sweep
from tests.fakes.memory_ports import SECRETS, MemorySecrets, World, memory_ports
from tests.fakes.memory_table import MemoryTable
from tests.faults.gate import Crash, Gate, Gated

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SWEEP = timedelta(minutes=5)
VISIBILITY = timedelta(minutes=6)
WHSEC = "whsec_" + "Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj"
RECEIVERS = {
    name: {"url": f"https://{name}.example/hook", "secrets": [WHSEC]}
    for name in ("shop-system", "returns-chat", "crm", "erp")
}
Behaviour = Callable[["House", Mapping[str, str]], OutboundAnswer]


def a_delivery(message_id: str = "msg_1", receiver: str = "shop-system", **changed: Any) -> Delivery:
    plain = Delivery(
        receiver, message_id, "webhook", "exception.opened", "case/c1", 3, occurred_at=NOON, created_at=NOON,
        body=json.dumps({"id": message_id}),
    )  # fmt: skip
    return replace(plain, **changed)


def answers(status: int, took_s: float = 0, **headers: str) -> Behaviour:
    def answer(house: House, _sent: Mapping[str, str]) -> OutboundAnswer:
        house.now += timedelta(seconds=took_s)
        return OutboundAnswer(status, headers, int(took_s * 1000))

    return answer


def gives_none(word: str, took_s: float = 0) -> Behaviour:
    def answer(house: House, _sent: Mapping[str, str]) -> OutboundAnswer:
        house.now += timedelta(seconds=took_s)
        raise OutboundFailed(word, int(took_s * 1000))

    return answer


@dataclass
class House:
    """``behaves`` says how each receiver answers; ``heard`` are the ids that each took, in order, repeats too."""

    behaves: dict[str, Behaviour] = field(default_factory=dict)
    gate: Gate = field(default_factory=Gate)
    now: datetime = NOON
    table: MemoryTable = field(default_factory=MemoryTable)
    calls: list[tuple[datetime, str, str]] = field(default_factory=list)
    heard: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.secrets = MemorySecrets(SECRETS | {"receivers": RECEIVERS})
        self.world: World = memory_ports(Gated(self.gate, "table", self.table))
        self.world.outbound.answering = self._answer
        self.queues = self.world.queues
        self.ports: Ports = replace(
            self.world.ports,
            secrets=Gated(self.gate, "secrets", self.secrets),
            outbound=Gated(self.gate, "outbound", self.world.outbound),
            mail=Gated(self.gate, "mail", self.world.mail),
            topic=Gated(self.gate, "topic", self.world.topic),
            queues=Gated(self.gate, "queues", self.queues),
        )

    def tell(self, *deliveries: Delivery) -> None:
        """What the alerts worker does: keep them, then hand them on; again after a crash."""
        self.until_done(lambda: [self.ports.deliveries.put_new(one) for one in deliveries])
        self.until_done(lambda: self.ports.queues.send("deliveries", [message_of(one) for one in deliveries]))

    def work(self, most: int = 100_000) -> list[str]:
        """The worker takes what waits; what came of each. A message whose worker died is received again later."""
        waiting, ended = self.queues.waiting.setdefault("deliveries", deque()), []
        while waiting and most:
            most -= 1
            message = waiting.popleft()
            try:
                ended += sorted(take_delivery(self.ports, message, self.now))
            except (Crash, ReturnsError):
                self.now += VISIBILITY
                waiting.append(message)
        return ended

    def wait(self, span: timedelta, step: timedelta = SWEEP) -> None:
        """Time passes: the sweep again and again, and after it the worker."""
        until = self.now + span
        while self.now < until:
            self.now += step
            try:
                sweep(self.ports, self.now)
            except (Crash, ReturnsError):
                continue
            self.work()

    def one(self, delivery: Delivery) -> Delivery:
        found = self.world.ports.deliveries.read(delivery.subject, delivery.receiver, delivery.message_id)
        assert found is not None
        return found

    def state(self, receiver: str) -> str:
        return self.world.ports.deliveries.health(receiver).state(self.now)

    def told(self) -> list[tuple[str, str, str]]:
        """What people were told of receivers: action, kind, receiver; each episode once."""
        said = {
            (one["action"], one["kind"], one["subject"], one["episode"]) for one in self.queues.sent.get("alerts", [])
        }
        return sorted((action, kind, subject) for action, kind, subject, _ in said)

    def until_done(self, call: Callable[[], Any]) -> Any:
        for _ in range(5):
            try:
                return call()
            except (Crash, ReturnsError):
                self.now += VISIBILITY
        raise AssertionError("never done")

    def knows_every_receiver(self) -> None:
        """The merchant's file names those of these tests too."""
        shop = self.world.ports.merchant()
        known = {one.id for one in shop.receiver}
        more = tuple(Receiver(name, "webhook", "UTC") for name in RECEIVERS if name not in known)
        self.ports = replace(self.ports, merchant=lambda: replace(shop, receiver=(*shop.receiver, *more)))

    def _answer(self, url: str, headers: Mapping[str, str], body: bytes) -> OutboundAnswer:
        name = url.removeprefix("https://").partition(".")[0]
        message_id = headers.get("webhook-id") or json.loads(body)["id"]
        self.calls.append((self.now, name, message_id))
        answer = self.behaves.get(name, answers(204))(self, headers)
        if 200 <= answer.status < 300:
            self.heard.setdefault(name, []).append(message_id)
        return answer
