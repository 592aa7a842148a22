"""Grounds about a fault or a journey of its own: guarantee, warranty, recall, refusal, repair, loan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import Payer, ReturnPolicy
from chalicelib.returns.case import Item
from chalicelib.returns.grounds import (
    AT_FAULT,
    IN_TIME,
    Asked,
    Ground,
    Reason,
    Verdict,
    by_law,
    of_all,
    own,
    worse,
    worth_doubts,
)
from chalicelib.returns.law import Cited, Guarantee, fault_freight_of, guarantee_of
from chalicelib.returns.remedies import Remedies, remedies_of
from chalicelib.returns.windows import Window, months_window
from chalicelib.shop_policy import WarrantyRow


def legal_guarantee(asked: Asked) -> Ground | None:
    """The seller's liability for a piece that is not as it should be; None when no fault is claimed."""
    if not is_fault(asked):
        return None
    try:
        law = guarantee_of(asked.request.customer_country, asked.request.order.sold_on)
    except RuleNotInForce as unknown:
        missing = Reason("law_not_known_for_order_date", unknown.dataset, "no vintage in force", "low")
        return _unsure(missing, None, replace(missing, code="freight_undecided"))
    if law is None:
        missing = Reason("guarantee_law_unknown", "returns/guarantee", "no row for this country", "low")
        return _unsure(missing, None, replace(missing, code="freight_undecided"))
    if law.row.basis == "reasonable_time":
        return _unsure(by_law("guarantee_reasonable_time", law), *_way_home(asked, law))
    if asked.delivered is None:
        return _unsure(by_law("delivered_on_required", law), *_way_home(asked, law))
    return _guarantee_in_time(asked, remedies_of(asked, law, asked.delivered))


def remedies_now(asked: Asked) -> Remedies | None:
    """How the legal guarantee stands; None when no fault is claimed, no law is held, or the delivery is not known."""
    if not is_fault(asked) or asked.delivered is None:
        return None
    try:
        law = guarantee_of(asked.request.customer_country, asked.request.order.sold_on)
    except RuleNotInForce:
        return None
    return remedies_of(asked, law, asked.delivered) if law else None


def _way_home(asked: Asked, law: Cited[Guarantee]) -> tuple[Payer | None, Reason]:
    """Who pays it by law; nobody, with the reason, where no row says."""
    row = fault_freight_of(asked.request.customer_country, asked.request.order.sold_on)
    return (row.row.paid_by, by_law("freight_at_fault", row)) if row else (None, by_law("freight_undecided", law))


def _unsure(why: Reason, payer: Payer | None, freight: Reason) -> Ground:
    """Whether the law covers the fault is for a person to say, and with it who pays the way home where that is open."""
    return Ground("guarantee", "unsure", True, (why,), None, payer, (), freight)


def is_fault(asked: Asked) -> bool:
    """Whether this return claims that the piece is not as it should be."""
    return asked.request.reason in AT_FAULT and asked.request.kind not in ("recall", "refused", "loan")


def _guarantee_in_time(asked: Asked, found: Remedies) -> Ground:
    law, until = found.law, found.until
    if until is None or (until.at(asked.now) != "open" and not found.early):
        over: Verdict = "denied" if law.may_refuse(asked.today) else "unsure"
        ends = until.sure_until if until else None
        open_yet = by_law("freight_undecided", law) if over == "unsure" else None
        return Ground("guarantee", over, True, (by_law("guarantee_over", law),), ends, None, (), open_yet)
    first = [by_law(f"{one.law.row.code}_open", one.law) for one in found.early]
    if "reject_within_30_days" in found.open_steps:
        first.append(by_law("early_rejection_open", law))
    if found.bonus:
        first.append(by_law("repair_bonus", law))
    reasons = (by_law("guarantee_open", law), *first, by_law("remedy_after_inspection", law))
    payer, why = _way_home(asked, law)
    granted = Ground(
        "guarantee", "granted", True, reasons, until.sure_until, payer, (), why, "all", by_law("outbound_all", law)
    )
    return _with_evidence(asked, granted)


