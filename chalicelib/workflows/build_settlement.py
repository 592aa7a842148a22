"""A settlement as it would be proposed: its lines by the rules, what it lacks, who must approve it, until when it is
due.

Building one writes nothing, so the same function serves a dry run and a proposal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from chalicelib.clock import EARLIEST_CLOCK
from chalicelib.errors import FieldFault, InvalidRequestError
from chalicelib.metals import fine_weight_g
from chalicelib.money import Money, total
from chalicelib.returns.amount_facts import Amount, Basis, Before, Came, Deduction
from chalicelib.returns.amounts import (
    bought_back,
    exchanged,
    given_freely,
    late_interest,
    refund,
    with_interest,
    without_money,
)
from chalicelib.returns.authority import Ask, needed
from chalicelib.returns.fineness_found import fineness_of
from chalicelib.returns.settlement import LATE_INTEREST, LIVE, Pays, Settlement, SettlementKind, SettlementLine
from chalicelib.returns.settlement_deadlines import earliest
from chalicelib.returns.settlement_rules import GroundOn, KindRow
from chalicelib.workflows.gifts import gift_with
from chalicelib.workflows.grounds_found import UNJUDGED, fault_lacks
from chalicelib.workflows.settlement_blocks import refuse_blocked
from chalicelib.workflows.settlement_sight import FINENESS, Sight, worth_of_pieces


@dataclass(frozen=True, slots=True)
class BuyBack:
    """The terms of a purchase by weight: price of a gram of fine metal, its day and source, our fee. ``fineness`` is
    what a person stands for where a line read below its mark: line, and parts per thousand."""

    per_gram: Money
    fee: Money
    priced_on: date
    source: str
    fineness: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody proposes. ``lines`` are line and pieces (none: all that is left to settle); ``reason`` is a
    code."""

    kind: SettlementKind
    reason: str
    lines: tuple[tuple[int, int], ...] = ()
    ground: GroundOn | None = None
    amount: Money | None = None
    deductions: tuple[Deduction, ...] = ()
    replacement_skus: tuple[str, ...] = ()
    replacement_worth: Money | None = None
    buy_back: BuyBack | None = None
    customer_agreed: bool | None = None
    why: str | None = None


def build(sight: Sight, wish: Wish, *, by: str, role: str, now: datetime) -> Settlement:
    """The settlement that this wish makes of the case as it stands. Raises ``SettlementBlocked`` with all that is in
    the way, ``InvalidRequestError`` with all that is wrong with the wish."""
    row = _row_of(sight, wish, now)
    on, unsaid, judged = _ground_of(sight, row, wish)
    basis = sight.basis(on)
    before = sight.before(basis.currency)
    came = _asked_for(sight, wish, row, before)
    amount = _interest_on(sight, row, _AMOUNTS[wish.kind](sight, basis, wish, came, before), now)
    stake = _stake(sight, basis, row, came, amount, wish)
    freely = gift_with(sight, wish.kind, amount.total, now)
    need = needed(Ask(stake, role, _least(row, amount, judged=judged), freely), sight.merchant.authority)
    begun = Settlement(
        case_id=sight.file.case.case_id,
        n=1 + max((one.n for one in sight.settlements), default=0),
        kind=wish.kind,
        state="proposed",
        total=amount.total,
        lines=amount.lines,
        reason=wish.reason,
        proposed_by=by,
        proposed_role=role,
        proposed_at=now,
        approvals_needed=need.approvals,
        changed_at=now,
    )
    settlement = replace(
        begun,
        ground=on,
        stake=stake,
        lacks=(*amount.lacks, *unsaid),
        beside=amount.beside,
        roles_needed=need.roles,
        pays=_payer(row, amount, sight, before),
        sends=row.sends,
    )
    return timed(sight, _with_provider(sight, _as_wished(sight, settlement, row, wish)), now)


def _row_of(sight: Sight, wish: Wish, now: datetime) -> KindRow:
    """What this outcome needs and does; raises ``InvalidRequestError`` for what is no settlement, and an old price."""
    row = sight.rules.kinds.get(wish.kind)
    if row is None:
        fault = FieldFault("kind", "not_settled_so", f"{wish.kind} is no settlement: order the repair instead")
        raise InvalidRequestError("this is no settlement", [fault])
    if wish.buy_back is not None:
        refuse_price_of(sight, wish.buy_back.priced_on, now)
    return row


def _interest_on(sight: Sight, row: KindRow, amount: Amount, now: datetime) -> Amount:
    """The amount with what the law puts on it, where this outcome pays that."""
    return with_interest(amount, _late(sight, amount.total, now, agreed=now)) if row.late_interest else amount


