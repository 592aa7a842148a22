"""The words every carrier's scans are turned into, and the scan itself.

Milestone (how far), condition (is it well) and reason (why) are three axes and never one. Lower snake case is
ours, so that it is never mistaken for a carrier's upper-case code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

Milestone = Literal[
    "announced", "pickup_booked", "picked_up", "in_transit", "export_customs", "export_cleared",
    "import_customs", "import_cleared", "out_for_delivery", "delivery_attempted", "ready_for_collection",
    "delivered", "partially_delivered", "returning", "returned", "lost", "destroyed", "seized", "cancelled",
    "unrecognised",
]  # fmt: skip
MILESTONES: tuple[Milestone, ...] = get_args(Milestone)
AT_REST: frozenset[Milestone] = frozenset({"delivered", "returned", "lost", "destroyed", "seized", "cancelled"})

Condition = Literal["ok", "delayed", "held", "action_required", "failed"]
CONDITIONS: tuple[Condition, ...] = get_args(Condition)

CUSTOMS_REASONS = (
    "customs_submitted", "customs_inspection", "customs_documents_missing", "customs_value_doubted",
    "customs_duty_due", "customs_permit_required", "customs_prohibited", "customs_denied_party",
    "customs_importer_id_missing", "customs_seized", "customs_released",
)  # fmt: skip
Party = Literal["carrier", "customs", "merchant", "customer", "consignee", "weather", "unknown"]
TzSource = Literal["offset", "place", "assumed"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scan was made, as the carrier names it: city and ISO country, either may be unknown."""

    city: str | None = None
    country: str | None = None


class Event(NamedTuple):
    """One carrier scan, normalised; change one with ``_replace``.

    ``id`` is a digest (64 bits of BLAKE2s) of carrier, number, code with status or exception code, wall clock as
    sent and place as sent, never of the resolved instant: mending a time zone does not make new events.
    ``milestone`` is None when the scan says nothing about how far the leg is (a schedule change, an image); an
    unknown code is ``unrecognised``. ``withdraws_delivery`` marks the few codes that mean a delivery did not
    happen after all; ``voids`` are the codes of this carrier of which this scan cancels the latest before it (letters
    and digits only). A named tuple, not a frozen dataclass: made in a fifth of the time, and scans are read by
    the million.
    """

    id: str
    at: datetime
    at_local: str
    tz_source: TzSource
    code: str
    exception_code: str | None
    milestone: Milestone | None
    condition: Condition | None
    reason: str | None
    text: str
    place: Place
    source: str
    responsible: Party | None = None
    action_by: Party | None = None
    withdraws_delivery: bool = False
    voids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tracking:
    """What one body says about one shipment.

    ``number`` as the carrier writes it; ``unique_id`` tells shipments apart that share a number;
    ``ship_date`` is the local date of shipping as ``YYYY-MM-DD`` where known.
    """

    number: str
    unique_id: str | None
    events: tuple[Event, ...]
    eta: datetime | None = None
    service: str | None = None
    weight_g: Decimal | None = None
    ship_date: str | None = None
    pieces: int | None = None
    origin_country: str | None = None
    destination_country: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a body said that is no event: a number not found, an item refused, an event that could not be
    read.
    """

    number: str | None
    code: str
    text: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read from one body: nothing in it is silently dropped."""

    trackings: tuple[Tracking, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class LegFacts:
    """What ``fold`` must know of the leg: direction turns "return to sender" into going back to the customer,
    the lane decides whether a customs scan without direction is export or import.
    """

    direction: Literal["home", "out"]
    origin: str
    destination: str
