"""What telling people needs of the world: deliveries that are kept, mail, a topic, and receivers' own addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.alerts.deliveries import Delivery, DeliveryState
from chalicelib.alerts.receiver_health import ReceiverHealth

if TYPE_CHECKING:
    from chalicelib.workflows.ports import Due


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """A mail. ``message_id`` is ours and stays the same when it is sent again. ``to`` and ``also_to`` are personal
    values. ``sent_at`` is the date it bears (None: the provider writes one); ``unsubscribe`` an https or mailto address
    by which the reader says no to further ones."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str | None = None
    language: str = "en"
    sender_name: str = ""
    reply_to: str | None = None
    also_to: tuple[str, ...] = ()
    sent_at: datetime | None = None
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class OutboundAnswer:
    """What a receiver answered: its status, and the headers that say when to come again (names in lower case)."""

    status: int
    headers: Mapping[str, str]
    took_ms: int


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Deliveries, newest first, and where to go on (None: that was all)."""

    deliveries: tuple[Delivery, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class DeliveryQuery:
    """Which deliveries: to one receiver (None: to all, of dead ones only), in one state (None: in any), made since and
    until."""

    receiver: str | None = None
    state: DeliveryState | None = None
    since: datetime | None = None
    until: datetime | None = None


class Deliveries(Protocol):
    """Deliveries, by what they are about, and how their receivers are."""

    def put_new(self, delivery: Delivery) -> bool:
        """Keep it; False when it is already there."""

    def read(self, subject: str, receiver: str, message_id: str) -> Delivery | None:
        """One delivery; None when there is none."""

    def save(self, delivery: Delivery) -> bool:
        """Save one that was read at ``delivery.version - 1``; False: somebody else wrote first."""

    def of_due(self, due: Due) -> Delivery | None:
        """The delivery of this due time; None when it is gone or no longer due then."""

    def listed(self, query: DeliveryQuery, cursor: str | None, limit: int) -> DeliveryPage:
        """A page of the log; it may be shorter than asked, and go on all the same. Raises ``InvalidRequestError`` for a
        cursor that is not ours."""

    def of_subject(self, subject: str, after: str | None, limit: int) -> DeliveryPage:
        """What was told of one subject, by receiver; the cursor is the place of the last one given."""

    def health(self, receiver: str) -> ReceiverHealth:
        """How a receiver is; at version 0 when nothing was ever written of it."""

    def save_health(self, health: ReceiverHealth) -> bool:
        """Save it over the version before; False: somebody else was faster."""

    def healths(self) -> tuple[ReceiverHealth, ...]:
        """All of which something was written."""


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