def _as_wished(sight: Sight, settlement: Settlement, row: KindRow, wish: Wish) -> Settlement:
    agreed = row.needs_yes and bool(wish.customer_agreed)
    return replace(
        settlement,
        inspection_n=sight.inspections[-1].n if sight.inspections else None,
        replacement_skus=wish.replacement_skus,
        replacement_worth=wish.replacement_worth,
        needs_yes=row.needs_yes,
        agreed_at=settlement.proposed_at if agreed else None,
        agreed_by=settlement.proposed_by if agreed else None,
        why=wish.why,
        priced_on=wish.buy_back.priced_on if wish.buy_back else None,
    )


def _ground_of(sight: Sight, row: KindRow, wish: Wish) -> tuple[GroundOn, tuple[str, ...], bool]:
    """The ground it is settled on, what nobody has said of it, and whether another person looks at that. Raises
    ``SettlementBlocked``, and ``InvalidRequestError`` for a ground that takes a right away."""
    lines = tuple(line for line, _ in wish.lines)
    best = sight.ground(lines)
    on = wish.ground or best
    refuse_blocked(sight, row, on=on, lines=lines)
    _refuse_against_right(sight, wish, on)
    unsaid = fault_lacks(sight.file, sight.found, lines, on)
    return on, unsaid, on != best or UNJUDGED in unsaid


def _refuse_against_right(sight: Sight, wish: Wish, on: GroundOn) -> None:
    """A right to withdraw that stands is not settled by less than it: not by the shop's own promise, and not by sending
    back what was accepted where the law leaves the seller a loss of value alone, unless the customer wants it back."""
    if not sight.withdrawal_stands:
        return
    told = "the customer may have their money back by law: "
    faults = []
    if on == "policy":
        faults.append(FieldFault("ground", "right_stands", told + "the policy does not take its place"))
    chosen = {line for line, _ in wish.lines}
    accepted = any(one.accepted for one in sight.found if not chosen or one.line in chosen)
    loss_alone = sight.right is not None and sight.right.row.value_loss == "handling_beyond_shop"
    if wish.kind == "refusal" and accepted and loss_alone and not wish.customer_agreed:
        ask = "refund it less its real loss, or say that the customer wants it back (customer_agreed)"
        faults.append(FieldFault("kind", "right_stands", told + ask))
    if faults:
        raise InvalidRequestError("this settles less than the right gives", faults)


def _least(row: KindRow, amount: Amount, *, judged: bool) -> int:
    """The approvals wanted however small it is: another person looks where a person judged (``judged``: another ground
    than the best for the customer was chosen, or a fault is taken for one that nobody has looked for)."""
    return max(row.least_approvals, 1 if judged or amount.by_person else 0)


def _stake(sight: Sight, basis: Basis, row: KindRow, came: Sequence[Came], amount: Amount, wish: Wish) -> Money:
    """What it puts at stake: the money it gives and what it takes off, or the worth of the pieces another goes out for,
    and all that the case has given before, for many small gifts are one large one; nothing where the customer's own go
    back."""
    if row.sends == "refused":
        return Money(Decimal(0), basis.currency)
    given = total((amount.total, *(one.amount for one in wish.deductions)), amount.total.currency)
    own = worth_of_pieces(basis, came) if row.sends or row.pays == "nothing" else given
    if row.sends and wish.replacement_worth is not None:
        own = max(own, wish.replacement_worth, key=lambda one: one.amount)
    gave = [one.gave for one in sight.settlements if one.state in LIVE and one.gave is not None]
    return total([own, *(one for one in gave if one.currency == own.currency)], own.currency)


def timed(sight: Sight, settlement: Settlement, now: datetime) -> Settlement:
    """The same with its legal day as the clocks have it now, and beside it the interest that has grown since it was
    reckoned: the line that was proposed is never changed."""
    if not sight.rules.kind(settlement.kind).ends or not settlement.is_under_way:
        return settlement
    beside = tuple(one for one in settlement.beside if one.code != LATE_INTEREST)
    late = _late(sight, settlement.principal, now, agreed=settlement.proposed_at)
    if late is not None and settlement.kind != "buy_back":
        grown = late.amount - (settlement.total - settlement.principal)
        beside += (replace(late, amount=grown),) if grown.amount > 0 else ()
    settlement = replace(settlement, beside=beside)
    clock = earliest(sight.clocks(settlement.proposed_at))
    if clock is None:
        return replace(settlement, deadline=None, deadline_rule=None, alert_at=None)
    return replace(settlement, deadline=clock.ends_at, deadline_rule=clock.rule, alert_at=clock.alert_at)


