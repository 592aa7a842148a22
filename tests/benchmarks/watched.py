"""``make watched``: thousands of parcels over three weeks of virtual time, and whether what went wrong was found.

The product's own stories run on the in-memory table: scans come by push and by poll, the sweep runs every five minutes
but for an outage of six hours, its messages are handled at once. What ought to have been found is worked out apart,
from every state in which a track was kept and the moment until it was kept otherwise; when it was found is read from
the exceptions. A parcel that travels well must have none.
"""

from __future__ import annotations

import heapq
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from chalicelib.adapters.case_items import exception_of_item
from chalicelib.alerts.exceptions import SEVERITIES, OpenException, Severity
from chalicelib.places import Lane
from chalicelib.shipments.events import Event, LegFacts, Place, Tracking
from chalicelib.shipments.fold import fold
from chalicelib.shipments.leg import Track
from chalicelib.shipments.watch import next_due, watch
from chalicelib.workflows.ports import Ports, StoredAnswer
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_steps import take_step
from chalicelib.workflows.take_tracking import apply_tracking
from tests.fakes.memory_ports import World, memory_ports
from tests.fakes.pieces import a_case, a_leg, a_log_line, an_opening

START = datetime(2026, 11, 23, tzinfo=UTC)
TICK = timedelta(minutes=5)
IN_TIME = timedelta(minutes=15)
DAYS = 21
NO_BODY = "0" * 64
NOTHING = fold((), LegFacts("home", "FR", "CN"))
Scan = tuple[float, str | None, str | None, str | None, str, str]
# hours since the pickup, milestone, condition, reason, city, country
WELL: tuple[Scan, ...] = (
    (-10, "announced", None, None, "PARIS", "FR"), (0, "picked_up", "ok", None, "PARIS", "FR"),
    (3, "in_transit", "ok", None, "PARIS", "FR"), (9, "in_transit", "ok", None, "ROISSY", "FR"),
    (15, "export_customs", "ok", None, "ROISSY", "FR"), (18, "export_cleared", "ok", None, "ROISSY", "FR"),
    (26, "in_transit", "ok", None, "LIEGE", "BE"), (36, "in_transit", "ok", None, "GUANGZHOU", "CN"),
    (44, "import_customs", "ok", None, "GUANGZHOU", "CN"), (54, "import_cleared", "ok", None, "GUANGZHOU", "CN"),
    (62, "in_transit", "ok", None, "SHENZHEN", "CN"), (70, "out_for_delivery", "ok", None, "SHENZHEN", "CN"),
    (74, "delivered", "ok", None, "SHENZHEN", "CN"),
)  # fmt: skip
DOCUMENTS = "customs_documents_missing"
HELD = frozenset({"customs_hold", "hold_too_old"})


def _until(hours: float) -> tuple[Scan, ...]:
    return tuple(scan for scan in WELL if scan[0] <= hours)


def _later(hours: float, by: float) -> tuple[Scan, ...]:
    return tuple((at if at <= hours else at + by, *rest) for at, *rest in WELL)  # type: ignore[misc]


def _hold(at: float) -> Scan:
    return (at, "import_customs", "held", DOCUMENTS, "GUANGZHOU", "CN")


