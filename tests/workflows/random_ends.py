"""One case, played at random through its public stories from its parcel's arrival to its end, by hypothesis.

People weigh, sign, release, propose, approve, withdraw, dispute, send out, cancel and close in any order and with any
figures; the provider pays, refuses, is away, or loses its answer; messages lie, come twice and in any order; time
passes with its schedule. What must hold always is checked after every step. The suite plays some, ``make random-ends``
ten thousand.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError, NotPermitted, RuleNotInForce
from chalicelib.merchant import load_merchant
from chalicelib.money import Money, total
from chalicelib.returns.case import SaleRecord
from chalicelib.returns.custody import Receipt
from chalicelib.returns.dispute_clocks import Notice
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.inspection import Inspection, standing
from chalicelib.returns.judge_parcel import ParcelSeen
from chalicelib.returns.judge_piece import PieceSeen
from chalicelib.returns.money_ledger import balances, given_back
from chalicelib.returns.payment import Payment
from chalicelib.returns.settlement import Posting, Settlement
from chalicelib.returns.settlement_deadlines import earliest
from chalicelib.returns.stages import NEXT
from chalicelib.returns.way_out import OutFacts, WayOut
from chalicelib.workflows.build_settlement import BuyBack, Wish
from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.close_case import close_case
from chalicelib.workflows.declare_withdrawal import declare
from chalicelib.workflows.inspect_pieces import Inspected, inspect_pieces
from chalicelib.workflows.keep_disputes import act_on_dispute, note_dispute
from chalicelib.workflows.keep_settlement import FoundOut, agree, approve, propose, reconcile, withdraw
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.payment_ports import PaymentOutcomeUnknown, PaymentUnreachable, Refunded, RefundOrder
from chalicelib.workflows.plan_out import OutWish
from chalicelib.workflows.ports import CaseFile
from chalicelib.workflows.send_out import call_off_way_out, plan_way_out
from chalicelib.workflows.settlement_sight import OVER, sight_of
from chalicelib.workflows.sign_inspection import countersign, release
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_in import TakenIn, take_in
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.faults.gate import Gate
from tests.faults.stories import CLAIRE, REQUEST, RING
from tests.faults.world import HANDLERS, MONDAY, Queues, World
from tests.workflows.dock import weighed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICK = 12 * HOUR
# What is told, printed, claimed and asked of carriers has tests of its own; here it would only take time.
UNHEARD = frozenset({"notices", "deliveries", "papers", "polls"})
REFUSED = (ConflictError, InvalidRequestError, NotFoundError, NotPermitted, RuleNotInForce)
PEOPLE = ("ann", "max", "lea", "fin", "law", "dock-1", "dock-2", "lead-1")
ROLES = ("", "agent", "senior", "lead", "manager", "finance", "legal")
KINDS = (
    "refund", "refund", "refund", "partial_refund", "refund_without_return", "exchange", "replacement",
    "advance_replacement", "store_credit", "goodwill", "refusal", "buy_back",
)  # fmt: skip
PROVIDER = ("pays", "pays", "pays", "refuses", "away", "lost_before", "lost_after", "late", "pending")


def eur(text: str | int) -> Money:
    return Money(Decimal(text), "EUR")


DEAR_RING = replace(RING, sale=SaleRecord("SCALE-7", 1), price=eur("480.00"))
STUDS = replace(
    RING, sku="E-18K-02", description="18K yellow gold ear studs", article="earrings", stones="none", quantity=2,
    gross_weight_g=Decimal("3.00"), net_weight_g=Decimal("3.00"), price=eur("320.00"), serial=None, sale=None,
)  # fmt: skip
SHOP = replace(load_merchant(Path("chalicelib/merchant.toml")), receiver=())
CHARGED = eur("1135.00")
PAID = Payment(
    total=CHARGED, provider="sandbox", payment_reference="pi_1001", method="card", paid_on=date(2026, 11, 1),
    tax=eur("189.17"), tax_included=True, freight=eur("15.00"), express_extra=eur("0.00"), duty=eur("0.00"),
    discounts=(), pieces=3, gifts=(),
)  # fmt: skip
SEEN = ParcelSeen(Decimal("411.3"), "DOCK-1", Decimal("0.5"), None, "none_used", contents="as_listed")
RINGS = st.sampled_from(("5.30", "5.30", "5.30", "5.29", "5.00", "4.00", None))
STUD_GRAMS = st.sampled_from(("6.00", "6.00", "3.00", "5.50"))
SERIALS = st.sampled_from(("GT-0001", "GT-0001", "GT-0001", "XX-9999", None))


@dataclass
class OddProvider:
    """A provider with books of its own, who does with the next call what it is told. ``paid`` is every time it moved
    money: one reference twice would be money paid twice."""

    does: str = "pays"
    paid: list[RefundOrder] = field(default_factory=list)
    on_its_way: dict[str, RefundOrder] = field(default_factory=dict)

    def refund(self, order: RefundOrder) -> Refunded:
        if self.does == "away":
            raise PaymentUnreachable("nobody answers")
        if self.does == "refuses":
            return Refunded("refused", why="charge_already_refunded")
        if self.does in ("late", "pending"):
            self.on_its_way[order.reference] = order
        elif self.does != "lost_before":
            self.on_its_way.pop(order.reference, None)
            self.paid.append(order)
        if self.does in ("late", "lost_before", "lost_after"):
            raise PaymentOutcomeUnknown("no answer")
        return self.find(order) or Refunded("refused")

    def find(self, order: RefundOrder) -> Refunded | None:
        if self.does == "away":
            raise PaymentUnreachable("nobody answers")
        if any(one.reference == order.reference for one in self.paid):
            return Refunded("done", f"re_{order.reference}")
        if self.does != "late" and order.reference in self.on_its_way:
            return Refunded("pending", f"re_{order.reference}")
        return None

    def time_passes(self) -> None:
        """What was under way arrives."""
        self.paid += self.on_its_way.values()
        self.on_its_way.clear()


class HeardQueues(Queues):
    """The queues, without what is told and asked outside."""

    def send(self, queue: str, messages: Sequence[Mapping[str, Any]]) -> None:
        if queue not in UNHEARD:
            super().send(queue, [one for one in messages if one.get("kind") != "claim_watch"])


class WatchedCases:
    """The store of cases, with somebody who notes every stage that a case is moved to."""

    def __init__(self, cases: Any) -> None:
        self._cases = cases
        self.moves: set[tuple[str, str]] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cases, name)

    def commit(self, case: Any, *args: Any, **kwargs: Any) -> None:
        before = self._cases.read(case.case_id)
        self._cases.commit(case, *args, **kwargs)
        if before is not None and before.stage != case.stage:
            self.moves.add((before.stage, case.stage))


class RandomEnd(RuleBasedStateMachine):
    """One case and everybody who may act on it."""

    world: World
    read: CaseFile
    settled: list[Settlement]
    read_at = -1
    refused: Counter[str]
    ended: ClassVar[list[Callable[[RandomEnd], None]]] = []

    @initialize(known=st.booleans(), payment=st.sampled_from((PAID, PAID, PAID, None)), far=st.integers(0, 6))
    def opens(self, known: bool, payment: Payment | None, far: int) -> None:
        payment = payment if known or payment is None else replace(payment, provider=None, payment_reference=None)
        order = replace(REQUEST.order, payment=payment)
        request = replace(REQUEST, order=order, items=(DEAR_RING, STUDS), pickup=None)
        self.provider = OddProvider()
        self.world = World(Gate())
        self.world.queues = HeardQueues()
        self.cases = WatchedCases(self.world.ports.cases)
        outside: Any = {"cases": self.cases, "payments": self.provider, "queues": self.world.queues}
        outside["merchant"] = lambda: SHOP
        self.world.ports = self.ports = replace(self.world.ports, **outside)
        self.acted_at, self.refused, self.acts = MONDAY, Counter(), 0
        open_return(
            self.ports, request, CLAIRE, holder="desk", idempotency_key=None, body_digest="d", dry_run=False, now=MONDAY
        )
        self._pump()
        for _ in range(far):
            self._goes_on("refund", yes=True)

    # -- the parcel

    @precondition(lambda self: self.stage in ("booked", "in_transit"))
    @rule()
    def comes_home(self) -> None:
        (number,) = self.world.carrier.memory.shipments
        self._scanned(number, "picked_up", "PARIS", "FR")
        self.world.now += 2 * DAY
        self._scanned(number, "delivered", "SHENZHEN", "CN")

    @rule(
        contents=st.sampled_from(("as_listed", "as_listed", "as_listed", "empty", "not_as_listed")), again=st.booleans()
    )
    def is_taken_in(self, contents: Any, again: bool) -> None:
        told = TakenIn(1, replace(SEEN, contents=contents))
        why = "looked_again" if again else None
        self._tries(lambda now: take_in(self.ports, CASE, told, corrects=again, why=why, by="dock-1", now=now))

    @precondition(lambda self: self.file.parts.of(Receipt))
    @rule(
        ring=RINGS, serial=SERIALS, studs=st.sampled_from((2, 2, 1, 0)), grams=STUD_GRAMS, again=st.booleans(),
        by=st.sampled_from(PEOPLE), condition=st.sampled_from(("as_sold", "as_sold", "worn", None)),
    )  # fmt: skip
    def is_looked_at(
        self, ring: str | None, serial: str | None, studs: int, grams: str, again: bool, by: str, condition: Any
    ) -> None:
        came = ring is not None
        one = PieceSeen(
            1, int(came), weighing=weighed(ring) if ring else None, stones=1 if came else None,
            serial=serial if came else None, hallmark="750" if came else None, condition=condition,
        )  # fmt: skip
        two = PieceSeen(2, studs, weighing=weighed(grams) if studs else None, hallmark="750" if studs else None,
                        stones=0 if studs else None, condition=condition)  # fmt: skip
        told, why = Inspected(1, (one, two)), "looked_again" if again else None
        self._tries(lambda now: inspect_pieces(self.ports, CASE, told, corrects=again, why=why, by=by, now=now))

    @precondition(lambda self: self.looks)
    @rule(agrees=st.sampled_from((True, True, True, False)), by=st.sampled_from(PEOPLE))
    def is_signed(self, agrees: bool, by: str) -> None:
        n = self.looks[-1].n
        self._tries(lambda now: countersign(self.ports, CASE, n, agrees=agrees, opening_video=None, by=by, now=now))

    @precondition(lambda self: self.looks)
    @rule(ring=st.integers(0, 1), studs=st.integers(0, 2), by=st.sampled_from(PEOPLE))
    def is_released(self, ring: int, studs: int, by: str) -> None:
        n, given = self.looks[-1].n, {1: (ring, Decimal("5.20") if ring else None), 2: (studs, None)}
        self._tries(lambda now: release(self.ports, CASE, n, accepted=given, why="customer_agrees", by=by, now=now))

    # -- the next sensible thing, so that cases get far

    @rule(times=st.integers(1, 5), kind=st.sampled_from(KINDS), yes=st.booleans())
    def goes_on(self, times: int, kind: Any, yes: bool) -> None:
        for _ in range(times):
            if self.stage in OVER:
                return
            self._goes_on(kind, yes)

    @rule(times=st.integers(2, 6), kind=st.sampled_from(KINDS))
    def goes_further(self, times: int, kind: Any) -> None:
        self.goes_on(times, kind, yes=True)

    def _goes_on(self, kind: Any, yes: bool) -> None:
        under_way = [one for one in self.settlements if one.is_under_way]
        ways = [one for one in self.ways if one.is_under_way]
        if self.stage in ("approved", "booked", "in_transit"):
            self.comes_home()
        elif not self.file.parts.of(Receipt):
            self.is_taken_in("as_listed", again=False)
        elif not self.looks:
            self.is_looked_at("5.30", "GT-0001", 2, "6.00", again=False, by="dock-1", condition="as_sold")
        elif self.looks[-1].holds:
            self.is_signed(agrees=True, by="dock-2")
            self.is_released(1, 2, by="lead-1")
        elif not under_way and not ways:
            self.is_seen_to(0)
            self.is_proposed(kind, "ann", "agent", False, 1, 1, "45.00", yes)
        elif under_way and under_way[-1].state == "proposed":
            self.is_approved_by_all()
        elif ways and ways[-1].state == "wanted":
            self.is_sent_out(off=False)
        elif ways and len(self.world.carrier.memory.shipments) > 1:
            self.is_carried("delivered")
        self._pump()

    # -- the settlement

    @rule(
        kind=st.sampled_from(KINDS), by=st.sampled_from(PEOPLE), role=st.sampled_from(ROLES), part=st.booleans(),
        line=st.integers(1, 2), pieces=st.integers(1, 2), amount=st.sampled_from(("20.00", "45.00", "900.00")),
        yes=st.booleans(),
    )  # fmt: skip
    def is_proposed(
        self, kind: Any, by: str, role: str, part: bool, line: int, pieces: int, amount: str, yes: bool
    ) -> None:
        wish = Wish(
            kind, "as_agreed", lines=((line, pieces),) if part else (), customer_agreed=yes, why="so_decided",
            amount=eur(amount) if kind == "goodwill" else None,
            replacement_worth=eur(amount) if kind == "exchange" else None,
            buy_back=BuyBack(eur("60.00"), eur("20.00"), date(2026, 11, 20), "fixing") if kind == "buy_back" else None,
        )  # fmt: skip
        known = {one.n for one in self.settlements}
        self._tries(lambda now: propose(self.ports, CASE, wish, by=by, role=role, now=now))
        for one in self.settlements:
            if one.n not in known:
                self._holds_to_what_came(one)

    @precondition(lambda self: self.settlements)
    @rule(by=st.sampled_from(PEOPLE), role=st.sampled_from(ROLES))
    def is_approved(self, by: str, role: str) -> None:
        self._tries(lambda now: approve(self.ports, CASE, self.last, by=by, role=role, now=now))

    @precondition(lambda self: any(one.state == "proposed" for one in self.settlements))
    @rule()
    def is_approved_by_all(self) -> None:
        """Everybody who may approves it."""
        for by, role in (("zoe", "manager"), ("ivy", "lead"), ("fin", "finance"), ("law", "legal")):
            self._tries(lambda now, by=by, role=role: approve(self.ports, CASE, self.last, by=by, role=role, now=now))
        self._tries(lambda now: agree(self.ports, CASE, self.last, by="ann", now=now))

    @precondition(lambda self: self.settlements)
    @rule(by=st.sampled_from(PEOPLE))
    def is_withdrawn(self, by: str) -> None:
        self._tries(lambda now: withdraw(self.ports, CASE, self.last, by=by, now=now))

    @rule(does=st.sampled_from(PROVIDER))
    def provider_changes(self, does: str) -> None:
        self.provider.does = does

    @precondition(lambda self: any(one.state == "unknown" or one.pays == "person" for one in self.settlements))
    @rule()
    def is_looked_up(self) -> None:
        """A person reads the provider's books and says what became of it; of what is still on its way they wait."""
        for one in [one for one in self.settlements if one.reference not in self.provider.on_its_way]:
            paid = one.pays == "person" or any(order.reference == one.reference for order in self.provider.paid)
            found = FoundOut("paid", f"re_{one.reference}", self.world.now.date()) if paid else FoundOut("not_paid")
            if one.state in ("unknown", "approved"):
                self._tries(lambda now, n=one.part_id, found=found: reconcile(
                    self.ports, CASE, n, found, by="fin", now=now
                ))  # fmt: skip

    # -- what comes in between

    @rule(does=st.sampled_from(("note", "note", "answer", "win", "lose", "give_up")))
    def bank_asks(self, does: Any) -> None:
        notice = Notice("visa", "13.7", MONDAY.date(), eur("480.00"), "CB-1")
        if does == "note":
            self._tries(lambda now: note_dispute(self.ports, CASE, notice, holder="fin", now=now))
        else:
            for one in self.file.parts.of(Dispute):
                self._tries(lambda now, n=one.dispute_id: act_on_dispute(
                    self.ports, CASE, n, does, why=None, holder="fin", now=now
                ))  # fmt: skip

    @rule(line=st.sampled_from(((), (1,), (2,))))
    def customer_withdraws(self, line: tuple[int, ...]) -> None:
        self._tries(lambda now: declare(self.ports, CASE, lines=line, by="customer", now=now))

    @precondition(lambda self: self.ways)
    @rule(off=st.sampled_from((False, False, False, True)))
    def is_sent_out(self, off: bool) -> None:
        way = self.ways[-1]
        if off:
            self._tries(lambda now: call_off_way_out(
                self.ports, CASE, way.leg_n, why="changed_mind", holder="ann", now=now
            ))  # fmt: skip
            return
        items = (replace(DEAR_RING, serial="GT-0077"),) if way.cause == "replacement" else ()
        facts = OutFacts(export_reference="26FR0001", vat_refunded=False)
        wish = OutWish(way.cause, "anna", settlement_n=way.settlement_n, items=items, facts=facts, without_proof=True)
        self._tries(lambda now: plan_way_out(self.ports, CASE, wish, now))

    @precondition(lambda self: len(self.world.carrier.memory.shipments) > 1)
    @rule(word=st.sampled_from(("picked_up", "delivered")))
    def is_carried(self, word: str) -> None:
        number = list(self.world.carrier.memory.shipments)[-1]
        self.world.now += DAY
        self._scanned(number, word, "PARIS", "FR")

    @rule(which=st.integers(0, 5))
    def is_seen_to(self, which: int) -> None:
        """Somebody resolves something of the work list."""
        found = [one for one in self.file.exceptions if one.status != "resolved"]
        if found:
            verdict = Verdict("resolve", "anna", note="seen to")
            one = found[which % len(found)]
            self._tries(lambda now: act_on_exception(self.ports, one.exception_id, verdict, now))

    @rule(forced=st.booleans(), cancels=st.sampled_from((False, False, True)))
    @precondition(lambda self: self.acts > 25)
    def is_ended(self, forced: bool, cancels: bool) -> None:
        if cancels:
            self._tries(lambda now: cancel_case(self.ports, CASE, reason="customer_keeps_it", holder="ann", now=now))
        else:
            self._tries(lambda now: close_case(
                self.ports, CASE, reason="said_so", even_though=forced, may_force=forced, by="ann", now=now
            ))  # fmt: skip

    # -- workers and time

    @rule(places=st.lists(st.integers(0, 9), min_size=1, max_size=6), twice=st.booleans())
    def is_worked_on(self, places: list[int], twice: bool) -> None:
        """Some of what waits is delivered, in any order, some of it twice."""
        for place in places:
            if not self.waiting:
                return
            self._deliver(place % len(self.waiting), stays=twice)

    @rule(ticks=st.integers(1, 10))
    def time_passes(self, ticks: int) -> None:
        """Half days pass, with the schedule and with all that waits worked off."""
        for _ in range(ticks):
            self._pump()
            self.world.now += TICK
            sweep(self.ports, self.world.now)
            self._pump()
            self._every_day_was_told()
        self.provider.time_passes()

    # -- what must hold always

    @invariant()
    def money_is_in_balance_and_within_what_was_paid(self) -> None:
        postings = self.file.parts.of(Posting)
        balances(postings)
        bought = {one.n for one in self.settlements if one.kind == "buy_back"}
        back = given_back((one for one in postings if one.settlement_n not in bought), "EUR")
        most = eur("1120.00") if self.file.plan.request.order.payment is None else CHARGED
        assert back.amount <= most.amount, "more was given back than was paid"
        bound = [one.gave for one in self.settlements if one.gave is not None]
        assert total(bound, "EUR").amount <= most.amount, "more is promised than was paid"

    @invariant()
    def provider_paid_once_and_what_was_recorded(self) -> None:
        paid = Counter(order.reference for order in self.provider.paid)
        assert all(n == 1 for n in paid.values()), f"paid twice: {paid}"
        for one in self.settlements:
            if one.state == "done" and one.pays == "provider":
                assert paid[one.reference or ""] == 1, "recorded as paid and was not"
            if one.state in ("withdrawn", "proposed", "refused_by_provider"):
                assert one.reference is None or not paid[one.reference], "paid, and recorded as not"
        sums = Counter(one.settlement_n for one in self.file.parts.of(Posting))
        assert all(n == 1 for n in sums.values()), "posted twice"

    @invariant()
    def stages_move_as_the_table_says(self) -> None:
        assert all(after in NEXT[before] for before, after in self.cases.moves), self.cases.moves  # type: ignore[index]

    @invariant()
    def one_parcel_goes_for_one_settlement(self) -> None:
        live = Counter(one.settlement_n for one in self.ways if one.state in ("wanted", "planned", "sent", "delivered"))
        assert all(n <= 1 for n in live.values())

    def teardown(self) -> None:
        """Whatever the state, a person can close the case; and what was on its way comes to its end."""
        if not hasattr(self, "world"):
            return
        if self.stage != "cancelled":
            told = close_case(
                self.ports, CASE, reason="given_up", even_though=True, may_force=True, by="boss", now=self.world.now
            )
            assert told["stage"] == "closed"
        self.provider.does = "pays"
        self.provider.time_passes()
        self.time_passes(3)
        self.is_looked_up()
        self.time_passes(2)
        for one in self.settlements:
            is_by_hand = one.pays == "person" and one.state == "approved"
            assert not one.is_under_way or is_by_hand, f"{one.kind} is {one.state} for ever"
        self.money_is_in_balance_and_within_what_was_paid()
        self.provider_paid_once_and_what_was_recorded()
        assert broken_at(self.file.log) is None, "the case log does not verify"
        assert not self.waiting
        for each in self.ended:
            each(self)

    # -- how it is done

    @property
    def file(self) -> CaseFile:
        """The case as it stands, read again only when something was written."""
        if self.read_at != self.world.table.writes:
            found = self.ports.cases.file(CASE)
            assert found is not None
            self.read, self.read_at = found, self.world.table.writes
            self.settled = sorted(found.parts.of(Settlement), key=lambda one: one.n)
        return self.read

    @property
    def stage(self) -> str:
        return str(self.file.case.stage)

    @property
    def settlements(self) -> list[Settlement]:
        assert self.file
        return self.settled

    @property
    def last(self) -> str:
        return self.settlements[-1].part_id

    @property
    def looks(self) -> list[Inspection]:
        return sorted(self.file.parts.of(Inspection), key=lambda one: one.n)

    @property
    def ways(self) -> list[WayOut]:
        return sorted(self.file.parts.of(WayOut), key=lambda one: one.leg_n)

    @property
    def waiting(self) -> deque[Any]:
        return self.world.queues.waiting

    def _tries(self, act: Callable[[datetime], Any]) -> None:
        """Somebody acts. What is refused has changed nothing."""
        self.world.now += timedelta(seconds=20)
        self.acted_at = self.world.now
        self.acts += 1
        before, refused = self.world.table.writes, None
        try:
            act(self.world.now)
        except REFUSED as said:
            refused = said
        if refused is not None:
            assert str(refused)
            assert self.world.table.writes == before, f"refused, and written all the same: {refused}"
            self.refused[type(refused).__name__] += 1

    def _deliver(self, place: int, *, stays: bool = False) -> None:
        one = self.waiting[place]
        if not stays:
            del self.waiting[place]
        self.world.now += timedelta(seconds=1)
        handle = lambda: HANDLERS[one.queue](self.ports, json.loads(one.body), self.world.now)  # noqa: E731
        if one.queue == "payments":
            self._settles_nothing_held(handle)
        else:
            handle()

    def _settles_nothing_held(self, work: Callable[[], Any]) -> None:
        before = {one.n: one.state for one in self.settlements if one.state == "approved"}
        held = before and any(one.holds for one in standing(self.looks) if one.after_repair is None)
        work()
        if held:
            begun = [one for one in self.settlements if one.n in before and one.state in ("paying", "done")]
            assert not begun, f"settled on a held inspection: {begun[0].kind}"

    def _pump(self) -> None:
        for _ in range(400):
            if not self.waiting:
                return
            self._deliver(0)
        raise AssertionError("it never comes to rest")

    def _scanned(self, number: str, word: str, city: str, country: str) -> None:
        self.world.now += HOUR
        said = self.world.carrier.spoken(word, city, country, self.world.now)
        self.world.carrier.scan(
            number, said.code, city, country, self.world.now, description=said.description,
            exception_code=said.exception_code, exception_description=said.exception_description,
        )  # fmt: skip
        self.world.push(number)
        self.acted_at = self.world.now

    def _holds_to_what_came(self, one: Settlement) -> None:
        """Money for pieces is given for those that were accepted, and once."""
        pieces = Counter[int]()
        for each in self.settlements:
            if each.gave is not None or each.state in ("done", "approved", "proposed"):
                for line in each.lines:
                    if line.code in ("price", "replaced", "sent_back") and each.state not in (
                        "withdrawn", "refused_by_provider",
                    ):  # fmt: skip
                        pieces[line.line or 0] += line.pieces or 0
        assert pieces[1] <= 1, "the ring was settled twice"
        assert pieces[2] <= 2, "more studs were settled than were sold"
        if one.kind in ("refund", "partial_refund", "store_credit", "exchange"):
            accepted = {piece.line: piece.accepted for look in standing(self.looks) for piece in look.pieces}
            for line in one.lines:
                if line.code == "price":
                    assert (line.pieces or 0) <= accepted.get(line.line or 0, 0), "paid for what was not accepted"

    def _every_day_was_told(self) -> None:
        """No legal day of a refund passes without an exception that was open before it."""
        file, now = self.file, self.world.now
        if file.case.stage in OVER:
            return
        sight = sight_of(self.ports, file)
        if any(one.state == "done" and sight.rules.kind(one.kind).ends for one in sight.settlements):
            return
        agreed = min((one.proposed_at for one in sight.settlements if one.is_under_way), default=None)
        clock = earliest(sight.clocks(agreed))
        if clock is None or now < clock.ends_at:
            return
        told = [
            one.history[0].at for one in file.exceptions if one.kind in ("refund_due", "withdrawal_refund_due")
        ]  # fmt: skip
        latest = max(clock.ends_at, self.acted_at + TICK + HOUR)
        assert any(at <= latest for at in told), f"{clock.code} ended on {clock.last_day} and nobody was told"


CASE = "case0001"
