"""A case as its settlements look at it: the ground, what came back, what was given before, which clocks
run.

Everything is read off the case file; nothing here asks anybody or decides anything.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import Merchant, ReturnPolicy
from chalicelib.money import Money, total
from chalicelib.returns.amount_facts import Basis, Before, Came
from chalicelib.returns.amounts import came_of
from chalicelib.returns.custody import Receipt
from chalicelib.returns.disputes import PAID_BY_THE_BANK, Dispute
from chalicelib.returns.inspection import Inspection, PieceFound, standing
from chalicelib.returns.law import Cited, Guarantee, Right, guarantee_of, withdrawal_right
from chalicelib.returns.payment import Payment
from chalicelib.returns.repair import RepairOrder
from chalicelib.returns.settlement import LIVE, Settlement, SettlementLine
from chalicelib.returns.settlement_deadlines import Clock, Starts, Told, clocks
from chalicelib.returns.settlement_rules import GroundOn, SettlementRules, rules_on
from chalicelib.returns.way_out import WayOut
from chalicelib.returns.withdrawal import DOUBTFUL, Withdrawal
from chalicelib.workflows.collecting import collecting_of
from chalicelib.workflows.grounds_found import grants, is_fault
from chalicelib.workflows.ports import CaseFile, Ports

# Lines that bind pieces: money was given for them, another was sent for them, or they were sent back.
BINDS = frozenset({"price", "replaced", "sent_back"})
REFUNDS = frozenset({"price"})
ONCE = frozenset({"outbound_freight", "duty"})
# Lacks in a purchase by weight: metal read below its mark, and nobody has said how fine it is.
FINENESS = "fineness"
# A way out on which a piece has left us, or will by itself.
GONE = frozenset({"planned", "sent", "delivered"})


@dataclass(frozen=True, slots=True)
class Sight:
    """One case and the rules of its order. Where somebody is about to give more: ``elsewhere`` is what other returns
    of the order have given or bound, ``disputes_elsewhere`` what is noted there of its payment, ``gifts_elsewhere`` how
    many gifts the customer's other returns have had within the months that count (None: nobody can say)."""

    file: CaseFile
    merchant: Merchant
    rules: SettlementRules
    right: Cited[Right] | None
    guarantee: Cited[Guarantee] | None
    elsewhere: tuple[Settlement, ...] = ()
    disputes_elsewhere: tuple[Dispute, ...] = ()
    gifts_elsewhere: int | None = None

    @property
    def payment(self) -> Payment | None:
        """How the order was paid; None: nobody has said."""
        return self.file.plan.request.order.payment

    @property
    def policy(self) -> ReturnPolicy | None:
        """The policy in force when the order was placed."""
        return self.merchant.policy_on(self.file.plan.request.order.sold_on)

    @property
    def settlements(self) -> tuple[Settlement, ...]:
        """All of the case, in the order they were proposed."""
        return tuple(sorted(self.file.parts.of(Settlement), key=lambda one: one.n))

    @property
    def withdrawals(self) -> tuple[Withdrawal, ...]:
        """Declarations that may count: those that nobody found to be too late."""
        return tuple(one for one in self.file.parts.of(Withdrawal) if one.in_time is not False)

    @property
    def inspections(self) -> tuple[Inspection, ...]:
        """What was looked at on arrival and counts."""
        found = (one for one in standing(self.file.parts.of(Inspection)) if one.after_repair is None)
        return tuple(sorted(found, key=lambda one: one.n))

    @property
    def found(self) -> tuple[PieceFound, ...]:
        """Each line as it was last found."""
        last = {piece.line: piece for one in self.inspections for piece in one.pieces}
        return tuple(last[line] for line in sorted(last))

    @property
    def given_back(self) -> frozenset[int]:
        """Lines whose piece goes back to its owner, mended or as it was, or is there: nothing is given for it too."""
        lines = {order.n: order.line for order in self.file.parts.of(RepairOrder)}
        gone = (way.repair_n for way in self.file.parts.of(WayOut) if way.state in GONE)
        return frozenset(lines[n] for n in gone if n in lines)

    def ground(self, lines: tuple[int, ...] = ()) -> GroundOn:
        """The ground most favourable to the customer, for these lines (none: all), among those that were not denied. A
        fault that is claimed counts until the dock has said that it is not there."""
        case, rows = self.file.case, self.file.plan.answer.get("decision", {}).get("grounds", ())
        stands = {row["code"] for row in rows if row["verdict"] != "denied"}
        if case.kind == "recall" or "recall" in stands:
            return "recall"
        if is_fault(self.file, self.found, lines):
            return "fault"
        if case.kind == "refused" and not self.withdrawals:
            return "refused_delivery"
        return "withdrawal" if self.withdrawals or "withdrawal" in stands else "policy"

    @property
    def withdrawal_stands(self) -> bool:
        """Whether the customer may have their money back by the right to withdraw: declared in time, or granted."""
        return any(one.in_time for one in self.withdrawals) or self._withdrawal_granted

    def undecided(self, lines: tuple[int, ...]) -> tuple[Withdrawal, ...]:
        """Declarations about these lines (none: all) that a person has still to judge; none where the right stands
        without them."""
        doubts = {one.episode for one in self.file.exceptions if one.kind == DOUBTFUL and one.status != "resolved"}
        if self._withdrawal_granted or any(one.in_time and one.covers(lines) for one in self.withdrawals):
            return ()
        about = (one for one in self.withdrawals if not lines or not one.lines or set(lines) & set(one.lines))
        return tuple(one for one in about if one.in_time is None and one.doubt in doubts)

    @property
    def _withdrawal_granted(self) -> bool:
        return self.file.case.kind == "refund" and grants(self.file, "withdrawal")

    def basis(self, on: GroundOn) -> Basis:
        """What amounts are reckoned from on this ground."""
        request, decision = self.file.plan.request, self.file.plan.answer.get("decision", {})
        return Basis(
            items=request.items,
            on=on,
            rules=self.rules,
            country=request.customer_country,
            payment=self.payment,
            right=self.right,
            policy=self.policy,
            freight_paid_by=decision.get("freight_paid_by"),
            told_of_right=self.policy.withdrawal_notice_given if self.policy else None,
        )

    def before(self, currency: str, states: Container[str] = LIVE) -> Before:
        """What the settlements of the case in these states have given or bound, and what a bank gave back past them."""
        live = [one for one in self.settlements if one.state in states]
        given = [one.gave for one in live if one.gave is not None and one.gave.currency == currency]
        given += [one.gave for one in self.elsewhere if self.payment and one.gave and one.gave.currency == currency]
        banked = (*self.banked, *(one for one in self.disputes_elsewhere if self.payment))
        given += [one.bank_gave for one in banked if one.bank_gave and one.bank_gave.currency == currency]
        lines = [line for one in live for line in one.lines]
        once = frozenset(line.code for one in (*live, *self.elsewhere) for line in one.lines) & ONCE
        # In an exchange the sale goes on with the new piece.
        sold_no_more = [line for one in live if one.kind != "exchange" for line in one.lines]
        pieces, refunded = _pieces_by_line(lines, BINDS), _pieces_by_line(sold_no_more, REFUNDS)
        for line, n in (each for one in self.banked for each in one.lines or ()):
            pieces[line], refunded[line] = pieces.get(line, 0) + n, refunded.get(line, 0) + n
        return Before(total(given, currency) if given else None, pieces, once, refunded)

    @property
    def banked(self) -> tuple[Dispute, ...]:
        """Disputes in which a bank has given money back, how much and for what said or not."""
        return tuple(one for one in self.file.parts.of(Dispute) if one.state in PAID_BY_THE_BANK)

    def came(self, before: Before, *, inspected: bool) -> tuple[Came, ...]:
        """The pieces that are left to settle: of those accepted where something was looked at, else of those asked
        for."""
        items = self.file.plan.request.items
        every = came_of(self.found, items) if inspected else [Came(n, one.quantity) for n, one in enumerate(items, 1)]
        here = (one for one in every if one.line not in self.given_back)
        left = (replace(one, pieces=one.pieces - before.pieces.get(one.line, 0)) for one in here)
        return tuple(one for one in left if one.pieces > 0)

    def starts(self, agreed: datetime | None = None) -> Starts:
        """When each event came that a clock runs from. Without a declaration of its own the return that was asked for
        is the notice, and a parcel that the carrier has delivered is with us."""
        file = self.file
        declared = min((one.declared_at for one in self.withdrawals), default=file.case.created_at)
        received = [one.received_at for one in file.parts.of(Receipt) if self.is_home(one.leg_n)]
        arrived = next((entry.at for entry in file.log if entry.what == "stage_arrived"), None)
        sent = next((entry.at for entry in file.log if entry.what in ("stage_in_transit", "stage_arrived")), None)
        back = min((at for at in (*received, arrived) if at), default=None)
        return Starts(declared, back, sent, agreed)

    def clocks(self, agreed: datetime | None = None) -> tuple[Clock, ...]:
        """Every clock of a refund that runs now."""
        request, on = self.file.plan.request, self.ground()
        place = self.merchant.facility_called(self.file.case.return_to)
        told = Told(
            country=request.customer_country,
            region=request.customer_region,
            right=self.right if self._is_owed_by_right() else None,
            guarantee=self.guarantee if on == "fault" else None,
            policy=self.policy,
            method=self.payment.method if self.payment else None,
            facility_country=place.country if place else None,
            collects=collecting_of(self.file),
        )
        return clocks(told, self.starts(agreed), self.rules)

    def _is_owed_by_right(self) -> bool:
        """Whether the clock of the right runs: it was used, or it runs for every refund that was agreed."""
        if self.right is not None and self.right.row.refund_from == "agreed":
            return True
        rows = self.file.plan.answer.get("decision", {}).get("grounds", ())
        stands = any(row["code"] == "withdrawal" and row["verdict"] != "denied" for row in rows)
        return bool(self.withdrawals) or (stands and self.file.case.kind == "refund")

    def is_home(self, leg_n: int) -> bool:
        """Whether this leg comes home to us."""
        return all(leg.direction == "home" for leg in self.file.legs if leg.n == leg_n)


def sight_of(ports: Ports, file: CaseFile) -> Sight:
    """The case with the rules of the day on which its order was placed; raises ``RuleNotInForce`` for older ones."""
    request = file.plan.request
    sold_on = request.order.sold_on
    rules = rules_on(sold_on)
    try:
        held = guarantee_of(request.customer_country, sold_on)
    except RuleNotInForce:
        held = None
    right = withdrawal_right(request.customer_country, sold_on, request.customer_region)
    return Sight(file, ports.merchant(), rules, right, held)


def _pieces_by_line(lines: Iterable[SettlementLine], codes: frozenset[str]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in lines:
        if one.code in codes:
            found[one.line or 0] = found.get(one.line or 0, 0) + (one.pieces or 0)
    return found


def worth_of_pieces(basis: Basis, came: Iterable[Came]) -> Money:
    """What these pieces cost, in the currency that was charged."""
    prices = ((basis.price(basis.items[one.line - 1]), one.pieces) for one in came)
    return total((Money(price.amount * pieces, basis.currency) for price, pieces in prices), basis.currency)
