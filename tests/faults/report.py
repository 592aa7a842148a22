"""What the crash harness tried, as a table: every call of stories A, B and C x every kind of fault, and how each ended.

``make faults`` prints it. A run that ended in neither of the two allowed ways is marked and the program exits 1.
"""

from __future__ import annotations

import sys
from collections import Counter

from tests.faults.gate import KINDS, Fault, possible
from tests.faults.stories import Picture
from tests.faults.test_every_call_may_fail import CALLS, assert_ends_well, run

WORDS = {"same": "=", "unknown": "?", "label": "L", "wrong": "!", "none": " "}


def main() -> int:
    """Print the table; the number of runs that ended wrongly decides the exit status."""
    sys.stdout.write(f"{len(CALLS)} calls x {len(KINDS)} kinds of fault\n")
    sys.stdout.write(
        "= ends as the undisturbed run   L the same, and a person is told to print a lost label\n"
        "? a booking is visibly unknown and a person is asked, the carrier having acted at most once   ! wrong\n\n"
    )
    sys.stdout.write(f"{'call':>4}  {'what is called':52} {'  '.join(KINDS)}\n")
    counted: Counter[str] = Counter()
    for at, name in enumerate(CALLS):
        ends = [ending(kind, at) if possible(kind, name) else "none" for kind in KINDS]
        counted.update(ends)
        marks = "  ".join(WORDS[end].center(len(kind)) for end, kind in zip(ends, KINDS, strict=True))
        sys.stdout.write(f"{at:4}  {name:52} {marks}\n")
    tried = sum(count for end, count in counted.items() if end != "none")
    sys.stdout.write(
        f"\n{tried} runs: {', '.join(f'{counted[end]} {end}' for end in ('same', 'label', 'unknown', 'wrong'))}\n"
    )
    return 1 if counted["wrong"] else 0


def ending(kind: str, at: int) -> str:
    """How the run with this one fault ended."""
    try:
        _, ended, _ = run(Fault(kind, at))
        assert_ends_well(ended)
    except AssertionError:
        return "wrong"
    return "unknown" if is_unknown(ended) else "label" if is_label_lost(ended) else "same"


def is_unknown(ended: Picture) -> bool:
    """A person has to find out what the carrier did."""
    return any(status == "unknown" for status, _ in ended.bookings.values())


def is_label_lost(ended: Picture) -> bool:
    """The waybill is good and its label is gone."""
    return any(kind == "label_lost" for kind, _, _ in ended.exceptions)


if __name__ == "__main__":
    sys.exit(main())
