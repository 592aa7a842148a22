"""Ten thousand parcels, each with a story, in virtual time: ``python -m tests.benchmarks.watch_fleet``.

What is counted: troubles that nobody was told of, tellings later than one sweep after they were true and known,
troubles told again after they were closed, and words about parcels that were fine. Every rule is the product's own
(``apply``, ``watch``, ``next_due``, ``at_peace``); left out, because ten thousand parcels are to take minutes, is what
lies between them: the table and the queues, which ``tests/workflows`` and ``tests/flows`` run. Every scan is pushed
when it is made.
The schedule comes every quarter of an hour, and sleeps once for six hours.

What ought to be told is not taken from the rules: each story says which kinds, and one parcel in fifty is looked at at
every turn of the schedule besides, so that a trouble which came and went between two looks would be seen.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from chalicelib.places import Lane
from chalicelib.shipments.events import Event, LegFacts, Place, Tracking
from chalicelib.shipments.fold import fold
from chalicelib.shipments.leg import Track
from chalicelib.shipments.thresholds import thresholds
from chalicelib.shipments.tracking_step import apply, at_peace
from chalicelib.shipments.watch import next_due, watch

START = datetime(2026, 11, 23, tzinfo=UTC)
SWEEP = timedelta(minutes=15)
SLEEP = (START + timedelta(days=9, hours=2), START + timedelta(days=9, hours=8))
DAYS = 45
SAMPLE = 50
RULES = thresholds(START.date())
NOTHING = fold((), LegFacts("home", "FR", "CN"))
GRAVITY = {"low": 0, "medium": 1, "high": 2, "critical": 3, None: 3}
Step = tuple[float, str | None, str, dict[str, Any]]

# hours since the pickup, milestone, city
WAY: tuple[Step, ...] = tuple(
    (hour, milestone, city, {})
    for hour, milestone, city in (
        (-14, "announced", ""),
        (0, "picked_up", "PARIS"),
        (3, "in_transit", "ROISSY"),
        (15, "export_customs", "ROISSY"),
        (18, "export_cleared", "ROISSY"),
        (26, "in_transit", "GUANGZHOU"),
        (38, "in_transit", "GUANGZHOU"),
        (47, "import_customs", "GUANGZHOU"),
        (58, "import_cleared", "GUANGZHOU"),
        (64, "in_transit", "SHENZHEN"),
        (76, "out_for_delivery", "SHENZHEN"),
        (81, "delivered", "SHENZHEN"),
    )
)
COUNTRY = {"PARIS": "FR", "ROISSY": "FR", "RIO": "BR", "": None}


@dataclass(frozen=True)
class Story:
    """What happens to a parcel, and what of it must and may be told."""

    steps: Sequence[Step]
    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()


def held(hour: float, reason: str | None, action_by: str = "merchant", milestone: str = "import_customs") -> Step:
    city = "ROISSY" if milestone == "export_customs" else "GUANGZHOU"
    return (hour, milestone, city, {"condition": "held", "reason": reason, "action_by": action_by})


def tried(hour: float) -> Step:
    said = {"condition": "action_required", "reason": "recipient_absent", "action_by": "customer"}
    return (hour, "delivery_attempted", "SHENZHEN", said)


def seen(hour: float, city: str, milestone: str | None = "in_transit", **said: Any) -> Step:
    return (hour, milestone, city, said)


def kinds(*names: str) -> frozenset[str]:
    return frozenset(names)


LATE = kinds("promise_passed", "possible_loss")
UNSEEN = LATE | kinds("silence")
STORIES: dict[str, Story] = {
    "all is well": Story(WAY),
    "never handed over": Story(WAY[:1], kinds("no_first_scan", "pickup_missed"), LATE),
    "falls silent": Story(WAY[:7], kinds("silence", "possible_loss"), LATE),
    "falls silent and is lost": Story(
        (*WAY[:7], seen(38 + 24 * 30, "", "lost", condition="failed")),
        kinds("silence", "possible_loss", "failed"),
        LATE,
    ),
    "is scanned at one place for weeks": Story(
        (*WAY[:6], *(seen(26 + 10 * n, "GUANGZHOU") for n in range(1, 60))), kinds("stuck_at_one_place"), UNSEEN
    ),
    "held for papers, released": Story(
        (
            *WAY[:7],
            held(47, "customs_documents_missing"),
            seen(150, "GUANGZHOU", "import_cleared"),
            seen(160, "SHENZHEN", "out_for_delivery"),
            seen(165, "SHENZHEN", "delivered"),
        ),
        kinds("customs_hold", "hold_too_old"),
        UNSEEN,
    ),
    "held, released, held again": Story(
        (
            *WAY[:7],
            held(47, "customs_duty_due"),
            seen(180, "GUANGZHOU", "import_cleared"),
            held(190, "customs_duty_due"),
            seen(400, "GUANGZHOU", "import_cleared"),
            seen(410, "SHENZHEN", "delivered"),
        ),
        kinds("customs_hold", "hold_too_old"),
        UNSEEN,
    ),
    "held, the customer must pay": Story(
        (
            *WAY[:7],
            held(47, "customs_duty_due", "customer"),
            seen(300, "GUANGZHOU", "import_cleared"),
            seen(310, "SHENZHEN", "delivered"),
        ),
        kinds("customs_hold", "hold_too_old"),
        UNSEEN,
    ),
    "held at export": Story(
        (
            *WAY[:3],
            held(15, None, "merchant", "export_customs"),
            seen(250, "ROISSY", "export_cleared"),
            seen(260, "GUANGZHOU"),
            seen(270, "SHENZHEN", "delivered"),
        ),
        kinds("customs_hold", "hold_too_old"),
        UNSEEN,
    ),
    "prohibited": Story((*WAY[:7], held(47, "customs_prohibited")), kinds("customs_hold", "hold_too_old"), UNSEEN),
    "seized": Story(
        (*WAY[:7], seen(60, "GUANGZHOU", "seized", condition="failed", reason="customs_seized")),
        kinds("failed"),
        UNSEEN,
    ),
    "destroyed": Story((*WAY[:7], seen(60, "GUANGZHOU", "destroyed", condition="failed")), kinds("failed"), UNSEEN),
    "an address that nobody mends": Story(
        (
            *WAY[:10],
            seen(
                76,
                "SHENZHEN",
                "delivery_attempted",
                condition="action_required",
                reason="address_incomplete",
                action_by="merchant",
            ),
        ),
        kinds("action_required", "unanswered"),
        UNSEEN,
    ),
    "nobody at home, three times": Story(
        (*WAY[:11], tried(81), tried(105), tried(129), seen(140, "SHENZHEN", "delivered")),
        kinds("action_required", "delivery_failed_again"),
        UNSEEN | kinds("unanswered"),
    ),
    "waits at a counter": Story(
        (*WAY[:11], seen(81, "SHENZHEN", "ready_for_collection"), seen(81 + 24 * 18, "SHENZHEN", "delivered")),
        kinds("waiting_at_counter"),
        UNSEEN,
    ),
    "sent to Rio": Story(
        (*WAY[:5], seen(30, "RIO"), seen(44, "ROISSY"), seen(60, "GUANGZHOU"), seen(70, "SHENZHEN", "delivered")),
        kinds("misrouted"),
        UNSEEN,
    ),
    "loses weight": Story(
        (*WAY[:5], seen(30, "GUANGZHOU", weight_g=Decimal(300)), *WAY[6:]), kinds("weight_changed"), UNSEEN
    ),
    "packed anew": Story((*WAY[:5], seen(30, "GUANGZHOU", text="Shipment repackaged"), *WAY[6:]), kinds("repacked")),
    "its seal is broken": Story(
        (*WAY[:5], seen(30, "GUANGZHOU", text="Seal broken"), *WAY[6:]), kinds("seal_mismatch")
    ),
    "delivered to somebody else": Story(
        (
            *WAY[:11],
            seen(81, "SHENZHEN", "delivered", condition="action_required", reason="delivered_to_unexpected_place"),
        ),
        kinds("action_required"),
    ),
    "delivered damaged": Story(
        (*WAY[:11], seen(81, "SHENZHEN", "delivered", condition="action_required", reason="damaged")),
        kinds("action_required"),
    ),
    "a part is delivered": Story(
        (*WAY[:11], seen(81, "SHENZHEN", "partially_delivered")), kinds("partially_delivered"), UNSEEN
    ),
    "its delivery is withdrawn": Story(
        (*WAY, seen(90, "SHENZHEN", None, withdraws_delivery=True), seen(100, "SHENZHEN", "delivered")),
        kinds("delivery_withdrawn"),
        UNSEEN,
    ),
    "goes back": Story(
        (*WAY[:9], seen(70, "GUANGZHOU", "returning"), seen(100, "PARIS", "returned")), kinds("going_back"), UNSEEN
    ),
    "a code that nobody knows": Story(
        (*WAY[:5], seen(30, "GUANGZHOU", "unrecognised", code="QQ"), *WAY[6:]), kinds("new_code")
    ),
}


@dataclass
class Told:
    """What a run came to; by kind of trouble, the counters of what went wrong by story too."""

    told: Counter[str] = field(default_factory=Counter)
    raised: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    worst: timedelta = timedelta(0)
    looks: int = 0

    @property
    def faults(self) -> int:
        """Everything that ought not to be."""
        return sum(sum(one.values()) for one in (self.missed, self.late, self.again, self.false))


class Parcel:
    """One parcel's story as it is heard, and what people were told of it."""

    def __init__(self, n: int, name: str, random: Random, sum_of: Told, *, every_turn: bool) -> None:
        self.name, self.story, self.sum, self.every_turn = name, STORIES[name], sum_of, every_turn
        carrier = random.choice(("fedex", "dhl", "ems"))
        begins = START + timedelta(days=2, minutes=random.randrange(5 * 24 * 60))
        slow = 1.6 if carrier == "ems" and name == "all is well" else 1.0
        self.scans = [self._scan(n, place, step, begins, slow) for place, step in enumerate(self.story.steps)]
        eta = begins + timedelta(hours=81 * slow + 12) if n % 3 else None
        service = {"fedex": "INTERNATIONAL_PRIORITY", "dhl": "EXPRESS_WORLDWIDE", "ems": "CN_EMS_INSURED"}[carrier]
        made = begins - timedelta(hours=20)
        self.track = Track(
            carrier, f"{n:012d}", begins.date(), f"case{n}", 1, "home", Lane("FR", "CN"), made, NOTHING, eta=eta,
            service=service, pickup_until=begins + timedelta(hours=3), due_at=made, poll_after=None,
        )  # fmt: skip
        self.open: dict[str, str | None] = {}
        self.closed: set[str] = set()
        self.said: set[str] = set()
        self.heard_at = made

    def run(self) -> None:
        """Scan by scan and turn by turn, to the end."""
        end, place, now = START + timedelta(days=DAYS), 0, self.track.created_at
        while True:
            due = _turn(self.track.due_at) if self.track.due_at else end
            at = self.scans[place][0].at if place < len(self.scans) else end
            if min(due, at) >= end:
                break
            self._look_all(now, min(due, at))
            now = min(due, at)
            if at <= due:
                place += 1
                self._hear(place, now)
            else:
                self._sweep(now)
        self.sum.missed.update(f"{kind} of '{self.name}'" for kind in self.story.must - self.said)

    def _hear(self, place: int, now: datetime) -> None:
        known = tuple(event for event, _ in self.scans[:place])
        weight = next((grams for _, grams in reversed(self.scans[:place]) if grams), None)
        body = Tracking(self.track.number, None, known, weight_g=weight)
        after = apply(self.track, body, now, f"{self.track.carrier}_push", RULES)
        if after is None:
            return
        for effect in after.effects:
            if effect.queue == "alerts":
                self._tell(
                    effect.body["action"], effect.body["kind"], effect.body["episode"], effect.body.get("severity")
                )
        self.heard_at = now
        self.track = at_peace(after, now, RULES)

    def _sweep(self, now: datetime) -> None:
        self.sum.looks += 1
        for one in watch(self.track, now, RULES):
            if self._tell("open", one.kind, one.episode, one.severity):
                self._timely(one.kind, now - max(one.risen_at, self.heard_at), now)
        self.track = replace(self.track, due_at=next_due(self.track, now, RULES))

    def _tell(self, action: str, kind: str, episode: str, severity: str | None) -> bool:
        """Whether this is news to people: as exceptions take it, once an episode and once more when it is graver."""
        if action == "close":
            if self.open.pop(episode, "never") != "never":
                self.closed.add(episode)
            return False
        if episode in self.closed:
            self.sum.again[kind] += 1
        elif episode not in self.open:
            self.sum.told[kind] += 1
            self.said.add(kind)
            if kind not in self.story.must | self.story.may:
                self.sum.false[f"{kind} of '{self.name}'"] += 1
        elif GRAVITY[severity] <= GRAVITY[self.open[episode]]:
            return False
        else:
            self.sum.raised[kind] += 1
        self.open[episode] = severity
        return True

    def _timely(self, kind: str, waited: timedelta, now: datetime) -> None:
        slept = SLEEP[0] - SWEEP <= now - waited < SLEEP[1] <= now < SLEEP[1] + SWEEP
        if not slept:
            self.sum.worst = max(self.sum.worst, waited)
            self.sum.late[kind] += waited > SWEEP

    def _look_all(self, since: datetime, until: datetime) -> None:
        """Every turn in between, for the few that are looked at so: nothing may be true that nobody was told of."""
        if not self.every_turn:
            return
        turn = _turn(since + timedelta(microseconds=1))
        while turn < until:
            for one in watch(self.track, turn, RULES):
                known = self.open.get(one.episode, "never")
                if known == "never" or GRAVITY[one.severity] > GRAVITY[known]:
                    self.sum.missed[f"{one.kind} between two looks"] += 1
            turn = _turn(turn + timedelta(microseconds=1))

    def _scan(self, n: int, place: int, step: Step, begins: datetime, slow: float) -> tuple[Event, Decimal | None]:
        hour, milestone, city, said = step
        said = dict(said)
        grams = said.pop("weight_g", Decimal(700) if milestone == "picked_up" else None)
        at = begins + timedelta(hours=hour * slow)
        fields: dict[str, Any] = {
            "id": f"e{n}-{place}", "at": at, "at_local": at.isoformat(), "tz_source": "offset", "code": f"C{place}",
            "exception_code": None, "milestone": milestone, "condition": None, "reason": None, "text": "scan",
            "place": Place(city or None, COUNTRY.get(city, "CN")), "source": "push",
        }  # fmt: skip
        return Event(**(fields | said)), grams


