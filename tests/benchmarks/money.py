"""Ten thousand random orders that come back in parts, and the people who settle them in any order: ``make money``.

The suite tries a few hundred of each; this is the whole count that was promised. It prints what was tried and how long
it took, and ends with a fault at the first case that breaks a rule.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fakes.money_cases import MoneyCase, cases, check_one
from tests.workflows.test_settlements_meanwhile import Settling

CASES, MACHINES = 10_000, 1_000
HEALTHY = list(HealthCheck)


def orders(count: int) -> Counter[str]:
    """So many orders, settled parcel after parcel; how many of each ground."""
    seen: Counter[str] = Counter()

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=HEALTHY, phases=[Phase.generate])
    @given(cases())
    def each(case: MoneyCase) -> None:
        check_one(case)
        seen[case.basis.on] += 1

    each()
    return seen


def machines(count: int) -> Counter[str]:
    """So many cases with people, workers, provider and clock in any order; how their settlements stood at the end."""
    seen: Counter[str] = Counter()

    class Counted(Settling):
        def teardown(self) -> None:
            super().teardown()
            if hasattr(self, "house"):
                seen.update(f"{one.kind} {one.state}" for one in self.house.settlements)
                seen["payments made"] += len(self.house.world.payments.paid)
                seen["cases closed"] += self.house.stage == "closed"

    told = settings(
        max_examples=count, stateful_step_count=30, deadline=None, database=None, suppress_health_check=HEALTHY,
        phases=[Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(Counted, settings=told)
    return seen


def main() -> None:
    """Print both."""
    numbers = [int(text) for text in sys.argv[1:]] + [CASES, MACHINES][len(sys.argv) - 1 :]
    for name, run, count in (("orders", orders, numbers[0]), ("cases in any order", machines, numbers[1])):
        began = time.monotonic()
        seen = run(count)
        print(f"{name}: {count} tried in {time.monotonic() - began:.0f} s, no rule broken")
        for what, times in sorted(seen.items()):
            print(f"  {what}: {times}")


if __name__ == "__main__":
    main()
