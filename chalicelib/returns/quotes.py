"""What a repair will cost its owner, line by line: work, metal at the price of a named day, stones, the way back.

Metal is fine weight times the price of a dated fixing. A line that cannot be known is None and says why; such a quote
has no total and cannot be offered until a person gives the line. Nothing is converted but what the terms of the house
let: an overrun that is allowed in another currency.

>>> troy = PricedMetal("gold", Decimal("2000"), "EUR", date(2026, 11, 20), "a fixing", "high")
>>> metal_line(0, Decimal("0.43"), 750, troy, "r").amount
Money(amount=Decimal('20.74'), currency='EUR')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from chalicelib.errors import FieldFault, InvalidRequestError
from chalicelib.metals import TROY_OUNCE_G, fine_weight_g
from chalicelib.money import Money, total
from chalicelib.returns.case import Item
from chalicelib.returns.expected_weight import change_of
from chalicelib.returns.repair import Operation, Quote, QuoteLine, QuoteState, RepairOrder
from chalicelib.returns.repair_rules import OperationRow, RepairRules, Terms
from chalicelib.rulebook import Confidence, weakest

FREIGHT, DUTY = "freight_back", "duty_back"
Given = Mapping[str, Money]


class QuoteIncomplete(InvalidRequestError):
    """A line of the quote is not known; each fault names one and why. It is not offered."""

    code = "quote_incomplete"


@dataclass(frozen=True, slots=True)
class PricedMetal:
    """What one troy ounce of fine metal is worth, by the fixing of a day."""

    metal: str
    per_ounce: Decimal
    currency: str
    on: date
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class PricedWork:
    """What one operation costs, once or for each: of a partner, of the house, or by the scale of the rules."""

    operation: str
    price: tuple[Money, ...]
    rule: str
    source: str
    confidence: Confidence
    metals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Market:
    """What a quote is reckoned from, as of one moment: the currency the customer paid in, prices of work in the order
    in which they count, the price of the metal (None: there is none to be had)."""

    currency: str
    work: tuple[PricedWork, ...]
    metal: PricedMetal | None
    on: date


def lines_of(
    order: RepairOrder, item: Item, market: Market, rules: RepairRules, given: Given, by: str
) -> tuple[QuoteLine, ...]:
    """Work, metal and stones. What a warranty pays is a line of nothing; ``given`` are amounts that a person gave, by
    the name of the line (``work.resize``, ``stones.stone_set``)."""
    found: list[QuoteLine] = []
    for asked in order.operations:
        row = rules.operation(asked.code)
        if order.under_warranty and asked.facts.get("beyond_warranty") != "yes":
            nothing = Money(Decimal(0), market.currency)
            found.append(QuoteLine(f"work.{asked.code}", nothing, note="paid_by_the_warranty", line=asked.line))
            continue
        found.append(_work(asked, row, item, market))
        found += _metal(asked, row, item, market, rules)
        if row.stones:
            found.append(QuoteLine(f"stones.{asked.code}", None, note="price_of_the_stone_not_given", line=asked.line))
    return tuple(with_given(line, given, by, market.currency) for line in found)


def with_given(line: QuoteLine, given: Given, by: str, currency: str) -> QuoteLine:
    """The line as a person gave it, where one did. Metal stays what weight and price make it. Raises
    ``InvalidRequestError`` for another currency than the quote's."""
    amount = given.get(line.code)
    if amount is None:
        return line
    if amount.currency != currency:
        fault = FieldFault(f"given.{line.code}", "other_currency", f"the quote is in {currency}")
        raise InvalidRequestError("a quote has one currency", [fault])
    return replace(line, amount=amount, given_by=by, source="given by the desk", note=None, confidence="high")


def metal_line(line: int, net_g: Decimal, fineness: int, price: PricedMetal, rule: str) -> QuoteLine:
    """Metal put on (or credited, when ``net_g`` is below nothing): fine weight times the price."""
    fine = fine_weight_g(net_g, fineness)
    worth = Money(fine * price.per_ounce / TROY_OUNCE_G, price.currency).rounded()
    code = "metal_added" if net_g >= 0 else "metal_credited"
    note = f"{net_g} g of {price.metal} {fineness} at {price.per_ounce} {price.currency} an ounce, {price.on}"
    return QuoteLine(
        code, worth, rule, price.source, note, line, grams=net_g, fine_g=fine, confidence=price.confidence
    )  # fmt: skip


def total_of(lines: Iterable[QuoteLine], currency: str) -> Money | None:
    """What the customer pays in all; None while a line is not known."""
    amounts = [line.amount for line in lines]
    known = [amount for amount in amounts if amount is not None]
    return total(known, currency) if amounts and len(known) == len(amounts) else None


def unknown_in(lines: Sequence[QuoteLine]) -> list[FieldFault]:
    """The lines that are not known, each with why, as faults that name what to give."""
    return [
        FieldFault(f"given.{line.code}", line.note or "not_known", f"give the amount of {line.code}")
        for line in lines
        if line.amount is None
    ]


