"""``make fleet``: many parcels with three carriers over twenty days of virtual time, and how often each is asked.

Every rule that decides is the product's own: ``next_poll`` and ``next_due`` when a parcel is looked at, ``apply`` what
an answer changes, ``take`` and ``room`` how many requests fit, the order of urgency and ``Wait`` what is put off. Left
out, because ten thousand parcels are to take less than a minute, is what lies between them: the table, the queues and
the bodies; ``tests/faults`` and ``tests/flows`` run those.

The sweep comes every five minutes. A question about a number is a poll, a call a request; a scan that is first heard of
is a new event, by push or by poll.
"""

from __future__ import annotations

import heapq
import sys
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from chalicelib.carriers.channels import Polling
from chalicelib.carriers.quotas import Quota, quota_of
from chalicelib.carriers.registry import carrier
from chalicelib.carriers.standing import Standing, room, take
from chalicelib.places import Lane
from chalicelib.shipments.events import Event, LegFacts, Place, Tracking
from chalicelib.shipments.fold import fold
from chalicelib.shipments.leg import Track
from chalicelib.shipments.tracking_step import apply, at_peace
from chalicelib.shipments.watch import next_due, next_poll
from chalicelib.workflows.put_back import Wait

START = datetime(2026, 11, 23, tzinfo=UTC)
TICK = timedelta(minutes=5)
DAYS = 20
CARRIERS = ("fedex", "dhl", "ems")
# hours since the pickup, milestone, condition, how often of a hundred parcels it happens
WAY: tuple[tuple[float, str | None, str | None], ...] = (
    (-14, "announced", None), (0, "picked_up", None), (3, "in_transit", None), (9, "in_transit", None),
    (15, "export_customs", None), (18, "export_cleared", None), (26, "in_transit", None), (38, "in_transit", None),
    (47, "import_customs", None), (58, "import_cleared", None), (64, "in_transit", None), (71, "in_transit", None),
    (76, "out_for_delivery", None), (81, "delivered", None),
)  # fmt: skip
NOTHING = fold((), LegFacts("home", "FR", "CN"))


@dataclass(slots=True)
class Parcel:
    """What really happens to a parcel, and what we know of it."""

    track: Track
    scans: tuple[Event, ...]
    pushes: bool
    due: datetime
    heard: int = 0


@dataclass
class Told:
    """What a run came to."""

    parcels: int
    polls: int = 0
    events: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    most_per_day: Counter[str] = field(default_factory=Counter)
    most_per_span: Counter[str] = field(default_factory=Counter)
    most_per_number: Counter[str] = field(default_factory=Counter)
    unheard: int = 0

    over: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        """Polls per new event."""
        return self.polls / self.events


class Way:
    """One interface of a carrier: its quota, and every request made of it."""

    def __init__(self, name: str, way: Polling) -> None:
        self.name, self.way = name, way
        self.quota: Quota = quota_of(way.source, START.date())
        self.standing = Standing()
        self.per_day: Counter[str] = Counter()
        self.recent: list[datetime] = []
        self.most_per_span = 0

    def asked(self, now: datetime) -> datetime:
        """Take one request at the next moment that has room for it."""
        while isinstance(after := take(self.standing, self.quota, now), datetime):
            now = after
        self.standing = after
        self.per_day[now.date().isoformat()] += 1
        span = timedelta(seconds=self.quota.burst_seconds)
        self.recent = [*(at for at in self.recent if now - at < span), now]
        self.most_per_span = max(self.most_per_span, len(self.recent))
        return now

    @property
    def kept(self) -> bool:
        """Whether no day and no span had more than its quota."""
        return max(self.per_day.values(), default=0) <= self.quota.per_day and self.most_per_span <= self.quota.burst