def shop_warranty(asked: Asked) -> Ground | None:
    """The shop's own warranty, by metal and fault; None when no fault is claimed or the policy gives none."""
    policy = asked.policy
    if not is_fault(asked):
        return None
    if policy is None:
        return Ground("warranty", "unsure", False, (own("policy_not_in_force", None),))
    if not policy.warranty_months and not policy.warranty:
        return None
    if asked.delivered is None:
        return Ground("warranty", "unsure", False, (own("delivered_on_required", policy),))
    judged = [_warranty_of(asked, policy, item, asked.delivered) for item in asked.request.items]
    verdict = of_all([one.verdict for one in judged])
    reasons = tuple(dict.fromkeys(reason for one in judged for reason in one.reasons))
    ends = min((one.window_ends_at for one in judged if one.window_ends_at), default=None)
    if verdict == "denied":
        return Ground("warranty", verdict, False, reasons, ends)
    limits = worth_doubts(asked)
    verdict = worse(verdict, "unsure" if limits else "granted")
    if verdict == "granted":
        reasons = (*reasons, own("remedy_after_inspection", policy))
    why = own("freight_at_fault", policy)
    ground = Ground("warranty", verdict, False, (*reasons, *limits), ends, "merchant", (), why)
    return _with_evidence(asked, ground)


def _warranty_of(asked: Asked, policy: ReturnPolicy, item: Item, delivered: date) -> Ground:
    """One piece under the rows of the policy: the row that says most of it decides; a fault that nobody has named may
    fall under a narrower one, so the end is then not sure."""
    rows = [(row, row.covers(item.metal, item.article, asked.request.fault)) for row in policy.warranty]
    sure = max((row for row, covers in rows if covers), key=WarrantyRow.narrowness, default=None)
    may = [row for row, covers in rows if covers is None]
    void = sure is not None and any(getattr(item, flag) for flag in sure.void_if)
    sku = item.sku if policy.warranty else None
    if void:
        return Ground("warranty", "denied", False, (own("warranty_void", policy, sku),))
    months = sure.months if sure else policy.warranty_months
    shortest, longest = min([months, *(row.months for row in may)]), max([months, *(row.months for row in may)])
    if not longest:
        return Ground("warranty", "denied", False, (own("warranty_not_covered", policy, sku),))
    until = months_window(delivered, shortest, asked.where) if shortest else Window(asked.now, asked.now)
    if longest != shortest:
        until = until.perhaps_until(months_window(delivered, longest, asked.where), "warranty_fault_unknown")
    position = until.at(asked.now)
    code = {"open": "warranty_open", "doubtful": "warranty_fault_unknown", "closed": "warranty_over"}[position]
    return Ground("warranty", IN_TIME[position], False, (own(code, policy),), until.sure_until)


def _with_evidence(asked: Asked, ground: Ground) -> Ground:
    if not asked.evidence_missing:
        return ground
    verdict: Verdict = "evidence" if ground.verdict == "granted" else ground.verdict
    reasons = (*ground.reasons, own("evidence_missing", asked.policy))
    return replace(ground, verdict=verdict, reasons=reasons, evidence_wanted=asked.evidence_missing)


def recall(asked: Asked) -> Ground | None:
    """A safety recall on file covers every piece; None when it is about something else."""
    if asked.request.kind != "recall":
        return None
    listed = all(
        any(item.sku in recalled.skus or item.serial in recalled.serials for recalled in asked.merchant.recall)
        for item in asked.request.items
    )
    reason = Reason("recall_listed" if listed else "recall_not_listed", "merchant/recall", "the recall list", "high")
    why = replace(reason, code="freight_at_fault")
    return Ground("recall", "granted" if listed else "unsure", True, (reason,), None, "merchant", (), why)


def refused_delivery(asked: Asked) -> Ground | None:
    """The customer never took the parcel; None when it is about something else."""
    if asked.request.kind != "refused":
        return None
    order = asked.request.order
    taken = order.delivered_on is not None or order.delivered_at is not None
    reason = Reason("was_delivered" if taken else "never_accepted", "carrier", "the carrier's record", "high")
    return Ground("refused_delivery", "unsure" if taken else "granted", False, (reason,), None, "merchant")


def paid_repair(asked: Asked) -> Ground | None:
    """A repair the customer pays for, as the policy offers it; None when it is about something else."""
    if asked.request.kind != "repair" or asked.request.reason != "repair":
        return None
    policy = asked.policy
    if policy is None:
        return Ground("paid_repair", "unsure", False, (own("policy_not_in_force", None),))
    if not policy.paid_repairs:
        return Ground("paid_repair", "denied", False, (own("repairs_not_offered", policy),))
    limits = worth_doubts(asked)
    reasons = (own("paid_repair_offered", policy), *limits)
    payer = policy.freight.get("repair", "customer")
    return Ground("paid_repair", "unsure" if limits else "granted", False, reasons, None, payer)


def loan(asked: Asked) -> Ground | None:
    """A piece that was lent or sent as a sample comes back; None when it is about something else."""
    if asked.request.kind != "loan":
        return None
    known = asked.policy is not None and asked.policy.loans
    reason = own("loan_under_policy" if known else "loan_not_in_policy", asked.policy)
    return Ground("loan", "granted" if known else "unsure", False, (reason,), None, "merchant")
