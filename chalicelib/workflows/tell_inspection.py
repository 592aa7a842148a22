"""What an inspection found is told: to people on whose work list it is, to the customer, tools, the clocks of claims.

Each trouble is an exception of its own, named by the inspection and what is wrong, so that a look too many repeats
nothing. One that a later look or a signature has put right is closed the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.returns.inspection import Inspection
from chalicelib.returns.judge_piece import FINENESS_DOUBTS
from chalicelib.workflows.alert_words import closing_of, opening
from chalicelib.workflows.case_parts import part_of
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.tell_finding import Telling, tell_finding
from chalicelib.workflows.tell_steps import look_for_tools
from chalicelib.workflows.wake_parts import step_of

# By what was found. A doubt that no other trouble covers is one of weight or identity: both are weighed and read again.
KINDS = {
    "empty": "empty_parcel",
    "swapped": "swapped_piece",
    "short": "shortfall",
    "fineness": "fineness_doubt",
    "doubt": "weight_doubt",
    "formality": "signature_wanted",
}
# A release ends these; a shortfall or a swap stays with whoever works on it, for a carrier or an insurer may owe it.
ENDED_BY_RELEASE = frozenset({"fineness_doubt", "weight_doubt", "signature_wanted"})


def look(ports: Ports, case_id: str, part_id: str, now: datetime) -> None:
    """Tell of what an inspection found, take back what no longer is so, and let it rest."""

    def told(file: CaseFile, found: Inspection) -> Telling:
        alerts = [*_openings(found), *_closings(file, found, now)]
        return Telling(alerts, "inspection_told", {"inspection": part_id, "troubles": " ".join(_troubles(found))})

    tell_finding(ports, case_id, part_id, Inspection, told, now)


def stands(_ports: Ports, file: CaseFile, part_id: str, episode: str, _now: datetime) -> bool:
    """Whether this is still a trouble of this inspection."""
    mine = (one for one in file.parts.of(Inspection) if one.part_id == part_id)
    return any(episode == _episode(one, KINDS[key]) for one in mine for key in _troubles(one))


def send_inspection(ports: Ports, inspection: Inspection) -> None:
    """Have the look made, the customer and tools told; again is harmless."""
    if inspection.due_at is not None:
        ports.queues.send("steps", [step_of(inspection.case_id, inspection.KIND, inspection.part_id)])
    look_for_notices(ports, inspection.case_id)
    look_for_tools(ports, inspection.case_id)


def _troubles(found: Inspection) -> tuple[str, ...]:
    """The keys of ``KINDS`` that stand now, gravest first."""
    if found.replaced_by is not None or not found.holds:
        return ()
    holding = {why for one in found.pieces for why in one.holds}
    verdicts = {one.verdict for one in found.pieces}
    empty = bool(holding) and all(one.came == 0 for one in found.pieces)
    lacking = "short" in verdicts or "pieces_missing" in holding
    doubts = {why for one in found.pieces for why in (*one.holds, *one.waits)}
    other = doubts - FINENESS_DOUBTS - {"pieces_missing"}
    told = {
        "empty": empty,
        "swapped": "swapped" in verdicts,
        "short": lacking and not empty,
        "fineness": bool(doubts & FINENESS_DOUBTS),
        "doubt": bool(other) and not {"swapped", "short"} & verdicts,
        "formality": bool(found.waits_for) and not doubts,
    }
    return tuple(key for key, so in told.items() if so)


def _openings(found: Inspection) -> Iterator[dict[str, Any]]:
    for key in _troubles(found):
        kind = KINDS[key]
        facts = {"leg": _leg(found), "detail": _detail(found), "part": part_of(found)}
        yield opening(found.case_id, kind, _episode(found, kind), found.at, **facts)


def _closings(file: CaseFile, found: Inspection, now: datetime) -> Iterator[dict[str, Any]]:
    """What this inspection and those that were replaced have told and is not so any more."""
    mine = {_episode(found, KINDS[key]) for key in _troubles(found)}
    told_by = [found, *(one for one in file.parts.of(Inspection) if one.replaced_by is not None)]
    for one in file.exceptions:
        known = any(one.episode == _episode(by, one.kind) for by in told_by)
        of_another = one.episode != _episode(found, one.kind)
        ends = of_another or found.released_by is None or one.kind in ENDED_BY_RELEASE
        if known and ends and one.status != "resolved" and one.episode not in mine:
            yield closing_of(one, _detail(found), now)


def _detail(found: Inspection) -> str:
    lines = [f"line {one.line} {one.verdict}" for one in found.pieces]
    words = ", ".join([*lines, *(f"waits for {one}" for one in found.waits_for), *found.reasons])
    return f"inspection {found.n}: {words[:300]}"


def _leg(found: Inspection) -> int | None:
    """After a repair no carrier has had it: then no clock of a claim begins by it."""
    return found.leg_n if found.after_repair is None else None


def _episode(found: Inspection, kind: str) -> str:
    return f"inspection-{found.n}-{kind}"
