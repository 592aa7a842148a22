"""The duty ledger is kept: entries recorded and corrected, claims filed, paid, refused or given up, and reminded of.

Every change is one transaction of entry, case log, counts and the exceptions it settles. A reminder is asked for by
the entry's own due time: it is sent under a name that makes it one exception, then the entry is put to rest until the
next; whoever dies in between has it sent again under the same name. A claim that was filed while its reminder was on
the way has that reminder closed by the same worker, which sees that the entry is no longer as it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from chalicelib.alerts.changes import resolved
from chalicelib.alerts.exceptions import OpenException
from chalicelib.clock import EARLIEST_CLOCK, stamp
from chalicelib.customs.claim_acts import Act, acted
from chalicelib.customs.claim_clock import Deadlines, Reminder
from chalicelib.customs.claims import Judgement, brought_up, corrected, recorded
from chalicelib.customs.ledger import (
    BY_THE_RULES,
    MOST_ENTRIES,
    DutyChange,
    DutyEntry,
    EntryDiffers,
    EntryFacts,
    LedgerFull,
    differing,
    entry_id_of,
    faults_of,
    noted,
)
from chalicelib.errors import FieldFault, InvalidRequestError, NotFoundError, StaleVersion
from chalicelib.workflows import case_log
from chalicelib.workflows.alert_words import closing_of
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.keep_exceptions import send_word
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_ledger import deadlines, entry_row, find_entry, judged, left_on

KIND = "duty_claim_due"
TRIES = 6
TOLD_BY_RULE = frozenset({"open", "lapsed"})


@dataclass(frozen=True, slots=True)
class Kept:
    """How an entry stands after what was asked; ``is_new`` when it was not recorded before."""

    is_new: bool
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Change:
    """An entry as it shall be, what the log says of it, and the exceptions that are settled with it."""

    after: DutyEntry
    what: str
    by: str
    facts: Mapping[str, str] = field(default_factory=dict)
    settled: tuple[OpenException, ...] = ()


@dataclass(frozen=True, slots=True)
class _Look:
    """An entry with the case around it, as it is judged at one moment."""

    file: CaseFile
    entry: DutyEntry
    left: date | None
    judgement: Judgement

    @property
    def deadlines(self) -> Deadlines:
        """The last days of its claim."""
        return deadlines(self.entry, self.judgement, self.left)

    def told(self) -> list[OpenException]:
        """Reminders of this entry that a person still has open."""
        prefix = f"duty-{self.entry.entry_id}-"
        open_ones = (one for one in self.file.exceptions if one.status != "resolved")
        return [one for one in open_ones if one.kind == KIND and one.episode.startswith(prefix)]

    def on_the_way(self, now: datetime) -> list[Reminder]:
        """Reminders that are due and no exception yet: not sent, or still on their way."""
        shown = {one.episode for one in self.file.exceptions}
        return [one for one in self.deadlines.to_tell(now) if one.episode(self.entry.entry_id) not in shown]


def record_duty(
    ports: Ports, case_id: str, facts: EntryFacts, *, corrects: bool, why: str | None, holder: str, now: datetime
) -> Kept:
    """Record an entry, or correct one. The same again is quiet; raises ``EntryDiffers`` for other particulars without
    ``corrects``, ``LedgerFull``, ``InvalidRequestError`` with every fault, ``NotFoundError`` without the case."""
    faults = faults_of(facts, (now + EARLIEST_CLOCK).date())
    if faults:
        raise InvalidRequestError("the entry cannot be as written", faults)
    entry_id = entry_id_of(facts.country, facts.entry_number)
    is_new = True

    def decide(file: CaseFile) -> _Change | None:
        nonlocal is_new
        found = find_entry(file.duties, entry_id)
        is_new = found is None
        if found is None:
            return _recorded(ports, file, facts, corrects=corrects, holder=holder, now=now)
        told = replace(facts, entry_number=found.facts.entry_number)
        names = differing(found.facts, told)
        if not names:
            return None
        if not corrects or why is None:
            raise EntryDiffers(
                f"this entry is recorded with another {', '.join(names)}; send corrects true and why to change it"
            )
        return _corrected(ports, file, found, told, why, holder, now)

    _change(ports, case_id, now, decide)
    return Kept(is_new, _row(ports, case_id, entry_id, now))


def act_on_duty(ports: Ports, case_id: str, entry_id: str, act: Act, *, holder: str, now: datetime) -> dict[str, Any]:
    """File a claim, note money or a refusal, or give it up (see ``customs.claim_acts``); reminders end with it."""

    def decide(file: CaseFile) -> _Change | None:
        look = _look(ports, file, _found(file, entry_id), now)
        after = acted(look.entry, act, look.judgement, (now + EARLIEST_CLOCK).date(), now, holder)
        if after is None:
            return None
        if look.entry.state in TOLD_BY_RULE and look.on_the_way(now):
            after = replace(after, due_at=now)  # the worker closes what it had sent and clears this
        told = {"on": act.on.isoformat() if act.on else None, "way": after.filing.way if after.filing else None}
        facts = {name: text for name, text in (told | {"why": act.why}).items() if text is not None}
        return _Change(after, f"duty_{after.state}", holder, facts, _settled(look, now, holder, after.state))

    _change(ports, case_id, now, decide)
    return _row(ports, case_id, entry_id, now)


def keep_claim(ports: Ports, message: Mapping[str, Any], now: datetime) -> None:
    """A claim asked to be looked at: tell what is to be told, then let it rest until the next time, or end it. What was
    told of an entry that somebody corrected meanwhile is taken back, for nobody else knows that it is on its way."""
    sent: list[Reminder] = []
    for _ in range(TRIES):
        file = file_of(ports, message["case_id"])
        entry = find_entry(file.duties, message["entry"])
        if entry is None:
            return
        look = _look(ports, file, entry, now)
        alerts = [*_alerts(look, now), *_taken_back(look, sent, now)]
        if alerts:
            ports.queues.send("alerts", alerts)
        if _put_to_rest(ports, look, now):
            return
        sent += look.on_the_way(now)
    raise StaleVersion("the entry is being written by others; try again")


def alert_of_stuck_claim(entry: DutyEntry, now: datetime) -> dict[str, Any]:
    """Five times a claim could not be looked at: somebody must watch its last day by hand."""
    last = entry.claim_by.isoformat() if entry.claim_by else "unknown"
    told = {"reason": "stuck", "since": stamp(now), "detail": f"entry {entry.entry_id}; last day {last}"}
    return _about(entry, f"duty-{entry.entry_id}-{last}-stuck") | {"action": "open"} | told


def step_of(entry: DutyEntry) -> dict[str, Any]:
    """The message that has a claim looked at."""
    return {"kind": "duty_claim", "case_id": entry.case_id, "leg": "-", "entry": entry.entry_id}


def _change(ports: Ports, case_id: str, now: datetime, decide: Callable[[CaseFile], _Change | None]) -> None:
    """Write what ``decide`` makes of the case as it stands, again when somebody else was faster."""
    for _ in range(TRIES):
        file = file_of(ports, case_id)
        change = decide(file)
        if change is None:
            return
        facts = {"entry": change.after.entry_id, "state": change.after.state, **change.facts}
        case, entry = case_log.noted(file.case, now, change.by, change.what, facts)
        duty = DutyChange(find_entry(file.duties, change.after.entry_id), change.after)
        try:
            ports.duties.keep(case, entry, [duty], change.settled)
        except StaleVersion:
            continue
        send_word(ports, *change.settled)
        return
    raise StaleVersion("the case is being written by others; try again")


def _recorded(
    ports: Ports, file: CaseFile, facts: EntryFacts, *, corrects: bool, holder: str, now: datetime
) -> _Change:
    if corrects:
        fault = FieldFault("corrects", "nothing_to_correct", "no such entry is recorded; leave corrects out")
        raise InvalidRequestError("there is nothing to correct", [fault])
    if len(file.duties) >= MOST_ENTRIES:
        raise LedgerFull(f"a case holds {MOST_ENTRIES} entries; record this one with the case that it belongs to")
    left = left_on(ports, file, facts)
    judgement = judged(file, facts, left, now)
    entry = recorded(file.case.case_id, facts, judgement, now, holder)
    return _Change(_timed(entry, deadlines(entry, judgement, left), now), "duty_recorded", holder)


def _corrected(
    ports: Ports, file: CaseFile, found: DutyEntry, facts: EntryFacts, why: str, holder: str, now: datetime
) -> _Change:
    paid = [one for one in (facts.duty, facts.tax, facts.fees) if one is not None]
    got = found.received
    if got is not None and any(one.currency != got.currency for one in paid):
        fault = FieldFault("duty", "other_currency", f"money came back in {got.currency}")
        raise InvalidRequestError("the entry cannot be as written", [fault])
    left = left_on(ports, file, facts)
    judgement = judged(file, facts, left, now)
    after = corrected(found, facts, judgement, why, now, holder)
    after = _timed(after, deadlines(after, judgement, left), now)
    look = _Look(file, after, left, judgement)
    return _Change(after, "duty_corrected", holder, {"why": why}, _settled(look, now, holder, after.state))


def _timed(entry: DutyEntry, clock: Deadlines, now: datetime) -> DutyEntry:
    """The entry with the time at which it is looked at: at once when a step of its ladder is reached already."""
    if entry.state != "open":
        return replace(entry, due_at=None, attempts=0)
    return replace(entry, due_at=now if clock.to_tell(now) else clock.next_after(now), attempts=0)


def _look(ports: Ports, file: CaseFile, entry: DutyEntry, now: datetime) -> _Look:
    left = left_on(ports, file, entry.facts)
    return _Look(file, entry, left, judged(file, entry.facts, left, now))


def _put_to_rest(ports: Ports, look: _Look, now: datetime) -> bool:
    """Write what time has changed, or only when to look again; False when somebody else wrote first."""
    entry, case = look.entry, look.file.case
    after, why = brought_up(entry, look.judgement, now), dict[str, str]()
    if case.stage == "cancelled" and entry.state == "open":
        after = replace(after, state="given_up", changed_at=now, why="return_cancelled")
        why = {"why": "return_cancelled"}
    until = look.deadlines.next_after(now) if after.state == "open" else None
    if (after.state, after.claim_by, after.at_most) == (entry.state, entry.claim_by, entry.at_most):
        return ports.duties.rest(entry, until)
    after = noted(replace(after, due_at=until, attempts=0), now, BY_THE_RULES, "judged", why)
    settled = _settled(look, now, BY_THE_RULES, after.state) if why else ()
    logged, line = case_log.noted(
        case, now, BY_THE_RULES, f"duty_{after.state}", {"entry": entry.entry_id, "state": after.state, **why}
    )
    try:
        ports.duties.keep(logged, line, [DutyChange(entry, after)], settled)
    except StaleVersion:
        return False
    send_word(ports, *settled)
    return True


def _alerts(look: _Look, now: datetime) -> list[dict[str, Any]]:
    """What is told now of an open or lapsed claim; of any other, that what was told is settled."""
    entry = look.entry
    if look.file.case.stage == "cancelled" and entry.state == "open":
        return []  # its reminders are settled with it
    if entry.state not in TOLD_BY_RULE:
        ended = f"the claim is {entry.state}"
        on_the_way = [_closing(entry, one, ended, now) for one in look.on_the_way(now)]
        return on_the_way + [closing_of(one, ended, now) for one in look.told()]
    names = {one.episode(entry.entry_id) for one in look.deadlines.to_tell(now)}
    overtaken = [one for one in look.told() if one.episode not in names]
    opened = [_opening(look, one) for one in look.on_the_way(now)]
    return opened + [closing_of(one, "overtaken", now) for one in overtaken]


def _taken_back(look: _Look, sent: Sequence[Reminder], now: datetime) -> list[dict[str, Any]]:
    entry = look.entry
    due = look.deadlines.to_tell(now) if entry.state in TOLD_BY_RULE else ()
    names = {one.episode(entry.entry_id) for one in due}
    return [_closing(entry, one, "overtaken", now) for one in sent if one.episode(entry.entry_id) not in names]


def _opening(look: _Look, reminder: Reminder) -> dict[str, Any]:
    entry, judgement = look.entry, look.judgement
    ways = [one for one in judgement.ways if reminder.last_day is None or one.way.claim_by == reminder.last_day]
    parties = sorted({party for one in ways for party in one.parties})
    told = [
        f"entry {entry.entry_id} of {entry.facts.country}",
        f"last day {reminder.last_day.isoformat() if reminder.last_day else 'unknown'}",
        f"ways: {', '.join(one.way.code for one in ways)}",
        f"may be claimed by: {', '.join(parties) or 'unknown: say who the importer is'}",
        *([f"missing: {', '.join(judgement.asks)}"] if judgement.asks else []),
    ]
    at_risk = judgement.at_most or entry.at_most
    return _about(entry, reminder.episode(entry.entry_id)) | {
        "action": "open",
        "reason": reminder.rung,
        "since": stamp(reminder.since),
        "money_at_risk": at_risk.as_json() if at_risk else None,
        "detail": "; ".join(told),
    }


def _closing(entry: DutyEntry, reminder: Reminder, detail: str, now: datetime) -> dict[str, Any]:
    told = {"reason": reminder.rung, "since": stamp(now), "detail": detail}
    return _about(entry, reminder.episode(entry.entry_id)) | {"action": "close"} | told


def _about(entry: DutyEntry, episode: str) -> dict[str, Any]:
    return {"subject_kind": "case", "subject": entry.case_id, "kind": KIND, "episode": episode}


def _settled(look: _Look, now: datetime, by: str, state: str) -> tuple[OpenException, ...]:
    """The reminders that this change settles: all of them, but for those still due of a claim that stays open."""
    reached = look.deadlines.to_tell(now) if state in TOLD_BY_RULE else ()
    still = {one.episode(look.entry.entry_id) for one in reached}
    ended = [one for one in look.told() if one.episode not in still]
    return tuple(
        resolved(one, now, by, f"the claim is {state}", version=one.version + 1, sequence=look.file.case.log_n + 1)
        for one in ended
    )


def _found(file: CaseFile, entry_id: str) -> DutyEntry:
    entry = find_entry(file.duties, entry_id)
    if entry is None:
        raise NotFoundError("this case has no such entry")
    return entry


def _row(ports: Ports, case_id: str, entry_id: str, now: datetime) -> dict[str, Any]:
    file = file_of(ports, case_id)
    look = _look(ports, file, _found(file, entry_id), now)
    return entry_row(look.entry, look.judgement, look.left)
