"""The evidence queue: what was uploaded is looked at, hashed, kept and copied; what is not what it was said to be is
refused.

What is kept lies under its digest, so every call may be made twice. The case is written last: until then a message
that comes again does all of it again and finds everything in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from chalicelib.errors import InvalidRequestError
from chalicelib.returns.case import Case
from chalicelib.returns.evidence import UNTOLD, Evidence
from chalicelib.returns.evidence_rules import EvidenceRules, Family, evidence_rules
from chalicelib.returns.file_types import Looked, looked_at
from chalicelib.returns.stages import advance
from chalicelib.workflows import take_evidence
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_evidence import decides_still
from chalicelib.workflows.take_evidence import upload_of
from chalicelib.workflows.tell_steps import look_for_tools

BY_THE_RULES = "goldthread"
# What a look makes of a piece, by field.
Change = dict[str, Any]


def take_evidence_work(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Look at one piece of evidence: message is ``{kind, case_id, part_id}``, from a confirmation or from the sweep."""
    if message.get("kind") not in (take_evidence.WORK, "part_due"):
        raise InvalidRequestError(f"no story knows evidence work of kind {message.get('kind')!r}")
    take_evidence.look(ports, message["case_id"], message["part_id"], now)
    return {f"{message['case_id']}/-"}


def look_at_upload(ports: Ports, piece: Evidence, now: datetime) -> None:
    """Look at what was uploaded for a piece, and write what came of it."""
    rules = evidence_rules(now.date())
    change = _examined(ports, piece, rules, now)

    def decide(file: CaseFile) -> Amendment | None:
        present = next((one for one in file.parts.of(Evidence) if one.evidence_id == piece.evidence_id), None)
        if present is None or present.state != piece.state:
            return None
        after = replace(present, **change)
        case = _with_all_that_was_wanted(file, after, ports, now)
        return Amendment(case, f"evidence_{_word(after)}", _facts(after), by=BY_THE_RULES, parts=(after,))

    amend_file(ports, piece.case_id, now, decide)
    look_for_notices(ports, piece.case_id)
    look_for_tools(ports, piece.case_id)


def _examined(ports: Ports, piece: Evidence, rules: EvidenceRules, now: datetime) -> Change:
    """What the bytes are and where they are kept; or why they are not."""
    size = ports.evidence.upload_size(upload_of(piece))
    if size is None:
        return _not_there(piece, rules, now)
    most = rules.largest_of(piece.kind)
    if size > most:
        return _refused("too_large", {"found_size": size})
    content = ports.evidence.uploaded(upload_of(piece), most)
    digest, looked = sha256(content).hexdigest(), looked_at(content)
    found = {"found_sha256": digest, "found_type": looked.media_type, "found_size": len(content)}
    problem = _problem_of(piece, content, digest, looked, rules)
    if problem is not None:
        return _refused(problem, found)
    family = rules.family_for(looked.media_type or "")
    media_type, is_photo = looked.media_type or "", family is not None and family.name == "photo"
    shown = _shown(ports, piece, content, media_type, rules) if is_photo else {}
    if shown is None:
        return _refused("unreadable", found)
    key = ports.evidence.keep_evidence(upload_of(piece), digest, content)
    return {**_confirmed(piece, now), **found, **shown, "key": key, "state": "kept", "problem": None, "due_at": None}


def _not_there(piece: Evidence, rules: EvidenceRules, now: datetime) -> Change:
    """Nothing was uploaded: while the offer runs it stands as before, and is looked at when it ends."""
    if now < piece.expires_at:
        again = piece.expires_at + rules.limits.grace
        return {"state": "offered", "problem": "not_uploaded", "due_at": again}
    return {"state": "lapsed", "problem": "lapsed", "due_at": None}


def _refused(problem: str, found: Change) -> Change:
    return {**found, "state": "refused", "problem": problem, "due_at": None}


def _confirmed(piece: Evidence, now: datetime) -> Change:
    """Whoever uploaded and forgot to say so is taken at their deed."""
    return {} if piece.confirmed_at else {"confirmed_by": BY_THE_RULES, "confirmed_at": now}


def _problem_of(piece: Evidence, content: bytes, digest: str, looked: Looked, rules: EvidenceRules) -> str | None:
    """Why these bytes are not taken; None: they are what they were said to be."""
    if piece.sha256 is not None and len(content) != piece.size:
        return "other_size"
    if piece.sha256 is not None and digest != piece.sha256:
        return "other_digest"
    if looked.problem is not None and looked.media_type not in rules.types_of(piece.kind):
        return looked.problem if looked.problem in ("markup", "heic") else "type_not_taken"
    if looked.media_type not in rules.types_of(piece.kind):
        return "type_not_taken"
    if piece.media_type not in (UNTOLD, looked.media_type):
        return "other_type"
    return looked.problem or _measure_of(rules.family_for(looked.media_type or ""), content, looked)


def _measure_of(family: Family | None, content: bytes, looked: Looked) -> str | None:
    """Whether a file is within the bounds of its family."""
    if family is None:
        return "type_not_taken"
    if not family.smallest <= len(content) <= family.largest:
        return "too_large" if len(content) > family.largest else "too_small"
    if family.name != "photo":
        return None
    return "too_many_pixels" if looked.pixels > family.most_pixels or looked.scans > family.most_scans else None


def _shown(ports: Ports, piece: Evidence, content: bytes, media_type: str, rules: EvidenceRules) -> Change | None:
    """Copy and thumbnail of a photo, kept; None: it cannot be decoded."""
    from chalicelib.returns.photo_copies import PhotoUnreadable, copies_of  # what decodes pictures

    try:
        drawn = copies_of(content, media_type, rules.shown, rules.most_pixels_of(media_type))
    except PhotoUnreadable:
        return None
    upload = upload_of(piece)
    copy, thumbnail = sha256(drawn.copy).hexdigest(), sha256(drawn.thumbnail).hexdigest()
    return {
        "copy_key": ports.evidence.keep_shown(upload, "copy", copy, drawn.copy),
        "copy_sha256": copy,
        "thumb_key": ports.evidence.keep_shown(upload, "thumbnail", thumbnail, drawn.thumbnail),
        "thumb_sha256": thumbnail,
    }


def _with_all_that_was_wanted(file: CaseFile, after: Evidence, ports: Ports, now: datetime) -> Case:
    """A return that waited for the customer's evidence goes to a person once the last of it is there."""
    if file.case.stage != "evidence_needed" or after.state != "kept":
        return file.case
    if not file.plan.answer["decision"]["evidence_wanted"] or decides_still(file, ports.merchant(), now, after):
        return file.case
    return replace(file.case, stage=advance(file.case.stage, "review"))


def _word(piece: Evidence) -> str:
    """What is noted of it in the log: ``evidence_`` and this."""
    return "not_there" if piece.state == "offered" else piece.state


def _facts(piece: Evidence) -> dict[str, str]:
    """What the log says of it: every digest, so that whatever is changed later is found."""
    told = {
        "evidence": piece.evidence_id,
        "kind": piece.kind,
        "problem": piece.problem,
        "sha256": piece.found_sha256,
        "media_type": piece.found_type,
        "size": None if piece.found_size is None else str(piece.found_size),
        "copy_sha256": piece.copy_sha256,
        "thumbnail_sha256": piece.thumb_sha256,
        "confirmed_by": piece.confirmed_by,
    }
    return {name: value for name, value in told.items() if value is not None}
