"""How we stand with one interface of a carrier: what was asked of it today, until when it asked for a pause, and
whether it answers at all. Pure: a worker reads a standing, and what it makes of it is saved only if nobody else was
faster, so every rule here holds over all workers together.

>>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
>>> quota = Quota("dhl_unified", 250, 1, 1)
>>> taken = take(Standing(), quota, noon)
>>> taken.count, take(taken, quota, noon)
(1, datetime.datetime(2026, 11, 22, 12, 0, 1, tzinfo=datetime.timezone.utc))
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from chalicelib.carriers.quotas import Patience, Quota

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """``version`` is the one stored, 0 before the first.

    ``day`` and ``count`` are the requests of a GMT day, ``full_ms`` when the short span is empty again (milliseconds
    since 1970). ``failures`` counts calls in a row that came to nothing; while ``broken_since`` is set the breaker is
    open until ``open_until``, ``opened`` times by now, and after that for the one worker that holds the probe
    (``probe_until``).
    """

    version: int = 0
    day: date | None = None
    count: int = 0
    full_ms: int = 0
    paused_until: datetime | None = None
    failures: int = 0
    broken_since: datetime | None = None
    open_until: datetime | None = None
    opened: int = 0
    probe_until: datetime | None = None

    @property
    def is_broken(self) -> bool:
        """Whether the breaker is open or half open."""
        return self.broken_since is not None


def shut_until(standing: Standing, now: datetime) -> datetime | None:
    """Until when nobody may call; None when somebody may. While another worker probes, nobody else may."""
    times = (standing.paused_until, standing.open_until, standing.probe_until)
    return max((at for at in times if at is not None and at > now), default=None)


def probing(standing: Standing, now: datetime, rules: Patience) -> Standing:
    """The one question that may be asked of a broken interface."""
    return _next(standing, probe_until=now + timedelta(seconds=rules.probe_s))


def take(standing: Standing, quota: Quota, now: datetime) -> Standing | datetime:
    """One request more; or the moment at which it fits."""
    day = now.astimezone(UTC).date()
    count = standing.count if standing.day == day else 0
    now_ms = (now - _EPOCH) // _MS
    full_ms = max(standing.full_ms, now_ms)
    over = full_ms - now_ms - (quota.at_once - 1) * quota.spacing_ms
    if count >= quota.allowed_by(now) or count >= quota.per_day:
        return max(quota.slot(count, now), now + timedelta(seconds=1))
    if over > 0:
        return now + over * _MS
    return _next(standing, day=day, count=count + 1, full_ms=full_ms + quota.spacing_ms)


def room(standing: Standing, quota: Quota, now: datetime) -> int:
    """How many requests the day's pace allows now."""
    count = standing.count if standing.day == now.astimezone(UTC).date() else 0
    return max(min(quota.allowed_by(now), quota.per_day) - count, 0)


def next_slot(standing: Standing, quota: Quota, place: int, now: datetime) -> datetime:
    """When the request that ``place`` others go before fits the pace of the day."""
    count = standing.count if standing.day == now.astimezone(UTC).date() else 0
    return max(quota.slot(count + place, now), now)


def paused(standing: Standing, until: datetime) -> Standing:
    """Left alone until then, or longer if it was to be."""
    known = standing.paused_until
    return _next(standing, paused_until=until if known is None else max(known, until))


def failed(standing: Standing, name: str, now: datetime, rules: Patience) -> Standing:
    """A call came to nothing: after some in a row, and after a probe, the breaker opens, longer each time."""
    failures = standing.failures + 1
    opens = failures >= rules.failures and (standing.open_until is None or standing.open_until <= now)
    if not opens:
        return _next(standing, failures=failures)
    opened = standing.opened + 1
    return _next(
        standing,
        failures=failures,
        opened=opened,
        broken_since=standing.broken_since or now,
        open_until=now + _wait(f"{name}/{opened}", opened, rules),
        probe_until=None,
    )


def answered(standing: Standing) -> Standing:
    """It answers: whatever was held against it is forgotten."""
    return _next(standing, failures=0, opened=0, broken_since=None, open_until=None, probe_until=None)


def share_of(text: str) -> float:
    """A place between 0 and 1 that a name always has, spread over many names."""
    return binascii.crc32(text.encode()) % 10_000 / 10_000


def _wait(name: str, opened: int, rules: Patience) -> timedelta:
    """Twice as long each time, up to the longest; spread so that what failed together does not come back together."""
    seconds = min(rules.first_wait_s * 2 ** min(opened - 1, 20), rules.longest_wait_s)
    part = 1 + rules.jitter_percent / 100 * (2 * share_of(name) - 1)
    return timedelta(seconds=round(seconds * part))


def _next(standing: Standing, **changed: object) -> Standing:
    return replace(standing, version=standing.version + 1, **changed)  # type: ignore[arg-type]
