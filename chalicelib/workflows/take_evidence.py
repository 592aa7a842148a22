"""Evidence is taken: a place to upload is offered, the upload is confirmed, an offer that ran out is put to rest.

The bytes go from whoever has them straight to the bucket. An API caller is given a PUT that takes only the announced
type, size and digest, the customer's page a form that takes one file within a range of sizes. Nothing uploaded is
believed before a worker has looked at it (``look_at_evidence``); whoever forgets to confirm is looked at all the same
when the offer runs out. What is offered, confirmed, kept or refused stands in the case log with who and when.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from chalicelib.clock import stamp
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError, NotFoundError
from chalicelib.returns.evidence import CUSTOMER, EVIDENCE_KINDS, UNTOLD, Evidence, EvidenceWish
from chalicelib.returns.evidence_rules import EvidenceRules, evidence_rules
from chalicelib.returns.stages import OVER
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.evidence_rows import evidence_row
from chalicelib.workflows.ports import CaseFile, Ports, Upload

Way = Literal["put", "post"]
WORK = "evidence"
# What a form's address holds where the id of the piece belongs.
ID_HERE = "{evidence_id}"
STANDS = frozenset({"offered", "uploaded", "kept"})
CONFIRMABLE = frozenset({"offered", "lapsed"})
_SHA256 = re.compile(r"[0-9a-f]{64}")


class TooMuchEvidence(ConflictError):
    """The case has as much of this as it may have."""

    code = "too_much_evidence"


def offer(
    ports: Ports,
    case_id: str,
    wish: EvidenceWish,
    *,
    by: str,
    way: Way = "put",
    redirect_to: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Offer a place for one file: ``{evidence, upload, is_new}``. ``upload`` is None when the very same file is there
    already. A form is sent on to ``redirect_to``, where ``{evidence_id}`` stands for the id of the piece.

    The same file announced again while its offer runs gets the same place again. Raises ``InvalidRequestError`` with
    every fault, ``TooMuchEvidence``, ``ConflictError`` for a customer whose case is over, ``NotFoundError``.
    """
    rules = evidence_rules(now.date())
    told: list[tuple[Evidence, bool]] = []

    def decide(file: CaseFile) -> Amendment | None:
        _refuse_faults(file, wish, by, way, rules)
        if by == CUSTOMER and file.case.stage in OVER:
            raise ConflictError("the return is over: nothing more can be given for it")
        known = _same(file, wish, by, rules, now)
        told[:] = [(known, False)] if known else [(_offered(file, wish, by, way, rules, now), True)]
        if known:
            return None
        _refuse_more_than_may_be(file, wish, rules, now)
        piece = told[0][0]
        facts = {"evidence": piece.evidence_id, "kind": piece.kind, "way": way}
        return Amendment(file.case, "evidence_offered", facts | _announced(piece), by=by, parts=(piece,))

    amend_file(ports, case_id, now, decide)
    piece, is_new = told[0]
    upload = _way_to_upload(ports, piece, way, redirect_to, rules, now) if piece.state == "offered" else None
    return {"evidence": evidence_row(piece, rules), "upload": upload, "is_new": is_new}


def confirm(ports: Ports, case_id: str, evidence_id: str, *, by: str, now: datetime) -> dict[str, Any]:
    """Say that a file was uploaded: it is looked at next. Quiet when that was said before. A customer may confirm only
    what was offered to the customer. Raises ``NotFoundError``."""
    rules, told = evidence_rules(now.date()), list[Evidence]()

    def decide(file: CaseFile) -> Amendment | None:
        piece = piece_of(file, evidence_id, by)
        told[:] = [piece]
        if piece.state not in CONFIRMABLE:
            return None
        known = {"state": "uploaded", "confirmed_by": by, "confirmed_at": now, "problem": None}
        told[:] = [replace(piece, **known, due_at=now + rules.limits.look_again)]  # type: ignore[arg-type]
        return Amendment(file.case, "evidence_confirmed", {"evidence": evidence_id}, by=by, parts=(told[0],))

    amend_file(ports, case_id, now, decide)
    if told[0].state == "uploaded":
        ports.queues.send(WORK, [{"kind": WORK, "case_id": case_id, "part_id": evidence_id}])
    return evidence_row(told[0], rules)


def look(ports: Ports, case_id: str, part_id: str, now: datetime) -> None:
    """Look at a piece whose upload was confirmed, or whose offer ran out: what was uploaded all the same is taken in,
    the rest lapses. Quiet for what is decided already, and for an offer that still runs."""
    file = ports.cases.file(case_id)
    piece = next((one for one in _pieces(file) if one.evidence_id == part_id), None)
    if piece is None or piece.state not in ("offered", "uploaded"):
        return
    if piece.state == "offered" and now < piece.expires_at:
        return
    from chalicelib.workflows.look_at_evidence import look_at_upload  # what reads pictures: for the worker alone

    look_at_upload(ports, piece, now)


def piece_of(file: CaseFile, evidence_id: str, by: str) -> Evidence:
    """A piece of this case, of a customer's own only what the customer gave; raises ``NotFoundError``."""
    piece = next((one for one in file.parts.of(Evidence) if one.evidence_id == evidence_id), None)
    if piece is None or (by == CUSTOMER and not piece.by_customer):
        raise NotFoundError("this case has no such evidence")
    return piece


def upload_of(piece: Evidence) -> Upload:
    """Where a piece is uploaded to."""
    return Upload(piece.case_id, piece.evidence_id)


