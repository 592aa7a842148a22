"""What a customer gets, line by line: the price paid for what came back, and what the rules put to it or take off it.

The price paid goes back, never what the metal is worth today. Nothing is given for a piece that did not come, nor for
metal that is missing from one that did, nor twice for the same piece; no sum is above what was paid less what was given
back before. What nobody knows is not put in: ``lacks`` names it, and a person says. Amounts are in the currency that
was charged, rounded half up to its coins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from chalicelib.errors import FieldFault, InvalidRequestError
from chalicelib.money import Money, total
from chalicelib.returns.amount_facts import NONE, Amount, Basis, Before, Came, Deduction
from chalicelib.returns.case import Item
from chalicelib.returns.deductions import faults_of, row_of, taken_off
from chalicelib.returns.inspection import PieceFound
from chalicelib.returns.payment import Discount, Payment
from chalicelib.returns.settlement import LATE_INTEREST, SettlementLine

AT_FAULT = frozenset({"fault", "recall"})
ITSELF = ("settlement", "the request itself")
# What was paid besides the pieces, and what may be unsaid of it.
BESIDES = frozenset({"outbound_freight", "duty", "tax", "never_above_paid", "never_below_nothing"})
UNSAID_BESIDES = frozenset({"freight", "duty", "outbound_freight", "express_extra", "duty_paid_to", "pieces"})


def came_of(found: Iterable[PieceFound], items: Sequence[Item]) -> tuple[Came, ...]:
    """What an inspection lets be paid for: the accepted pieces of each line, and the share of their metal where some of
    it is missing."""
    return tuple(
        Came(one.line, one.accepted, _metal(one, items[one.line - 1]), "stones_missing" in one.reasons)
        for one in found
        if one.accepted
    )


def refund(basis: Basis, came: Sequence[Came], deductions: Sequence[Deduction], before: Before) -> Amount:
    """What goes back for these pieces. Raises ``InvalidRequestError`` with every fault: mixed currencies, pieces that
    did not come or were settled before, metal that nobody weighed, a deduction that no rule allows."""
    faults = [*_currency_faults(basis), *_piece_faults(basis, came, before)]
    if faults:
        raise InvalidRequestError("no amount can be built of this", faults)
    faults = faults_of(basis, deductions)
    if faults:
        raise InvalidRequestError("this cannot be taken off", faults)
    lines, lacks = _goods(basis, came, before)
    worth = _sum(lines, basis.currency)
    with_them, more = _besides(basis, came, before, worth)
    lines += [*with_them, *(taken_off(basis, one) for one in deductions)]
    lines += _held_to(basis, lines, before)
    lost = _stones_unsaid(basis, came, deductions)
    lacks += [*more, *lost, *(("payment",) if basis.payment is None else ())]
    summed = _sum(lines, basis.currency)
    if summed.amount < 0 or sum((one.amount.amount for one in deductions), NONE) > worth.amount:
        fault = FieldFault("deductions", "more_than_is_left", "more is taken off than there is to give")
        raise InvalidRequestError("this cannot be taken off", [fault])
    by_person = bool(lost) or any(row_of(basis, one.code).does == "real_loss" for one in deductions)
    return Amount(tuple(lines), summed, tuple(dict.fromkeys(lacks)), _beside(basis), by_person)


def given_freely(basis: Basis, wish: Money, before: Before) -> Amount:
    """Goodwill: an amount a person chose, within what was paid. Raises ``InvalidRequestError``."""
    most = basis.most(before)
    if wish.currency != basis.currency or not NONE < wish.amount <= most.amount:
        detail = (
            f"give more than nothing and at most {most.as_json()['amount']} {most.currency}; else give store credit"
        )
        raise InvalidRequestError("this cannot be given", [FieldFault("amount", "out_of_bounds", detail)])
    line = SettlementLine("goodwill", wish.rounded(), *ITSELF)
    return Amount((line,), line.amount)


def exchanged(
    basis: Basis, came: Sequence[Came], deductions: Sequence[Deduction], before: Before, worth: Money | None
) -> Amount:
    """An exchange: what the pieces cost less what the new ones do (None: nobody has said; then no money moves). The
    sale goes on with the new ones: its freight and its duty stay paid, and discounts, and tax that came on top, count
    for the difference alone. ``worth`` is told as prices are. Raises ``InvalidRequestError`` where the customer would
    owe the difference."""
    whole = refund(basis, came, deductions, before)
    pieces = [one for one in whole.lines if one.code not in BESIDES and not one.code.startswith("discount_")]
    lacks = tuple(one for one in whole.lacks if one.removesuffix("_of_a_part") not in UNSAID_BESIDES)
    back = _sum(pieces, basis.currency)
    if worth is None:
        even = SettlementLine("replacement", Money(-back.amount, basis.currency), *ITSELF)
        return Amount((*pieces, even), Money(NONE, basis.currency), (*lacks, "replacement_worth"), whole.beside)
    if worth.currency != basis.currency or worth.amount > back.amount:
        owed = f"{worth.amount - back.amount} {basis.currency}" if worth.currency == basis.currency else "another"
        detail = f"the new piece costs more ({owed}): have the customer pay the difference by an order of its own"
        raise InvalidRequestError("this is no even exchange", [FieldFault("replacement_worth", "dearer", detail)])
    lines = [*pieces, SettlementLine("replacement", Money(-worth.amount, worth.currency), *ITSELF)]
    lines += _discounts_less(basis, back - worth)
    lines += [one for one in _tax(basis, _sum(lines, basis.currency))[0] if one.amount.amount]
    lines += _held_to(basis, lines, before)
    return Amount(tuple(lines), _sum(lines, basis.currency), lacks, whole.beside, whole.by_person)


def _discounts_less(basis: Basis, below: Money) -> list[SettlementLine]:
    """What of each discount goes where the new pieces cost so much less; all of it where they no longer earn it."""
    found = []
    for one in (basis.payment.discounts if basis.payment else None) or ():
        if not below.amount or not one.given_on.amount:
            continue
        earned = one.least_worth is None or one.given_on.amount - below.amount >= one.least_worth.amount
        share = one.amount.amount * below.amount / one.given_on.amount if earned else one.amount.amount
        less = Money(-min(share, below.amount), basis.currency).rounded()
        found.append(SettlementLine(f"discount_{one.code}", less, "bundle", "the order's discount"))
    return found


def without_money(basis: Basis, came: Sequence[Came], code: str) -> Amount:
    """What is replaced or sent back: pieces, and no money."""
    nothing = Money(NONE, basis.currency)
    lines = tuple(
        SettlementLine(code, nothing, *ITSELF, line=one.line, pieces=one.pieces) for one in came if one.pieces
    )
    return Amount(lines, nothing)


def bought_back(fine_g: Decimal, per_gram: Money, fee: Money, source: str) -> Amount:
    """A separate contract: grams of fine metal at a dated price less a fee; it is no refund and changes none.

    >>> bought_back(Decimal("3.90"), Money(Decimal("95.50"), "EUR"), Money(Decimal(20), "EUR"), "fixing").total
    Money(amount=Decimal('352.45'), currency='EUR')
    """
    if per_gram.currency != fee.currency or fine_g <= 0:
        fault = FieldFault(
            "buy_back", "out_of_bounds", "give price and fee in one currency, for metal that was weighed"
        )
        raise InvalidRequestError("this cannot be bought back", [fault])
    metal = SettlementLine(
        "fine_metal", Money(fine_g * per_gram.amount, per_gram.currency).rounded(), "buy_back", source
    )
    lines = (metal, SettlementLine("fee", Money(-fee.amount, fee.currency), "buy_back", source))
    if metal.amount.amount < fee.amount:
        fault = FieldFault("fee", "more_than_is_left", "the fee is more than the metal is worth")
        raise InvalidRequestError("this cannot be bought back", [fault])
    return Amount(lines, metal.amount - fee)


def late_interest(owed: Money, per_year: Decimal, days: int, rule: str, source: str) -> SettlementLine:
    """What the law puts on money that is late by so many days: a line of its own, for it was never paid to us.

    >>> late_interest(Money(Decimal(1000000), "KRW"), Decimal("0.15"), 73, "r", "s").amount.amount
    Decimal('30000')
    """
    amount = Money(owed.amount * per_year * max(days, 0) / 365, owed.currency).rounded()
    return SettlementLine(LATE_INTEREST, amount, rule, source)


def with_interest(amount: Amount, late: SettlementLine | None) -> Amount:
    """The amount with the interest on it as its last line."""
    if late is None:
        return amount
    return replace(amount, lines=(*amount.lines, late), total=amount.total + late.amount)


def _metal(found: PieceFound, item: Item) -> Decimal | None:
    """The share of the net metal that came: less than all only where the piece is short of it, or where it was too
    light and whoever released it said how much metal there is."""
    said_light = "too_light" in found.reasons and found.accepted_net_g is not None
    if found.verdict != "short" and not said_light:
        return Decimal(1)
    known = found.expected_net_g is not None and found.accepted == found.came
    wanted = found.expected_net_g if known else item.net_weight_g * found.accepted
    if found.accepted_net_g is None or not wanted:
        return None
    return min(found.accepted_net_g / wanted, Decimal(1))


def _currency_faults(basis: Basis) -> list[FieldFault]:
    prices = {item.price.currency for item in basis.items}
    faults = []
    if len(prices) > 1:
        told = "the pieces were sold in several currencies; settle each currency by a case of its own"
        faults.append(FieldFault("items", "mixed_currencies", told))
    if basis.payment and basis.payment.rate is None and prices != {basis.currency}:
        told = "give the rate at which the prices were charged: how much of the charged currency one unit was"
        faults.append(FieldFault("payment.rate", "required", told))
    if basis.payment:
        told = "give it in the currency that was charged"
        faults += [FieldFault(f"payment.{name}", "other_currency", told) for name in basis.payment.strange_currencies]
    return faults


def _piece_faults(basis: Basis, came: Sequence[Came], before: Before) -> list[FieldFault]:
    faults = []
    for one in came:
        if not 1 <= one.line <= len(basis.items):
            faults.append(FieldFault("lines", "no_such_line", f"the return has lines 1 to {len(basis.items)}"))
            continue
        left = basis.items[one.line - 1].quantity - before.pieces.get(one.line, 0)
        if one.pieces > left:
            told = f"line {one.line}: {left} pieces are left to settle"
            faults.append(FieldFault("lines", "settled_before", told))
        if one.metal is None:
            told = f"line {one.line} is short of metal and nobody weighed it: weigh its net metal"
            faults.append(FieldFault("lines", "not_weighed", told))
    return faults


def _goods(basis: Basis, came: Sequence[Came], before: Before) -> tuple[list[SettlementLine], list[str]]:
    """Price paid, less missing metal, less what of a common discount is lost with these pieces."""
    lines: list[SettlementLine] = []
    for one in came:
        price = basis.price(basis.items[one.line - 1])
        whole = Money(price.amount * one.pieces, basis.currency)
        about = {"line": one.line, "pieces": one.pieces}
        lines.append(SettlementLine("price", whole, "price_paid", "what the customer paid", **about))
        if one.metal is not None and one.metal < 1:
            missing = Money(-whole.amount * (1 - one.metal), basis.currency).rounded()
            lines.append(
                SettlementLine("metal_missing", missing, "only_what_came", "net metal as weighed", line=one.line)
            )
    if basis.payment is None or basis.payment.discounts is None:
        return lines, ["discounts"] if basis.payment else []
    lost = (_discount_lost(basis, one, came, before) for one in basis.payment.discounts)
    lines += [one for one in lost if one.amount.amount]
    below = _sum(lines, basis.currency)
    if below.amount < 0:
        up = Money(-below.amount, basis.currency)
        lines.append(SettlementLine("never_below_nothing", up, "never_below_nothing", "a return costs no money"))
    return lines, []


def _discount_lost(basis: Basis, one: Discount, came: Sequence[Came], before: Before) -> SettlementLine:
    """What of a discount goes with these pieces: its share, or what is left of it where what is kept no longer earns
    it."""
    earlier = [Came(line, pieces) for line, pieces in before.gone.items()]
    taken = _lost_with(basis, one, [*earlier, *came]) - _lost_with(basis, one, earlier)
    return SettlementLine(
        f"discount_{one.code}", Money(-taken, basis.currency).rounded(), "bundle", "the order's discount"
    )


def _lost_with(basis: Basis, one: Discount, gone: Sequence[Came]) -> Decimal:
    worth = sum((basis.price(basis.items[each.line - 1]).amount * each.pieces for each in gone), NONE)
    pieces = sum(each.pieces for each in gone)
    if not pieces or not one.given_on.amount:
        return NONE
    kept_pieces, kept_worth = one.pieces - pieces, one.given_on.amount - worth
    earned = kept_pieces >= (one.least_pieces or 0)
    earned = earned and kept_worth >= (one.least_worth.amount if one.least_worth else 0)
    # Who gives back what was at fault has not broken the bundle: only its own share is off what was paid for it.
    if (not earned and basis.on not in AT_FAULT) or kept_pieces <= 0:
        return min(one.amount.amount, worth)
    return min(one.amount.amount * worth / one.given_on.amount, one.amount.amount)


def _besides(
    basis: Basis, came: Sequence[Came], before: Before, goods: Money
) -> tuple[list[SettlementLine], list[str]]:
    """Freight, tax on top and duty that was paid to us, as far as the rules give them back."""
    paid = basis.payment
    if paid is None:
        return [], []
    lines, lacks = _tax(basis, goods)
    besides = [name for name in ("freight", "duty") if _is_some(getattr(paid, name))]
    whole = _is_everything(basis, came, before)
    if whole is None and besides:
        return lines, [*lacks, "pieces"]
    if whole is False:
        return lines, [*lacks, *(f"{name}_of_a_part" for name in besides)]
    freight, wanted = _freight(basis, paid, before)
    duty, more = _duty(basis, paid, before)
    return [*lines, *freight, *duty], [*lacks, *wanted, *more]


def _is_everything(basis: Basis, came: Sequence[Came], before: Before) -> bool | None:
    """Whether with these pieces all of the order is back, so that its freight and its duty were for nothing; None where
    nobody said how many pieces were ordered and what was charged is not for those of the case alone."""
    back = sum(one.pieces for one in came) + sum(before.gone.values())
    here = sum(item.quantity for item in basis.items)
    paid = basis.payment
    if paid is None or paid.pieces:
        return back >= (paid.pieces if paid and paid.pieces else here)
    if back < here:
        return False
    return True if _charged_for_goods(paid) == basis.worth.amount else None


def _charged_for_goods(paid: Payment) -> Decimal:
    """What of the payment was for pieces, at their prices before any discount."""
    on_top = paid.tax if paid.tax_included is False else None
    duty = paid.duty if paid.duty_paid_to == "us" else None
    besides = sum((one.amount for one in (on_top, paid.freight, duty) if one), NONE)
    return paid.total.amount - besides + sum((one.amount.amount for one in paid.discounts or ()), NONE)


def _stones_unsaid(basis: Basis, came: Sequence[Came], deductions: Sequence[Deduction]) -> list[str]:
    """Stones that are gone take a part of the price with them that no rule knows: a person says which, unless the piece
    was at fault."""
    said = {one.line for one in deductions if one.code == "worn"}
    unsaid = any(one.lost_stones and one.line not in said for one in came)
    return ["stones_missing"] if unsaid and basis.on not in AT_FAULT else []


def _tax(basis: Basis, goods: Money) -> tuple[list[SettlementLine], list[str]]:
    """Tax goes with the price: it is in it, or it came on top and goes back with its share."""
    paid = basis.payment
    if paid is None or paid.tax is None:
        return [], ["tax"] if paid else []
    if paid.tax_included is None and paid.tax.amount:
        return [], ["tax_included"]
    row = basis.rules.borne("tax", basis.on, basis.right_id, basis.country)
    base = _goods_charged(paid)
    if paid.tax_included or row is None or row.does != "back" or base <= 0 or not paid.tax.amount:
        return [], []
    share = min(goods.amount / base, Decimal(1))
    tax = Money(paid.tax.amount * share, basis.currency).rounded()
    return [SettlementLine("tax", tax, basis.rules.cite(row), basis.rules.source_of(row))], []


def _goods_charged(paid: Payment) -> Decimal:
    """What of the payment was for the pieces alone, where tax came on top."""
    duty = paid.duty if paid.duty_paid_to == "us" else None
    return paid.total.amount - sum((one.amount for one in (paid.tax, paid.freight, duty) if one), NONE)


def _freight(basis: Basis, paid: Payment, before: Before) -> tuple[list[SettlementLine], list[str]]:
    if "outbound_freight" in before.once:
        return [], []
    if paid.freight is None:
        return [], ["freight"]
    if not paid.freight.amount:
        return [], []
    said = _freight_said(basis)
    if said is None:
        return [], ["outbound_freight"]
    gives, extra, rule, source = said
    if not gives:
        return [], []
    if not extra and paid.express_extra is None:
        return [], ["express_extra"]
    above = paid.express_extra.amount if paid.express_extra and not extra else NONE
    back = Money(max(paid.freight.amount - above, NONE), basis.currency)
    return [SettlementLine("outbound_freight", back, rule, source)], []


def _freight_said(basis: Basis) -> tuple[bool, bool, str, str] | None:
    """Whether outbound freight goes back, with the express extra or without, by which rule; None: a person must say."""
    if basis.on == "withdrawal":
        right = basis.right
        if right is None or right.row.outbound_freight is None:
            return None
        return right.row.outbound_freight != "none", right.row.outbound_freight == "all", right.rule, right.source
    row = basis.rules.borne("outbound_freight", basis.on, basis.right_id, basis.country)
    extra = basis.rules.borne("express_extra", basis.on, basis.right_id, basis.country)
    if row is None or row.does == "person":
        return None
    with_extra = extra is not None and extra.does == "back"
    return row.does == "back", with_extra, basis.rules.cite(row), basis.rules.source_of(row)


def _duty(basis: Basis, paid: Payment, before: Before) -> tuple[list[SettlementLine], list[str]]:
    if paid.duty is None or not paid.duty.amount or "duty" in before.once:
        return [], ["duty"] if paid.duty is None else []
    if paid.duty_paid_to != "us":
        return [], ["duty_paid_to"] if paid.duty_paid_to is None else []
    row = basis.rules.borne("duty_to_us", basis.on, basis.right_id, basis.country)
    if row is None or row.does != "back":
        return [], ["duty"]
    return [SettlementLine("duty", paid.duty, basis.rules.cite(row), basis.rules.source_of(row))], []


def _beside(basis: Basis) -> tuple[SettlementLine, ...]:
    """What the customer may ask of somebody else: duty that they paid to customs."""
    paid = basis.payment
    if paid is None or paid.duty_paid_to != "customs" or not _is_some(paid.duty) or paid.duty is None:
        return ()
    row = basis.rules.borne("duty_to_customs", basis.on, basis.right_id, basis.country)
    if row is None:
        return ()
    return (SettlementLine("duty_from_customs", paid.duty, basis.rules.cite(row), basis.rules.source_of(row)),)


def _held_to(basis: Basis, lines: Sequence[SettlementLine], before: Before) -> list[SettlementLine]:
    """The line that holds a sum to what was paid less what was given before; none where it is within."""
    over = _sum(lines, basis.currency) - basis.most(before)
    if over.amount <= 0:
        return []
    return [
        SettlementLine("never_above_paid", Money(-over.amount, basis.currency), "never_above_paid", "what was paid")
    ]


def _is_some(money: Money | None) -> bool:
    return money is not None and money.amount > 0


def _sum(lines: Iterable[SettlementLine], currency: str) -> Money:
    return total((one.amount for one in lines), currency)
