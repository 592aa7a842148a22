"""How far reading DHL's answers is from the floor: ``python -m tests.benchmarks.bench_dhl``.

Best of many rounds of processor time against ``json.loads`` of the same bytes, with the number of calls of one reading,
which no other program on the machine can disturb. Each row includes strict JSON, shapes, clocks, meanings, identities.

The bars are for the documented bodies. The answer of 2021 that tells everything in sentences has a third of the bytes
for as many events: it is read in less time than the documented one and stands at a higher ratio to its smaller floor.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from chalicelib.carriers.dhl.verify import HEADER, open_push
from chalicelib.carriers.registry import read_tracking
from tests.benchmarks.bench_fedex import best, calls
from tests.carriers.dhl_pieces import NOW, sample

EVENTS = 20
BARS = {"mydhl": 8.0, "dhl_unified": 6.0}


def of_length(said: Any, events: int) -> Any:
    """The documented answer with this many events in the shipment, each of another hour."""
    told = said["shipments"][0]["events"]
    while len(told) < events:
        more = copy.deepcopy(told[len(told) % 3])
        if "date" in more:
            more.update(date="2026-11-20", time=f"{len(told):02d}:30:00")
        else:
            more["timestamp"] = f"2026-11-20T{len(told):02d}:30:00" + more["timestamp"][19:]
        told.insert(1, more)
    return said


def bodies() -> list[tuple[str, str, Any]]:
    """Name, source and what is said."""
    without_pieces = of_length(sample("dhl_mydhl_documented"), EVENTS)
    del without_pieces["shipments"][0]["pieces"]
    journey = sample("dhl_mydhl_journey")
    journey["shipments"][0]["events"] = journey["shipments"][0]["events"][:EVENTS]
    return [
        ("MyDHL, with pieces", "mydhl", of_length(sample("dhl_mydhl_documented"), EVENTS)),
        ("MyDHL, offsets and remarks", "mydhl", without_pieces),
        ("MyDHL, a journey by areas", "mydhl", journey),
        ("Unified, documented", "dhl_unified", of_length(sample("dhl_unified_documented"), EVENTS)),
        ("Unified, express by words", "dhl_unified", sample("dhl_unified_express")),
    ]


def main() -> None:
    """Print the table."""
    print(f"{'DHL, one answer read':28}{'bytes':>8}{'json.loads':>12}{'whole':>9}{'ratio':>8}{'bar':>6}{'calls':>8}")
    for name, source, said in bodies():
        for layout, body in (
            ("indented", json.dumps(said, indent=2).encode()),
            ("compact", json.dumps(said, separators=(",", ":")).encode()),
        ):
            floor = best(lambda body=body: json.loads(body))
            whole = best(lambda body=body, source=source: read_tracking(source, body, NOW))
            counted = calls(lambda body=body, source=source: read_tracking(source, body, NOW))
            print(
                f"{name:28}{len(body):8}{floor:12.1f}{whole:9.1f}{whole / floor:8.2f}{BARS[source]:6.1f}{counted:8}"
                f"  {layout}"
            )
    body = json.dumps(sample("dhl_push")).encode()
    proven = {HEADER: "live-token-0000000000"}
    live = ("other-token-0000000000", "live-token-0000000000")
    print(f"{'a push opened, 2 tokens':28}{best(lambda: open_push(body, proven, live)):29.1f} us")
    print(f"(microseconds of processor time, {EVENTS} events)")


if __name__ == "__main__":
    main()
