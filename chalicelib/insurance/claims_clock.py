"""How long a carrier or an insurer can be held to account for a parcel, and from which moment.

The clocks start at different moments (accepted, tendered, posted, delivered), so they are kept as counts
until the moment is known. DHL's can run out before a trace is over: file by ``file_by_day`` even when unsure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from chalicelib.clock import add_months, end_of_day, zone
from chalicelib.errors import RuleNotInForce
from chalicelib.places import Lane, territory_of
from chalicelib.rulebook import Confidence, in_force

Start = Literal["accepted", "tendered", "posted", "delivered", "discovered", "expected", "issued"]
# A claim in writing; a suit in court; the right itself, which begins and does not end.
Act = Literal["claim", "suit", "right"]
# Clocks in days and in months are compared from one common day.
_ANY_DAY = date(2001, 1, 1)


@dataclass(frozen=True, slots=True)
class ClaimClock:
    """One limit: for which claim, from when, how long; either days or calendar months."""

    id: str
    claims: tuple[str, ...]
    starts: Start
    limit_days: int | None
    limit_months: int | None
    file_by_day: int | None
    source: str
    confidence: Confidence
    earliest_days: int | None = None
    act: Act = "claim"

    @property
    def ends(self) -> bool:
        """Whether it runs out at all: a right to claim only begins."""
        return self.limit_days is not None or self.limit_months is not None

    def first_day(self, started: date) -> date:
        """The first day on which it may be done."""
        return started + timedelta(days=self.earliest_days or 0)

    def last_day(self, started: date) -> date:
        """The last day to file when the clock began on this one."""
        if self.limit_months is not None:
            return add_months(started, self.limit_months)
        return started + timedelta(days=self.limit_days or 0)

    def file_by(self, started: date) -> date:
        """The day to file by even if nothing is certain: never after the last one."""
        wanted = started + timedelta(days=self.file_by_day) if self.file_by_day is not None else None
        return min(filter(None, (wanted, self.last_day(started))))

    def as_json(self) -> dict[str, Any]:
        """The shape kept with the cover."""
        return {
            "id": self.id,
            "claims": list(self.claims),
            "starts": self.starts,
            "limit_days": self.limit_days,
            "limit_months": self.limit_months,
            "file_by_day": self.file_by_day,
            "source": self.source,
            "confidence": self.confidence,
        }


def clocks_for(carrier: str, lane: Lane, on: date) -> tuple[ClaimClock, ...]:
    """Every clock that binds a parcel of this carrier from this origin; raises ``RuleNotInForce``."""
    vintage = in_force("insurance/claim_clocks", on)
    titles = [source["title"] for source in vintage.rules["source"]]
    origins = ("*", lane.origin, territory_of(lane.origin))
    return tuple(
        ClaimClock(
            id=row["id"],
            claims=tuple(row["claims"]),
            starts=row["starts"],
            limit_days=row.get("limit_days"),
            limit_months=row.get("limit_months"),
            file_by_day=row.get("file_by_day"),
            source=titles[row["source"] - 1],
            confidence=row["confidence"],
            earliest_days=row.get("earliest_days"),
        )
        for row in vintage.rules["clock"]
        if row["carrier"] in ("*", carrier) and row["origin"] in origins
    )


def legal_clocks(carrier: str, lane: Lane, on: date) -> tuple[ClaimClock, ...]:
    """The clocks of law beside those of the carrier's terms: notices, suits, and when a parcel counts as lost. Raises
    ``RuleNotInForce``."""
    vintage = in_force("insurance/claim_clocks", on)
    titles = [source["title"] for source in vintage.rules["source"]]
    return tuple(
        ClaimClock(
            id=row["id"],
            claims=tuple(row["claims"]),
            starts=row["starts"],
            limit_days=row.get("limit_days"),
            limit_months=row.get("limit_months"),
            file_by_day=None,
            source=titles[row["source"] - 1],
            confidence=row["confidence"],
            earliest_days=row.get("earliest_days"),
            act=row["act"],
        )
        for row in vintage.rules.get("legal", ())
        if carrier in row["carriers"] and _between(row, lane)
    )


def _between(row: Mapping[str, Any], lane: Lane) -> bool:
    ends = ((row["origin"], lane.origin), (row.get("destination", "*"), lane.destination))
    return all(named in ("*", country, territory_of(country)) for named, country in ends)


def vintage_of_clocks(on: date) -> date | None:
    """The day of the file that the clocks of this day are rows of; None where none is in force."""
    try:
        return in_force("insurance/claim_clocks", on).effective
    except RuleNotInForce:
        return None


def earliest(clocks: Iterable[ClaimClock], claim: str, start: str) -> ClaimClock | None:
    """The clock that runs out first for this claim, among those that begin at this moment."""
    fitting = [clock for clock in clocks if claim in clock.claims and clock.starts == start]
    return min(fitting, key=lambda clock: clock.last_day(_ANY_DAY), default=None)


def binding(clocks: Iterable[ClaimClock]) -> tuple[ClaimClock, ...]:
    """For each claim and each starting moment the clock that runs out first, and the one that asks to file
    first where that is another: a longer clock may want its claim sooner. The others only confuse.
    """
    known = tuple(clocks)
    kinds = dict.fromkeys((claim, clock.starts) for clock in known for claim in clock.claims)
    found = (each(known, claim, start) for claim, start in kinds for each in (earliest, _filed_first))
    return tuple(dict.fromkeys(clock for clock in found if clock))


def _filed_first(clocks: Iterable[ClaimClock], claim: str, start: str) -> ClaimClock | None:
    """The clock by which to file first, where that is sooner than the strictest one runs out."""
    fitting = [clock for clock in clocks if claim in clock.claims and clock.starts == start]
    soonest = min(fitting, key=lambda clock: clock.file_by(_ANY_DAY), default=None)
    strictest = earliest(fitting, claim, start)
    if soonest is None or strictest is None:
        return None
    return soonest if soonest.file_by(_ANY_DAY) < strictest.file_by(_ANY_DAY) else None


@dataclass(frozen=True, slots=True)
class Began:
    """A moment from which clocks run. ``zones`` are those it may have been in: one where the place decides it, else all
    that count, and the day that ends first is worked by. ``day`` is the local day where that is what is known.
    ``assumed``: the earliest it can have been, because the moment itself is not known; ``why`` says what was taken."""

    at: datetime
    zones: tuple[str, ...]
    why: str
    assumed: bool = False
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A clock that has begun: the last local day, and the first instant after it."""

    clock: ClaimClock
    began: Began
    zone_name: str
    started_on: date
    not_before: date
    last_day: date
    ends_at: datetime
    file_by: date

    @property
    def assumed(self) -> bool:
        """Whether its beginning, or the zone it ends in, was assumed."""
        return self.began.assumed or len(self.began.zones) > 1