def offered(
    order: RepairOrder, version: int, lines: tuple[QuoteLine, ...], market: Market, terms: Terms, by: str, now: datetime
) -> Quote:
    """A version as it is shown to the customer. Raises ``QuoteIncomplete`` while a line is not known."""
    if lacks := unknown_in(lines):
        raise QuoteIncomplete("a line of the quote is not known: it is not offered", lacks)
    until = now + timedelta(days=terms.quote_valid_days)
    priced = market.metal if any(line.grams is not None for line in lines) else None
    return Quote(
        case_id=order.case_id,
        repair_n=order.n,
        version=version,
        state="offered",
        lines=lines,
        total=total_of(lines, market.currency),
        offered_at=now,
        offered_by=by,
        valid_until=until,
        metal_price=priced.per_ounce if priced else None,
        metal_price_on=priced.on.isoformat() if priced else None,
        due_at=min(until, now + timedelta(days=terms.look_again_days)) if priced else until,
        metal=priced.metal if priced else None,
        metal_price_source=priced.source if priced else None,
        silent_since=now,
    )


def why_not(quote: Quote, price: PricedMetal | None, terms: Terms, now: datetime) -> str | None:
    """Why a quote that stands offered no longer holds: its time is over, or the metal has moved. None: it holds.
    Without a price of today nothing is said against it."""
    if now >= quote.valid_until:
        return "expired"
    if quote.metal_price is None or price is None:
        return None
    return "metal_moved" if moved_by(quote.metal_price, price.per_ounce) >= terms.metal_moves else None


def moved_by(then: Decimal, now: Decimal) -> Decimal:
    """By what part a price has moved, up or down.

    >>> moved_by(Decimal("2000"), Decimal("1940"))
    Decimal('0.03')
    """
    return abs(now - then) / then


def stands_under(agreed: Quote, anew: Quote, terms: Terms, allowed_more: Money | None) -> bool:
    """Whether a dearer version is still within what was agreed: neither a tenth nor the fixed sum above it. Anything
    cheaper is; where the fixed sum cannot be told in this currency (``allowed_more`` None) the customer is asked."""
    if agreed.total is None or anew.total is None or agreed.total.currency != anew.total.currency:
        return False
    more = anew.total - agreed.total
    if more.amount <= 0:
        return True
    return (
        allowed_more is not None and more <= allowed_more and more.amount <= agreed.total.amount * terms.ask_above_rel
    )


def answered(quote: Quote, *, approve: bool, by: str, consent_id: str, now: datetime) -> Quote:
    """The customer's answer, with where it is proven."""
    state: QuoteState = "approved" if approve else "refused"
    return replace(
        quote, state=state, answered_at=now, answered_by=by, consent_id=consent_id, due_at=None, silent_since=None
    )  # fmt: skip


def closed(quote: Quote, *, replaced: bool, why: str) -> Quote:
    """No longer to be answered: another version stands in its place, or none does."""
    return replace(quote, state="replaced" if replaced else "lapsed", why=why, due_at=None)


def cost_of(lines: Iterable[QuoteLine], currency: str) -> tuple[Money | None, Money | None]:
    """What customs call charge and parts: the work, and what of metal and stones went into it; None where a line of
    them is not known. Metal that is credited lowers the parts, never below nothing."""
    lines = tuple(lines)
    charge = total_of((line for line in lines if line.code.startswith("work.")), currency)
    goods = [line for line in lines if line.code.startswith(("metal_", "stones."))]
    parts = total_of(goods, currency) if goods else Money(Decimal(0), currency)
    return charge, parts and Money(max(parts.amount, Decimal(0)), currency)


def sureness(lines: Iterable[QuoteLine]) -> Confidence:
    """As sure as the least sure line."""
    return weakest(line.confidence for line in lines)


def _work(asked: Operation, row: OperationRow, item: Item, market: Market) -> QuoteLine:
    code = f"work.{asked.code}"
    found = _priced(asked.code, item.metal, market)
    if found is None:
        return QuoteLine(code, None, note=f"no_price_in_{market.currency}", line=asked.line)
    priced, each = found
    times = Decimal(asked.facts["count"]) if row.priced == "each" else Decimal(item.quantity)
    note = None if times == 1 else f"{times} x {each.amount} {each.currency}"
    amount = Money(each.amount * times, each.currency)
    return QuoteLine(code, amount, priced.rule, priced.source, note, asked.line, confidence=priced.confidence)


def _priced(operation: str, metal: str, market: Market) -> tuple[PricedWork, Money] | None:
    """The first price that counts for this work on this metal in the currency of the quote."""
    for priced in market.work:
        amount = next((one for one in priced.price if one.currency == market.currency), None)
        if priced.operation == operation and amount is not None and (not priced.metals or metal in priced.metals):
            return priced, amount
    return None


def _metal(asked: Operation, row: OperationRow, item: Item, market: Market, rules: RepairRules) -> list[QuoteLine]:
    if row.metal == "none":
        return []
    change = change_of(asked, item.gross_weight_g, item.metal, item.fineness, market.on)
    if isinstance(change, str):
        return [QuoteLine("metal_added", None, rules.rule(row), note=change, line=asked.line)]
    net = (change.low_g + change.high_g) / 2
    if net == 0 or (net < 0 and asked.facts.get("cut_metal") != "credited"):
        return []
    if market.metal is None or item.construction != "solid":
        why = "metal_price_unknown" if market.metal is None else "layer_of_metal_unknown"
        return [QuoteLine("metal_added", None, rules.rule(row), note=why, line=asked.line)]
    return [metal_line(asked.line, net, item.fineness, market.metal, rules.rule(row))]
