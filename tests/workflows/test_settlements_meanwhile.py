"""People, workers, the provider and the clock in any order: one refund, never above what was paid, never in silence."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.errors import ReturnsError
from chalicelib.money import total
from chalicelib.returns.dispute_clocks import Notice, Said
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.inspection import PieceFound
from chalicelib.returns.money_ledger import balances
from chalicelib.returns.money_noted import MoneyNoted
from chalicelib.returns.settlement import LIVE
from chalicelib.workflows.close_case import close_case
from chalicelib.workflows.keep_disputes import act_on_dispute, note_dispute
from chalicelib.workflows.keep_settlement import FoundOut
from chalicelib.workflows.note_money import note_money
from chalicelib.workflows.payment_ports import PaymentOutcomeUnknown
from chalicelib.workflows.read_settlements import postings_of
from tests.workflows.settling import MONDAY, RING2, SettlingHouse, eur, paid, request_paid

PEOPLE = {"ann": "agent", "max": "manager", "lea": "lead", "fin": "finance"}
KINDS = ("refund", "partial_refund", "goodwill", "store_credit", "refund_without_return", "replacement")


class Settling(RuleBasedStateMachine):
    """Two rings that came back, and everybody at once."""

    @initialize()
    def open(self) -> None:
        payment = paid(total=eur("615.00"), pieces=2)
        self.house = SettlingHouse(request_paid(payment, items=(replace(RING2, price=eur("300.00")),)))
        self.house.arrived()
        self.house.inspected(PieceFound(1, 2, 2, "as_sold", accepted_net_g=Decimal("10.40")))
        self.real = self.house.world.payments.refund

    def _n(self, of: int) -> str:
        """One of the settlements there are; the first, where there is none yet."""
        return str(1 + of % max(len(self.house.settlements), 1))

    def _try(self, call: Any) -> None:
        with suppress(ReturnsError):
            call()

    @rule(kind=st.sampled_from(KINDS), by=st.sampled_from(sorted(PEOPLE)), pieces=st.integers(1, 2))
    def propose(self, kind: str, by: str, pieces: int) -> None:
        amount = eur("30.00") if kind == "goodwill" else None
        lines = () if kind == "goodwill" else ((1, pieces),)
        wish = {"amount": amount, "lines": lines, "customer_agreed": True}
        self._try(lambda: self.house.propose(kind, by=by, role=PEOPLE[by], **wish))

    @rule(by=st.sampled_from(sorted(PEOPLE)), n=st.integers(0, 3))
    def approve(self, by: str, n: int) -> None:
        self._try(lambda: self.house.approve(by, PEOPLE[by], self._n(n)))

    @rule(n=st.integers(0, 3))
    def everybody_approves(self, n: int) -> None:
        for by in PEOPLE:
            self._try(lambda by=by: self.house.approve(by, PEOPLE[by], self._n(n)))

    @rule(n=st.integers(0, 3))
    def withdraw(self, n: int) -> None:
        self._try(lambda: self.house.withdraw(self._n(n)))

    @rule()
    def work(self) -> None:
        self.house.work()

    @rule(hours=st.integers(1, 60))
    def sweep(self, hours: int) -> None:
        self.house.sweep(self.house.now + timedelta(hours=hours))

    @rule(after=st.booleans())
    def provider_hangs_up(self, after: bool) -> None:
        def refund(order: Any) -> Any:
            self.house.world.payments.refund = self.real
            if after:
                self.real(order)
            raise PaymentOutcomeUnknown("no answer")

        self.house.world.payments.refund = refund

    @rule()
    def provider_is_away_or_back(self) -> None:
        self.house.world.payments.down = not self.house.world.payments.down

    @rule(n=st.integers(0, 3))
    def provider_refuses(self, n: int) -> None:
        self.house.world.payments.refused.add(f"{self.house.file.case.rma}-S{n + 1}")

    @rule(n=st.integers(0, 3), outcome=st.sampled_from(["paid", "not_paid"]))
    def person_finds_out(self, n: int, outcome: Any) -> None:
        """The truth, as the provider's own pages tell it."""
        reference = f"{self.house.file.case.rma}-S{self._n(n)}"
        is_paid = reference in self.house.world.payments.paid
        if (outcome == "paid") == is_paid:
            self._try(lambda: self.house.reconcile(FoundOut(outcome, f"re_{reference}"), self._n(n)))

    @precondition(lambda self: any(one.state in ("done", "unknown") for one in self.house.settlements))
    @rule()
    def close(self) -> None:
        call = {"reason": "other", "even_though": False, "may_force": False, "by": "max", "now": self.house.now}
        self._try(lambda: close_case(self.house.ports, "case0001", **call))

    @rule(action=st.sampled_from(["note", "note", "answer", "win", "lose", "give_up"]), pieces=st.integers(0, 1))
    def bank(self, action: Any, pieces: int) -> None:
        """The customer's bank asks for the price of one ring, and decides; what it gave may be told later."""
        ports, now = self.house.ports, self.house.now
        if action == "note":
            notice = Notice("visa", "13.7", MONDAY.date(), eur("300.00"), "CB-1")
            self._try(lambda: note_dispute(ports, "case0001", notice, holder="fin", now=now))
            return
        said = Said(lines=((1, pieces),) if pieces else None) if action in ("lose", "give_up") else Said()
        call = {"why": None, "said": said, "holder": "fin", "now": now}
        self._try(lambda: act_on_dispute(ports, "case0001", "visa-CB-1", action, **call))

    @rule(n=st.integers(1, 3), cents=st.integers(0, 2))
    def freight_is_noted(self, n: int, cents: int) -> None:
        given = MoneyNoted("freight", "merchant", "carrier", eur(f"0.0{cents}"), f"AWB-{n}")
        self._try(lambda: note_money(self.house.ports, "case0001", given, by="fin", now=self.house.now))

    @invariant()
    def nothing_is_given_above_what_was_paid(self) -> None:
        live = [one for one in self.house.settlements if one.state in LIVE]
        given = total((one.gave for one in live if one.gave is not None), "EUR")
        assert given <= eur("615.00")
        pieces = sum(line.pieces or 0 for one in live for line in one.lines if line.code == "price")
        assert pieces <= 2

    @invariant()
    def what_the_bank_gave_back_counts_as_given(self) -> None:
        """Whatever is agreed after a loss keeps, with the bank's money and all before it, within what was paid."""
        lost = [one for one in self.house.file.parts.of(Dispute) if one.bank_gave is not None]
        live = [one for one in self.house.settlements if one.gave is not None and lost]
        since = [one for one in live if one.proposed_at > (lost[0].changed_at or MONDAY)]
        given = {one.n: one.gave.amount for one in live if one.gave is not None}
        after = sum((given[one.n] for one in since), Decimal(0))
        assert after == 0 or sum(given.values()) + 300 <= 615

    @invariant()
    def each_settlement_is_paid_once_and_what_was_paid_is_known_or_visibly_unknown(self) -> None:
        paid_out = self.house.world.payments.paid
        by_reference = {one.reference: one for one in self.house.settlements if one.reference}
        assert set(paid_out) <= set(by_reference)
        assert all(by_reference[name].state in ("paying", "unknown", "done") for name in paid_out)
        assert sum(order.amount.amount for order in paid_out.values()) <= Decimal("615.00")
        for one in self.house.settlements:
            if one.state == "unknown":
                waiting = [each["kind"] for each in self.house.messages("alerts") if each["action"] == "open"]
                assert "refund_unknown" in [*self.house.open_kinds(), *waiting]

    @invariant()
    def the_money_sums_to_zero(self) -> None:
        file = self.house.file
        assert sum(balances(postings_of(file)).values()) == 0
        done = [one for one in self.house.settlements if one.state == "done" and one.total.amount]
        settled = [one for one in self.house.postings if one.settlement_n is not None]
        assert len(settled) == len(done)
        noted = [(one.reference, one.why) for one in self.house.postings if one.settlement_n is None]
        assert len(set(noted)) == len(noted)

    @invariant()
    def nobody_approved_their_own(self) -> None:
        for one in self.house.settlements:
            people = [each.by for each in one.approvals]
            assert one.proposed_by not in people
            assert len(set(people)) == len(people)

    def teardown(self) -> None:
        """Left alone, everything comes to rest: the days that passed were told."""
        if not hasattr(self, "house"):
            return
        self.house.world.payments.down = False
        self.house.world.payments.refund = self.real
        for _ in range(4):
            self.house.work()
            self.house.sweep(self.house.now + timedelta(days=8))
        clock = self.house.clock
        if clock is not None and clock.ends_at is not None and self.house.now >= clock.ends_at:
            assert "refund_due" in self.house.open_kinds()
        assert all(one.state != "paying" for one in self.house.settlements)


Settling.TestCase.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestSettling = Settling.TestCase
