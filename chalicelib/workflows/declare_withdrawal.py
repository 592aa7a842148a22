"""A customer withdraws: the declaration is written down with its instant and content, its clocks start, and its receipt
can be sent. No approval stands between.

It is taken at any stage and whatever the day. What the law grants lets a return that waited go on by itself; what a
machine cannot say (too late, excluded, another kind of return, a case that is over) is kept all the same and given to a
person with the doubt. The same declaration again is answered with the same receipt and writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.changes import opened, resolved
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.playbooks import open_exception
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.settlement_deadlines import Clock, earliest
from chalicelib.returns.settlement_rules import rules_on
from chalicelib.returns.stages import OVER
from chalicelib.returns.withdrawal import DOUBTFUL, Withdrawal
from chalicelib.workflows import watch_refund
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.judge_withdrawal import Judged, first_look, judged, next_look, target_of
from chalicelib.workflows.keep_exceptions import send_word
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_withdrawal import receipt
from chalicelib.workflows.settlement_sight import sight_of
from chalicelib.workflows.tell_steps import look_for_tools
from chalicelib.workflows.verdicts import DECISION_WANTED, Consequence, Verdict, consequence_of

REFUND_DUE = "withdrawal_refund_due"
GOODS_LATE = "withdrawal_goods_late"
WAITS = frozenset({"review", "evidence_needed"})


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a declaration changes, and what is queued once it is written."""

    amendment: Amendment
    exceptions: tuple[OpenException, ...] = ()
    steps: tuple[Mapping[str, Any], ...] = ()


def declare(
    ports: Ports,
    case_id: str,
    *,
    lines: tuple[int, ...] = (),
    language: str | None = None,
    by: str,
    now: datetime,
    declared_at: datetime | None = None,
) -> dict[str, Any]:
    """Take a withdrawal from these lines of the return (they count from 1; none named: all of them); its receipt.

    ``by`` is the customer, or the holder who took it; ``declared_at`` the instant it was made, where that was before it
    reached us (a letter). Raises ``NotFoundError``, and ``InvalidRequestError`` for a line that is not there or an
    instant to come; never because it is late or excluded.
    """
    done: list[_Taken] = []

    def decide(file: CaseFile) -> Amendment | None:
        done[:] = []
        wanted = _lines(file, lines)
        at = _instant(file, declared_at, now)
        if any(one.covers(wanted) for one in file.parts.of(Withdrawal)):
            return None
        done[:] = [_taken(ports, file, wanted, language, by, at, now)]
        return done[0].amendment

    amend_file(ports, case_id, now, decide)
    for taken in done:
        ports.queues.send("steps", [*taken.steps, watch_refund.step_of(case_id)])
        send_word(ports, *taken.exceptions)
    look_for_notices(ports, case_id)
    look_for_tools(ports, case_id)
    file = file_of(ports, case_id)
    wanted = _lines(file, lines)
    kept = next(one for one in sorted_by_n(file) if one.covers(wanted))
    return receipt(ports, file, kept)


def look(ports: Ports, case_id: str, part_id: str, now: datetime) -> None:
    """The clock of a withdrawal: once money should be on its way and nobody has proposed a settlement, a person is
    told, in good time. While the law lets us wait for the goods it is looked at again each day, until they come or the
    customer's own time to send them is over: that is told too."""
    told: list[OpenException] = []

    def decide(file: CaseFile) -> Amendment | None:
        told[:] = []
        found = next((one for one in file.parts.of(Withdrawal) if one.part_id == part_id), None)
        # Not asked whether it is due: the sweep that claimed it has put its time off already.
        if found is None or found.due_at is None:
            return None
        told[:] = _to_tell(ports, file, found, now)
        rests = bool(told) or _is_settled(file) or file.case.stage in OVER
        after = replace(found, due_at=None if rests else next_look(now), told_at=now if told else found.told_at)
        facts = {"withdrawal": part_id, "told": "yes" if told else "no"}
        return Amendment(file.case, "withdrawal_looked_at", facts, parts=(after,), exceptions=tuple(told))

    amend_file(ports, case_id, now, decide)
    send_word(ports, *told)


def _to_tell(ports: Ports, file: CaseFile, part: Withdrawal, now: datetime) -> list[OpenException]:
    """What a person must hear of the clock now: that a refund is due soon, or that the goods never came."""
    if _is_settled(file) or file.case.stage in OVER:
        return []
    sight = sight_of(ports, file)
    clock = earliest(sight.clocks())
    if clock is not None and clock.alert_at <= now:
        day, target = clock.last_day.isoformat(), clock.target.isoformat()
        text = f"refund by {day}, meant to be done on {target} ({clock.told_as})"
        return [_trouble(file, part, REFUND_DUE, f"withdrawal-{part.n}-refund", clock.code, now, text, clock.ends_at)]
    is_late = part.send_back_by is not None and part.send_back_by <= now
    if is_late and sight.starts().goods_or_proof is None:
        text = "neither the goods nor proof that they were sent has come in the time the law gives for it"
        return [_trouble(file, part, GOODS_LATE, f"withdrawal-{part.n}-goods", None, now, text, None)]
    return []


def deadlines(ports: Ports, file: CaseFile) -> tuple[Clock, ...]:
    """Every clock of a refund that runs for this case, the first to end at the head."""
    return sight_of(ports, file).clocks()


def sorted_by_n(file: CaseFile) -> tuple[Withdrawal, ...]:
    """The declarations of a case in their order."""
    return tuple(sorted(file.parts.of(Withdrawal), key=lambda one: one.n))


