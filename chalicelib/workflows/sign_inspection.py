"""A second person signs an inspection by their own token, or another one releases what is held, with a reason.

Nobody signs for somebody else and nobody releases what they found themselves: a second pair of eyes is a second holder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from chalicelib.errors import InvalidRequestError, NotFoundError
from chalicelib.returns.inspection import Inspection
from chalicelib.returns.judge_inspection import released, signed
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.custody_facts import evidence_faults
from chalicelib.workflows.inspect_pieces import items_by_line
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_custody import inspection_row
from chalicelib.workflows.tell_inspection import send_inspection

Step = Callable[[CaseFile, Inspection], Inspection | None]


def countersign(
    ports: Ports, case_id: str, n: int, *, agrees: bool, opening_video: str | None, by: str, now: datetime
) -> dict[str, Any]:
    """The second person's word on an inspection; the same again is quiet. Raises ``SamePerson``, ``InspectionOver``,
    ``InvalidRequestError`` for a video that is not there, ``NotFoundError``."""

    def step(file: CaseFile, found: Inspection) -> Inspection | None:
        faults = list(evidence_faults(file, "opening_video", [opening_video], "video_opening"))
        if faults:
            raise InvalidRequestError("this cannot be signed as written", faults)
        return signed(found, items_by_line(file), by, now, agrees=agrees, video=opening_video)

    facts = {"agrees": "yes" if agrees else "no"} | ({"opening_video": opening_video} if opening_video else {})
    return _change(ports, case_id, n, step, "inspection_signed", facts, by, now)


def release(
    ports: Ports,
    case_id: str,
    n: int,
    *,
    accepted: Mapping[int, tuple[int, Decimal | None]],
    why: str,
    by: str,
    now: datetime,
) -> dict[str, Any]:
    """Another person's decision on an inspection that is held: how many pieces of each held line are accepted, with how
    much net metal. Raises ``SamePerson``, ``InspectionOver``, ``InvalidRequestError`` with every line that is wrong."""

    def step(file: CaseFile, found: Inspection) -> Inspection | None:
        return released(found, items_by_line(file), accepted, by, now, why=why)

    facts = {"why": why, "accepted": " ".join(f"{line}:{pieces}" for line, (pieces, _) in sorted(accepted.items()))}
    return _change(ports, case_id, n, step, "inspection_released", facts, by, now)


def _change(
    ports: Ports, case_id: str, n: int, step: Step, what: str, facts: Mapping[str, str], by: str, now: datetime
) -> dict[str, Any]:
    kept: list[Inspection] = []

    def decide(file: CaseFile) -> Amendment | None:
        found = next((one for one in file.parts.of(Inspection) if one.n == n), None)
        if found is None:
            raise NotFoundError("this case has no such inspection")
        after = step(file, found)
        kept[:] = [found if after is None else replace(after, due_at=now)]
        if after is None:
            return None
        told = {"inspection": found.part_id, "outcome": after.outcome, **facts}
        return Amendment(file.case, what, told, by=by, parts=tuple(kept))

    amend_file(ports, case_id, now, decide)
    send_inspection(ports, kept[0])
    return inspection_row(kept[0])
