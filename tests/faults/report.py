"""What the crash harness tries, as a table: every call of each carrier's stories x every kind of fault, and how each
run ended.

``make faults`` prints it. A run that ended in neither of the two allowed ways is told with what was seen, and the
program exits 1. ``python -m tests.faults.report --calls`` prints each call of each story too. Of the story of the lost
parcel, which is long, every tenth fault is tried; ``--all`` tries each of its four thousand and takes half an hour.
"""

from __future__ import annotations

import sys
from collections import Counter

from tests.faults.carrier_stories import STORIES, Story
from tests.faults.endings import ending
from tests.faults.gate import ALL_KINDS, Fault, possible
from tests.faults.lost_endings import Ending, assert_ends_well
from tests.faults.lost_endings import ending as where_it_ended
from tests.faults.lost_parcel import lost_faults, run
from tests.faults.world import DeadLetter

WORDS = {"same": "=", "unknown": "?", "label": "L", "wrong": "!", "none": " "}
SOME = 10
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
    total.update(told_of_the_lost(1 if "--all" in arguments else SOME))
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


def told_of_the_lost(every: int) -> Counter[str]:
    """Run the story of the lost parcel with every so manyth fault and print its row."""
    peaceful = run()
    wanted, faults = where_it_ended(peaceful.world), lost_faults(peaceful.calls)[::every]
    seen = [(fault, wrong_of(fault, wanted)) for fault in faults]
    wrongs = [f"  ! {fault.kind} at {fault.at} {peaceful.calls[fault.at]}: {why[:400]}\n" for fault, why in seen if why]
    counted = Counter({"same": len(faults) - len(wrongs), "wrong": len(wrongs)})
    row = ("fedex", "lost", len(peaceful.calls), len(faults), *(counted[end] for end in ENDS))
    sys.stdout.write(COLUMNS.format(*row) + "".join(wrongs))
    sys.stdout.flush()
    return counted


def wrong_of(fault: Fault, wanted: Ending) -> str:
    """What was seen of a run of the lost parcel that ended wrongly; empty for one that ended well."""
    try:
        assert_ends_well(run(fault), wanted)
    except (AssertionError, DeadLetter) as wrong:
        return str(wrong) or "something was not there"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
