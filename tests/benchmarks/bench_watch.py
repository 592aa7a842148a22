"""What looking at one parcel costs: ``python -m tests.benchmarks.bench_watch``.

``watch`` and ``next_due`` of one track, warm, as the sweep asks them: best of many rounds of processor time, beside
``json.loads`` of a carrier's answer of twenty scans in the same process. Each round looks at parcels with other
times, so that no answer is remembered from the one before; only what the parcels of a country share is (its days,
the rows of its carriers). The bar is 200 microseconds; the ratio is what another machine can be held to.
"""

from __future__ import annotations

import json
import timeit
from datetime import datetime, timedelta
from itertools import cycle
from time import process_time

from chalicelib.shipments.fold import fold
from chalicelib.shipments.leg import Track
from chalicelib.shipments.thresholds import thresholds
from chalicelib.shipments.watch import next_due, watch
from tests.benchmarks.bench_fedex import bodies
from tests.shipments.journeys import HOME, JOURNEY, START, scan, track

ROUNDS = 5
PER_ROUND = 1500  # more than a wall remembers
BAR_US = 200.0
BAR_RATIO = 4.0
JUST_MOVED = JOURNEY[:5]
LONG = (*JOURNEY[:5], *(scan(f"s{n}", 20 + n / 10, "in_transit", city="GUANGZHOU", country="CN") for n in range(15)))
WAITS = (*JOURNEY[:9], scan("shop", 60, "ready_for_collection", city="SHENZHEN", country="CN"))


def parcels() -> dict[str, list[Track]]:
    """Six kinds of parcels, each many times with clocks that begin at other minutes."""
    kinds = {
        "awaits its first scan": (),
        "under way, 5 events": JUST_MOVED,
        "at one place, 20 events": LONG,
        "held by customs": JOURNEY[:6],
        "asked for an address": (
            *JUST_MOVED,
            scan("a", 30, "delivery_attempted", "action_required", "address_incomplete"),
        ),
        "waits at a counter": WAITS,
        "arrived": JOURNEY,
    }
    return {name: [_shifted(events, n) for n in range(PER_ROUND)] for name, events in kinds.items()}


def _shifted(events: tuple, n: int) -> Track:  # type: ignore[type-arg]
    by = timedelta(minutes=7 * n)
    moved = tuple(event._replace(at=event.at + by) for event in events)
    made: Track = track(
        state=fold(moved, HOME), events=moved, created_at=START + by, eta=START + by + timedelta(days=3),
        pickup_until=None if events else START + by + timedelta(hours=8), service="INTERNATIONAL_PRIORITY",
    )  # fmt: skip
    return made


def looked_at(tracks: list[Track], hours: int) -> float:
    """Microseconds of processor time to evaluate one of them, the best round."""
    rules, each = thresholds(START.date()), cycle(tracks)
    later = timedelta(hours=hours)

    def look() -> datetime | None:
        one = next(each)
        now = one.created_at + later
        watch(one, now, rules)
        return next_due(one, now, rules)

    for _ in tracks:
        look()
    timer = timeit.Timer(look, timer=process_time)
    return min(timer.repeat(ROUNDS, PER_ROUND)) / PER_ROUND * 1e6


def floor() -> float:
    """Microseconds of ``json.loads`` of an answer of twenty scans, compact as FedEx sends it."""
    body = bodies()["documented, compact"]
    return min(timeit.Timer(lambda: json.loads(body), timer=process_time).repeat(ROUNDS, 200)) / 200 * 1e6


def measured() -> dict[str, tuple[float, float]]:
    """Of each kind the microseconds early on, when nothing is wrong, and late, when everything is."""
    return {name: (looked_at(tracks, 30), looked_at(tracks, 24 * 40)) for name, tracks in parcels().items()}


def main() -> None:
    """Print the table."""
    base = floor()
    print(f"json.loads of an answer of 20 scans: {base:.1f} us")
    print(f"{'watch and next_due of one track':34}{'early us':>10}{'late us':>10}{'ratio':>8}")
    worst = 0.0
    for name, (early, late) in measured().items():
        worst = max(worst, early, late)
        print(f"{name:34}{early:10.1f}{late:10.1f}{max(early, late) / base:8.2f}")
    print(f"worst {worst:.0f} us (bar {BAR_US:.0f}), {worst / base:.2f} x json.loads (bar {BAR_RATIO})")


if __name__ == "__main__":
    main()
