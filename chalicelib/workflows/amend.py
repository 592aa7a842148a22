"""Changing a case: read it, say what changes, write it with its log entry; again when somebody else wrote first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.alerts.exceptions import OpenException
from chalicelib.errors import StaleVersion
from chalicelib.returns.case import Case, Plan
from chalicelib.shipments.leg import Leg, Track
from chalicelib.workflows.case_log import noted
from chalicelib.workflows.case_parts import Part
from chalicelib.workflows.find_case import case_of, file_of
from chalicelib.workflows.ports import Booking, CaseFile, Ports, StoredAnswer

TRIES = 6


@dataclass(frozen=True, slots=True)
class Amendment:
    """What changes: the case as it shall be, what the log says of it, and the parts written with it. ``over`` are the
    bookings on which it was decided: if one of them has been claimed or settled since, it is a lost race too."""

    case: Case
    what: str
    facts: Mapping[str, str] = field(default_factory=dict)
    by: str = "goldthread"
    legs: tuple[Leg, ...] = ()
    bookings: tuple[Booking, ...] = ()
    exceptions: tuple[OpenException, ...] = ()
    tracks: tuple[Track, ...] = ()
    answer: StoredAnswer | None = None
    over: tuple[Booking, ...] = ()
    plan: Plan | None = None
    parts: tuple[Part, ...] = ()


def amend(ports: Ports, case_id: str, now: datetime, decide: Callable[[Case], Amendment | None]) -> Case:
    """Write what ``decide`` makes of the case as it stands now; ``None`` means that nothing needs to change.

    ``decide`` is asked again after each lost race, so it must look at what it is given. Raises ``NotFoundError`` for
    an unknown case and ``StaleVersion`` when the races never end (the message is then tried again later).
    """
    for _ in range(TRIES):
        case = case_of(ports, case_id)
        change = decide(case)
        if change is None:
            return case
        after = _written(ports, change, now)
        if after is not None:
            return after
    raise StaleVersion("the case is being written by others; try again")


def amend_file(
    ports: Ports, case_id: str, now: datetime, decide: Callable[[CaseFile], Amendment | None]
) -> CaseFile | None:
    """The same for what can only be decided on everything under the case. Returns the file on which it was decided
    that nothing needs to change; None when something was written."""
    for _ in range(TRIES):
        file = file_of(ports, case_id)
        change = decide(file)
        if change is None:
            return file
        if _written(ports, change, now) is not None:
            return None
    raise StaleVersion("the case is being written by others; try again")


def _written(ports: Ports, change: Amendment, now: datetime) -> Case | None:
    """The case as it was written; None when somebody else wrote first."""
    after, entry = noted(change.case, now, change.by, change.what, change.facts)
    try:
        ports.cases.commit(
            after,
            (entry,),
            legs=change.legs,
            bookings=change.bookings,
            exceptions=change.exceptions,
            tracks=change.tracks,
            answer=change.answer,
            over=change.over,
            plan=change.plan,
            parts=change.parts,
        )
    except StaleVersion:
        return None
    return after
