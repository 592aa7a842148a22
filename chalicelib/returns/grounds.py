"""The grounds of a return without a fault: the law's right to withdraw, and the shop's own promise.

Each ground looks at the request alone and comes to its own verdict; conditions of one are never mixed into
another. ``denied`` is only ever said on sure and fresh rules; where something is not known the verdict is
``unsure``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from chalicelib.clock import add_months, zone
from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import Merchant, Payer, ReturnPolicy, limit_in
from chalicelib.returns.case import Item, ReturnRequest, worth_of
from chalicelib.returns.law import (
    Cited,
    Exclusion,
    ExclusionCode,
    R,
    Right,
    exclusions_of,
    withdrawal_right,
)
from chalicelib.returns.windows import Position, Whereabouts, Window, ending_on, window
from chalicelib.rulebook import Confidence

Verdict = Literal["granted", "evidence", "unsure", "denied"]
GroundCode = Literal[
    "withdrawal", "policy", "guarantee", "warranty", "recall", "refused_delivery", "paid_repair", "loan"
]
NO_FAULT = frozenset({"change_of_mind", "size"})
AT_FAULT = frozenset({"quality", "not_as_described", "wrong_item", "damaged_in_transit"})
_IN_TIME: Mapping[Position, Verdict] = {"open": "granted", "doubtful": "unsure", "closed": "denied"}
_WORD: Mapping[Position, str] = {"open": "open", "doubtful": "doubtful", "closed": "over"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with the rule it rests on; ``item`` is the SKU when it is about one line only."""

    code: str
    rule: str
    source: str
    confidence: Confidence
    item: str | None = None

    @property
    def text_key(self) -> str:
        """The key of its wording in the notices of every language."""
        return f"returns.{self.code}"


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground and what it comes to. ``statutory`` grounds need nobody's approval."""

    code: GroundCode
    verdict: Verdict
    statutory: bool
    reasons: tuple[Reason, ...]
    window_ends_at: datetime | None = None
    freight_paid_by: Payer | None = None
    evidence_wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The request with what is needed to judge it."""

    request: ReturnRequest
    merchant: Merchant
    now: datetime

    @property
    def where(self) -> Whereabouts:
        """Where the customer's day ends."""
        return Whereabouts(self.request.customer_country, self.request.customer_region)

    @property
    def today(self) -> date:
        """The customer's local date."""
        return self.now.astimezone(zone(self.where.zone_name)).date()

    @property
    def delivered(self) -> date | None:
        """The day of delivery, None when unknown or not to be believed."""
        day = self.request.order.delivered_day(self.where.zone_name)
        return None if day is None or day > self.today or day < self.request.order.sold_on else day

    @property
    def policy(self) -> ReturnPolicy | None:
        """The policy in force when the order was placed."""
        return self.merchant.policy_on(self.request.order.sold_on)

    @property
    def evidence_missing(self) -> tuple[str, ...]:
        """What the policy asks for with this reason and nobody has offered yet."""
        wanted = self.policy.evidence.get(self.request.reason, ()) if self.policy else ()
        return tuple(kind for kind in wanted if kind not in self.request.evidence_offered)


def own(code: str, policy: ReturnPolicy | None, item: str | None = None) -> Reason:
    """A reason that rests on the merchant's own policy."""
    rule = f"merchant/policy@{policy.version}" if policy else "merchant/policy"
    return Reason(code, rule, "the merchant's return policy", "high", item)


def by_law(code: str, cited: Cited[R], item: str | None = None) -> Reason:
    """A reason that rests on a row of law."""
    return Reason(code, cited.rule, cited.source, cited.row.confidence, item)


def withdrawal(asked: Asked) -> Ground | None:
    """Sending back without a reason because the law says so; None when about something else."""
    if asked.request.kind not in ("refund", "exchange") or asked.request.reason not in NO_FAULT | AT_FAULT:
        return None
    try:
        right = withdrawal_right(asked.request.customer_country, asked.request.order.sold_on)
    except RuleNotInForce as unknown:
        missing = Reason("law_not_known_for_order_date", unknown.dataset, "no vintage in force", "low")
        return Ground("withdrawal", "unsure", True, (missing,))
    if stop := _no_right(asked, right):
        return stop
    if asked.delivered is None:
        return Ground("withdrawal", "unsure", True, (by_law("delivered_on_required", right),))
    return _withdrawal_in_time(asked, right, asked.delivered)


