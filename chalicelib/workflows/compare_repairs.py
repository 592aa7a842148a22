"""Before a piece crosses a border: repair here by a partner, repair at home, refund without return, exchange - each by
cost, duty, days and risk, from the same rules that quotes, estimates, routes and cover are made by.

Nothing is kept. What is not known is null with why, and an option with such a part has no total.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.customs.facts import EstimateRequest
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.merchant import Merchant
from chalicelib.money import Money
from chalicelib.places import Lane, territory_of
from chalicelib.repair_partners import Partner, carriage_between
from chalicelib.returns.case import Case, Item, Kind, Plan, ReturnRequest, worth_of
from chalicelib.returns.eligibility import decide
from chalicelib.returns.quotes import DUTY, FREIGHT
from chalicelib.returns.repair import QuoteLine, RepairOrder
from chalicelib.returns.repair_deeds import RepairWish
from chalicelib.returns.repair_options import Option, OptionCost, OptionLeg, Payer, costs_of, ranked
from chalicelib.returns.repair_rules import faults_of, rules_of_repair
from chalicelib.returns.stages import OVER, is_past
from chalicelib.workflows.customs_lines import channel_of, estimate_request, line_of
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.find_routes import Shipment, Way, ways_of
from chalicelib.workflows.new_case import PACKING_G
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_rates import estimate_entry, metal_worth
from chalicelib.workflows.repair_customs import back_request
from chalicelib.workflows.repair_sight import Sight, Workplace, in_currency, quote_lines, workplace

AT_SOLD_PRICE = "at the price it was sold for: what the house paid for it is not known here"
LEFT = "the_piece_has_left"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is compared: one line of a return, what would be done to it, and who pays its way home."""

    ports: Ports
    file: CaseFile
    wish: RepairWish
    home: Workplace
    on: date
    payer: Payer
    has_left: bool

    @property
    def request(self) -> ReturnRequest:
        """The return with the one line alone."""
        return replace(self.file.plan.request, items=(self.item,))

    @property
    def item(self) -> Item:
        """The line that wants a repair."""
        return self.file.plan.request.items[self.wish.operations[0].line - 1]

    @property
    def currency(self) -> str:
        """What was paid in, and all costs are told in."""
        return self.item.price.currency

    @property
    def worth(self) -> Money:
        """What was paid for the line."""
        return self.item.worth

    def sight(self, place: Workplace) -> Sight:
        """A repair that nobody has ordered, at this place."""
        order = RepairOrder(
            self.file.case.case_id, 99, place.code, "ordered", self.wish.operations,
            datetime.combine(self.on, datetime.min.time()), "goldthread",
            under_warranty=self.wish.under_warranty, partner=place.partner is not None, customs=self.wish.customs,
        )  # fmt: skip
        return Sight(self.file, order, rules_of_repair(self.on), place)


def compare_repairs(ports: Ports, case_id: str, wish: RepairWish, *, now: datetime) -> dict[str, Any]:
    """The ways to help with a line of this return. Raises ``NotFoundError``, ``ConflictError`` for a return that is
    over, ``InvalidRequestError`` with every fault of the operations."""
    file = file_of(ports, case_id)
    if file.case.stage in OVER:
        raise ConflictError(f"the return is {file.case.stage}: there is nothing to choose any more")
    payer: Payer = "customer" if file.plan.answer["decision"].get("freight_paid_by") == "customer" else "merchant"
    return _compared(ports, file, _covered(wish, file), payer, now) | {"case_id": case_id}


