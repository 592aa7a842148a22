"""What a case holds as evidence and what is still wanted of it, for the desk and for the customer; and the short-lived
links by which a copy is seen or a file is read.

The original of a photo is given to nobody: it may say where the customer lives. A video may too, and is given to the
desk alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from chalicelib.clock import known_stamp, stamp
from chalicelib.errors import ConflictError, NotFoundError
from chalicelib.insurance.claim_states import ENDED
from chalicelib.insurance.claims import is_theft
from chalicelib.merchant import Merchant, limit_in
from chalicelib.returns.case import worth_of
from chalicelib.returns.evidence import CUSTOMER, EVIDENCE_KINDS, Evidence, EvidenceKind
from chalicelib.returns.evidence_rules import EvidenceRules, Moment, evidence_rules
from chalicelib.returns.evidence_wanted import CaseFacts, Wanted, for_the_customer, still_wanted
from chalicelib.returns.inspection import Inspection
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.stages import OVER
from chalicelib.workflows.evidence_rows import View, evidence_row, views_of
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.take_evidence import piece_of

ENDINGS = {"application/pdf": "pdf", "video/mp4": "mp4", "video/quicktime": "mov"}
JPEG = "image/jpeg"
# The stages at which a person has not decided yet: then the policy's own evidence is waited for.
UNDECIDED = frozenset({"review", "evidence_needed"})


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    """Where one view of a piece can be had until ``expires_at``."""

    url: str
    evidence_id: str
    view: View
    media_type: str
    filename: str
    expires_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The answer's body; the address itself stands in its head alone."""
        return {
            "evidence_id": self.evidence_id,
            "view": self.view,
            "media_type": self.media_type,
            "filename": self.filename,
            "expires_at": stamp(self.expires_at),
        }


def list_evidence(ports: Ports, case_id: str, now: datetime) -> dict[str, Any]:
    """Every piece of a case and all that is still wanted of it; raises ``NotFoundError``."""
    file = file_of(ports, case_id)
    rules = evidence_rules(now.date())
    return {
        "case_id": case_id,
        "items": [evidence_row(piece, rules) for piece in file.parts.of(Evidence)],
        "wanted": [wanted_row(one, rules) for one in wanted(file, ports.merchant(), now)],
    }


def evidence_link(
    ports: Ports, case_id: str, evidence_id: str, view: View | None, *, by: str, now: datetime
) -> EvidenceLink:
    """A link to a copy or a thumbnail of a photo, or to a paper or a video as a file. A customer sees only thumbnails
    and copies of what the customer gave. Raises ``NotFoundError``, and ``ConflictError`` for what is not kept."""
    file = file_of(ports, case_id)
    piece = piece_of(file, evidence_id, by)
    views = views_of(piece)
    if not views:
        raise ConflictError(f"this evidence is {piece.state}: there is nothing to be seen of it")
    wish = view or views[0]
    if wish not in views or (by == CUSTOMER and wish == "file"):
        raise NotFoundError("this evidence cannot be seen in this way")
    rules = evidence_rules(now.date())
    return _link(ports, piece, wish, file.case.rma, timedelta(minutes=rules.limits.link_minutes), now)


def for_customer(file: CaseFile, merchant: Merchant, now: datetime) -> dict[str, Any]:
    """What the customer's page shows: what is asked of the customer, and what became of what the customer gave. Nothing
    of the desk's own, no digest and no name of anybody."""
    rules = evidence_rules(now.date())
    own = [piece for piece in file.parts.of(Evidence) if piece.by_customer and piece.state != "lapsed"]
    return {
        "wanted": [wanted_row(one, rules) for one in for_the_customer(wanted(file, merchant, now))],
        "given": [
            {
                "evidence_id": piece.evidence_id,
                "kind": piece.kind,
                "state": piece.state,
                "problem": piece.problem,
                "meaning": rules.words_of(piece.problem) if piece.problem else None,
                "given_at": known_stamp(piece.confirmed_at),
                "has_picture": piece.thumb_key is not None,
            }
            for piece in own
            if piece.state != "offered" or piece.problem is not None
        ],
        "may_give": [kind for kind in EVIDENCE_KINDS if CUSTOMER in rules.row_of(kind).givers],
    }


def evidence_in_short(file: CaseFile, merchant: Merchant, now: datetime) -> dict[str, Any]:
    """The evidence of a case in one glance, for the answer of the whole case."""
    pieces = file.parts.of(Evidence)
    asked = wanted(file, merchant, now)
    return {
        "kept": sum(one.state == "kept" for one in pieces),
        "being_looked_at": sum(one.state == "uploaded" for one in pieces),
        "refused": sum(one.state == "refused" for one in pieces),
        "frozen": sum(one.frozen for one in pieces),
        "wanted": [{"id": one.id, "kind": one.kind, "missing": one.missing, "giver": one.giver} for one in asked],
    }


