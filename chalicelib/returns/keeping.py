"""How long a customer's personal values are kept, what holds their erasure up, and what it does not reach.

>>> clock_for("FR", date(2026, 11, 22)).rule
'returns/keeping@2026-11-22#K-DISPUTES'
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal

from chalicelib.clock import add_months
from chalicelib.returns.stages import OVER, Stage
from chalicelib.rulebook import Confidence, in_force

# clock: nobody asked, time will tell; asked: done as soon as nothing holds it up; done: nobody can read them any more.
ErasureState = Literal["clock", "asked", "done"]
Hold = Literal["case_open", "claim_open", "dispute_open", "refund_owed", "evidence_frozen", "legal_hold"]
DISPUTE_OPEN = frozenset({"open", "answered"})


@dataclass(frozen=True, slots=True)
class Erasure:
    """The erasure of one case's personal values: when it falls due, who asked, what holds it up. ``due_at`` is when it
    is looked at, which the sweep moves while it is being done; ``not_before`` is the day itself. ``hold_reason`` is why
    a legal hold was laid on the case (a code or a reference of a procedure, never a name)."""

    KIND: ClassVar[str] = "ERASURE"

    case_id: str
    state: ErasureState
    due_at: datetime | None
    rule: str | None = None
    not_before: datetime | None = None
    asked_by: str | None = None
    asked_at: datetime | None = None
    held_by: tuple[Hold, ...] = ()
    hold_reason: str | None = None
    hold_laid_by: str | None = None
    hold_laid_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def part_id(self) -> str:
        """There is one for each case."""
        return "person"


@dataclass(frozen=True, slots=True)
class Clock:
    """How long personal values stay when nobody asks, by which rule."""

    days: int
    rule: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Kept:
    """What an erasure does not reach, why, and until when (None: counted from no day we know)."""

    what: str
    why: str
    until: date | None
    rule: str


def clock_for(country: str, on: date) -> Clock:
    """The longest clock that speaks of this country; raises ``RuleNotInForce``."""
    vintage = in_force("returns/keeping", on)
    rows = [row for row in vintage.rules["clock"] if {country, "*"} & set(row["countries"])]
    row = max(rows, key=lambda one: int(one["days"]))
    return Clock(row["days"], f"{vintage.name}#{row['id']}", row["confidence"])


def falls_due(country: str, ended_at: datetime) -> tuple[datetime, str]:
    """When personal values of a case that ended then are erased by the clock, and by which rule."""
    clock = clock_for(country, ended_at.date())
    return ended_at + timedelta(days=clock.days), clock.rule


def tried_again(now: datetime) -> datetime:
    """When an erasure that is held up is looked at again."""
    return now + timedelta(days=int(in_force("returns/keeping", now.date()).rules["again"]["days"]))


def kept_beyond(ended_on: date | None, on: date) -> tuple[Kept, ...]:
    """What stays though the person is erased."""
    vintage = in_force("returns/keeping", on)
    return tuple(
        Kept(row["what"], row["why"], _until(row, ended_on), f"{vintage.name}#{row['what']}")
        for row in vintage.rules["kept"]
    )


def holds(
    stage: Stage,
    *,
    claims_open: bool,
    disputes: Iterable[str],
    refund_owed: bool,
    legal_hold: bool,
    evidence_frozen: bool = False,
) -> tuple[Hold, ...]:
    """Everything that keeps personal values from being erased now; ``disputes`` are the states of the case's disputes.

    >>> holds("closed", claims_open=False, disputes=["won"], refund_owed=False, legal_hold=False)
    ()
    """
    found: dict[Hold, bool] = {
        "case_open": stage not in OVER,
        "claim_open": claims_open,
        "dispute_open": any(state in DISPUTE_OPEN for state in disputes),
        "refund_owed": refund_owed,
        "evidence_frozen": evidence_frozen,
        "legal_hold": legal_hold,
    }
    return tuple(name for name, so in found.items() if so)


def _until(row: dict[str, Any], ended_on: date | None) -> date | None:
    if ended_on is None:
        return None
    return add_months(ended_on, 12 * row["years"]) if "years" in row else ended_on + timedelta(days=row["days"])
