"""What evidence may say: what was announced and what was found, how to upload, how to see it, what is still wanted."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import DayText, Stamp, Told
from chalicelib.returns.evidence import EvidenceKind, EvidenceState
from chalicelib.returns.evidence_rules import Giver, Moment
from chalicelib.rulebook import Confidence
from chalicelib.workflows.evidence_rows import View


class FoundTold(Told):
    """What the bytes were. ``media_type`` is null where it is nothing that is known here."""

    sha256: str
    media_type: str | None
    size: int


class ShownTold(Told):
    """The digests of what is shown instead of a photo."""

    copy_sha256: str
    thumbnail_sha256: str | None


class EvidenceAnswer(Told):
    """One piece of evidence. ``found`` and ``shown`` are null until it was looked at; ``problem`` says why it is not
    kept and ``meaning`` what to do; ``views`` how it may be seen."""

    evidence_id: str
    kind: EvidenceKind
    media_type: str
    size: int
    sha256: str | None
    state: EvidenceState
    problem: str | None
    meaning: str | None
    line: int | None
    leg: int | None
    offered_by: str
    offered_at: Stamp
    expires_at: Stamp
    confirmed_by: str | None
    confirmed_at: Stamp | None
    found: FoundTold | None
    shown: ShownTold | None
    views: list[View]
    frozen: bool


class UploadTold(Told):
    """How to upload the file: this method to this address with exactly these headers, begun before ``expires_at``."""

    method: Literal["PUT"]
    url: str
    headers: dict[str, str]
    expires_at: Stamp


class OfferedEvidenceAnswer(Told):
    """The piece, and how to upload it; ``upload`` is null where this very file is there already."""

    evidence: EvidenceAnswer
    upload: UploadTold | None


class ByWhenTold(Told):
    """The moment by which something must be there, and its day where it is known."""

    moment: Moment
    on: DayText | None


class WantedTold(Told):
    """Something still wanted: ``missing`` of ``count``. ``decides``: the return waits for it."""

    id: str
    kind: EvidenceKind
    count: int
    missing: int
    giver: Giver
    by: ByWhenTold
    decides: bool
    text: str
    why: str
    media_types: list[str]
    most_bytes: int
    rule: str
    source: str
    confidence: Confidence


class EvidenceListAnswer(Told):
    """All evidence of a return."""

    case_id: str
    items: list[EvidenceAnswer]
    wanted: list[WantedTold]


class EvidenceLinkAnswer(Told):
    """A view of one piece; its address stands in Location."""

    evidence_id: str
    view: View
    media_type: str
    filename: str
    expires_at: Stamp
