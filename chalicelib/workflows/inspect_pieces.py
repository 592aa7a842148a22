"""The pieces are looked at: weighed, counted, read and measured, and judged beside what was sold or worked on.

Every line of the request is said something of; what came of none is 0 and is not left out. What lay in a parcel that
came later is said alone: the look goes on, and what was found before stands as it is. An inspection is never
changed by another look: that one replaces it, says why, and the log keeps the digest of both. What is wrong freezes the
evidence in the same write, and holds the money until somebody has decided (``sign_inspection``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.returns.case import Case, Item
from chalicelib.returns.inspection import Inspection, standing
from chalicelib.returns.judge_inspection import DISAGREES, going_on, outcome_of, same_state, waits_for, wants_two
from chalicelib.returns.judge_parcel import is_empty
from chalicelib.returns.judge_piece import Before, PieceSeen, judge_piece
from chalicelib.returns.repair import RepairOrder
from chalicelib.returns.stages import OVER
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.custody_facts import digest_of, evidence_faults, time_faults
from chalicelib.workflows.freeze_evidence import frozen
from chalicelib.workflows.parcels import receipts_of
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_custody import inspection_row
from chalicelib.workflows.tell_inspection import send_inspection

# Why a look replaces an earlier one that it goes on with.
LATER = "another_parcel"


class NotReceived(ConflictError):
    """Nothing is looked into before its parcel was taken in."""

    code = "not_received"


class InspectionDiffers(ConflictError):
    """These pieces were looked at with another finding; looking again must be said, with the reason."""

    code = "inspection_differs"


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was seen of the pieces of one leg. ``after_repair`` is the repair after which they were looked at: then only
    the lines that were worked on are said, and they are held against the work order."""

    leg_n: int
    pieces: tuple[PieceSeen, ...]
    after_repair: int | None = None
    opening_video: str | None = None
    evidence_ids: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptInspection:
    """An inspection as it stands; ``is_new`` when nobody had found the same before."""

    is_new: bool
    row: dict[str, Any]


def inspect_pieces(
    ports: Ports, case_id: str, told: Inspected, *, corrects: bool, why: str | None, by: str, now: datetime
) -> KeptInspection:
    """Write an inspection; a case that was received is then ``inspected``, held or not. The same again is quiet.

    Raises ``NotReceived``, ``InspectionDiffers`` for another finding without ``corrects`` and ``why``,
    ``InvalidRequestError`` with every fault, ``ConflictError`` for a case that is over, ``NotFoundError`` without it.
    """
    found: list[tuple[bool, Inspection]] = []

    def decide(file: CaseFile) -> Amendment | None:
        digest = digest_of(told)
        before = _before(file, told)
        if before is not None and before.digest == digest:
            found[:] = [(False, before)]
            return None
        goes_on = before is not None and not corrects and _is_later(file, told, before)
        _refuse(file, told, now, before if goes_on else None)
        if not goes_on:
            _refuse_change(before, corrects=corrects, why=why)
        fresh = _inspection(ports, file, told, before, by, now, goes_on=goes_on)
        fresh = replace(fresh, digest=digest, why=why if before and not goes_on else None)
        found[:] = [(True, fresh)]
        return _amendment(file, fresh, before, by)

    amend_file(ports, case_id, now, decide)
    is_new, kept = found[0]
    send_inspection(ports, kept)
    return KeptInspection(is_new, inspection_row(kept))


def items_by_line(file: CaseFile) -> Mapping[int, Item]:
    """The lines of the request, counted from 1."""
    return dict(enumerate(file.plan.request.items, start=1))


def _is_later(file: CaseFile, told: Inspected, before: Inspection) -> bool:
    """Whether this is only of lines of which nothing had come, found in one of several parcels."""
    nothing_yet = {one.line for one in before.pieces if not one.came}
    several = told.after_repair is None and len(receipts_of(file, told.leg_n)) > 1
    return several and {one.line for one in told.pieces} <= nothing_yet


