"""Evidence of a case: photos, videos and papers, each as it was offered, found and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, get_args

EvidenceKind = Literal[
    "photo_item", "photo_defect", "photo_hallmark", "photo_outer_box", "photo_inner_box", "photo_packing",
    "photo_seal", "photo_label", "photo_certificate", "video_packing", "video_opening", "certificate", "invoice",
    "customs_paper", "export_proof", "police_report", "lab_report", "scale_certificate", "spectrum", "other",
]  # fmt: skip
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)
# offered: a place to upload was given; uploaded: said to be there, not yet looked at; kept: looked at, hashed and kept;
# refused: not what it was said to be, and not kept; lapsed: nothing was uploaded in time.
EvidenceState = Literal["offered", "uploaded", "kept", "refused", "lapsed"]
EVIDENCE_STATES: tuple[EvidenceState, ...] = get_args(EvidenceState)
CUSTOMER = "customer"
# What a form declares: only the bytes will tell what it is.
UNTOLD = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence. ``sha256`` is what was announced (None: a form cannot say), ``found_sha256`` what came.
    ``media_type`` and ``size`` are as announced; a form announces ``UNTOLD`` and the most it may take. ``copy_key`` and
    ``thumb_key`` are the served copies of a photo, without place data; its original is never served. ``problem`` says
    why it is not kept. ``frozen``: nothing about it may go before its case and what is disputed of it are over,
    whatever a clock or an erasure says."""

    KIND: ClassVar[str] = "EVIDENCE"

    case_id: str
    evidence_id: str
    kind: EvidenceKind
    media_type: str
    size: int
    state: EvidenceState
    offered_by: str
    offered_at: datetime
    expires_at: datetime
    sha256: str | None = None
    line: int | None = None
    leg_n: int | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    found_sha256: str | None = None
    found_type: str | None = None
    found_size: int | None = None
    key: str | None = None
    copy_key: str | None = None
    copy_sha256: str | None = None
    thumb_key: str | None = None
    thumb_sha256: str | None = None
    problem: str | None = None
    frozen: bool = False
    due_at: datetime | None = None

    @property
    def part_id(self) -> str:
        """Its place in the case."""
        return self.evidence_id

    @property
    def by_customer(self) -> bool:
        """Whether the customer gave it, and not somebody at the desk."""
        return self.offered_by == CUSTOMER


@dataclass(frozen=True, slots=True)
class EvidenceWish:
    """What somebody wants to give: for a PUT with type, size (bytes) and digest (SHA-256 hex), for a form without. The
    name of a file is never asked for."""

    kind: EvidenceKind
    media_type: str | None = None
    size: int | None = None
    sha256: str | None = None
    line: int | None = None
    leg: int | None = None