class Fleet:
    """The parcels, the carriers, and the clock. ``ways`` names the interface each carrier is asked by."""

    def __init__(self, parcels: int, *, pushes: bool, ways: dict[str, int] | None = None, seed: int = 7) -> None:
        self._random = Random(seed)
        names = {name: carrier(name).polling[(ways or {}).get(name, 0)] for name in CARRIERS}
        self.ways = {name: Way(name, way) for name, way in names.items()}
        self.told = Told(parcels)
        self.parcels = [self._parcel(n, pushes=pushes) for n in range(parcels)]
        self._per_number: Counter[tuple[int, str]] = Counter()

    def run(self) -> Told:
        """Twenty days, sweep by sweep."""
        due = [(parcel.due, n) for n, parcel in enumerate(self.parcels)]
        pushed = [(scan.at, n, i) for n, p in enumerate(self.parcels) if p.pushes for i, scan in enumerate(p.scans)]
        heapq.heapify(due)
        heapq.heapify(pushed)
        now = START
        while now < START + timedelta(days=DAYS):
            while pushed and pushed[0][0] <= now:
                at, n, place = heapq.heappop(pushed)
                self._push(n, place, max(at, START), due)
            self._sweep(now, due)
            now += TICK
        return self._summed()

    def _sweep(self, now: datetime, due: list[tuple[datetime, int]]) -> None:
        wanted: dict[str, list[int]] = defaultdict(list)
        while due and due[0][0] <= now:
            at, n = heapq.heappop(due)
            parcel = self.parcels[n]
            if parcel.due != at:
                continue  # moved meanwhile
            if parcel.track.poll_after is not None and parcel.track.poll_after <= now:
                wanted[parcel.track.carrier].append(n)
            else:
                self._rest(n, parcel.track, now, due)
        for name, numbers in wanted.items():
            self._ask(self.ways[name], numbers, now, due)

    def _ask(self, way: Way, numbers: list[int], now: datetime, due: list[tuple[datetime, int]]) -> None:
        size = way.way.numbers_per_call
        most = room(way.standing, way.quota, now) * size
        if most < len(numbers):  # else the order makes no difference
            numbers.sort(key=lambda n: self._urgency(n, now))
        wait = Wait(now, way.quota, way.standing)
        for place, n in enumerate(numbers[most:]):
            track = self.parcels[n].track
            self._rest(n, replace(track, poll_after=wait.ends(track.number, place, now)), now, due)
        for start in range(0, len(numbers[:most]), size):
            way.asked(now)
            for n in numbers[:most][start : start + size]:
                self._answered(n, now, due)

    def _urgency(self, n: int, now: datetime) -> tuple[timedelta, datetime]:
        track = self.parcels[n].track
        again = next_poll(track, now)
        return (again - now if again else timedelta.max, track.poll_after or now)

    def _answered(self, n: int, now: datetime, due: list[tuple[datetime, int]]) -> None:
        parcel = self.parcels[n]
        self.told.polls += 1
        self._per_number[n, now.date().isoformat()] += 1
        known = parcel.scans[: bisect_right(parcel.scans, now, key=lambda scan: scan.at)]
        track = replace(parcel.track, poll_after=next_poll(parcel.track, now))
        self._rest(n, self._heard(parcel, track, known, now, parcel.track.carrier), now, due)

    def _push(self, n: int, place: int, now: datetime, due: list[tuple[datetime, int]]) -> None:
        parcel = self.parcels[n]
        before = parcel.due
        track = self._heard(parcel, parcel.track, parcel.scans[: place + 1], now, f"{parcel.track.carrier}_push")
        parcel.track = track
        if track.due_at is not None and track.due_at < before:
            self._due(n, track.due_at, due)

    def _heard(
        self, parcel: Parcel, track: Track, known: list[Event] | tuple[Event, ...], now: datetime, source: str
    ) -> Track:
        if len(known) <= parcel.heard:
            return track
        self.told.events += len(known) - parcel.heard
        parcel.heard = len(known)
        after = apply(track, Tracking(track.number, None, tuple(known)), now, source)
        return track if after is None else at_peace(replace(after, effects=()), now)

    def _rest(self, n: int, track: Track, now: datetime, due: list[tuple[datetime, int]]) -> None:
        self.parcels[n].track = track
        at = next_due(track, now)
        if at is not None:
            self._due(n, at, due)

    def _due(self, n: int, at: datetime, due: list[tuple[datetime, int]]) -> None:
        self.parcels[n].due = at
        self.parcels[n].track = replace(self.parcels[n].track, due_at=at)
        heapq.heappush(due, (at, n))

    def _parcel(self, n: int, *, pushes: bool) -> Parcel:
        """One of six kinds: most travel well; some are held, fall silent, wait for their courier, are told late."""
        random, name = self._random, CARRIERS[n % len(CARRIERS)]
        begins = START + timedelta(days=1, minutes=random.randrange(8 * 24 * 60))
        slow = 2.2 if name == "ems" else 1.0
        scans = self._scans(n, begins, slow)
        created = scans[0].at
        number = f"{n:012d}"
        track = Track(
            name, number, begins.date(), f"case{n}", 1, "home", Lane("FR", "CN"), created, NOTHING,
        )  # fmt: skip
        first = next_poll(track, created) or created
        track = replace(track, poll_after=first, due_at=first)
        silent_push = random.random() < 0.02
        return Parcel(track, scans, pushes and not silent_push, first)

    def _scans(self, n: int, begins: datetime, slow: float) -> tuple[Event, ...]:
        random = self._random
        kind = random.choices(("well", "held", "silent", "delayed"), (80, 10, 4, 6))[0]
        scans, late = [], 0.0
        for place, (hour, milestone, condition) in enumerate(WAY):
            hours = hour * slow + random.uniform(0, 4)
            if kind == "silent" and place == 8:
                late = 70.0
            if kind == "held" and milestone == "import_cleared":
                scans.append(scan(n, 90, begins + timedelta(hours=hours - 8), "import_customs", "held"))
                late = 60.0
            if kind == "delayed" and place == 6:
                late = 30.0
            scans.append(scan(n, place, begins + timedelta(hours=hours + late), milestone, condition))
        return tuple(sorted(scans, key=lambda one: one.at))

    def _summed(self) -> Told:
        told = self.told
        for name, way in self.ways.items():
            told.requests[name] = sum(way.per_day.values())
            told.most_per_day[name] = max(way.per_day.values(), default=0)
            told.most_per_span[name] = way.most_per_span
        for (n, _), count in self._per_number.items():
            name = self.parcels[n].track.carrier
            told.most_per_number[name] = max(told.most_per_number[name], count)
        told.over = tuple(name for name, way in self.ways.items() if not way.kept)
        told.unheard = sum(parcel.heard < len(parcel.scans) for parcel in self.parcels)
        return told


