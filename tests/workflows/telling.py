"""A house that tells: alerts in, a worker for deliveries and digests, a clock, and faults at any call."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters.deliveries import delivery_of_item
from chalicelib.alerts.gathered import short_name
from chalicelib.alerts.told import Alert
from chalicelib.errors import ReturnsError
from chalicelib.merchant import Merchant
from chalicelib.workflows.digests import digest_due, send_digest
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.tell import tell
from tests.alerts.told import NOON
from tests.fakes.memory_ports import MemoryQueues, memory_ports
from tests.fakes.memory_table import MemoryTable
from tests.faults.gate import Crash, Gate, Gated

VISIBILITY = timedelta(minutes=6)
SWEEP = timedelta(minutes=5)


@dataclass
class House:
    shop: Merchant
    gate: Gate = field(default_factory=Gate)
    now: datetime = NOON
    table: MemoryTable = field(default_factory=MemoryTable)
    heard: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        world = memory_ports(Gated(self.gate, "table", self.table))
        self.queues: MemoryQueues = world.queues
        self.alerts: list[dict[str, Any]] = []
        self.ports: Ports = replace(
            world.ports, merchant=lambda: self.shop, queues=Gated(self.gate, "queues", world.queues)
        )

    def tell(self, *alerts: Alert) -> None:
        for alert in alerts:
            self._until_done(lambda alert=alert: tell(self.ports, alert, self.now))

    def work(self) -> None:
        """The deliveries worker takes everything that waits; what it sends is heard."""
        waiting = self.queues.waiting.get("deliveries", deque())
        while waiting:
            message = waiting.popleft()
            self._until_done(lambda message=message: self._take(message))

    def wait(self, until: datetime) -> None:
        """Time passes; every five minutes the sweep looks for digests."""
        self.now = max(self.now, until)
        for _ in range(12):
            if not self._until_done(self._sweep):
                return
            self.work()
            self.now += SWEEP

    def _take(self, message: dict[str, Any]) -> None:
        if message["kind"] == "digest":
            send_digest(self.ports, message, self.now)
            return
        found = self.ports.deliveries.read(message["subject"], message["receiver"], message["message_id"])
        assert found is not None, "a message names a delivery that nobody kept"
        self.heard[found.receiver][found.message_id] = found.body

    def _sweep(self) -> int:
        outbox: dict[str, list[dict[str, Any]]] = defaultdict(list)
        due = [one for one in self.ports.due.due(self.now, 100) if one.kind == "digest"]
        claimed = sum(digest_due(self.ports, one, self.now, outbox) for one in due)
        for queue, messages in outbox.items():
            self.queues.send(queue, messages)
        return claimed

    def _until_done(self, call: Callable[[], Any]) -> Any:
        for _ in range(5):
            try:
                return call()
            except (Crash, ReturnsError) as failed:
                last = failed
                self.now += VISIBILITY
        raise AssertionError(f"never done: {last!r}")

    def told(self, receiver: str) -> Counter[str]:
        """How often each change was told to a receiver, alone or in a digest that it heard."""
        digests = self._digests(receiver)
        alone = Counter(short_name(one) for one in self.heard[receiver] if one not in digests)
        parts = [item["holds"].split() for item in self._items() if "holds" in item and item["PK"].endswith(receiver)]
        assert len(parts) == len(digests), "a part of a digest was not heard"
        return alone + Counter(name for names in parts for name in names)

    def singles(self, receiver: str) -> int:
        """How many messages told it of one change alone."""
        return len(self.heard[receiver]) - len(self._digests(receiver))

    def _digests(self, receiver: str) -> set[str]:
        kept = [delivery_of_item(item) for item in self._items() if item["SK"].startswith("DELIVERY#")]
        return {one.message_id for one in kept if one.event.startswith("digest.")} & set(self.heard[receiver])

    def _items(self) -> list[dict[str, Any]]:
        return self.table.all_items()

    @property
    def at_rest(self) -> bool:
        """Nothing is due any more."""
        return not list(self.ports.due.due(self.now + timedelta(days=400), 100))
