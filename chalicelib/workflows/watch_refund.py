"""The clock of a refund: watched from when the parcel moves, so that no legal day passes without its alert.

One part of the case holds the day by the clock that ends first. It is reckoned anew whenever an event comes that a
clock runs from, or one is corrected; people are told two days before it, and again when it has passed, until the case
has its outcome. The alert of a day is one exception however often it is told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.clock import known_stamp
from chalicelib.errors import RuleNotInForce
from chalicelib.returns.settlement import RefundClock, Settlement
from chalicelib.returns.settlement_deadlines import earliest
from chalicelib.returns.stages import OVER
from chalicelib.workflows import watch_original
from chalicelib.workflows.alert_words import closing_of, is_of, opening
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.case_parts import part_of
from chalicelib.workflows.ports import CaseFile, LogEntry, Ports
from chalicelib.workflows.settlement_sight import Sight, sight_of

DONE = frozenset({"done"})
DUE = "refund_due"
BY_WITHDRAWAL = "withdrawal_refund_due"
STEP = "refund_watch"
# While the law lets us wait for the goods nothing is owed; it is looked at again so often, should their news be lost.
LOOK_AGAIN = timedelta(days=7)


def step_of(case_id: str) -> dict[str, Any]:
    """The message that has the clock of a refund looked at: for every story that brings or corrects an event."""
    return {"kind": STEP, "case_id": case_id, "leg": "-"}


def begin(ports: Ports, case_id: str, now: datetime) -> None:
    """Reckon the clock anew and tell what is to be told; quiet where nothing has changed."""
    _look(ports, case_id, now, rests=False)


def look(ports: Ports, case_id: str, _part_id: str, now: datetime) -> None:
    """The clock is due: tell what is to be told, and let it rest until the next time."""
    _look(ports, case_id, now, rests=True)


def clock_of(sight: Sight, now: datetime, with_this: Settlement | None = None) -> tuple[RefundClock, ...]:
    """The clock as it is with this settlement, where that changes it: to be written with it. What is to be told of it
    is told by its own look, at once."""
    known = next(iter(sight.file.parts.of(RefundClock)), None)
    after = _reckoned(sight, known, now, with_this)
    if after is not None and after.alert_at is not None and now >= after.alert_at:
        after = replace(after, told_of=known.told_of if known else None, due_at=now)
    if after is None or (known is not None and _says_the_same(after, known)):
        return ()
    return (after,)


def moved(ports: Ports, file: CaseFile, what: str, now: datetime) -> tuple[RefundClock, ...]:
    """The clock as it is once the log says this of the case (``stage_arrived`` ...): to be written with that."""
    entry = LogEntry(file.case.case_id, file.case.log_n + 1, now, "goldthread", what, {}, "", "")
    try:
        return clock_of(sight_of(ports, replace(file, log=(*file.log, entry))), now)
    except RuleNotInForce:
        return ()


def _look(ports: Ports, case_id: str, now: datetime, *, rests: bool) -> None:
    def decide(file: CaseFile) -> Amendment | None:
        try:
            sight = sight_of(ports, file)
        except RuleNotInForce:
            return None
        known = next(iter(file.parts.of(RefundClock)), None)
        after = _reckoned(sight, known, now, None)
        alerts = [*watch_original.closings(sight, now), *(_alerts(file, after, now) if after else ())]
        if alerts:
            ports.queues.send("alerts", alerts)
        if after is None:
            return None
        if after == known or (known is not None and not rests and _says_the_same(after, known)):
            return None
        said = {"rule": after.rule, "because": after.because}
        facts = {"last_day": after.last_day or "none", **{name: text for name, text in said.items() if text}}
        return Amendment(file.case, "refund_clock", facts, parts=(after,))

    amend_file(ports, case_id, now, decide)


def stands(ports: Ports, file: CaseFile, _part_id: str, episode: str, now: datetime) -> bool:
    """Whether the refund is still owed by the day that this tells of."""
    sight = sight_of(ports, file)
    clock = _reckoned(sight, next(iter(file.parts.of(RefundClock)), None), now, None)
    return clock is not None and clock.ends_at is not None and episode == _episode(clock)


def _reckoned(
    sight: Sight, known: RefundClock | None, now: datetime, with_this: Settlement | None
) -> RefundClock | None:
    """The clock as it stands; None where no refund is owed in this case and none ever was watched."""
    case = sight.file.case
    mine = (*sight.settlements, *((with_this,) if with_this else ()))
    agreed = min((one.proposed_at for one in mine if one.is_under_way), default=None)
    running = sight.clocks(agreed) if case.kind in ("refund", "recall") or sight.withdrawals or mine else ()
    clock = earliest(running)
    blank = RefundClock(case.case_id, told_of=known.told_of if known else None)
    if case.stage in OVER or _is_settled(sight):
        return blank if known is not None else None
    if clock is None:
        if any(one.may_hold for one in running):
            return replace(blank, due_at=now + LOOK_AGAIN)
        return blank if known is not None else None
    last = clock.last_day.isoformat()
    is_told = now >= clock.alert_at
    due = clock.alert_at if not is_told else clock.ends_at if now < clock.ends_at else None
    return RefundClock(
        case_id=case.case_id,
        began_at=clock.began_at,
        ends_at=clock.ends_at,
        alert_at=clock.alert_at,
        last_day=last,
        rule=clock.rule,
        told_of=last if is_told else blank.told_of,
        due_at=due,
        because=clock.because,
    )


def _is_settled(sight: Sight) -> bool:
    """Whether the case has its outcome, by us or by the bank, for every piece that was accepted or, while nothing was
    looked at, asked for. What is proposed or approved is no outcome yet."""
    ended = any(one.state == "done" and sight.rules.kind(one.kind).ends for one in sight.settlements)
    ended = ended or bool(sight.banked)
    before = sight.before(sight.basis(sight.ground()).currency, DONE)
    return ended and not sight.came(before, inspected=bool(sight.inspections))


def _says_the_same(one: RefundClock, other: RefundClock) -> bool:
    """Whether two differ by no more than when they are looked at, and both are or neither is."""
    return replace(one, due_at=None) == replace(other, due_at=None) and bool(one.due_at) == bool(other.due_at)


def _alerts(file: CaseFile, clock: RefundClock, now: datetime) -> list[dict[str, Any]]:
    """The alert of the day as it is now, graver once it has passed; those of other days are over."""
    wanted = _opening(file, clock, now) if clock.alert_at is not None and now >= clock.alert_at else None
    told = [one for one in file.exceptions if one.kind == DUE and one.status != "resolved"]
    over = (one for one in told if wanted is None or not is_of(one, wanted["episode"]))
    closings = [closing_of(one, "the day has moved or the refund is made", now) for one in over]
    if wanted is None or _is_told_elsewhere(file, clock, now):
        return closings
    known = any(is_of(one, wanted["episode"]) and one.severity == wanted["severity"] for one in file.exceptions)
    return closings if known else [*closings, wanted]


def _is_told_elsewhere(file: CaseFile, clock: RefundClock, now: datetime) -> bool:
    """Whether a person has the same day on the work list already, from the withdrawal itself; not once it has
    passed."""
    ahead = clock.ends_at is not None and now < clock.ends_at
    return ahead and any(one.kind == BY_WITHDRAWAL and one.status != "resolved" for one in file.exceptions)


def _opening(file: CaseFile, clock: RefundClock, now: datetime) -> dict[str, Any]:
    passed = clock.ends_at is not None and now >= clock.ends_at
    why = f", set early because {clock.because}" if clock.because else ""
    return opening(
        file.case.case_id,
        DUE,
        _episode(clock),
        clock.alert_at or now,
        severity="critical" if passed else "high",
        deadline=known_stamp(clock.ends_at),
        detail=f"the refund is due by {clock.last_day} by {clock.rule}{why}",
        part=part_of(clock),
    )


def _episode(clock: RefundClock) -> str:
    return f"refund-due-{clock.last_day}"
