"""A desk over memory: the stories with a carrier that answers as it is told."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from chalicelib.returns.case import Person, ReturnRequest
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.take_steps import take_step
from tests.faults.gate import Gate
from tests.faults.stories import CLAIRE, REQUEST
from tests.faults.world import MONDAY, World

__all__ = ["MONDAY", "REQUEST", "Desk"]


class Desk:
    """A world without faults, opened one step at a time. ``person`` is who sends a piece back."""

    person: Person = CLAIRE

    def __init__(self) -> None:
        self.world = World(Gate())
        self.ports = self.world.ports

    def open(
        self, request: ReturnRequest = REQUEST, *, key: str | None = "k", dry_run: bool = False, now: datetime = MONDAY
    ) -> Any:
        return open_return(
            self.ports,
            request,
            self.person,
            holder="desk",
            idempotency_key=key,
            body_digest="digest",
            dry_run=dry_run,
            now=now,
        )

    def waiting(self, queue: str) -> list[str]:
        return [one.body for one in self.world.queues.waiting if one.queue == queue]

    def step(self, kind: str, now: datetime = MONDAY) -> None:
        take_step(self.ports, {"kind": kind, "case_id": "case0001", "leg": 1}, now)

    def alerts(self, now: datetime = MONDAY) -> None:
        """Deliver what waits for the alerts worker, and nothing else."""
        import json

        kept = deque(one for one in self.world.queues.waiting if one.queue != "alerts")
        told = [one for one in self.world.queues.waiting if one.queue == "alerts"]
        self.world.queues.waiting = kept
        for one in told:
            take_alert(self.ports, json.loads(one.body), now)

    @property
    def file(self) -> Any:
        return self.ports.cases.file("case0001")

    def booking(self, kind: str) -> Any:
        return next(one for one in self.file.bookings if one.kind == kind)


HOUR = timedelta(hours=1)