def scan(n: int, place: int, at: datetime, milestone: str | None, condition: str | None) -> Event:
    """One scan of a journey."""
    country = "FR" if place < 6 else "CN"
    reason = "customs_documents_missing" if condition == "held" else None
    return Event(
        f"e{n}-{place}", at, at.isoformat(), "offset", f"C{place}", None, milestone, condition, reason, "scan",
        Place("PARIS" if country == "FR" else "SHENZHEN", country), "fedex",
    )  # fmt: skip


def main(parcels: int = 10_000) -> int:
    """Print the fleet without and with pushes against its bars; 1 when one is missed."""
    missed = 0
    for pushes, bar in ((False, 2.5), (True, 0.3)):
        began = time.process_time()
        fleet = Fleet(parcels, pushes=pushes)
        told = fleet.run()
        took = time.process_time() - began
        missed += told.ratio > bar or bool(told.over)
        print(f"{parcels} parcels, {DAYS} days, {'with' if pushes else 'without'} webhooks: {took:.0f} s")
        print(f"  polls {told.polls}, new events {told.events}, polls per new event {told.ratio:.2f} (bar {bar})")
        for name, way in fleet.ways.items():
            quota = way.quota
            print(
                f"  {way.way.source:<12} requests {told.requests[name]:>7}, most a day {told.most_per_day[name]:>5} of"
                f" {quota.per_day}, most in {quota.burst_seconds} s {told.most_per_span[name]} of {quota.burst},"
                f" most a day about one number {told.most_per_number[name]}"
            )
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main())
