"""What the crash harness tries, as a table: every call of each carrier's stories x every kind of fault, and how each
run ended.

``make faults`` prints it. A run that ended in neither of the two allowed ways is told with what was seen, and the
program exits 1. ``python -m tests.faults.report --calls`` prints each call of each story too.
"""

from __future__ import annotations

import sys
from collections import Counter

from tests.faults.carrier_stories import STORIES, Story
from tests.faults.endings import ending
from tests.faults.gate import ALL_KINDS, Fault, possible

WORDS = {"same": "=", "unknown": "?", "label": "L", "wrong": "!", "none": " "}
ENDS = ("same", "label", "unknown", "wrong")
COLUMNS = "{:8} {:8} {:>6} {:>6}  {:>6} {:>6} {:>8} {:>6}\n"


def main(arguments: list[str]) -> int:
    """Print the table; the number of runs that ended wrongly decides the exit status."""
    sys.stdout.write(
        "same     ends as the undisturbed run, the carrier having acted exactly as often\n"
        "label    the same, and a person is told to print a lost label\n"
        "unknown  a booking is visibly unknown and a person is asked, the carrier having acted no more often\n"
        f"wrong    neither\nkinds of fault: {', '.join(ALL_KINDS)}\n\n"
    )
    sys.stdout.write(COLUMNS.format("carrier", "story", "calls", "runs", *ENDS))
    total: Counter[str] = Counter()
    for story in STORIES:
        total.update(told(story, by_call="--calls" in arguments))
    sys.stdout.write(COLUMNS.format("all", "", "", sum(total.values()), *(total[end] for end in ENDS)))
    return 1 if total["wrong"] else 0


def told(story: Story, *, by_call: bool) -> Counter[str]:
    """Run one story with every fault and print its row."""
    _, wanted, calls = story.run()
    counted: Counter[str] = Counter()
    rows, wrongs = [], []
    for at, name in enumerate(calls):
        ends = {}
        for kind in ALL_KINDS:
            if possible(kind, name):
                ends[kind], seen = ending(story, wanted, Fault(kind, at))
                wrongs += [f"  ! {kind} at {at} {name}: {seen[:400]}\n"] if ends[kind] == "wrong" else []
        counted.update(ends.values())
        marks = "".join(WORDS[ends.get(kind, "none")].center(len(kind) + 2) for kind in ALL_KINDS)
        rows.append(f"{at:6}  {name:52}{marks}\n")
    runs = sum(counted.values())
    sys.stdout.write(
        COLUMNS.format(story.carrier, story.name, len(calls), runs, *(counted[end] for end in ENDS)) + "".join(wrongs)
    )
    if by_call:
        sys.stdout.write(f"{'':60}{''.join(kind.center(len(kind) + 2) for kind in ALL_KINDS)}\n{''.join(rows)}\n")
    sys.stdout.flush()
    return counted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
