"""One piece of evidence as it is told: what was announced, what was found, how it may be seen."""

from __future__ import annotations

from typing import Any, Literal

from chalicelib.clock import known_stamp, stamp
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.evidence_rules import EvidenceRules

View = Literal["copy", "thumbnail", "file"]


def evidence_row(piece: Evidence, rules: EvidenceRules) -> dict[str, Any]:
    """A piece for the desk. ``found`` is what the bytes were (None: nobody has looked), ``shown`` the digests of what
    is shown instead of a photo."""
    return {
        "evidence_id": piece.evidence_id,
        "kind": piece.kind,
        "media_type": piece.media_type,
        "size": piece.size,
        "sha256": piece.sha256,
        "state": piece.state,
        "problem": piece.problem,
        "meaning": rules.words_of(piece.problem) if piece.problem else None,
        "line": piece.line,
        "leg": piece.leg_n,
        "offered_by": piece.offered_by,
        "offered_at": stamp(piece.offered_at),
        "expires_at": stamp(piece.expires_at),
        "confirmed_by": piece.confirmed_by,
        "confirmed_at": known_stamp(piece.confirmed_at),
        "found": _found(piece),
        "shown": _shown(piece),
        "views": list(views_of(piece)),
        "frozen": piece.frozen,
    }


def views_of(piece: Evidence) -> tuple[View, ...]:
    """How a piece may be seen by the desk: a photo by its copies alone, a paper or a video as a file."""
    if piece.state != "kept":
        return ()
    return ("copy", "thumbnail") if piece.copy_key else ("file",)


def _found(piece: Evidence) -> dict[str, Any] | None:
    if piece.found_sha256 is None:
        return None
    return {"sha256": piece.found_sha256, "media_type": piece.found_type, "size": piece.found_size}


def _shown(piece: Evidence) -> dict[str, Any] | None:
    if piece.copy_sha256 is None:
        return None
    return {"copy_sha256": piece.copy_sha256, "thumbnail_sha256": piece.thumb_sha256}
