"""A repair is kept: ordered, taken in, worked on, tested, done, sent on its way; late ones and doubts told of.

Every step is one transaction of repair, case and log. What a step owes outside (word to a person, the way out) is
owed by the repair's own due time: a look sends it first, under a name that makes it one, and then puts the repair to
rest; so whoever dies in between has it sent again. A look comes at once by its message, and by the sweep should that be
lost.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.merchant import Merchant
from chalicelib.returns import repair_orders as steps
from chalicelib.returns.case import Case
from chalicelib.returns.repair import RepairOrder
from chalicelib.returns.repair_clock import KINDS, Trouble, brought_up, next_look, prefix, troubles
from chalicelib.returns.repair_deeds import RepairDeed, RepairWish, refuse_incomplete
from chalicelib.returns.repair_rules import faults_of, rules_of_repair
from chalicelib.returns.stages import OVER, Stage, advance, is_past
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.alert_words import closing_of, opening
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.case_parts import part_of
from chalicelib.workflows.close_case import close_if_done
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.repair_sight import Sight, Workplace, estimate_back, sight_of, workplace
from chalicelib.workflows.repair_steps import TAKEN, Step, signed, unknown_evidence
from chalicelib.workflows.tell_steps import look_for_tools
from chalicelib.workflows.wake_parts import step_of

# From here on a return has been decided, and a repair may be ordered.
UNDECIDED = frozenset({"review", "evidence_needed"})
# A partner's take-in is receipt and inspection in one: the piece was never on the road.
TO_A_PARTNER: tuple[Stage, ...] = ("received", "inspected", "in_repair")


def order_repair(ports: Ports, case_id: str, wish: RepairWish, *, holder: str, now: datetime) -> tuple[bool, int]:
    """Order a repair of one line; whether it is new, and its number. The same again is quiet. Raises
    ``InvalidRequestError`` with every fault, ``ConflictError`` while another repair of the line is open or the return
    is not decided or over, ``NotFoundError``."""
    is_new, n = False, 0

    def decide(file: CaseFile) -> Amendment | None:
        nonlocal is_new, n
        made = _ordered(ports.merchant(), file, wish, holder, now)
        known = steps.open_on(file.parts.of(RepairOrder), made.line)
        is_new, n = known is None, known.n if known else made.n
        if known is not None:
            _refuse_another(known, made)
            return None
        fresh = Sight(file, made, rules_of_repair(now.date()), _place(ports.merchant(), made.place))
        _refuse_unknown_relief(ports, fresh, wish.customs.relief, now)
        facts = {"repair": str(n), "operations": " ".join(one.code for one in made.operations), "place": made.place}
        return Amendment(file.case, "repair_ordered", facts, by=holder, parts=(made,))

    amend_file(ports, case_id, now, decide)
    _look_for_all(ports, case_id)
    return is_new, n


def act_on_repair(ports: Ports, case_id: str, n: int, deed: RepairDeed, *, holder: str, now: datetime) -> None:
    """Take a step of a repair. The same again is quiet; an illegal one raises ``RepairStepNotAllowed`` and changes
    nothing; what it lacks is an ``InvalidRequestError`` with everything at once."""
    refuse_incomplete(deed)

    def decide(file: CaseFile) -> Amendment | None:
        sight = sight_of(file, n, ports.merchant(), now)
        _refuse_unknown_relief(ports, sight, deed.customs.relief, now)
        step = TAKEN[deed.step](sight, deed, holder, now)
        if step is not None and file.case.stage in OVER:
            raise ConflictError(f"the return is {file.case.stage}: nothing is done to the piece any more")
        return None if step is None else _amendment(sight, step, holder, now)

    amend_file(ports, case_id, now, decide)
    ports.queues.send("steps", [step_of(case_id, RepairOrder.KIND, str(n))])
    _look_for_all(ports, case_id)


def look(ports: Ports, case_id: str, part_id: str, now: datetime) -> None:
    """A repair asked to be looked at: tell what is to be told, ask for the way out, let it rest until the next time.
    What a partner has given back may be the end of its case."""
    handed_back = False

    def decide(file: CaseFile) -> Amendment | None:
        nonlocal handed_back
        found = next((one for one in file.parts.of(RepairOrder) if one.part_id == part_id), None)
        if found is None:
            return None
        if file.case.stage in OVER:
            return _rested(file, found)
        handed_back = found.handed_back_at is not None
        sight = sight_of(file, found.n, ports.merchant(), now)
        after = brought_up(found, sight.rules.terms, now)
        sight = replace(sight, order=after)
        alerts = _alerts(sight, now)
        if alerts:
            ports.queues.send("alerts", alerts)
        out = goes_out(sight)
        together = _with_it(sight, now) if out else ()
        if out:
            ports.queues.send("steps", [send_out_step(one) for one in (after, *together)])
            after = replace(after, asked_out_at=now)
        after = replace(after, due_at=_rests_until(replace(sight, order=after), now))
        if after == found:
            return None
        facts = {"repair": str(after.n), "state": after.state}
        return Amendment(file.case, _looked(found, after), facts, parts=(after, *together))

    amend_file(ports, case_id, now, decide)
    if handed_back:
        close_if_done(ports, case_id, now)
    look_for_notices(ports, case_id)


def _rested(file: CaseFile, order: RepairOrder) -> Amendment | None:
    """Nothing of a return that is over is due."""
    if order.due_at is None:
        return None
    return Amendment(file.case, "repair_looked_at", {"repair": str(order.n)}, parts=(replace(order, due_at=None),))


def send_out_step(order: RepairOrder) -> dict[str, Any]:
    """The message that has the piece sent back to its owner."""
    cause = "repaired" if order.state == "done" else "unrepaired"
    return {"kind": "send_out", "case_id": order.case_id, "leg": "-", "cause": cause, "repair": order.n}


def goes_out(sight: Sight) -> bool:
    """Whether the piece is to be sent back now: its repair is over, it is with us, nobody asked yet, and no other line
    of the same return is still at the bench."""
    order, file = sight.order, sight.file
    if order.partner or order.state not in ("done", "unrepaired") or order.asked_out_at is not None:
        return False
    others = (one for one in file.parts.of(RepairOrder) if one.n != order.n)
    at_work = any(not one.is_over for one in others)
    here = is_past(file.case.stage, "received") and file.case.stage not in OVER
    # Its way out was asked for by a message whose sender died before noting it: asked once more, it is planned once.
    is_out = any(way.repair_n == order.n for way in file.parts.of(WayOut))
    return here and not at_work and (is_out or file.case.stage != "sending_out")


def _with_it(sight: Sight, now: datetime) -> tuple[RepairOrder, ...]:
    """The repairs of other lines that waited for this one; each has a way out of its own."""
    others = (one for one in sight.file.parts.of(RepairOrder) if one.n != sight.order.n and not one.is_at_rest)
    return tuple(replace(one, asked_out_at=now, due_at=None) for one in others if not one.partner)


def given_up_for(order: RepairOrder, why: str, now: datetime) -> RepairOrder:
    """The repair as it goes back unrepaired; itself when it is over already."""
    return order if order.is_over else steps.given_up(order, why, now) or order


def _ordered(merchant: Merchant, file: CaseFile, wish: RepairWish, holder: str, now: datetime) -> RepairOrder:
    case, request = file.case, file.plan.request
    if case.stage in OVER or case.stage in UNDECIDED:
        raise ConflictError(f"the return is {case.stage}: no repair can be ordered")
    place = workplace(merchant, wish.place or request.return_to)
    faults = faults_of(wish.operations, [item.quantity for item in request.items], rules_of_repair(now.date()))
    if place is None:
        places = [one.id for one in merchant.facility] + [one.code for one in merchant.partner]
        faults.append(FieldFault("place", "unknown_place", f"one of {', '.join(places)}"))
    elif place.partner is not None:
        strange = [one.code for one in wish.operations if one.code not in place.partner.operations]
        faults += [FieldFault("operations", "not_done_there", f"{place.code} does no {code}") for code in strange]
    faults += unknown_evidence(file, (wish.customs.guarantee_proof,), "customs.guarantee_proof")
    if faults or place is None:
        raise InvalidRequestError("the repair cannot be ordered as written", faults)
    covered = wish.under_warranty if wish.under_warranty is not None else (case.kind == "warranty" or None)
    n = 1 + max((one.n for one in file.parts.of(RepairOrder)), default=0)
    return RepairOrder(
        case.case_id, n, place.code, "ordered", wish.operations, now, holder,
        under_warranty=covered, partner=place.partner is not None, customs=signed(wish.customs, holder, now),
    )  # fmt: skip


def _place(merchant: Merchant, code: str) -> Workplace:
    found = workplace(merchant, code)
    if found is None:
        raise ConflictError(f"the place {code} is no longer in the merchant file")
    return found


def _refuse_unknown_relief(ports: Ports, sight: Sight, relief: str | None, now: datetime) -> None:
    """A relief that is chosen is one of the country that the piece comes back to, and can be had by this repair."""
    if relief is None:
        return
    found = estimate_back(ports, sight, now.date())
    rows = {row.code: row for row in found.relief} if found else {}
    fitting = [code for code, row in rows.items() if not row.why.startswith("not for ")]
    if relief in fitting:
        return
    known = ", ".join(dict.fromkeys(fitting)) or "none: no customs border lies between, or no relief is known"
    raise InvalidRequestError(
        "this relief cannot be chosen", [FieldFault("customs.relief", "unknown_relief", f"one of {known}")]
    )


def _refuse_another(known: RepairOrder, made: RepairOrder) -> None:
    asked = (made.operations, made.place, made.under_warranty)
    if asked != (known.operations, known.place, known.under_warranty):
        raise ConflictError(f"repair {known.n} of this line is {known.state}: change it, or withdraw it first")


def _amendment(sight: Sight, step: Step, holder: str, now: datetime) -> Amendment:
    case = sight.file.case
    after = step.order
    looked_at = replace(sight, order=after)
    owed = step.is_owed or goes_out(looked_at) or bool(_alerts(looked_at, now))
    after = replace(after, due_at=now if owed else _rests_until(looked_at, now))
    facts = {"repair": str(after.n), "state": after.state} | (step.facts or {})
    stage = _led_to(case, step.stage, partner=after.partner)
    moved = replace(case, stage=stage) if stage != case.stage else case
    over = sight.file.bookings if step.called_off else ()
    # Nothing of it comes by the road any more, so it counts no longer towards what the address may be sent that day.
    legs = tuple(replace(leg, counted_on=None) for leg in sight.file.legs if step.called_off and leg.counted_on)
    return Amendment(
        moved, step.what, facts, by=holder, parts=(after, *step.quotes), bookings=step.called_off, over=over,
        legs=legs,
    )  # fmt: skip


def stands(ports: Ports, file: CaseFile, part_id: str, episode: str, now: datetime) -> bool:
    """Whether this is still a trouble of this repair."""
    sight = sight_of(file, int(part_id), ports.merchant(), now)
    order = brought_up(sight.order, sight.rules.terms, now)
    return any(one.episode == episode for one in troubles(order, sight.quotes, sight.rules.terms, now))


def _led_to(case: Case, stage: Stage | None, *, partner: bool) -> Stage:
    """The stage after a step; a piece that went to a partner passes by what it never needed."""
    now_at = case.stage
    if stage is None or now_at == stage:
        return now_at
    for passed in TO_A_PARTNER if partner else (stage,):
        if not is_past(now_at, passed):
            now_at = advance(now_at, passed)
    return now_at if now_at == stage else advance(now_at, stage)


def _alerts(sight: Sight, now: datetime) -> list[dict[str, Any]]:
    """What must be told and nobody was told yet, and the end of what is over."""
    order, shown = sight.order, {one.episode: one for one in sight.file.exceptions}
    found = troubles(order, sight.quotes, sight.rules.terms, now)
    opened = [_told(order, trouble) for trouble in found if trouble.episode not in shown]
    wanted = {trouble.episode for trouble in found}
    return opened + [closing_of(one, f"the repair is {order.state}", now) for one in _open_of(sight, wanted)]


def _open_of(sight: Sight, wanted: set[str]) -> list[OpenException]:
    begin = prefix(sight.order)
    ours = (one for one in sight.file.exceptions if one.kind in KINDS and one.episode.startswith(begin))
    return [one for one in ours if one.status != "resolved" and one.episode not in wanted]


def _told(order: RepairOrder, trouble: Trouble) -> dict[str, Any]:
    facts = {"detail": trouble.detail, "part": part_of(order)}
    return opening(order.case_id, trouble.kind, trouble.episode, trouble.since, **facts)


def _rests_until(sight: Sight, now: datetime) -> datetime | None:
    """When to look again. A piece that goes back and is not here yet, or waits for another line, is looked for."""
    order, terms = sight.order, sight.rules.terms
    until = next_look(order, terms, now)
    waits = order.is_over and not order.is_at_rest and not order.partner and sight.file.case.stage not in OVER
    again = now + timedelta(days=terms.look_again_days)
    return min(until or again, again) if waits or _is_owed_to(order, sight.file) else until


def _is_owed_to(order: RepairOrder, file: CaseFile) -> bool:
    """Given up before the piece had come: it comes all the same, and goes back."""
    begun = is_past(file.case.stage, "booked") and file.case.stage not in (*OVER, "sending_out")
    return order.state == "unrepaired" and order.asked_out_at is None and not order.partner and begun


def _looked(before: RepairOrder, after: RepairOrder) -> str:
    """What the log says of a look."""
    if after.asked_out_at != before.asked_out_at:
        return "repair_asked_out"
    return "repair_unclaimed_told" if after.told != before.told else "repair_looked_at"


def _look_for_all(ports: Ports, case_id: str) -> None:
    look_for_notices(ports, case_id)
    look_for_tools(ports, case_id)
