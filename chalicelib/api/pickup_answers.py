"""What is told of couriers: the days on which one may be asked for, and where one that was asked for stands."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.told import ClockText, DayText, Stamp, Told
from chalicelib.rulebook import Confidence


class InstructionTold(Told):
    """One thing to do before handing over."""

    key: str
    text: str


class WindowDayTold(Told):
    """One day at one place: bookable now, held until the carrier takes it, or not offered and why. Times are the wall
    clock of the place; null: nobody has said."""

    on: DayText
    status: Literal["now", "held", "not_offered"]
    held_until: Stamp | None
    reasons: list[str]
    cut_off: ClockText | None
    cut_off_at: Stamp | None
    earliest: ClockText | None
    latest: ClockText | None
    min_window_minutes: int | None
    source: Literal["rule", "carrier"]
    asked_at: Stamp | None
    age_minutes: int | None
    confidence: Confidence


class WindowsAnswer(Told):
    """The days on which a courier may be asked for, who orders him, and until when that can be changed."""

    carrier: str
    service: str | None
    country: str
    region: str | None
    time_zone: str
    booked_by: Literal["call", "waybill", "person"]
    change: Literal["update", "cancel_rebook", "by_person"]
    change_until: Literal["pickup_day", "ready_minus_1h", "request_plus_24h", "by_person"]
    rule: str
    confidence: Confidence
    days: list[WindowDayTold]
    hand_over: list[InstructionTold]


class RequestedTold(Told):
    """What was asked for instead and does not stand yet; hours null: that the courier be called off."""

    status: Literal["planned", "claimed", "unknown", "with_person"]
    on: DayText | None
    ready_from: Annotated[ClockText | None, Field(alias="from")]
    until: ClockText | None


class PickupRow(Told):
    """One pickup: where it stands and who acts next. ``confirmations`` are all codes the carrier gave; ``offered`` the
    days it offers instead of one that it refused."""

    pickup_id: str
    case_id: str
    leg: int
    carrier: str
    service: str
    state: Literal[
        "held", "requested", "booked", "change_requested", "cancel_requested", "cancelled", "refused", "unknown",
        "with_person",
    ]  # fmt: skip
    on: DayText | None
    ready_from: Annotated[ClockText | None, Field(alias="from")]
    until: ClockText | None
    time_zone: str | None
    not_before: Stamp | None
    confirmations: list[str]
    location: str | None
    ready_by: ClockText | None
    offered: list[DayText]
    parcels: int
    requested: RequestedTold | None
    problem: str | None
    next: list[str]


class PickupAnswer(PickupRow):
    """One pickup, and how to pack and hand over."""

    hand_over: list[InstructionTold]
