"""What an alert or a digest says to a person: a few lines in the language and on the clock of the receiver.

Nothing in it is a customer's own: no name, no address, no note that a person typed. Words are data
(``alerts/rules/alert_words.toml``); a word that is missing there shows as the code it stands for, never as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.gathered import Gathered, Summary
from chalicelib.alerts.overview import Overview
from chalicelib.alerts.playbooks import Language, playbook_of
from chalicelib.alerts.playbooks import Said as PlaybookWords
from chalicelib.alerts.routing import routing_rules
from chalicelib.alerts.told import Alert
from chalicelib.clock import zone
from chalicelib.errors import RuleNotInForce
from chalicelib.money import Money, text_of
from chalicelib.receivers import Receiver
from chalicelib.rulebook import dictionary

WORK_LIST = "/v1/exceptions"


@dataclass(frozen=True, slots=True)
class Said:
    """``title`` is one line; ``heading`` the same as the subject of a mail; ``ascii_heading`` in letters that any
    telephone shows; ``path`` is where the whole of it is read in our API."""

    title: str
    heading: str
    ascii_heading: str
    lines: tuple[str, ...]
    path: str


def said_of(alert: Alert, receiver: Receiver) -> Said:
    """An alert in words: a chat is told what, who and by when, a letter also what it means and what to do."""
    exception, words = alert.exception, _words(receiver)
    severity, what = words["severity"][alert.severity], what_of(exception, receiver.language)
    path = path_of(exception.exception_id)
    lines = [words["about"].format(subject=subject_of(exception), kind=_kind(exception.kind, exception.reason))]
    if alert.note.action != "resolved":
        lines.append(_act(receiver, exception.action_by, exception.deadline))
        lines += _in_full(exception, receiver) if receiver.channel != "chat" else []
    return Said(
        title=_title(words, alert.severity, alert.note.action, what),
        heading=words["mail_subject"].format(severity=severity, what=what),
        ascii_heading=_ascii(f"[{alert.severity}] {alert.note.action}: {exception.kind} {subject_of(exception)}"),
        lines=(*lines, words["see"].format(path=path)),
        path=path,
    )


def said_of_digest(told: Summary, receiver: Receiver) -> Said:
    """A digest of what waited, in words."""
    words = _words(receiver)
    counts = _counts(words, told.by_severity)
    gravest = next(iter(told.by_severity), "low")
    title = words["digest"].format(
        sign=_sign(gravest), exceptions=told.exceptions, changes=told.changes, counts=counts
    )  # fmt: skip
    lines = [_line(receiver, one) for one in told.first] + _more(words, told.more)
    heading = _ascii(f"[{gravest}] exceptions told together: {told.exceptions}")
    return Said(title, title, heading, (*lines, words["see"].format(path=WORK_LIST)), WORK_LIST)


def said_of_day(day: Overview, receiver: Receiver) -> Said:
    """The daily digest in words."""
    words = _words(receiver)
    gravest = next(iter(day.by_severity), "low")
    counts = _counts(words, day.by_severity)
    title = words["daily"].format(sign=_sign(gravest), exceptions=day.open, counts=counts)
    if not day.open:
        title = words["daily_none"]
    lines = [words["daily_more"].format(exceptions=day.open)] if day.has_more else []
    hours = routing_rules()["digest"]["ends_within_hours"]
    figures = (("overdue", day.overdue), ("ending", day.ending), ("claims", day.claims), ("duties", day.duties))
    lines += [words[name].format(count=count, hours=hours) for name, count in figures if count]
    lines += [_due_line(receiver, one) for one in day.first] + _more(words, day.more)
    heading = _ascii(f"[{gravest}] exceptions open: {day.open}, overdue: {day.overdue}")
    return Said(title, title, heading, (*lines, words["see"].format(path=WORK_LIST)), WORK_LIST)


def what_of(exception: OpenException, language: Language) -> str:
    """What happened, in a few words; of a kind that the playbooks of its day do not hold, what was written with it."""
    said = _playbook(exception, language)
    return cut(said.title if said else exception.meaning or exception.kind, routing_rules()["length"]["what"])


def meaning_of(exception: OpenException, language: Language) -> str:
    """What it means for whoever must act."""
    said = _playbook(exception, language)
    return cut(said.meaning if said else exception.meaning, routing_rules()["length"]["meaning"])


def steps_of(exception: OpenException, language: Language) -> tuple[str, ...]:
    """The first steps of what is to be done."""
    said, lengths = _playbook(exception, language), routing_rules()["length"]
    steps = tuple(step.text for step in said.steps) if said else exception.to_do
    return tuple(cut(step, lengths["step"]) for step in steps[: lengths["steps"]])


def subject_of(exception: OpenException) -> str:
    """What an exception is about: ``case/...``, ``number/fedex/...``, ``carrier/fedex``, ``rule/...``."""
    return f"{exception.subject_kind}/{exception.subject}"


def path_of(exception_id: str) -> str:
    """Where an exception is read."""
    return f"{WORK_LIST}/{exception_id}"


def time_text(at: datetime, zone_name: str) -> str:
    """A time on the receiver's clock, with UTC beside it.

    >>> time_text(datetime(2026, 11, 23, 17, 0, tzinfo=UTC), "Asia/Shanghai")
    '2026-11-24 01:00 Asia/Shanghai (2026-11-23 17:00 UTC)'
    """
    universal = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if zone_name == "UTC":
        return universal
    return f"{at.astimezone(zone(zone_name)):%Y-%m-%d %H:%M} {zone_name} ({universal})"


def money_text(money: Money) -> str:
    """An amount and its currency.

    >>> from decimal import Decimal
    >>> money_text(Money(Decimal(1180), "EUR"))
    '1180.00 EUR'
    """
    return f"{text_of(money.amount, money.currency)} {money.currency}"


def cut(text: str, length: int) -> str:
    """The text, or its beginning with a sign that there was more.

    >>> cut("a parcel", 5)
    'a pa…'
    """
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _in_full(exception: OpenException, receiver: Receiver) -> list[str]:
    """What it means, what to do, and to staff alone what is at risk."""
    words = _words(receiver)
    told = [meaning_of(exception, receiver.language)]
    if exception.money_at_risk is not None and receiver.channel == "mail":
        told.append(words["at_risk"].format(money=money_text(exception.money_at_risk)))
    return [*told, words["steps"], *(f"- {step}" for step in steps_of(exception, receiver.language))]


def _playbook(exception: OpenException, language: Language) -> PlaybookWords | None:
    try:
        return playbook_of(exception).said(language)
    except RuleNotInForce:
        return None


def _title(words: Mapping[str, Any], severity: str, change: str, what: str) -> str:
    told = {"severity": words["severity"][severity], "change": words["change"].get(change, change), "what": what}
    text: str = words["alert"].format(sign=_sign(severity), **told)
    return text


def _line(receiver: Receiver, one: Gathered) -> str:
    words = _words(receiver)
    act = _act(receiver, one.action_by, one.deadline) if one.action_by and one.status != "resolved" else ""
    change = words["change"].get(one.change, one.change)
    text: str = words["digest_line"].format(
        sign=_sign(one.severity), change=change, what=one.what, subject=one.subject, act=act
    )
    return text.strip()


def _due_line(receiver: Receiver, one: OpenException) -> str:
    act = _act(receiver, one.action_by, one.deadline)
    return f"{_sign(one.severity)} {what_of(one, receiver.language)} {subject_of(one)}. {act}"


def _act(receiver: Receiver, action_by: str, deadline: datetime | None) -> str:
    words = _words(receiver)
    who = words["who"].get(action_by, action_by)
    if deadline is None:
        return str(words["act"].format(who=who))
    return str(words["act_by"].format(who=who, by=time_text(deadline, receiver.time_zone)))


def _more(words: Mapping[str, Any], more: Mapping[str, int]) -> list[str]:
    if not more:
        return []
    kinds = ", ".join(words["count"].format(n=n, name=kind) for kind, n in more.items())
    return [words["more"].format(count=sum(more.values()), kinds=kinds)]


def _counts(words: Mapping[str, Any], by_severity: Mapping[str, int]) -> str:
    told = (words["count"].format(n=n, name=words["severity"][severity]) for severity, n in by_severity.items())
    return ", ".join(told)


def _kind(kind: str, reason: str | None) -> str:
    return f"{kind}, {reason}" if reason else kind


def _sign(severity: str) -> str:
    sign: str = dictionary("alerts", "alert_words")["sign"][severity]
    return sign


def _words(receiver: Receiver) -> Mapping[str, Any]:
    words: Mapping[str, Any] = dictionary("alerts", "alert_words")[receiver.language]
    return words


def _ascii(text: str) -> str:
    plain = "".join(sign if " " <= sign <= "~" else "?" for sign in text)
    return plain[: routing_rules()["length"]["subject"]]
