"""What the dock has found is told, and then rests: the same for a parcel at the door and for the pieces in it.

What is told goes first and rests only where it still is what was found: a look that died between the two tells the same
again, under the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.returns.custody import Receipt
from chalicelib.returns.inspection import Inspection
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.ports import CaseFile, Ports

Found = TypeVar("Found", Receipt, Inspection)


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of a finding: the alerts, and how the log says that they were sent."""

    alerts: Sequence[dict[str, Any]]
    what: str
    facts: Mapping[str, str]


def tell_finding(
    ports: Ports,
    case_id: str,
    part_id: str,
    kind: type[Found],
    told: Callable[[CaseFile, Found], Telling],
    now: datetime,
) -> None:
    """Tell of what was found, and let it rest; quiet where it rests already. Raises ``NotFoundError``."""
    file = file_of(ports, case_id)
    found = _part(file, kind, part_id)
    if found is None or found.due_at is None:
        return
    telling = told(file, found)
    if telling.alerts:
        ports.queues.send("alerts", telling.alerts)

    def rest(seen: CaseFile) -> Amendment | None:
        if _part(seen, kind, part_id) != found:
            return None
        return Amendment(seen.case, telling.what, telling.facts, parts=(replace(found, due_at=None),))

    amend_file(ports, case_id, now, rest)


def _part(file: CaseFile, kind: type[Found], part_id: str) -> Found | None:
    return next((one for one in file.parts.of(kind) if one.part_id == part_id), None)
