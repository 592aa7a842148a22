"""What payment disputes may say: where each stands, until when we must answer, what proves our side."""

from __future__ import annotations

from chalicelib.api.told import MoneyTold, Stamp, Told
from chalicelib.returns.disputes import DisputeState
from chalicelib.rulebook import Confidence


class DisputeAnswer(Told):
    """A dispute; ``answer_by`` null: the scheme names no day, it stands in the notice."""

    dispute_id: str
    scheme: str
    code: str | None
    state: DisputeState
    amount: MoneyTold | None
    opened_at: Stamp
    answer_by: Stamp | None
    overdue: bool
    rule: str | None
    proof: list[str]
    confidence: Confidence | None
    provider_reference: str | None
    why: str | None


class DisputeInShort(Told):
    """One line of a dispute, for who reads the whole case."""

    dispute_id: str
    scheme: str
    state: DisputeState
    answer_by: Stamp | None


class DisputesAnswer(Told):
    """The disputes of a case."""

    case_id: str
    items: list[DisputeAnswer]
