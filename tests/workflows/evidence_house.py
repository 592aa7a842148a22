"""A return, somebody who uploads, and the worker that looks: evidence played one step at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from chalicelib.returns.case import Order, ReturnRequest
from chalicelib.returns.evidence import CUSTOMER, Evidence, EvidenceWish
from chalicelib.workflows.look_at_evidence import take_evidence_work
from chalicelib.workflows.take_evidence import confirm, offer
from tests.faults.stories import REQUEST
from tests.returns.uploads import a_photo
from tests.workflows.desk import MONDAY, Desk

CASE = "case0001"
PHOTO = a_photo()
PAGE = "https://returns.example.com/v1/c/token/evidence/{evidence_id}"
# Too late to withdraw, so the shop's own warranty wants to see the fault.
FAULTY = replace(
    REQUEST, kind="warranty", reason="quality", order=Order("SO-1001", date(2026, 3, 1), date(2026, 3, 12))
)
MINUTE = timedelta(minutes=1)


class EvidenceDesk(Desk):
    """A desk with one open return."""

    def __init__(self, request: ReturnRequest = REQUEST) -> None:
        super().__init__()
        self.open(request)
        self.world.queues.waiting.clear()

    def announce(
        self, content: bytes = PHOTO, kind: Any = "photo_item", *, by: str = "desk", now: datetime = MONDAY, **wish: Any
    ) -> Any:
        """Announce a file as what it is said to be, for a PUT."""
        said = {"media_type": "image/jpeg", "size": len(content), "sha256": sha256(content).hexdigest()}
        return offer(self.ports, CASE, EvidenceWish(kind, **{**said, **wish}), by=by, now=now)

    def form(self, kind: Any = "photo_item", *, by: str = CUSTOMER, now: datetime = MONDAY) -> Any:
        """A form of the customer's page."""
        return offer(self.ports, CASE, EvidenceWish(kind), by=by, way="post", redirect_to=PAGE, now=now)

    def put(self, content: bytes, evidence_id: str = "e0001") -> None:
        """What somebody sends to the bucket, whatever was offered."""
        self.world.evidence.upload(CASE, evidence_id, content)

    def confirmed(self, evidence_id: str = "e0001", *, by: str = "desk", now: datetime = MONDAY) -> Any:
        """Confirm, and let the worker look at all that waits for it."""
        told = confirm(self.ports, CASE, evidence_id, by=by, now=now)
        self.work(now)
        return told

    def work(self, now: datetime = MONDAY) -> None:
        """Deliver what waits for the evidence worker."""
        for body in self.waiting("evidence"):
            take_evidence_work(self.ports, json.loads(body), now)
        kept = [one for one in self.world.queues.waiting if one.queue != "evidence"]
        self.world.queues.waiting.clear()
        self.world.queues.waiting.extend(kept)

    def given(
        self, content: bytes = PHOTO, kind: Any = "photo_item", *, by: str = CUSTOMER, now: datetime = MONDAY
    ) -> Evidence:
        """One piece from the offer of a form to the end."""
        evidence_id = self.form(kind, by=by, now=now)["evidence"]["evidence_id"]
        self.put(content, evidence_id)
        self.confirmed(evidence_id, by=by, now=now)
        return self.piece(evidence_id)

    @property
    def pieces(self) -> tuple[Evidence, ...]:
        """All evidence of the return."""
        found: tuple[Evidence, ...] = self.file.parts.of(Evidence)
        return found

    def piece(self, evidence_id: str = "e0001") -> Evidence:
        """One piece."""
        return next(one for one in self.pieces if one.evidence_id == evidence_id)

    @property
    def objects(self) -> dict[str, bytes]:
        """What the bucket keeps of evidence, without what merely was uploaded."""
        kept = self.world.evidence.objects.items()
        return {key: content for key, content in kept if key.startswith(("evidence/", "shown/"))}

    def told(self, what: str) -> list[dict[str, str]]:
        """The facts of the log entries of this kind."""
        return [dict(entry.facts) for entry in self.file.log if entry.what == what]
