"""Which carrier may carry what, on which lane, up to which value, and what it asks for.

All rows that match are collected. Any ban wins; every condition must hold or be seen to; a review stops the machine;
and where no row names these goods the answer is a person, never yes. Every row that was looked at goes into the
answer, with what it came to, its source and its age.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chalicelib.carriers.acceptance_rows import Cap, Row, is_stale, rows_in_force
from chalicelib.carriers.findings import (
    Acceptance,
    AcceptanceReason,
    Finding,
    LimitCheck,
    Outcome,
    worst,
)
from chalicelib.carriers.goods import Goods, ParcelFacts
from chalicelib.carriers.requirements import Condition, Rates, Standing, condition_of, is_provable
from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import Agreement, CarrierContract
from chalicelib.places import Lane
from chalicelib.rulebook import weakest

# Over a limit of these a person may ask the carrier; over any other the parcel cannot go.
ASKABLE = frozenset({"AGREEMENT_ABOVE", "SVP_PREAPPROVAL_ABOVE"})
LIFTED_BY_CONTRACT = frozenset({"AGREEMENT", "AGREEMENT_ABOVE"})
DEFAULTS = frozenset({"NO_RULE", "AMBIGUOUS_CLASS"})


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

    ``rates`` turns one unit of the first currency into the second; what cannot be compared needs a person.
    """
    try:
        known = rows_in_force(on)
    except RuleNotInForce as unknown:
        reason = AcceptanceReason("rules_not_in_force", unknown.dataset, "no vintage in force", "low")
        return Acceptance("needs_a_person", on, (), (), (reason,), "low")
    contract = next((agreed for agreed in contracts if agreed.carrier == carrier), None)
    short = service.removeprefix(f"{carrier.upper()}_")
    matching = [row for row in known if row.matches(carrier, short, lane, parcel.goods)]
    standing = Standing(parcel, contract, lane, on, rates or {}, _declared_cap(matching))
    findings = [_judge(row, standing) for row in matching]
    spoken = _spoken(findings, parcel.goods)
    return _sum_up(spoken, _unnamed(parcel.goods, spoken, carrier), on)


def _spoken(findings: list[Finding], goods: frozenset[Goods]) -> list[Finding]:
    """The rows that count: a default is silenced when rows that name a place take all these very goods."""
    taken = {kind for one in findings if one.takes and one.row.is_specific for kind in one.row.goods}
    return [one for one in findings if one.row.reason not in DEFAULTS or (goods & set(one.row.goods)) - taken]


def _declared_cap(rows: list[Row]) -> Cap | None:
    """The least that may be declared to the carrier for these goods, where it sets a limit."""
    caps = [row.max_value for row in rows if row.max_value and row.max_value.field == "carrier_declared_value"]
    return min(caps, key=lambda cap: cap.limit.amount, default=None)


def _unnamed(goods: frozenset[Goods], findings: list[Finding], carrier: str) -> tuple[AcceptanceReason, ...]:
    taken = {kind for one in findings if one.takes for kind in one.row.goods}
    spoken = {kind for one in findings if one.row.decision in ("deny", "review") for kind in _stopped(one)}
    return tuple(
        AcceptanceReason("no_rule", f"carriers/acceptance#{carrier}", "no row names these goods", "low", kind)
        for kind in sorted(goods - taken - spoken)
    )


def _stopped(finding: Finding) -> tuple[str, ...]:
    """The goods a row stops. A ban that was lifted or a question that was settled stops nothing, and takes nothing."""
    return finding.row.goods if finding.outcome in ("needs_a_person", "refused") else ()


def _judge(row: Row, standing: Standing) -> Finding:
    agreement = _agreement_on(row, standing)
    if row.decision in ("deny", "review") and agreement.lifts is not None:
        takes = row.decision == "review" and row.carrier != "*"
        return Finding(row, "allowed", lifted_by=agreement.lifts, takes=takes)
    if is_stale(row, standing.on):
        return Finding(row, "needs_a_person", (_reason("rule_out_of_date", row), *agreement.told))
    if row.decision == "deny":
        return _judge_ban(row, standing, agreement)
    if row.decision == "review":
        return _judge_review(row, standing, agreement)
    return _judge_condition(row, standing, agreement)


def _judge_ban(row: Row, standing: Standing, agreement: _OnAgreement) -> Finding:
    """A ban with requirements has an exception: when all are proven a person looks, else it stands."""
    conditions = _conditions(row, standing)
    if conditions and all(one.unmet is None for one in conditions):
        return Finding(row, "needs_a_person", (_reason("ban_with_exception", row, row.reason),), conditions)
    reasons = (_reason("carrier_bans_goods", row, row.reason), *agreement.told)
    return Finding(row, "refused", reasons, conditions)


