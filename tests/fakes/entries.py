"""Customs entries for the ledger's tests: one ring that came to Paris and went home. Change what matters by keyword."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.customs.claims import Judgement, judge_claim
from chalicelib.customs.ledger import EntryFacts
from chalicelib.customs.refunds import PaidEntry
from chalicelib.money import Money

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PAID_ON = date(2026, 11, 10)


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def some_facts(**changed: Any) -> EntryFacts:
    said: dict[str, Any] = {
        "country": "FR", "entry_number": "26FR0001", "paid_on": PAID_ON, "duty": eur("29.50"), "tax": eur("241.90"),
        "fees": eur("15.00"), "paid_by": "merchant", "importer": "merchant", "declared_by": "carrier",
        "left_on": date(2026, 11, 20), "export_reference": "EXP-1", "used": False, "sold_at_a_distance": True,
    }  # fmt: skip
    return EntryFacts(**said | changed)


def paid_of(facts: EntryFacts, reason: str = "change_of_mind") -> PaidEntry:
    return PaidEntry(
        facts.country, facts.paid_on, facts.entry_number, facts.left_on, facts.export_reference, reason, facts.used,
        facts.same_state, facts.sold_at_a_distance, facts.declared_by, facts.importer, None, facts.channel,
    )  # fmt: skip


def judged_on(on: date, facts: EntryFacts | None = None, reason: str = "change_of_mind") -> Judgement:
    facts = facts or some_facts()
    return judge_claim(paid_of(facts, reason), facts, on)
