"""Custody: every hand-over of a parcel or a piece as one row, and the receipt of a parcel at a place of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal

Holder = Literal["customer", "carrier", "facility", "workshop", "laboratory", "partner"]
# as_listed: what the paper says is inside; partly: some of it, and the rest is awaited in another parcel; filler:
# packing and no piece; empty: nothing.
Contents = Literal["as_listed", "partly", "not_as_listed", "filler", "empty"]
# A mark that only we know of, and the number on the inner box: present and matching, or a sign that it was packed anew.
CovertMark = Literal["present", "missing", "none_used"]
InnerLabel = Literal["matches", "differs", "none_used"]
SealState = Literal["intact", "broken", "missing", "other_number", "none_used", "unknown"]


@dataclass(frozen=True, slots=True)
class HandOver:
    """One touch: from whom to whom, where, when, grams as weighed (None: nobody weighed), seal, photo (evidence id).
    ``of`` says what was weighed: the closed parcel, or the pieces themselves; ``parcel`` which of its leg."""

    KIND: ClassVar[str] = "CUSTODY"

    case_id: str
    n: int
    at: datetime
    given_by: Holder
    taken_by: Holder
    place: str
    noted_by: str
    of: Literal["parcel", "pieces"]
    grams: Decimal | None = None
    seal: str | None = None
    seal_state: SealState = "unknown"
    evidence_id: str | None = None
    leg_n: int | None = None
    note: str | None = None
    evidence_ids: tuple[str, ...] = ()
    scale_id: str | None = None
    digest: str | None = None
    parcel: int = 1

    @property
    def part_id(self) -> str:
        """Its place in the case; padded so that text order is number order."""
        return f"{self.n:04d}"

    @property
    def due_at(self) -> datetime | None:
        """Nothing is ever due."""
        return None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A parcel as our place received it, before what is in it was looked at. ``damage`` are codes of what is wrong with
    the outside; ``opened_by`` are all who were present when it was opened on camera (``opening_video`` is evidence).
    ``packing_g`` is the empty packing, weighed after it was opened; ``contents``: what was seen inside (None: it was
    not opened yet). ``doubts`` are what the rules found; ``corrected`` says how often the facts were put right since.
    ``parcel`` counts those of one leg from 1: two boxes under one waybill, or one that came beside it by another way.
    ``sender_differs``: the sender on the label is not who bought (None: nobody looked).
    """

    KIND: ClassVar[str] = "RECEIPT"

    case_id: str
    leg_n: int
    facility_id: str
    received_at: datetime
    received_by: str
    parcel_weight_g: Decimal | None
    scale_id: str | None
    seal: str | None
    seal_state: SealState
    damage: tuple[str, ...] = ()
    remarks_on_receipt: bool | None = None
    opened_by: tuple[str, ...] = ()
    opening_video: str | None = None
    doubts: tuple[str, ...] = ()
    scale_tolerance_g: Decimal | None = None
    packing_g: Decimal | None = None
    contents: Contents | None = None
    evidence_ids: tuple[str, ...] = ()
    sealed_g: Decimal | None = None
    carrier_weights_g: tuple[Decimal, ...] = ()
    digest: str | None = None
    corrected: int = 0
    due_at: datetime | None = None
    parcel: int = 1
    covert_mark: CovertMark | None = None
    inner_label: InnerLabel | None = None
    sender_differs: bool | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case: one receipt for each parcel of a leg, the first under the number of the leg alone."""
        return str(self.leg_n) if self.parcel == 1 else f"{self.leg_n}.{self.parcel}"
