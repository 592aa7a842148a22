"""A booking: one call that changes the world outside, as it is kept from before it is claimed until it is settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from chalicelib.returns.case import PickupWish

BookingKind = Literal["waybill", "pickup", "pickup_change", "pickup_cancel", "waybill_cancel"]
# What a waybill says of its label while that is asked for by a call of its own.
LABEL_AWAITED = "awaited"
BookingStatus = Literal["planned", "claimed", "done", "refused", "unknown", "cancelled", "with_person"]


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """A paper that a carrier gave with a waybill: kept as evidence under ``name``, lost on the way, or still with the
    carrier under ``url``."""

    name: str
    kind: str
    media_type: str
    status: Literal["kept", "lost", "with_carrier"]
    url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Booking:
    """One call that changes the world outside: a waybill bought or taken back, a pickup booked or moved.

    Claimed first under our own ``reference``, then made, then recorded. ``claimed`` that never became ``done`` is an
    unknown outcome: reconciled or given to a person, never repeated blindly. ``with_person``: no call can do it, and a
    person was asked to. ``result`` holds what the carrier gave (waybill: number, ship_date, and whether its label was
    kept or lost; pickup: confirmation, location, on, from, until, time_zone, and ``more_codes`` where there are).
    ``not_before`` is the first moment the carrier takes this booking. ``n`` counts the bookings of one kind for one
    leg; ``of`` is the pickup that a change or a cancellation is about. ``wish`` is the day and hours asked for, where
    they are not those of the request; a pickup_cancel with a wish is followed by a booking for it.
    """

    case_id: str
    leg_n: int
    kind: BookingKind
    status: BookingStatus
    reference: str
    attempts: int = 0
    claimed_at: datetime | None = None
    not_before: datetime | None = None
    due_at: datetime | None = None
    result: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None
    n: int = 1
    of: int | None = None
    wish: PickupWish | None = None
    papers: tuple[KeptPaper, ...] = ()

    @property
    def name(self) -> str:
        """Which booking of its case it is, as episodes of exceptions name it: ``pickup-1``, then ``pickup-1.2``."""
        return f"{self.kind}-{self.leg_n}" + (f".{self.n}" if self.n > 1 else "")

    @property
    def step(self) -> dict[str, Any]:
        """The message that has it carried on."""
        told: dict[str, Any] = {"kind": self.kind, "case_id": self.case_id, "leg": self.leg_n}
        return told | ({"n": self.n} if self.n > 1 else {})