def _no_right(asked: Asked, right: Cited[Right]) -> Ground | None:
    if right.row.basis == "unclear":
        return Ground("withdrawal", "unsure", True, (by_law("withdrawal_law_unclear", right),))
    denied: Verdict = "denied" if right.may_refuse(asked.today) else "unsure"
    if right.row.basis == "policy_only":
        if _default_possible(asked, right.row):
            return Ground("withdrawal", "unsure", True, (by_law("no_clause_default_possible", right),))
        return Ground("withdrawal", denied, True, (by_law("no_statutory_withdrawal", right),))
    if right.row.applies == "no_clear_return_clause":
        shown = asked.policy.return_clause_shown if asked.policy else None
        if shown is None:
            return Ground("withdrawal", "unsure", True, (by_law("return_clause_unknown", right),))
        if shown:
            return Ground("withdrawal", denied, True, (by_law("return_clause_applies", right),))
    return None


def _default_possible(asked: Asked, right: Right) -> bool:
    """Whether the law may give a time to return because the shop is not known to have shown a clause."""
    shown = asked.policy.return_clause_shown if asked.policy else None
    region = asked.request.customer_region
    return shown is not True and bool(right.no_clause_regions) and region in (None, *right.no_clause_regions)


def _withdrawal_in_time(asked: Asked, right: Cited[Right], delivered: date) -> Ground:
    until = _withdrawal_window(asked, right.row, delivered)
    position = until.at(asked.now)
    in_time = by_law(f"withdrawal_window_{_WORD[position]}", right)
    timely = _IN_TIME[position]
    if timely == "denied" and not right.may_refuse(asked.today):
        timely = "unsure"
    reach, excluded = _reach(asked, exclusions_of(right))
    payer, freight_reasons = _return_freight(asked, right)
    doubts = tuple(by_law(doubt, right) for doubt in until.doubts) if position != "closed" else ()
    return Ground(
        "withdrawal",
        worse(timely, reach),
        True,
        (in_time, *doubts, *excluded, *freight_reasons),
        until.sure_until,
        payer,
    )


def _withdrawal_window(asked: Asked, right: Right, delivered: date) -> Window:
    until = window(delivered, right.days, right.count, right.rolls_over, asked.where)
    told = asked.policy.withdrawal_notice_given if asked.policy else None
    if right.uninformed_months and told is not True:
        longer = _uninformed_window(asked, right, delivered)
        until = longer if told is False else until.perhaps_until(longer, "withdrawal_notice_unknown")
    if right.misdescribed_months and asked.request.reason in ("not_as_described", "wrong_item"):
        longest = ending_on(add_months(delivered, right.misdescribed_months), None, asked.where)
        until = until.perhaps_until(longest, "misdescription_known_since_unknown")
    return until


def _uninformed_window(asked: Asked, right: Right, delivered: date) -> Window:
    first_end = delivered + timedelta(days=right.days)
    start = first_end if right.uninformed_from == "window_end" else delivered
    longer = ending_on(add_months(start, right.uninformed_months), right.rolls_over, asked.where)
    return Window(longer.sure_until, longer.latest_until, (*longer.doubts, "withdrawal_notice_missing"))


def _return_freight(asked: Asked, right: Cited[Right]) -> tuple[Payer, tuple[Reason, ...]]:
    if right.row.return_freight == "merchant" or asked.request.reason in AT_FAULT - {"quality"}:
        return "merchant", ()
    if asked.policy and asked.policy.freight.get(asked.request.reason) == "merchant":
        return "merchant", ()
    told = asked.policy.freight_notice_given if asked.policy else None
    if right.row.return_freight == "customer" or told:
        return "customer", ()
    return "merchant", (by_law("freight_notice_unknown", right),) if told is None else ()


