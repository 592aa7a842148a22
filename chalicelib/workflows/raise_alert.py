"""An alert becomes an exception that a person works on, says more of one, makes it graver, or closes it: once per
episode, whatever comes twice.

A closing that overtakes its opening writes the exception as already resolved, so that the late opening finds it and
changes nothing. What was resolved stays so: trouble that comes back is another episode. Only where a *person* resolved
it and the same episode then grows graver than it was, the graver trouble opens under a name of its own.

After every change, and again when its message comes again, people are told of it (``tell``), the clock of a claim is
started and the customer's worker is woken; each of them knows a repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.alerts import escalation
from chalicelib.alerts.changes import US, is_spoken, opened, raised, resolved, updated
from chalicelib.alerts.exceptions import SEVERITIES, ExceptionNote, OpenException, is_graver, public_id
from chalicelib.alerts.playbooks import open_exception
from chalicelib.alerts.told import Alert
from chalicelib.clock import instant
from chalicelib.errors import InvalidRequestError, NotFoundError, StaleVersion
from chalicelib.money import money_from_json
from chalicelib.returns.case import Case
from chalicelib.shipments.watch import UNHEARD
from chalicelib.workflows import incidents
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.case_parts import stands
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.keep_exceptions import Kept, amendment_of, found_by
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.parcels import is_taken_in
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.tell import tell
from chalicelib.workflows.tell_steps import tell_steps
from chalicelib.workflows.verdicts import LOST
from chalicelib.workflows.wake_exceptions import take_wake

AGAIN = ".again"
# What a message may have written when it comes again and finds it done.
WRITES = {"open": {"opened", "raised"}, "update": {"opened", "updated"}, "close": {"resolved"}}


def take_alert(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Do what the message says to its exception and tell of it; the leg it is about, as ``case/leg``.

    ``action``: open, update, close; ``tell`` of a change that a person made, ``tell_case`` of what a case has come
    to, ``wake`` of one whose time has come. The first three say subject_kind, subject, kind, episode, since, and where
    known reason, severity, deadline, leg, carrier, number, money_at_risk, detail. Of an alert about a case that does
    not exist the exception is kept under the carrier instead: it is never dropped.
    """
    match message["action"]:
        case "tell":
            _tell_of(ports, message["exception_id"], message["sequence"], now)
            return set()
        case "tell_case":
            tell_steps(ports, message["case_id"], now)
            return {f"{message['case_id']}/-"}
        case "wake":
            for kept in take_wake(ports, message["exception_id"], now):
                tell_all(ports, kept.exception, kept.notes, now)
            return set()
        case "open" | "update" | "close":
            return _taken(ports, message, now)
        case unknown:
            raise InvalidRequestError(f"nobody knows an alert that says {unknown!r}")


def tell_all(ports: Ports, exception: OpenException, notes: Iterable[ExceptionNote], now: datetime) -> None:
    """Tell of these lines of its history, and wake whoever else must know; again is harmless."""
    spoken = [note for note in notes if is_spoken(exception, note)]
    for note in spoken:
        tell(ports, Alert(exception, note), now)
    if exception.case_id is None or not spoken:
        return
    known = escalation.rules(now.date())
    leg, is_open = exception.leg_n, exception.status != "resolved"
    if is_open and leg is not None and known.may_end_in_a_claim(exception.kind, exception.reason, exception.severity):
        ports.queues.send("steps", [{"kind": "claim_watch", "case_id": exception.case_id, "leg": leg}])
    if exception.kind in known.noticed:
        look_for_notices(ports, exception.case_id)


