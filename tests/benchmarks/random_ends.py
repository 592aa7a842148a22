"""``make random-ends``: ten thousand random cases, one after the other, with what they came to.

Every case is played by ``tests.workflows.random_ends``: the first that breaks what must hold always is made as short as
it can be, printed with how to play it again, and the program exits 1.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.stateful import run_state_machine_as_test

from tests.workflows.random_ends import RandomEnd

STEPS = 24
TOLD_EVERY = 250
# Hypothesis remembers what it has tried; in pieces it stays as quick at the end as it was at the beginning.
AT_ONCE = 500


class Tally:
    """What the cases came to."""

    def __init__(self) -> None:
        self.cases = 0
        self.began = time.monotonic()
        self.counted: Counter[str] = Counter()
        self.moves: Counter[tuple[str, str]] = Counter()
        self.refused: Counter[str] = Counter()

    def add(self, machine: RandomEnd) -> None:
        """One case has ended well."""
        self.cases += 1
        for one in machine.settlements:
            self.counted[f"{one.kind} {one.state}"] += 1
        self.counted["payments made"] += len(machine.provider.paid)
        self.counted["exceptions"] += len(machine.file.exceptions)
        self.counted["inspections"] += len(machine.looks)
        self.counted["ways out"] += len(machine.ways)
        self.counted["ways out delivered"] += sum(one.state == "delivered" for one in machine.ways)
        self.counted["days"] += (machine.world.now - machine.file.case.created_at).days
        self.moves.update(machine.cases.moves)
        self.refused.update(machine.refused)
        if self.cases % TOLD_EVERY == 0:
            self.tell_progress()

    def tell_progress(self) -> None:
        """One line."""
        seconds = time.monotonic() - self.began
        paid, settled = self.counted["payments made"], sum(n for name, n in self.counted.items() if " done" in name)
        print(f"{self.cases:6} cases  {seconds:7.0f} s  {settled:6} settled  {paid:6} paid", flush=True)

    def tell(self) -> None:
        """Everything."""
        for title, counted in (("counted", self.counted), ("moves", self.moves), ("refused", self.refused)):
            print(title)
            for name, n in counted.most_common():
                print(f"  {n:8}  {name if isinstance(name, str) else ' -> '.join(name)}")


def main(arguments: list[str]) -> int:
    """``[CASES] [FIRST_SEED]``."""
    wanted, first = (int(one) for one in (*arguments, *("10000", "1")[len(arguments) :]))
    tally = Tally()
    RandomEnd.ended.append(tally.add)
    for number in range(first, first + -(-wanted // AT_ONCE)):
        chosen = settings(
            max_examples=min(AT_ONCE, wanted), stateful_step_count=STEPS, deadline=None, derandomize=False,
            database=InMemoryExampleDatabase(), suppress_health_check=list(HealthCheck), print_blob=True,
            phases=(Phase.generate, Phase.shrink),
        )  # fmt: skip
        try:
            run_state_machine_as_test(seed(number)(RandomEnd), settings=chosen)
        except AssertionError:
            told = f"python -m tests.benchmarks.random_ends {AT_ONCE} {number}"
            print(f"broken after {tally.cases} cases that ended well; play it again: {told}")
            raise
    tally.tell()
    print(f"{tally.cases} cases ended well in {time.monotonic() - tally.began:.0f} s (process {os.times().user:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
