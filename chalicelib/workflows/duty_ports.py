"""What the duty ledger needs of the table; its entries are read with their case (``CaseFile.duties``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.alerts.exceptions import OpenException
from chalicelib.customs.ledger import DutyChange, DutyEntry, Sums
from chalicelib.returns.case import Case

if TYPE_CHECKING:
    from chalicelib.workflows.ports import Due, LogEntry


@dataclass(frozen=True, slots=True)
class DutyPage:
    """Entries in one state, those that run out first or were changed first before the others."""

    entries: tuple[DutyEntry, ...]
    cursor: str | None


class Duties(Protocol):
    """Entries of the duty ledger and what all of them come to."""

    def keep(
        self, case: Case, log: LogEntry, changes: Sequence[DutyChange], exceptions: Sequence[OpenException] = ()
    ) -> None:
        """Save entries with the case that was read at ``case.version - 1``, its log entry, and what they add to the
        sums, all or nothing. Raises ``StaleVersion``."""

    def rest(self, entry: DutyEntry, until: datetime | None) -> bool:
        """Move the due time of an entry that is as it was read, and forget its attempts; False: it is not."""

    def of_due(self, due: Due) -> DutyEntry | None:
        """The entry of this due time; None when it is gone or no longer due then."""

    def listed(self, state: str, country: str | None, cursor: str | None, limit: int) -> DutyPage:
        """A page of one state; with a country it may be shorter than asked, and go on all the same."""

    def sums(self, state: str, country: str | None) -> Mapping[str | None, Sums]:
        """What all entries in one state come to by currency, as exact as the entries themselves."""
