"""May this piece come back, on what ground, until when, at whose cost.

Every ground is judged and the most favourable one decides. A right of the consumer needs nobody's approval; a
shop's promise does above the policy's own limit. A machine refuses only when every ground is denied on sure,
fresh rules; what is not known goes to a person. The policy in force when the order was placed decides, never
today's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chalicelib.clock import known_stamp
from chalicelib.merchant import Merchant, Payer
from chalicelib.returns.case import ReturnRequest
from chalicelib.returns.faults import (
    legal_guarantee,
    loan,
    paid_repair,
    recall,
    refused_delivery,
    remedies_now,
    shop_warranty,
)
from chalicelib.returns.grounds import Asked, Ground, Reason, Verdict
from chalicelib.returns.promises import agent_promise, shop_policy
from chalicelib.returns.remedies import Remedies
from chalicelib.returns.shop_terms import shop_terms
from chalicelib.returns.stages import Stage
from chalicelib.returns.statute import withdrawal
from chalicelib.rulebook import Confidence, dictionary, weakest

Outcome = Literal["approved", "review", "refused", "evidence_needed"]
OPENS_AT: dict[Outcome, Stage] = {
    "approved": "approved",
    "review": "review",
    "evidence_needed": "evidence_needed",
}
# Most favourable first: the first verdict that any ground reaches decides.
_DECIDES: tuple[tuple[Verdict, Outcome], ...] = (
    ("granted", "approved"),
    ("evidence", "evidence_needed"),
    ("unsure", "review"),
    ("denied", "refused"),
)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. ``reasons`` are all those that led to it; ``grounds`` hold every ground that was looked at.

    ``window_ends_at`` is the first instant after the window (UTC), the longest of the grounds that count.
    """

    outcome: Outcome
    grounds: tuple[Ground, ...]
    reasons: tuple[Reason, ...]
    window_ends_at: datetime | None
    policy_version: str | None
    freight_paid_by: Payer | None
    evidence_wanted: tuple[str, ...]
    freight: tuple[dict[str, Any], ...] = ()
    remedies: Remedies | None = None
    terms: dict[str, Any] | None = None

    @property
    def confidence(self) -> Confidence:
        """The weakest of the rules the answer rests on."""
        return weakest(reason.confidence for reason in self.reasons)

    @property
    def statutory(self) -> bool:
        """Whether a right of the consumer carries an approval."""
        return any(ground.statutory and ground.verdict == "granted" for ground in self.grounds)

    def as_json(self) -> dict[str, Any]:
        """The ``decision`` of the API and of the table."""
        return {
            "outcome": self.outcome,
            "grounds": [_ground_json(ground) for ground in self.grounds],
            "reasons": [reason_json(reason) for reason in self.reasons],
            "window_ends_at": known_stamp(self.window_ends_at),
            "policy_version": self.policy_version,
            "freight_paid_by": self.freight_paid_by,
            "evidence_wanted": list(self.evidence_wanted),
            "freight": list(self.freight),
            "remedies": self.remedies.as_json() if self.remedies else None,
            "terms": self.terms,
            "statutory": self.statutory,
            "confidence": self.confidence,
        }


def decide(request: ReturnRequest, merchant: Merchant, now: datetime) -> Decision:
    """Judge every ground and take the most favourable; never raises for what is merely unknown."""
    asked = Asked(request, merchant, now)
    looked = (
        withdrawal(asked),
        shop_policy(asked),
        agent_promise(asked),
        legal_guarantee(asked),
        shop_warranty(asked),
        recall(asked),
        refused_delivery(asked),
        paid_repair(asked),
        loan(asked),
    )
    grounds = tuple(ground for ground in looked if ground)
    wrong = _contradictions(asked, grounds)
    outcome = "review" if wrong else _outcome(grounds)
    return _decision(outcome, asked, grounds, wrong)


def sentence(code: str) -> str:
    """What a reason means, in one English sentence."""
    text: str = dictionary("returns", "reasons")["text"][code]
    return text


def reason_json(reason: Reason) -> dict[str, str | None]:
    """One reason as the API shows it."""
    return {
        "code": reason.code,
        "text": sentence(reason.code),
        "text_key": reason.text_key,
        "rule": reason.rule,
        "source": reason.source,
        "confidence": reason.confidence,
        "item": reason.item,
        "legal_ground": reason.legal_ground,
        "must_have": reason.must_have,
    }


