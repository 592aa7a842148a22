"""Who is told of what: the merchant's own people and tools, each with a way to reach them, a language and rules.

An address under which a chat or a webhook is reached is a secret, and so is what signs a message: they lie in the
secret store under the receiver's id and never in this file. Addresses of mail are the merchant's own staff.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from fnmatch import fnmatchcase
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.clock import zone
from chalicelib.strict import Country, Strict

Channel = Literal["webhook", "chat", "mail", "topic"]
Group = Literal["exception", "incident", "digest", "case"]
Severity = Literal["critical", "high", "medium", "low"]
GRAVEST_FIRST: tuple[Severity, ...] = get_args(Severity)
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
# Ours for what nobody asked to be told: see ``alerts/routing``.
FALLBACK = "fallback"
MIDNIGHT = time(0)


def _known_zone(name: str) -> str:
    zone(name)
    return name


def _on_the_wall(at: time) -> time:
    if at.tzinfo is not None or at.second or at.microsecond:
        raise ValueError("a time on the wall is hours and minutes without a zone")
    return at


ReceiverId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Pattern = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,63})?\*?$", min_length=1)]
MailAddress = Annotated[str, StringConstraints(pattern=r"^[^@\s,;<>\"]{1,64}@[A-Za-z0-9.-]{3,190}$")]
WallTime = Annotated[time, AfterValidator(_on_the_wall)]


@dataclass(frozen=True, slots=True)
class OpenHours(Strict):
    """When somebody reads what is sent; outside it everything but what is critical waits for a digest.

    ``closes`` 00:00 is the end of the day. ``holidays_of``: the country whose public holidays are kept, and whose days
    worked in exchange are worked.
    """

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens: WallTime
    closes: WallTime
    holidays_of: Country | None = None


@dataclass(frozen=True, slots=True)
class StormLimit(Strict):
    """So many messages in so many minutes; what is more is told together when they are over. Critical ones have a
    count of their own, so that small things never keep a grave one waiting."""

    messages: Annotated[int, Field(ge=1, le=200)]
    minutes: Annotated[int, Field(ge=1, le=1440)]


@dataclass(frozen=True, slots=True)
class Receiver(Strict):
    """One receiver. It is told what is at least as grave as ``severity``, of these ``kinds`` and ``changes`` (a name or
    the beginning of names with ``*``), of customers in ``countries`` (none named: all; what belongs to no country is
    told to everybody). ``events``: exceptions, incidents that stand for many, the daily digest, steps of a case.

    ``digest_at`` is when what has waited is told, and at the first of them the daily digest; without it, when
    ``hours`` begin. A tool without ``storm`` is told each thing alone.
    """

    id: ReceiverId
    channel: Channel
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    language: Literal["en", "zh"] = "en"
    to: tuple[MailAddress, ...] = ()
    events: Annotated[tuple[Group, ...], Field(min_length=1)] = ("exception", "incident")
    severity: Severity = "low"
    kinds: Annotated[tuple[Pattern, ...], Field(min_length=1)] = ("*",)
    changes: Annotated[tuple[Pattern, ...], Field(min_length=1)] = ("*",)
    countries: tuple[Country, ...] = ()
    hours: OpenHours | None = None
    digest_at: tuple[WallTime, ...] = ()
    storm: StormLimit | None = None

    def hears_of(self, severity: Severity, kind: str) -> bool:
        """Whether it is told of exceptions as grave as this, of this kind."""
        return is_grave_enough(severity, self.severity) and matches(kind, self.kinds)


def is_grave_enough(severity: Severity, least: Severity) -> bool:
    """Whether one severity is at least as grave as another.

    >>> is_grave_enough("critical", "high"), is_grave_enough("medium", "high")
    (True, False)
    """
    return GRAVEST_FIRST.index(severity) <= GRAVEST_FIRST.index(least)


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a name is one of these, or begins as one that ends with ``*``.

    >>> matches("customs_hold", ("customs_*",)), matches("hold", ("customs_*", "hold_too_old"))
    (True, False)
    """
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def receiver_contradictions(receivers: tuple[Receiver, ...]) -> Iterator[tuple[str, str, str]]:
    """What cannot be so, as (where, code, what to do)."""
    for receiver in receivers:
        for code, wrong, detail in _checks(receiver):
            if wrong:
                yield f"receiver.{receiver.id}", code, detail
    topics = [receiver.id for receiver in receivers if receiver.channel == "topic"]
    if len(topics) > 1:
        yield "receiver", "repeated", f"there is one topic: leave one of {', '.join(topics)}"


def _checks(receiver: Receiver) -> Iterator[tuple[str, bool, str]]:
    mail, tool = receiver.channel == "mail", receiver.channel == "webhook"
    yield "reserved", receiver.id == FALLBACK, f"{FALLBACK} is ours: choose another id"
    yield "missing", mail and not receiver.to, "mail needs the addresses it goes to: add to"
    yield "says_nothing", not mail and bool(receiver.to), "only mail has addresses in this file"
    yield "missing", not tool and receiver.storm is None, "say how many messages in how many minutes are enough: storm"
    yield "contradicts", not tool and "case" in receiver.events, "steps of a case are told to webhooks alone"
    yield "missing", "digest" in receiver.events and not receiver.digest_at, "say when the digest is told: digest_at"
    unread = bool(receiver.digest_at) and receiver.hours is None and "digest" not in receiver.events
    yield "says_nothing", unread, "digest_at without hours and without the event digest: nothing waits for it"
    yield "repeated", len(set(receiver.digest_at)) < len(receiver.digest_at), "a time of digest_at is given twice"
    if receiver.hours is not None:
        closed = receiver.hours.closes != MIDNIGHT and receiver.hours.closes <= receiver.hours.opens
        yield "ends_before_start", closed, "hours close after they open; for a night desk name a second receiver"
        yield "repeated", len(set(receiver.hours.days)) < len(receiver.hours.days), "a day of hours is given twice"
