"""One try of a delivery, by its channel: an HTTP call, a mail, the topic. What came of it is a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.alerts.deliveries import (
    NOT_CONFIGURED,
    REFUSED,
    Delivery,
    Patience,
    Verdict,
    verdict_on,
    verdict_without_answer,
)
from chalicelib.alerts.routing import receiver_called
from chalicelib.alerts.signing import SecretUnreadable, signed
from chalicelib.errors import MailRefused, OutboundFailed, UnavailableError
from chalicelib.workflows.delivery_ports import Letter
from chalicelib.workflows.ports import Ports

USER_AGENT = "Goldthread/1"
ARRIVED = Verdict("accepted", None, is_sent=True)


def carry_out(ports: Ports, delivery: Delivery, now: datetime, rules: Patience) -> Verdict:
    """Send it once. Raises ``UnavailableError`` only where nobody was asked, because the secrets cannot be read."""
    if delivery.channel in ("webhook", "chat"):
        return _post(ports, delivery, now, rules)
    try:
        if delivery.channel == "topic":
            said = json.loads(delivery.body)
            ports.topic.publish(said["subject"], said["text"])
            return ARRIVED
        letter = letter_of(ports, delivery, now)
        if letter is None:
            return verdict_without_answer(NOT_CONFIGURED)
        ports.mail.send(letter)
    except MailRefused:
        return verdict_without_answer(REFUSED)
    except UnavailableError:
        return verdict_without_answer("unavailable")
    return ARRIVED


def letter_of(ports: Ports, delivery: Delivery, now: datetime) -> Letter | None:
    """The mail that a delivery is, to the merchant's own people; None for a receiver that is no longer in the file."""
    merchant = ports.merchant()
    receiver = receiver_called(delivery.receiver, merchant.receiver)
    if receiver is None or not receiver.to:
        return None
    said = json.loads(delivery.body)
    return Letter(
        message_id=delivery.message_id,
        to=receiver.to[0],
        also_to=receiver.to[1:],
        subject=said["subject"],
        text=said["text"],
        language=said.get("language") or receiver.language,
        sender_name=merchant.name,
        sent_at=now,
    )


def _post(ports: Ports, delivery: Delivery, now: datetime, rules: Patience) -> Verdict:
    known = ports.secrets.receivers().get(delivery.receiver)
    url = known.get("url") if isinstance(known, Mapping) else None
    if not isinstance(known, Mapping) or not isinstance(url, str):
        return verdict_without_answer(NOT_CONFIGURED)
    body = delivery.body.encode()
    try:
        answer = ports.outbound.post(url, _headers(delivery, known, body, now), body)
    except SecretUnreadable as unreadable:
        return verdict_without_answer(unreadable.code)
    except OutboundFailed as silent:
        return verdict_without_answer(silent.word, silent.took_ms)
    return verdict_on(answer.status, answer.headers, answer.took_ms, now, rules.retry_after_longest_s)


def _headers(delivery: Delivery, known: Mapping[str, Any], body: bytes, now: datetime) -> Mapping[str, str]:
    """A chat knows its sender by the address; everything else is signed."""
    headers = {"content-type": "application/json", "user-agent": USER_AGENT}
    if delivery.channel == "chat":
        return headers
    secrets = known.get("secrets")
    return headers | dict(signed(delivery.message_id, now, body, secrets if isinstance(secrets, list) else []))
