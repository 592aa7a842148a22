"""What the desk asks of a customer's notices: what was sent and what comes next, how one reads, whether any are wanted.

The desk may read no person, so what it is shown names nobody; and of a moment that has not come it is shown an example
that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from chalicelib.clock import known_stamp, stamp
from chalicelib.errors import StaleVersion
from chalicelib.notices.facts import CustomerTask, Happened, Moment, NoticeFacts, PickupHours
from chalicelib.notices.language import template_of
from chalicelib.notices.messages import render
from chalicelib.notices.moments import NEWS_FOR, REQUIRED, Occasion, Owed, occasions, owed
from chalicelib.notices.register import Entry, Register, message_id
from chalicelib.pickups.hand_over import hand_over
from chalicelib.returns.case import Case, Kind
from chalicelib.returns.stages import OVER, is_past
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.gather_ending import with_recall
from chalicelib.workflows.gather_notice import Look, Told, facts_of, look_at
from chalicelib.workflows.ports import CaseFile, LogEntry, Ports

TRIES = 6
CHOSEN = {True: "notices_refused", False: "notices_wanted"}
# What comes on the ordinary way, in order; holds come when they come.
ORDINARY: tuple[Moment, ...] = ("accepted", "pickup_booked", "collected", "arrived")
# What comes after it arrived, by the kind of the return; any other ends with a decision and its money.
AFTER: Mapping[Kind, tuple[Moment, ...]] = {
    "repair": ("quote", "repair_begun", "repair_done", "sent_out", "out_arrived"),
    "warranty": ("decision", "sent_out", "out_arrived"),
    "exchange": ("decision", "sent_out", "out_arrived"),
    "loan": ("decision",),
}
TO_MONEY: tuple[Moment, ...] = ("decision", "paid")
# Said in the place of another: our own take-in for the carrier's word that it came.
IN_PLACE_OF: Mapping[Moment, Moment] = {"received": "arrived", "quote_reminder": "quote"}
# An example's day of collection, and how long the way takes in it.
TOMORROW, ON_THE_WAY = timedelta(days=1), timedelta(days=4)


def read_notices(ports: Ports, case_id: str, now: datetime) -> dict[str, Any]:
    """Every moment of a case with what was told of it, and what comes next; raises ``NotFoundError``."""
    look = _look(ports, case_id)
    register = look.file.notices
    came = occasions(look.history, register, now)
    known = {name for one in came for name in one.names}
    beside = [entry for entry in register if entry.key not in known]
    due = owed(look.history, register, now)
    rows = [_row(one, register, due) for one in came] + [_of_entry(entry) for entry in beside]
    return {
        "case_id": case_id,
        "language": template_of(look.file.case.language, look.file.case.customer_country),
        "opted_out": register.opted_out_at is not None,
        "opted_out_at": known_stamp(register.opted_out_at),
        "items": [row | {"message_id": _message_of(case_id, row)} for row in rows],
        "next": _next(look.file, came),
    }


def preview_notice(ports: Ports, case_id: str, moment: Moment, language: str | None, now: datetime) -> dict[str, Any]:
    """A notice as the customer would read it, but for their name, which nobody at the desk's end may unseal. ``sample``
    where the case has not come to this moment: the day, the courier or the decision is then an example."""
    look = _look(ports, case_id)
    case = look.file.case
    template = template_of(language or case.language, case.customer_country)
    facts = _preview(ports, look, moment, now)
    if moment == "recall":
        facts = with_recall(facts, ports, look.file, "", template)
    told = render(moment, template, facts)
    return {
        "case_id": case_id,
        "moment": moment,
        "language": told.language,
        "dir": told.dir,
        "sample": facts.sample,
        "subject": told.subject,
        "text": told.text,
        "html": told.html,
    }


def choose_notices(ports: Ports, case_id: str, *, opted_out: bool, holder: str, now: datetime) -> dict[str, Any]:
    """Keep that the customer wants no more notices of this return and of those to come, or wants them again. The same
    again changes nothing; what the law wants told is told all the same."""
    for _ in range(TRIES):
        file = file_of(ports, case_id)
        if (file.notices.opted_out_at is not None) == opted_out:
            break
        if ports.notices.keep(case_id, file.notices.chosen(now, opted_out=opted_out)):
            break
    else:
        raise StaleVersion("the notices are being written by others; try again")
    _log_choice(ports, case_id, CHOSEN[opted_out], holder, now)
    return read_notices(ports, case_id, now)


def _log_choice(ports: Ports, case_id: str, what: str, holder: str, now: datetime) -> None:
    """The log says it too, also where whoever wrote the choice died before; it says nothing of a first choice to be
    told, for that is how every case begins."""

    def decide(case: Case) -> Amendment | None:
        said = next((entry.what for entry in reversed(_log(ports, case_id)) if entry.what in CHOSEN.values()), None)
        return None if what == (said or CHOSEN[False]) else Amendment(case, what, by=holder)

    amend(ports, case_id, now, decide)


def _log(ports: Ports, case_id: str) -> tuple[LogEntry, ...]:
    return file_of(ports, case_id).log


def _look(ports: Ports, case_id: str) -> Look:
    return look_at(ports, file_of(ports, case_id))


def _row(one: Occasion, register: Register, due: tuple[Owed, ...]) -> dict[str, Any]:
    """A moment that came about, and the notice that told of it; one that nobody told yet waits, or is not wanted."""
    entry = register.told(one.names)
    row = {
        "moment": one.moment,
        "episode": one.episode or None,
        "happened_at": stamp(one.at),
        "required": one.required,
    }
    if entry is None:
        waits = any(one.names & {mail.key, *mail.covers} for mail in due)
        return row | _unsaid("waiting" if waits else "not_wanted")
    own = entry.key in one.names
    return row | _said(entry) | {"told_with": None if own else entry.moment}


def _of_entry(entry: Entry) -> dict[str, Any]:
    """A notice without a moment of its own: a summary, or one whose moment the carrier has taken back."""
    return {
        "moment": entry.moment,
        "episode": entry.episode or None,
        "happened_at": None,
        "required": entry.moment in REQUIRED,
        **_said(entry),
        "told_with": None,
    }


def _said(entry: Entry) -> dict[str, Any]:
    return {
        "status": "sending" if entry.status == "claimed" else entry.status,
        "at": stamp(entry.at),
        "language": entry.language,
        "why": entry.why,
    }


def _unsaid(status: str) -> dict[str, Any]:
    return {"status": status, "at": None, "language": None, "why": None, "told_with": None}


def _message_of(case_id: str, row: dict[str, Any]) -> str | None:
    """The name of the mail, by which the provider's own records can be searched."""
    if row["told_with"] is not None or row["status"] not in ("sent", "failed", "sending"):
        return None
    key = f"{row['moment']}/{row['episode']}" if row["episode"] else row["moment"]
    return message_id(case_id, key)