def _inspection(
    ports: Ports, file: CaseFile, told: Inspected, before: Inspection | None, by: str, now: datetime, *, goes_on: bool
) -> Inspection:
    items, country = items_by_line(file), file.plan.request.customer_country
    work = {one.line: _work_before(file, told, one.line) for one in told.pieces}
    pieces = tuple(judge_piece(items[one.line], one, now.date(), country, work[one.line]) for one in told.pieces)
    earlier_look = before if goes_on else None
    if earlier_look is not None:
        pieces = going_on(earlier_look, pieces)
    video = told.opening_video or _video_of(file, told.leg_n, only_the_last=goes_on)
    two = wants_two(file.case.money_at_risk, ports.merchant().thresholds.two_person_open_above)
    lacking = waits_for(pieces, two=two, video=video is not None, after_repair=told.after_repair is not None)
    disputed = earlier_look is not None and DISAGREES in earlier_look.reasons and earlier_look.released_by is None
    said = (DISAGREES,) if disputed else ()
    outcome = outcome_of(pieces, items, lacking, said)
    earlier = file.parts.of(Inspection)
    return Inspection(
        case_id=file.case.case_id, n=max((one.n for one in earlier), default=0) + 1, leg_n=told.leg_n,
        at=told.at or now, by=by, second=None, outcome=outcome, pieces=pieces,
        reasons=tuple(dict.fromkeys((*(why for one in pieces for why in (*one.holds, *one.waits)), *said))),
        after_repair=told.after_repair, waits_for=lacking, same_state=same_state(pieces, outcome),
        replaces=before.n if before else None, opening_video=video,
        evidence_ids=(*(earlier_look.evidence_ids if earlier_look else ()), *told.evidence_ids),
        looked_at_by=(*earlier_look.looked_at_by, earlier_look.by) if earlier_look else (),
        due_at=now if outcome == "held" or before is not None else None,
    )  # fmt: skip


def _amendment(file: CaseFile, fresh: Inspection, before: Inspection | None, by: str) -> Amendment:
    facts = {
        "inspection": fresh.part_id, "leg": str(fresh.leg_n), "outcome": fresh.outcome, "digest": fresh.digest or "",
        "same_state": _word(fresh.same_state),
    }  # fmt: skip
    replaced: tuple[Inspection, ...] = ()
    if before is not None:
        facts |= {"replaces": before.part_id, "was": before.digest or "", "why": fresh.why or LATER}
        replaced = (replace(before, replaced_by=fresh.n, due_at=None),)
    held = frozen(file) if any(one.holds for one in fresh.pieces) else ()
    what = "inspected" if before is None else "inspected_again"
    return Amendment(_moved(file.case, fresh), what, facts, by=by, parts=(fresh, *replaced, *held))


def _moved(case: Case, fresh: Inspection) -> Case:
    """A repair has a stage of its own, and a later look moves no stage back."""
    if case.stage == "received" and fresh.after_repair is None:
        return replace(case, stage="inspected")
    return case


def _work_before(file: CaseFile, told: Inspected, line: int) -> Before | None:
    """What a repair began with, for a line that it worked on. The take-in weighs the piece it is about; where a repair
    is about several lines they are held against the sale and the work."""
    order = _repair(file, told.after_repair)
    if order is None or order.take_in is None:
        return None
    work = tuple(one for one in order.operations if one.line == line)
    alone = len({one.line for one in order.operations}) == 1
    item = items_by_line(file)[line]
    return Before(order.take_in.gross_g if alone else item.gross_weight_g * item.quantity, work)


def _before(file: CaseFile, told: Inspected) -> Inspection | None:
    """The look that this one would replace."""
    same = (
        one for one in standing(file.parts.of(Inspection))
        if (one.leg_n, one.after_repair) == (told.leg_n, told.after_repair)
    )  # fmt: skip
    return next(same, None)


def _video_of(file: CaseFile, leg_n: int, *, only_the_last: bool) -> str | None:
    """The video of the opening; of several parcels each must have one, before the last of them is named."""
    videos = [one.opening_video for one in receipts_of(file, leg_n)]
    return videos[-1] if videos and (only_the_last or all(videos)) else None