def compare_unopened(ports: Ports, request: ReturnRequest, wish: RepairWish, *, now: datetime) -> dict[str, Any]:
    """The same for a return that nobody has opened; nothing of it is kept."""
    decision = decide(request, ports.merchant(), now).as_json()
    worth = worth_of(request.items)
    if worth is None:
        fault = FieldFault("request.items", "mixed_currencies", "give every price in the currency that was paid")
        raise InvalidRequestError("one return has one currency", [fault])
    case = Case(
        "-", "-", request.kind, request.reason, "approved", request.order.number, request.customer_country,
        request.language, request.return_to, worth, now,
    )  # fmt: skip
    carriers = [{"carrier": one.carrier} for one in ports.merchant().carrier]
    file = CaseFile(case, Plan("-", request, {"decision": decision, "routes": carriers}))
    payer: Payer = "customer" if decision.get("freight_paid_by") == "customer" else "merchant"
    return _compared(ports, file, _covered(wish, file), payer, now) | {"case_id": None}


def _covered(wish: RepairWish, file: CaseFile) -> RepairWish:
    """A warranty return is paid by the warranty unless somebody says otherwise."""
    said = wish.under_warranty is not None or file.case.kind != "warranty"
    return wish if said else replace(wish, under_warranty=True)


def _compared(ports: Ports, file: CaseFile, wish: RepairWish, payer: Payer, now: datetime) -> dict[str, Any]:
    on, request, merchant = now.date(), file.plan.request, ports.merchant()
    faults = faults_of(wish.operations, [item.quantity for item in request.items], rules_of_repair(on))
    home = workplace(merchant, request.return_to)
    if home is None:
        faults.append(FieldFault("return_to", "unknown_facility", "no place of ours is called so"))
    if faults or home is None:
        raise InvalidRequestError("this cannot be compared as written", faults)
    asked = _Asked(ports, file, wish, home, on, payer, is_past(file.case.stage, "in_transit"))
    here = [_here(asked, one) for one in merchant.partner if _is_near(one, request.customer_country)]
    options = (*here, _at_home(asked), _refund(asked), _exchange(asked))
    return {
        "on": on.isoformat(),
        "currency": asked.currency,
        "options": [one.as_json() for one in options],
        "order": ranked(options),
    }


def _is_near(partner: Partner, country: str) -> bool:
    """Whether a piece reaches this partner without crossing a customs border."""
    return territory_of(partner.country) == territory_of(country)


def _here(asked: _Asked, partner: Partner) -> Option:
    sight = asked.sight(Workplace(partner.code, partner.country, partner))
    lines, _ = quote_lines(asked.ports, sight, {}, "goldthread", asked.on)
    against = [f"does_no_{one.code}" for one in asked.wish.operations if one.code not in partner.operations]
    limit = next((one for one in partner.up_to if one.currency == asked.currency), None)
    if partner.up_to and (limit is None or limit < asked.worth):
        against.append("worth_more_than_it_takes" if limit else "limit_not_known_in_this_currency")
    if asked.has_left:
        against.append(LEFT)
    risks = [] if partner.insured else ["cover_at_the_partner_not_known" if partner.insured is None else "not_insured"]
    costs = _paid(asked, sight, lines, partner.carriage)
    return Option(
        "repair_here", partner.code, costs, (), (partner.days, partner.days), "customer", asked.currency,
        tuple(against), tuple(risks), _metal(asked),
    )  # fmt: skip


def _paid(
    asked: _Asked, sight: Sight, lines: tuple[QuoteLine, ...], carriage: tuple[Money, ...]
) -> tuple[OptionCost, ...]:
    """A partner's quote as costs: where the merchant pays the way, its carriage is the merchant's cost and not
    nothing; what a warranty pays is the merchant's too."""
    sums = next((one for one in carriage if one.currency == asked.currency), None)
    freight = next(one for one in lines if one.code == FREIGHT)
    kept = [one for one in lines if one.code != FREIGHT and one.note != "paid_by_the_warranty"]
    costs = [*costs_of(kept, "customer"), *_free_work(asked, sight, lines)]
    if freight.note != "paid_by_the_merchant":
        return (*costs, *costs_of([freight], "customer"))
    note = None if sums or not carriage else f"carriage_not_known_in_{asked.currency}"
    amount = sums or (None if carriage else Money(Decimal(0), asked.currency))
    return (*costs, OptionCost(FREIGHT, amount, "merchant", "merchant/partner", "merchant file", note))


