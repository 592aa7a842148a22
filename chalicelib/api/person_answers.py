"""What may be said of a customer's own values: whether they are erased, what holds that up, what stays."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import DayText, Stamp, Told


class KeptTold(Told):
    """What an erasure does not reach; ``until`` null while the case is open."""

    what: str
    why: str
    until: DayText | None
    rule: str


class LegalHoldTold(Told):
    """A legal hold that lies on the case."""

    reason: str
    laid_by: str
    laid_at: Stamp


class ErasureAnswer(Told):
    """The erasure of a case's personal values; ``state`` none: nobody asked and the case is open."""

    case_id: str
    state: Literal["none", "clock", "asked", "done"]
    due_at: Stamp | None
    rule: str | None
    asked_at: Stamp | None
    done_at: Stamp | None
    held_by: list[Literal["case_open", "claim_open", "dispute_open", "refund_owed", "evidence_frozen", "legal_hold"]]
    legal_hold: LegalHoldTold | None
    kept: list[KeptTold]


class ErasureInShort(Told):
    """How the erasure of a case stands, for who reads the whole case."""

    state: Literal["clock", "asked", "done"]
    due_at: Stamp | None
    legal_hold: bool


class ExportOrderedAnswer(Told):
    """An export that is being gathered; ``complete`` false when there are more cases than one export holds."""

    export_id: str
    cases: int
    complete: bool
    href: str


class ExportLinkAnswer(Told):
    """Where the export can be read; the address stands in the head of the answer alone."""

    export_id: str
    expires_at: Stamp
