"""The house's thresholds for parcels on the road (``rules/watch``), read once and checked whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from chalicelib.errors import RuleFileInvalid
from chalicelib.money import Money
from chalicelib.rulebook import Confidence, in_force, load

DATASET = "shipments/watch"
_WEEK = timedelta(days=5)
CarrierClass = Literal["express", "postal"]
_HEAD = ("schema", "effective", "ends", "territory", "review_after", "source")


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class _Sourced(_Rules):
    source: str
    confidence: Confidence


class Span(_Rules):
    """So many hours on a clock, and how grave it is when they have passed."""

    hours: int
    clock: Literal["calendar", "working"]
    severity: Literal["critical", "high", "medium", "low"]

    def end(self, since: datetime) -> datetime:
        """When a span that began then is over; Saturday and Sunday (UTC) do not count as working time."""
        return since + timedelta(hours=self.hours) if self.clock == "calendar" else _working(since, self.hours)


class Threshold(_Sourced):
    """When a rule first warns and when it becomes critical."""

    kind: str
    carrier_class: CarrierClass
    warn: Span
    critical: Span


class Polling(_Sourced):
    """Minutes between two questions to a carrier about one parcel."""

    least_minutes: int
    most_minutes: int
    awaiting_first_scan: int
    moving: int
    at_customs: int
    held: int
    near_door: int
    trouble: int
    at_rest: int
    webhook_healthy_hours: int
    webhook_healthy_hours_postal: int
    webhook_slower: int
    webhook_slower_in_trouble: int
    webhook_silent_faster: int
    slower_per_quiet_day_percent: int


class Floor(_Sourced):
    """Minutes that a carrier wants between two questions about one shipment."""

    carrier: str
    minutes: int


class Settling(_Sourced):
    """Hours after the last event until a parcel at rest is asked about no more."""

    express: int
    postal: int
    lost: int


class Bounds(_Sourced):
    """Which events can belong to a shipment at all."""

    future_hours: int
    before_ship_days: int
    after_ship_days: int


class Valuable(_Sourced):
    """From what worth on a parcel is watched more closely."""

    amount: Decimal
    currency: str

    def covers(self, value: Money | None) -> bool:
        """Whether a parcel of this worth is valuable; one whose worth cannot be compared is."""
        return value is None or value.currency != self.currency or value.amount >= self.amount


class Postal(_Rules):
    """The carriers that are posts."""

    carriers: tuple[str, ...]


class Thresholds(_Rules):
    """One vintage of the thresholds."""

    postal: Postal
    valuable: Valuable
    rule: tuple[Threshold, ...]
    polling: Polling
    floor: tuple[Floor, ...] = ()
    settling: Settling
    bounds: Bounds

    def class_of(self, carrier: str) -> CarrierClass:
        """Express unless the carrier is a post."""
        return "postal" if carrier in self.postal.carriers else "express"

    def webhook_healthy_for(self, carrier: str) -> timedelta:
        """How long after its last push a webhook of this carrier still counts as speaking."""
        postal = self.class_of(carrier) == "postal"
        return timedelta(
            hours=self.polling.webhook_healthy_hours_postal if postal else self.polling.webhook_healthy_hours
        )

    def least_minutes(self, carrier: str) -> int:
        """The least between two questions to this carrier about one parcel."""
        return max([self.polling.least_minutes, *(row.minutes for row in self.floor if row.carrier == carrier)])

    def threshold(self, kind: str, carrier: str) -> Threshold:
        """The row of this rule for this carrier; raises ``RuleFileInvalid`` when there is none."""
        wanted = (kind, self.class_of(carrier))
        for row in self.rule:
            if (row.kind, row.carrier_class) == wanted:
                return row
        raise RuleFileInvalid(f"shipments/watch has no row for {kind} of {wanted[1]} carriers")


def thresholds(on: date) -> Thresholds:
    """The thresholds in force on this day; raises ``RuleNotInForce`` before the first vintage."""
    return _read(in_force(DATASET, on).effective)


@cache
def _read(effective: date) -> Thresholds:
    vintage = load(DATASET, effective)
    try:
        return Thresholds.model_validate({k: v for k, v in vintage.rules.items() if k not in _HEAD})
    except ValidationError as broken:
        raise RuleFileInvalid(f"{vintage.name}: {broken}") from broken


@lru_cache(maxsize=1024)
def _working(since: datetime, hours: int) -> datetime:
    """Skip whole Saturdays and Sundays; a span that begins on one begins on Monday."""
    at, left = since, timedelta(hours=hours)
    if at.weekday() < 5 and left > _WEEK:  # whole weeks at once; what is left ends within one
        whole = (left - timedelta.resolution) // _WEEK
        at, left = at + whole * timedelta(days=7), left - whole * _WEEK
    while True:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        if at.weekday() >= 5:
            at = midnight
        elif at + left <= midnight:
            return at + left
        else:
            left -= midnight - at
            at = midnight
