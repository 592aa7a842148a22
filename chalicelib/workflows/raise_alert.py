"""An alert becomes an exception that a person works on, says more of one, or closes it: once per episode, whatever
comes twice.

A closing that overtakes its opening writes the exception as already resolved, so that the late opening finds it and
changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.exceptions import ExceptionNote, OpenException, public_id
from chalicelib.alerts.playbooks import open_exception
from chalicelib.clock import instant
from chalicelib.errors import NotFoundError
from chalicelib.money import money_from_json
from chalicelib.returns.case import Case
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.ports import Ports


def take_alert(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Open or close the exception that the message tells of; the leg it is about, as ``case/leg``.

    ``message``: action (open, update, close), subject_kind, subject, kind, episode, since, and where known reason,
    severity, leg, carrier, number, money_at_risk, detail. Of an alert about a case that does not exist the exception
    is kept under the carrier instead: it is never dropped.
    """
    if message["subject_kind"] == "case":
        try:
            _under_case(ports, message, now)
        except NotFoundError:
            lost = {**message, "subject_kind": "carrier", "subject": message.get("carrier") or "unknown"}
            _alone(ports, lost, now)
        else:
            return {f"{message['subject']}/{message.get('leg') or '-'}"}
    else:
        _alone(ports, message, now)
    return set()


def _under_case(ports: Ports, message: Mapping[str, Any], now: datetime) -> None:
    def decide(case: Case) -> Amendment | None:
        found = ports.exceptions.read(public_id("case", case.case_id, message["episode"]))
        if found is None and _is_our_own_doing(case, message):
            return None
        after = _after(found, message, now)
        if after is None:
            return None
        facts = {"episode": after.episode, "kind": after.kind, "status": after.status}
        if after.reason:
            facts["reason"] = after.reason
        return Amendment(case, f"exception_{after.status}", facts, exceptions=(after,))

    amend(ports, message["subject"], now, decide)


def _is_our_own_doing(case: Case, message: Mapping[str, Any]) -> bool:
    """A carrier that tells of a cancelled return that its waybill is cancelled says what we asked it to do."""
    return case.stage == "cancelled" and message["kind"] == "cancelled_by_carrier"


def _alone(ports: Ports, message: Mapping[str, Any], now: datetime) -> None:
    found = ports.exceptions.read(public_id(message["subject_kind"], message["subject"], message["episode"]))
    after = _after(found, message, now)
    if after is None:
        return
    if after.version == 1:
        ports.exceptions.open_alone(after)
    else:
        ports.exceptions.save_alone(after)


def _after(found: OpenException | None, message: Mapping[str, Any], now: datetime) -> OpenException | None:
    """The exception as it shall be; None when it already is."""
    closing = message["action"] == "close"
    if found is None:
        fresh = _fresh(message, now)
        return resolved(fresh, now, "goldthread", message.get("detail"), version=1) if closing else fresh
    if found.status == "resolved":
        return None
    if closing:
        return resolved(found, now, "goldthread", message.get("detail"), version=found.version + 1)
    return _updated(found, message, now) if message["action"] == "update" else None


def _updated(found: OpenException, message: Mapping[str, Any], now: datetime) -> OpenException | None:
    """The same trouble under a reason that is now known better, or with news of how far it has gone; its opening and
    its history stay."""
    fresh = _fresh(message, now)
    told = ExceptionNote(now, "goldthread", "reason", fresh.reason)
    if fresh.reason == found.reason:
        detail = message.get("detail") if found.subject_kind == "carrier" else None
        if detail is None or any(note.note == detail for note in found.history):
            return None
        told = ExceptionNote(now, "goldthread", "update", detail)
    return replace(
        fresh,
        status=found.status,
        opened_at=found.opened_at,
        history=(*found.history, told),
        version=found.version + 1,
    )


def resolved(exception: OpenException, now: datetime, by: str, note: str | None, *, version: int) -> OpenException:
    """The exception, resolved by a person with a note or by the facts."""
    told = ExceptionNote(now, by, "resolved", note)
    return replace(
        exception,
        status="resolved",
        resolved_at=now,
        resolved_by=by,
        history=(*exception.history, told),
        version=version,
    )


def _fresh(message: Mapping[str, Any], now: datetime) -> OpenException:
    at_risk = message.get("money_at_risk")
    return open_exception(
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
        money_at_risk=money_from_json(at_risk) if at_risk else None,
        detail=message.get("detail"),
    )
