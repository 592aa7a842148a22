"""Who is told of a change of an exception: at once, together with more, or not.

A decision depends on the alert and the merchant's file alone, never on when it is carried out: told again it is decided
the same, so that nobody hears of it by two ways. What nobody asked for goes to the topic, if it is grave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from chalicelib.alerts import incidents
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.quiet_hours import waits_until
from chalicelib.alerts.told import Alert
from chalicelib.errors import RuleNotInForce
from chalicelib.receivers import FALLBACK, Receiver, StormLimit, is_grave_enough, matches
from chalicelib.rulebook import dictionary

How = Literal["now", "gather", "no"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Routed:
    """What one receiver gets of an alert, and why. ``until`` is when what is gathered is told.

    ``why``: asked, fallback, quiet_hours, incident; of what is not told, what it did not ask for (events, severity,
    kinds, countries, changes), or itself: that it cannot be reached.
    """

    receiver: Receiver
    how: How
    why: str
    until: datetime | None = None


def case_steps() -> frozenset[str]:
    """What of a case log is told to tools that want every step, as the log names it."""
    return frozenset(routing_rules()["case"]["steps"])


def route(
    alert: Alert, receivers: Sequence[Receiver], at: datetime, incident: OpenException | None = None
) -> tuple[Routed, ...]:
    """What every receiver gets of this alert, once each. ``at`` is when the change was made (``alert.note.at``);
    ``incident`` the one of which this is a member, where there is one."""
    unasked = {receiver.id: _unasked(alert, receiver) for receiver in receivers}
    lost = _of_last_resort(alert, receivers) if all(unasked.values()) else ()
    found = [
        Routed(receiver, "no", why) if (why := unasked[receiver.id]) else _when(alert, receiver, at, incident, "asked")
        for receiver in receivers
        if receiver not in lost
    ]
    return (*found, *(_when(alert, receiver, at, None, "fallback") for receiver in lost))


def _of_last_resort(alert: Alert, receivers: Sequence[Receiver]) -> tuple[Receiver, ...]:
    """Who is told of an alert that nobody asked for: of a grave one that asks something of somebody the topic, or every
    person where it is the topic that fails; of others nobody."""
    rules = routing_rules()["fallback"]
    if alert.severity not in rules["severities"] or alert.note.action in rules["quiet_changes"]:
        return ()
    topic = last_resort(receivers)
    if not _is_about(alert, topic):
        return (topic,)
    return tuple(one for one in receivers if one.channel in ("chat", "mail")) or (topic,)


def last_resort(receivers: Sequence[Receiver]) -> Receiver:
    """The merchant's receiver of the topic, or one of ours where it named none."""
    rules = routing_rules()["fallback"]
    ours = Receiver(FALLBACK, "topic", rules["time_zone"], storm=StormLimit(**rules["storm"]))
    return next((receiver for receiver in receivers if receiver.channel == "topic"), ours)


def receiver_called(receiver_id: str, receivers: Sequence[Receiver]) -> Receiver | None:
    """The receiver of this id, ours of last resort among them; None for one that the file no longer names."""
    return next((one for one in (*receivers, last_resort(receivers)) if one.id == receiver_id), None)


def is_incident(exception: OpenException) -> bool:
    """Whether an exception stands for many."""
    return matches(exception.kind, tuple(routing_rules()["incident"]["kinds"]))


def window_end(at: datetime, minutes: int) -> datetime:
    """The end of the window of so many minutes in which a moment lies; the same for everything in it.

    >>> window_end(datetime(2026, 11, 22, 10, 3, tzinfo=UTC), 10).isoformat()
    '2026-11-22T10:10:00+00:00'
    """
    window = timedelta(minutes=minutes)
    return EPOCH + ((at - EPOCH) // window + 1) * window


def after_storm(alert: Alert, receiver: Receiver, at: datetime) -> datetime:
    """When what is beyond a receiver's limit is told: when the window is over, and what is not critical within hours.
    A receiver without a limit is never held back and has no such moment: ValueError."""
    if receiver.storm is None:
        raise ValueError(f"{receiver.id} has no limit")
    return _in_hours(alert, receiver, window_end(at, receiver.storm.minutes))


def _unasked(alert: Alert, receiver: Receiver) -> str | None:
    """The first of the receiver's rules that leaves this alert out; None when it asked for it."""
    return next((name for name, asked in _rules(alert, receiver) if not asked), None)


def _rules(alert: Alert, receiver: Receiver) -> Iterator[tuple[str, bool]]:
    exception = alert.exception
    yield "itself", not _is_about(alert, receiver)
    yield "events", ("incident" if is_incident(exception) else "exception") in receiver.events
    yield "severity", is_grave_enough(alert.severity, receiver.severity)
    yield "kinds", matches(exception.kind, receiver.kinds)
    # What belongs to no country concerns everybody.
    yield "countries", not receiver.countries or alert.country is None or alert.country in receiver.countries
    yield "changes", matches(alert.note.action, receiver.changes)


def _when(alert: Alert, receiver: Receiver, at: datetime, incident: OpenException | None, why: str) -> Routed:
    if alert.severity != "critical" and (until := waits_until(receiver, at)) is not None:
        return Routed(receiver, "gather", "quiet_hours", until)
    if incident is not None and not _stands_out(alert, at) and _was_told_of(incident, receiver, at):
        every = routing_rules()["incident"]["members_every_minutes"]
        return Routed(receiver, "gather", "incident", _in_hours(alert, receiver, window_end(at, every)))
    return Routed(receiver, "now", why)


def _stands_out(alert: Alert, at: datetime) -> bool:
    """Whether a member is critical and what it is a member of is not so by its nature: it waits for no others. By the
    rules of that day and not by how grave the incident has become, so that it is decided the same when told again."""
    if alert.severity != "critical":
        return False
    try:
        group = incidents.rules(at.date()).groups.get(alert.exception.kind)
    except RuleNotInForce:
        return False
    return group is not None and group.severity != "critical"


def _is_about(alert: Alert, receiver: Receiver) -> bool:
    """Whether it says that this very receiver cannot be reached: it is not told so itself."""
    return alert.exception.subject_kind == "receiver" and alert.exception.subject == receiver.id


def _in_hours(alert: Alert, receiver: Receiver, end: datetime) -> datetime:
    """This moment, or the next telling where it lies outside the receiver's hours; what is critical waits for none."""
    return end if alert.severity == "critical" else waits_until(receiver, end) or end


def _was_told_of(incident: OpenException, receiver: Receiver, at: datetime) -> bool:
    """Whether this receiver knew of the incident at this moment; a tool without a limit wants each of its members all
    the same."""
    asked = "incident" in receiver.events and receiver.hears_of(incident.severity, incident.kind)
    is_open = incident.opened_at <= at and (incident.resolved_at is None or at < incident.resolved_at)
    return receiver.storm is not None and asked and is_open


def routing_rules() -> Mapping[str, Any]:
    """``alerts/rules/routing.toml``."""
    return dictionary("alerts", "routing")
