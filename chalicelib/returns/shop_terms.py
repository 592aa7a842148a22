"""The terms of the shop's policy that go with a return, as they are told: what must come back with it and by when, what
is charged where something is missing, when money is promised. They bind the shop's promise, never a right.
"""

from __future__ import annotations

from typing import Any

from chalicelib.merchant import ReturnPolicy
from chalicelib.money import Money
from chalicelib.returns.case import ReturnRequest, worth_of


def shop_terms(request: ReturnRequest, policy: ReturnPolicy) -> dict[str, Any]:
    """The terms of this policy, amounts in the currency that was paid (None: the policy names none in it)."""
    worth = worth_of(request.items)
    currency = worth.currency if worth else ""
    resize = policy.resize
    return {
        "policy_version": policy.version,
        "counts_from": policy.start,
        "window_days": policy.window_for(request.customer_country),
        "send_within_days": policy.send_within_days,
        "rma_valid_days": policy.rma_valid_days,
        "refund_business_days": policy.refund_business_days,
        "conditions": list(policy.conditions),
        "docs": list(policy.docs),
        "docs_missing": [doc for doc in policy.docs if doc in request.missing_docs],
        "certificate_fee": _in(policy.cert_fee, currency),
        "engraving_fee": _in(policy.engrave_fee, currency),
        "exchange_only_above": _in(policy.exchange_only_above, currency),
        "free_returns_per_year": policy.free_returns_per_year,
        "resize_free_days": resize.free_days if resize else None,
        "resize_free_times": resize.free_times if resize else None,
        "resize_fee": _in(resize.fee, currency) if resize else None,
        "insured_only_with_our_label": policy.insured_only_with_our_label,
    }


def _in(amounts: tuple[Money, ...], currency: str) -> dict[str, str] | None:
    return next((amount.as_json() for amount in amounts if amount.currency == currency), None)