def _taken(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    if message["subject_kind"] != "case":
        _finish(ports, message, _alone(ports, message, now), now)
        return set()
    try:
        told = _under_case(ports, message, now)
    except NotFoundError:
        lost = {**message, "subject_kind": "carrier", "subject": message.get("carrier") or "unknown"}
        _finish(ports, lost, _alone(ports, lost, now), now)
        return set()
    _finish(ports, message, told, now)
    return {f"{message['subject']}/{message.get('leg') or '-'}"}


def _finish(ports: Ports, message: Mapping[str, Any], kept: Kept | None, now: datetime) -> None:
    """Tell of what was written, or of what an earlier receive of this message may have written and not told."""
    if kept is None:
        return
    found, notes = kept.exception, kept.notes
    if kept.sequence is None:
        notes = [note for note in found.history if note.by == US and note.action in WRITES[message["action"]]]
    tell_all(ports, found, notes, now)
    if message["action"] == "close" and found.case_id is not None and _was_given_up(found):
        look_for_notices(ports, found.case_id)  # whoever was told of a loss hears that it was found
    graver = _graver_again(ports, found, message)
    if graver is not None:
        _taken(ports, graver, now)


def _was_given_up(found: OpenException) -> bool:
    """Whether a person resolved it as a loss."""
    return found.resolved_by not in (None, US) and any(
        (note.note or "").startswith(f"{LOST}: ") for note in found.history if note.action == "resolved"
    )


def _graver_again(ports: Ports, found: OpenException, message: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a person has resolved and the facts have made graver since, as a message of its own; and the end of that."""
    if found.status != "resolved" or found.resolved_by == US or found.episode.endswith(AGAIN):
        return None
    anew = {**message, "episode": f"{message['episode']}{AGAIN}"}
    if message["action"] == "close":
        return anew if ports.exceptions.read(_id_of(anew)) else None
    said = message.get("severity")
    return anew if said is not None and is_graver(said, found.severity) else None


def _tell_of(ports: Ports, exception_id: str, sequence: int, now: datetime) -> None:
    found = found_by(ports, exception_id)
    tell_all(ports, found, [note for note in found.history if note.sequence == sequence], now)


def _under_case(ports: Ports, message: Mapping[str, Any], now: datetime) -> Kept | None:
    kept: Kept | None = None

    def decide(case: Case) -> Amendment | None:
        nonlocal kept
        found = ports.exceptions.read(public_id("case", case.case_id, message["episode"]))
        kept = Kept(found) if found else None
        if found is None and (
            _is_our_own_doing(case, message)
            or _is_taken_in(ports, case, message)
            or _is_overtaken(ports, case, message, now)
        ):
            return None
        after = _after(ports, found, message, now, case)
        if after is None:
            return None
        kept = Kept(after, case.log_n + 1)
        return amendment_of(case, after)

    amend(ports, message["subject"], now, decide)
    return kept


def _is_our_own_doing(case: Case, message: Mapping[str, Any]) -> bool:
    """A carrier that tells of a cancelled return that its waybill is cancelled says what we asked it to do."""
    return case.stage == "cancelled" and message["kind"] == "cancelled_by_carrier"


def _is_taken_in(ports: Ports, case: Case, message: Mapping[str, Any]) -> bool:
    """Whether the parcel that nobody scanned lies at our own dock: its carrier's silence is then no trouble."""
    if message["kind"] not in UNHEARD:
        return False
    return is_taken_in(file_of(ports, case.case_id), message.get("leg"))


def _is_overtaken(ports: Ports, case: Case, message: Mapping[str, Any], now: datetime) -> bool:
    """Whether what the part of a case was in trouble with has ended since the message was sent."""
    part, episode = message.get("part"), message["episode"].removesuffix(AGAIN)
    if message["action"] != "open" or part is None:
        return False
    return not stands(ports, file_of(ports, case.case_id), part, episode, now)


def _alone(ports: Ports, message: Mapping[str, Any], now: datetime) -> Kept | None:
    found = ports.exceptions.read(_id_of(message))
    after = _after(ports, found, message, now, None)
    if after is None:
        return Kept(found) if found else None
    if after.version > 1:
        ports.exceptions.save_alone(after)
    elif not ports.exceptions.open_alone(after):
        raise StaleVersion("somebody else opened this exception first")
    return Kept(after, after.history[-1].sequence)


def _id_of(message: Mapping[str, Any]) -> str:
    return public_id(message["subject_kind"], message["subject"], message["episode"])


def _after(
    ports: Ports, found: OpenException | None, message: Mapping[str, Any], now: datetime, case: Case | None
) -> OpenException | None:
    """The exception as it shall be; None when it already is."""
    sequence = case.log_n + 1 if case else None
    closing = message["action"] == "close"
    if found is None:
        return _first(ports, message, now, case, sequence)
    if found.status == "resolved":
        return None
    if closing:
        return resolved(found, now, US, message.get("detail"), version=found.version + 1, sequence=sequence)
    if message["action"] == "update":
        return _updated(found, message, now, sequence)
    return _raised(found, message, now, sequence)


def _first(
    ports: Ports, message: Mapping[str, Any], now: datetime, case: Case | None, sequence: int | None
) -> OpenException:
    """One that nobody knows of yet: opened, alone or as one of many, or over before we heard of it."""
    fresh, country = _fresh(message, now, case), case.customer_country if case else None
    if message["action"] == "close":
        begun = opened(fresh, now, sequence=sequence or 1, country=country)
        return resolved(begun, now, US, message.get("detail"), version=1, sequence=sequence)
    incident = incidents.join(ports, fresh, case, now) if case and message["action"] == "open" else None
    return opened(fresh, now, sequence=sequence or 1, country=country, incident=incident)


def _raised(
    found: OpenException, message: Mapping[str, Any], now: datetime, sequence: int | None
) -> OpenException | None:
    """The same trouble has grown graver: only who says how grave it is raises it, not the first opening come again."""
    said = message.get("severity")
    if said is None or not is_graver(said, found.severity):
        return None
    return raised(found, said, now, sequence=sequence, detail=message.get("detail"))


def _updated(
    found: OpenException, message: Mapping[str, Any], now: datetime, sequence: int | None
) -> OpenException | None:
    """The same trouble under a reason that is now known better, or with news of how far it has gone; its opening and
    its history stay, and it is never less grave than it was."""
    fresh, detail = _fresh(message, now, None), message.get("detail")
    if fresh.reason == found.reason:
        known = detail is None or any(note.note == detail for note in found.history)
        return None if known or found.subject_kind != "carrier" else updated(found, now, detail, sequence=sequence)
    deadline = fresh.deadline and fresh.deadline + escalation.waited(found)
    better = replace(
        found,
        severity=min(found.severity, fresh.severity, key=SEVERITIES.index),
        reason=fresh.reason,
        meaning=fresh.meaning,
        to_do=fresh.to_do,
        action_by=fresh.action_by,
        deadline=deadline,
    )
    return updated(better, now, fresh.reason, sequence=sequence)


def _fresh(message: Mapping[str, Any], now: datetime, case: Case | None) -> OpenException:
    """As the message says it; what is at risk, where it does not say, is what its case is worth, and its deadline what
    its playbook says."""
    at_risk = message.get("money_at_risk")
    worth = case.money_at_risk if case and "money_at_risk" not in message else None
    fresh = open_exception(
        message["subject_kind"],
        message["subject"],
        kind=message["kind"],
        episode=message["episode"],
        reason=message.get("reason"),
        since=instant(message["since"]),
        now=now,
        severity=message.get("severity"),
        case_id=message["subject"] if message["subject_kind"] == "case" else None,
        leg_n=message.get("leg"),
        carrier=message.get("carrier"),
        number=message.get("number"),
        money_at_risk=money_from_json(at_risk) if at_risk else worth,
        detail=message.get("detail"),
    )
    return replace(fresh, deadline=instant(message["deadline"])) if message.get("deadline") else fresh
