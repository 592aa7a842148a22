"""How far reading China Post is from the floor: ``python -m tests.benchmarks.bench_ems``.

Best of many rounds of processor time against ``json.loads`` of the same bytes (and of the JSON inside them, which any
reader must read too); beside it the number of calls of one reading, which no other program can disturb.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from chalicelib.carriers.ems import EMS
from chalicelib.carriers.ems.envelope import opened, seal
from chalicelib.carriers.json_bodies import read_json
from chalicelib.carriers.registry import read_tracking
from tests.benchmarks.bench_fedex import best, calls
from tests.carriers.ems_pieces import NOW, NUMBER, OLD_KEY, SIGN_KEY, sample
from tests.carriers.test_ems_envelope import KEYS, form


def bodies() -> dict[str, tuple[str, bytes]]:
    """A journey abroad of 20 scans, one pushed scan, the older interface, and item events of the posts."""
    documented = {"20 scans": ("ems_trace", "ems"), "a push, opened": ("ems_push", "ems_push"),
                  "older, 6 scans": ("ems_legacy", "ems"), "posts, 17 events": ("upu_items", "upu")}  # fmt: skip
    found = {}
    for name, (file, source) in documented.items():
        found[name] = (source, json.dumps(sample(file), ensure_ascii=False, separators=(",", ":")).encode())
    return found


def floor_of(body: bytes) -> Callable[[], Any]:
    """What any reader of this body must do."""

    def load() -> Any:
        said = json.loads(body)
        inside = said.get("retBody")
        return json.loads(inside) if isinstance(inside, str) else said

    return load


def main() -> None:
    """Print the table."""
    print(f"{'EMS, one body read':20}{'bytes':>8}{'json.loads':>12}{'strict':>9}{'whole':>9}{'ratio':>8}{'calls':>8}")
    for name, (source, body) in bodies().items():
        floor, strict = best(floor_of(body)), best(lambda body=body: read_json(body))
        whole = best(lambda body=body, source=source: read_tracking(source, body, NOW))
        counted = calls(lambda body=body, source=source: read_tracking(source, body, NOW))
        print(f"{name:20}{len(body):8}{floor:12.1f}{strict:9.1f}{whole:9.1f}{whole / floor:8.2f}{counted:8}")
    clear = json.dumps(sample("ems_push"), ensure_ascii=False)
    sealed = form(seal(clear, OLD_KEY))
    print(f"{'a push opened, 2 keys':30}{best(lambda: opened(sealed, {}, (SIGN_KEY, OLD_KEY))):9.1f} us")
    (question,) = EMS.polling[0].requests([NUMBER])
    print(f"{'a question dressed':30}{best(lambda: EMS.polling[0].access.dress(question, KEYS, None, NOW)):9.1f} us")


if __name__ == "__main__":
    main()
