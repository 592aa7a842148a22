"""What a shipment and an exception may say: where it is, how it is, why, who must act and by when."""

from __future__ import annotations

from chalicelib.alerts.exceptions import Severity, Status
from chalicelib.api.told import DayText, Direction, MoneyTold, Stamp, Told
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
    """One line of an exception's history."""

    at: Stamp
    by: str
    action: str
    note: str | None


class ExceptionAnswer(Told):
    """What is wrong, what it means, what to do, who must act and by when."""

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


class ExceptionPage(Told):
    """Exceptions not yet resolved, gravest first."""

    items: list[ExceptionAnswer]
    cursor: str | None
