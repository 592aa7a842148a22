"""A receiving dock over memory: a ring whose parcel is booked, two people with their own tokens, and what they see."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.money import Money
from chalicelib.returns.case import ReturnRequest, SaleRecord
from chalicelib.returns.evidence import Evidence, EvidenceKind
from chalicelib.returns.inspection import Inspection, Weighing
from chalicelib.returns.judge_parcel import ParcelSeen
from chalicelib.returns.judge_piece import PieceSeen
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.hand_over import note_packing
from chalicelib.workflows.inspect_pieces import Inspected, inspect_pieces
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.sign_inspection import countersign, release
from chalicelib.workflows.take_in import TakenIn, take_in
from chalicelib.workflows.take_steps import take_step
from tests.workflows.desk import MONDAY, REQUEST, Desk

CASE = "case0001"
AT_THE_DOOR = MONDAY + timedelta(days=4)
RING = replace(REQUEST.items[0], sale=SaleRecord("SCALE-7", 1), price=Money(Decimal("480.00"), "EUR"))
# Worth less than what two people look at.
MODEST = replace(REQUEST, items=(RING,))
DEAR = replace(REQUEST, items=(replace(RING, price=Money(Decimal("1180.00"), "EUR")),))
SEEN = ParcelSeen(Decimal("181.5"), "DOCK-1", Decimal("0.5"), "S-1001", "intact", contents="as_listed")


def ring_seen(weight: str | None = "5.28", **changed: Any) -> PieceSeen:
    """The ring as it was sold, 0.02 g lighter."""
    facts: dict[str, Any] = {
        "line": 1, "came": 1, "stones": 1, "serial": "GT-0001", "hallmark": "750", "condition": "as_sold",
        "weighing": weighed(weight) if weight else None,
    }  # fmt: skip
    return PieceSeen(**(facts | changed))


def weighed(weight: str) -> Weighing:
    """On a scale of a milligram that was calibrated in September."""
    grams = Decimal(weight)
    return Weighing(grams, None, "SCALE-1", date(2026, 9, 1), Decimal("0.005"), (grams,) * 3)


class Dock(Desk):
    """The desk with a parcel that comes."""

    def __init__(self, request: ReturnRequest = MODEST, *, booked: bool = True) -> None:
        super().__init__()
        self.world.now = MONDAY
        self.open(request)
        if booked:
            self.step("waybill")

    def pack(self, **told: Any) -> dict[str, Any]:
        facts = {"seal": "S-1001", "grams": Decimal(182)} | told
        return note_packing(self.ports, CASE, by="customer", now=MONDAY, **facts)

    def receive(self, *, by: str = "dock-1", now: datetime = AT_THE_DOOR, **told: Any) -> Any:
        corrects, why = told.pop("corrects", False), told.pop("why", None)
        leg, n, at = told.pop("leg", 1), told.pop("parcel", 1), told.pop("at", None)
        parcel = TakenIn(leg, replace(SEEN, **told), at=at, parcel=n)
        return take_in(self.ports, CASE, parcel, corrects=corrects, why=why, by=by, now=now)

    def inspect(self, *pieces: PieceSeen, by: str = "dock-1", now: datetime = AT_THE_DOOR, **told: Any) -> Any:
        corrects, why = told.pop("corrects", False), told.pop("why", None)
        found = Inspected(1, pieces or (ring_seen(),), **told)
        return inspect_pieces(self.ports, CASE, found, corrects=corrects, why=why, by=by, now=now)

    def sign(self, *, by: str = "dock-2", n: int = 1, agrees: bool = True, video: str | None = None) -> Any:
        return countersign(self.ports, CASE, n, agrees=agrees, opening_video=video, by=by, now=AT_THE_DOOR)

    def release(self, accepted: dict[int, Any], *, by: str = "lead-1", n: int = 1, why: str = "customer_agrees") -> Any:
        given = {line: one if isinstance(one, tuple) else (one, None) for line, one in accepted.items()}
        return release(self.ports, CASE, n, accepted=given, why=why, by=by, now=AT_THE_DOOR)

    def evidence(self, evidence_id: str = "e-1", kind: EvidenceKind = "video_opening") -> str:
        """Something that was uploaded and looked at."""
        one = Evidence(CASE, evidence_id, kind, "video/mp4", 1000, "kept", "dock-1", MONDAY, MONDAY + timedelta(days=1))
        amend_file(self.ports, CASE, MONDAY, lambda file: Amendment(file.case, "evidence_kept", {}, parts=(one,)))
        return evidence_id

    def work(self, now: datetime = AT_THE_DOOR) -> None:
        """Let the steps and alerts workers do what waits for them, until nothing does. A message is taken off its queue
        only once it is done."""
        while True:
            waiting = self.world.queues.waiting
            one = next((found for found in waiting if found.queue in ("steps", "alerts")), None)
            if one is None:
                return
            message = json.loads(one.body)
            if one.queue == "alerts":
                take_alert(self.ports, message, now)
            elif message["kind"] in ("part_due", "claim_watch"):
                take_step(self.ports, message, now)
            waiting.remove(one)

    def kinds(self) -> list[str]:
        return sorted(one.kind for one in self.file.exceptions if one.status != "resolved")

    def inspection(self, n: int = 1) -> Inspection:
        return next(one for one in self.file.parts.of(Inspection) if one.n == n)

    @property
    def logged(self) -> list[str]:
        return [entry.what for entry in self.file.log]
