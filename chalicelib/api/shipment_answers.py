"""What a shipment and an exception may say: where it is, how it is, why, who must act and by when."""

from __future__ import annotations

from chalicelib.alerts.exceptions import Severity, Status, SubjectKind
from chalicelib.alerts.playbooks import Language, MadeBy, Offered
from chalicelib.api.told import DayText, Direction, MoneyTold, Stamp, Told
from chalicelib.rulebook import Confidence
from chalicelib.shipments.events import Condition, Milestone, Party, TzSource


class PlaceTold(Told):
    """Where a scan was made."""

    city: str | None
    country: str | None


class EventTold(Told):
    """One carrier scan, normalised, with the carrier's own clock beside it. Told twice, pushed and polled, it is one
    scan: ``source`` is the telling that counts, ``told_by`` all of them. ``cancelled``: the carrier took it back."""

    id: str
    at: Stamp
    at_local: str
    tz_source: TzSource
    code: str
    exception_code: str | None
    milestone: Milestone | None
    condition: Condition | None
    reason: str | None
    text: str
    place: PlaceTold
    source: str
    told_by: list[str]
    cancelled: bool


class ShipmentSummary(Told):
    """Where a parcel is: how far, whether it is well, why not, who must act."""

    carrier: str
    tracking_number: str
    ship_date: DayText
    case_id: str
    leg: int
    direction: Direction
    milestone: Milestone | None
    condition: Condition
    reason: str | None
    responsible: Party | None
    action_by: Party | None
    eta: Stamp | None
    last_event_at: Stamp | None
    next_poll_at: Stamp | None
    problems: list[str]


class ShipmentAnswer(ShipmentSummary):
    """The same with every scan, newest last."""

    events: list[EventTold]


class ShipmentPage(Told):
    """Shipments in one condition, longest in it first."""

    items: list[ShipmentSummary]
    cursor: str | None


class NoteTold(Told):
    """One line of an exception's history; ``sequence`` is the number of the case log's entry that says the same, or of
    the exception's own change where no case stands behind it."""

    at: Stamp
    by: str
    action: str
    note: str | None
    sequence: int


class StepTold(Told):
    """One step of a playbook: of whom it is asked, and the sentence."""

    whom: str
    name: str
    text: str


class WantedPaperTold(Told):
    """A paper that a playbook wants. ``status``: as the case has it (ready, pending, waiting for what ``missing``
    names); ``to_get`` by a person; ``with_the_claim``; ``not_made`` for this leg; ``not_looked_at`` where only the
    exception was asked for. ``href`` is the path of its short-lived link."""

    code: str
    title: str
    made_by: MadeBy
    status: str
    missing: list[str]
    href: str | None


class OfferTold(Told):
    """What the customer may be offered, and when; ``after_days`` counts from the beginning of the trouble."""

    what: Offered
    after_days: int | None
    when: str


class StorageTold(Told):
    """What keeping the parcel costs. ``so_far`` leaves out a charge by weight (``at_least``, ``besides``);
    ``abandoned_on`` is counted from the hold and may be sooner; ``why_not`` says why something is null."""

    country: str | None
    free_days: int | None
    charged_from: DayText | None
    per_day: MoneyTold | None
    once: MoneyTold | None
    so_far: MoneyTold | None
    at_least: bool
    besides: str | None
    abandoned_on: DayText | None
    then: str | None
    why_not: list[str]
    sources: list[str]
    confidence: Confidence


class PlaybookTold(Told):
    """What to do about an exception, in one language; ``customer`` is what they are told, ``storage`` null where nobody
    keeps the parcel."""

    vintage: str
    language: Language
    title: str
    steps: list[StepTold]
    papers: list[WantedPaperTold]
    customer: str
    offer: OfferTold
    storage: StorageTold | None
    source: str
    confidence: Confidence


class ExceptionAnswer(Told):
    """What is wrong, what it means, what to do, who must act and by when. ``subject`` is what it is about, by
    ``subject_kind``: a case, a carrier's number, a carrier, a lane of it, a rule, a receiver. ``until`` is when a sleep
    or a wait for the customer ends by itself; a wait moves ``deadline`` on, by ``waited_s`` seconds so far.
    ``incident_id`` is the incident that it is one of many of; ``members`` is how many an incident has."""

    exception_id: str
    case_id: str | None
    leg: int | None
    carrier: str | None
    tracking_number: str | None
    kind: str
    severity: Severity
    status: Status
    reason: str | None
    meaning: str
    to_do: list[str]
    action_by: str
    deadline: Stamp | None
    opened_at: Stamp
    resolved_at: Stamp | None
    resolved_by: str | None
    money_at_risk: MoneyTold | None
    history: list[NoteTold]
    subject_kind: SubjectKind
    subject: str
    country: str | None
    assignee: str | None
    until: Stamp | None
    waited_s: int
    incident_id: str | None
    members: int | None
    playbook: PlaybookTold | None


class ExceptionPage(Told):
    """Exceptions not yet resolved, gravest first."""

    items: list[ExceptionAnswer]
    cursor: str | None


class StatusCounts(Told):
    """How many are where."""

    open: int
    acknowledged: int
    snoozed: int
    waiting: int


class SeverityCounts(Told):
    """How many are how grave."""

    critical: int
    high: int
    medium: int
    low: int


class ExceptionCounts(Told):
    """How many exceptions are not resolved. ``complete`` is false where there are more than are ever counted: every
    figure then says at least so many, and those by status are of the gravest."""

    severity: SeverityCounts
    status: StatusCounts
    overdue: int
    complete: bool