def _judge_review(row: Row, standing: Standing, agreement: _OnAgreement) -> Finding:
    """What a person must decide, unless all that the row asks to be established has been, for this destination and
    not too long ago. A row that asks for more than proof is never settled by proof."""
    conditions = _conditions(row, standing)
    if not conditions or not all(is_provable(code) for code in row.requires):
        reasons = (_reason("carrier_must_be_asked", row, row.reason), *agreement.told)
        return Finding(row, "needs_a_person", reasons, conditions)
    reasons = tuple(_reason(one.unmet.code, row, one.code) for one in conditions if one.unmet)
    if reasons:
        return Finding(row, "needs_a_person", (*reasons, *agreement.told), conditions)
    return Finding(row, "conditional", (), conditions, takes=row.carrier != "*")


def _judge_condition(row: Row, standing: Standing, agreement: _OnAgreement) -> Finding:
    conditions = _conditions(row, standing)
    reasons = [_reason(one.unmet.code, row, one.code) for one in conditions if one.unmet]
    outcomes: list[Outcome] = [one.outcome for one in conditions]
    check = _checked_limit(row, standing)
    if check is None or not check.stands_against:
        return Finding(row, worst(outcomes), tuple(reasons), conditions, check, takes=True)
    if check.is_above and agreement.lifts is not None:
        return Finding(row, worst(outcomes), tuple(reasons), conditions, check, agreement.lifts, takes=True)
    outcomes.append(_over(row, check, standing))
    reasons += [_reason(check.code, row, check.detail), *(agreement.told if check.is_above else ())]
    return Finding(row, worst(outcomes), tuple(reasons), conditions, check, takes=True)


def _conditions(row: Row, standing: Standing) -> tuple[Condition, ...]:
    return tuple(condition_of(code, row.id, standing) for code in row.requires)


def _checked_limit(row: Row, standing: Standing) -> LimitCheck | None:
    """The limit of a row held against the amount it is about: each basis, and what is declared apart."""
    cap = row.max_value
    if cap is None:
        return None
    if _does_not_bite(cap, standing):
        return LimitCheck(cap, None, None, applies=False)
    amount = standing.amount_for(cap)
    if amount is None:
        return LimitCheck(cap, None, None, True, "address_day_total_required", cap.basis)
    above = standing.is_above(amount, cap.limit)
    if above is None:
        return LimitCheck(cap, amount, None, True, "exchange_rate_required", f"{amount.currency}->{cap.currency}")
    return LimitCheck(cap, amount, above, True, "value_above_limit", row.reason or cap.when)


def _over(row: Row, check: LimitCheck, standing: Standing) -> Outcome:
    if not check.is_above:
        return "needs_a_person"
    when = check.cap.when
    unsure = row.reason in ASKABLE or (when is not None and standing.parcel.fact(when) is None)
    return "needs_a_person" if unsure else "refused"


def _does_not_bite(cap: Cap, standing: Standing) -> bool:
    """Whether the facts put the limit out of play; what is not known keeps it in."""
    if cap.when is not None and standing.parcel.fact(cap.when) is False:
        return True
    return any(standing.parcel.fact(name) is True for name in cap.unless)


@dataclass(frozen=True, slots=True)
class _OnAgreement:
    """The agreement that lifts a row, or what is to be said of those that name it and do not."""

    lifts: Agreement | None = None
    told: tuple[AcceptanceReason, ...] = ()


def _agreement_on(row: Row, standing: Standing) -> _OnAgreement:
    """What was agreed about this row. An agreement lifts only what the carrier leaves to agreement, while it is
    valid; one that names the row in vain is said so with its reference."""
    named = [a for a in (standing.contract.agreements if standing.contract else ()) if row.id in a.lifts]
    if row.reason not in LIFTED_BY_CONTRACT:
        return _OnAgreement(None, tuple(_reason("agreement_lifts_no_ban", row, a.agreement_ref) for a in named))
    valid = [a for a in named if a.valid_from <= standing.on <= a.valid_to]
    if valid:
        return _OnAgreement(max(valid, key=lambda a: a.valid_to))
    told = [
        _reason("agreement_expired" if a.valid_to < standing.on else "agreement_not_yet_valid", row, a.agreement_ref)
        for a in named
    ]
    return _OnAgreement(None, tuple(told))


def _sum_up(findings: list[Finding], unnamed: tuple[AcceptanceReason, ...], on: date) -> Acceptance:
    outcomes: list[Outcome] = [finding.outcome for finding in findings]
    if unnamed:
        outcomes.append("needs_a_person")
    merged: dict[str, Condition] = {}
    for condition in (one for finding in findings for one in finding.conditions):
        earlier = merged.get(condition.code)
        merged[condition.code] = condition if earlier is None else earlier.asked_by_too(condition)
    reasons = [reason for finding in findings for reason in finding.reasons]
    return Acceptance(
        outcome=worst(outcomes),
        on=on,
        findings=tuple(findings),
        conditions=tuple(merged.values()),
        reasons=(*reasons, *unnamed),
        confidence=weakest(["low" if unnamed else "high", *(finding.row.confidence for finding in findings)]),
    )


def _reason(code: str, row: Row, detail: str | None = None) -> AcceptanceReason:
    return AcceptanceReason(code, row.id, row.source_title, row.confidence, detail)
