"""A test event: what a receiver is sent so that its engineers see a signature, an order and an answer of their own."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from chalicelib.alerts.bodies import envelope
from chalicelib.alerts.deliveries import DATASET, Delivery
from chalicelib.receivers import Receiver
from chalicelib.rulebook import in_force

EVENT = "test"


def trial_of(receiver: Receiver, message_id: str, now: datetime) -> Delivery:
    """The delivery of a test event; its sequence are the seconds since 1970, so that a later one counts higher."""
    subject, sequence = f"receiver/{receiver.id}", int(now.timestamp())
    facts = envelope(EVENT, message_id, now, subject, sequence) | {"case_id": None}
    return Delivery(
        receiver.id,
        message_id,
        receiver.channel,
        EVENT,
        subject,
        sequence,
        occurred_at=now,
        created_at=now,
        body=json.dumps(_body(receiver, facts, now), ensure_ascii=False, separators=(",", ":")),
    )


def _body(receiver: Receiver, facts: dict[str, Any], now: datetime) -> dict[str, Any]:
    rows = in_force(DATASET, now.date()).rules["trial"]
    said = next(row for row in rows if row["language"] == receiver.language)
    if receiver.channel == "webhook":
        return facts | {"data": {"text": said["text"]}}
    if receiver.channel == "chat":
        return {"text": said["text"]}
    return {"subject": said["subject"], "text": said["text"], "language": receiver.language}
