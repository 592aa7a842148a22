"""What the stories need of the world, as Protocols: the workflows are handed these and know no AWS and no socket.

Every write is conditional or naturally idempotent. A method that loses a race raises ``StaleVersion``; a method named
for a claim or a creation answers False when somebody was there first. Reads by key are consistent; what an index says
(``DueWork``, ``listed``) may be stale and is always checked against the item itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from chalicelib.alerts.exceptions import OpenException
from chalicelib.customs.rate_choice import RateBook
from chalicelib.customs.rate_sheets import Publisher, Sheet
from chalicelib.merchant import Merchant
from chalicelib.notices.register import Register
from chalicelib.pickups.offers import KnownDays
from chalicelib.returns.case import Case, Person, Plan
from chalicelib.shipments.leg import Leg, Track
from chalicelib.workflows.bookings import Booking as Booking
from chalicelib.workflows.bookings import BookingKind as BookingKind
from chalicelib.workflows.bookings import BookingStatus as BookingStatus
from chalicelib.workflows.bookings import KeptPaper as KeptPaper
from chalicelib.workflows.carrier_ports import CarrierLink as CarrierLink
from chalicelib.workflows.carrier_ports import CarrierStates as CarrierStates
from chalicelib.workflows.carrier_ports import CarrierToken as CarrierToken
from chalicelib.workflows.carrier_ports import HttpResponse as HttpResponse
from chalicelib.workflows.carrier_ports import Incident as Incident
from chalicelib.workflows.case_file import CaseFile as CaseFile
from chalicelib.workflows.case_file import LogEntry as LogEntry
from chalicelib.workflows.case_parts import Part
from chalicelib.workflows.claim_ports import Claims
from chalicelib.workflows.delivery_ports import Deliveries, Mail, Outbound, Topic
from chalicelib.workflows.digest_ports import Digests
from chalicelib.workflows.duty_ports import Duties
from chalicelib.workflows.evidence_ports import Evidence as Evidence
from chalicelib.workflows.evidence_ports import Upload as Upload
from chalicelib.workflows.exception_ports import ExceptionPage as ExceptionPage
from chalicelib.workflows.exception_ports import Exceptions as Exceptions
from chalicelib.workflows.link_ports import Links
from chalicelib.workflows.made_papers import LegPapers as LegPapers
from chalicelib.workflows.made_papers import MadePaper as MadePaper
from chalicelib.workflows.notice_ports import Notices
from chalicelib.workflows.payment_ports import Payments
from chalicelib.workflows.recall_ports import Recalls


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was done under an Idempotency-Key: the case that was opened (its plan holds the answer that is replayed), or
    what was done to a case, with the answer as JSON text."""

    scope: str
    key: str
    body_digest: str
    case_id: str
    expires_at: datetime
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Pointer:
    """Order number, invoice, serial or customer digest -> case."""

    kind: Literal["order", "invoice", "serial", "customer"]
    value: str
    case_id: str