def _late(sight: Sight, owed: Money, now: datetime, *, agreed: datetime) -> SettlementLine | None:
    """The interest that the right to withdraw puts on what is owed since the law's last day; None where it puts none,
    or that day has not passed."""
    right = sight.right
    law = next((one for one in sight.clocks(agreed) if one.code == "statute" and not one.may_hold), None)
    if right is None or right.row.late_rate is None or law is None or now < law.ends_at:
        return None
    line = late_interest(owed, right.row.late_rate, (now - law.ends_at).days + 1, right.rule, right.source)
    return line if line.amount.amount else None


def _payer(row: KindRow, amount: Amount, sight: Sight, before: Before) -> Pays:
    """Who moves the money: nobody where there is none; a person where nobody knows a payment to pay back to, or with
    its interest it is more than was charged, for no provider gives back more."""
    if not amount.total.amount:
        return "nothing"
    paid = sight.payment
    known = paid is not None and paid.provider is not None and paid.payment_reference is not None
    above = paid is not None and row.late_interest and _all_given(amount, sight, before) > paid.total.amount
    return "person" if row.pays == "provider" and (above or not known) else row.pays


def _all_given(amount: Amount, sight: Sight, before: Before) -> Decimal:
    """What the customer has got back with this, interest and all."""
    every = (*sight.settlements, *sight.elsewhere)
    earlier = [one for one in every if one.state in LIVE and one.kind != "buy_back"]
    interest = sum((one.total.amount - one.principal.amount for one in earlier), Decimal(0))
    return amount.total.amount + interest + (before.given.amount if before.given else Decimal(0))


def _with_provider(sight: Sight, settlement: Settlement) -> Settlement:
    paid = sight.payment
    if settlement.pays != "provider" or paid is None:
        return settlement
    return replace(settlement, provider=paid.provider, payment_reference=paid.payment_reference)


def _asked_for(sight: Sight, wish: Wish, row: KindRow, before: Before) -> tuple[Came, ...]:
    """The pieces of the wish among those that are left; raises ``InvalidRequestError`` for any that are not."""
    if wish.kind == "goodwill":
        return ()
    left = _sent_back(sight, before) if row.sends == "refused" else sight.came(before, inspected=row.needs_inspection)
    known = {one.line: one for one in left}
    faults = [
        FieldFault(
            "lines", "did_not_come", f"line {line}: {known[line].pieces if line in known else 0} are left to settle"
        )
        for line, pieces in wish.lines
        if line not in known or pieces > known[line].pieces
    ]
    if not left:
        faults.append(FieldFault("lines", "nothing_left", "no piece came back for which anything is left to settle"))
    if faults:
        raise InvalidRequestError("only what came back is settled, and once", faults)
    if not wish.lines:
        return left
    return tuple(replace(known[line], pieces=pieces) for line, pieces in wish.lines)


def _sent_back(sight: Sight, before: Before) -> tuple[Came, ...]:
    """The pieces that lie here, accepted or not, and were not settled otherwise."""
    left = (Came(one.line, one.came - before.pieces.get(one.line, 0)) for one in sight.found)
    return tuple(one for one in left if one.pieces > 0)


def _refunded(_sight: Sight, basis: Basis, wish: Wish, came: Sequence[Came], before: Before) -> Amount:
    _refuse_exchange_only(basis, wish, came)
    amount = refund(basis, came, wish.deductions, before)
    if not amount.total.amount:
        fault = FieldFault("lines", "nothing_left", "what was paid was given back already")
        raise InvalidRequestError("nothing is left to give", [fault])
    return amount


def _refuse_exchange_only(basis: Basis, wish: Wish, came: Sequence[Came]) -> None:
    """The shop's promise may be an exchange alone above a worth; a right of the consumer never is."""
    if basis.on != "policy" or basis.policy is None or wish.kind not in ("refund", "partial_refund"):
        return
    worth = worth_of_pieces(basis, came)
    above = [one for one in basis.policy.exchange_only_above if one.currency == worth.currency]
    if any(worth.amount > one.amount for one in above):
        told = f"the policy of the order gives an exchange alone above {above[0].amount} {worth.currency}"
        raise InvalidRequestError("the policy gives no money here", [FieldFault("kind", "exchange_only", told)])


def _goodwill(_sight: Sight, basis: Basis, wish: Wish, _came: Sequence[Came], before: Before) -> Amount:
    if wish.amount is None:
        raise InvalidRequestError("say how much", [FieldFault("amount", "required", "goodwill is an amount of money")])
    return given_freely(basis, wish.amount, before)


def _exchanged(_sight: Sight, basis: Basis, wish: Wish, came: Sequence[Came], before: Before) -> Amount:
    return exchanged(basis, came, wish.deductions, before, wish.replacement_worth)


