"""What is sent, as text, by the way it goes: JSON for a tool, Slack's shape for a chat room, a letter, the topic.

The same alert gives the same text. It holds no personal value; a tool is told amounts, and a letter to staff, but not
a chat room or the topic, which more people read than need to know what a parcel is worth.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.alerts.deliveries import Delivery
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.gathered import Gathered, Summary, case_message_id, message_id_of
from chalicelib.alerts.overview import Overview
from chalicelib.alerts.routing import is_incident, routing_rules
from chalicelib.alerts.told import Alert
from chalicelib.alerts.words import (
    Said,
    cut,
    meaning_of,
    path_of,
    said_of,
    said_of_day,
    said_of_digest,
    steps_of,
    subject_of,
    what_of,
)
from chalicelib.clock import known_stamp, stamp
from chalicelib.receivers import Receiver

SCHEMA_VERSION = 1
# Slack takes 3,000 characters in a block of text.
LONGEST_BLOCK = 2900
Facts = Mapping[str, Any]


def delivery_of(alert: Alert, receiver: Receiver, now: datetime) -> Delivery:
    """The delivery of an alert to one receiver."""
    message_id, exception, subject = message_id_of(alert, receiver.id), alert.exception, counted_under(alert.exception)
    event = f"{'incident' if is_incident(exception) else 'exception'}.{alert.note.action}"
    facts = envelope(event, message_id, alert.note.at, subject, alert.note.sequence)
    facts |= {"case_id": exception.case_id, "data": _exception_facts(alert, receiver)}
    return Delivery(
        receiver.id, message_id, receiver.channel, event, subject, alert.note.sequence,
        occurred_at=alert.note.at, created_at=now, body=_body(receiver, facts, lambda: said_of(alert, receiver)),
    )  # fmt: skip


def counted_under(exception: OpenException) -> str:
    """The subject whose sequence its changes have: its case, whose log numbers them; without a case the exception
    itself, for two of one carrier both begin with 1."""
    about = subject_of(exception)
    return about if exception.subject_kind == "case" else f"{about}/{exception.episode}"


def gathered_of(alert: Alert, receiver: Receiver) -> Gathered:
    """What a digest will say of an alert that is not told alone."""
    exception = alert.exception
    return Gathered(
        message_id_of(alert, receiver.id), exception.exception_id, subject_of(exception), exception.kind,
        alert.severity, exception.status, alert.note.action, alert.note.sequence, alert.note.at,
        what_of(exception, receiver.language), exception.reason, exception.action_by, exception.deadline,
    )  # fmt: skip


def digest_of(message_id: str, told: Summary, receiver: Receiver, at: datetime, now: datetime) -> Delivery:
    """The delivery of what has waited until ``at``."""
    data = {
        "count": told.changes, "exceptions": told.exceptions, "by_severity": told.by_severity,
        "first": [_line_facts(one) for one in told.first], "more": _shortened(told.more), "path": "/v1/exceptions",
    }  # fmt: skip
    return _digest(message_id, "digest.gathered", receiver, at, now, data, lambda: said_of_digest(told, receiver))


def daily_of(message_id: str, day: Overview, receiver: Receiver, at: datetime, now: datetime) -> Delivery:
    """The delivery of a daily digest."""
    data = {
        "open": day.open, "by_severity": day.by_severity, "overdue": day.overdue, "ending": day.ending,
        "claims": day.claims, "duties": day.duties, "has_more": day.has_more,
        "first": [
            {"exception_id": one.exception_id, "subject": subject_of(one), "kind": one.kind, "severity": one.severity,
             "deadline": known_stamp(one.deadline)} for one in day.first
        ],
        "more": _shortened(day.more), "path": "/v1/exceptions",
    }  # fmt: skip
    return _digest(message_id, "digest.daily", receiver, at, now, data, lambda: said_of_day(day, receiver))


def case_delivery(
    case_id: str, what: str, sequence: int, at: datetime, facts: Facts, receiver: Receiver, now: datetime
) -> Delivery:
    """The delivery of a step of a case to a tool; ``facts`` hold codes and ids, never a personal value."""
    event, subject = f"case.{what}", f"case/{case_id}"
    message_id = case_message_id(receiver.id, case_id, what, sequence)
    body = envelope(event, message_id, at, subject, sequence)
    body |= {"case_id": case_id, "data": dict(facts) | {"path": f"/v1/returns/{case_id}"}}
    return Delivery(
        receiver.id, message_id, receiver.channel, event, subject, sequence, occurred_at=at, created_at=now,
        body=_json(body),
    )  # fmt: skip


def _digest(
    message_id: str, event: str, receiver: Receiver, at: datetime, now: datetime, data: Facts, said: Callable[[], Said]
) -> Delivery:
    """A digest is about its receiver; its sequence are the minutes since 1970, so that a later one counts higher."""
    subject, sequence = f"receiver/{receiver.id}", int(at.timestamp()) // 60
    facts = envelope(event, message_id, at, subject, sequence) | {"case_id": None, "data": data}
    return Delivery(
        receiver.id, message_id, receiver.channel, event, subject, sequence, occurred_at=at, created_at=now,
        body=_body(receiver, facts, said),
    )  # fmt: skip


def envelope(event: str, message_id: str, at: datetime, subject: str, sequence: int) -> dict[str, Any]:
    """What every message says first, whatever it is about; ``sequence`` counts within its ``subject``."""
    return {
        "schema_version": SCHEMA_VERSION, "type": event, "id": message_id, "occurred_at": stamp(at),
        "subject": subject, "sequence": sequence,
    }  # fmt: skip


def _exception_facts(alert: Alert, receiver: Receiver) -> dict[str, Any]:
    exception = alert.exception
    return {
        "exception_id": exception.exception_id,
        "kind": exception.kind,
        "reason": exception.reason,
        "severity": alert.severity,
        "status": exception.status,
        "carrier": exception.carrier,
        "leg": exception.leg_n,
        "meaning": meaning_of(exception, receiver.language),
        "to_do": list(steps_of(exception, receiver.language)),
        "action_by": exception.action_by,
        "deadline": known_stamp(exception.deadline),
        "money_at_risk": exception.money_at_risk.as_json() if exception.money_at_risk else None,
        "incident_id": alert.incident_id,
        "path": path_of(exception.exception_id),
    }


def _line_facts(one: Gathered) -> dict[str, Any]:
    return {
        "exception_id": one.exception_id, "subject": one.subject, "kind": one.kind, "reason": one.reason,
        "severity": one.severity, "status": one.status, "change": one.change, "sequence": one.sequence,
        "deadline": known_stamp(one.deadline),
    }  # fmt: skip


def _shortened(more: Mapping[str, int]) -> dict[str, int]:
    """The commonest kinds by name, the others together: a digest stays small whatever happens."""
    named = dict(list(more.items())[: routing_rules()["digest"]["spelled_out"]])
    rest = sum(more.values()) - sum(named.values())
    return named | ({"other": rest} if rest else {})


def _body(receiver: Receiver, facts: Facts, said: Callable[[], Said]) -> str:
    match receiver.channel:
        case "webhook":
            return _json(facts)
        case "chat":
            return _json(_chat(said()))
        case "mail":
            told = said()
            text = "\n".join((told.title, "", *told.lines))
            return _json({"subject": told.heading, "text": text})
        case "topic":
            told = said()
            return _json({"subject": told.ascii_heading, "text": "\n".join((told.title, "", *told.lines))})


def _chat(said: Said) -> dict[str, Any]:
    """Slack's shape, as plain text: nothing in it is bold, a link, or a call to everybody in the room."""
    texts = [""]
    for line in map(_harmless, (said.title, *said.lines)):
        longer = f"{texts[-1]}\n{line}".strip()
        texts[-1:] = [longer] if len(longer) <= LONGEST_BLOCK else [texts[-1], cut(line, LONGEST_BLOCK)]
    return {
        "text": _harmless(said.title),
        "mrkdwn": False,
        "blocks": [
            {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}} for text in texts if text
        ],
    }


def _harmless(text: str) -> str:
    """Escaped as Slack asks; an at sign in its wide form calls nobody.

    >>> _harmless("<!channel> R&D @here")
    '&lt;!channel&gt; R&amp;D ＠here'
    """
    for sign, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("@", "＠")):
        text = text.replace(sign, safe)
    return text


def _json(shape: Facts) -> str:
    return json.dumps(shape, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