def _next(file: CaseFile, came: tuple[Occasion, ...]) -> list[Moment]:
    """The moments that the ordinary way still has."""
    if file.case.stage in OVER:
        return []
    way = ORDINARY + AFTER.get(file.case.kind, TO_MONEY)
    names = [IN_PLACE_OF.get(one.moment, one.moment) for one in came if not _is_early(one)]
    left = way[max((way.index(name) for name in names if name in way), default=-1) + 1 :]
    if any(one.moment == "decision" for one in came) and file.case.stage != "review":
        left = tuple(one for one in left if one != "accepted")
    return [one for one in left if not (one == "pickup_booked" and is_past(file.case.stage, "booked"))]


def _is_early(one: Occasion) -> bool:
    """Whether it is a word on whether the return may begin, and not on how it ends."""
    return one.moment == "decision" and not one.episode.startswith("s")


def _preview(ports: Ports, look: Look, moment: Moment, now: datetime) -> NoticeFacts:
    """The case's own facts where the moment has come; else with an example of what is not known yet."""
    merchant, came = ports.merchant(), occasions(look.history, look.file.notices, now)
    own = next((one for one in reversed(came) if one.moment == moment), None)
    if own is not None:
        return facts_of(look, Told(moment, own.episode, own.at), merchant, None, now)
    facts = facts_of(look, Told(moment, "", now), merchant, None, now)
    if moment == "summary" and came:
        return replace(facts, past=tuple(Happened(one.moment, one.at) for one in came))
    return _exemplary(facts, look, moment, now)


def _exemplary(facts: NoticeFacts, look: Look, moment: Moment, now: datetime) -> NoticeFacts:
    """An example of a moment, marked as one."""
    leg = look.leg()
    hours = PickupHours((now + TOMORROW).date(), time(10), time(16), facts.zone)
    packing = tuple(step.key for step in hand_over(leg.carrier if leg else None))
    task: dict[Moment, CustomerTask] = {"pickup_booked": "hand_to_courier", "evidence_wanted": "send_photos"}
    if moment in ("sent_out", "out_arrived"):
        facts = replace(facts, direction="out", task="receive_parcel" if moment == "sent_out" else "nothing")
    past = (Happened("accepted", now - 3 * NEWS_FOR), Happened("collected", now - 2 * NEWS_FOR))
    return replace(
        facts,
        sample=True,
        task=task.get(moment, facts.task),
        pickup=hours if moment == "pickup_booked" else facts.pickup,
        packing=packing if moment == "pickup_booked" else facts.packing,
        wanted=("photo_item",) if moment == "evidence_wanted" else facts.wanted,
        reason="customs_inspection" if moment in ("held", "released") else facts.reason,
        expected_at=facts.expected_at or (now + ON_THE_WAY if moment in ("collected", "released") else None),
        deadline=now + ON_THE_WAY if moment in ("quote", "quote_reminder") else facts.deadline,
        remedies=("repair", "replacement", "refund") if moment == "recall" else facts.remedies,
        outcome="approved" if moment == "decision" else facts.outcome,
        past=past if moment == "summary" else (),
    )