def _in(city: str, country: str, milestone: str, *hours: float) -> tuple[Scan, ...]:
    return tuple((at, milestone, "ok", None, city, country) for at in hours)


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a parcel, how often of a thousand, and what must be found at least."""

    name: str
    often: int
    scans: tuple[Scan, ...]
    found: frozenset[str] = frozenset()


FATES = (
    Fate("well", 780, WELL),
    Fate("never handed over", 20, WELL[:1], frozenset({"no_first_scan", "pickup_missed"})),
    Fate("fallen silent", 30, _until(26), frozenset({"silence", "promise_passed", "possible_loss"})),
    Fate("held for papers", 40, (*_until(44), _hold(45), *_later(44, 70)[9:]), HELD),
    Fate(
        "held twice", 20,
        (*_until(44), _hold(45), (60, "import_cleared", "ok", None, "GUANGZHOU", "CN"), _hold(66), *_later(44, 90)[9:]),
        HELD,
    ),
    Fate(
        "late", 30,
        (*_until(36), *(scan for n in range(1, 14) for scan in _in(f"DEPOT {n}", "CN", "in_transit", 36 + 15 * n)),
         *_later(36, 210)[8:]),
        frozenset({"promise_passed"}),
    ),
    Fate(
        "stuck", 20, (*_until(36), *_in("WUHAN", "CN", "in_transit", *range(42, 250, 12)), *_later(36, 220)[8:]),
        frozenset({"stuck_at_one_place"}),
    ),
    Fate(
        "not at home", 15,
        (*_until(70), (74, "delivery_attempted", "action_required", "recipient_unavailable", "SHENZHEN", "CN"),
         (98, "delivery_attempted", "action_required", "recipient_unavailable", "SHENZHEN", "CN"),
         (120, "delivered", "ok", None, "SHENZHEN", "CN")),
        frozenset({"delivery_failed_again"}),
    ),
    Fate(
        "at a counter", 10, (*_until(62), *_in("SHENZHEN", "CN", "ready_for_collection", 70), *_later(70, 200)[12:]),
        frozenset({"waiting_at_counter"}),
    ),
    Fate(
        "gone astray", 10, (*_until(26), *_in("LAGOS", "NG", "in_transit", 36), *_later(26, 60)[7:]),
        frozenset({"misrouted"}),
    ),
    Fate("lost", 10, (*_until(36), (60, "lost", "failed", None, "GUANGZHOU", "CN")), frozenset({"failed"})),
    Fate(
        "sent back", 10,
        (*_until(36), (50, "returning", "failed", "refused", "GUANGZHOU", "CN"), *_in("PARIS", "FR", "returned", 99)),
        frozenset({"going_back"}),
    ),
)  # fmt: skip
BY_RULES = frozenset(
    {"no_first_scan", "pickup_missed", "promise_passed", "silence", "stuck_at_one_place", "hold_too_old", "unanswered",
     "delivery_failed_again", "waiting_at_counter", "misrouted", "possible_loss"}
)  # fmt: skip


@dataclass(slots=True)
class Parcel:
    """A parcel: what will happen to it and the states in which its track was kept, each with when."""

    case_id: str
    fate: Fate
    carrier: str
    scans: tuple[Event, ...]
    eta: datetime
    kept: list[tuple[datetime, Track]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A concern that was true from a moment on, for how long, on the facts held."""

    case_id: str
    kind: str
    episode: str
    severity: Severity
    since: datetime
    until: datetime


@dataclass
class Outcome:
    """What a run came to, by kind."""

    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    late: list[timedelta] = field(default_factory=list)
    sweeps: int = 0
    messages: int = 0
    fine: int = 0
    fates: Counter[str] = field(default_factory=Counter)


