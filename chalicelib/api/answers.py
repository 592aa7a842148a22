"""Answer models: what each route may say, as an allow-list. A field that is not here is not part of the
contract.

The stories build plain JSON; these models document it (OpenAPI) and the tests hold every answer against them.
Amounts, weights and rates are decimal text, times RFC 3339 in UTC, unknown is null.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.alerts.exceptions import Severity, Status
from chalicelib.returns.case import Kind, ReasonCode
from chalicelib.returns.stages import Stage
from chalicelib.rulebook import Confidence
from chalicelib.shipments.events import Condition, Milestone, Party, TzSource

Decimals = Annotated[str, StringConstraints(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
Stamp = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")]
DayText = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Direction = Literal["home", "out"]


class Told(BaseModel):
    """Root of the answer models."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class MoneyTold(Told):
    """An amount and its currency."""

    amount: Decimals
    currency: str


class LaneTold(Told):
    """From country to country."""

    origin: Annotated[str, Field(alias="from")]
    destination: Annotated[str, Field(alias="to")]


class FaultTold(Told):
    """One thing wrong with a request: where, a stable code, and what to do about it."""

    source: str
    code: str
    field: str | None
    retryable: bool
    detail: str


class ProblemTold(Told):
    """A problem (RFC 9457). ``code`` is stable; ``errors`` lists every fault at once."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[FaultTold]
    ship_dates: list[DayText] = []


class PlaceTold(Told):
    """Where a scan was made."""

    city: str | None
    country: str | None


class EventTold(Told):
    """One carrier scan, normalised, with the carrier's own clock beside it."""

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


class CaseSummary(Told):
    """One line of a case."""

    case_id: str
    rma: str
    kind: Kind
    reason: ReasonCode
    stage: Stage
    order_number: str
    customer_country: str
    return_to: str
    money_at_risk: MoneyTold
    created_at: Stamp
    version: int


class CasePage(Told):
    """Cases, newest first."""

    items: list[CaseSummary]
    cursor: str | None


class DutyTold(Told):
    """One layer of duty: rate as a fraction, base, amount, and the rule it comes from."""

    layer: str
    rate: Decimals | None
    base: Decimals | None
    amount: Decimals | None
    rule: str
    source: str
    confidence: Confidence


class ChargeTold(Told):
    """One tax or fee; ``in_total`` says whether it counts, ``collected_by`` who asks for it."""

    code: str
    rate: Decimals | None
    base: Decimals | None
    amount: Decimals | None
    rule: str
    source: str
    confidence: Confidence
    collected_by: str
    in_total: bool


class LineTold(Told):
    """One line of the parcel: its code, why, and the duties on it."""

    hs_code: str | None
    why: str
    alternatives: list[str]
    duties: list[DutyTold]


class ReliefTold(Told):
    """One relief, judged: what it saves, what proof is missing, and the last day to claim it."""

    code: str
    status: Literal["proven", "unproven", "not_eligible"]
    saves: Decimals | None
    due: Decimals | None
    missing: list[str]
    claim_by: DayText | None
    claimant: str
    form: str
    why: str
    confidence: Confidence
    source: str
    charges: list[ChargeTold]


class EstimateAnswer(Told):
    """What an entry costs as far as it can be known; when something needed is unknown the totals are null."""

    destination: str
    entry_on: DayText
    currency: str | None
    complete: bool
    confidence: Confidence
    customs_value: Decimals | None
    lines: list[LineTold]
    taxes: list[ChargeTold]
    fees: list[ChargeTold]
    relief: list[ReliefTold]
    total_without_relief: Decimals | None
    total: Decimals | None
    total_if_proven: Decimals | None
    reasons: list[str]
    sources: list[str]


class Accepted(Told):
    """Taken and kept; it is read later."""

    accepted: Literal[True]


class Health(Told):
    """The API answers."""

    status: Literal["ok"]


class RoutesAnswer(Told):
    """Placeholder until routes land."""

    routes: list[dict[str, object]]


class LegTold(Told):
    """Placeholder."""

    leg: int


class OpenedAnswer(Told):
    """What was decided for a return."""

    case_id: str | None
    rma: str | None
    stage: Stage
    decision: dict[str, object]
    estimate: EstimateAnswer | None
    route: dict[str, object] | None
    cover: dict[str, object] | None
    legs: list[dict[str, object]]
    papers: list[dict[str, object]]
    next: list[str]


class CaseAnswer(CaseSummary):
    """The whole case."""

    decision: dict[str, object]
    estimate: EstimateAnswer | None
    route: dict[str, object] | None
    cover: dict[str, object] | None
    papers: list[dict[str, object]]
    legs: list[dict[str, object]]
    exceptions: list[ExceptionAnswer]
    next: list[str]
    log: list[dict[str, object]]
