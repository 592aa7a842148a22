"""Grounds about a fault or a journey of its own: guarantee, warranty, recall, refusal, repair, loan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import ReturnPolicy
from chalicelib.returns.grounds import AT_FAULT, Asked, Ground, Reason, Verdict, by_law, own, worth_doubts
from chalicelib.returns.law import Cited, Guarantee, guarantee_of
from chalicelib.returns.windows import Window, months_window, window


def legal_guarantee(asked: Asked) -> Ground | None:
    """The seller's liability for a piece that is not as it should be; None when no fault is claimed."""
    if asked.request.reason not in AT_FAULT or asked.request.kind in ("recall", "refused", "loan"):
        return None
    try:
        law = guarantee_of(asked.request.customer_country, asked.request.order.sold_on)
    except RuleNotInForce as unknown:
        missing = Reason("law_not_known_for_order_date", unknown.dataset, "no vintage in force", "low")
        return Ground("guarantee", "unsure", True, (missing,))
    if law is None:
        missing = Reason("guarantee_law_unknown", "returns/guarantee", "no row for this country", "low")
        return Ground("guarantee", "unsure", True, (missing,))
    if law.row.basis == "reasonable_time":
        return Ground("guarantee", "unsure", True, (by_law("guarantee_reasonable_time", law),))
    if asked.delivered is None:
        return Ground("guarantee", "unsure", True, (by_law("delivered_on_required", law),))
    return _guarantee_in_time(asked, law, _guarantee_window(asked, law.row, asked.delivered))


def _guarantee_window(asked: Asked, row: Guarantee, delivered: date) -> Window:
    if row.months:
        return months_window(delivered, row.months, asked.where)
    return window(delivered, row.days, "excl_start", None, asked.where)


def _guarantee_in_time(asked: Asked, law: Cited[Guarantee], until: Window) -> Ground:
    if until.at(asked.now) != "open":
        over: Verdict = "denied" if law.may_refuse(asked.today) else "unsure"
        return Ground("guarantee", over, True, (by_law("guarantee_over", law),), until.sure_until)
    reasons = (by_law("guarantee_open", law), by_law("remedy_after_inspection", law))
    return _with_evidence(asked, Ground("guarantee", "granted", True, reasons, until.sure_until, "merchant"))


def shop_warranty(asked: Asked) -> Ground | None:
    """The shop's own warranty on its work; None when no fault is claimed or the policy gives none."""
    policy = asked.policy
    if asked.request.reason not in AT_FAULT or asked.request.kind in ("recall", "refused", "loan"):
        return None
    if policy is None:
        return Ground("warranty", "unsure", False, (own("policy_not_in_force", None),))
    if not policy.warranty_months:
        return None
    if asked.delivered is None:
        return Ground("warranty", "unsure", False, (own("delivered_on_required", policy),))
    until = months_window(asked.delivered, policy.warranty_months, asked.where)
    if until.at(asked.now) != "open":
        return Ground("warranty", "denied", False, (own("warranty_over", policy),), until.sure_until)
    return _warranty_open(asked, policy, until)


def _warranty_open(asked: Asked, policy: ReturnPolicy, until: Window) -> Ground:
    limits = worth_doubts(asked)
    reasons = (own("warranty_open", policy), own("remedy_after_inspection", policy), *limits)
    verdict: Verdict = "unsure" if limits else "granted"
    return _with_evidence(asked, Ground("warranty", verdict, False, reasons, until.sure_until, "merchant"))


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
    return Ground("recall", "granted" if listed else "unsure", True, (reason,), None, "merchant")


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
