"""Facts of notices for tests: a customer of whom everything is known, and of whom nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain

from chalicelib.notices.facts import MerchantContact, Moment, NoticeFacts, RecalledPiece
from chalicelib.notices.language import languages
from infra.notices_page import sample_facts, variants

LANGUAGES = languages()
EIGHTH = datetime(2026, 11, 8, 9, tzinfo=UTC)
NO_HOUSE = MerchantContact("GTS Trading", "", "")
# What may be unknown of any notice, as it looks then.
UNKNOWN = {
    "customer_name": {"customer_name": None},
    "at": {"at": None},
    "carrier": {"carrier": None},
    "tracking_number": {"tracking_number": None},
    "pickup": {"pickup": None},
    "packing": {"packing": ()},
    "reason": {"reason": None},
    "wanted": {"wanted": ()},
    "deadline": {"deadline": None},
    "expected_at": {"expected_at": None},
    "outcome": {"outcome": None},
    "outcome_reasons": {"outcome_reasons": ()},
    "refund": {"refund": None},
    "past": {"past": ()},
    "phone": {"merchant": NO_HOUSE},
    "zone": {"zone_is_sure": False},
    "link": {"link": None},
    "lines": {"lines": ()},
    "refund_by": {"refund_by": None},
    "hazard": {"hazard": None},
    "remedies": {"remedies": ()},
    "recalled": {"recalled": ()},
    "piece": {"recalled": (RecalledPiece(None, None, "N-07"),)},
}


def whole(language: str = "en") -> NoticeFacts:
    """Everything known, and no preview."""
    return replace(sample_facts(language), sample=False)


def bare(facts: NoticeFacts) -> NoticeFacts:
    """The same with nothing known that may be unknown."""
    lacks = dict(chain.from_iterable(change.items() for change in UNKNOWN.values()))
    return replace(facts, **lacks)


def told(moment: Moment, language: str) -> Iterator[tuple[str, NoticeFacts]]:
    """Every variant of a moment with all facts, with none, and with each one of them unknown."""
    for name, facts in variants(moment, whole(language)).items():
        yield name, facts
        yield f"{name}, nothing known", bare(facts)
        for lacking, change in UNKNOWN.items():
            yield f"{name}, no {lacking}", replace(facts, **change)
