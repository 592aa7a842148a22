"""What of a ground was found, and by whom: the fault that a customer claimed is theirs until somebody has looked.

The dock's word on a piece counts before a claim, and a later one before an earlier. A piece that was looked at and of
which nobody has said it stands as claimed: a forgotten field refuses nobody; it is named and another person looks.
"""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.returns.inspection import PieceFound
from chalicelib.returns.settlement_rules import GroundOn
from chalicelib.workflows.ports import CaseFile

FAULTS = frozenset({"quality", "not_as_described", "wrong_item", "damaged_in_transit"})
NOT_FOUND, UNJUDGED = "fault_not_found", "fault_not_judged"
GRANTS_A_FAULT = ("guarantee", "warranty")


def is_fault(file: CaseFile, found: Iterable[PieceFound], lines: tuple[int, ...]) -> bool:
    """Whether these lines (none: all) are settled as faulty: found to be, or claimed and not found otherwise."""
    judged = fault_judged(found, lines)
    return bool(judged) or (judged is None and file.case.reason in FAULTS)


def fault_judged(found: Iterable[PieceFound], lines: tuple[int, ...]) -> bool | None:
    """What the dock said of a fault in these lines (none: all), the better for the customer first; None while it has
    not said it of each that came."""
    said = {one.fault_found for one in found if one.came and (not lines or one.line in lines)}
    return True if True in said else False if said == {False} else None


def fault_lacks(file: CaseFile, found: Iterable[PieceFound], lines: tuple[int, ...], on: GroundOn) -> tuple[str, ...]:
    """What a settlement on this ground says of a fault that was claimed: that the dock found none, or that nobody has
    judged it though the piece was looked at."""
    pieces = tuple(found)
    judged = fault_judged(pieces, lines)
    if file.case.reason not in FAULTS or judged or not pieces:
        return ()
    if judged is False:
        return (NOT_FOUND,) if on != "fault" else ()
    return (UNJUDGED,) if on == "fault" and not _is_granted(file) else ()


def grants(file: CaseFile, *codes: str) -> bool:
    """Whether one of these grounds was granted by rule when the return was opened."""
    return any(row["code"] in codes and row["verdict"] == "granted" for row in _rows(file))


def _is_granted(file: CaseFile) -> bool:
    """Whether guarantee or warranty was granted: by rule, or by the person who approved what a rule could not."""
    approved = any(
        entry.facts.get("outcome", "").startswith("approved")
        and (entry.what == "decided" or entry.facts.get("kind") == "decision_wanted")
        for entry in file.log
    )
    stands = any(row["code"] in GRANTS_A_FAULT and row["verdict"] != "denied" for row in _rows(file))
    return grants(file, *GRANTS_A_FAULT) or (approved and stands)


def _rows(file: CaseFile) -> tuple[dict[str, str], ...]:
    return tuple(file.plan.answer.get("decision", {}).get("grounds", ()))
