"""A delivery: one message to one receiver of the merchant's, tried until it has arrived or is given up.

It is an item with its own due time and not a message that a queue holds back: a receiver that is away for a day costs
nobody else a place in a queue. When it is tried again is data (``rules/deliveries``); what an answer means is
decided here. Only a 2xx has arrived; a redirect is a failure and never followed (Standard Webhooks 1.0.0).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Literal, get_args
from urllib.parse import quote, unquote

from chalicelib.errors import NotFoundError
from chalicelib.rulebook import in_force

Channel = Literal["webhook", "chat", "mail", "topic"]
DeliveryState = Literal["waiting", "sent", "dead"]
DELIVERY_STATES: tuple[DeliveryState, ...] = get_args(DeliveryState)
DATASET = "alerts/deliveries"

# Words of ours for a try that brought no status.
GONE, AWAY_TOO_LONG, NOT_CONFIGURED, REFUSED = "receiver_gone", "receiver_away", "not_configured", "refused"
NO_SECRETS = "secrets_unavailable"
# A setting of the merchant's must be mended: no later try can do better.
UNUSABLE = frozenset({NOT_CONFIGURED, "secret_unreadable", "address_refused"})
# The receiver itself is not there, too slow or overrun: the next message would meet the same.
_AWAY = frozenset({
    "timeout", "no_connection", "not_resolved", "tls_failed", "hung_up", "unavailable", "408", "425", "429",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: when, what came of it (a status as text, or a word of ours such as ``timeout``), and how long the
    receiver took in milliseconds (None: nobody was called, or nobody counted)."""

    at: datetime
    outcome: str
    took_ms: int | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """``body`` is what is sent, as text, the same at every attempt; it holds no personal value. To a webhook or a chat
    it goes as it is; for mail and the topic it is JSON with ``subject`` and ``text`` (of a mail also ``html`` and
    ``language``, where it has them).

    ``subject`` is what it is about (``case/...``; without a case one exception, ``carrier/fedex/...``), ``sequence``
    its place among all that is told of that subject.
    ``due_at`` is None while a queue message is on its way and once it has arrived or is dead. ``tries`` are those since
    ``asked_at``, when it was last asked for: by its making, or by a replay.
    """

    receiver: str
    message_id: str
    channel: Channel
    event: str
    subject: str
    sequence: int
    occurred_at: datetime
    created_at: datetime
    body: str
    state: DeliveryState = "waiting"
    tries: tuple[Try, ...] = ()
    due_at: datetime | None = None
    attempts: int = 0
    version: int = 1
    replayed_at: datetime | None = None
    replayed_by: str | None = None

    @property
    def delivery_id(self) -> str:
        """The public id: URL-safe text that encodes where it is kept.

        >>> keys_of(public_id("case/c1", "shop-system", "msg_1"))
        ('case/c1', 'shop-system', 'msg_1')
        """
        return public_id(self.subject, self.receiver, self.message_id)

    @property
    def turn(self) -> int:
        """The number of the try that is next: a message that was queued for an earlier one comes too late."""
        return len(self.tries) + 1

    @property
    def asked_at(self) -> datetime:
        """Since when it is tried."""
        return self.replayed_at or self.created_at


def public_id(subject: str, receiver: str, message_id: str) -> str:
    """The public id of a delivery."""
    named = "|".join(quote(one, safe="/") for one in (subject, receiver, message_id))
    return base64.urlsafe_b64encode(named.encode()).decode().rstrip("=")


def keys_of(delivery_id: str) -> tuple[str, str, str]:
    """Subject, receiver and message id of a public id; raises ``NotFoundError`` for text that is none."""
    try:
        raw = base64.b64decode(delivery_id + "=" * (-len(delivery_id) % 4), altchars=b"-_", validate=True)
        subject, receiver, message_id = (unquote(one, errors="strict") for one in raw.decode("ascii").split("|"))
    except (binascii.Error, ValueError):
        raise NotFoundError("no delivery has this id") from None
    return subject, receiver, message_id


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a failing delivery is tried (seconds), how long its receiver rests, and how many days what
    has arrived is kept."""

    gaps_s: tuple[int, ...]
    jitter_percent: int
    retry_after_longest_s: int
    given_up_after_s: int
    kept_days: int
    rest_first_s: int
    rest_longest_s: int
    probe_s: int
    told_after_s: int

    @property
    def most_tries(self) -> int:
        """How many tries a delivery has."""
        return len(self.gaps_s) + 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a try. ``is_final``: it will never do better. ``rests``: the receiver is left alone for a while;
    ``not_before`` is when it asked to be called again."""

    outcome: str
    took_ms: int | None
    is_sent: bool = False
    is_final: bool = False
    is_gone: bool = False
    rests: bool = False
    not_before: datetime | None = None


def patience(on: date) -> Patience:
    """The house's patience on this day.

    >>> patience(date(2026, 11, 22)).most_tries
    12
    """
    rules = in_force(DATASET, on).rules
    retry, rest = rules["retry"][0], rules["rest"][0]
    return Patience(
        tuple(retry["gaps_s"]),
        retry["jitter_percent"],
        retry["retry_after_longest_s"],
        retry["given_up_after_s"],
        retry["kept_days"],
        rest["first_s"],
        rest["longest_s"],
        rest["probe_s"],
        rest["told_after_s"],
    )