@dataclass(frozen=True, slots=True)
class Parked:
    """A verified body part for a number no leg has yet: what it said, kept until a leg claims the number. ``due_at``
    is None once a person was told: then only a leg that gets the number asks for it."""

    carrier: str
    number: str
    digest: str
    source: str
    received_at: datetime
    raw_digest: str
    due_at: datetime | None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class NumberFile:
    """Everything under one carrier number."""

    tracks: tuple[Track, ...]
    parked: tuple[Parked, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """Cases, newest first, and where to go on (None: that was all)."""

    cases: tuple[Case, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class LegPage:
    """Legs that count towards one address on one day, and where to go on (None: that was all)."""

    legs: tuple[Leg, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class TrackPage:
    """Tracks in one condition, longest in it first."""

    tracks: tuple[Track, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Due:
    """One entry of the due index: the keys of something that asked to be looked at by now."""

    kind: Literal["track", "parked", "booking", "duty", "exception", "delivery", "digest", "claim", "part"]
    pk: str
    sk: str
    due_at: str


@dataclass(frozen=True, slots=True)
class DuePart:
    """A part of a case (see ``case_parts``) that asked to be looked at, and how often it was in vain."""

    case_id: str
    kind: str
    part_id: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A new case with everything that is written with it, in one transaction. ``address_signals`` are the codes of what
    speaks in the address for calling the customer back."""

    case: Case
    plan: Plan
    legs: tuple[Leg, ...]
    bookings: tuple[Booking, ...]
    pointers: tuple[Pointer, ...]
    person: Person
    log: LogEntry
    answer: StoredAnswer | None
    exceptions: tuple[OpenException, ...] = ()
    notices: Register | None = None
    parts: tuple[Part, ...] = ()
    address_signals: tuple[str, ...] = ()


class Cases(Protocol):
    """Cases and all that hangs under them."""

    def open(self, opening: Opening) -> StoredAnswer | None:
        """Write it all at once. When its Idempotency-Key is already there, write nothing and return what is stored
        under it (the caller compares the body digest). None: this very opening is now stored, be it by an earlier
        attempt whose answer was lost."""

    def read(self, case_id: str) -> Case | None: ...

    def file(self, case_id: str) -> CaseFile | None:
        """Case, legs, bookings, exceptions and log in one consistent query."""

    def person(self, case_id: str) -> Person | None:
        """The unsealed personal values; None after an erasure."""

    def erase(self, case_id: str) -> None:
        """Make the personal values unreadable for good; twice is harmless."""

    def commit(
        self,
        case: Case,
        log: Sequence[LogEntry],
        *,
        legs: Sequence[Leg] = (),
        bookings: Sequence[Booking] = (),
        exceptions: Sequence[OpenException] = (),
        tracks: Sequence[Track] = (),
        answer: StoredAnswer | None = None,
        over: Sequence[Booking] = (),
        plan: Plan | None = None,
        parts: Sequence[Part] = (),
    ) -> None:
        """Save a case that was read at ``case.version - 1`` with its log entries and parts, all or nothing.
        A track is created if absent and left alone if there; so is a stored answer, but for one that has run out.
        ``over`` are bookings as they were read: what replaces one must find it with that status and reference, for a
        claim does not change the version of its case. Raises ``StaleVersion``."""

    def save_booking(self, booking: Booking, expected: BookingStatus, reference: str | None = None) -> bool:
        """Save one booking alone if it still has the expected status and the same reference (``reference`` when the
        booking gets a new one): how a call is claimed. False: it has not."""

    def put_to_rest(self, booking: Booking) -> None:
        """Forget when a booking is due and how often it was tried; quiet when its due time was moved meanwhile."""

    def save_papers(self, papers: LegPapers) -> bool:
        """Write the papers of a leg over the version before; False: somebody else was faster."""

    def stored_answer(self, scope: str, key: str) -> StoredAnswer | None: ...

    def listed(self, stage: str, cursor: str | None, limit: int) -> CasePage: ...

    def arriving(self, facility_id: str, day: date, cursor: str | None) -> LegPage:
        """The legs whose worth counts towards what this address may be sent on this day, called-off ones left out. The
        index may be a moment behind."""

    def pointed(self, kind: str, value: str, cursor: str | None, limit: int) -> CasePage: ...


class Tracks(Protocol):
    """Tracks and parked events, by carrier number."""

    def file(self, carrier: str, number: str) -> NumberFile: ...

    def save(self, track: Track) -> None:
        """Write a track that was read at ``track.version - 1``; raises ``StaleVersion``."""

    def settle(self, track: Track) -> None:
        """Forget effects that were sent, keep the new due time; quiet when somebody else wrote meanwhile."""

    def park(self, parked: Parked) -> None: ...

    def unpark(self, parked: Parked) -> None: ...

    def listed(self, condition: str, cursor: str | None, limit: int) -> TrackPage: ...


class DueWork(Protocol):
    """What asked to be looked at."""

    def due(self, now: datetime, limit: int) -> Iterable[Due]: ...

    def track_of(self, due: Due) -> Track | None: ...

    def parked_of(self, due: Due) -> Parked | None: ...

    def booking_of(self, due: Due) -> Booking | None: ...

    def part_of(self, due: Due) -> DuePart | None:
        """The part of a case that is due; None when it is gone or no longer due then."""

    def rearm(
        self,
        due: Due,
        until: datetime | None,
        *,
        poll_after: datetime | None = None,
        unheard_since: datetime | None = None,
    ) -> None:
        """Work that was claimed until ``due.due_at`` is queued: the item is due again at ``until`` (None: no more) and
        its attempts are forgotten; quiet when somebody else moved it meanwhile. Of a track also when to ask next (None:
        as it was) and since when its carrier could not be asked (None: it could; else its attempts are kept)."""

    def claim(self, due: Due, until: datetime | None, *, unheard_since: datetime | None = None) -> bool:
        """Move the due time (None: nothing is due any more) and count the attempt, if the item itself still has the
        due time that the index showed. False: somebody else took it, or the index was stale. ``unheard_since`` as in
        ``rearm``; None leaves it."""


class Queues(Protocol):
    """Messages to ourselves. ``queue`` is tracking, polls, steps, papers, alerts, notices, deliveries, evidence or
    payments."""

    def send(self, queue: str, messages: Sequence[Mapping[str, Any]]) -> None:
        """All of them or an error; sending twice is allowed and harmless."""

    def bury(self, queue: str, body: str, reason: Mapping[str, str]) -> None:
        """Put a message that will not be tried again into the dead letters of its queue, with the reason beside it."""


class Secrets(Protocol):
    """Values from the secret store, kept in the process for a few minutes. Raises ``UnavailableError``."""

    def webhooks(self) -> Mapping[str, Any]: ...

    def carriers(self) -> Mapping[str, Any]: ...

    def receivers(self) -> Mapping[str, Any]:
        """By receiver: ``url`` and ``secrets``, the current one first and the previous one after it."""

    def payments(self) -> Mapping[str, Any]:
        """By provider of payments: what its API asks to be shown."""


class PickupDays(Protocol):
    """What carriers last said about pickups, by country and postal area."""

    def last(self, carrier: str, country: str, area: str) -> KnownDays | None: ...

    def keep(self, carrier: str, country: str, area: str, known: KnownDays) -> None:
        """Keep an answer that says something new, or says it again after half a day."""


class DayRates(Protocol):
    """Published exchange rates and metal prices, by publisher and day."""

    @property
    def publishers(self) -> tuple[Publisher, ...]:
        """Whose files this house has an address for."""

    def book(self, on: date) -> RateBook:
        """Every sheet that an entry on that day may need: one read at most, kept a few minutes. A table that cannot be
        reached gives what was read before, or nothing, and says so."""

    def newest(self, publisher: str, count: int) -> tuple[Sheet, ...]:
        """The latest days kept, newest first."""

    def keep(self, sheet: Sheet, over: Sheet | None) -> bool:
        """Keep a day's sheet in the place of the one that was read (None: there was none). False: somebody else was
        faster."""

    def show(self, sheet: Sheet) -> None:
        """Let it be the newest that is found however long nothing is published; quiet where a later one is."""


class Tokens(Protocol):
    """API tokens, stored hashed."""

    def read(self, token_id: str) -> ApiToken | None: ...


@dataclass(frozen=True, slots=True)
class ApiToken:
    """Who holds a token and what it may do; ``token_hash`` is the SHA-256 hex of the whole token text."""

    token_id: str
    token_hash: str
    holder: str
    role: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Ports:
    """All of the world, as one story needs it."""

    cases: Cases
    tracks: Tracks
    exceptions: Exceptions
    due: DueWork
    queues: Queues
    evidence: Evidence
    secrets: Secrets
    link: CarrierLink
    carriers: CarrierStates
    pickup_days: PickupDays
    rates: DayRates
    duties: Duties
    deliveries: Deliveries
    digests: Digests
    notices: Notices
    claims: Claims
    links: Links
    payments: Payments
    recalls: Recalls
    mail: Mail
    topic: Topic
    outbound: Outbound
    tokens: Tokens
    merchant: Callable[[], Merchant]
    new_id: Callable[[], str]
    public_url: str = ""
