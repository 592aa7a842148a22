"""A repair under any order of steps, answers and days: what must hold always."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.errors import ReturnsError
from chalicelib.returns.repair_orders import REPAIR_STEPS, STEPS
from tests.workflows.bench import MONDAY, PHOTOS, Bench, euros

DEED = {
    "gross_g": Decimal("4.63"), "scale_id": "S-1", "stones": 1, "evidence_ids": PHOTOS, "progress": "stones_out",
    "added_g": Decimal("0.43"), "removed_g": Decimal(0), "why": "why",
}  # fmt: skip


class AnyOrder(RuleBasedStateMachine):
    """Somebody tries every step at any time, and the clock goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.bench.fix_every_day(2)
        self.bench.order()
        self.now = MONDAY
        self.worked = False

    @rule(step=st.sampled_from(REPAIR_STEPS), by=st.sampled_from(["bench", "second"]))
    def step(self, step: str, by: str) -> None:
        before = self.bench.repair
        deed = {name: value for name, value in DEED.items() if step != "take_in" or name != "progress"}
        if step == "take_in":
            deed["gross_g"] = Decimal("4.20")
        if step in ("change", "declare"):
            return
        try:
            self.bench.act(step, by=by, now=self.now, **deed)
        except ReturnsError:
            assert self.bench.repair == before
            return
        after = self.bench.repair
        assert after.state == before.state or before.state in STEPS[step]  # type: ignore[index]

    @rule(freight=st.sampled_from(["42.00", "80.00", "300.00"]))
    def offer(self, freight: str) -> None:
        with suppress(ReturnsError):
            self.bench.offer(self.now, freight_back=euros(freight))

    @rule(approve=st.booleans(), back=st.integers(0, 1))
    def answer(self, approve: bool, back: int) -> None:
        quotes = self.bench.quotes[-1 - back : len(self.bench.quotes) - back or None]
        with suppress(ReturnsError):
            if quotes:
                self.bench.answer(quotes[0].part_id, approve=approve, now=self.now)

    @rule(days=st.sampled_from([0, 1, 7, 14, 40]))
    def time_goes_on(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.bench.look_when_due(self.now)

    @invariant()
    def no_work_without_take_in_and_a_yes(self) -> None:
        order = self.bench.repair
        if order.started_at is not None:
            assert order.take_in is not None
            assert any(one.state in ("approved", "replaced") and one.answered_at for one in self.bench.quotes)
        if order.state == "done":
            assert order.tested_ok

    @invariant()
    def at_most_one_quote_waits_and_a_yes_is_to_one_that_was_approved(self) -> None:
        quotes = {one.part_id: one for one in self.bench.quotes}
        assert sum(one.state == "offered" for one in quotes.values()) <= 1
        consent = self.bench.repair.consent
        assert consent is None or quotes[consent].state == "approved"

    @invariant()
    def nothing_is_sent_out_before_the_repair_is_over_nor_disposed_of(self) -> None:
        order = self.bench.repair
        if order.asked_out_at is not None:
            assert order.is_over or order.state == "unclaimed"
        assert len(set(self.bench.sent_out)) <= 2


AnyOrder.TestCase.settings = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
test_a_repair_under_any_order_of_steps = AnyOrder.TestCase