def _free_work(asked: _Asked, sight: Sight, lines: tuple[QuoteLine, ...]) -> tuple[OptionCost, ...]:
    """What work that a warranty pays costs the house: reckoned as if it were paid for."""
    free = {one.code for one in lines if one.note == "paid_by_the_warranty"}
    if not free:
        return ()
    as_paid = replace(sight, order=replace(sight.order, under_warranty=False))
    reckoned, _ = quote_lines(asked.ports, as_paid, {}, "goldthread", asked.on)
    goods = [one for one in reckoned if one.code in free or one.code.startswith(("metal_", "stones."))]
    return costs_of(goods, "merchant")


def _at_home(asked: _Asked) -> Option:
    sight = asked.sight(asked.home)
    lines, _ = quote_lines(asked.ports, sight, {}, "goldthread", asked.on)
    work = [one for one in lines if one.code not in (FREIGHT, DUTY) and one.note != "paid_by_the_warranty"]
    kind: Kind = "warranty" if asked.wish.under_warranty else "repair"
    home = _leg_home(asked, kind)
    out = _leg_out(asked, back_request(asked.file, sight.order, lines, _out(asked), asked.on, _carriage(asked)))
    least, most = sight.rules.bench_days(asked.wish.operations)
    back: Payer = "merchant" if asked.wish.under_warranty else asked.payer
    duty_by: Payer = "merchant" if asked.file.case.kind in ("warranty", "recall") else "customer"
    costs: tuple[OptionCost, ...] = (
        *costs_of(work, "customer"), *_free_work(asked, sight, lines), _freight("freight_home", asked, asked.payer),
        _duty("duty_home", home, "merchant"), _freight(FREIGHT, asked, back), _duty(DUTY, out, duty_by),
    )  # fmt: skip
    legs = (out,) if asked.has_left else (home, out)
    costs = _still_to_pay(asked, costs)
    return Option(
        "repair_at_home", asked.home.code, costs, legs, (least, most), "customer", asked.currency,
        metal_worth=_metal(asked),
    )  # fmt: skip


def _refund(asked: _Asked) -> Option:
    paid = OptionCost("refund", asked.worth, "merchant", note="the price that was paid")
    against = (LEFT,) if asked.has_left else ()
    return Option(
        "refund_without_return", None, (paid,), (), (0, 0), "customer", asked.currency, against,
        metal_worth=_metal(asked),
    )  # fmt: skip


def _exchange(asked: _Asked) -> Option:
    home = _leg_home(asked, "exchange")
    out = _leg_out(asked, _replacement(asked))
    piece = OptionCost("replacement_piece", asked.worth, "merchant", note=AT_SOLD_PRICE, confidence="low")
    costs: tuple[OptionCost, ...] = (
        piece, _freight("freight_home", asked, asked.payer), _duty("duty_home", home, "merchant"),
        _freight("freight_out", asked, "merchant"), _duty("duty_out", out, "merchant"),
    )  # fmt: skip
    legs = (out,) if asked.has_left else (home, out)
    costs = _still_to_pay(asked, costs)
    return Option(
        "exchange", asked.home.code, costs, legs, (0, 0), "merchant", asked.currency,
        risks=("whether_it_is_in_stock_is_not_known",), metal_worth=_metal(asked),
    )  # fmt: skip


def _still_to_pay(asked: _Asked, costs: tuple[OptionCost, ...]) -> tuple[OptionCost, ...]:
    """Without the way home, once the piece has left."""
    return tuple(one for one in costs if not (asked.has_left and one.code in ("freight_home", "duty_home")))