def _repair(file: CaseFile, n: int | None) -> RepairOrder | None:
    return next((one for one in file.parts.of(RepairOrder) if one.n == n), None)


def _refuse_change(before: Inspection | None, *, corrects: bool, why: str | None) -> None:
    if before is None and corrects:
        fault = FieldFault("corrects", "nothing_to_correct", "these pieces were not looked at yet; leave corrects out")
        raise InvalidRequestError("there is nothing to correct", [fault])
    if before is not None and not (corrects and why):
        detail = f"inspection {before.n} found otherwise; send corrects true and why to look again"
        raise InspectionDiffers(detail)


def _refuse(file: CaseFile, told: Inspected, now: datetime, goes_on_with: Inspection | None) -> None:
    if file.case.stage in OVER:
        raise ConflictError(f"the return is {file.case.stage}: nothing is inspected for it any more")
    faults = [*time_faults(told.at, now), *_line_faults(file, told, goes_on_with)]
    faults += [fault for one in told.pieces for fault in _piece_faults(file, one, now)]
    faults += evidence_faults(file, "evidence_ids", told.evidence_ids)
    faults += evidence_faults(file, "opening_video", [told.opening_video], "video_opening")
    if faults:
        raise InvalidRequestError("the inspection cannot be as written", faults)
    receipts = receipts_of(file, told.leg_n)
    if told.after_repair is None and not receipts:
        raise NotReceived(f"take in the parcel of leg {told.leg_n} first: POST its receipt")
    if told.after_repair is None and all(map(is_empty, receipts)) and any(one.came for one in told.pieces):
        raise ConflictError("the receipt says that nothing was in the parcel; correct the receipt first")


def _line_faults(file: CaseFile, told: Inspected, goes_on_with: Inspection | None) -> Iterator[FieldFault]:
    said = [one.line for one in told.pieces]
    wanted = set(items_by_line(file))
    if all(leg.n != told.leg_n for leg in file.legs):
        yield FieldFault("leg", "no_such_leg", "a leg of this case")
    if told.after_repair is not None:
        order = _repair(file, told.after_repair)
        if order is None or order.take_in is None:
            yield FieldFault("after_repair", "no_such_repair", "a repair of this case whose piece was taken in")
        wanted = {one.line for one in order.operations} if order else set()
    if goes_on_with is not None:
        wanted = set(said)
    for line in sorted(wanted - set(said)):
        yield FieldFault("pieces", "line_wanted", f"say what came of line {line}, 0 if nothing")
    for line in sorted(set(said) - wanted):
        yield FieldFault("pieces", "no_such_line", f"line {line} is not among those to be looked at")
    for line in sorted({line for line in said if said.count(line) > 1}):
        yield FieldFault("pieces", "repeated_line", f"line {line} is given {said.count(line)} times")


def _piece_faults(file: CaseFile, one: PieceSeen, now: datetime) -> Iterator[FieldFault]:
    item, where = items_by_line(file).get(one.line), f"pieces.{one.line}"
    if item is None:
        return
    if one.came + one.kept > item.quantity:
        detail = f"{item.quantity} were sold: what else lay in the parcel is no piece of this line"
        yield FieldFault(f"{where}.came", "more_than_sold", detail)
    if one.came == 0 and (
        one.weighing or one.stones or one.serial or one.hallmark or one.readings_ppt or one.fault_found
    ):
        yield FieldFault(f"{where}.came", "nothing_came", "of nothing nothing can be weighed, counted or read")
    if one.second_agrees is not None and one.second_method is None:
        yield FieldFault(f"{where}.second_method", "required", "name the method that agreed or did not")
    if one.weighing is None:
        return
    if one.weighing.net_g is not None and one.weighing.net_g > one.weighing.gross_g:
        yield FieldFault(f"{where}.weighing.net_g", "heavier_than_gross", "the metal weighs no more than the whole")
    if one.weighing.calibrated_on > now.date():
        yield FieldFault(f"{where}.weighing.calibrated_on", "in_the_future", "the day of the last calibration")


def _word(said: bool | None) -> str:
    return "unknown" if said is None else "yes" if said else "no"
