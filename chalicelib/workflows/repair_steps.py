"""Each step of a repair as the case allows it: who may take it when, what must be there, what it does to quotes, stage
and bookings. What is legal of the repair alone is ``returns.repair_orders``' to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.returns import repair_orders as steps
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.inspection import Inspection
from chalicelib.returns.quotes import closed
from chalicelib.returns.repair import CustomsChoice, Quote, RepairOrder, TakeIn
from chalicelib.returns.repair_clock import ready_by
from chalicelib.returns.repair_deeds import RepairDeed
from chalicelib.returns.repair_rules import faults_of
from chalicelib.returns.stages import Stage, is_past
from chalicelib.workflows.ports import Booking, CaseFile
from chalicelib.workflows.repair_sight import Sight

AT_THE_BENCH = frozenset({"inspected", "in_repair", "settling"})


@dataclass(frozen=True, slots=True)
class Step:
    """What a step makes of a repair, and of the case around it."""

    order: RepairOrder
    what: str
    stage: Stage | None = None
    quotes: tuple[Quote, ...] = ()
    facts: dict[str, str] | None = None
    called_off: tuple[Booking, ...] = ()
    is_owed: bool = False


def _change(sight: Sight, deed: RepairDeed, _by: str, _now: datetime) -> Step | None:
    pieces = [item.quantity for item in sight.file.plan.request.items]
    faults = faults_of(deed.operations, pieces, sight.rules)
    partner = sight.place.partner
    if partner is not None:
        strange = [one.code for one in deed.operations if one.code not in partner.operations]
        faults += [FieldFault("operations", "not_done_there", f"{partner.code} does no {code}") for code in strange]
    if faults or deed.operations[0].line != sight.order.line:
        other = FieldFault("operations", "another_line", f"this repair is of line {sight.order.line}")
        raise InvalidRequestError("the repair cannot be changed as written", faults or [other])
    after = steps.changed(sight.order, deed.operations)
    if after is None:
        return None
    stood = (one for one in sight.quotes if one.state in ("offered", "approved"))
    void = tuple(closed(one, replaced=True, why="work_changed") for one in stood)
    codes = " ".join(one.code for one in deed.operations)
    return Step(after, "repair_changed", quotes=void, facts={"operations": codes})


def _declare(sight: Sight, deed: RepairDeed, by: str, now: datetime) -> Step | None:
    faults = unknown_evidence(sight.file, (deed.customs.guarantee_proof,), "customs.guarantee_proof")
    if faults:
        raise InvalidRequestError("this cannot be declared", faults)
    left = any(leg.ship_date for leg in sight.file.legs if leg.direction == "home")
    left = left and is_past(sight.file.case.stage, "in_transit")
    after = steps.declared(sight.order, signed(deed.customs, by, now), has_left=left)
    if after is None:
        return None
    said = [
        name for name in CustomsChoice.__slots__ if getattr(after.customs, name) != getattr(sight.order.customs, name)
    ]
    return Step(after, "repair_declared", facts={"fields": ", ".join(said)})


def _take_in(sight: Sight, deed: RepairDeed, by: str, now: datetime) -> Step | None:
    faults = unknown_evidence(sight.file, deed.evidence_ids, "evidence_ids")
    if faults or deed.gross_g is None or deed.scale_id is None:
        raise InvalidRequestError("the take-in cannot be noted as written", faults)
    found = TakeIn(
        now, by, deed.gross_g, deed.scale_id, deed.stones, deed.marks, deed.condition, deed.evidence_ids,
        deed.replacement_value,
    )  # fmt: skip
    after = steps.taken_in(sight.order, found)
    if after is None:
        return None
    off = _off_the_road(sight) if after.partner else ()
    if not after.partner:
        _refuse_unseen(sight.file)
    facts = {"gross_g": str(found.gross_g), "stones": str(found.stones), "photos": str(len(found.evidence_ids))}
    return Step(after, "repair_taken_in", "in_repair", facts=facts, called_off=off)


def _refuse_unseen(file: CaseFile) -> None:
    """Nothing goes to the bench before somebody has looked at what came, and not while that is held."""
    if file.case.stage not in AT_THE_BENCH:
        raise ConflictError(f"the return is {file.case.stage}: receive and inspect the piece first")
    _refuse_held(file)


def _refuse_held(file: CaseFile) -> None:
    inspections = sorted(file.parts.of(Inspection), key=lambda one: one.n)
    if inspections and inspections[-1].holds:
        raise ConflictError("the last inspection holds the piece: it is released by a person first")


def _off_the_road(sight: Sight) -> tuple[Booking, ...]:
    """What was planned for a road that the piece does not take. Raises ``ConflictError`` for what was bought."""
    bookings = [one for one in sight.file.bookings if one.kind in ("waybill", "pickup")]
    stands = [one.kind for one in bookings if one.status not in ("planned", "cancelled", "refused")]
    if stands:
        raise ConflictError(
            f"{', '.join(stands)} was ordered for the way home: call it off before a partner takes it in"
        )
    return tuple(replace(one, status="cancelled", due_at=None) for one in bookings if one.status == "planned")


def _start(sight: Sight, deed: RepairDeed, _by: str, now: datetime) -> Step | None:
    order = sight.order
    _refuse_held(sight.file)
    least, most = sight.rules.bench_days(order.operations)
    most = sight.place.partner.days if sight.place.partner else most
    ready = deed.ready_on or ready_by(sight.place.country, now.date(), max(least, most))
    if order.state == "in_work":
        steps.started(order, sight.photos, sight.rules, ready, now)
        return None
    after = steps.started(order, sight.photos, sight.rules, ready, now)
    promised = {"ready_by": after.promised_on.isoformat()} if after.promised_on else {}
    return Step(after, "repair_begun", facts=promised)


def _progress(sight: Sight, deed: RepairDeed, by: str, now: datetime) -> Step | None:
    _refuse_stopped(sight.order)
    after = steps.went_on(sight.order, deed.progress or "", sight.rules, by, now)
    return Step(after, "repair_progress", facts={"progress": deed.progress or ""}) if after else None


def _metal(sight: Sight, deed: RepairDeed, _by: str, _now: datetime) -> Step | None:
    _refuse_stopped(sight.order)
    after = steps.metal_noted(sight.order, deed.added_g, deed.removed_g)
    if after is None:
        return None
    facts = {"added_g": str(after.metal_added_g), "removed_g": str(after.metal_removed_g)}
    return Step(after, "repair_metal_noted", facts=facts)


def _test(sight: Sight, deed: RepairDeed, by: str, now: datetime) -> Step | None:
    order = sight.order
    if order.state == "tested" and order.gross_after_g == deed.gross_g:
        return None
    _refuse_stopped(order)
    span = steps.expected_gross(order, sight.item, sight.file.case.customer_country, now.date())
    if deed.gross_g is None:
        return None
    after = steps.weighed_after(order, deed.gross_g, span, by)
    facts = {"gross_g": str(deed.gross_g), "scale": deed.scale_id or "", "well": str(after.tested_ok).lower()}
    return Step(after, "repair_tested", facts=facts)


def _accept_weight(sight: Sight, deed: RepairDeed, by: str, _now: datetime) -> Step | None:
    after = steps.accepted(sight.order, by, deed.why or "")
    return Step(after, "repair_weight_accepted", is_owed=True) if after else None


def _done(sight: Sight, _deed: RepairDeed, _by: str, now: datetime) -> Step | None:
    after = steps.finished(sight.order, now)
    return Step(after, "repair_done", is_owed=True) if after else None


def _unrepaired(sight: Sight, deed: RepairDeed, _by: str, now: datetime) -> Step | None:
    after = steps.given_up(sight.order, deed.why or "", now)
    if after is None:
        return None
    void = tuple(closed(one, replaced=False, why="given_up") for one in sight.quotes if one.state == "offered")
    return Step(after, "repair_given_up", quotes=void, facts={"why": deed.why or ""}, is_owed=True)


def _hand_back(sight: Sight, _deed: RepairDeed, _by: str, now: datetime) -> Step | None:
    if not sight.order.partner:
        raise ConflictError("only a partner hands a piece back; ours are sent out")
    after = steps.handed_back(sight.order, now)
    return Step(after, "repair_handed_back", is_owed=True) if after else None


def _unclaimed(sight: Sight, deed: RepairDeed, _by: str, now: datetime) -> Step | None:
    after = steps.unclaimed(sight.order, deed.why or "", now)
    return Step(after, "repair_unclaimed", is_owed=True) if after else None


def _claimed(sight: Sight, _deed: RepairDeed, _by: str, now: datetime) -> Step | None:
    after = steps.claimed(sight.order, now)
    return Step(after, "repair_claimed", is_owed=True) if after else None


def _withdraw(sight: Sight, deed: RepairDeed, _by: str, _now: datetime) -> Step | None:
    after = steps.withdrawn(sight.order, deed.why or "")
    if after is None:
        return None
    void = tuple(closed(one, replaced=False, why="withdrawn") for one in sight.quotes if one.state == "offered")
    return Step(after, "repair_withdrawn", quotes=void)


TAKEN: dict[str, Callable[[Sight, RepairDeed, str, datetime], Step | None]] = {
    "change": _change, "declare": _declare, "take_in": _take_in, "start": _start, "progress": _progress,
    "metal": _metal, "test": _test, "accept_weight": _accept_weight, "done": _done, "unrepaired": _unrepaired,
    "hand_back": _hand_back, "unclaimed": _unclaimed, "claimed": _claimed, "withdraw": _withdraw,
}  # fmt: skip


def unknown_evidence(file: CaseFile, names: Iterable[str | None], field: str) -> list[FieldFault]:
    """Evidence that this case has not, or that was refused."""
    known = {one.evidence_id for one in file.parts.of(Evidence) if one.state in ("uploaded", "kept")}
    return [
        FieldFault(field, "no_such_evidence", f"{name} is no evidence of this case that was uploaded")
        for name in names
        if name is not None and name not in known
    ]


def signed(given: CustomsChoice, by: str, now: datetime) -> CustomsChoice:
    """What was said for customs, with who said it."""
    return replace(given, chosen_by=by, chosen_at=now) if given != CustomsChoice() else given


def _refuse_stopped(order: RepairOrder) -> None:
    """A dearer quote that is not answered stops the work."""
    if order.state == "in_work" and order.consent is None and not steps.is_free(order):
        raise ConflictError("the work stands still: the customer has not said yes to the quote that stands now")