def _leg_home(asked: _Asked, kind: Kind) -> OptionLeg:
    lane = Lane(asked.request.customer_country, asked.home.country)
    way = _way(asked, lane, home=True)
    facility = asked.ports.merchant().facility_called(asked.home.code)
    region = facility.region if facility else None
    request = replace(asked.request, kind=kind)
    entry = estimate_request(request, lane, asked.on, carrier=way.route.carrier, region=region)
    return _leg(asked, lane, way, entry)


def _leg_out(asked: _Asked, entry: EstimateRequest) -> OptionLeg:
    lane = _out(asked)
    return _leg(asked, lane, _way(asked, lane, home=False), entry)


def _out(asked: _Asked) -> Lane:
    return Lane(asked.home.country, asked.request.customer_country)


def _way(asked: _Asked, lane: Lane, *, home: bool) -> Way:
    """The best contracted way for the piece, with its cover."""
    weight = asked.item.gross_weight_g * asked.item.quantity + PACKING_G
    book = asked.ports.rates.book(asked.on)
    worth = metal_worth(book, (asked.item,), asked.on)
    merchant: Merchant = asked.ports.merchant()
    sent = Shipment((asked.item,), lane, asked.on, merchant, weight, metal_value=worth, book=book, home=home)
    return ways_of(sent, None).best


def _leg(asked: _Asked, lane: Lane, way: Way, entry: EstimateRequest) -> OptionLeg:
    found = estimate_entry(asked.ports, entry)
    book = asked.ports.rates.book(asked.on)
    proven = replace(found, total=found.total_if_proven)
    open_relief = [row for row in found.relief if row.status == "unproven" and (row.saves or 0) > 0]
    transit, cover = way.route.transit, way.cover
    reasons = [*found.reasons] if found.total is None else []
    reasons += [gap.code for gap in cover.gaps] + [one.code for one in way.route.acceptance.reasons]
    return OptionLeg(
        lane, entry.purpose, way.route.carrier, way.route.service,
        (transit.business_days_min, transit.business_days_max) if transit else None,
        in_currency(book, found, asked.currency, asked.on), in_currency(book, proven, asked.currency, asked.on),
        tuple(dict.fromkeys(name for row in open_relief for name in row.missing)),
        cover.insured_by, cover.uncovered, tuple(dict.fromkeys(reasons)),
    )  # fmt: skip


def _replacement(asked: _Asked) -> EstimateRequest:
    lane = _out(asked)
    carrier = asked.file.plan.answer["routes"][0]["carrier"]
    return EstimateRequest(
        destination=lane.destination,
        dispatched_from=lane.origin,
        entry_on=asked.on,
        purpose="exchange_replacement",
        lines=(line_of(asked.item),),
        region=asked.request.customer_region,
        channel=channel_of(carrier, asked.on),
        consignee="consumer",
        freight=_carriage(asked),
    )


def _duty(code: str, leg: OptionLeg, payer: Payer) -> OptionCost:
    if leg.duty is None:
        return OptionCost(code, None, payer, note=", ".join(leg.reasons) or "exchange_rate_required")
    better = leg.duty_if_proven is not None and leg.duty_if_proven < leg.duty
    note = f"relief wants: {', '.join(leg.relief_missing)}" if better else None
    return OptionCost(
        code, leg.duty, payer, note=note, confidence="medium", if_proven=leg.duty_if_proven if better else None
    )  # fmt: skip


def _freight(code: str, asked: _Asked, payer: Payer) -> OptionCost:
    amount = _carriage(asked)
    note = None if amount else f"carriage_not_known_in_{asked.currency}"
    return OptionCost(code, amount, payer, "merchant/carriage", "merchant file", note)


def _carriage(asked: _Asked) -> Money | None:
    rows = asked.ports.merchant().carriage
    return carriage_between(rows, asked.home.code, asked.request.customer_country, asked.currency)


def _metal(asked: _Asked) -> Money | None:
    return metal_worth(asked.ports.rates.book(asked.on), (asked.item,), asked.on)
