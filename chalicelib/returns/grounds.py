"""The grounds on which a piece may come back: what every one of them looks at, and what it comes to.

Each ground looks at the request alone and comes to its own verdict; conditions of one are never mixed into
another. ``denied`` is only ever said on sure and fresh rules; where something is not known the verdict is
``unsure``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from chalicelib.clock import zone
from chalicelib.merchant import Merchant, Payer, ReturnPolicy, limit_in
from chalicelib.returns.case import Item, ReturnRequest, worth_of
from chalicelib.returns.law import Cited, Exclusion, ExclusionCode, R
from chalicelib.returns.windows import Position, Whereabouts
from chalicelib.rulebook import Confidence

Verdict = Literal["granted", "evidence", "unsure", "denied"]
GroundCode = Literal[
    "withdrawal", "policy", "promise", "guarantee", "warranty", "recall", "refused_delivery", "paid_repair", "loan"
]
Refunded = Literal["standard_rate", "all", "none"]
NO_FAULT = frozenset({"change_of_mind", "size"})
AT_FAULT = frozenset({"quality", "not_as_described", "wrong_item", "damaged_in_transit"})
IN_TIME: Mapping[Position, Verdict] = {"open": "granted", "doubtful": "unsure", "closed": "denied"}
WORD: Mapping[Position, str] = {"open": "open", "doubtful": "doubtful", "closed": "over"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with the rule it rests on; ``item`` is the SKU when it is about one line only. An exclusion also says
    the ``legal_ground`` and what the shop ``must_have`` done before the sale for it to hold."""

    code: str
    rule: str
    source: str
    confidence: Confidence
    item: str | None = None
    legal_ground: str | None = None
    must_have: str | None = None

    @property
    def text_key(self) -> str:
        """The key of its wording in the notices of every language."""
        return f"returns.{self.code}"


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground and what it comes to. ``statutory`` grounds need nobody's approval. ``freight`` says why who pays the
    way home pays it; ``outbound`` is what is given back of the first delivery, and ``outbound_why`` on what rule."""

    code: GroundCode
    verdict: Verdict
    statutory: bool
    reasons: tuple[Reason, ...]
    window_ends_at: datetime | None = None
    freight_paid_by: Payer | None = None
    evidence_wanted: tuple[str, ...] = ()
    freight: Reason | None = None
    outbound: Refunded | None = None
    outbound_why: Reason | None = None


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


def excluded_by(cited: Cited[Exclusion], item: str) -> Reason:
    """A piece that a right does not reach, with the words of the law and what the shop must have done."""
    row = cited.row
    return Reason(f"excluded_{row.code}", cited.rule, cited.source, row.confidence, item, row.ground, row.needs)


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


def of_all(pieces: list[Verdict]) -> Verdict:
    """One verdict for a request of several pieces: where they differ, a person splits it."""
    return pieces[0] if len(set(pieces)) == 1 else "unsure"