def wanted(file: CaseFile, merchant: Merchant, now: datetime) -> tuple[Wanted, ...]:
    """Everything that is still wanted of a case; a case that is over is asked for nothing."""
    if file.case.stage in OVER:
        return ()
    return still_wanted(facts_of(file, merchant, now), file.parts.of(Evidence), evidence_rules(now.date()))


def decides_still(file: CaseFile, merchant: Merchant, now: datetime, after: Evidence) -> bool:
    """Whether anything that the case waits for is missing still, once ``after`` stands in the place of its piece."""
    kept = [one for one in file.parts.of(Evidence) if one.state == "kept" and one.evidence_id != after.evidence_id]
    asked = still_wanted(facts_of(file, merchant, now), [*kept, after], evidence_rules(now.date()))
    return any(one.decides for one in asked)


def facts_of(file: CaseFile, merchant: Merchant, now: datetime) -> CaseFacts:
    """What decides on what is wanted of this case."""
    inspections = file.parts.of(Inspection)
    named = [name for one in file.exceptions if one.status != "resolved" for name in (one.kind, one.reason) if name]
    true_of_it = {
        "export_unproven": file.plan.request.original_export.reference is None,
        "theft": is_theft(named, now.date()),
    }
    return CaseFacts(
        kind=file.case.kind,
        reason=file.case.reason,
        stage=file.case.stage,
        policy_asks=_policy_asks(file),
        outcomes=frozenset(one.kind for one in file.parts.of(Settlement) if one.state != "withdrawn"),
        verdicts=frozenset(piece.verdict for piece in inspections[-1].pieces) if inspections else frozenset(),
        claims=frozenset(claim.kind for claim in file.claims if claim.state not in ENDED),
        above=_above(file, merchant),
        true_of_it=frozenset(name for name, is_so in true_of_it.items() if is_so),
        by_moment=_days(file),
    )


def wanted_row(one: Wanted, rules: EvidenceRules) -> dict[str, Any]:
    """One thing that is wanted: what, of whom, by when, why; and what is taken for it."""
    return {
        "id": one.id,
        "kind": one.kind,
        "count": one.count,
        "missing": one.missing,
        "giver": one.giver,
        "by": {"moment": one.by, "on": one.on.isoformat() if one.on else None},
        "decides": one.decides,
        "text": one.text,
        "why": one.why,
        "media_types": list(rules.types_of(one.kind)),
        "most_bytes": rules.largest_of(one.kind),
        "rule": one.rule,
        "source": one.source,
        "confidence": one.confidence,
    }


def _policy_asks(file: CaseFile) -> tuple[EvidenceKind, ...]:
    """What the policy wanted when the return was opened and nobody had; a word of the merchant's own is anything."""
    if file.case.stage not in UNDECIDED:
        return ()
    asked = file.plan.answer["decision"]["evidence_wanted"]
    known = (cast("EvidenceKind", kind) if kind in EVIDENCE_KINDS else "other" for kind in asked)
    return tuple(dict.fromkeys(known))


def _above(file: CaseFile, merchant: Merchant) -> frozenset[str]:
    """The thresholds that the worth exceeds; one that is not set in its currency counts as exceeded."""
    worth = worth_of(file.plan.request.items)
    limits = {
        "two_person_open_above": merchant.thresholds.two_person_open_above,
        "high_value_above": merchant.thresholds.high_value_above,
    }
    found = set()
    for name, amounts in limits.items():
        limit = limit_in(amounts, worth.currency) if worth else None
        if worth is None or limit is None or worth.amount > limit:
            found.add(name)
    return frozenset(found)


def _days(file: CaseFile) -> dict[Moment, date]:
    """The days by which something must be there, where they are known."""
    pickup = file.plan.request.pickup
    settled = [one.deadline.date() for one in file.parts.of(Settlement) if one.deadline and one.state != "withdrawn"]
    claimed = [one.deadline.file_by for one in file.claims if one.deadline and one.state not in ENDED]
    days: dict[Moment, date | None] = {
        "hand_over": pickup.on if pickup else None,
        "settlement": min(settled, default=None),
        "claim": min(claimed, default=None),
    }
    return {moment: day for moment, day in days.items() if day is not None}


def _link(ports: Ports, piece: Evidence, view: View, rma: str, lives: timedelta, now: datetime) -> EvidenceLink:
    keys = {"copy": piece.copy_key, "thumbnail": piece.thumb_key, "file": piece.key}
    key, media_type = keys[view], JPEG if view != "file" else piece.found_type or ""
    if key is None:
        raise NotFoundError("this evidence cannot be seen in this way")
    filename = f"{piece.kind}-{rma}-{piece.evidence_id}.{ENDINGS.get(media_type, 'jpg')}"
    seconds = int(lives.total_seconds())
    url = ports.evidence.evidence_link(key, media_type=media_type, filename=filename, seconds=seconds)
    return EvidenceLink(url, piece.evidence_id, view, media_type, filename, now + lives)
