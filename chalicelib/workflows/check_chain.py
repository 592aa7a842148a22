"""Whether a case's log and evidence are as they were written: the chain of entries, the head that the case itself
carries, every piece of evidence by its entries, every object of the bucket by its digest.

An erased customer breaks nothing: the log names fields and digests, never a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.clock import stamp
from chalicelib.returns.evidence import Evidence
from chalicelib.workflows.case_file import CaseFile, LogEntry
from chalicelib.workflows.case_log import broken_at

# What a piece is after the entry that tells of it.
STATE_AFTER = {
    "evidence_offered": "offered", "evidence_confirmed": "uploaded", "evidence_not_there": "offered",
    "evidence_kept": "kept", "evidence_refused": "refused", "evidence_lapsed": "lapsed",
}  # fmt: skip
KEPT = "evidence_kept"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written: what, and where."""

    what: str
    where: str


def findings(file: CaseFile, objects: Mapping[str, str]) -> tuple[Finding, ...]:
    """Everything that is wrong; ``objects`` are the digests (SHA-256) of all that the bucket holds as evidence of this
    case, by key."""
    return (*_of_the_log(file), *_of_the_pieces(file), *_of_the_objects(file, objects))


def _of_the_log(file: CaseFile) -> Iterator[Finding]:
    broken = broken_at(file.log)
    if broken is not None:
        yield Finding("log_entry_changed", f"entry {broken}")
    last = file.log[-1] if file.log else None
    if last is None or (last.n, last.hash) != (file.case.log_n, file.case.log_hash):
        yield Finding("head_differs", f"the case ends its log at entry {file.case.log_n}, the log at {len(file.log)}")


def _of_the_pieces(file: CaseFile) -> Iterator[Finding]:
    """Each piece against the entries that tell of it, and each entry's piece."""
    pieces = {piece.evidence_id: piece for piece in file.parts.of(Evidence)}
    entries = _entries_by_piece(file)
    for evidence_id in sorted(pieces.keys() | entries.keys()):
        piece, told = pieces.get(evidence_id), entries.get(evidence_id, [])
        if piece is None:
            yield Finding("evidence_gone", evidence_id)
        elif not told:
            yield Finding("evidence_not_in_log", evidence_id)
        elif names := _differences(piece, told):
            yield Finding("evidence_changed", f"{evidence_id}: {', '.join(names)}")


def _entries_by_piece(file: CaseFile) -> dict[str, list[LogEntry]]:
    found: dict[str, list[LogEntry]] = {}
    for entry in file.log:
        if entry.what in STATE_AFTER and "evidence" in entry.facts:
            found.setdefault(entry.facts["evidence"], []).append(entry)
    return found


def _differences(piece: Evidence, told: list[LogEntry]) -> list[str]:
    """The names of what a piece says otherwise than its entries."""
    offered, last = told[0], told[-1]
    said: dict[str, tuple[object, object]] = {
        "case_id": (piece.case_id, offered.case_id),
        "state": (piece.state, STATE_AFTER[last.what]),
        "kind": (piece.kind, offered.facts.get("kind")),
        "offered_by": (piece.offered_by, offered.by),
        "offered_at": (piece.offered_at, offered.at),
        "media_type": (piece.media_type, offered.facts.get("media_type")),
        "size": (str(piece.size), offered.facts.get("size")),
        "sha256": (piece.sha256, offered.facts.get("sha256")),
        "expires_at": (stamp(piece.expires_at), offered.facts.get("expires_at")),
        "line": (_text(piece.line), offered.facts.get("line")),
        "leg": (_text(piece.leg_n), offered.facts.get("leg")),
        "confirmed": ((piece.confirmed_by, piece.confirmed_at), _confirmed(told)),
    }
    if STATE_AFTER[last.what] in ("kept", "refused"):
        said |= {
            "problem": (piece.problem, last.facts.get("problem")),
            "found_sha256": (piece.found_sha256, last.facts.get("sha256")),
            "found_type": (piece.found_type, last.facts.get("media_type")),
            "found_size": (_text(piece.found_size), last.facts.get("size")),
            "copy_sha256": (piece.copy_sha256, last.facts.get("copy_sha256")),
            "thumb_sha256": (piece.thumb_sha256, last.facts.get("thumbnail_sha256")),
        }
    return [name for name, (here, there) in said.items() if here != there]


def _confirmed(told: list[LogEntry]) -> tuple[str | None, datetime | None]:
    """Who said last that it was uploaded, and when; what nobody said is noted when it is kept."""
    said = [(one.by, one.at) for one in told if one.what == "evidence_confirmed"]
    kept = [(one.facts.get("confirmed_by"), one.at) for one in told if one.what == KEPT]
    return next(iter(reversed(said or kept)), (None, None))


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _of_the_objects(file: CaseFile, objects: Mapping[str, str]) -> Iterator[Finding]:
    """Each object that a kept piece names, by the digest that the log has of it; and objects that nobody kept."""
    digests = {entry.facts.get("evidence", ""): entry.facts for entry in file.log if entry.what == KEPT}
    named: set[str] = set()
    for piece in file.parts.of(Evidence):
        facts = digests.get(piece.evidence_id, {})
        for key, digest in (
            (piece.key, facts.get("sha256")),
            (piece.copy_key, facts.get("copy_sha256")),
            (piece.thumb_key, facts.get("thumbnail_sha256")),
        ):
            if key is None and digest is not None:
                yield Finding("object_not_named", f"{piece.evidence_id}: {digest}")
            elif key is not None:
                named.add(key)
                yield from _of_one_object(key, digest, objects)
    for key in sorted(objects.keys() - named):
        yield Finding("object_extra", key)


def _of_one_object(key: str, digest: str | None, objects: Mapping[str, str]) -> Iterator[Finding]:
    if key not in objects:
        yield Finding("object_missing", key)
    elif objects[key] != digest:
        yield Finding("object_changed", key)
