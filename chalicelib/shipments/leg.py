"""A leg: one shipment of a case (home, or out again), and the track that follows it.

The leg holds the facts fixed when it was made; the track holds what carriers have said since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.shipments.events import Event, LegFacts
from chalicelib.shipments.fold import State

Direction = Literal["home", "out"]


@dataclass(frozen=True, slots=True)
class Effect:
    """A message owed because something changed; ``id`` is stable, so that a consumer knows a repeat."""

    id: str
    queue: Literal["polls", "steps", "alerts"]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ExportLink:
    """The original export that a return must be linked to; what is unknown is None and is asked for.

    ``reference`` is the number of the export declaration (MRN, ITN, 报关单号), ``mode`` its customs mode. The rest is
    what relief asks: when the goods had first been imported and whether duty was paid then, whether drawback was
    claimed, the export rebate taken and not repaid, or tax refunded.
    """

    carrier: str | None = None
    tracking_number: str | None = None
    invoice_number: str | None = None
    exported_on: date | None = None
    reference: str | None = None
    mode: str | None = None
    imported_on: date | None = None
    duty_paid_on_import: bool | None = None
    drawback_claimed: bool | None = None
    export_rebate: bool | None = None
    vat_refunded: bool | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One shipment of a case. ``number`` and ``ship_date`` are None until the waybill is bought. ``counted_on`` is the
    day on which its worth counts towards what one address may be sent; None: it counts on none.
    """

    case_id: str
    n: int
    direction: Direction
    carrier: str
    service: str
    lane: Lane
    purpose: str
    customs_value: Money
    gross_weight_g: Decimal
    original_export: ExportLink
    return_to: str
    pieces: int = 1
    number: str | None = None
    ship_date: date | None = None
    counted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """What is known of one carrier number that a leg uses.

    ``version`` is the one to be written. ``due_at`` sits in the due index, ``poll_after`` does not: events
    push only ``poll_after`` later, and the sweep re-arms. ``eta`` is what the carrier promises now;
    ``pickup_until`` is when the booked pickup window closes.
    ``concerns`` are the troubles announced and not yet closed, as ``kind|episode``: a trouble is closed under
    the name it was opened by. ``unheard_since`` is since when its carrier could not be asked, while that is so: the
    clocks that count its silence say nothing of the parcel then. ``last_polled_at`` is when a poll last had news, None
    once a push had. ``weights_g`` are the first weight told of it under
    way and those that differed from all before by more than a scale errs.
    """

    carrier: str
    number: str
    ship_date: date
    case_id: str
    leg_n: int
    direction: Direction
    lane: Lane
    created_at: datetime
    state: State
    version: int = 1
    events: tuple[Event, ...] = ()
    value: Money | None = None
    eta: datetime | None = None
    unique_id: str | None = None
    effects: tuple[Effect, ...] = ()
    due_at: datetime | None = None
    poll_after: datetime | None = None
    attempts: int = 0
    last_polled_at: datetime | None = None
    webhook_seen_at: datetime | None = None
    concerns: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    pickup_until: datetime | None = None
    unheard_since: datetime | None = None
    service: str | None = None
    weights_g: tuple[Decimal, ...] = ()

    @property
    def facts(self) -> LegFacts:
        """What ``fold`` needs of the leg."""
        return LegFacts(self.direction, self.lane.origin, self.lane.destination)
