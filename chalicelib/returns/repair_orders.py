"""The steps of a repair: ordered, taken in, at work, tested, done - or given back as it is. What the table does not
hold cannot happen: it is refused with the state it stands in, and nothing is changed.

Nothing is done to a piece before it was weighed, photographed and its stones were counted, and before its owner said
yes to a price; a warranty pays without that yes, but for what it does not cover.

>>> STEPS["start"] >= {"taken_in"}, "ordered" in STEPS["start"]
(True, False)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, get_args

from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.returns.case import Item
from chalicelib.returns.expected_weight import expected
from chalicelib.returns.repair import CustomsChoice, Operation, Progress, Quote, RepairOrder, RepairState, TakeIn
from chalicelib.returns.repair_rules import RepairRules, Terms

Step = Literal[
    "change", "declare", "take_in", "start", "progress", "metal", "test", "accept_weight", "done", "unrepaired",
    "hand_back", "unclaimed", "claimed", "withdraw",
]  # fmt: skip
REPAIR_STEPS: tuple[Step, ...] = get_args(Step)
# From which states each step may be taken.
STEPS: Mapping[Step, frozenset[RepairState]] = {
    "change": frozenset({"ordered", "taken_in", "in_work"}),
    "declare": frozenset({"ordered", "taken_in", "in_work", "tested", "done", "unrepaired"}),
    "take_in": frozenset({"ordered"}),
    "start": frozenset({"taken_in", "in_work", "tested"}),
    "progress": frozenset({"in_work"}),
    "metal": frozenset({"in_work"}),
    "test": frozenset({"in_work"}),
    "accept_weight": frozenset({"tested"}),
    "done": frozenset({"tested"}),
    "unrepaired": frozenset({"ordered", "taken_in", "in_work", "tested"}),
    "hand_back": frozenset({"done", "unrepaired"}),
    "unclaimed": frozenset({"done", "unrepaired"}),
    "claimed": frozenset({"unclaimed"}),
    "withdraw": frozenset({"ordered"}),
}
# What is given of customs may be added to later; what the piece leaves by may not, once it has left.
FIXED_BY_LEAVING = ("relief", "authorisation", "permit", "export_mode", "back_by")


class RepairStepNotAllowed(ConflictError):
    """The repair cannot take this step as it stands; nothing was changed."""

    code = "repair_step_not_allowed"


def allowed(order: RepairOrder, step: Step) -> None:
    """Refuse a step that the table does not hold: raises ``RepairStepNotAllowed``."""
    if order.state not in STEPS[step]:
        possible = ", ".join(one for one in REPAIR_STEPS if order.state in STEPS[one]) or "nothing"
        raise RepairStepNotAllowed(f"repair {order.n} is {order.state}: {step} is not possible; possible is {possible}")


def changed(order: RepairOrder, operations: tuple[Operation, ...]) -> RepairOrder | None:
    """Other work than was ordered: what was agreed no longer holds. None: it is the same."""
    allowed(order, "change")
    if operations == order.operations:
        return None
    return replace(order, operations=operations, consent=None)


def declared(order: RepairOrder, given: CustomsChoice, *, has_left: bool) -> RepairOrder | None:
    """What customs are told, filled in. Raises ``ConflictError`` for what had to be chosen before the piece left and
    was not; adding the value of free work or the proof of a warranty later is allowed. None: it is known."""
    allowed(order, "declare")
    said = {name: getattr(given, name) for name in given.__slots__ if name not in ("chosen_by", "chosen_at")}
    news = {name: value for name, value in said.items() if value is not None and value != getattr(order.customs, name)}
    late = [name for name in FIXED_BY_LEAVING if name in news]
    if has_left and late:
        raise ConflictError(f"the piece has left: {', '.join(late)} had to be chosen before; ask a customs broker")
    if not news:
        return None
    chosen = replace(order.customs, **news, chosen_by=given.chosen_by, chosen_at=given.chosen_at)
    return replace(order, customs=chosen)


def taken_in(order: RepairOrder, found: TakeIn) -> RepairOrder | None:
    """The piece is here, as it was found. The same record again is quiet, another one is refused."""
    if order.take_in is not None and replace(order.take_in, at=found.at, by=found.by) == found:
        return None
    allowed(order, "take_in")
    return replace(order, state="taken_in", take_in=found)


def lacks_before_work(order: RepairOrder, photos: int, rules: RepairRules) -> list[FieldFault]:
    """What must be there before anybody touches the piece. ``photos`` are those of the take-in that were looked at and
    kept."""
    found, terms = order.take_in, rules.terms
    lacks: list[FieldFault] = []
    if found is None or found.gross_g <= 0:
        lacks.append(FieldFault("take_in.gross_g", "required", "weigh it before work"))
    if found is None or found.stones is None:
        lacks.append(FieldFault("take_in.stones", "required", "count its stones; 0 where it has none"))
    if photos < terms.photos_at_least:
        detail = f"{terms.photos_at_least} photos of the piece that were looked at and kept; there are {photos}"
        lacks.append(FieldFault("take_in.evidence_ids", "too_few_photos", detail))
    if order.consent is None and not is_free(order):
        lacks.append(FieldFault("consent", "required", "the customer has not said yes to a quote that stands"))
    return lacks


def is_free(order: RepairOrder) -> bool:
    """Whether a warranty pays for all of it, so that nobody has to be asked. Unknown is no."""
    beyond = any(one.facts.get("beyond_warranty") == "yes" for one in order.operations)
    return order.under_warranty is True and not beyond


def started(order: RepairOrder, photos: int, rules: RepairRules, ready_by: date | None, now: datetime) -> RepairOrder:
    """Work begins, or goes on after a test that failed. Raises ``InvalidRequestError`` with everything that is lacking.

    ``ready_by`` is the day by which it should be done; None where no calendar says.
    """
    allowed(order, "start")
    lacks = lacks_before_work(order, photos, rules)
    if lacks:
        raise InvalidRequestError("no work begins before this is there", lacks)
    anew = order if order.started_at else replace(order, started_at=now, promised_on=ready_by)
    return replace(anew, state="in_work", tested_ok=None, gross_after_g=None)


def went_on(order: RepairOrder, code: str, rules: RepairRules, by: str, now: datetime) -> RepairOrder | None:
    """A step of the work that the customer may see; the same twice in a row is quiet."""
    allowed(order, "progress")
    if code not in rules.progress:
        fault = FieldFault("progress", "unknown_progress", f"one of {', '.join(rules.progress)}")
        raise InvalidRequestError("no such step of the work", [fault])
    if order.progress and order.progress[-1].code == code:
        return None
    return replace(order, progress=(*order.progress, Progress(code, now, by)))


def metal_noted(order: RepairOrder, added_g: Decimal | None, removed_g: Decimal | None) -> RepairOrder | None:
    """Grams of metal put on and taken off, as weighed, all in all; each replaces what was noted before."""
    allowed(order, "metal")
    after = replace(
        order,
        metal_added_g=order.metal_added_g if added_g is None else added_g,
        metal_removed_g=order.metal_removed_g if removed_g is None else removed_g,
    )
    return None if after == order else after


def weighed_after(
    order: RepairOrder, gross_g: Decimal, expected: tuple[Decimal, Decimal] | None, by: str
) -> RepairOrder:
    """Weighed after work. It is well when it lies within what the work explains; outside, and where nobody can say what
    the work explains (``expected`` None), a second person must say so."""
    allowed(order, "test")
    low, high = expected or (None, None)
    well = low is not None and high is not None and low <= gross_g <= high
    return replace(
        order, state="tested", gross_after_g=gross_g, expected_low_g=low, expected_high_g=high, tested_ok=well,
        tested_by=by, weight_accepted_by=None,
    )  # fmt: skip


def accepted(order: RepairOrder, by: str, why: str) -> RepairOrder | None:
    """A second person has looked at a weight that the work does not explain. Raises ``ConflictError`` for the first."""
    if order.tested_ok and order.weight_accepted_by is not None:
        return None
    allowed(order, "accept_weight")
    if order.tested_ok:
        return None
    if by == order.tested_by:
        raise ConflictError("a weight that is doubted is looked at by another person than the one who weighed it")
    return replace(order, tested_ok=True, weight_accepted_by=by, why=why)


def finished(order: RepairOrder, now: datetime) -> RepairOrder | None:
    """Done and tested. Raises ``ConflictError`` while its weight is doubted."""
    if order.state == "done":
        return None
    allowed(order, "done")
    if not order.tested_ok:
        raise ConflictError("its weight is doubted: weigh it again, or have another person accept it (accept_weight)")
    return replace(order, state="done", finished_at=now, due_at=now)


def given_up(order: RepairOrder, why: str, now: datetime) -> RepairOrder | None:
    """It goes back as it is: refused, not possible, or nobody answered."""
    if order.state == "unrepaired":
        return None
    allowed(order, "unrepaired")
    return replace(order, state="unrepaired", why=why, finished_at=now, consent=None, due_at=now)


def handed_back(order: RepairOrder, now: datetime) -> RepairOrder | None:
    """The customer has it again from the hand of a partner."""
    if order.handed_back_at is not None:
        return None
    allowed(order, "hand_back")
    return replace(order, handed_back_at=now, due_at=None)


def unclaimed(order: RepairOrder, why: str, now: datetime) -> RepairOrder | None:
    """Nobody fetches it or can be found. A clock writes to the customer and tells a person; it disposes of nothing."""
    if order.state == "unclaimed":
        return None
    allowed(order, "unclaimed")
    if order.handed_back_at is not None:
        raise RepairStepNotAllowed(f"repair {order.n} was handed back: nothing of it is with us")
    return replace(order, state="unclaimed", before=order.state, why=why, unclaimed_since=now, told=0, due_at=now)


def claimed(order: RepairOrder, now: datetime) -> RepairOrder | None:
    """Its owner was found: it stands as it did, and is asked out again."""
    if order.before is not None and order.state == order.before:
        return None
    allowed(order, "claimed")
    back_to: RepairState = order.before or "unrepaired"
    return replace(order, state=back_to, unclaimed_since=None, asked_out_at=None, why=None, due_at=now)


def withdrawn(order: RepairOrder, why: str) -> RepairOrder | None:
    """Called off before the piece was taken in."""
    if order.state == "withdrawn":
        return None
    allowed(order, "withdraw")
    return replace(order, state="withdrawn", why=why, consent=None, due_at=None)


def agreed(order: RepairOrder, quote: Quote) -> RepairOrder:
    """The customer said yes to this quote."""
    return replace(order, consent=quote.part_id)


def next_unclaimed(order: RepairOrder, terms: Terms) -> datetime | None:
    """When people are told again of a piece that nobody fetches; None after the last day: a person has it in hand."""
    if order.unclaimed_since is None or order.told >= len(terms.unclaimed_days):
        return None
    return order.unclaimed_since + timedelta(days=terms.unclaimed_days[order.told])


def open_on(orders: Iterable[RepairOrder], line: int) -> RepairOrder | None:
    """The repair of this line that is not over; a line has one at a time."""
    return next((one for one in orders if not one.is_over and one.line == line), None)


def newest(orders: Iterable[RepairOrder]) -> RepairOrder | None:
    """The last repair of a case."""
    return max(orders, key=lambda one: one.n, default=None)


def expected_gross(order: RepairOrder, item: Item, country: str, on: date) -> tuple[Decimal, Decimal] | None:
    """Between which weights the piece must lie after the work, by the rules of the scale; by the grams that the bench
    noted, where no rule knows what the work does. None: nobody can say."""
    if order.take_in is None:
        return None
    found = expected(item, item.quantity, on, country, order.operations, order.take_in.gross_g)
    if found.gross_low_g is not None and found.gross_high_g is not None:
        return found.gross_low_g - found.pass_g, found.gross_high_g + found.pass_g
    if order.metal_added_g is None or order.metal_removed_g is None:
        return None
    noted = order.take_in.gross_g + order.metal_added_g - order.metal_removed_g
    return noted - found.pass_g, noted + found.pass_g
