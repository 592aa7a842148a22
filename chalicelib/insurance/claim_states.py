"""A claim for one parcel against one party, carrier or insurer, from the first doubt to the money.

watched -> prepared -> filed -> acknowledged -> evidence_wanted -> offered -> accepted or refused -> paid -> closed;
withdrawn by a person, lapsed by the clock. Both parties may be claimed from at once, and each claim moves by itself.
What a person does is a line of its history; the same thing told twice is one line, and money has its reference.

>>> Claim("c", 1, "carrier", "loss", "watched", datetime(2026, 11, 22), datetime(2026, 11, 22)).claim_id
'1-carrier'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, get_args

from chalicelib.errors import ConflictError
from chalicelib.insurance.claims_clock import Start
from chalicelib.money import Money

Party = Literal["carrier", "insurer"]
PARTIES: tuple[Party, ...] = get_args(Party)
ClaimKind = Literal["loss", "damage", "shortage", "delay"]
CLAIM_KINDS: tuple[ClaimKind, ...] = get_args(ClaimKind)
State = Literal[
    "watched", "prepared", "filed", "acknowledged", "evidence_wanted", "offered", "accepted", "refused", "paid",
    "closed", "withdrawn", "lapsed",
]  # fmt: skip
CLAIM_STATES: tuple[State, ...] = get_args(State)
Action = Literal[
    "prepare", "file", "acknowledge", "want_evidence", "offer", "accept", "refuse", "pay", "withdraw", "close",
]  # fmt: skip
# Not handed in yet: its clocks run.
UNFILED: frozenset[State] = frozenset({"watched", "prepared"})
# With the other party, which may let it lie.
WITH_THEM: frozenset[State] = frozenset({"filed", "acknowledged", "accepted"})
WITH_US: frozenset[State] = frozenset({"evidence_wanted", "offered"})
# Nothing more is awaited of anybody.
ENDED: frozenset[State] = frozenset({"closed", "withdrawn"})
BY_THE_RULES = "goldthread"
ALL_WELL = "all_well"
MOST_LINES = 100
MOST_PAYMENTS = 30


class ClaimNotAllowed(ConflictError):
    """A claim in this state does not take this action; nothing was changed."""

    code = "claim_not_allowed"


class ClaimDiffers(ConflictError):
    """This was told with other particulars before; a correction must say that it is one."""

    code = "claim_differs"


class ClaimHistoryFull(ConflictError):
    """A claim that was changed so often is no ordinary claim; a person must look at it."""

    code = "claim_history_full"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The day by which a claim must be handed in: local day, and the instant at which it has passed. ``clock`` is the
    row it is by, ``starts`` and ``began_at`` from when; ``file_by`` the day to file by even if nothing is certain."""

    last_day: date
    ends_at: datetime
    file_by: date
    clock: str
    starts: Start
    began_at: datetime
    assumed: bool
    zone_name: str


@dataclass(frozen=True, slots=True)
class Filed:
    """How it was handed in. A protective claim keeps the right while nobody knows yet what became of the parcel."""

    on: date
    by: str
    protective: bool
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came, under the number of its payment."""

    reference: str
    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One change: who, when, what was done, the state it led to, and particulars."""

    at: datetime
    by: str
    what: str
    state: State
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim. ``claimed`` is what is asked, ``freight`` what the carriage cost where somebody told; ``until`` the
    day by which the other side wants evidence or an answer to its offer. ``deadline`` is as it was last reckoned.
    ``pack_wanted_at``: when its pack was last asked for."""

    case_id: str
    leg_n: int
    party: Party
    kind: ClaimKind
    state: State
    opened_at: datetime
    changed_at: datetime
    deadline: Deadline | None = None
    claimed: Money | None = None
    freight: Money | None = None
    discovered_on: date | None = None
    filed: Filed | None = None
    until: date | None = None
    wanted: tuple[str, ...] = ()
    offer: Money | None = None
    payments: tuple[Payment, ...] = ()
    why: str | None = None
    pack_wanted_at: datetime | None = None
    history: tuple[ClaimLine, ...] = ()

    @property
    def claim_id(self) -> str:
        """Its name within its case: ``1-carrier``."""
        return f"{self.leg_n}-{self.party}"

    @property
    def received(self) -> dict[str, Decimal]:
        """All that came, by currency; never added across."""
        found: dict[str, Decimal] = {}
        for one in self.payments:
            found[one.amount.currency] = found.get(one.amount.currency, Decimal(0)) + one.amount.amount
        return found


@dataclass(frozen=True, slots=True)
class Watch:
    """That a leg may end in a claim: since when, when we learnt of it, and when to look next (None: it rests)."""

    case_id: str
    leg_n: int
    opened_at: datetime
    discovered_at: datetime
    due_at: datetime | None = None
    attempts: int = 0


def noted(claim: Claim, now: datetime, by: str, what: str, facts: Mapping[str, str]) -> Claim:
    """The claim with one more line; raises ``ClaimHistoryFull``, but not for what the clock says: that must be told."""
    if len(claim.history) >= MOST_LINES and by != BY_THE_RULES:
        raise ClaimHistoryFull(f"this claim has been changed {MOST_LINES} times")
    return replace(claim, history=(*claim.history, ClaimLine(now, by, what, claim.state, dict(facts))))


def moved(claim: Claim, state: State, now: datetime, why: str | None = None) -> Claim:
    """The claim as clocks and facts have it."""
    after = replace(claim, state=state, changed_at=now, why=why)
    return noted(after, now, BY_THE_RULES, state, {"why": why} if why else {})


def paid_together(claims: Sequence[Claim]) -> dict[str, Decimal]:
    """What came from all parties for one leg, by currency."""
    found: dict[str, Decimal] = {}
    for claim in claims:
        for currency, amount in claim.received.items():
            found[currency] = found.get(currency, Decimal(0)) + amount
    return found


def overpaid(claims: Sequence[Claim], loss: Money | None) -> str | None:
    """Whether more came than was lost, or may have: ``more_than_lost``, ``not_comparable`` when two parties paid and
    one amount is in another currency than the loss; None where all is within it."""
    came = paid_together(claims)
    if not came:
        return None
    if loss is not None and came.get(loss.currency, Decimal(0)) > loss.amount:
        return "more_than_lost"
    payers = [claim for claim in claims if claim.payments]
    compared = loss is not None and set(came) == {loss.currency}
    return "not_comparable" if len(payers) > 1 and not compared else None
