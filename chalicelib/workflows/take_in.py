"""A parcel is taken in: weighed and looked at before anybody signs, opened on camera, and written down once.

The receipt is always taken, whatever is wrong with the parcel and however late the hour: what it says holds the money,
never the door. What is wrong freezes the evidence in the same write; people are told of it by a look that follows,
which the sweep repeats until it is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError, NotFoundError
from chalicelib.returns.case import Case
from chalicelib.returns.custody import Receipt
from chalicelib.returns.judge_parcel import WEIGHT_WORDS, ParcelSeen, Sent, judge_parcel, seal_as_found, weight_words
from chalicelib.returns.stages import NEXT
from chalicelib.shipments.leg import Leg
from chalicelib.shipments.watch import UNHEARD
from chalicelib.workflows import keep_claims, watch_refund
from chalicelib.workflows.alert_words import closing_of, opening
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.case_parts import part_of
from chalicelib.workflows.custody_facts import digest_of, evidence_faults, how_it_left, time_faults
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.follow_case import come_back
from chalicelib.workflows.freeze_evidence import frozen
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.parcels import awaited, parcel_faults, receipts_of
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_custody import receipt_row
from chalicelib.workflows.tell_finding import Telling, tell_finding
from chalicelib.workflows.tell_steps import look_for_tools
from chalicelib.workflows.wake_parts import step_of

# What the rules found of a parcel, and the trouble it is. Anything else is said in the receipt and is no trouble.
KIND_OF = {
    "nothing_inside": "empty_parcel",
    "weighs_no_more_than_its_packing": "empty_parcel",
    "other_contents": "swapped_piece",
    "seal_other_number": "seal_mismatch",
    "seal_broken": "seal_mismatch",
    "seal_missing": "seal_mismatch",
    "was_opened": "seal_mismatch",
    "covert_mark_missing": "seal_mismatch",
    "inner_label_differs": "seal_mismatch",
    "sender_differs": "sender_differs",
    "repacked": "repacked",
    "weight_dropped": "weight_changed",
    "weight_risen": "weight_changed",
    "damaged": "damaged_parcel",
}
FREEZES = frozenset(KIND_OF) - {"weight_risen", "sender_differs"}


class ReceiptDiffers(ConflictError):
    """This parcel was taken in with other facts; a correction must say that it is one, and why."""

    code = "receipt_differs"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What was said of a parcel at our door; ``facility_id`` None: the place it was sent to, ``at`` None: now.
    ``parcel`` is its number among those of its leg: a second box, whichever way it came, is 2."""

    leg_n: int
    seen: ParcelSeen
    facility_id: str | None = None
    at: datetime | None = None
    parcel: int = 1


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as it stands; ``is_new`` when the parcel had not been taken in before."""

    is_new: bool
    row: dict[str, Any]


def take_in(
    ports: Ports, case_id: str, told: TakenIn, *, corrects: bool, why: str | None, by: str, now: datetime
) -> KeptReceipt:
    """Write the receipt of a parcel, or correct it; with the first of its leg the case is ``received`` where its stage
    lets it be.

    The same again is quiet. Raises ``ReceiptDiffers`` for other facts without ``corrects`` and ``why``,
    ``InvalidRequestError`` with every fault, ``NotFoundError`` without the case.
    """
    found: list[tuple[bool, Receipt]] = []
    beside: tuple[Receipt, ...] = ()

    def decide(file: CaseFile) -> Amendment | None:
        nonlocal beside
        _refuse_faults(ports, file, told, now)
        before = next((one for one in receipts_of(file, told.leg_n) if one.parcel == told.parcel), None)
        if before is not None and before.digest == digest_of(told):
            found[:] = [(False, before)]
            return None
        _refuse_change(before, corrects=corrects, why=why)
        receipt = _receipt(ports, file, told, before, by, now)
        found[:] = [(before is None, receipt)]
        beside = _judged_anew(ports, file, receipt, now)
        return _amendment(file, receipt, before, beside, why, by)

    amend_file(ports, case_id, now, decide)
    is_new, receipt = found[0]
    if receipt.leg_n > 1:  # the first leg goes home
        come_back(ports, case_id, receipt.leg_n, receipt.received_at, now)
    _send(ports, receipt, *beside)
    return KeptReceipt(is_new, receipt_row(receipt) | {"stage": file_of(ports, case_id).case.stage})


def look(ports: Ports, case_id: str, part_id: str, now: datetime) -> None:
    """Tell of what is wrong with a parcel, take back what was told and is put right, or was missed of it while nobody
    scanned it, and let the receipt rest."""

    def told(file: CaseFile, receipt: Receipt) -> Telling:
        missed = (closing_of(one, "it was taken in", now) for one in unheard(file, receipt.leg_n))
        alerts = [*_openings(receipt), *_closings(file, receipt, now), *missed]
        return Telling(alerts, "receipt_told", {"leg": part_id, "doubts": " ".join(receipt.doubts)})

    tell_finding(ports, case_id, part_id, Receipt, told, now)


def unheard(file: CaseFile, leg_n: int, with_this: int | None = None) -> tuple[OpenException, ...]:
    """What people are told of this parcel only because no scan of it came: over once all of its leg is in our hands."""
    if awaited(file, leg_n, with_this):
        return ()
    of_leg = (one for one in file.exceptions if one.leg_n == leg_n and one.status != "resolved")
    return tuple(one for one in of_leg if one.kind in UNHEARD)


def moved_to_received(case: Case) -> Case:
    """The case once its parcel is in our hands; as it was where its stage does not lead there: the parcel is taken in
    all the same."""
    return replace(case, stage="received") if "received" in NEXT[case.stage] else case


def _amendment(
    file: CaseFile, receipt: Receipt, before: Receipt | None, beside: tuple[Receipt, ...], why: str | None, by: str
) -> Amendment:
    facts = {"leg": receipt.part_id, "digest": receipt.digest or "", "doubts": " ".join(receipt.doubts)}
    if before is not None:
        facts |= {"was": before.digest or "", "why": why or ""}
    held = frozen(file) if FREEZES & set(receipt.doubts) else ()
    stays = before is not None or receipts_of(file, receipt.leg_n)
    case = file.case if stays else moved_to_received(file.case)
    what = "received" if before is None else "receipt_corrected"
    return Amendment(case, what, facts, by=by, parts=(receipt, *beside, *held))


def _judged_anew(ports: Ports, file: CaseFile, fresh: Receipt, now: datetime) -> tuple[Receipt, ...]:
    """The other parcels of its leg whose weights say something else now that this one is here."""
    leg = _leg(file, fresh.leg_n)
    found = []
    for one in receipts_of(file, fresh.leg_n):
        if one.parcel == fresh.parcel:
            continue
        sent = how_it_left(ports, file, leg, now.date(), one.parcel, fresh)
        seen = ParcelSeen(one.parcel_weight_g, scale_tolerance_g=one.scale_tolerance_g, contents=one.contents)
        words = tuple(weight_words(seen, sent, alone=True))
        doubts = (*words, *(word for word in one.doubts if word not in WEIGHT_WORDS))
        if set(doubts) != set(one.doubts):
            changes = (set(doubts) ^ set(one.doubts)) & set(KIND_OF)
            found.append(replace(one, doubts=doubts, due_at=now if changes else one.due_at))
    return tuple(found)


def _receipt(ports: Ports, file: CaseFile, told: TakenIn, before: Receipt | None, by: str, now: datetime) -> Receipt:
    leg, seen = _leg(file, told.leg_n), told.seen
    sent: Sent = how_it_left(ports, file, leg, now.date(), told.parcel)
    doubts = judge_parcel(seen, sent, now.date())
    was = frozenset(before.doubts) if before else frozenset()
    return Receipt(
        case_id=file.case.case_id, leg_n=leg.n, facility_id=told.facility_id or leg.return_to,
        received_at=told.at or (before.received_at if before else now), received_by=by,
        parcel_weight_g=seen.weight_g, scale_id=seen.scale_id, scale_tolerance_g=seen.scale_tolerance_g,
        seal=seen.seal, seal_state=seal_as_found(seen, sent), damage=seen.damage,
        remarks_on_receipt=seen.remarks_on_receipt, opened_by=seen.opened_by, opening_video=seen.opening_video,
        doubts=doubts, packing_g=seen.packing_g, contents=seen.contents, evidence_ids=seen.evidence_ids,
        sealed_g=sent.sealed_g, carrier_weights_g=sent.told_g, digest=digest_of(told),
        corrected=before.corrected + 1 if before else 0,
        due_at=now if (set(doubts) | was) & set(KIND_OF) or unheard(file, leg.n, told.parcel) else None,
        parcel=told.parcel, covert_mark=seen.covert_mark, inner_label=seen.inner_label,
        sender_differs=seen.sender_differs,
    )  # fmt: skip


def stands(_ports: Ports, file: CaseFile, part_id: str, episode: str, _now: datetime) -> bool:
    """Whether this is still a trouble of this receipt."""
    mine = (one for one in file.parts.of(Receipt) if one.part_id == part_id)
    return any(episode == told["episode"] for one in mine for told in _openings(one))


def _send(ports: Ports, receipt: Receipt, *beside: Receipt) -> None:
    """Have the look made, customers and tools told, and the clocks of claims reckoned from what is known now; all of it
    is harmless when it was done before."""
    due = [step_of(one.case_id, one.KIND, one.part_id) for one in (receipt, *beside) if one.due_at is not None]
    if due:
        ports.queues.send("steps", due)
    claims, refund = keep_claims.step_of(receipt.case_id, receipt.leg_n), watch_refund.step_of(receipt.case_id)
    ports.queues.send("steps", [claims, refund])
    look_for_notices(ports, receipt.case_id)
    look_for_tools(ports, receipt.case_id)


def _openings(receipt: Receipt) -> Iterator[dict[str, Any]]:
    """One trouble for each kind, with the gravest of what was found as its reason."""
    gravest: dict[str, str] = {}
    for doubt in receipt.doubts:
        if doubt in KIND_OF:
            gravest.setdefault(KIND_OF[doubt], doubt)
    for doubt in gravest.values():
        kind = KIND_OF[doubt]
        detail = f"found at the door: {', '.join(receipt.doubts)}"
        yield opening(
            receipt.case_id, kind, _episode(receipt, kind), receipt.received_at, leg=receipt.leg_n, reason=doubt,
            detail=detail, part=part_of(receipt),
        )  # fmt: skip


def _closings(file: CaseFile, receipt: Receipt, now: datetime) -> Iterator[dict[str, Any]]:
    present = {KIND_OF[doubt] for doubt in receipt.doubts if doubt in KIND_OF}
    for one in file.exceptions:
        told_here = one.episode == _episode(receipt, one.kind) and one.status != "resolved"
        if told_here and one.kind not in present:
            yield closing_of(one, "the receipt was corrected", now)


def _episode(receipt: Receipt, kind: str) -> str:
    return f"receipt-{receipt.part_id}-{kind}"


def _leg(file: CaseFile, leg_n: int) -> Leg:
    found = next((one for one in file.legs if one.n == leg_n), None)
    if found is None:
        raise NotFoundError("no case has this leg")
    return found


def _refuse_change(before: Receipt | None, *, corrects: bool, why: str | None) -> None:
    if before is None and corrects:
        fault = FieldFault("corrects", "nothing_to_correct", "this parcel was not taken in yet; leave corrects out")
        raise InvalidRequestError("there is nothing to correct", [fault])
    if before is not None and not (corrects and why):
        raise ReceiptDiffers("this parcel was taken in with other facts; send corrects true and why to change them")


def _refuse_faults(ports: Ports, file: CaseFile, told: TakenIn, now: datetime) -> None:
    seen, faults = told.seen, time_faults(told.at, now)
    if all(leg.n != told.leg_n for leg in file.legs):
        faults.append(FieldFault("leg", "no_such_leg", "a leg of this case"))
    faults += parcel_faults(file, told.leg_n, told.parcel)
    if told.facility_id is not None and ports.merchant().facility_called(told.facility_id) is None:
        faults.append(FieldFault("facility", "no_such_facility", "a facility of the merchant file"))
    if seen.weight_g is not None and seen.packing_g is not None and seen.packing_g > seen.weight_g:
        detail = "the empty packing weighs no more than the parcel"
        faults.append(FieldFault("packing_g", "heavier_than_parcel", detail))
    faults += evidence_faults(file, "evidence_ids", seen.evidence_ids)
    faults += evidence_faults(file, "opening_video", [seen.opening_video], "video_opening")
    if faults:
        raise InvalidRequestError("the receipt cannot be as written", faults)