def _contradictions(asked: Asked, grounds: tuple[Ground, ...]) -> tuple[Reason, ...]:
    order = asked.request.order
    delivered = order.delivered_day(asked.where.zone_name)
    found = {
        "sold_in_future": order.sold_on > asked.today,
        "delivered_in_future": any(day is not None and day > asked.today for day in (delivered, order.last_piece_on)),
        "delivered_before_sale": delivered is not None and delivered < order.sold_on,
        "reason_does_not_fit_kind": not grounds,
    }
    return tuple(Reason(code, "request", "the request itself", "high") for code, wrong in found.items() if wrong)


def _outcome(grounds: tuple[Ground, ...]) -> Outcome:
    reached = {ground.verdict for ground in grounds}
    return next(outcome for verdict, outcome in _DECIDES if verdict in reached)


def _decision(outcome: Outcome, asked: Asked, grounds: tuple[Ground, ...], wrong: tuple[Reason, ...]) -> Decision:
    counted = tuple(ground for ground in grounds if _counts(ground, outcome))
    # A fault that only lacks its photos, or of which a person must say whether the law covers it, still counts for the
    # freight: most favourable, here too.
    stands = tuple(ground for ground in grounds if ground in counted or _counts_for_freight(ground))
    payer = _payer(stands) if outcome != "refused" else None
    policy = asked.policy
    return Decision(
        outcome=outcome,
        grounds=grounds,
        reasons=_distinct([*wrong, *(reason for ground in counted for reason in ground.reasons)]),
        window_ends_at=max((g.window_ends_at for g in counted if g.window_ends_at), default=None),
        policy_version=policy.version if policy else None,
        freight_paid_by=payer,
        evidence_wanted=tuple(dict.fromkeys(kind for ground in grounds for kind in ground.evidence_wanted)),
        freight=_freight(stands, payer) if outcome != "refused" else (),
        remedies=remedies_now(asked),
        terms=shop_terms(asked.request, policy) if policy else None,
    )


def _counts_for_freight(ground: Ground) -> bool:
    return ground.verdict == "evidence" or (ground.verdict == "unsure" and ground.code == "guarantee")


def _payer(stands: tuple[Ground, ...]) -> Payer | None:
    """Who pays the way home; nobody yet where a claimed fault leaves it open: that is never silently the customer."""
    payers = {ground.freight_paid_by for ground in stands} - {None}
    if "merchant" in payers:
        return "merchant"
    is_open = any(ground.freight and ground.freight_paid_by is None for ground in stands)
    return None if is_open else next(iter(payers), None)


def _freight(stands: tuple[Ground, ...], payer: Payer | None) -> tuple[dict[str, Any], ...]:
    """Who pays the way home, and what is given back of the way out, each by the most favourable ground and with its
    reason; what no ground speaks of is left out, never guessed."""
    home = next((one.freight for one in stands if one.freight_paid_by == payer and one.freight), None)
    best = {"all": 0, "standard_rate": 1, "none": 2}
    out = min((one for one in stands if one.outbound_why), key=lambda one: best[one.outbound or "none"], default=None)
    rows = [{"way": "home", "paid_by": payer, "refunded": None, "reason": home}]
    if out is not None:
        rows.append({"way": "out", "paid_by": None, "refunded": out.outbound, "reason": out.outbound_why})
    return tuple({**row, "reason": reason_json(row["reason"])} for row in rows if isinstance(row["reason"], Reason))


def _counts(ground: Ground, outcome: Outcome) -> bool:
    """Which grounds an answer rests on: an approval on those that grant, a review on all that did not."""
    if outcome == "approved":
        return ground.verdict == "granted"
    if outcome == "evidence_needed":
        return ground.verdict == "evidence"
    return True


def _distinct(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reasons))


def _ground_json(ground: Ground) -> dict[str, Any]:
    return {
        "code": ground.code,
        "verdict": ground.verdict,
        "statutory": ground.statutory,
        "window_ends_at": known_stamp(ground.window_ends_at),
        "freight_paid_by": ground.freight_paid_by,
        "evidence_wanted": list(ground.evidence_wanted),
        "reasons": [reason.code for reason in ground.reasons],
    }
