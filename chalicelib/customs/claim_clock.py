"""When a claim asks for attention: 90, 30 and 7 days before a last day, when the last of them has passed, and when a
fact is missing without which no last day can be told.

A pure function of the days and the clock: what is to be told now, and when to look again. So a reminder that is asked
for twice, late or out of order is the same reminder, and its name makes it one exception. One that a later one has
overtaken (a claim recorded twenty days before its end) is not told.

>>> from datetime import UTC
>>> told = Deadlines((date(2027, 3, 1),), "Europe/Paris", datetime(2026, 11, 22, tzinfo=UTC))
>>> told.next_after(datetime(2026, 11, 22, tzinfo=UTC))
datetime.datetime(2026, 11, 30, 23, 0, tzinfo=datetime.timezone.utc)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from chalicelib.clock import end_of_day

BEFORE_DAYS = (90, 30, 7)
ASK_AFTER = timedelta(days=7)
LOOK_EVERY = timedelta(days=7)

Rung = Literal["in_90_days", "in_30_days", "in_7_days", "lapsed", "fact_missing"]
_RUNG_BY_DAYS: dict[int, Rung] = {90: "in_90_days", 30: "in_30_days", 7: "in_7_days"}


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to be told once. ``since`` is the instant from which the hours of its playbook end with the last day;
    ``last_day`` is None when it cannot be told yet."""

    rung: Rung
    at: datetime
    since: datetime
    last_day: date | None = None

    def episode(self, entry_id: str) -> str:
        """Its name: one for an entry, a last day and a step of the ladder, whoever asks and however often."""
        return f"duty-{entry_id}-{self.last_day.isoformat() if self.last_day else 'unknown'}-{self.rung}"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The last days of one claim, soonest first, each ending on the clock of ``zone_name``; ``asks`` are the facts
    that a last day still waits for. ``is_watched``: facts may still come by themselves, so look every week."""

    days: tuple[date, ...]
    zone_name: str
    recorded_at: datetime
    asks: tuple[str, ...] = ()
    is_watched: bool = False

    def to_tell(self, now: datetime) -> tuple[Reminder, ...]:
        """For each last day ahead the latest step reached, and the missing fact when it was waited for long enough;
        once nothing can be claimed any more, that alone."""
        lapse = self._lapse()
        if lapse is not None and lapse.at <= now:
            return (lapse,)
        ahead = [day for day in self.days if now < self._end(day)]
        reached = [[one for one in self._ladder(day) if one.at <= now] for day in ahead]
        asked = [one for one in self._question() if one.at <= now]
        return (*(steps[-1] for steps in reached if steps), *asked)

    def next_after(self, now: datetime) -> datetime | None:
        """The next instant at which there is something to tell or to look at; None when nothing will come."""
        lapse = self._lapse()
        steps = [one.at for day in self.days for one in self._ladder(day)]
        steps += [one.at for one in self._question()] + ([lapse.at] if lapse else [])
        ahead = [at for at in steps if at > now]
        is_over = lapse is not None and lapse.at <= now
        return min(ahead + ([now + LOOK_EVERY] if self.is_watched and not is_over else []), default=None)

    def _ladder(self, day: date) -> Iterator[Reminder]:
        """Each step begins with the local day that many days before the last one."""
        for days in BEFORE_DAYS:
            begins = self._end(day - timedelta(days=days + 1))
            yield Reminder(_RUNG_BY_DAYS[days], begins, self._end(day) - timedelta(days=days + 1), day)

    def _lapse(self) -> Reminder | None:
        if not self.days or self.asks:
            return None
        end = self._end(self.days[-1])
        return Reminder("lapsed", end, end, self.days[-1])

    def _question(self) -> Iterator[Reminder]:
        if self.asks:
            at = self.recorded_at + ASK_AFTER
            yield Reminder("fact_missing", at, at)

    def _end(self, day: date) -> datetime:
        return end_of_day(day, self.zone_name)
