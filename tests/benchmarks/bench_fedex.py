"""How far reading a FedEx answer is from the floor: ``python -m tests.benchmarks.bench_fedex``.

Best of many rounds of processor time, all bodies in one process, against ``json.loads`` of the same bytes; beside it
the number of calls for one reading, which no other program on the machine can disturb. The whole is told in its parts:
strict JSON, scans made events, and the rest (envelope, shapes, headline, giving memory back). Every row includes what a
carrier's words need before they may be trusted: keys given twice, depth, numbers, scan by scan shape, time zones,
meanings, identities.
"""

from __future__ import annotations

import copy
import json
import sys
import time
import timeit
from collections.abc import Callable
from typing import Any

from chalicelib.carriers.fedex.scans import ScanReader
from chalicelib.carriers.fedex.verify import sign, verify
from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.registry import FEDEX, read_tracking
from tests.carriers.fedex_pieces import ACCOUNT, NOW, NUMBER, ORDER, sample

SCANS = 20
ROUNDS = 15
BAR = 3.0


def documented(scans: int) -> Any:
    """The answer with every block FedEx documents, and this many scans."""
    said = sample("fedex_track_documented")
    told = said["output"]["completeTrackResults"][0]["trackResults"][0]["scanEvents"]
    while len(told) < scans:
        minute = f"2026-11-19T{len(told):02d}:30:00+01:00"
        moved = {"date": minute, "eventType": "IT", "eventDescription": "In transit", "derivedStatusCode": "IT"}
        told.insert(1, {**copy.deepcopy(told[-1]), **moved})
    return said


def bodies() -> dict[str, bytes]:
    """The same facts as FedEx documents them and as it sends them."""
    journey = sample("fedex_track_journey")
    return {
        "documented, indented": json.dumps(documented(SCANS), indent=2).encode(),
        "documented, compact": json.dumps(documented(SCANS), separators=(",", ":")).encode(),
        "a plain journey, compact": json.dumps(journey, separators=(",", ":")).encode(),
        "documented, 1 scan": json.dumps(documented(1), indent=2).encode(),
    }


def best(made: Callable[[], object]) -> float:
    """Microseconds of one call, the best round."""
    timer = timeit.Timer(made, timer=time.process_time)
    number = 200
    return min(timer.repeat(ROUNDS, number)) / number * 1e6


def calls(made: Callable[[], object]) -> int:
    """Python and C calls of one call, counted."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        made()
    finally:
        sys.setprofile(None)
    return counted


def main() -> None:
    """Print the table."""
    heads = f"{'json.loads':>12}{'strict':>9}{'events':>9}{'rest':>9}{'whole':>9}{'ratio':>8}{'calls':>8}"
    print(f"{'FedEx, one answer read':28}{'bytes':>8}{heads}")
    for name, body in bodies().items():
        floor, strict = best(lambda body=body: json.loads(body)), best(lambda body=body: read_json(body))
        scans = read_json(body)["output"]["completeTrackResults"][0]["trackResults"][0]["scanEvents"]
        events = best(lambda scans=scans: ScanReader(NUMBER, "fedex", NOW).read(scans))
        whole = best(lambda body=body: read_tracking("fedex", body, NOW))
        counted = calls(lambda body=body: read_tracking("fedex", body, NOW))
        parts = f"{floor:12.1f}{strict:9.1f}{events:9.1f}{whole - strict - events:9.1f}{whole:9.1f}"
        print(f"{name:28}{len(body):8}{parts}{whole / floor:8.2f}{counted:8}")
    print(f"(microseconds of processor time; bar for {SCANS} scans: {BAR} x)")
    body = json.dumps(documented(SCANS)).encode()
    signed = {"fdx-signature": sign(body, "token")}
    print(f"{'a push verified, 2 secrets':28}{best(lambda: verify(body, signed, ('other', 'token'))):29.1f} us")
    print(f"{'a waybill request built':28}{best(lambda: FEDEX.waybills.request(ORDER, ACCOUNT)):29.1f} us")


if __name__ == "__main__":
    main()