def shop_policy(asked: Asked) -> Ground | None:
    """Sending back without a fault because the shop promised it; None when about something else."""
    if asked.request.kind not in ("refund", "exchange") or asked.request.reason not in NO_FAULT:
        return None
    policy = asked.policy
    if policy is None:
        return Ground("policy", "unsure", False, (own("policy_not_in_force", None),))
    if asked.delivered is None:
        return Ground("policy", "unsure", False, (own("delivered_on_required", policy),))
    days = policy.window_for(asked.request.customer_country)
    until = window(asked.delivered, days, "excl_start", "sat_sun_hol", asked.where)
    position = until.at(asked.now)
    doubts = until.doubts if position == "doubtful" else ()
    in_time = own(f"policy_window_{_WORD[position]}", policy)
    reach, excluded = _shop_reach(asked.request.items, policy)
    limits = worth_doubts(asked)
    return Ground(
        "policy",
        worse(_IN_TIME[position], reach, "unsure" if limits else "granted"),
        False,
        (in_time, *(own(doubt, policy) for doubt in doubts), *excluded, *limits),
        until.sure_until,
        policy.freight.get(asked.request.reason, "customer"),
    )


def worth_doubts(asked: Asked) -> tuple[Reason, ...]:
    """Why a promise of the shop is not kept by a machine alone: the worth is high, or cannot be compared."""
    policy = asked.policy
    if policy is None or not policy.review_above:
        return ()
    worth = worth_of(asked.request.items)
    if worth is None:
        return (own("mixed_currencies", policy),)
    limit = limit_in(policy.review_above, worth.currency)
    if limit is None:
        return (own("review_limit_currency_missing", policy),)
    return (own("value_above_review_limit", policy),) if worth.amount > limit else ()


def exclusion_codes(item: Item) -> frozenset[ExclusionCode]:
    """Which exclusions speak of this piece. A flag nobody has set excludes nothing.

    A standard size picked from a list is not made to order, and earrings without a seal keep the right.
    """
    found: set[ExclusionCode] = set()
    if item.engraved or item.made_to_order:
        found.add("custom")
    if item.article == "earrings" and item.seal_broken:
        found.add("pierced_unsealed")
    if item.article in ("bar", "coin"):
        found.add("bullion")
    if item.resized:
        found.add("resized")
    return frozenset(found)


def worse(*verdicts: Verdict) -> Verdict:
    """The least favourable of several things that must all hold.

    >>> worse("granted", "unsure"), worse("unsure", "denied", "granted")
    ('unsure', 'denied')
    """
    order: tuple[Verdict, ...] = ("granted", "evidence", "unsure", "denied")
    return max(verdicts, key=order.index)


def _reach(asked: Asked, exclusions: Iterable[Cited[Exclusion]]) -> tuple[Verdict, tuple[Reason, ...]]:
    known = list(exclusions)
    pieces: list[Verdict] = []
    reasons: list[Reason] = []
    for item in asked.request.items:
        hits = [cited for cited in known if cited.row.code in exclusion_codes(item)]
        judged = [(cited, _held(asked, cited)) for cited in hits]
        pieces.append(worse("granted", *(verdict for _, verdict in judged)))
        for cited, verdict in judged:
            if verdict != "granted":
                reasons.append(by_law(f"excluded_{cited.row.code}", cited, item.sku))
            if verdict == "unsure" and cited.row.needs:
                reasons.append(by_law("exclusion_notice_unknown", cited, item.sku))
    return _of_all(pieces), tuple(reasons)


def _held(asked: Asked, cited: Cited[Exclusion]) -> Verdict:
    policy = asked.policy
    told = policy.exclusions_told if policy else None
    confirmed = policy.exclusions_confirmed if policy else None
    answers: dict[str | None, bool | None] = {None: True, "told": told, "confirmed": confirmed}
    holds = answers.get(cited.row.needs)
    if holds is False:
        return "granted"
    return "denied" if holds and cited.may_refuse(asked.today) else "unsure"


def _shop_reach(items: tuple[Item, ...], policy: ReturnPolicy) -> tuple[Verdict, tuple[Reason, ...]]:
    hits = [(item, sorted(exclusion_codes(item) & set(policy.excluded))) for item in items]
    reasons = tuple(own(f"excluded_{code}", policy, item.sku) for item, codes in hits for code in codes)
    return _of_all(["denied" if codes else "granted" for _, codes in hits]), reasons


def _of_all(pieces: list[Verdict]) -> Verdict:
    """One verdict for a request of several pieces: where they differ, a person splits it."""
    return pieces[0] if len(set(pieces)) == 1 else "unsure"
