"""One case, played at random through its public stories from its parcel's arrival to its end, by hypothesis.

It comes from one of six countries, as a refund, an exchange, a guarantee or a recall, and sometimes its order has
another return beside it. People weigh, sign, release, propose, approve, withdraw, dispute, send out, cancel and close
in any order and with any figures; the provider pays, refuses, is away, or loses its answer; messages lie, come twice
and in any order; time passes with its schedule. What must hold always is checked after every step. The suite plays
some, ``make random-ends`` ten thousand.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.errors import ReturnRefused
from chalicelib.money import total
from chalicelib.returns.case import Item, ReturnRequest
from chalicelib.returns.custody import Receipt
from chalicelib.returns.dispute_clocks import Notice
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.inspection import Inspection, standing
from chalicelib.returns.judge_piece import PieceSeen
from chalicelib.returns.money_ledger import balances, given_back
from chalicelib.returns.payment import Payment
from chalicelib.returns.settlement import Posting, Settlement
from chalicelib.returns.stages import NEXT, OVER
from chalicelib.returns.way_out import OutFacts, WayOut
from chalicelib.workflows.build_settlement import BuyBack, Wish
from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.close_case import close_case
from chalicelib.workflows.decide_return import Ruling, decide_return
from chalicelib.workflows.declare_withdrawal import declare
from chalicelib.workflows.inspect_pieces import Inspected, inspect_pieces
from chalicelib.workflows.keep_disputes import act_on_dispute, note_dispute
from chalicelib.workflows.keep_settlement import FoundOut, agree, approve, propose, reconcile, withdraw
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.plan_out import OutWish
from chalicelib.workflows.ports import CaseFile
from chalicelib.workflows.send_out import call_off_way_out, plan_way_out
from chalicelib.workflows.sign_inspection import countersign, release
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_in import TakenIn, take_in
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.faults.gate import Gate
from tests.faults.world import HANDLERS, MONDAY, World
from tests.workflows.dock import weighed
from tests.workflows.odd_house import (
    APPROVERS,
    CHARGED,
    DAY,
    DEAR_RING,
    HOUR,
    KINDS,
    PAYMENTS,
    PEOPLE,
    PROVIDER,
    REFUSED,
    RINGS,
    ROLES,
    SEEN,
    SERIALS,
    STUD_GRAMS,
    STUDS,
    TICK,
    Accepted,
    HeardQueues,
    OddProvider,
    WatchedCases,
    accepted_of,
    assert_as_last_accepted,
    assert_every_day_was_told,
    assert_held_to_what_came,
    eur,
)
from tests.workflows.odd_orders import AS_SOLD, ASKED, COUNTRIES, DELIVERED, OTHER, Asked

CASE = "case0001"
ON_ITS_WAY = frozenset({"approved", "booked", "in_transit"})


class RandomEnd(RuleBasedStateMachine):
    """One case and everybody who may act on it."""

    world: World
    read: CaseFile
    settled: list[Settlement]
    read_at = -1
    refused: Counter[str]
    reckoned: dict[int, Accepted]
    ended: ClassVar[list[Callable[[RandomEnd], None]]] = []

    @initialize(
        payment=PAYMENTS, far=st.integers(0, 9), does=st.sampled_from(PROVIDER), country=COUNTRIES, asked=ASKED,
        delivered_on=DELIVERED,
    )  # fmt: skip
    def opens(self, payment: Payment | None, far: int, does: str, country: str, asked: Any, delivered_on: date) -> None:
        self.asked = Asked(country, *asked, delivered_on, payment)
        self.provider = OddProvider(does)
        self.world = World(Gate())
        self.world.queues = HeardQueues()
        self.cases = WatchedCases(self.world.ports.cases)
        outside: Any = {"cases": self.cases, "payments": self.provider, "queues": self.world.queues}
        ids, shop, self.opening = map("id{:04}".format, count(1)), self.asked.shop, CASE
        outside |= {"merchant": lambda: shop, "new_id": lambda: self.opening or next(ids)}
        self.world.ports = self.ports = replace(self.world.ports, **outside)
        self.acted_at, self.refused, self.acts, self.reckoned = MONDAY, Counter(), 0, {}
        self._opens(CASE, self.asked.request)
        for _ in range(far):
            self._goes_on("refund", yes=True)

    def _opens(self, case_id: str, request: ReturnRequest) -> None:
        """Opened, and approved by a person where a machine does not."""
        self.opening = case_id
        open_return(
            self.ports, request, self.asked.person, holder="desk", idempotency_key=None, body_digest=case_id,
            dry_run=False, now=self.world.now,
        )  # fmt: skip
        self.opening = ""
        self._pump()
        if self._file_of(case_id).case.stage in ("review", "evidence_needed"):
            self._tries(lambda now: decide_return(self.ports, case_id, Ruling("approved"), holder="lead-1", now=now))
            self._pump()

    # -- another return of the same order

    @precondition(lambda self: self.acts > 4)
    @rule(times=st.integers(1, 6), kind=st.sampled_from(("refund", "refund", "store_credit", "goodwill", "exchange")))
    def other_return_goes_on(self, times: int, kind: Any) -> None:
        if self.ports.cases.read(OTHER) is None:
            try:
                self._opens(OTHER, self.asked.same_order_again())
            except ReturnRefused:  # its time was over
                self.opening = ""
                return
        for _ in range(times):
            self._goes_on_beside(self._file_of(OTHER), kind)
            self._pump()

    def _goes_on_beside(self, file: CaseFile, kind: Any) -> None:
        looks = file.parts.of(Inspection)
        waits = [one for one in file.parts.of(Settlement) if one.state == "proposed"]
        if file.case.stage in ON_ITS_WAY:
            self._arrives(file)
        elif not file.parts.of(Receipt):
            told = TakenIn(1, replace(SEEN, weight_g=file.legs[0].gross_weight_g))
            self._tries(lambda now: take_in(self.ports, OTHER, told, corrects=False, why=None, by="dock-1", now=now))
        elif not looks:
            found = Inspected(1, (AS_SOLD,))
            self._tries(
                lambda now: inspect_pieces(self.ports, OTHER, found, corrects=False, why=None, by="dock-1", now=now)
            )
        elif looks[-1].holds:
            given = {1: (2, None)}
            self._tries(lambda now: countersign(
                self.ports, OTHER, 1, agrees=True, opening_video=None, by="dock-2", now=now
            ))  # fmt: skip
            self._tries(lambda now: release(
                self.ports, OTHER, 1, accepted=given, why="customer_agrees", by="lead-1", now=now
            ))  # fmt: skip
        elif troubles := [one for one in file.exceptions if one.status != "resolved"]:
            verdict = Verdict("resolve", "anna", note="seen to")
            self._tries(lambda now: act_on_exception(self.ports, troubles[0].exception_id, verdict, now))
        elif waits:
            for by, role in APPROVERS:
                self._tries(lambda now, by=by, role=role: approve(
                    self.ports, OTHER, waits[-1].part_id, by=by, role=role, now=now
                ))  # fmt: skip
        else:
            worth = eur("45.00")
            wish = Wish(
                kind, "as_agreed", customer_agreed=True, amount=worth if kind == "goodwill" else None,
                replacement_worth=worth if kind == "exchange" else None,
            )  # fmt: skip
            self._tries(lambda now: propose(self.ports, OTHER, wish, by="ann", role="agent", now=now))

    # -- the parcel

    @precondition(lambda self: self.stage in ON_ITS_WAY)
    @rule()
    def comes_home(self) -> None:
        self._arrives(self.file)

    def _arrives(self, file: CaseFile) -> None:
        number = next(leg.number for leg in file.legs if leg.n == 1)
        if number is not None:
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
    @rule(contents=st.sampled_from(("as_listed", "partly", "empty")), grams=st.sampled_from(("148.5", "20", None)))
    def second_box_is_taken_in(self, contents: Any, grams: str | None) -> None:
        weight = Decimal(grams) if grams else None
        told = TakenIn(1, replace(SEEN, contents=contents, weight_g=weight, seal=None), parcel=2)
        self._tries(lambda now: take_in(self.ports, CASE, told, corrects=False, why=None, by="dock-1", now=now))

    @precondition(lambda self: len(self.file.parts.of(Receipt)) > 1 and self.looks)
    @rule(studs=st.sampled_from((2, 1)), grams=STUD_GRAMS, by=st.sampled_from(PEOPLE))
    def second_box_is_looked_at(self, studs: int, grams: str, by: str) -> None:
        one = PieceSeen(2, studs, weighing=weighed(grams), hallmark="750", stones=0, condition="as_sold")
        self._tries(lambda now: inspect_pieces(
            self.ports, CASE, Inspected(1, (one,)), corrects=False, why=None, by=by, now=now
        ))  # fmt: skip

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
        if self.stage in ON_ITS_WAY:
            self.comes_home()
        elif not self.file.parts.of(Receipt):
            self.is_taken_in("as_listed", again=False)
        elif not self.looks:
            self.is_looked_at("5.30", "GT-0001", 2, "6.00", again=False, by="dock-1", condition="as_sold")
        elif self.looks[-1].holds and yes:
            self.is_signed(agrees=True, by="dock-2")
            self.is_released(1, 2, by="lead-1")
        elif not under_way and not ways:
            self.is_seen_to(0)
            self.is_proposed(kind, "ann", "agent", False, 1, 1, "45.00", yes)
        elif under_way and under_way[-1].state == "proposed":
            self.is_approved_by_all()
        elif under_way and under_way[-1].state == "unknown":
            self.is_looked_up()
        elif ways and ways[-1].state == "wanted":
            self.is_sent_out(off=False)
        elif self.on_the_road:
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
        bought = BuyBack(eur("60.00"), eur("20.00"), self.world.now.date(), "fixing")
        wish = Wish(
            kind, "as_agreed", lines=((line, pieces),) if part else (), customer_agreed=yes, why="so_decided",
            amount=eur(amount) if kind == "goodwill" else None,
            replacement_worth=eur(amount) if kind == "exchange" else None,
            buy_back=bought if kind == "buy_back" else None,
        )  # fmt: skip
        known = {one.n for one in self.settlements}
        self._tries(lambda now: propose(self.ports, CASE, wish, by=by, role=role, now=now))
        if {one.n for one in self.settlements} != known:
            self.reckoned[self.settlements[-1].n] = accepted_of(self.looks)
            assert_held_to_what_came(self.settlements, self.looks)

    @precondition(lambda self: self.settlements)
    @rule(by=st.sampled_from(PEOPLE), role=st.sampled_from(ROLES))
    def is_approved(self, by: str, role: str) -> None:
        self._tries(lambda now: approve(self.ports, CASE, self.last, by=by, role=role, now=now))

    @precondition(lambda self: any(one.state == "proposed" for one in self.settlements))
    @rule()
    def is_approved_by_all(self) -> None:
        """Everybody who may approves it."""
        for by, role in APPROVERS:
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
        """A person reads the provider's books and says what became of it. What is on its way is in no book yet: it
        turns up as soon as they have said that it was not paid; of a return that is over they wait for it."""
        for one in [one for one in self._of_the_order() if one.state in ("unknown", "approved")]:
            is_on_its_way = one.reference in self.provider.on_its_way
            if is_on_its_way and self._file_of(one.case_id).case.stage in OVER:
                continue
            paid = one.pays == "person" or any(order.reference == one.reference for order in self.provider.paid)
            found = FoundOut("paid", f"re_{one.reference}", self.world.now.date()) if paid else FoundOut("not_paid")
            self._tries(
                lambda now, one=one, found=found: reconcile(
                    self.ports, one.case_id, one.part_id, found, by="fin", now=now
                )
            )
            if is_on_its_way:
                self.provider.time_passes()

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

    @rule(line=st.sampled_from(((), (1,), (2,))), days_ago=st.sampled_from((0, 0, 0, 1, 9)))
    def customer_withdraws(self, line: tuple[int, ...], days_ago: int) -> None:
        """Now, or in a letter that was written before and is read now."""
        at = self.world.now - days_ago * DAY if days_ago else None
        self._tries(lambda now: declare(self.ports, CASE, lines=line, by="customer", now=now, declared_at=at))

    @rule(yes=st.sampled_from((True, True, False)))
    def withdrawal_is_judged(self, yes: bool) -> None:
        ruling = Ruling("approved") if yes else Ruling("refused", reasons=("withdrawal_window_over",))
        self._tries(lambda now: decide_return(self.ports, CASE, ruling, holder="lead-1", now=now))

    @precondition(lambda self: self.ways)
    @rule(off=st.sampled_from((False, False, False, True)))
    def is_sent_out(self, off: bool) -> None:
        way = self.ways[-1]
        if off:
            self._tries(lambda now: call_off_way_out(
                self.ports, CASE, way.leg_n, why="changed_mind", holder="ann", now=now
            ))  # fmt: skip
            return
        items = self._pieces_for(way) if way.cause == "replacement" else ()
        facts = OutFacts(export_reference="26FR0001", vat_refunded=False)
        wish = OutWish(way.cause, "anna", settlement_n=way.settlement_n, items=items, facts=facts, without_proof=True)
        self._tries(lambda now: plan_way_out(self.ports, CASE, wish, now))

    def _pieces_for(self, way: WayOut) -> tuple[Item, ...]:
        """The same again as was settled, and for an exchange one piece of the worth that was agreed."""
        settled = next(one for one in self.settlements if one.n == way.settlement_n)
        if settled.replacement_worth is not None:
            return (replace(DEAR_RING, serial="GT-0077", price=settled.replacement_worth),)
        bound = {one.line: one.pieces or 0 for one in settled.lines if one.code in ("price", "replaced")}
        known = {1: replace(DEAR_RING, serial="GT-0077"), 2: STUDS}
        return tuple(replace(known[line], quantity=pieces) for line, pieces in bound.items() if line)

    @precondition(lambda self: self.on_the_road)
    @rule(word=st.sampled_from(("picked_up", "delivered")))
    def is_carried(self, word: str) -> None:
        number = self.on_the_road[-1]
        self.world.now += DAY
        self._scanned(number, word, "PARIS", "FR")

    @precondition(lambda self: self.called_off_unscanned)
    @rule()
    def is_carried_though_called_off(self) -> None:
        """The dock hands over what nobody wants to leave: somebody is told of it at once."""
        leg_n, number = self.called_off_unscanned[-1]
        self.world.now += DAY
        self._scanned(number, "picked_up", "PARIS", "FR")
        self._pump()
        told = {one.leg_n for one in self.file.exceptions if one.kind == "called_off_moves"}
        left = {one.leg_n for one in self.ways if one.state != "called_off"}
        assert leg_n in told or leg_n not in left, "a parcel left that was called off, and nobody was told"

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
            assert_every_day_was_told(self.ports, self.file, self.world.now, self.acted_at)
            if (beside := self.ports.cases.file(OTHER)) is not None:
                assert_every_day_was_told(self.ports, beside, self.world.now, self.acted_at)
        self.provider.time_passes()

    # -- what must hold always

    @invariant()
    def money_is_in_balance_and_within_what_was_paid(self) -> None:
        postings = self.file.parts.of(Posting)
        balances(postings)
        bought = {one.n for one in self.settlements if one.kind == "buy_back"}
        late = total((one.total - one.principal for one in self.settlements if one.state == "done"), "EUR")
        back = given_back((one for one in postings if one.settlement_n not in bought), "EUR") - late
        most = eur("1120.00") if self.file.plan.request.order.payment is None else CHARGED
        assert back.amount <= most.amount, "more was given back than was paid"
        bound = [one.gave for one in self.settlements if one.gave is not None]
        assert total(bound, "EUR").amount <= most.amount, "more is promised than was paid"
        every = [one.gave for one in self._of_the_order() if one.gave is not None]
        if self.file.plan.request.order.payment is not None:
            assert total(every, "EUR").amount <= most.amount, "two returns of one order promise more than was paid"

    @invariant()
    def provider_paid_once_and_what_was_recorded(self) -> None:
        paid = Counter(order.reference for order in self.provider.paid)
        assert all(n == 1 for n in paid.values()), f"paid twice: {paid}"
        most = total((order.amount for order in self.provider.paid), "EUR")
        assert most.amount <= CHARGED.amount, "the provider gave back more than was charged"
        for one in self._of_the_order():
            if one.state == "done" and one.pays == "provider":
                assert paid[one.reference or ""] == 1, "recorded as paid and was not"
            if one.state in ("withdrawn", "proposed", "refused_by_provider"):
                assert one.reference is None or not paid[one.reference], "paid, and recorded as not"
        sums = Counter(one.settlement_n for one in self.file.parts.of(Posting))
        assert all(n == 1 for n in sums.values()), "posted twice"

    @invariant()
    def stages_move_as_the_table_says(self) -> None:
        assert all(after in NEXT[before] for before, after in self.cases.moves), self.cases.moves  # type: ignore[index]

    @property
    def strays(self) -> set[int | None]:
        """Parcels that left though they were called off; somebody was told of each."""
        return {one.leg_n for one in self.file.exceptions if one.kind == "called_off_moves"}

    @invariant()
    def nothing_goes_that_no_settlement_lets_go(self) -> None:
        by = {one.n: one for one in self.settlements}
        for way in self.ways:
            if way.leg_n in self.strays:
                continue
            settled = by.get(way.settlement_n or 0)
            assert settled is not None, "a parcel goes for no settlement"
            assert settled.sends == way.cause, "a parcel goes for another outcome"
            if way.state in ("planned", "sent", "delivered") and self.stage not in OVER:
                by_hand = settled.state == "approved" and settled.pays == "person"
                assert settled.state == "done" or by_hand, f"a parcel is {way.state}, and it is {settled.state}"

    @invariant()
    def one_parcel_goes_for_one_settlement(self) -> None:
        mine = (one for one in self.ways if one.leg_n not in self.strays)
        live = Counter(one.settlement_n for one in mine if one.state in ("wanted", "planned", "sent", "delivered"))
        assert all(n <= 1 for n in live.values()), "two parcels go out for one settlement"

    def teardown(self) -> None:
        """Whatever the state, a person can close the case; and what was on its way comes to its end."""
        if not hasattr(self, "world"):
            return
        for case_id in (CASE, OTHER):
            case = self.ports.cases.read(case_id)
            if case is not None and case.stage != "cancelled":
                told = close_case(
                    self.ports, case_id, reason="given_up", even_though=True, may_force=True, by="boss",
                    now=self.world.now,
                )  # fmt: skip
                assert told["stage"] == "closed"
        self.provider.does = "pays"
        self.provider.time_passes()
        self.time_passes(3)
        self.is_looked_up()
        self.time_passes(2)
        for one in self._of_the_order():
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

    def _file_of(self, case_id: str) -> CaseFile:
        found = self.ports.cases.file(case_id)
        assert found is not None
        return found

    def _of_the_order(self) -> list[Settlement]:
        """The settlements of every return of the order."""
        beside = self.ports.cases.file(OTHER)
        return [*self.settlements, *(beside.parts.of(Settlement) if beside else ())]

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
    def on_the_road(self) -> list[str]:
        """The waybills of what goes out and was not called off."""
        legs = {one.leg_n for one in self.ways if one.state in ("planned", "sent")}
        return [leg.number for leg in self.file.legs if leg.n in legs and leg.number is not None]

    @property
    def called_off_unscanned(self) -> list[tuple[int, str]]:
        """What was called off with a waybill in hand, while no other goes for the same settlement."""
        goes = {one.settlement_n for one in self.ways if one.state in ("wanted", "planned", "sent", "delivered")}
        legs = {one.leg_n for one in self.ways if one.state == "called_off" and one.settlement_n not in goes}
        return [(leg.n, leg.number) for leg in self.file.legs if leg.n in legs and leg.number is not None]

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
        if one.queue == "payments" and json.loads(one.body)["case_id"] == CASE:
            self._settles_nothing_held(handle)
        else:
            handle()

    def _settles_nothing_held(self, work: Callable[[], Any]) -> None:
        before = {one.n: one.state for one in self.settlements if one.state == "approved"}
        held = before and any(one.holds for one in standing(self.looks) if one.after_repair is None)
        work()
        begun = [one for one in self.settlements if one.n in before and one.state in ("paying", "done")]
        assert not (begun and held), f"settled on a held inspection: {begun[0].kind}"
        for one in begun:
            known = any(order.reference == one.reference for order in self.provider.paid)
            if one.n in self.reckoned and not (known and one.state == "done"):
                assert_as_last_accepted(one, self.reckoned[one.n], self.looks)

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
