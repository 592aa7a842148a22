"""A delivery: one message to one receiver of the merchant's, tried until it has arrived or is given up.

It is an item with its own due time and not a message that a queue holds back: a receiver that is away for a day costs
nobody else a place in a queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Channel = Literal["webhook", "chat", "mail", "topic"]
DeliveryState = Literal["waiting", "sent", "dead"]


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: when, what came of it (a status as text, or a word of ours such as ``timeout``), and how long the
    receiver took in milliseconds."""

    at: datetime
    outcome: str
    took_ms: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """``body`` is what is sent, as text, the same at every attempt; it holds no personal value. ``subject`` is what it
    is about (``case/...``, ``carrier/fedex``), ``sequence`` its place among all that is told of that subject.
    ``due_at`` is None while a queue message is on its way and once it has arrived or is dead.
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
