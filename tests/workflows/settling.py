"""A house with one ring that came back and was inspected, to settle: the world in memory, its desk and its workers."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.money import Money
from chalicelib.returns.amount_facts import Deduction
from chalicelib.returns.case import Order, ReturnRequest
from chalicelib.returns.custody import Receipt
from chalicelib.returns.inspection import Inspection, PieceFound
from chalicelib.returns.payment import Payment
from chalicelib.returns.settlement import Posting, RefundClock, Settlement
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.build_settlement import Wish
from chalicelib.workflows.case_parts import Part
from chalicelib.workflows.keep_settlement import agree, approve, propose, reconcile, withdraw
from chalicelib.workflows.pay_out import take_payment
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_steps import take_step
from tests.faults.stories import REQUEST, RING
from tests.faults.world import MONDAY
from tests.workflows.desk import Desk

__all__ = ["DAY", "MONDAY", "RING2", "Deduction", "Payment", "SettlingHouse", "Wish", "eur", "paid"]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CASE = "case0001"
RING2 = replace(RING, quantity=2)


def eur(text: str) -> Money:
    return Money(Decimal(text), "EUR")


def paid(**changed: Any) -> Payment:
    """The ring's own payment: 1,180.00 for it and 15.00 of freight, by card."""
    said: dict[str, Any] = {
        "total": eur("1195.00"), "provider": "sandbox", "payment_reference": "pi_1001", "method": "card",
        "paid_on": date(2026, 11, 1), "tax": eur("196.67"), "tax_included": True, "freight": eur("15.00"),
        "express_extra": eur("0.00"), "duty": eur("0.00"), "discounts": (), "pieces": 1, "gifts": (),
    }  # fmt: skip
    return Payment(**said | changed)


def request_paid(payment: Payment | None = None, **changed: Any) -> ReturnRequest:
    order: Order = replace(REQUEST.order, payment=payment if payment is not None else paid())
    return replace(REQUEST, **{"order": order} | changed)


class SettlingHouse:
    """One case at the stage a test wants, and everybody who works on it."""

    def __init__(self, request: ReturnRequest | None = None, *, now: datetime = MONDAY) -> None:
        self.desk = Desk()
        self.world, self.ports = self.desk.world, self.desk.ports
        self.now = now
        self.desk.open(request or request_paid(), now=now)
        self.world.queues.waiting = deque()

    @property
    def file(self) -> Any:
        return self.ports.cases.file(CASE)

    @property
    def settlements(self) -> tuple[Settlement, ...]:
        return tuple(sorted(self.file.parts.of(Settlement), key=lambda one: one.n))

    @property
    def postings(self) -> tuple[Posting, ...]:
        return tuple(self.file.parts.of(Posting))

    @property
    def clock(self) -> RefundClock | None:
        return next(iter(self.file.parts.of(RefundClock)), None)

    @property
    def stage(self) -> str:
        return str(self.file.case.stage)

    def put(self, *parts: Part, stage: str | None = None, what: str = "test") -> None:
        """Write parts as another story would have."""

        def decide(file: Any) -> Amendment:
            case = replace(file.case, stage=stage) if stage else file.case
            return Amendment(case, what, {}, parts=parts)

        amend_file(self.ports, CASE, self.now, decide)

    def arrived(self) -> None:
        """The parcel is with us and was taken in."""
        receipt = Receipt(CASE, 1, "SZX-1", self.now, "dock", Decimal("180"), "S-1", None, "intact")
        self.put(receipt, stage="received", what="received")

    def inspected(self, *pieces: PieceFound, outcome: str = "accepted", **changed: Any) -> None:
        found = pieces or (PieceFound(1, 1, 1, "as_sold", accepted_net_g=Decimal("5.20")),)
        said = {"case_id": CASE, "n": 1, "leg_n": 1, "at": self.now, "by": "dock", "second": None}
        self.put(Inspection(**said, outcome=outcome, pieces=found, **changed), stage="inspected", what="inspected")

    def back(self) -> SettlingHouse:
        """The ring came back as it was sold."""
        self.arrived()
        self.inspected()
        return self

    def propose(self, kind: str = "refund", *, by: str = "ann", role: str = "agent", **wish: Any) -> Any:
        said: Any = {"kind": kind, "reason": "as_agreed"} | wish
        dry_run = said.pop("dry_run", False)
        return propose(self.ports, CASE, Wish(**said), by=by, role=role, now=self.now, dry_run=dry_run)

    def approve(self, by: str = "max", role: str = "manager", n: str = "1") -> Any:
        return approve(self.ports, CASE, n, by=by, role=role, now=self.now)

    def withdraw(self, n: str = "1", by: str = "ann") -> Any:
        return withdraw(self.ports, CASE, n, by=by, now=self.now)

    def agree(self, n: str = "1", by: str = "ann") -> Any:
        return agree(self.ports, CASE, n, by=by, now=self.now)

    def reconcile(self, found: Any, n: str = "1", by: str = "fin") -> Any:
        return reconcile(self.ports, CASE, n, found, by=by, now=self.now)

    def approved(self, **wish: Any) -> None:
        """Proposed, and approved by two."""
        self.propose(**wish)
        self.approve("max", "manager")
        self.approve("lea", "lead")

    def work(self, *queues: str) -> None:
        """Let these workers do all that waits for them (payments and alerts, if none is named)."""
        import json

        story = {"payments": take_payment, "alerts": take_alert, "steps": take_step}
        wanted = queues or ("payments", "alerts")
        while mine := [one for one in self.world.queues.waiting if one.queue in wanted]:
            self.world.queues.waiting = deque(one for one in self.world.queues.waiting if one.queue not in wanted)
            for one in mine:
                story[one.queue](self.ports, json.loads(one.body), self.now)

    def messages(self, queue: str) -> list[dict[str, Any]]:
        import json

        return [json.loads(one.body) for one in self.world.queues.waiting if one.queue == queue]

    def sweep(self, at: datetime) -> None:
        """The schedule runs at this time, and everybody works."""
        self.now = at
        sweep(self.ports, at)
        self.work("payments", "alerts")
        for one in self.messages("steps"):
            if one["kind"] in ("part_due", "refund_watch"):
                take_step(self.ports, one, self.now)
        self.work("payments", "alerts")

    def open_kinds(self) -> list[str]:
        return sorted(one.kind for one in self.file.exceptions if one.status != "resolved")
