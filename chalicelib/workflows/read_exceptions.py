"""The work list: what is open, gravest first; how much of it there is; one exception with its whole history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from chalicelib.alerts import escalation
from chalicelib.alerts.exceptions import SEVERITIES, UNRESOLVED, OpenException
from chalicelib.alerts.playbooks import Language
from chalicelib.errors import FieldFault, InvalidRequestError, NotFoundError
from chalicelib.workflows.keep_exceptions import found_by
from chalicelib.workflows.playbook_rows import Reading
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.read_case import exception_row, reading_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Which exceptions are wanted; None does not choose. ``overdue`` wants those whose deadline has passed,
    ``due_before`` those whose deadline is sooner; both leave out what waits for the customer, whose deadline rests."""

    kind: str | None = None
    status: str | None = None
    carrier: str | None = None
    country: str | None = None
    assignee: str | None = None
    case_id: str | None = None
    overdue: bool = False
    due_before: datetime | None = None

    @property
    def chooses(self) -> bool:
        """Whether anything is left out that the index cannot leave out itself."""
        return self != Asked()

    def takes(self, one: OpenException, until: datetime | None) -> bool:
        """Whether this one is wanted."""
        names = ("kind", "status", "carrier", "country", "assignee")
        if any(getattr(self, name) not in (None, getattr(one, name)) for name in names):
            return False
        return until is None or (one.status != "waiting" and one.deadline is not None and one.deadline <= until)

    def until(self, now: datetime) -> datetime | None:
        """The latest deadline that is wanted."""
        times = [self.due_before] if self.due_before else []
        return min([*times, now] if self.overdue else times, default=None)


NO_CHOICE = Asked()
NEVER = datetime.max.replace(tzinfo=UTC)


def list_exceptions(
    ports: Ports,
    *,
    severity: str | None,
    cursor: str | None,
    limit: int,
    asked: Asked = NO_CHOICE,
    language: Language = "en",
    now: datetime | None = None,
) -> dict[str, Any]:
    """A page of the exceptions that are not resolved.

    From page to page: gravest first, and of one severity the nearest deadline first. Within a page: gravest first, then
    the most money at risk (each currency measured by what counts as dear in it; unknown first), then the nearest
    deadline. With a choice beyond severity and deadline a page may be short, even empty, and have a cursor all the
    same. Of a case all are given at once, and with ``status`` resolved those that are solved.
    """
    if asked.case_id is None and asked.status == "resolved":
        fault = FieldFault("status", "needs_a_case", "what is resolved is listed by case alone", source="query")
        raise InvalidRequestError("resolved exceptions are kept with their case", [fault])
    until = asked.until(now) if now else asked.due_before
    reading = Reading(language, now)
    if asked.case_id is not None:
        found, further = _of_case(ports, asked, severity, until), None
    else:
        page = ports.exceptions.listed(
            severity,
            cursor,
            limit,
            until=until,
            wanted=(lambda one: asked.takes(one, until)) if asked.chooses else None,
        )
        found, further = page.exceptions, page.cursor
    return {"items": [exception_row(one, reading) for one in sorted(found, key=_gravest)], "cursor": further}


def read_exception(ports: Ports, exception_id: str, *, language: Language = "en", now: datetime) -> dict[str, Any]:
    """One exception with its whole history and what its playbook wants of its case; raises ``NotFoundError``."""
    found = found_by(ports, exception_id)
    file = ports.cases.file(found.case_id) if found.case_id else None
    return exception_row(found, reading_of(ports, file, language, now) if file else Reading(language, now))


def count_exceptions(ports: Ports, now: datetime) -> dict[str, Any]:
    """How many exceptions are not resolved, by severity and by status, and how many are overdue.

    At most five hundred of a severity are counted and the five hundred gravest looked at, whatever is stored:
    ``complete`` is false where there are more, and every figure then says at least so many.
    """
    found = ports.exceptions.counted()
    statuses = Counter(one.status for one in found.first)
    overdue = Asked(overdue=True)
    return {
        "severity": dict(found.by_severity),
        "status": {status: statuses[status] for status in UNRESOLVED},
        "overdue": sum(overdue.takes(one, now) for one in found.first),
        "complete": found.complete,
    }


def _of_case(ports: Ports, asked: Asked, severity: str | None, until: datetime | None) -> Sequence[OpenException]:
    if asked.case_id is None or ports.cases.read(asked.case_id) is None:
        raise NotFoundError("no case has this id")
    wanted = (one for one in ports.exceptions.of_case(asked.case_id) if asked.takes(one, until))
    wanted = (one for one in wanted if severity is None or one.severity == severity)
    return [one for one in wanted if asked.status == "resolved" or one.status != "resolved"]


def _gravest(one: OpenException) -> tuple[int, bool, Decimal, datetime]:
    """Sorts by severity, then by worth, then by deadline. A parcel whose worth is not known comes before the others;
    what is about no parcel has none."""
    times = escalation.rules(one.opened_at.date()).times_dear(one.money_at_risk)
    is_unknown = times is None and one.case_id is not None
    return SEVERITIES.index(one.severity), not is_unknown, -(times or Decimal(0)), one.deadline or NEVER
