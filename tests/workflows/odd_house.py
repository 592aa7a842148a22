"""An odd house for random cases: a provider with books of its own, ears for some queues only, an eye on every stage;
what is sold there, and what must hold of money and days whatever happens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError, NotPermitted, RuleNotInForce
from chalicelib.merchant import load_merchant
from chalicelib.money import Money
from chalicelib.returns.case import SaleRecord
from chalicelib.returns.disputes import PAID_BY_THE_BANK, Dispute
from chalicelib.returns.inspection import Inspection, standing
from chalicelib.returns.judge_parcel import ParcelSeen
from chalicelib.returns.payment import Payment
from chalicelib.returns.settlement import LIVE, Settlement
from chalicelib.returns.settlement_deadlines import earliest
from chalicelib.returns.stages import OVER
from chalicelib.workflows.payment_ports import PaymentOutcomeUnknown, PaymentUnreachable, Refunded, RefundOrder
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.settlement_sight import sight_of
from tests.faults.stories import RING
from tests.faults.world import Queues

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICK = 12 * HOUR
# What is told, printed, claimed and asked of carriers has tests of its own; here it would only take time.
UNHEARD = frozenset({"notices", "deliveries", "papers", "polls"})
REFUSED = (ConflictError, InvalidRequestError, NotFoundError, NotPermitted, RuleNotInForce)
PEOPLE = ("ann", "max", "lea", "fin", "law", "dock-1", "dock-2", "lead-1")
APPROVERS = (("zoe", "manager"), ("ivy", "lead"), ("fin", "finance"), ("law", "legal"))
ROLES = ("", "agent", "senior", "lead", "manager", "finance", "legal")
KINDS = (
    "refund", "refund", "refund", "partial_refund", "refund_without_return", "exchange", "replacement",
    "advance_replacement", "store_credit", "goodwill", "refusal", "buy_back",
)  # fmt: skip
FOR_WHAT_CAME = frozenset({"refund", "partial_refund", "store_credit", "exchange"})
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
# By card; in a way that only people can pay back; and one of which nobody has said how.
PAYMENTS = st.sampled_from((PAID, PAID, PAID, replace(PAID, provider=None, payment_reference=None), None))
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


def assert_held_to_what_came(settlements: Sequence[Settlement], looks: Iterable[Inspection]) -> None:
    """Pieces are settled once, and money for them is given for those that were accepted; the last was just proposed."""
    pieces: Counter[int] = Counter()
    for line in (line for one in settlements if one.state in LIVE for line in one.lines):
        pieces[line.line or 0] += (line.pieces or 0) if line.code in ("price", "replaced", "sent_back") else 0
    assert pieces[1] <= DEAR_RING.quantity, "the ring was settled twice"
    assert pieces[2] <= STUDS.quantity, "more studs were settled than were sold"
    one = settlements[-1]
    if one.kind not in FOR_WHAT_CAME:
        return
    accepted = {piece.line: piece.accepted for look in standing(looks) for piece in look.pieces}
    for line in one.lines:
        paid_for = (line.pieces or 0) if line.code == "price" else 0
        assert paid_for <= accepted.get(line.line or 0, 0), "paid for what was not accepted"


Accepted = Mapping[int, tuple[int, Decimal | None, str | None]]


def accepted_of(looks: Iterable[Inspection]) -> Accepted:
    """How many pieces of each line the standing inspections accepted, their metal and their condition."""
    stands = [one for one in standing(looks) if one.after_repair is None]
    return {one.line: (one.accepted, one.accepted_net_g, one.condition) for look in stands for one in look.pieces}


def assert_as_last_accepted(one: Settlement, reckoned: Accepted, looks: Iterable[Inspection]) -> None:
    """What is begun to be paid was accepted by the inspection that stands now, as it was when the amount was
    reckoned."""
    if one.kind not in FOR_WHAT_CAME:
        return
    now = accepted_of(looks)
    for line in {each.line or 0 for each in one.lines if each.code == "price"}:
        assert now.get(line) == reckoned.get(line), f"{one.kind} of line {line} is paid on an older inspection"
        paid_for = sum(each.pieces or 0 for each in one.lines if each.code == "price" and each.line == line)
        assert paid_for <= now.get(line, (0, None, None))[0], "paid for what the last inspection did not accept"


def assert_every_day_was_told(ports: Ports, file: CaseFile, now: datetime, since: datetime) -> None:
    """No legal day of a refund has passed without an exception that was open before it; ``since`` is when anybody last
    acted, which may have moved the day into the past. None is owed while nobody asks for money: of an exchange or a
    guarantee before a withdrawal or a settlement."""
    if file.case.stage in OVER:
        return
    sight = sight_of(ports, file)
    ended = any(one.state == "done" and sight.rules.kind(one.kind).ends for one in sight.settlements)
    if (ended or sight.banked) and not _unsettled(file):
        return
    if file.case.kind not in ("refund", "recall") and not sight.withdrawals and not sight.settlements:
        return
    agreed = min((one.proposed_at for one in sight.settlements if one.is_under_way), default=None)
    clock = earliest(sight.clocks(agreed))
    if clock is None or now < clock.ends_at:
        return
    told = [one.history[0].at for one in file.exceptions if one.kind in ("refund_due", "withdrawal_refund_due")]
    latest = max(clock.ends_at, since + TICK + HOUR)
    assert any(at <= latest for at in told), f"{clock.code} ended on {clock.last_day} and nobody was told"


def _unsettled(file: CaseFile) -> Counter[int]:
    """The pieces of each line that were accepted, or asked for while nothing was looked at, and for which nothing was
    given by us or by a bank: what is merely proposed or approved is not given."""
    looks = [one for one in standing(file.parts.of(Inspection)) if one.after_repair is None]
    sold = {n: item.quantity for n, item in enumerate(file.plan.request.items, 1)}
    left = Counter({one.line: one.accepted for look in looks for one in look.pieces} if looks else sold)
    for one in file.parts.of(Settlement):
        for line in one.lines if one.state == "done" else ():
            left[line.line or 0] -= (line.pieces or 0) if line.code in ("price", "replaced", "sent_back") else 0
    for dispute in file.parts.of(Dispute):
        for n, pieces in (dispute.lines or ()) if dispute.state in PAID_BY_THE_BANK else ():
            left[n] -= pieces
    return +left