class WatchedFleet:
    """``outages``: spans in which no sweep runs."""

    def __init__(self, parcels: int, outages: Sequence[tuple[datetime, datetime]] = (), seed: int = 11) -> None:
        self.now, self.outages = START, outages
        self._random = Random(seed)
        self.world: World = memory_ports()
        self.ports: Ports = self.world.ports
        self.outcome = Outcome()
        self._by_number: dict[str, Parcel] = {}
        self._coming: list[tuple[datetime, str, int]] = []
        for n in range(parcels):
            self._add(n)

    # --- the run -------------------------------------------------------------------------------------------

    def run(self, progress: Any = None) -> Outcome:
        """Three weeks, five minutes at a time."""
        while self.now < START + timedelta(days=DAYS):
            self._push_until(self.now)
            if not any(since <= self.now < until for since, until in self.outages):
                self._sweep()
            if progress is not None and self.now.hour == 0 and self.now.minute == 0:
                progress(self.now)
            self.now += TICK
        self._judge()
        return self.outcome

    def _sweep(self) -> None:
        while sweep(self.ports, self.now).due >= 400:
            self._handle()
        self.outcome.sweeps += 1
        self._handle()

    def _handle(self) -> None:
        """Every message at once; what goes to people outside is left in its queue."""
        waiting = self.world.queues.waiting
        for _ in range(6):
            self._deliver("polls", self._poll)
            self._deliver("steps", lambda message: take_step(self.ports, message, self.now))
            self._deliver("alerts", lambda message: take_alert(self.ports, message, self.now))
            if not any(waiting.get(queue) for queue in ("polls", "steps", "alerts")):
                break
        for queue in ("notices", "deliveries", "papers"):
            waiting.pop(queue, None)

    def _deliver(self, queue: str, handle: Any) -> None:
        self.outcome.messages += self.world.queues.deliver(queue, handle)

    def _poll(self, message: dict[str, Any]) -> None:
        for number in message["numbers"]:
            parcel = self._by_number[number]
            known = tuple(scan for scan in parcel.scans if scan.at <= self.now)
            self._tell(parcel, number, known, message["carrier"])

    def _push_until(self, moment: datetime) -> None:
        while self._coming and self._coming[0][0] <= moment:
            at, number, place = heapq.heappop(self._coming)
            parcel = self._by_number[number]
            before, self.now = self.now, at
            self._tell(parcel, number, parcel.scans[: place + 1], f"{parcel.carrier}_push")
            self._handle()
            self.now = before

    def _tell(self, parcel: Parcel, number: str, scans: tuple[Event, ...], source: str) -> None:
        if scans:
            told = Tracking(number, None, scans, eta=parcel.eta if len(scans) > 1 else None)
            apply_tracking(self.ports, parcel.carrier, source, told, (), NO_BODY, self.now)
        (track,) = self.ports.tracks.file(parcel.carrier, number).tracks
        if not parcel.kept or parcel.kept[-1][1].version != track.version:
            parcel.kept.append((self.now, track))

    # --- making parcels ------------------------------------------------------------------------------------

    def _add(self, n: int) -> None:
        random = self._random
        (drawn,) = random.choices(FATES, [one.often for one in FATES])
        fate = FATES[n] if n < len(FATES) else drawn  # each at least once
        carrier = "dhl" if random.random() < 0.3 else "fedex"
        begins = START + timedelta(hours=12, minutes=random.randrange(7 * 24 * 60))
        case_id, number = f"case{n:06d}", f"{n:012d}"
        scans = tuple(self._scan(n, place, begins, scan) for place, scan in enumerate(fate.scans))
        scans = tuple(sorted(scans, key=lambda one: one.at))
        parcel = Parcel(case_id, fate, carrier, scans, begins + timedelta(hours=96))
        self._by_number[number] = parcel
        self._write(parcel, number, begins)
        if carrier == "fedex":
            for place, scan in enumerate(scans):
                heapq.heappush(self._coming, (max(scan.at, START), number, place))

    def _scan(self, n: int, place: int, begins: datetime, scan: Scan) -> Event:
        hours, milestone, condition, reason, city, country = scan
        at = begins + timedelta(hours=hours, minutes=self._random.randrange(90))
        acts = "merchant" if condition == "held" else None
        return Event(
            f"{n:06d}{place:04d}", at, at.isoformat(), "offset", f"C{place}", None, milestone, condition, reason,
            "scan", Place(city, country), "fedex", None, acts,
        )  # type: ignore[arg-type]  # fmt: skip

    def _write(self, parcel: Parcel, number: str, begins: datetime) -> None:
        created = begins - timedelta(hours=12)
        case = a_case(parcel.case_id, effects=(), created_at=created)
        leg = a_leg(parcel.case_id, carrier=parcel.carrier, number=number, ship_date=begins.date())
        opening = an_opening(parcel.case_id, case=case, legs=(leg,), bookings=(), pointers=())
        answer: StoredAnswer | None = self.ports.cases.open(opening)
        assert answer is None
        track = Track(
            parcel.carrier, number, begins.date(), parcel.case_id, 1, "home", Lane("FR", "CN"), created, NOTHING,
            value=case.money_at_risk, pickup_until=begins + timedelta(hours=6),
        )  # fmt: skip
        due = next_due(track, created)
        track = replace(track, due_at=due, poll_after=due)
        parcel.kept.append((created, track))
        after = replace(case, version=case.version + 1, log_n=2)
        self.ports.cases.commit(after, (a_log_line(2, parcel.case_id),), tracks=(track,))

    # --- what ought to have been found, and what was ---------------------------------------------------------

    def _judge(self) -> None:
        found: dict[str, list[OpenException]] = defaultdict(list)
        for item in self.world.table.all_items():  # type: ignore[attr-defined]
            if item["SK"].startswith("EXCEPTION#") and item["PK"].startswith("CASE#"):
                one = exception_of_item(item)
                found[str(one.case_id)].append(one)
        for parcel in self._by_number.values():
            self._judge_one(parcel, found[parcel.case_id])

    def _judge_one(self, parcel: Parcel, found: list[OpenException]) -> None:
        self.outcome.fates[parcel.fate.name] += 1
        outcome, wanted = self.outcome, list(wanted_of(parcel, START + timedelta(days=DAYS)))
        by_episode = {one.episode: one for one in found}
        mildest = {one.episode: one for one in sorted(wanted, key=lambda one: SEVERITIES.index(one.severity))}
        for one in wanted:
            outcome.wanted[one.kind] += 1
            at = _told_at(by_episode.get(one.episode), graver=one is not mildest[one.episode])
            if at is not None:
                outcome.found[one.kind] += 1
                outcome.late.append(max(at - self._swept_from(one.since), timedelta(0)))
            elif one.until - self._swept_from(one.since) >= IN_TIME:
                outcome.missed.append(f"{parcel.fate.name}: {one}")
        known = {one.episode for one in wanted}
        ruled = [one for one in found if one.kind in BY_RULES]
        outcome.false += [f"{parcel.fate.name}: {one.kind} {one.episode}" for one in ruled if one.episode not in known]
        outcome.twice += [f"{parcel.case_id}: {what}" for what in _twice(found)]
        kinds = {one.kind for one in found}
        outcome.missed += [f"{parcel.fate.name}: no {kind}" for kind in parcel.fate.found - kinds]
        if parcel.fate.name == "well":
            outcome.fine += 1
            # Nobody takes these parcels in, so that their refunds fall due: that is of the case and not of its parcel.
            of_the_parcel = [one for one in found if one.kind != "refund_due"]
            outcome.false += [f"well: {one.kind} {one.opened_at} {one.reason}" for one in of_the_parcel]

    def _swept_from(self, moment: datetime) -> datetime:
        """When a sweep could first have seen it: at the end of an outage, where it came true in one."""
        return next((until for since, until in self.outages if since <= moment < until), moment)


