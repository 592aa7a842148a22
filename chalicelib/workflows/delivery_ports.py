"""What telling people needs of the world: deliveries that are kept, mail, a topic, and receivers' own addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.alerts.deliveries import Delivery


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """A mail. ``message_id`` is ours and stays the same when it is sent again. ``to`` is a personal value."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str | None = None
    language: str = "en"
    sender_name: str = ""
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class OutboundAnswer:
    """What a receiver answered: its status, and the headers that say when to come again (names in lower case)."""

    status: int
    headers: Mapping[str, str]
    took_ms: int


class Deliveries(Protocol):
    """Deliveries, by what they are about."""

    def put_new(self, delivery: Delivery) -> bool:
        """Keep it; False when it is already there."""


class Mail(Protocol):
    """The way to send a mail."""

    def send(self, letter: Letter) -> str:
        """The provider's own id. Raises ``UnavailableError`` when it may not have gone, ``MailRefused`` when it never
        will."""


class Topic(Protocol):
    """The one topic that people subscribe to."""

    def publish(self, subject: str, text: str) -> None:
        """Tell everybody who subscribed; raises ``UnavailableError``."""


class Outbound(Protocol):
    """HTTP to receivers that the merchant named: guarded against addresses inside private networks, no redirects."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> OutboundAnswer:
        """One call; any status is an answer. Raises ``OutboundFailed`` with a word that says why there is none."""
