"""What the work list needs of the table; exceptions of a case are written with ``Cases.commit``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.incidents import Counted, Tally

if TYPE_CHECKING:
    from chalicelib.workflows.ports import Due

Wanted = Callable[[OpenException], bool]


@dataclass(frozen=True, slots=True)
class ExceptionPage:
    """Exceptions that are not resolved, gravest first, the nearest deadline first within."""

    exceptions: tuple[OpenException, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class OpenOnes:
    """How many are open, by severity, and the first of them, gravest first. ``complete`` is False where there are more
    than are ever counted: the figures then say at least so many."""

    by_severity: Mapping[str, int]
    first: tuple[OpenException, ...]
    complete: bool


class Exceptions(Protocol):
    """Open concerns that a person works on; those of a case are written with ``Cases.commit``."""

    def read(self, exception_id: str) -> OpenException | None:
        """The exception of this public id; raises ``NotFoundError`` for text that is no such id."""

    def open_alone(self, exception: OpenException) -> bool:
        """Open one that has no case (an unknown number, a whole carrier); False when it is already there."""

    def save_alone(self, exception: OpenException) -> None:
        """Save one that has no case and was read one version before; raises ``StaleVersion``."""

    def listed(
        self,
        severity: str | None,
        cursor: str | None,
        limit: int,
        *,
        until: datetime | None = None,
        wanted: Wanted | None = None,
    ) -> ExceptionPage:
        """A page of those that are not resolved; ``until`` leaves out later deadlines and none. With ``wanted`` a page
        may be shorter than asked, and go on all the same."""

    def of_case(self, case_id: str) -> tuple[OpenException, ...]:
        """All of one case, resolved ones too."""

    def counted(self) -> OpenOnes:
        """How many are open: at most so many are looked at, however many there are."""

    def of_due(self, due: Due) -> OpenException | None:
        """The exception of this due time; None when it is gone or no longer due then."""

    def rest(self, exception: OpenException) -> bool:
        """Move the due time alone, of one that is in the version it was read in; False: it is not."""

    def tally(self, of: Counted) -> Tally:
        """What was counted so far; an empty one before the first."""

    def save_tally(self, tally: Tally) -> bool:
        """Save one that was read one version before; False: somebody else was faster, read and count again."""