def verdict_on(status: int, headers: Mapping[str, str], took_ms: int, now: datetime, longest_s: int) -> Verdict:
    """What an answer means. Header names are in lower case.

    >>> verdict_on(302, {"location": "https://elsewhere.example"}, 9, datetime(2026, 11, 22, tzinfo=UTC), 60).is_sent
    False
    """
    outcome = str(status)
    if 200 <= status < 300:
        return Verdict(outcome, took_ms, is_sent=True)
    if status == 410:
        return Verdict(outcome, took_ms, is_final=True, is_gone=True)
    not_before = asked_for(headers.get("retry-after"), now, longest_s)
    return Verdict(outcome, took_ms, rests=status >= 500 or outcome in _AWAY, not_before=not_before)


def verdict_without_answer(word: str, took_ms: int | None = None) -> Verdict:
    """What it means that there was none: a word of ours says why."""
    return Verdict(word, took_ms, is_final=word == REFUSED, rests=word in _AWAY)


def asked_for(retry_after: str | None, now: datetime, longest_s: int) -> datetime | None:
    """When a receiver wants to be called again: seconds or an HTTP date (RFC 9110, 10.2.3), at most ``longest_s`` from
    now. None where it says nothing that can be read, or names the past.

    >>> at = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    >>> asked_for("120", at, 86400), asked_for("Sun, 22 Nov 2026 10:01:00 GMT", at, 86400)
    (datetime.datetime(2026, 11, 22, 10, 2, tzinfo=datetime.timezone.utc), \
datetime.datetime(2026, 11, 22, 10, 1, tzinfo=datetime.timezone.utc))
    """
    text = (retry_after or "").strip()
    latest = now + timedelta(seconds=longest_s)
    if text.isascii() and text.isdigit():
        return latest if len(text) > 9 else min(latest, now + timedelta(seconds=int(text)))
    try:
        wanted = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    wanted = wanted.replace(tzinfo=wanted.tzinfo or UTC)
    return min(latest, wanted.astimezone(UTC)) if wanted > now else None


def after_try(delivery: Delivery, verdict: Verdict, now: datetime, patience: Patience) -> Delivery:
    """The delivery as it stands after a try: arrived, dead, or due again. It is dead after the last failure, and where
    its next turn would come later than it is tried at all: a receiver may rest, and ask for patience, only so long."""
    tried = replace(
        delivery,
        tries=(*delivery.tries, Try(now, verdict.outcome, verdict.took_ms)),
        due_at=None,
        attempts=0,
        version=delivery.version + 1,
    )
    if verdict.is_sent:
        return replace(tried, state="sent")
    if verdict.is_final or len(tried.tries) >= patience.most_tries:
        return replace(tried, state="dead")
    again = now + _gap(delivery, len(tried.tries), patience)
    due_at = max(again, verdict.not_before or again)
    return replace(tried, state="dead") if is_too_old(delivery, due_at, patience) else replace(tried, due_at=due_at)


def given_up(delivery: Delivery, why: str, now: datetime) -> Delivery:
    """The delivery, dead without a call."""
    tries = (*delivery.tries, Try(now, why, None))
    return replace(delivery, state="dead", tries=tries, due_at=None, attempts=0, version=delivery.version + 1)


def put_off(delivery: Delivery, until: datetime, patience: Patience) -> Delivery:
    """The delivery, due later, at no cost of a try; those that wait for one moment are spread a little."""
    spread = timedelta(seconds=_share(delivery, delivery.turn, 1000) * patience.probe_s // 1000)
    return replace(delivery, due_at=until + spread, attempts=0, version=delivery.version + 1)


def replayed(delivery: Delivery, by: str, now: datetime, until: datetime) -> Delivery:
    """The delivery as it is sent anew: under the same message id, so that a receiver that has it drops it. ``until`` is
    when it is due if the message that drives it is lost."""
    return replace(
        delivery,
        state="waiting",
        tries=(),
        due_at=until,
        attempts=0,
        version=delivery.version + 1,
        replayed_at=now,
        replayed_by=by,
    )


def is_too_old(delivery: Delivery, now: datetime, patience: Patience) -> bool:
    """Whether its receiver rested for so long that it is given up."""
    return now - delivery.asked_at >= timedelta(seconds=patience.given_up_after_s)


def _gap(delivery: Delivery, tried: int, patience: Patience) -> timedelta:
    gap = patience.gaps_s[tried - 1]
    return timedelta(seconds=gap + gap * patience.jitter_percent * _share(delivery, tried, 1000) // 100_000)


def _share(delivery: Delivery, turn: int, of: int) -> int:
    """A number below ``of`` that is the same for the same try of the same message."""
    digest = sha256(f"{delivery.receiver}/{delivery.message_id}/{turn}".encode()).digest()
    return int.from_bytes(digest[:4]) % of
