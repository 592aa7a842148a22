"""A repair as it stands at one moment: its case, its quotes, the place of work, the prices of the day, the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.customs.answer import Estimate
from chalicelib.customs.metal_value import prices_of
from chalicelib.customs.rate_choice import RateBook, market_rate
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError, NotFoundError, UnavailableError
from chalicelib.merchant import Merchant
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.repair_partners import Partner, carriage_between
from chalicelib.returns.case import Item
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.quotes import DUTY, FREIGHT, Given, Market, PricedMetal, PricedWork, lines_of, with_given
from chalicelib.returns.repair import Quote, QuoteLine, RepairOrder
from chalicelib.returns.repair_rules import RepairRules, rules_of_repair
from chalicelib.workflows.customs_lines import terms_of
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_rates import estimate_entry
from chalicelib.workflows.repair_customs import agreed_lines, back_request


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where the work is done: a place of ours, or a partner."""

    code: str
    country: str
    partner: Partner | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """One repair with what it is judged by."""

    file: CaseFile
    order: RepairOrder
    rules: RepairRules
    place: Workplace

    @property
    def item(self) -> Item:
        """The line it is about."""
        return self.file.plan.request.items[self.order.line - 1]

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Its quotes, oldest first."""
        return quotes_of(self.file, self.order.n)

    @property
    def standing(self) -> Quote | None:
        """The quote that waits for an answer."""
        return next((one for one in reversed(self.quotes) if one.state == "offered"), None)

    @property
    def lane_back(self) -> Lane:
        """From the bench to the owner."""
        return Lane(self.place.country, self.file.case.customer_country)

    @property
    def photos(self) -> int:
        """Photos of the take-in that were looked at and kept."""
        found = self.order.take_in
        kept = {one.evidence_id: one for one in self.file.parts.of(Evidence) if one.state == "kept"}
        names = dict.fromkeys(found.evidence_ids) if found else ()
        return sum(kept[name].kind.startswith("photo_") for name in names if name in kept)


def sight_of(file: CaseFile, n: int, merchant: Merchant, now: datetime) -> Sight:
    """The repair of this number. Raises ``NotFoundError``, and ``ConflictError`` when its place is no longer in the
    merchant file."""
    order = next((one for one in file.parts.of(RepairOrder) if one.n == n), None)
    if order is None:
        raise NotFoundError("this return has no such repair")
    place = workplace(merchant, order.place)
    if place is None:
        raise ConflictError(f"the place {order.place} is no longer in the merchant file")
    return Sight(file, order, rules_of_repair(now.date()), place)


def workplace(merchant: Merchant, code: str) -> Workplace | None:
    """A place of ours or a partner by its code."""
    partner = next((one for one in merchant.partner if one.code == code), None)
    if partner is not None:
        return Workplace(code, partner.country, partner)
    facility = merchant.facility_called(code)
    return Workplace(code, facility.country) if facility else None


def quotes_of(file: CaseFile, n: int) -> tuple[Quote, ...]:
    """The quotes of a repair, oldest first."""
    return tuple(sorted((one for one in file.parts.of(Quote) if one.repair_n == n), key=lambda one: one.version))


def market_of(ports: Ports, sight: Sight, on: date) -> Market:
    """Prices of work in the order in which they count (the partner's, the house's, the scale of the rules), and of the
    metal by the newest fixing."""
    item = sight.item
    currency = item.price.currency
    metal = metal_price(ports.rates.book(on), item, on)
    return Market(currency, work_prices(ports.merchant(), sight.place, sight.rules), metal, on)


def metal_price(book: RateBook, item: Item, on: date) -> PricedMetal | None:
    """What an ounce of the metal of a piece is worth today in the currency it was paid in; None without a price. Raises
    ``UnavailableError`` while the prices cannot be read: a quote does not fall for want of an answer."""
    found = prices_of(book, on)(item.metal, item.price.currency)
    if found is None and book.out_of_reach:
        raise UnavailableError("the prices of the day cannot be read now; try again")
    if found is None:
        return None
    return PricedMetal(item.metal, found.per_ounce, found.currency, found.on, found.source, found.confidence)


def work_prices(merchant: Merchant, place: Workplace, rules: RepairRules) -> tuple[PricedWork, ...]:
    """What work costs there, the surest first. A partner works at its own prices alone."""
    if place.partner is not None:
        whose, rows = f"partner/{place.code}", place.partner.prices
    else:
        whose, rows = "repair_price", merchant.repair_price
    own = tuple(
        PricedWork(row.operation, row.price, f"merchant/{whose}", "merchant file", "high", row.metals) for row in rows
    )
    if place.partner is not None:
        return own
    scale = (
        PricedWork(row.operation, row.price, rules.rule(row), rules.source(row), row.confidence, row.metals)
        for row in rules.prices
    )
    return (*own, *scale)


def quote_lines(ports: Ports, sight: Sight, given: Given, by: str, on: date) -> tuple[tuple[QuoteLine, ...], Market]:
    """Every line of a quote at the prices of the day: work, metal, stones, freight and duty of the way back. Raises
    ``InvalidRequestError`` for an amount given to a line that there is not."""
    market = market_of(ports, sight, on)
    work = lines_of(sight.order, sight.item, market, sight.rules, given, by)
    freight = with_given(freight_back(ports.merchant(), sight), given, by, market.currency)
    carriage = carriage_of(ports.merchant(), sight) or freight.amount
    duty = with_given(duty_back(ports, sight, work, carriage, on), given, by, market.currency)
    lines = (*work, freight, duty)
    strange = sorted(set(given) - {line.code for line in lines if not line.code.startswith("metal_")})
    if strange:
        known = ", ".join(line.code for line in lines)
        faults = [FieldFault(f"given.{name}", "no_such_line", f"the quote has {known}") for name in strange]
        raise InvalidRequestError("an amount was given for a line that there is not", faults)
    return lines, market


def freight_back(merchant: Merchant, sight: Sight) -> QuoteLine:
    """What the way back costs its owner: nothing where the shop or the law says that the merchant pays; a person says
    it where nobody knows who pays."""
    currency, partner = sight.item.price.currency, sight.place.partner
    nothing = Money(Decimal(0), currency)
    if merchant_pays_freight(sight):
        return QuoteLine(FREIGHT, nothing, note="paid_by_the_merchant", line=sight.order.line)
    if _payer_is_open(sight):
        return QuoteLine(FREIGHT, None, note="payer_not_decided", line=sight.order.line)
    if partner is not None and not partner.carriage:
        return QuoteLine(FREIGHT, nothing, "merchant/partner", "merchant file", "brought_and_fetched", sight.order.line)
    amount = carriage_of(merchant, sight)
    if amount is None:
        return QuoteLine(FREIGHT, None, note=f"carriage_not_known_in_{currency}", line=sight.order.line)
    return QuoteLine(FREIGHT, amount, "merchant/carriage", "merchant file", line=sight.order.line)


def carriage_of(merchant: Merchant, sight: Sight) -> Money | None:
    """What carrying the piece back is reckoned to cost, whoever pays; None where nobody has said it."""
    currency, partner = sight.item.price.currency, sight.place.partner
    if partner is not None:
        return next((one for one in partner.carriage if one.currency == currency), None)
    return carriage_between(merchant.carriage, sight.place.code, sight.file.case.customer_country, currency)


def merchant_pays_freight(sight: Sight) -> bool:
    """Whether the way back is the merchant's: under warranty, and where the decision about the return says so."""
    decision: Mapping[str, Any] = sight.file.plan.answer["decision"]
    return sight.order.under_warranty is True or decision.get("freight_paid_by") == "merchant"


