"""Every touch of a parcel or a piece is one row: from whom to whom, where, when, what grams, which seal, what photo.

Rows are added and never changed; the same row said twice is quiet. A carrier's scans and our own receipts are not
written again: they are rows when the list is read (``read_custody``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.returns.custody import HandOver, Holder, SealState
from chalicelib.returns.evidence import CUSTOMER
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.custody_facts import digest_of, evidence_faults, time_faults
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.parcels import parcel_faults
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_custody import hand_over_row
from chalicelib.workflows.tell_steps import look_for_tools

# A case is read whole with each look at it; with so many touches it is no ordinary one.
MOST_ROWS = 60


class CustodyFull(ConflictError):
    """A case with so many hand-overs is no ordinary case; a person must look at it."""

    code = "custody_full"


@dataclass(frozen=True, slots=True)
class Touch:
    """What was said of one hand-over; ``at`` is None for now."""

    given_by: Holder
    taken_by: Holder
    place: str
    of: Literal["parcel", "pieces"] = "parcel"
    at: datetime | None = None
    grams: Decimal | None = None
    scale_id: str | None = None
    seal: str | None = None
    seal_state: SealState = "unknown"
    evidence_ids: tuple[str, ...] = ()
    leg_n: int | None = None
    note: str | None = None
    parcel: int = 1


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row as it stands; ``is_new`` when it was not noted before."""

    is_new: bool
    row: dict[str, Any]


def note_hand_over(ports: Ports, case_id: str, touch: Touch, *, by: str, now: datetime) -> KeptRow:
    """Note one touch. Raises ``NotFoundError``, ``CustodyFull``, and ``InvalidRequestError`` with every fault."""
    found: list[tuple[bool, HandOver]] = []

    def decide(file: CaseFile) -> Amendment | None:
        faults = list(_faults(file, touch, now))
        if faults:
            raise InvalidRequestError("the hand-over cannot be as written", faults)
        digest = digest_of(touch)
        known = [one for one in file.parts.of(HandOver) if one.digest == digest]
        row = known[0] if known else _row(file, touch, digest, by, now)
        found[:] = [(not known, row)]
        if known:
            return None
        facts = {"row": row.part_id, "of": row.of, "from": row.given_by, "to": row.taken_by, "digest": digest}
        return Amendment(file.case, "handed_over", facts, by=by, parts=(row,))

    amend_file(ports, case_id, now, decide)
    look_for_notices(ports, case_id)
    look_for_tools(ports, case_id)
    is_new, row = found[0]
    return KeptRow(is_new, hand_over_row(row))


def note_packing(
    ports: Ports,
    case_id: str,
    *,
    by: str,
    now: datetime,
    leg_n: int | None = None,
    seal: str | None = None,
    grams: Decimal | None = None,
    evidence_ids: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The customer has packed and closed the parcel: the number of the seal, what it weighs if they know, photos.

    Without a leg it is the one that last began at the customer. Raises what ``note_hand_over`` raises, and
    ``ConflictError`` while the case has no such leg.
    """
    file = file_of(ports, case_id)
    home = [leg.n for leg in file.legs if leg.direction == "home"]
    if leg_n is None and not home:
        raise ConflictError("no parcel is planned for this return yet; pack it when it is approved")
    touch = Touch(
        "customer", "carrier", "packed", leg_n=leg_n or home[-1], seal=seal, grams=grams, evidence_ids=evidence_ids,
        seal_state="intact" if seal else "unknown",
    )  # fmt: skip
    return note_hand_over(ports, case_id, touch, by=by or CUSTOMER, now=now).row


def _row(file: CaseFile, touch: Touch, digest: str, by: str, now: datetime) -> HandOver:
    rows = file.parts.of(HandOver)
    if len(rows) >= MOST_ROWS:
        raise CustodyFull(f"a case holds {MOST_ROWS} hand-overs; a person must look at this one")
    return HandOver(
        case_id=file.case.case_id, n=max((one.n for one in rows), default=0) + 1, at=touch.at or now,
        given_by=touch.given_by, taken_by=touch.taken_by, place=touch.place, noted_by=by, of=touch.of,
        grams=touch.grams, seal=touch.seal, seal_state=touch.seal_state, leg_n=touch.leg_n, note=touch.note,
        evidence_id=next(iter(touch.evidence_ids), None), evidence_ids=touch.evidence_ids, scale_id=touch.scale_id,
        digest=digest, parcel=touch.parcel,
    )  # fmt: skip


def _faults(file: CaseFile, touch: Touch, now: datetime) -> Iterator[FieldFault]:
    if touch.leg_n is not None and all(leg.n != touch.leg_n for leg in file.legs):
        yield FieldFault("leg", "no_such_leg", "a leg of this case")
    yield from parcel_faults(file, touch.leg_n, touch.parcel)
    if touch.given_by == touch.taken_by:
        yield FieldFault("taken_by", "same_holder", "a hand-over goes from one holder to another")
    yield from time_faults(touch.at, now)
    yield from evidence_faults(file, "evidence_ids", touch.evidence_ids)
