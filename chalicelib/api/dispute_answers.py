"""What payment disputes may say: where each stands, until when we must answer, what proves our side."""

from __future__ import annotations

from chalicelib.api.told import MoneyTold, Stamp, Told
from chalicelib.returns.disputes import DisputeLacks, DisputeState
from chalicelib.rulebook import Confidence


class DisputedLineTold(Told):
    """So many pieces of a line of the return."""

    line: int
    pieces: int


class DisputeAnswer(Told):
    """A dispute; ``answer_by`` null: the scheme names no day, it stands in the notice. ``gave_back`` is what the bank
    gave back, ``lines`` for which pieces (null: nobody has said); ``lacks`` what somebody must say before the case can
    be settled."""

    dispute_id: str
    scheme: str
    code: str | None
    state: DisputeState
    amount: MoneyTold | None
    gave_back: MoneyTold | None
    lines: list[DisputedLineTold] | None
    lacks: list[DisputeLacks]
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