def _taken(
    ports: Ports, file: CaseFile, lines: tuple[int, ...], language: str | None, by: str, at: datetime, now: datetime
) -> _Taken:
    found = judged(ports, file, lines, at)
    clock = found.refund
    part = Withdrawal(
        case_id=file.case.case_id,
        n=1 + max((one.n for one in file.parts.of(Withdrawal)), default=0),
        declared_at=at,
        declared_by=by,
        language=language or file.case.language,
        lines=lines,
        in_time=found.in_time,
        rule=next((one.rule for one in found.ground.reasons), None),
        send_back_by=found.send_back_by,
        refund_by=clock.ends_at if clock else None,
        due_at=first_look(found, at),
        taken_at=now,
        doubts=found.doubts,
        refund_from=found.refund_from,
        refund_target=target_of(clock) if clock else None,
        may_hold=clock.may_hold if clock else False,
        freight_paid_by=found.ground.freight_paid_by,
    )
    goes_on, settled = _goes_on(file, found, by, now)
    doubtful = _doubtful(file, part, now) if found.doubts else ()
    facts = {"withdrawal": part.part_id, "lines": " ".join(map(str, lines)) or "all", "rule": part.rule or "-"}
    change = Amendment(
        goes_on.on(file.case),
        "withdrawal_declared",
        {**facts, "in_time": "yes" if part.in_time else "a person must say"},
        by=by,
        bookings=goes_on.bookings,
        over=file.bookings if goes_on.bookings else (),
        plan=goes_on.plan,
        parts=(part,),
        exceptions=(*doubtful, *settled),
    )
    return _Taken(change, (*doubtful, *settled), goes_on.steps)


def _goes_on(file: CaseFile, found: Judged, by: str, now: datetime) -> tuple[Consequence, tuple[OpenException, ...]]:
    """A return that waited only for somebody to say that it may come back goes on: the law has said so. What else is
    open (cover, customs, a fact of its papers) still waits for a person."""
    stays: tuple[Consequence, tuple[OpenException, ...]] = (Consequence(), ())
    if file.case.stage not in WAITS or found.in_time is not True or found.doubts or open_besides(file):
        return stays
    wanted = next((one for one in file.exceptions if one.kind == DECISION_WANTED and one.status != "resolved"), None)
    if wanted is None:
        return stays
    verdict = Verdict("resolve", by, note="the customer withdrew", outcome="approved")
    try:
        follows = consequence_of(file, wanted, verdict, now)
    except ConflictError:
        return stays
    note, n = "approved: the customer withdrew, and the law grants it", file.case.log_n + 1
    return follows, (resolved(wanted, now, by, note, version=wanted.version + 1, sequence=n),)


def open_besides(file: CaseFile) -> tuple[str, ...]:
    """What is open in the case besides whether it may come back at all."""
    reasons = file.plan.answer.get("decision", {}).get("reasons", ())
    ours = {f"decide: {row['text']} ({row['code']}{', ' + row['item'] if row['item'] else ''})" for row in reasons}
    evidence = {f"give {name}" for name in file.plan.answer.get("decision", {}).get("evidence_wanted", ())}
    points = (text for text in file.plan.answer.get("next", ()) if text.startswith(("decide: ", "give ")))
    return tuple(text for text in points if text not in ours | evidence)


def _doubtful(file: CaseFile, part: Withdrawal, now: datetime) -> tuple[OpenException, ...]:
    text = ", ".join(part.doubts)
    return (_trouble(file, part, DOUBTFUL, part.doubt, part.doubts[0], now, text, None),)


def _trouble(
    file: CaseFile,
    part: Withdrawal,
    kind: str,
    episode: str,
    reason: str | None,
    now: datetime,
    detail: str,
    deadline: datetime | None,
) -> OpenException:
    fresh = open_exception(
        "case",
        file.case.case_id,
        kind=kind,
        episode=episode,
        reason=reason,
        since=part.declared_at if kind == DOUBTFUL else now,
        now=now,
        case_id=file.case.case_id,
        money_at_risk=file.case.money_at_risk,
        detail=detail,
    )
    timely = replace(fresh, deadline=deadline or fresh.deadline)
    return opened(timely, now, sequence=file.case.log_n + 1, country=file.case.customer_country)


def _is_settled(file: CaseFile) -> bool:
    """Whether somebody has taken it in hand: a settlement that ends the case watches its own clock from then on. What
    is given besides (goodwill) settles nothing."""
    rules = rules_on(file.plan.request.order.sold_on)
    taken = (one for one in file.parts.of(Settlement) if rules.kind(one.kind).ends)
    return any(one.state not in ("withdrawn", "refused_by_provider") for one in taken)


def _lines(file: CaseFile, lines: tuple[int, ...]) -> tuple[int, ...]:
    """The lines in their order; all of them named is the same as none named."""
    known = range(1, len(file.plan.request.items) + 1)
    faults = [
        FieldFault(f"lines.{at}", "unknown_line", f"a line of this return, 1 to {known[-1]}")
        for at, line in enumerate(lines)
        if line not in known
    ]
    if faults:
        raise InvalidRequestError("this return has no such line", faults)
    wanted = tuple(sorted(set(lines)))
    return () if len(wanted) == len(known) else wanted


def _instant(file: CaseFile, declared_at: datetime | None, now: datetime) -> datetime:
    at = declared_at or now
    if at > now:
        raise InvalidRequestError(
            "this was declared in the future",
            [FieldFault("declared_at", "in_the_future", "give the instant at which it was declared")],
        )
    if at.date() < file.plan.request.order.sold_on:
        detail = "nobody withdraws from a sale before it"
        raise InvalidRequestError(detail, [FieldFault("declared_at", "before_sale", detail)])
    return at
