"""What may befall a parcel: scans over simulated time, in words that each carrier turns into its own codes.

A number chooses its scenario by the two digits before its check digit (``scenario_of``), so that anybody who sees the
number knows what is coming; every other number has a quiet trip.

>>> scenario_of("795767391" + "0"), scenario_of("EA123456925CN"), scenario_of("794644790131")
('quiet', 'documents', 'quiet')
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.local.stops import Stop, hub_of, stop_of

# Which two digits before the check digit stand for which scenario.
BY_DIGITS: Mapping[str, str] = {
    "91": "quiet",
    "92": "documents",
    "93": "duty",
    "94": "seized",
    "95": "lost",
    "96": "damaged",
    "97": "withdrawn",
    "98": "duplicate",
    "99": "silence",
}
MEANINGS: Mapping[str, str] = {
    "quiet": "picked up, flown, cleared, delivered",
    "documents": "import customs hold it for papers, then release it; delivered",
    "duty": "held until duty is paid, then released; delivered",
    "seized": "import customs take it away",
    "lost": "it never arrives, and the carrier says so",
    "damaged": "found damaged at the last depot",
    "withdrawn": "told as delivered, and then taken back",
    "duplicate": "another parcel had the same number before and was delivered long ago; this one is under way",
    "silence": "one scan after the pickup, then nothing",
}
EARLIER_BY = timedelta(days=160)


@dataclass(frozen=True, slots=True)
class Lane:
    """Where a parcel passes. ``slow`` stretches its time: 1 is a day and a night, the pace of the local story."""

    origin: Stop
    leaves_by: Stop
    enters_by: Stop
    destination: Stop
    slow: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: ``word`` is ours, the code is the carrier's. ``earlier`` belongs to the other parcel."""

    word: str
    stop: Stop
    at: datetime
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """How a carrier says a word: its code, its text, and what it adds beside the code."""

    code: str
    text: str
    exception_code: str = ""
    exception_text: str = ""


# word, where (a field of Lane), hours and minutes after the start
_Plan = tuple[tuple[str, str, int, int], ...]
_OUT: _Plan = (("picked_up", "origin", 0, 20), ("departed", "leaves_by", 2, 10))
_FLOWN: _Plan = (*_OUT, ("landed", "enters_by", 13, 50))
_HOME: _Plan = (("on_the_van", "destination", 22, 50), ("delivered", "destination", 23, 40))
_PLANS: Mapping[str, _Plan] = {
    "quiet": (*_FLOWN, ("in_clearance", "enters_by", 14, 5), ("released", "enters_by", 15, 10), *_HOME),
    "documents": (*_FLOWN, ("documents", "enters_by", 14, 20), ("released", "enters_by", 21, 40), *_HOME),
    "duty": (*_FLOWN, ("duty", "enters_by", 14, 20), ("released", "enters_by", 21, 40), *_HOME),
    "seized": (*_FLOWN, ("in_clearance", "enters_by", 14, 5), ("seized", "enters_by", 19, 30)),
    "lost": (*_OUT, ("lost", "enters_by", 22, 0)),
    "damaged": (*_FLOWN, ("released", "enters_by", 15, 10), ("damaged", "destination", 22, 10)),
    "withdrawn": (*_FLOWN, ("released", "enters_by", 15, 10), *_HOME, ("withdrawn", "destination", 23, 55)),
    "duplicate": (*_FLOWN, ("in_clearance", "enters_by", 14, 5)),
    "silence": _OUT,
}


def scenario_of(number: str) -> str:
    """The scenario that this number stands for."""
    digits = re.sub(r"\D", "", number)
    return BY_DIGITS.get(digits[-3:-1], "quiet")


def ending_for(name: str) -> str:
    """The two digits that stand for this scenario. Raises ValueError for one that does not exist."""
    for digits, known in BY_DIGITS.items():
        if known == name:
            return digits
    raise ValueError(f"there is no scenario {name}; there is {', '.join(MEANINGS)}")


def lane_between(origin: Mapping[str, str], destination: Mapping[str, str], slow: int = 1) -> Lane:
    """The way between two places given by ``city`` and ``country``. Raises ValueError for a country without a hub."""
    leaving, entering = hub_of(origin["country"]), hub_of(destination["country"])
    return Lane(stop_of(**origin), leaving, entering, stop_of(**destination), slow)


def scenario(number: str, name: str | None, start: datetime, lane: Lane) -> tuple[Step, ...]:
    """Every scan of this parcel, from the hour it is handed over: the same for the same arguments.

    ``name`` None lets the number decide. Raises ValueError for a scenario that does not exist.
    """
    chosen = name or scenario_of(number)
    ending_for(chosen)
    steps = _dated(_PLANS[chosen], start, lane, earlier=False)
    if chosen != "duplicate":
        return steps
    return _dated(_PLANS["quiet"], start - EARLIER_BY, lane, earlier=True) + steps


def _dated(plan: _Plan, start: datetime, lane: Lane, *, earlier: bool) -> tuple[Step, ...]:
    steps = []
    for word, where, hours, minutes in plan:
        stop: Stop = getattr(lane, where)
        at = start + lane.slow * timedelta(hours=hours, minutes=minutes)
        steps.append(Step(word, stop, stop.clock(at).replace(second=0, microsecond=0), earlier))
    return tuple(steps)
