"""What may be said of deliveries and receivers: never an address, a secret, or what was sent."""

from __future__ import annotations

from chalicelib.alerts.deliveries import Channel, DeliveryState
from chalicelib.alerts.receiver_health import Health
from chalicelib.api.told import Stamp, Told


class TryTold(Told):
    """One attempt. ``outcome`` is the status as text or a word (timeout, no_connection, not_resolved, tls_failed,
    hung_up, address_refused, not_configured, secret_unreadable, refused, unavailable, accepted, receiver_gone,
    receiver_away); ``took_ms`` how long the receiver took, null where nobody was called."""

    at: Stamp
    outcome: str
    took_ms: int | None


class DeliveryAnswer(Told):
    """One message to one receiver. ``message_id`` is the webhook-id, the same at every try and every replay; ``due_at``
    when it is tried next, null while it is on its way."""

    delivery_id: str
    receiver: str
    channel: Channel
    message_id: str
    event: str
    subject: str
    sequence: int
    occurred_at: Stamp
    created_at: Stamp
    state: DeliveryState
    due_at: Stamp | None
    tries: list[TryTold]
    replayed_at: Stamp | None
    replayed_by: str | None


class DeliveryPageAnswer(Told):
    """A page of the log."""

    items: list[DeliveryAnswer]
    cursor: str | None


class ReplayedAnswer(Told):
    """How many were queued again, and how many were not: they wait anyway, or were not asked for."""

    replayed: int
    left_alone: int
    cursor: str | None


class ReceiverAnswer(Told):
    """How a receiver is. ``channel`` is null for one that is no longer in the merchant's file; ``failures`` count those
    since its last success; ``last_success_at`` is looked for among its newest deliveries, null: none there."""

    receiver: str
    channel: Channel | None
    state: Health
    failing_since: Stamp | None
    failures: int
    rest_until: Stamp | None
    gone_at: Stamp | None
    last_outcome: str | None
    last_success_at: Stamp | None


class ReceiversAnswer(Told):
    """Every receiver, by name."""

    items: list[ReceiverAnswer]