def _payer_is_open(sight: Sight) -> bool:
    """Whether the decision about a faulty piece could not say who pays its way home."""
    rows = sight.file.plan.answer["decision"].get("freight", ())
    return any(row["way"] == "home" and row["paid_by"] is None for row in rows)


def duty_back(ports: Ports, sight: Sight, lines: tuple[QuoteLine, ...], carriage: Money | None, on: date) -> QuoteLine:
    """Duty and tax of the owner's country on the repaired piece, by the duty engine; no line of it is guessed."""
    currency, line = sight.item.price.currency, sight.order.line
    if not sight.lane_back.crosses_customs:
        return QuoteLine(DUTY, Money(Decimal(0), currency), note="no_customs_border", line=line)
    if any(one.amount is None for one in lines):
        return QuoteLine(DUTY, None, note="cost_of_the_repair_not_known", line=line)
    found = estimate_entry(ports, back_request(sight.file, sight.order, lines, sight.lane_back, on, carriage))
    amount = in_currency(ports.rates.book(on), found, currency, on)
    if amount is None:
        why = ", ".join(found.reasons) or "estimate_incomplete"
        return QuoteLine(DUTY, None, note=why if found.total is None else "exchange_rate_required", line=line)
    rule = next((row.code for row in found.relief if row.status == "proven" and (row.saves or 0) > 0), None)
    source = found.sources[0] if found.sources else None
    if terms_of(sight.file.case.kind, "repaired_back") == "DDP":
        note = f"paid_by_the_merchant: {amount.amount} {currency}"
        return QuoteLine(DUTY, Money(Decimal(0), currency), rule, source, note, line, confidence=found.confidence)
    note = f"estimated for entry on {found.entry_on}, paid at the border"
    return QuoteLine(DUTY, amount, rule, source, note, line, paid_to="customs", confidence=found.confidence)


def estimate_back(ports: Ports, sight: Sight, on: date) -> Estimate | None:
    """What the way back costs at the border by what is known now; None inside one customs territory."""
    if not sight.lane_back.crosses_customs:
        return None
    carriage = carriage_of(ports.merchant(), sight)
    lines = agreed_lines(sight.file, sight.order)
    return estimate_entry(ports, back_request(sight.file, sight.order, lines, sight.lane_back, on, carriage))


def in_currency(book: RateBook, found: Estimate, currency: str, on: date) -> Money | None:
    """What an entry costs, in another currency by the market's rate of the day; None where it is not known."""
    if found.total is None or found.currency is None:
        return None
    if found.currency == currency or found.total == 0:
        return Money(found.total, currency).rounded()
    return exchanged(book, Money(found.total, found.currency), currency, on)


def exchanged(book: RateBook, amount: Money, currency: str, on: date) -> Money | None:
    """An amount in another currency by the market's rate of the day; None without a rate."""
    if amount.currency == currency:
        return amount
    quote = market_rate(book, amount.currency, currency, on)
    return None if quote is None else Money(amount.amount * quote.rate, currency).rounded()
