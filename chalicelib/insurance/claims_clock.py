"""How long a carrier or an insurer can be held to account for a parcel, and from which moment.

The clocks start at different moments (accepted, tendered, posted, delivered), so they are kept as counts
until the moment is known. DHL's can run out before a trace is over: file by ``file_by_day`` even when unsure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from chalicelib.clock import add_months
from chalicelib.errors import RuleNotInForce
from chalicelib.places import Lane, territory_of
from chalicelib.rulebook import Confidence, in_force

Start = Literal["accepted", "tendered", "posted", "delivered", "discovered"]
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
        )
        for row in vintage.rules["clock"]
        if row["carrier"] in ("*", carrier) and row["origin"] in origins
    )


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
