"""A case as a story reads it: the case and everything under it, in one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.alerts.exceptions import OpenException
from chalicelib.customs.ledger import DutyEntry
from chalicelib.insurance.claim_states import Claim, Watch
from chalicelib.notices.register import Register
from chalicelib.returns.case import Case, Plan
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.bookings import Booking
from chalicelib.workflows.case_parts import NoParts, Parts
from chalicelib.workflows.claim_ports import Pack
from chalicelib.workflows.made_papers import LegPapers


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the case log: append-only, each carrying the hash of the one before. Names fields and holds
    salted digests, never personal values."""

    case_id: str
    n: int
    at: datetime
    by: str
    what: str
    facts: Mapping[str, str]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything under one case, read in one query. ``customer`` is the digest that all returns of this customer are
    found by, never told to anybody; None once the person is erased. ``address_signals`` are codes alone."""

    case: Case
    plan: Plan
    legs: tuple[Leg, ...] = ()
    bookings: tuple[Booking, ...] = ()
    exceptions: tuple[OpenException, ...] = ()
    log: tuple[LogEntry, ...] = ()
    papers: tuple[LegPapers, ...] = ()
    duties: tuple[DutyEntry, ...] = ()
    claims: tuple[Claim, ...] = ()
    watches: tuple[Watch, ...] = ()
    packs: tuple[Pack, ...] = ()
    notices: Register = field(default_factory=Register)
    parts: Parts = field(default_factory=NoParts)
    customer: str | None = None
    address_signals: tuple[str, ...] = ()

    def papers_of(self, leg_n: int) -> LegPapers | None:
        """The papers of a leg; None when none were made yet."""
        return next((papers for papers in self.papers if papers.leg_n == leg_n), None)
