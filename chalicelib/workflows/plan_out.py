"""One way out, decided: pieces as they go -> purpose -> duty and relief in the customer's country -> who pays -> which
carriers may carry it -> cover -> papers -> leg and waybill planned.

It decides as opening a return does for the way home. What a machine may not decide stays open with every point at once;
then nothing is due, and a person decides or plans it anew with what was lacking.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.carriers.routes import Route
from chalicelib.customs.asked_facts import OF_A_WAY_OUT, asked
from chalicelib.customs.estimate import without_a_border
from chalicelib.customs.rate_choice import RateBook
from chalicelib.merchant import Facility
from chalicelib.places import Lane
from chalicelib.purposes import Purpose
from chalicelib.returns.case import Item, PurposeUnknown, worth_of
from chalicelib.returns.custody import Receipt
from chalicelib.returns.inspection import Inspection, PieceFound
from chalicelib.returns.quotes import DUTY
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.way_out import Border, OutCause, OutFacts, Payer, WayOut, border_of, purpose_out
from chalicelib.shipments.leg import ExportLink, Leg
from chalicelib.workflows.file_export import unfiled_export
from chalicelib.workflows.find_routes import Shipment, Ways, parcel_of, ways_of
from chalicelib.workflows.new_case import FIRST_LOOK, PACKING_G, leg_row
from chalicelib.workflows.out_customs import export_link, out_estimate, worked_on
from chalicelib.workflows.outside_words import label_doubts
from chalicelib.workflows.pieces_that_leave import refuse_other_pieces
from chalicelib.workflows.plan_papers import leg_papers
from chalicelib.workflows.ports import Booking, CaseFile, Ports
from chalicelib.workflows.propose_ways import proposals
from chalicelib.workflows.read_rates import implausible, metal_worth, papers_wait_for, reckon
from chalicelib.workflows.repair_customs import agreed_lines, repair_of
from chalicelib.workflows.right_to_leave import found_of, lines_of, repair_called, settled_too, settlement_of
from chalicelib.workflows.verdicts import WAIVED, made_without

BY_HAND = "order the waybill of {carrier} ({service}): no call of ours can"
GOES = "Nothing is asked of anybody: the waybill is being bought; hand the parcel over at the carrier's counter"
# At these the piece is with us, whoever wrote its receipt; money alone may be settled before it is.
IN_OUR_HANDS = frozenset({"received", "inspected", "in_repair"})
# What is nobody's to send back: it is not here.
NOT_HERE = frozenset({"missing", "swapped"})


@dataclass(frozen=True, slots=True)
class OutWish:
    """What is asked to go out: why, what asked for it, and what a person said. ``items`` empty: those that the case
    knows. ``without_proof``: a person lets it go without the proof that relief needs. ``instead``: another goes in the
    place of one that was lost. ``role`` and ``may_approve`` (the scope of approvals) are of who asks."""

    cause: OutCause
    by: str
    settlement_n: int | None = None
    repair_n: int | None = None
    items: tuple[Item, ...] = ()
    facts: OutFacts = field(default_factory=OutFacts)
    without_proof: bool = False
    instead: bool = False
    role: str = ""
    may_approve: bool = False


@dataclass(frozen=True, slots=True)
class OutPlan:
    """A way out as it shall be kept: the part, its leg and its waybill (none while no carrier is chosen)."""

    way: WayOut
    leg: Leg | None
    bookings: tuple[Booking, ...]

    @property
    def open_points(self) -> tuple[str, ...]:
        """What a person must decide or give; empty when it may go."""
        return tuple(self.way.answer["next"]) if self.way.answer and self.way.state == "wanted" else ()


def plan_leg_out(ports: Ports, file: CaseFile, wish: OutWish, n: int, now: datetime) -> OutPlan:
    """Decide one way out as leg ``n``. Raises ``InvalidRequestError`` for a carrier without a contract, for prices in
    several currencies, and for pieces that were not approved to go."""
    place, settled, known = _place(ports, file, wish), _settled(file, wish), items_of(file, wish, now.date())
    if wish.cause != "loan":
        refuse_other_pieces(file, settled, wish.items, known)
    items = wish.items or known
    way = WayOut(
        file.case.case_id,
        n,
        wish.cause,
        items,
        wish.by,
        now,
        settlement_n=wish.settlement_n,
        repair_n=wish.repair_n,
        advance=_in_advance(file, wish),
        facts=wish.facts,
        changed_at=now,
    )
    points = [*_not_ready(file, wish, items), *_unknown_place(place), *_of_the_address(file, wish)]
    try:
        row = purpose_out(
            wish.cause,
            kind=file.case.kind,
            reason=file.case.reason,
            settled=settled.kind if settled else None,
            on=now.date(),
        )
    except PurposeUnknown as unknown:
        return _undecided(way, [f"purpose: {unknown}", *points])
    if not items or place is None:
        return _undecided(way, points)
    return _decided(ports, file, way, row.purpose, place, points, now, without_proof=wish.without_proof)


def items_of(file: CaseFile, wish: OutWish, on: date) -> tuple[Item, ...]:
    """The pieces as they go, as far as the case knows them: repaired, with their new weight; sent back, as many as came
    of each and with the weight that was found. Another piece nobody has described yet."""
    if wish.cause == "repaired":
        return worked_on(file, wish.repair_n, on)
    if wish.cause in ("replacement", "loan"):
        return ()
    order = repair_called(file, wish.repair_n)
    lines: dict[int, int | None] = {order.line: None} if order is not None else {**lines_of(file, _settled(file, wish))}
    found, rows = found_of(file), enumerate(file.plan.request.items, start=1)
    here = ((at, _as_found(item, found.get(at))) for at, item in rows if at in lines)
    return tuple(_at_most(item, lines[at]) for at, item in here if item is not None)


def _as_found(item: Item, found: PieceFound | None) -> Item | None:
    """A line as it was found; as it was sold where nobody looked; None when it is not here."""
    if found is None:
        return item
    if found.came <= 0 or found.verdict in NOT_HERE:
        return None
    came, weighed = replace(item, quantity=found.came), found.weighing
    if weighed is None:
        return came
    each, other = weighed.gross_g / found.came, item.gross_weight_g - item.net_weight_g
    net = weighed.net_g / found.came if weighed.net_g is not None else max(each - other, Decimal(0))
    return replace(came, gross_weight_g=each, net_weight_g=net)


def _at_most(item: Item, pieces: int | None) -> Item:
    return item if pieces is None else replace(item, quantity=min(pieces, item.quantity))


def _not_ready(file: CaseFile, wish: OutWish, items: tuple[Item, ...]) -> list[str]:
    """What must be settled first, before anything is reckoned."""
    counts = [one for one in file.parts.of(Inspection) if one.replaced_by is None]
    looked = max(counts, key=lambda one: one.n, default=None)
    ours = wish.cause in ("repaired", "unrepaired", "refused")
    points = []
    if ours and file.case.stage not in IN_OUR_HANDS and not (file.parts.of(Receipt) or looked):
        points.append("custody: the piece is not in our hands yet")
    if ours and looked is not None and looked.holds:
        points.append(f"custody: inspection {looked.n} is held; release it first")
    order = repair_of(file, wish.repair_n) if wish.cause == "repaired" else None
    if order is not None and order.tested_ok is False:
        points.append(f"custody: repair {order.n} has not passed its test")
    points += settled_too(file, wish.repair_n, items)
    if not items:
        points.append("items: say which piece goes, with its own weights, serial and price")
    elif worth_of(items) is None or any(item.price.amount <= 0 for item in items):
        points.append("items: customs take no piece that is worth nothing, and one currency in a parcel")
    return points


def _place(ports: Ports, file: CaseFile, wish: OutWish) -> Facility | None:
    """The place of ours from which it goes: the workshop of its repair where that is ours, else where it came to."""
    merchant = ports.merchant()
    order = repair_of(file, wish.repair_n) if wish.repair_n is not None else None
    at = merchant.facility_called(order.place) if order is not None else None
    return at or merchant.facility_called(file.case.return_to)


def _unknown_place(place: Facility | None) -> list[str]:
    return [] if place is not None else ["place: the merchant file no longer has the place it is to go from"]


def _of_the_address(file: CaseFile, wish: OutWish) -> list[str]:
    """What speaks in the address for calling back, until somebody has: by its code, never by a word of the address."""
    if not file.address_signals or wish.facts.called_back:
        return []
    told = "call the customer back on the number of the order and say called_back, or call it off"
    return [f"address: {', '.join(file.address_signals)}: {told}"]


def _in_advance(file: CaseFile, wish: OutWish) -> bool:
    """Whether it goes while the first piece is still on its way to us."""
    settled = _settled(file, wish)
    return settled is not None and settled.kind == "advance_replacement" and not file.parts.of(Receipt)


def _settled(file: CaseFile, wish: OutWish) -> Settlement | None:
    return settlement_of(file, wish.settlement_n)


def _undecided(way: WayOut, points: list[str]) -> OutPlan:
    """Nothing can be reckoned until a person has said what is lacking."""
    answer: dict[str, Any] = {"next": [f"decide: {point}" for point in points], "papers": []}
    return OutPlan(replace(way, state="wanted", answer=answer), None, ())


def _decided(
    ports: Ports,
    file: CaseFile,
    way: WayOut,
    purpose: Purpose,
    place: Facility,
    points: list[str],
    now: datetime,
    *,
    without_proof: bool,
) -> OutPlan:
    worth = worth_of(way.items)
    if worth is None or worth.amount <= 0:
        return _undecided(way, points)
    on, lane = now.date(), Lane(place.country, file.plan.request.customer_country)
    book = ports.rates.book(on)
    sent = _shipment(ports, way, lane, on, book)
    ways = ways_of(sent, way.facts.carrier, way.facts.service)
    carries = ways.best.route.carrier
    entry = out_estimate(file, way, purpose=purpose, lane=lane, carrier=carries, on=on)
    estimated = (reckon(book, entry) if lane.crosses_customs else without_a_border(entry)).as_json()
    link = export_link(file, way, purpose)
    papers = leg_papers(purpose, lane, way.items, entry.history, link, now)
    wanted = [] if without_proof else [_wish(fact, paper["name"]) for paper in papers for fact in paper["missing"]]
    doubts = [*points, *_of_customs(estimated), *label_doubts(ports.merchant(), place.id)]
    doubts += papers_wait_for(implausible(book, way.items, on))
    doubts += unfiled_export(estimated, sent, ports.merchant().contract_with(carries))
    doubts += _of_ways(ways)
    proposed = [f"possible: {one}" for one in proposals(sent, ways)] if doubts else []
    todo = [*(f"decide: {point}" for point in dict.fromkeys(doubts)), *proposed, *wanted]
    leg = _leg(way, ways.chosen, purpose, sent, link, place) if ways.chosen else None
    border = border_of(purpose, way.facts.pays or _agreed_in_a_quote(file, way), on)
    answer = _answer(file, ways, leg, estimated, papers, border, todo, without_proof=without_proof)
    planned = replace(way, state="wanted" if todo else "planned", answer=answer)
    return OutPlan(planned, leg, _bookings(file, leg, planned, now))


def _leg(way: WayOut, chosen: Route, purpose: Purpose, sent: Shipment, link: ExportLink, place: Facility) -> Leg:
    return Leg(
        case_id=way.case_id,
        n=way.leg_n,
        direction="out",
        carrier=chosen.carrier,
        service=chosen.service,
        lane=sent.lane,
        purpose=purpose,
        customs_value=parcel_of(way.items).value,
        gross_weight_g=sent.gross_weight_g or PACKING_G,
        original_export=link,
        return_to=place.id,
    )


def _agreed_in_a_quote(file: CaseFile, way: WayOut) -> Payer | None:
    """The customer, where the quote that they approved names a duty that they pay at the border; None: nobody said."""
    order = repair_of(file, way.repair_n) if way.cause == "repaired" and way.repair_n is not None else None
    if order is None or order.consent is None:
        return None
    duty = (one for one in agreed_lines(file, order) if one.code == DUTY and one.paid_to == "customs")
    return "customer" if any(one.amount is not None and one.amount.amount > 0 for one in duty) else None


def _shipment(ports: Ports, way: WayOut, lane: Lane, on: date, book: RateBook) -> Shipment:
    """The parcel. To a private address we send one that day, so what goes there together is its own worth."""
    weight = sum((item.gross_weight_g * item.quantity for item in way.items), PACKING_G)
    metal = metal_worth(book, way.items, on)
    return Shipment(way.items, lane, on, ports.merchant(), weight, metal_value=metal, book=book, home=False)


def _of_customs(estimated: dict[str, Any]) -> list[str]:
    return [f"customs: {text}" for text in estimated["reasons"] if text.startswith("hs_code_contradicts_facts")]


def _of_ways(ways: Ways) -> list[str]:
    """What stands against every carrier, and what no policy covers."""
    points = []
    if ways.chosen is None:
        against = dict.fromkeys(reason.code for route in ways.routes for reason in route.acceptance.reasons)
        points.append(f"no contracted service may carry this without a person's word ({', '.join(against)})")
    return points + [f"cover: {gap.code}" for gap in ways.cover.gaps]


def _wish(fact: str, paper: str) -> str:
    return asked(OF_A_WAY_OUT + fact).wish(paper)


def _answer(
    file: CaseFile,
    ways: Ways,
    leg: Leg | None,
    estimated: dict[str, Any],
    papers: tuple[dict[str, Any], ...],
    border: Border,
    todo: list[str],
    *,
    without_proof: bool,
) -> dict[str, Any]:
    """What was decided, in the shape of the plan of a case."""
    by_hand = ways.chosen is not None and not ways.chosen.bookable
    chosen = ways.best.route
    goes = BY_HAND.format(carrier=chosen.carrier, service=chosen.service) if by_hand else GOES
    told = {
        "case_id": file.case.case_id,
        "rma": file.case.rma,
        "estimate": estimated,
        "border": border.as_json(),
        "route": ways.chosen.kept() if ways.chosen else None,
        "routes": [route.in_brief() for route in ways.routes],
        "cover": ways.best.declared_cover(),
        "legs": [leg_row(leg)] if leg else [],
        "papers": [made_without(row) for row in papers] if without_proof else list(papers),
        "pickup": None,
        "next": todo or [goes],
    }
    return told | ({"proof": WAIVED} if without_proof and any(row["missing"] for row in papers) else {})


def _bookings(file: CaseFile, leg: Leg | None, way: WayOut, now: datetime) -> tuple[Booking, ...]:
    """The waybill, due only once nothing is open. No courier: we hand the parcel over; one may be asked for."""
    if leg is None:
        return ()
    due = now + FIRST_LOOK if way.state == "planned" else None
    return (Booking(leg.case_id, leg.n, "waybill", "planned", f"{file.case.rma}-{leg.n}W", due_at=due),)