def run(clock: ClaimClock, began: Began) -> Run:
    """A clock from its beginning, in the zone of the place where that was; of several zones the one that ends first.

    >>> from datetime import UTC
    >>> dhl = ClaimClock("CL-DHL", ("loss",), "accepted", 30, None, 25, "", "high")
    >>> found = run(dhl, Began(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), ("Europe/Paris",), "scan"))
    >>> found.started_on.isoformat(), found.last_day.isoformat(), found.ends_at.isoformat()
    ('2026-11-25', '2026-12-25', '2026-12-25T23:00:00+00:00')
    """
    return min((_run_in(clock, began, name) for name in began.zones), key=lambda one: (one.ends_at, one.zone_name))


def runs(clocks: Iterable[ClaimClock], claim: str, act: Act, beginnings: Mapping[Start, Began]) -> tuple[Run, ...]:
    """Every clock of this claim that has begun, the one that ends first before the others."""
    about = (one for one in clocks if claim in one.claims and one.act == act and one.starts in beginnings)
    return tuple(
        sorted((run(one, beginnings[one.starts]) for one in about), key=lambda one: (one.ends_at, one.clock.id))
    )


def not_begun(clocks: Iterable[ClaimClock], claim: str, beginnings: Mapping[Start, Began]) -> tuple[ClaimClock, ...]:
    """The clocks of this claim whose beginning has not come: nothing was delivered, say."""
    about = (one for one in clocks if claim in one.claims and one.act == "claim")
    return tuple(one for one in about if one.starts not in beginnings)


def _run_in(clock: ClaimClock, began: Began, zone_name: str) -> Run:
    started = began.day or began.at.astimezone(zone(zone_name)).date()
    last = clock.last_day(started)
    return Run(
        clock=clock,
        began=began,
        zone_name=zone_name,
        started_on=started,
        not_before=clock.first_day(started),
        last_day=last,
        ends_at=end_of_day(last, zone_name),
        file_by=clock.file_by(started),
    )


def row_for(table: str, on: date, party: str, carrier: str) -> Mapping[str, Any]:
    """The first row of this table that fits (reminders, traces, waiting times); raises ``RuleNotInForce``."""
    rows = in_force("insurance/claim_clocks", on).rules[table]
    found: Mapping[str, Any] = next(
        row for row in rows if row.get("party", "*") in ("*", party) and {"*", carrier} & set(row["carriers"])
    )
    return found
