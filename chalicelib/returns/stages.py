"""The stages of a case, as one table: what is not in it cannot happen.

``arrived`` is the carrier's word, ``received`` our own take-in. From every stage but the two last ones a case can be
closed or cancelled: a person can always end it.
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
# The two last ones: nothing leads out of them.
OVER: frozenset[Stage] = frozenset({"closed", "cancelled"})

# A carrier's scan can outrun our own record of the booking, and a parcel its scans: the road may be entered further
# on. Money may be given before the piece is back (an advance, a parcel that was lost), so ``settling`` may lead to
# ``received``; what could not be handed over on the way out comes home and is received again. Backwards a case goes
# otherwise only when a person takes an approval back before anything was bought, or looks at a piece again.
NEXT: Mapping[Stage, frozenset[Stage]] = {
    "review": frozenset({"evidence_needed", "approved", "settling", "closed", "cancelled"}),
    "evidence_needed": frozenset({"review", "approved", "settling", "closed", "cancelled"}),
    "approved": frozenset(
        {
            "review",
            "booked",
            "in_transit",
            "arrived",
            "received",
            "settling",
            "closed",
            "cancelled",
        }
    ),
    "booked": frozenset({"in_transit", "arrived", "received", "settling", "closed", "cancelled"}),
    "in_transit": frozenset({"arrived", "received", "settling", "closed"}),
    "arrived": frozenset({"received", "settling", "closed"}),
    "received": frozenset({"inspected", "settling", "closed"}),
    "inspected": frozenset({"in_repair", "settling", "sending_out", "closed"}),
    "in_repair": frozenset({"inspected", "settling", "sending_out", "closed"}),
    "settling": frozenset({"received", "in_repair", "sending_out", "closed"}),
    "sending_out": frozenset({"received", "settling", "closed"}),
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
