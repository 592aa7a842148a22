"""What was decided of one leg: home, the plan of the case; out, what was decided of that way out.

Both have the same shape, so that one story books, papers and covers a leg whichever way it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from chalicelib.returns.case import Case, Plan
from chalicelib.returns.custody import Receipt
from chalicelib.returns.stages import OVER, is_past
from chalicelib.returns.way_out import WayOut
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.customs_lines import terms_of
from chalicelib.workflows.ports import CaseFile

# A case that is over sends nothing any more.
# A way out that a machine may not decide, as its exception is called.
WAY_OUT_WANTED = "way_out_wanted"


def episode_of_way_out(leg_n: int) -> str:
    """The exception of one way out, however often it is planned anew."""
    return f"out-{leg_n}"


def way_out_of(file: CaseFile, leg_n: int) -> WayOut | None:
    """The way out of this leg; None for a leg home."""
    return next((one for one in file.parts.of(WayOut) if one.leg_n == leg_n), None)


def plan_of(file: CaseFile, leg: Leg) -> Plan:
    """What this leg rests on: its pieces, estimate, route, cover and papers. A wish for a courier at the customer's
    door is none for the way out."""
    way = way_out_of(file, leg.n) if leg.direction == "out" else None
    if way is None or way.answer is None:
        return file.plan
    return Plan(file.case.case_id, replace(file.plan.request, items=way.items, pickup=None), way.answer)


def terms_for(plan: Plan, leg: Leg) -> Literal["DAP", "DDP"]:
    """Who pays at the border of this leg: as decided of it, else as its purpose has it."""
    border: Mapping[str, Any] | None = plan.answer.get("border")
    if border is not None and leg.direction == "out":
        return "DDP" if border["terms"] == "DDP" else "DAP"
    return terms_of(plan.request.kind, leg.purpose)


def is_called_off(file: CaseFile, leg_n: int) -> bool:
    """Whether nothing is to go on this leg any more: its return was cancelled, or its way out was called off."""
    way = way_out_of(file, leg_n)
    return file.case.stage == "cancelled" or (way is not None and way.state == "called_off")


def still_comes_home(file: CaseFile) -> bool:
    """Whether the first piece is still to come home though the case is further: its replacement goes in advance."""
    advanced = any(one.advance and one.state != "called_off" for one in file.parts.of(WayOut))
    return advanced and not file.parts.of(Receipt)


def may_go_out(case: Case, way: WayOut | None) -> bool:
    """Whether a leg out may be booked now: it was decided, and the case is not over."""
    return case.stage not in OVER and (way is None or way.state in ("planned", "sent"))


def has_come_home(file: CaseFile) -> bool:
    """Whether the parcel that came home is in our hands, or none is to come any more."""
    return is_past(file.case.stage, "arrived") and not still_comes_home(file)