def _replaced(_sight: Sight, basis: Basis, wish: Wish, came: Sequence[Came], _before: Before) -> Amount:
    worth = wish.replacement_worth
    if worth is not None and (worth.currency != basis.currency or worth.amount <= 0):
        told = f"say what goes out in {basis.currency}, as was charged, and more than nothing"
        raise InvalidRequestError("its worth is unclear", [FieldFault("replacement_worth", "out_of_bounds", told)])
    return without_money(basis, came, "replaced")


def _refused(_sight: Sight, basis: Basis, _wish: Wish, came: Sequence[Came], _before: Before) -> Amount:
    return without_money(basis, came, "sent_back")


def _bought(sight: Sight, basis: Basis, wish: Wish, came: Sequence[Came], _before: Before) -> Amount:
    """The fine metal of the pieces by weight as found; the pieces are bound, so that no refund is given for them
    too."""
    terms = wish.buy_back
    if terms is None:
        raise InvalidRequestError("say the terms", [FieldFault("buy_back", "required", "price, day, source and fee")])
    fine, found, lacks = Decimal(0), {one.line: one for one in sight.found}, set[str]()
    _refuse_not_by_weight(basis, came)
    said = _fineness_said(terms, came)
    for one in came:
        item, piece = basis.items[one.line - 1], found[one.line]
        if piece.accepted_net_g is None or not item.fineness:
            told = f"line {one.line}: weigh its net metal; only precious metal is bought by weight"
            raise InvalidRequestError("this cannot be bought back", [FieldFault("lines", "not_weighed", told)])
        ppt, is_sure = fineness_of(item, piece, said.get(one.line))
        lacks |= set() if is_sure else {FINENESS}
        fine += fine_weight_g(piece.accepted_net_g * one.pieces / piece.accepted, ppt)
    amount = bought_back(fine, terms.per_gram, terms.fee, f"{terms.source}, {terms.priced_on.isoformat()}")
    bound = without_money(basis, came, "replaced")
    lines = (*amount.lines, *(replace(one, rule="buy_back") for one in bound.lines))
    return replace(amount, lines=lines, lacks=tuple(sorted(lacks)))


def _fineness_said(terms: BuyBack, came: Sequence[Came]) -> dict[int, int]:
    """What a person stands for, by line; raises ``InvalidRequestError`` for a line that is not bought."""
    bought = {one.line for one in came}
    faults = [
        FieldFault("buy_back.fineness", "did_not_come", f"line {line} is not among what is bought")
        for line, _ in terms.fineness
        if line not in bought
    ]
    if faults:
        raise InvalidRequestError("only what is bought has a fineness here", faults)
    return dict(terms.fineness)


def refuse_price_of(sight: Sight, day: date, now: datetime) -> None:
    """Nobody knows a price of the metal before its day, wherever on Earth that has begun; and one that is old says
    nothing of today's. Raises ``InvalidRequestError``."""
    at_most = sight.rules.buy_back.price_days
    if day > (now + EARLIEST_CLOCK).date():
        fault = FieldFault("buy_back.priced_on", "in_future", "the day of the price cannot lie ahead")
        raise InvalidRequestError("this is no price yet", [fault])
    if (now.date() - day).days > at_most:
        told = f"the price is more than {at_most} days old: propose the purchase at one of these days"
        raise InvalidRequestError("this price is old", [FieldFault("buy_back.priced_on", "too_old", told)])


def _refuse_not_by_weight(basis: Basis, came: Sequence[Came]) -> None:
    """One price is of one metal, and only what is that metal all through is bought by its weight."""
    pieces = [(one.line, basis.items[one.line - 1]) for one in came]
    told = "plated, filled or base metal is not bought by weight: leave it out"
    faults = [
        FieldFault("lines", "not_solid", f"line {n}: {told}") for n, item in pieces if item.construction != "solid"
    ]
    if len({item.metal for _, item in pieces}) > 1:
        faults.append(FieldFault("lines", "mixed_metals", "the price is of one metal: buy each metal back apart"))
    if faults:
        raise InvalidRequestError("this cannot be bought back", faults)


_AMOUNTS: Mapping[str, Callable[[Sight, Basis, Wish, Sequence[Came], Before], Amount]] = {
    "refund": _refunded,
    "partial_refund": _refunded,
    "refund_without_return": _refunded,
    "store_credit": _refunded,
    "goodwill": _goodwill,
    "exchange": _exchanged,
    "replacement": _replaced,
    "advance_replacement": _replaced,
    "refusal": _refused,
    "buy_back": _bought,
}