def wanted_of(parcel: Parcel, end: datetime) -> Iterator[Wanted]:
    """Every concern that came true in any state in which the track was kept, from when and until when."""
    seen: dict[tuple[str, str], Wanted] = {}
    for place, (at, track) in enumerate(parcel.kept):
        until = parcel.kept[place + 1][0] if place + 1 < len(parcel.kept) else end
        for moment in _moments(track, at, until):
            for concern in watch(track, moment):
                name = concern.episode, concern.severity
                last = seen.get(name)
                since = last.since if last else max(concern.risen_at, at)
                seen[name] = Wanted(parcel.case_id, concern.kind, concern.episode, concern.severity, since, until)
    yield from seen.values()


def _moments(track: Track, at: datetime, until: datetime) -> Iterator[datetime]:
    """Every moment between two states at which something can have come true, asked of a track that is never polled."""
    calm, moment = replace(track, poll_after=until), at
    while moment is not None and moment < until:
        yield moment
        following = next_due(calm, moment)
        moment = following if following is not None else until
    # A sweep that runs at the very moment at which news comes still looks at what was kept before it.
    yield until


def _told_at(found: OpenException | None, *, graver: bool) -> datetime | None:
    """When it was first told; when it was told as ``graver`` than at first, if it was to be."""
    if found is None:
        return None
    by_action = {note.action: note.at for note in reversed(found.history)}
    return by_action.get("raised", by_action.get("opened")) if graver else by_action.get("opened")


def _twice(found: Sequence[OpenException]) -> Iterator[str]:
    for name, count in Counter((one.kind, one.episode) for one in found).items():
        if count > 1:
            yield f"{name} opened {count} times"
    for one in found:
        raised = Counter((note.action, note.note) for note in one.history if note.action in ("opened", "raised"))
        yield from (f"{one.episode} {what} {times} times" for what, times in raised.items() if times > 1)


def told(outcome: Outcome, seconds: float, parcels: int) -> Iterator[str]:
    """The run in a table."""
    yield f"{parcels} parcels over {DAYS} days, {outcome.sweeps} sweeps, {outcome.messages} messages, {seconds:.0f} s"
    yield f"{'what':24}{'came true':>12}{'found':>9}"
    for kind, count in sorted(outcome.wanted.items()):
        yield f"{kind:24}{count:>12}{outcome.found[kind]:>9}"
    yield f"missed {len(outcome.missed)}, told twice {len(outcome.twice)}, false {len(outcome.false)}"
    yield f"{outcome.fine} parcels were fine; latest found {max(outcome.late, default=timedelta(0))} after it could be"
    for line in (*outcome.missed[:10], *outcome.twice[:10], *outcome.false[:10]):
        yield f"  {line}"


def main() -> int:
    """Run with so many parcels (1,000: about two minutes) and an outage of six hours in the second week."""
    parcels = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    away = START + timedelta(days=8, hours=3)
    began = time.perf_counter()
    fleet = WatchedFleet(parcels, [(away, away + timedelta(hours=6))])
    outcome = fleet.run(lambda now: print(f"  {now:%d %b}", file=sys.stderr))
    for line in told(outcome, time.perf_counter() - began, parcels):
        print(line)
    return 1 if outcome.missed or outcome.twice or outcome.false else 0


if __name__ == "__main__":
    sys.exit(main())
