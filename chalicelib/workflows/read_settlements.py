"""Settlements as they are told: each line by line with the rule it rests on, the clocks that run, the money of the
case.

The money is the sale as far as it is known, what settlements gave, what carriers and insurers paid for, what was paid
to customs and came back: postings from account to account, so that every account is told and all of them sum to zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from chalicelib.clock import known_stamp, stamp
from chalicelib.errors import RuleNotInForce
from chalicelib.money import Money
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.money_ledger import balances, posting
from chalicelib.returns.settlement import Account, Posting, Settlement, SettlementLine
from chalicelib.returns.settlement_deadlines import Clock
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.open_money import open_rows
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.settlement_sight import sight_of

BY_RECORD = "goldthread"


def read_settlements(ports: Ports, case_id: str) -> dict[str, Any]:
    """All settlements of a case with their lines, the clocks and the money. Raises ``NotFoundError``."""
    file = file_of(ports, case_id)
    money = postings_of(file)
    return {
        "case_id": case_id,
        "items": [settlement_row(one) for one in _in_order(file)],
        "clocks": [_clock_row(one) for one in _clocks(ports, file)],
        "payment": payment_row(file),
        "postings": [posting_row(one) for one in money],
        "balances": balance_rows(money),
        "open": open_rows(file),
    }


def settlements_in_short(file: CaseFile) -> list[dict[str, Any]]:
    """One line for each, for who reads the whole case."""
    return [
        {
            "settlement_id": one.part_id,
            "kind": one.kind,
            "state": one.state,
            "total": one.total.as_json(),
            "deadline": known_stamp(one.deadline),
            "approvals_missing": max(one.approvals_needed - len(one.approvals), 0) if one.state == "proposed" else 0,
        }
        for one in _in_order(file)
    ]


def settlement_row(one: Settlement) -> dict[str, Any]:
    """One settlement, whole. Its credit code is told: whoever reads it gives it to the customer."""
    return {
        "settlement_id": one.part_id,
        "case_id": one.case_id,
        "kind": one.kind,
        "state": one.state,
        "ground": one.ground,
        "reason": one.reason,
        "why": one.why,
        "total": one.total.as_json(),
        "stake": (one.stake or one.total).as_json(),
        "lines": [_line_row(line) for line in one.lines],
        "beside": [_line_row(line) for line in one.beside],
        "lacks": list(one.lacks),
        "pays": one.pays,
        "proposed_by": one.proposed_by,
        "proposed_role": one.proposed_role,
        "proposed_at": stamp(one.proposed_at),
        "approvals_needed": one.approvals_needed,
        "roles_needed": list(one.roles_needed),
        "approvals": [{"by": each.by, "role": each.role, "at": stamp(each.at)} for each in one.approvals],
        "needs_yes": one.needs_yes,
        "agreed_at": known_stamp(one.agreed_at),
        "deadline": known_stamp(one.deadline),
        "deadline_rule": one.deadline_rule,
        "alert_at": known_stamp(one.alert_at),
        "provider": one.provider,
        "reference": one.reference,
        "provider_reference": one.provider_reference,
        "paid_at": known_stamp(one.paid_at),
        "problem": one.problem,
        "replacement_skus": list(one.replacement_skus),
        "credit_code": one.credit_code,
        "inspection": one.inspection_n,
    }


def payment_row(file: CaseFile) -> dict[str, Any] | None:
    """How the order was paid as far as anybody has said, with what nobody has; None: nothing was said."""
    paid = file.plan.request.order.payment
    if paid is None:
        return None
    return {
        "total": paid.total.as_json(),
        "provider": paid.provider,
        "payment_reference": paid.payment_reference,
        "method": paid.method,
        "scheme": paid.scheme,
        "paid_on": paid.paid_on.isoformat() if paid.paid_on else None,
        **{name: _money(getattr(paid, name)) for name in ("tax", "freight", "express_extra", "duty")},
        "tax_included": paid.tax_included,
        "duty_paid_to": paid.duty_paid_to,
        "rate": str(paid.rate) if paid.rate is not None else None,
        "pieces": paid.pieces,
        "discounts": None if paid.discounts is None else [
            {"code": one.code, "amount": one.amount.as_json(), "given_on": one.given_on.as_json(),
             "pieces": one.pieces, "least_pieces": one.least_pieces, "least_worth": _money(one.least_worth)}
            for one in paid.discounts
        ],
        "gifts": None if paid.gifts is None else [
            {"sku": one.sku, "retail": _money(one.retail)} for one in paid.gifts
        ],
        "unsaid": list(paid.unsaid),
    }  # fmt: skip


def postings_of(file: CaseFile) -> tuple[Posting, ...]:
    """All money of the case that anybody knows of, in the order of its days."""
    found = [*_sale(file), *_customs(file), *_claims(file), *_disputes(file), *file.parts.of(Posting)]
    found.sort(key=lambda one: (one.at, one.why))
    return tuple(replace(one, n=n) for n, one in enumerate(found, 1))


def _in_order(file: CaseFile) -> list[Settlement]:
    return sorted(file.parts.of(Settlement), key=lambda one: one.n)


def _clocks(ports: Ports, file: CaseFile) -> tuple[Clock, ...]:
    try:
        sight = sight_of(ports, file)
    except RuleNotInForce:
        return ()
    agreed = min((one.proposed_at for one in sight.settlements if one.is_under_way), default=None)
    return sight.clocks(agreed)


def _sale(file: CaseFile) -> Iterator[Posting]:
    order = file.plan.request.order
    paid = order.payment
    if paid is None or paid.total.amount <= 0:
        return
    yield _known(file, "customer", "merchant", paid.total, "sale", paid.paid_on or order.sold_on, order.number)
    if paid.duty is not None and paid.duty.amount > 0 and paid.duty_paid_to == "customs":
        day = order.delivered_on or order.sold_on
        yield _known(file, "customer", "customs", paid.duty, "import_duty", day, order.number)


def _customs(file: CaseFile) -> Iterator[Posting]:
    """Duty paid on the way home and what came back of it, by the duty ledger; what a customer was charged is theirs."""
    for entry in file.duties:
        facts = entry.facts
        payer: Account = "customer" if facts.paid_by == "customer" else "merchant"
        for name in ("duty", "tax", "fees"):
            part: Money | None = getattr(facts, name)
            if part is not None and part.amount > 0:
                yield _known(file, payer, "customs", part, f"{name}_paid", facts.paid_on, entry.entry_id)
        for receipt in entry.receipts:
            yield _known(file, "customs", payer, receipt.amount, "duty_back", receipt.on, receipt.reference)


def _claims(file: CaseFile) -> Iterator[Posting]:
    for claim in file.claims:
        for paid in claim.payments:
            yield _known(file, claim.party, "merchant", paid.amount, "claim_paid", paid.on, paid.reference)


def _disputes(file: CaseFile) -> Iterator[Posting]:
    """What a bank took from us for the customer; of an amount that nobody knows there is no entry."""
    for one in file.parts.of(Dispute):
        if one.bank_gave is not None and one.bank_gave.amount > 0:
            on = (one.changed_at or one.opened_at).date()
            yield _known(
                file, "merchant", "customer", one.bank_gave, "chargeback", on, one.provider_reference or "none"
            )


def _known(
    file: CaseFile, giver: Account, taker: Account, amount: Money, why: str, on: date, reference: str
) -> Posting:
    at = datetime.combine(on, time(), UTC)
    return posting(file.case.case_id, 1, giver, taker, amount, why, at, BY_RECORD, reference=reference)


def _line_row(line: SettlementLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "amount": line.amount.as_json(),
        "rule": line.rule,
        "source": line.source,
        "line": line.line,
        "pieces": line.pieces,
    }


def _clock_row(one: Clock) -> dict[str, Any]:
    return {
        "code": one.code,
        "starts": one.starts,
        "began_at": stamp(one.began_at),
        "days": one.days,
        "unit": one.unit,
        "last_day": one.last_day.isoformat(),
        "target": one.target.isoformat(),
        "ends_at": stamp(one.ends_at),
        "alert_at": stamp(one.alert_at),
        "time_zone": one.zone_name,
        "may_hold": one.may_hold,
        "assumed": one.assumed,
        "because": one.because,
        "rule": one.rule,
        "source": one.source,
        "confidence": one.confidence,
    }


def balance_rows(money: Iterable[Posting]) -> list[dict[str, Any]]:
    """What each account has got more than it gave."""
    return [
        {"account": account, "amount": Money(amount, currency).as_json()}
        for (account, currency), amount in sorted(balances(money).items())
    ]


def posting_row(one: Posting) -> dict[str, Any]:
    """One entry as answers show it."""
    return {
        "n": one.n,
        "at": stamp(one.at),
        "by": one.by,
        "from": one.from_account,
        "to": one.to_account,
        "amount": one.amount.as_json(),
        "why": one.why,
        "reference": one.reference,
        "settlement_id": str(one.settlement_n) if one.settlement_n is not None else None,
        "repair": one.repair_n,
    }


def _money(money: Money | None) -> dict[str, str] | None:
    return money.as_json() if money is not None else None
