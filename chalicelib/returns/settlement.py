"""A settlement: what a return ends with, line by line, who approved it, whether it was paid; and the case's money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from chalicelib.money import Money

SettlementKind = Literal[
    "refund", "partial_refund", "refund_without_return", "exchange", "replacement", "advance_replacement",
    "store_credit", "goodwill", "refusal", "buy_back", "repair",
]  # fmt: skip
# proposed: waits for approvals; approved: may be carried out; paying: the provider is being asked; unknown: it was
# asked and nobody knows what it did; withdrawn: taken back before it was carried out.
SettlementState = Literal["proposed", "approved", "paying", "unknown", "done", "refused_by_provider", "withdrawn"]
Account = Literal["customer", "merchant", "carrier", "insurer", "customs"]


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
    (None: no rule gives one) with the rule it rests on; ``alert_at`` is when a person is told before it."""

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

    @property
    def part_id(self) -> str:
        """Its place in the case; it is the ``settlement_id`` of the API."""
        return str(self.n)


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry of the case's money: so much went from one account to another. A case's money sums to zero because
    every posting does."""

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

    @property
    def part_id(self) -> str:
        """Its place in the case."""
        return f"{self.n:04d}"

    @property
    def due_at(self) -> datetime | None:
        """Nothing is ever due."""
        return None
