"""The codes of a cover in words: gaps with their figures, conditions to keep."""

from __future__ import annotations

from typing import Any

from chalicelib.insurance.parcel import CoverCondition, Gap
from chalicelib.money import Money, text_of
from chalicelib.rulebook import dictionary


def gap_text(gap: Gap) -> str:
    """One sentence, with the figures where they are known.

    >>> gap_text(Gap("returns_not_covered", "P-1"))
    'the policy does not say that it covers parcels that come back'
    """
    words: str = _words("gap").get(gap.code, gap.code)
    return words.format(limit=_told(gap.limit), amount=_told(gap.amount))


def gap_json(gap: Gap) -> dict[str, Any]:
    """The shape used by the API."""
    return {
        "code": gap.code,
        "text": gap_text(gap),
        "policy_no": gap.policy_no,
        "uncovered": gap.uncovered.as_json() if gap.uncovered else None,
        "limit": gap.limit.as_json() if gap.limit else None,
        "amount": gap.amount.as_json() if gap.amount else None,
    }


def condition_json(condition: CoverCondition) -> dict[str, str]:
    """The shape used by the API and by the insurance declaration."""
    text = _words("condition").get(condition.code, condition.code)
    return {"code": condition.code, "text": text, "state": condition.state}


def _words(kind: str) -> dict[str, str]:
    found: dict[str, str] = dictionary("insurance", "cover_words")[kind]
    return found


def _told(amount: Money | None) -> str:
    return f"{text_of(amount.amount, amount.currency)} {amount.currency}" if amount else "an unknown amount"
