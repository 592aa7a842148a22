"""A settlement: what a return ends with, line by line, who approved it, whether it was paid; and the case's money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from chalicelib.money import Money
from chalicelib.money import total as total_of

SettlementKind = Literal[
    "refund", "partial_refund", "refund_without_return", "exchange", "replacement", "advance_replacement",
    "store_credit", "goodwill", "refusal", "buy_back", "repair",
]  # fmt: skip
# proposed: waits for approvals; approved: may be carried out; paying: the provider is being asked; unknown: it was
# asked and nobody knows what it did; withdrawn: taken back before it was carried out.
SettlementState = Literal["proposed", "approved", "paying", "unknown", "done", "refused_by_provider", "withdrawn"]
Account = Literal["customer", "merchant", "carrier", "insurer", "customs"]
Pays = Literal["provider", "person", "credit", "nothing"]
# What the law puts on money that is late: given besides what was paid, and no part of it.
LATE_INTEREST = "late_interest"
# States in which a settlement is on its way, and those in which it has given or bound its money and its pieces.
UNDER_WAY: frozenset[SettlementState] = frozenset({"proposed", "approved", "paying", "unknown"})
LIVE: frozenset[SettlementState] = UNDER_WAY | {"done"}


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One line of the amount; what is deducted is negative. ``line`` is the line of the request it is about."""

    code: str
    amount: Money
    rule: str
    source: str
    line: int | None = None
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved, in which role."""

    by: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """One settlement of a case. ``total`` is what the customer gets in money (zero for a refusal or a plain exchange).
    ``reference`` is ours, told to the provider; ``provider_reference`` is theirs. ``deadline`` is the legal one
    (None: no rule gives one) with the rule it rests on; ``alert_at`` is when a person is told before it.

    ``ground`` is the ground it was reckoned on; ``stake`` what it puts at stake, for an exchange the worth of the
    pieces; ``lacks`` what nobody had said; ``beside`` what the customer may have from somebody else, or is owed
    besides; ``roles_needed`` are roles that must all approve. ``pays`` is who moves the money, ``sends`` why a parcel
    goes out with it. ``credit_code`` is worth money: it is told to the customer and stands in no log. ``tries`` counts
    calls in a row that did not reach the provider. ``priced_on`` is the day of the price in a purchase by weight.
    ``not_found_at`` is when the provider knew no payment of one that a person had found not paid, and that is not paid
    any more as it stands.
    """

    KIND: ClassVar[str] = "SETTLEMENT"

    case_id: str
    n: int
    kind: SettlementKind
    state: SettlementState
    total: Money
    lines: tuple[SettlementLine, ...]
    reason: str
    proposed_by: str
    proposed_role: str
    proposed_at: datetime
    approvals: tuple[Approval, ...] = ()
    approvals_needed: int = 1
    reference: str | None = None
    provider: str | None = None
    payment_reference: str | None = None
    provider_reference: str | None = None
    paid_at: datetime | None = None
    deadline: datetime | None = None
    deadline_rule: str | None = None
    alert_at: datetime | None = None
    inspection_n: int | None = None
    replacement_skus: tuple[str, ...] = ()
    problem: str | None = None
    changed_at: datetime | None = None
    due_at: datetime | None = None
    ground: str | None = None
    stake: Money | None = None
    lacks: tuple[str, ...] = ()
    beside: tuple[SettlementLine, ...] = ()
    roles_needed: tuple[str, ...] = ()
    pays: Pays = "provider"
    sends: Literal["replacement", "refused"] | None = None
    needs_yes: bool = False
    agreed_at: datetime | None = None
    agreed_by: str | None = None
    why: str | None = None
    replacement_worth: Money | None = None
    credit_code: str | None = None
    asked_at: datetime | None = None
    tries: int = 0
    priced_on: date | None = None
    not_found_at: datetime | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether something is still to come of it by itself or by a person."""
        return self.state in UNDER_WAY

    @property
    def gave(self) -> Money | None:
        """The money or credit it has given or bound, against what was paid for the order; None for a contract of its
        own and for what gives none. Interest on late money was never paid by anybody, so it is no part of it."""
        return self.principal if self.state in LIVE and self.kind != "buy_back" else None

    @property
    def principal(self) -> Money:
        """The total without the interest on it."""
        late = (one.amount for one in self.lines if one.code == LATE_INTEREST)
        return self.total - total_of(late, self.total.currency)

    @property
    def part_id(self) -> str:
        """Its place in the case; it is the ``settlement_id`` of the API."""
        return str(self.n)


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry of the case's money: so much went from one account to another. A case's money sums to zero because
    every posting does. ``settlement_n`` and ``repair_n`` are what it was given for, where it was for one of them."""

    KIND: ClassVar[str] = "MONEY"

    case_id: str
    n: int
    at: datetime
    by: str
    from_account: Account
    to_account: Account
    amount: Money
    why: str
    reference: str | None = None
    settlement_n: int | None = None
    repair_n: int | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case."""
        return f"{self.n:04d}"

    @property
    def due_at(self) -> datetime | None:
        """Nothing is ever due."""
        return None


@dataclass(frozen=True, slots=True)
class RefundClock:
    """Until when a refund is owed in this case, by the clock that ends first; one for each case, reckoned anew when an
    event it rests on comes or is corrected. ``ends_at`` None: nothing is owed as things stand. ``told_of`` is the last
    day that people were told of, ``because`` what set the day earlier than the law's own event would."""

    KIND: ClassVar[str] = "REFUND"

    case_id: str
    began_at: datetime | None = None
    ends_at: datetime | None = None
    alert_at: datetime | None = None
    last_day: str | None = None
    rule: str | None = None
    told_of: str | None = None
    due_at: datetime | None = None
    because: str | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case: there is one."""
        return "1"
