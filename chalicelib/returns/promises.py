"""What the shop itself promised, beyond the law: its policy of the day of the order, and a word one of its people gave.

Each is judged by its own conditions, and neither by those of the other or of the law.
"""

from __future__ import annotations

from datetime import date

from chalicelib.merchant import Payer, ReturnPolicy, limit_in
from chalicelib.returns.case import Item, worth_of
from chalicelib.returns.grounds import (
    AT_FAULT,
    IN_TIME,
    NO_FAULT,
    WORD,
    Asked,
    Ground,
    Reason,
    Verdict,
    exclusion_codes,
    of_all,
    own,
    worse,
    worth_doubts,
)
from chalicelib.returns.windows import ending_on, window


def shop_policy(asked: Asked) -> Ground | None:
    """Sending back without a fault because the shop promised it; None when about something else."""
    if asked.request.kind not in ("refund", "exchange") or asked.request.reason not in NO_FAULT:
        return None
    policy = asked.policy
    if policy is None:
        return Ground("policy", "unsure", False, (own("policy_not_in_force", None),))
    start = policy_start(asked, policy)
    if start is None:
        lacking = "delivered_on_required" if policy.start == "delivered" else "policy_start_unknown"
        return Ground("policy", "unsure", False, (own(lacking, policy),))
    return _in_time(asked, policy, start)


def agent_promise(asked: Asked) -> Ground | None:
    """Sending back because somebody of ours said so to this customer; None when nobody did."""
    said, reason = asked.request.promise, asked.request.reason
    if said is None or asked.request.kind not in ("refund", "exchange") or reason not in NO_FAULT | AT_FAULT:
        return None
    until = ending_on(said.until, None, asked.where)
    is_open = until.at(asked.now) == "open"
    rule = f"promise/{said.reference}"
    word = Reason("promise_open" if is_open else "promise_over", rule, "a promise of the shop's people", "high")
    limits = worth_doubts(asked) if is_open else ()
    verdict: Verdict = "denied" if not is_open else "unsure" if limits else "granted"
    why = Reason("freight_promised", rule, word.source, "high") if said.freight == "merchant" else None
    return Ground("promise", verdict, False, (word, *limits), until.sure_until, said.freight, (), why)


def policy_start(asked: Asked, policy: ReturnPolicy) -> date | None:
    """The day the shop's own window counts from; None where nobody knows it."""
    order = asked.request.order
    return {
        "delivered": asked.delivered,
        "ordered": order.sold_on,
        "shipped": order.shipped_on,
        "ready": order.ready_on,
    }[policy.start]


def policy_freight(asked: Asked, policy: ReturnPolicy) -> tuple[Payer, Reason]:
    """Who pays the way home by the shop's own word."""
    free, used = policy.free_returns_per_year, asked.request.returns_in_12_months
    payer = policy.freight_from(asked.request.customer_country, asked.request.reason) or "customer"
    if free and payer == "customer":
        if used is None:
            return "merchant", own("free_returns_unknown", policy)
        payer = "merchant" if used < free else payer
    return payer, own("freight_by_policy_seller" if payer == "merchant" else "freight_by_policy_customer", policy)


def _in_time(asked: Asked, policy: ReturnPolicy, start: date) -> Ground:
    until = window(start, policy.window_for(asked.request.customer_country), "excl_start", "sat_sun_hol", asked.where)
    position = until.at(asked.now)
    doubts = until.doubts if position == "doubtful" else ()
    reach, excluded = _reach(asked.request.items, policy)
    limits = worth_doubts(asked)
    terms, against = _terms(asked, policy)
    payer, why = policy_freight(asked, policy)
    return Ground(
        "policy",
        worse(IN_TIME[position], reach, "unsure" if limits else "granted", terms),
        False,
        (
            own(f"policy_window_{WORD[position]}", policy),
            *(own(doubt, policy) for doubt in doubts),
            *excluded,
            *limits,
            *against,
        ),
        until.sure_until,
        payer,
        (),
        why,
    )


def _terms(asked: Asked, policy: ReturnPolicy) -> tuple[Verdict, tuple[Reason, ...]]:
    """The policy's own conditions: they bind its promise alone, never a right."""
    against = [
        own("policy_condition_not_met", policy, item.sku)
        for item in asked.request.items
        if item.worn and "unworn" in policy.conditions
    ]
    against += [own("set_incomplete", policy, item.sku) for item in asked.request.items if item.incomplete]
    if set(asked.request.missing_docs) & set(policy.docs):
        against.append(own("policy_document_missing", policy))
    if _is_exchange_only(asked, policy):
        return "denied", (*against, own("policy_exchange_only", policy))
    return "unsure" if against else "granted", tuple(against)


def _is_exchange_only(asked: Asked, policy: ReturnPolicy) -> bool:
    worth = worth_of(asked.request.items)
    if asked.request.kind != "refund" or worth is None:
        return False
    limit = limit_in(policy.exchange_only_above, worth.currency)
    return limit is not None and worth.amount > limit


def _reach(items: tuple[Item, ...], policy: ReturnPolicy) -> tuple[Verdict, tuple[Reason, ...]]:
    hits = [(item, sorted(exclusion_codes(item) & set(policy.excluded))) for item in items]
    reasons = tuple(own(f"excluded_{code}", policy, item.sku) for item, codes in hits for code in codes)
    return of_all(["denied" if codes else "granted" for _, codes in hits]), reasons