def _pieces(file: CaseFile | None) -> tuple[Evidence, ...]:
    return file.parts.of(Evidence) if file is not None else ()


def _refuse_faults(file: CaseFile, wish: EvidenceWish, by: str, way: Way, rules: EvidenceRules) -> None:
    """Everything wrong with the wish at once."""
    if wish.kind not in EVIDENCE_KINDS:
        raise InvalidRequestError("no such evidence", [FieldFault("kind", "unknown", "one of the kinds of evidence")])
    faults = []
    if by == CUSTOMER and CUSTOMER not in rules.row_of(wish.kind).givers:
        faults.append(FieldFault("kind", "not_yours_to_give", "only the desk gives evidence of this kind"))
    if wish.line is not None and not 1 <= wish.line <= len(file.plan.request.items):
        faults.append(
            FieldFault("line", "unknown", f"a line from 1 to {len(file.plan.request.items)}, or leave it out")
        )
    if wish.leg is not None and all(leg.n != wish.leg for leg in file.legs):
        faults.append(FieldFault("leg", "unknown", "a leg of this return, or leave it out"))
    faults += _file_faults(wish, rules) if way == "put" else []
    if faults:
        raise InvalidRequestError("this cannot be taken as evidence", faults)


def _file_faults(wish: EvidenceWish, rules: EvidenceRules) -> list[FieldFault]:
    faults = []
    types = rules.types_of(wish.kind)
    family = rules.family_for(wish.media_type or "")
    if wish.media_type not in types:
        faults.append(FieldFault("media_type", "type_not_taken", f"one of {', '.join(types)}"))
    elif family is not None and not family.smallest <= (wish.size or 0) <= family.largest:
        sizes = f"from {family.smallest} to {family.largest} bytes for {wish.media_type}"
        faults.append(FieldFault("size", "size_not_taken", sizes))
    if not _SHA256.fullmatch(wish.sha256 or ""):
        faults.append(FieldFault("sha256", "malformed", "the SHA-256 of the file as 64 hexadecimal digits"))
    return faults


def _refuse_more_than_may_be(file: CaseFile, wish: EvidenceWish, rules: EvidenceRules, now: datetime) -> None:
    pieces, limits = file.parts.of(Evidence), rules.limits
    open_offers = sum(one.state == "offered" and one.expires_at > now for one in pieces)
    of_kind = sum(one.kind == wish.kind and one.state in STANDS for one in pieces)
    if len(pieces) >= limits.pieces or open_offers >= limits.open_offers or of_kind >= rules.row_of(wish.kind).most:
        raise TooMuchEvidence("this return has as much evidence of this kind as it may have; write to the desk")


def _same(file: CaseFile, wish: EvidenceWish, by: str, rules: EvidenceRules, now: datetime) -> Evidence | None:
    """The piece that this very file was announced for before; None: it is new, or a form, which announces nothing."""
    if wish.sha256 is None:
        return None
    announced = (wish.kind, wish.sha256, wish.media_type, wish.size, wish.line, wish.leg)
    for one in file.parts.of(Evidence):
        known = (one.kind, one.sha256, one.media_type, one.size, one.line, one.leg_n)
        runs = one.state != "offered" or one.expires_at - now >= rules.limits.shortest
        if known == announced and one.state in STANDS and runs and (by == CUSTOMER) == one.by_customer:
            return one
    return None


def _offered(file: CaseFile, wish: EvidenceWish, by: str, way: Way, rules: EvidenceRules, now: datetime) -> Evidence:
    minutes = rules.limits.put_minutes if way == "put" else rules.limits.form_minutes
    expires_at = now + timedelta(minutes=minutes)
    return Evidence(
        case_id=file.case.case_id,
        evidence_id=f"e{len(file.parts.of(Evidence)) + 1:04d}",
        kind=wish.kind,
        media_type=(wish.media_type if way == "put" else None) or UNTOLD,
        size=(wish.size if way == "put" else None) or rules.largest_of(wish.kind),
        state="offered",
        offered_by=by,
        offered_at=now,
        expires_at=expires_at,
        sha256=wish.sha256 if way == "put" else None,
        line=wish.line,
        leg_n=wish.leg,
        due_at=expires_at + rules.limits.grace,
    )


def _announced(piece: Evidence) -> dict[str, str]:
    """What was announced of a file, for the log."""
    told = {"media_type": piece.media_type, "size": str(piece.size), "expires_at": stamp(piece.expires_at)}
    about = {"sha256": piece.sha256, "line": piece.line, "leg": piece.leg_n}
    return told | {name: str(value) for name, value in about.items() if value is not None}


def _way_to_upload(
    ports: Ports, piece: Evidence, way: Way, redirect_to: str | None, rules: EvidenceRules, now: datetime
) -> dict[str, Any]:
    """The presigned way, for as long as the offer still runs."""
    seconds = int((piece.expires_at - now).total_seconds())
    until = {"expires_at": stamp(piece.expires_at)}
    if way == "put":
        digest = piece.sha256 or ""
        put = ports.evidence.offer_put(
            upload_of(piece), media_type=piece.media_type, size=piece.size, sha256=digest, seconds=seconds
        )
        return {**put, **until}
    onward = (redirect_to or "").replace(ID_HERE, piece.evidence_id)
    sizes = (rules.smallest_of(piece.kind), rules.largest_of(piece.kind))
    form = ports.evidence.offer_form(
        upload_of(piece), media_type=piece.media_type, sizes=sizes, redirect_to=onward, seconds=seconds
    )
    return {"method": "POST", **form, "accept": list(rules.types_of(piece.kind)), **until}