def _turn(at: datetime) -> datetime:
    """The first turn of the schedule at or after this moment."""
    turn = START + SWEEP * -((START - at) // SWEEP)
    return SLEEP[1] if SLEEP[0] <= turn < SLEEP[1] else turn


def run(parcels: int, seed: int = 11) -> Told:
    """The fleet: two thirds are fine, the others share the stories."""
    random, told = Random(seed), Told()
    names = list(STORIES)
    for n in range(parcels):
        name = names[0] if n % 3 else names[1 + (n // 3) % (len(names) - 1)]
        Parcel(n, name, random, told, every_turn=n % SAMPLE < 2).run()
    return told


def main(parcels: int = 10_000) -> int:
    """Print the table; 1 when anything was missed, late, told again or false."""
    began = time.process_time()
    told = run(parcels)
    print(
        f"{parcels} parcels, {DAYS} days, {told.looks} looks, a sleep of six hours: {time.process_time() - began:.0f} s"
    )
    print(f"{'kind':26}{'told':>8}{'raised':>8}{'late':>6}{'again':>7}")
    for kind in sorted(told.told):
        print(f"{kind:26}{told.told[kind]:8}{told.raised[kind]:8}{told.late[kind]:6}{told.again[kind]:7}")
    print(f"latest telling after it was true and known, awake: {told.worst}")
    for what, found in (("missed", told.missed), ("false", told.false)):
        print(f"{what}: {sum(found.values())}", *(f"  {name}: {count}" for name, count in found.items()), sep="\n")
    return min(told.faults, 1)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
