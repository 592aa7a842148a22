"""What follows when a person decides about a way out that a machine may not decide.

``approved``: its waybill becomes due. ``approved_without_proof``: the same where the papers lack what relief needs,
which is then not claimed. ``called_off``: nothing goes.

What is lacking may also be given, and the way out planned anew: then the exception is settled by that.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.alerts.exceptions import OpenException
from chalicelib.customs.asked_facts import OF_A_WAY_OUT, asked
from chalicelib.errors import ConflictError
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.leg_plan import way_out_of
from chalicelib.workflows.plan_out import GOES
from chalicelib.workflows.ports import CaseFile
from chalicelib.workflows.right_to_leave import refuse_unasked, settled_too
from chalicelib.workflows.send_out import called_off, stage_with
from chalicelib.workflows.unsent_outcome import opened_for
from chalicelib.workflows.verdicts import APPROVED_WITHOUT_PROOF, WAIVED, Consequence, Verdict, made_without


def way_out_decided(file: CaseFile, found: OpenException, verdict: Verdict, now: datetime) -> Consequence:
    """What this outcome means for the way out; raises ``ConflictError`` when there is nothing it could mean."""
    way = way_out_of(file, found.leg_n) if found.leg_n is not None else None
    if way is None:
        raise ConflictError("the way out this exception is about is gone")
    if verdict.outcome == "called_off":
        return _called_off(file, way, verdict, now)
    if way.state != "wanted":
        raise ConflictError(f"the way out is {way.state} by now: read the case again")
    _refuse_without_right(file, way)
    own = tuple(one for one in file.bookings if one.leg_n == way.leg_n and one.status == "planned")
    if not own:
        raise ConflictError("nobody carries it yet: plan it anew (POST ways-out) with the piece or the carrier to take")
    after = replace(way, state="planned", answer=_answer(way, verdict), changed_at=now)
    due = tuple(replace(one, due_at=max(now, one.not_before or now)) for one in own)
    stage = stage_with(file.case, after)
    return Consequence(stage, due, tuple(one.step for one in due), over=own, parts=(after,))


def _called_off(file: CaseFile, way: WayOut, verdict: Verdict, now: datetime) -> Consequence:
    """Nothing goes out. The exception itself is resolved by the verdict."""
    if way.state == "called_off":
        return Consequence()
    if way.state not in ("wanted", "planned"):
        raise ConflictError(f"the way out is {way.state} by now: only the carrier can stop it")
    change = called_off(file, way, "decided_so", verdict.holder, now)
    unsent = opened_for(file, replace(way, state="called_off"), now)
    steps = tuple(one.step for one in change.bookings if one.kind in ("waybill_cancel", "pickup_cancel"))
    return Consequence(
        change.case.stage, change.bookings, steps, over=change.over, parts=change.parts, exceptions=unsent
    )


def _refuse_without_right(file: CaseFile, way: WayOut) -> None:
    """What asked for it stands still, and its piece was not settled meanwhile: no verdict goes over that."""
    refuse_unasked(file, way.cause, way.settlement_n, way.repair_n, may_lend=True)
    if points := settled_too(file, way.repair_n, way.items):
        raise ConflictError("; ".join(points))


def _answer(way: WayOut, verdict: Verdict) -> dict[str, object]:
    """What was decided, with the papers made though they lack a fact, where a person said so."""
    answer = {**(way.answer or {}), "next": [GOES]}
    missing = [asked(OF_A_WAY_OUT + fact).name for paper in answer["papers"] for fact in paper["missing"]]
    if not missing:
        return answer
    if verdict.outcome != APPROVED_WITHOUT_PROOF:
        raise ConflictError(
            f"the papers lack {', '.join(dict.fromkeys(missing))}: give it (POST ways-out), or resolve as "
            f"{APPROVED_WITHOUT_PROOF} to send it without relief"
        )
    return {**answer, "proof": WAIVED, "papers": [made_without(row) for row in answer["papers"]]}
