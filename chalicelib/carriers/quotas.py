"""How often each interface of a carrier may be asked, as data (``rules/quotas``), and when the next request fits.

Days are counted from 00:00 GMT, as FedEx and DHL count theirs. A day's quota is paced: a head start of it may be used
at any time, the rest only as the day goes on, so that what matters in the evening can still be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.errors import RuleFileInvalid
from chalicelib.rulebook import Confidence, in_force, load

DATASET = "carriers/quotas"
_HEAD = ("schema", "effective", "ends", "territory", "review_after", "source")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """What one interface allows: requests a day, requests in any span of ``burst_seconds``, questions about one number
    a day (None: not told), and within how many seconds it answers or is given up."""

    source: str
    per_day: int
    burst: int
    burst_seconds: int
    per_number_per_day: int | None = None
    answer_within_s: int = 20
    head_start_percent: int = 100

    @property
    def at_once(self) -> int:
        """Requests that may be made at one moment. Together with ``spacing_ms`` never more than ``burst`` fall into
        any span of ``burst_seconds``, wherever it begins.

        >>> Quota("fedex", 100_000, 1400, 10).at_once, Quota("fedex", 100_000, 1400, 10).spacing_ms
        (700, 15)
        """
        return max(1, self.burst // 2)

    @property
    def spacing_ms(self) -> int:
        """Milliseconds in which one more request is allowed."""
        return -(-self.burst_seconds * 1000 // (self.burst - self.at_once + 1))

    def allowed_by(self, now: datetime) -> int:
        """How many of the day's requests may have been made by this moment."""
        head = self.per_day * self.head_start_percent // 100
        gone = (now.astimezone(UTC) - _midnight(now)) // timedelta(seconds=1)
        return max(1, head + -(-(self.per_day - head) * gone // 86_400))

    def slot(self, place: int, now: datetime) -> datetime:
        """When the request of this place (0 is the first of today) fits the pace; a later day's for one that today
        has no room for.

        >>> Quota("dhl_unified", 250, 1, 1, head_start_percent=20).slot(250, datetime(2026, 11, 22, 10, tzinfo=UTC))
        datetime.datetime(2026, 11, 23, 0, 0, tzinfo=datetime.timezone.utc)
        """
        days, place = divmod(place, self.per_day)
        head = self.per_day * self.head_start_percent // 100
        if place < max(head, 1):
            return _midnight(now) + days * _DAY
        within = (place - head) * 86_400 // (self.per_day - head) + 1
        return _midnight(now) + days * _DAY + timedelta(seconds=within)


@dataclass(frozen=True, slots=True)
class Patience:
    """When an interface that fails is left alone, for how long, and when a person is told; seconds."""

    failures: int
    first_wait_s: int
    longest_wait_s: int
    jitter_percent: int
    probe_s: int
    incident_after_s: int
    spread_s: int


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class _Row(_Rules):
    source: str
    per_day: int = Field(gt=0)
    burst: int = Field(gt=0)
    burst_seconds: int = Field(gt=0)
    per_number_per_day: int | None = Field(default=None, gt=0)
    answer_within_s: int = Field(gt=0, le=60)
    status: Literal["documented", "assumed"]
    where: str = Field(alias="from")
    confidence: Confidence


class _Pace(_Rules):
    head_start_percent: int = Field(ge=0, le=100)
    where: str = Field(alias="from")
    confidence: Confidence


class _Breaker(_Rules):
    failures: int = Field(gt=0)
    first_wait_s: int = Field(gt=0)
    longest_wait_s: int = Field(gt=0)
    jitter_percent: int = Field(ge=0, le=50)
    probe_s: int = Field(gt=0)
    incident_after_s: int = Field(ge=0)
    spread_s: int = Field(gt=0)
    where: str = Field(alias="from")
    confidence: Confidence


class _Quotas(_Rules):
    quota: tuple[_Row, ...]
    pace: _Pace
    breaker: _Breaker


def quota_of(source: str, on: date) -> Quota:
    """What this source allows; raises ``RuleFileInvalid`` when no row names it: none is asked without a limit."""
    rules = _in_force(on)
    for row in rules.quota:
        if row.source == source:
            said: dict[str, Any] = row.model_dump(exclude={"status", "where", "confidence"})
            return Quota(**said, head_start_percent=rules.pace.head_start_percent)
    raise RuleFileInvalid(f"{DATASET} has no row for {source}")


def patience(on: date) -> Patience:
    """How long we bear with an interface that fails."""
    return Patience(**_in_force(on).breaker.model_dump(exclude={"where", "confidence"}))


def _in_force(on: date) -> _Quotas:
    return _read(in_force(DATASET, on).effective)


@cache
def _read(effective: date) -> _Quotas:
    vintage = load(DATASET, effective)
    try:
        return _Quotas.model_validate({name: rule for name, rule in vintage.rules.items() if name not in _HEAD})
    except ValidationError as broken:
        raise RuleFileInvalid(f"{vintage.name}: {broken}") from broken


def _midnight(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date(), time(), UTC)
