"""Random cases to their ends: what must hold always holds; ``make random-ends`` plays ten thousand."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.workflows.random_ends import RandomEnd

TestRandomEnds = RandomEnd.TestCase
TestRandomEnds.settings = settings(
    max_examples=24, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
