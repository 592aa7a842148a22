"""When the watch warns of a parcel: one row as the house's rules and the merchant's own file both write it.

A row is for the parcels that it names: by class of carrier, carrier, service, origin, destination, direction, worth,
and of a hold by its reason or its ground. What a row leaves out it takes as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import Field

from chalicelib.strict import Code, Country, Strict

Severity = Literal["critical", "high", "medium", "low"]
CarrierClass = Literal["express", "postal"]
Clock = Literal["calendar", "working", "customs"]
WatchedKind = Literal[
    "no_first_scan", "pickup_missed", "promise_passed", "silence", "stuck_at_one_place", "hold_too_old", "unanswered",
    "delivery_failed_again", "waiting_at_counter", "misrouted", "possible_loss",
]  # fmt: skip
WATCHED_KINDS: tuple[WatchedKind, ...] = get_args(WatchedKind)
Ground = Literal["export", "import", "estimate", "norm", "silence", "posting", "known", "unknown"]
Hours = Annotated[int, Field(ge=0, le=8784)]


@dataclass(frozen=True, slots=True)
class Span(Strict):
    """So many hours on a clock, and how grave it is when they have passed; ``before``: so many before an end that is
    known (the last day at a counter), instead of after a beginning."""

    hours: Hours
    clock: Clock
    severity: Severity
    before: bool = False


class Parcel(NamedTuple):
    """What a row may name of a parcel; None in a row: any will do."""

    carrier_class: CarrierClass | None
    carrier: str | None
    service: str | None
    origin: str | None
    destination: str | None
    direction: str | None
    valuable: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRow(Strict):
    """When one rule warns and when it becomes critical, for the parcels it names."""

    kind: WatchedKind
    warn: Span | None = None
    critical: Span | None = None
    reason: Code | None = None
    ground: Ground | None = None
    carrier_class: CarrierClass | None = None
    carrier: Code | None = None
    service: Code | None = None
    origin: Country | None = None
    destination: Country | None = None
    direction: Literal["home", "out"] | None = None
    valuable: bool | None = None

    @property
    def wanted(self) -> Parcel:
        """The parcels it names."""
        return Parcel(
            self.carrier_class,
            self.carrier,
            self.service,
            self.origin,
            self.destination,
            self.direction,
            self.valuable,
        )

    @property
    def rank(self) -> tuple[int, int]:
        """How much it names: a reason before a ground before neither, then the number of facts of the parcel. Who names
        a carrier has named its class as well."""
        named = sum(fact is not None for fact in self.wanted)
        both = self.carrier is not None and self.carrier_class is None
        return (2 * (self.reason is not None) + (self.ground is not None), named + both)

    def holds(self, parcel: Parcel, reason: str | None, ground: str | None) -> bool:
        """Whether it is for this parcel in this trouble."""
        if self.reason not in (None, reason) or self.ground not in (None, ground):
            return False
        return all(want is None or want == fact for want, fact in zip(self.wanted, parcel, strict=True))


def best_of(
    rows: Sequence[WatchRow], kind: str, parcel: Parcel, reason: str | None, ground: str | None
) -> WatchRow | None:
    """The row that names most of this parcel; None: no row is for it."""
    fits = [row for row in rows if row.kind == kind and row.holds(parcel, reason, ground)]
    return max(fits, key=lambda row: row.rank, default=None)


def contradictions(rows: Sequence[WatchRow]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with these rows, as the entry, a code and a sentence each; every fault at once."""
    for n, row in enumerate(rows):
        if row.warn is None and row.critical is None:
            yield f"watch.{n}", "says_nothing", "a row says when it warns, when it is critical, or both"
        if _critical_first(row):
            yield f"watch.{n}", "critical_before_warn", "what is critical comes no earlier than the warning"
    for (n, one), (m, other) in combinations(enumerate(rows), 2):
        if one.kind == other.kind and one.rank == other.rank and _meet(one, other):
            detail = f"names as much as watch.{n} and is for some of the same parcels: name more in one of the two"
            yield f"watch.{m}", "ambiguous", detail


def _critical_first(row: WatchRow) -> bool:
    warn, critical = row.warn, row.critical
    if warn is None or critical is None or (warn.clock, warn.before) != (critical.clock, critical.before):
        return False
    return critical.hours > warn.hours if warn.before else critical.hours < warn.hours


def _meet(one: WatchRow, other: WatchRow) -> bool:
    """Whether a parcel can be meant by both."""
    pairs = [(one.reason, other.reason), (one.ground, other.ground), *zip(one.wanted, other.wanted, strict=True)]
    return all(here is None or there is None or here == there for here, there in pairs)
