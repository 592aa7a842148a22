"""The house's thresholds for parcels on the road (``rules/watch``), read once and checked whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field, SkipValidation, ValidationError

from chalicelib.errors import RuleFileInvalid
from chalicelib.money import Money
from chalicelib.rulebook import Confidence, in_force, load
from chalicelib.shipments.walls import Wall
from chalicelib.watch_rows import CarrierClass, Clock, Parcel, Severity, WatchRow, best_of, contradictions

DATASET = "shipments/watch"
TRANSIT = "shipments/transit"
_HEAD = ("schema", "effective", "ends", "territory", "review_after", "source")


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class _Sourced(_Rules):
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(WatchRow):
    """When a rule first warns and when it becomes critical, with where that comes from."""

    source: str
    confidence: Confidence


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


class Attempts(_Sourced):
    """From which attempt on a failed delivery is told again, and how far apart two attempts are."""

    told_from: int
    apart_hours: int


class Storage(_Sourced):
    """How many calendar days a carrier keeps a parcel at its counter; without a country: everywhere."""

    carrier: str
    days: int
    country: str | None = None


class Hub(_Sourced):
    """Countries that a carrier sends parcels through."""

    carrier: str
    countries: frozenset[str]


class CustomsHours(_Sourced):
    """When a customs office works, by its own clock; without a country: the usual."""

    opens: int
    closes: int


class Weekend(_Sourced):
    """Countries whose weekend is on other days; Monday is 0."""

    countries: frozenset[str]
    days: tuple[int, ...]


class Weighing(_Sourced):
    """How far two weights may lie apart, and how grave a loss and a gain of weight are."""

    least_g: Decimal
    dropped: Severity
    risen: Severity


class Scale(_Sourced):
    """The step in which a carrier tells weights."""

    carrier: str
    step_g: Decimal


class Sign(_Sourced):
    """Words of a scan that tell of the parcel's wrapping."""

    kind: str
    words: tuple[str, ...]
    severity: Severity


class BesideAHold(_Sourced):
    """Reasons that a person is told of although the parcel is held for another."""

    reasons: frozenset[str]
    severity: Severity


class Norm(BaseModel):
    """How many working days a service is usually under way, customs not counted."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    carrier: str
    service: str
    business_days_max: int


@dataclass(slots=True)
class _Found:
    """What was once looked up in a vintage: it does not change, and every parcel asks for the same few."""

    rows: dict[tuple[str, str | None, str | None, Parcel], WatchRow] = field(default_factory=dict)
    walls: dict[tuple[str, bool], Wall] = field(default_factory=dict)


class Thresholds(_Rules):
    """One vintage of the thresholds; ``own`` are the merchant's rows, which come before the house's."""

    postal: Postal
    valuable: Valuable
    rule: tuple[Threshold, ...]
    own: tuple[WatchRow, ...] = ()
    polling: Polling
    floor: tuple[Floor, ...] = ()
    settling: Settling
    bounds: Bounds
    attempts: Attempts
    storage: tuple[Storage, ...]
    hub: tuple[Hub, ...]
    customs_hours: CustomsHours
    weekend: tuple[Weekend, ...]
    weighing: Weighing
    scale: tuple[Scale, ...]
    sign: tuple[Sign, ...]
    beside_a_hold: BesideAHold
    norm: tuple[Norm, ...] = ()
    found: SkipValidation[_Found] = Field(default_factory=_Found, exclude=True, repr=False)

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

    def threshold(self, kind: str, parcel: Parcel, reason: str | None = None, ground: str | None = None) -> WatchRow:
        """The row of this rule for this parcel: the merchant's that names most of it, else the house's that does.

        Raises ``RuleFileInvalid`` when there is none.
        """
        key = (kind, reason, ground, parcel)
        row = self.found.rows.get(key)
        if row is None:
            row = best_of(self.own, kind, parcel, reason, ground) or best_of(self.rule, kind, parcel, reason, ground)
            if row is None:
                raise RuleFileInvalid(f"shipments/watch has no row for {kind} of {parcel.carrier_class} carriers")
            self.found.rows[key] = row
        return row

    def wall(self, country: str, clock: Clock) -> Wall:
        """The working or the customs hours of a country, by its own clock."""
        key = (country, clock == "customs")
        wall = self.found.walls.get(key)
        if wall is None:
            weekend = next((row.days for row in self.weekend if country in row.countries), (5, 6))
            opens, closes = (self.customs_hours.opens, self.customs_hours.closes) if key[1] else (0, 24)
            wall = self.found.walls[key] = Wall(country, opens, closes, weekend, hours_assumed=key[1])
        return wall

    def kept_days(self, carrier: str, country: str) -> int | None:
        """How many calendar days a parcel is kept at a counter there; None: not known."""
        rows = [row for row in self.storage if row.carrier == carrier and row.country in (None, country)]
        return max(rows, key=lambda row: row.country is not None).days if rows else None

    def is_hub(self, carrier: str, country: str) -> bool:
        """Whether the carrier is known to send parcels through this country."""
        return any(row.carrier == carrier and country in row.countries for row in self.hub)

    def usual_days(self, carrier: str, service: str | None) -> int | None:
        """The longest usual time of a service in working days; None: no norm is held for it."""
        days = [row.business_days_max for row in self.norm if (row.carrier, row.service) == (carrier, service)]
        return max(days, default=None)

    def scale_of(self, carrier: str) -> Decimal:
        """How far two weights of one parcel may lie apart before that is no error of the scale."""
        return max([self.weighing.least_g, *(row.step_g for row in self.scale if row.carrier == carrier)])


def thresholds(on: date, own: tuple[WatchRow, ...] = ()) -> Thresholds:
    """The thresholds in force on this day, with the merchant's own rows before them; raises ``RuleNotInForce`` before
    the first vintage."""
    return _read(in_force(DATASET, on).effective, own)


@lru_cache(maxsize=16)
def _read(effective: date, own: tuple[WatchRow, ...]) -> Thresholds:
    vintage = load(DATASET, effective)
    rules = {name: part for name, part in vintage.rules.items() if name not in _HEAD}
    try:
        read = Thresholds.model_validate({**rules, "own": own, "norm": in_force(TRANSIT, effective).rules["norm"]})
    except ValidationError as broken:
        raise RuleFileInvalid(f"{vintage.name}: {broken}") from broken
    wrong = "; ".join(f"{where.replace('watch', 'rule')} {detail}" for where, _, detail in contradictions(read.rule))
    if wrong:
        raise RuleFileInvalid(f"{vintage.name}: {wrong}")
    return read
