"""Which carrier may carry what, on which lane, up to which value, and what it asks for.

All rows that match are collected. Any deny wins; every condition must hold; a review stops the machine; and
where no row names these goods the answer is review, never yes. The ids of the rows used go into the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from chalicelib.carriers.acceptance_rows import (
    Cap,
    Row,
    is_ours_to_do,
    is_stale,
    rows_in_force,
    text_of_requirement,
)
from chalicelib.carriers.goods import Goods, ParcelFacts
from chalicelib.carriers.requirements import Standing, unmet
from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import CarrierContract
from chalicelib.places import Lane
from chalicelib.rulebook import Confidence, weakest

Outcome = Literal["accepted", "review", "denied"]
Rates = Mapping[tuple[str, str], Decimal]
# Over a limit of these a person may ask the carrier; over any other the parcel cannot go.
ASKABLE = frozenset({"AGREEMENT_ABOVE", "SVP_PREAPPROVAL_ABOVE"})
LIFTED_BY_CONTRACT = frozenset({"AGREEMENT", "AGREEMENT_ABOVE"})
DEFAULTS = frozenset({"NO_RULE", "AMBIGUOUS_CLASS"})


@dataclass(frozen=True, slots=True)
class AcceptanceReason:
    """Why a parcel may not simply go; ``row`` is the rule, ``detail`` a code of what it is about."""

    code: str
    row: str
    source: str
    confidence: Confidence
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The answer: may it go, by which rows, what must be seen to, and what stands against it."""

    outcome: Outcome
    rows: tuple[str, ...]
    requirements: tuple[str, ...]
    reasons: tuple[AcceptanceReason, ...]
    confidence: Confidence

    def as_json(self) -> dict[str, Any]:
        """The shape used in a route."""
        return {
            "outcome": self.outcome,
            "rules": list(self.rows),
            "requirements": [{"code": code, "text": text_of_requirement(code)} for code in self.requirements],
            "reasons": [
                {
                    "code": reason.code,
                    "detail": reason.detail,
                    "rule": reason.row,
                    "source": reason.source,
                    "confidence": reason.confidence,
                }
                for reason in self.reasons
            ],
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one row comes to for one parcel."""

    row: Row
    outcome: Outcome
    reasons: tuple[AcceptanceReason, ...] = ()


def accept(
    parcel: ParcelFacts,
    carrier: str,
    service: str,
    lane: Lane,
    on: date,
    contracts: Iterable[CarrierContract] = (),
    rates: Rates | None = None,
) -> Acceptance:
    """May this service take this parcel on this lane that day; never raises for what is unknown.

    ``rates`` turns one unit of the first currency into the second; what cannot be compared is a review.
    """
    try:
        known = rows_in_force(on)
    except RuleNotInForce as unknown:
        reason = AcceptanceReason("rules_not_in_force", unknown.dataset, "no vintage in force", "low")
        return Acceptance("review", (), (), (reason,), "low")
    contract = next((agreed for agreed in contracts if agreed.carrier == carrier), None)
    short = service.removeprefix(f"{carrier.upper()}_")
    matching = [row for row in known if row.matches(carrier, short, lane, parcel.goods)]
    standing = Standing(parcel, contract, lane, on, rates or {}, _declared_cap(matching))
    findings = [_judge(row, standing) for row in _spoken(matching, parcel.goods)]
    return _sum_up(findings, _unnamed(parcel.goods, matching, carrier))


def _spoken(rows: list[Row], goods: frozenset[Goods]) -> list[Row]:
    """The rows that count: a default is silenced when rows that name a place take all these very goods."""
    taken = {kind for row in rows if row.decision in ("allow", "conditional") and row.is_specific for kind in row.goods}
    return [row for row in rows if row.reason not in DEFAULTS or (goods & set(row.goods)) - taken]


def _declared_cap(rows: list[Row]) -> Cap | None:
    """The least that may be declared to the carrier for these goods, where it sets a limit."""
    caps = [row.max_value for row in rows if row.max_value and row.max_value.field == "carrier_declared_value"]
    return min(caps, key=lambda cap: cap.limit.amount, default=None)


def _unnamed(goods: frozenset[Goods], rows: list[Row], carrier: str) -> tuple[AcceptanceReason, ...]:
    taken = {kind for row in rows if row.decision in ("allow", "conditional") for kind in row.goods}
    spoken = {kind for row in rows if row.decision in ("deny", "review") for kind in row.goods}
    return tuple(
        AcceptanceReason("no_rule", f"carriers/acceptance#{carrier}", "no row names these goods", "low", kind)
        for kind in sorted(goods - taken - spoken)
    )


def _judge(row: Row, standing: Standing) -> _Finding:
    if row.reason in LIFTED_BY_CONTRACT and row.decision in ("deny", "review") and _lifted(row, standing):
        return _Finding(row, "accepted")
    if is_stale(row, standing.on):
        return _Finding(row, "review", (_reason("rule_out_of_date", row),))
    if row.decision == "deny":
        return _judge_ban(row, standing)
    if row.decision == "review":
        return _Finding(row, "review", (_reason("carrier_must_be_asked", row, row.reason),))
    return _judge_condition(row, standing)


def _judge_ban(row: Row, standing: Standing) -> _Finding:
    """A ban with requirements has an exception: when all are proven a person looks, else it stands."""
    if row.requires and not any(unmet(code, standing) for code in row.requires):
        return _Finding(row, "review", (_reason("ban_with_exception", row, row.reason),))
    return _Finding(row, "denied", (_reason("carrier_bans_goods", row, row.reason),))


def _judge_condition(row: Row, standing: Standing) -> _Finding:
    open_points = [(code, unmet(code, standing)) for code in row.requires]
    reasons = [_reason(found.code, row, code) for code, found in open_points if found]
    outcomes: list[Outcome] = [found.outcome for _, found in open_points if found]
    over = _over_limit(row, standing)
    if over:
        reasons.append(over.reasons[0])
        outcomes.append(over.outcome)
    return _Finding(row, _worst(outcomes), tuple(reasons))


def _over_limit(row: Row, standing: Standing) -> _Finding | None:
    cap = row.max_value
    if cap is None or _does_not_bite(cap, standing):
        return None
    amount = standing.amount_for(cap)
    if amount is None:
        return _Finding(row, "review", (_reason("address_day_total_required", row, cap.basis),))
    above = standing.is_above(amount, cap.limit)
    if above is None:
        return _Finding(
            row,
            "review",
            (_reason("exchange_rate_required", row, f"{amount.currency}->{cap.limit.currency}"),),
        )
    if not above or (row.reason in LIFTED_BY_CONTRACT and _lifted(row, standing)):
        return None
    unsure = row.reason in ASKABLE or (cap.when is not None and standing.parcel.fact(cap.when) is None)
    return _Finding(row, "review" if unsure else "denied", (_reason("value_above_limit", row, row.reason or cap.when),))


def _does_not_bite(cap: Cap, standing: Standing) -> bool:
    """Whether the facts put the limit out of play; what is not known keeps it in."""
    if cap.when is not None and standing.parcel.fact(cap.when) is False:
        return True
    return cap.unless is not None and standing.parcel.fact(cap.unless) is True


def _lifted(row: Row, standing: Standing) -> bool:
    agreements = standing.contract.agreements if standing.contract else ()
    return any(row.id in agreed.lifts and agreed.valid_from <= standing.on <= agreed.valid_to for agreed in agreements)


def _sum_up(findings: list[_Finding], unnamed: tuple[AcceptanceReason, ...]) -> Acceptance:
    outcomes = [finding.outcome for finding in findings] + (["review"] if unnamed else [])
    asked = (code for finding in findings for code in finding.row.requires if is_ours_to_do(code))
    reasons = [reason for finding in findings for reason in finding.reasons]
    return Acceptance(
        outcome=_worst(outcomes),
        rows=tuple(finding.row.id for finding in findings),
        requirements=tuple(dict.fromkeys(asked)),
        reasons=(*reasons, *unnamed),
        confidence=weakest(["low" if unnamed else "high", *(finding.row.confidence for finding in findings)]),
    )


def _worst(outcomes: Iterable[Outcome]) -> Outcome:
    order: tuple[Outcome, ...] = ("accepted", "review", "denied")
    return max(outcomes, key=order.index, default="accepted")


def _reason(code: str, row: Row, detail: str | None = None) -> AcceptanceReason:
    return AcceptanceReason(code, row.id, row.source_title, row.confidence, detail)
