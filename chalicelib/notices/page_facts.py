"""What the customer's page may be written from. Whoever writes the page sees nothing else.

Whoever has the link can read the page, so it tells what a notice may tell and no more: no piece, no metal, no address,
no name. Amounts, papers and the code of a credit are there only when the order number was named (``opened``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.money import Money
from chalicelib.notices.facts import NoticeFacts

Step = Literal[
    "review", "evidence", "quote", "preparing", "courier", "courier_wanted", "hand_in", "under_way",
    "held", "arrived", "looked_at", "in_repair", "settling", "sending_out", "being_sent", "closed", "cancelled",
    "lost", "destroyed", "seized", "out_back",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Station:
    """A station of the way: done, where it is now, or still ahead."""

    code: str
    state: Literal["done", "here", "ahead"]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """How far a carrier said the parcel is, and when."""

    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperToPrint:
    """One paper of one leg; ``ready``: it can be opened."""

    name: str
    leg: int
    ready: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Something the customer sent: what it is of, and what became of it."""

    kind: str
    state: Literal["uploaded", "kept", "refused"]


@dataclass(frozen=True, slots=True)
class Amount:
    """One line of a quote or a settlement, under a word that tells no more than it must (None: not known)."""

    word: str
    money: Money | None


@dataclass(frozen=True, slots=True)
class QuoteShown:
    """The quote that stands or was answered last. ``lines`` and ``total`` only when opened."""

    quote_id: str
    state: Literal["offered", "approved", "refused", "lapsed"]
    valid_until: datetime
    answered_at: datetime | None = None
    lines: tuple[Amount, ...] = ()
    total: Money | None = None


@dataclass(frozen=True, slots=True)
class SettlementShown:
    """What the return ends with. ``lines`` and ``total`` only when opened."""

    kind: str
    state: Literal["waiting", "ready", "paid", "problem"]
    deadline: datetime | None = None
    paid_at: datetime | None = None
    lines: tuple[Amount, ...] = ()
    total: Money | None = None


@dataclass(frozen=True, slots=True)
class CreditShown:
    """A credit that is there. Its code is worth money: it is told only when opened, and so is its sum."""

    since: datetime
    code: str | None = None
    sum: Money | None = None


@dataclass(frozen=True, slots=True)
class WithdrawalShown:
    """The right of withdrawal: open to be declared (``until``: None where its end is not sure), or declared."""

    declared_at: datetime | None = None
    until: datetime | None = None
    send_back_by: datetime | None = None
    refund_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A form that sends one file straight to where evidence is kept: its address, its fields in order, the most bytes
    it takes and the kinds of file that a browser offers."""

    kind: str
    url: str
    fields: tuple[tuple[str, str], ...]
    largest: int
    accept: str


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Everything that may stand on the page.

    ``notice`` are the facts that a notice would be written from now; a hold is named there. ``until`` is by when the
    step is asked for. ``wanted`` are kinds of evidence still missing; ``packed_at`` when the customer noted how the box
    was closed (None: not asked, or not yet). ``closed_to_orders``: the order number was wrong too often.
    """

    notice: NoticeFacts
    stage: str
    step: Step
    until: datetime | None = None
    stations: tuple[Station, ...] = ()
    scans: tuple[Scan, ...] = ()
    papers: tuple[PaperToPrint, ...] = ()
    packing: tuple[str, ...] = ()
    packed_at: datetime | None = None
    wanted: tuple[str, ...] = ()
    sent: tuple[Shown, ...] = ()
    progress: tuple[Scan, ...] = ()
    quote: QuoteShown | None = None
    settlement: SettlementShown | None = None
    credits: tuple[CreditShown, ...] = ()
    withdrawal: WithdrawalShown | None = None
    opened: bool = False
    closed_to_orders: bool = False

    @property
    def has_something_to_open(self) -> bool:
        """Whether an order number opens anything."""
        return bool(self.papers or self.quote or self.settlement or self.credits)
