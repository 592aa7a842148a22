"""The stages of a case, as one table: what is not in it cannot happen.

A case walks as far as ``arrived`` (the carrier's word). The stages after it are
named, so that stored cases and lists know them, but nothing leads there yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from chalicelib.errors import StageNotAllowed

Stage = Literal[
    "review", "evidence_needed", "approved", "booked", "in_transit", "arrived", "received", "inspected",
    "in_repair", "settling", "sending_out", "closed", "cancelled",
]  # fmt: skip
STAGES: tuple[Stage, ...] = get_args(Stage)

# A carrier's scan can outrun our own record of the booking, so the road may be entered further on; never
# backwards, but for a person who takes an approval back to look again before anything was bought.
NEXT: Mapping[Stage, frozenset[Stage]] = {
    "review": frozenset({"evidence_needed", "approved", "cancelled"}),
    "evidence_needed": frozenset({"review", "approved", "cancelled"}),
    "approved": frozenset({"review", "booked", "in_transit", "arrived", "cancelled"}),
    "booked": frozenset({"in_transit", "arrived", "cancelled"}),
    "in_transit": frozenset({"arrived"}),
    "arrived": frozenset(),
    "received": frozenset(),
    "inspected": frozenset(),
    "in_repair": frozenset(),
    "settling": frozenset(),
    "sending_out": frozenset(),
    "closed": frozenset(),
    "cancelled": frozenset(),
}

# How far along the road a stage is; stages with the same figure lie beside each other, not one behind the
# other.
_FAR: Mapping[Stage, int] = {
    "review": 0, "evidence_needed": 0, "approved": 1, "booked": 2, "in_transit": 3, "arrived": 4, "received":
    5, "inspected": 6, "in_repair": 7, "settling": 7, "sending_out": 8, "closed": 9,
}  # fmt: skip


def advance(from_stage: Stage, to_stage: Stage) -> Stage:
    """The new stage, when the table allows it; raises ``StageNotAllowed`` and changes nothing otherwise.

    >>> advance("booked", "in_transit")
    'in_transit'
    """
    if to_stage not in NEXT[from_stage]:
        raise StageNotAllowed(from_stage, to_stage)
    return to_stage


def is_past(stage: Stage, to_stage: Stage) -> bool:
    """Whether the case is at ``to_stage`` or further, so that a second copy of the news changes nothing.

    A cancelled case is past nothing but its own end; ``review`` and ``evidence_needed`` are not past each
    other.

    >>> is_past("arrived", "in_transit"), is_past("booked", "arrived"), is_past("cancelled", "booked")
    (True, False, False)
    """
    if stage == to_stage:
        return True
    if "cancelled" in (stage, to_stage):
        return False
    return _FAR[stage] > _FAR[to_stage]
