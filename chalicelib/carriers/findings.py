"""What the acceptance rows come to for one parcel: four words, with every condition, row, limit and reason behind them.

``allowed``: it may go. ``conditional``: it may go when the listed conditions are seen to, by us or by whoever packs.
``needs_a_person``: the rules do not decide. ``refused``: it may not go this way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.carriers.acceptance_rows import Cap, Row, words_of
from chalicelib.carriers.requirements import OUTCOMES, Condition, Outcome
from chalicelib.merchant import Agreement
from chalicelib.money import Money
from chalicelib.rulebook import Confidence

__all__ = ["OUTCOMES", "Acceptance", "AcceptanceReason", "Finding", "LimitCheck", "Outcome", "worst"]


@dataclass(frozen=True, slots=True)
class AcceptanceReason:
    """Why a parcel may not simply go; ``row`` is the rule, ``detail`` a code of what it is about."""

    code: str
    row: str
    source: str
    confidence: Confidence
    detail: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape used in a route."""
        return self.in_brief() | {"text": words_of(self.code, self.detail)}

    def in_brief(self) -> dict[str, Any]:
        """The shape kept with a case, without words."""
        return {
            "code": self.code,
            "detail": self.detail,
            "rule": self.row,
            "source": self.source,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """A limit held against an amount. ``is_above`` None: it could not be compared, ``code`` says why; ``applies``
    False: the facts put it out of play."""

    cap: Cap
    amount: Money | None
    is_above: bool | None
    applies: bool
    code: str = ""
    detail: str | None = None

    @property
    def stands_against(self) -> bool:
        """Whether the parcel is above the limit, or may be."""
        return self.applies and self.is_above is not False

    def as_json(self) -> dict[str, Any]:
        """The shape used in a rule of a route."""
        return {
            "limit": self.cap.limit.as_json(),
            "basis": self.cap.basis,
            "of": self.cap.field or "goods_value",
            "amount": self.amount.as_json() if self.amount else None,
            "applies": self.applies,
            "passed": self.is_above,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """What one row comes to for one parcel; ``takes`` says that the row accepts the goods it names."""

    row: Row
    outcome: Outcome
    reasons: tuple[AcceptanceReason, ...] = ()
    conditions: tuple[Condition, ...] = ()
    check: LimitCheck | None = None
    lifted_by: Agreement | None = None
    takes: bool = False

    def as_json(self, on: date) -> dict[str, Any]:
        """The row with its source and its age in days on the day asked about."""
        row, lifted = self.row, self.lifted_by
        return {
            "id": row.id,
            "decision": row.decision,
            "outcome": self.outcome,
            "reason": row.reason,
            "limit": self.check.as_json() if self.check else None,
            "lifted_by": {"agreement_ref": lifted.agreement_ref, "valid_to": lifted.valid_to.isoformat()}
            if lifted
            else None,
            "source": row.source_title,
            "as_of": row.as_of,
            "checked_on": row.checked_on.isoformat(),
            "age_days": max(0, (on - row.checked_on).days),
            "confidence": row.confidence,
        }


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The answer: may it go, by which rows, under which conditions, and what stands against it."""

    outcome: Outcome
    on: date
    findings: tuple[Finding, ...]
    conditions: tuple[Condition, ...]
    reasons: tuple[AcceptanceReason, ...]
    confidence: Confidence

    @property
    def may_go(self) -> bool:
        """Whether it may go without a person's word."""
        return self.outcome in ("allowed", "conditional")

    @property
    def rows(self) -> tuple[str, ...]:
        """The ids of the rows that were looked at."""
        return tuple(finding.row.id for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The shape used in a route."""
        return {
            "outcome": self.outcome,
            "conditions": [condition.as_json() for condition in self.conditions],
            "reasons": [reason.as_json() for reason in self.reasons],
            "rules": [finding.as_json(self.on) for finding in self.findings],
            "confidence": self.confidence,
        }


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The one that decides; nothing at all is allowed, and never happens without a row that says so.

    >>> worst(["allowed", "needs_a_person", "conditional"])
    'needs_a_person'
    """
    return max(outcomes, key=OUTCOMES.index, default="allowed")
