"""What an estimate answers: every charge with its rate, base, rule and source, and three totals or none.

The rows are the charges *without* relief, so that they always add up to ``total_without_relief``; ``total``
takes off the best relief that is proven, ``total_if_proven`` the best that is proven or only lacks evidence.
When something needed is unknown the three totals are null and ``reasons`` says what; they are never zero
instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.money import decimals_of, round_to, text_of
from chalicelib.rulebook import Confidence


@dataclass(frozen=True, slots=True)
class Charge:
    """A duty layer, tax or fee. ``rate`` is a fraction (0.055 is 5.5 %); null is unknown."""

    code: str
    rate: Decimal | None
    base: Decimal | None
    amount: Decimal | None
    rule: str
    source: str
    confidence: Confidence
    collected_by: str = "customs"
    in_total: bool = True

    def as_json(self, named: str, currency: str) -> dict[str, Any]:
        """The row as answers show it; ``named`` is ``layer`` for duties and ``code`` for taxes and fees."""
        row: dict[str, Any] = {named: self.code, "rate": rate_text(self.rate)}
        row |= {"base": amount_text(self.base, currency), "amount": amount_text(self.amount, currency)}
        row |= {"rule": self.rule, "source": self.source, "confidence": self.confidence}
        if named == "code":
            row |= {"collected_by": self.collected_by, "in_total": self.in_total}
        return row


@dataclass(frozen=True, slots=True)
class LineDuties:
    """One line of the parcel: its code, why, the duties on it, and other codes a classifier might choose."""

    hs_code: str | None
    why: str
    duties: tuple[Charge, ...] = ()
    alternatives: tuple[str, ...] = ()

    def as_json(self, currency: str) -> dict[str, Any]:
        """The line as answers show it."""
        duties = [charge.as_json("layer", currency) for charge in self.duties]
        return {
            "hs_code": self.hs_code,
            "why": self.why,
            "alternatives": list(self.alternatives),
            "duties": duties,
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """All charges on one entry under one reading of the law: ordinary, or with one relief applied."""

    lines: tuple[LineDuties, ...]
    taxes: tuple[Charge, ...]
    fees: tuple[Charge, ...]

    @property
    def counted(self) -> tuple[Charge, ...]:
        """The charges that make up the total."""
        duties = tuple(charge for line in self.lines for charge in line.duties)
        return tuple(charge for charge in (*duties, *self.taxes, *self.fees) if charge.in_total)

    @property
    def total(self) -> Decimal:
        """Their sum, in the destination's currency."""
        return sum((charge.amount or Decimal(0) for charge in self.counted), Decimal(0))


@dataclass(frozen=True, slots=True)
class ReliefRow:
    """One relief of the destination, judged. ``due`` is what is payable when it is granted; ``missing`` names
    facts.
    """

    code: str
    status: str
    claimant: str
    form: str
    why: str
    confidence: Confidence
    source: str
    saves: Decimal | None = None
    due: Decimal | None = None
    missing: tuple[str, ...] = ()
    claim_by: date | None = None
    charges: tuple[Charge, ...] = ()
    says: tuple[str, ...] = ()
    kind: str = "relief"

    def as_json(self, currency: str) -> dict[str, Any]:
        """The row as answers show it."""
        return {
            "code": self.code,
            "kind": self.kind,
            "status": self.status,
            "saves": amount_text(self.saves, currency),
            "due": amount_text(self.due, currency),
            "missing": list(self.missing),
            "claim_by": self.claim_by.isoformat() if self.claim_by else None,
            "claimant": self.claimant,
            "form": self.form,
            "why": self.why,
            "confidence": self.confidence,
            "source": self.source,
            "charges": [charge.as_json("code", currency) for charge in self.charges],
        }


@dataclass(frozen=True, slots=True)
class Estimate:
    """What this entry costs, as far as it can be known; ``currency`` is null when no rules were found."""

    destination: str
    entry_on: date
    currency: str | None
    complete: bool
    confidence: Confidence
    customs_value: Decimal | None
    lines: tuple[LineDuties, ...]
    taxes: tuple[Charge, ...] = ()
    fees: tuple[Charge, ...] = ()
    relief: tuple[ReliefRow, ...] = ()
    total_without_relief: Decimal | None = None
    total: Decimal | None = None
    total_if_proven: Decimal | None = None
    reasons: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The body of ``POST /v1/estimates``: amounts are strings, unknown is null."""
        currency = self.currency or "EUR"
        return {
            "destination": self.destination,
            "entry_on": self.entry_on.isoformat(),
            "currency": self.currency,
            "complete": self.complete,
            "confidence": self.confidence,
            "customs_value": amount_text(self.customs_value, currency),
            "lines": [line.as_json(currency) for line in self.lines],
            "taxes": [charge.as_json("code", currency) for charge in self.taxes],
            "fees": [charge.as_json("code", currency) for charge in self.fees],
            "relief": [row.as_json(currency) for row in self.relief],
            "total_without_relief": amount_text(self.total_without_relief, currency),
            "total": amount_text(self.total, currency),
            "total_if_proven": amount_text(self.total_if_proven, currency),
            "reasons": list(self.reasons),
            "sources": list(self.sources),
        }


def incomplete(partial: Estimate, reasons: tuple[str, ...]) -> Estimate:
    """The same answer without totals, saying what is unknown."""
    return replace(
        partial,
        complete=False,
        confidence="low",
        reasons=tuple(dict.fromkeys((*reasons, *partial.reasons))),
        total=None,
        total_without_relief=None,
        total_if_proven=None,
    )


def amount_text(amount: Decimal | None, currency: str) -> str | None:
    """An amount in the currency's own decimals, or null when it is unknown."""
    return None if amount is None else text_of(round_to(amount, decimals_of(currency)), currency)


def rate_text(rate: Decimal | None) -> str | None:
    """A rate as the rule file writes it, without a trailing tail of zeros.

    >>> rate_text(Decimal("0.0550")), rate_text(Decimal("0"))
    ('0.055', '0')
    """
    return None if rate is None else format(rate.normalize(), "f")
