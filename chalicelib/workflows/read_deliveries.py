"""The delivery log and how the receivers are. Addresses and secrets are in neither."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.alerts import routing
from chalicelib.alerts.deliveries import Delivery, DeliveryState, keys_of
from chalicelib.alerts.receiver_health import ReceiverHealth
from chalicelib.clock import known_stamp, stamp
from chalicelib.errors import FieldFault, InvalidRequestError, NotFoundError
from chalicelib.receivers import Receiver
from chalicelib.workflows.delivery_ports import DeliveryQuery
from chalicelib.workflows.ports import Ports

# The last success is looked for among so many deliveries.
LOOKED_THROUGH = 20


def list_deliveries(
    ports: Ports,
    *,
    receiver: str | None,
    state: DeliveryState | None,
    since: datetime | None,
    until: datetime | None,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """A page of the log, newest first: of one receiver, or the dead ones of all. Raises ``InvalidRequestError``."""
    if receiver is None and state != "dead":
        fault = FieldFault("receiver", "required", "name a receiver, or ask for state=dead", source="query")
        raise InvalidRequestError("the log is read by receiver", [fault])
    page = ports.deliveries.listed(DeliveryQuery(receiver, state, since, until), cursor, limit)
    return {"items": [delivery_row(one) for one in page.deliveries], "cursor": page.cursor}


def read_delivery(ports: Ports, delivery_id: str) -> dict[str, Any]:
    """One delivery with its tries; raises ``NotFoundError``."""
    return delivery_row(delivery_called(ports, delivery_id))


def list_receivers(ports: Ports, now: datetime) -> dict[str, Any]:
    """Every receiver of the merchant's file, and those that were in it, by name."""
    healths = {one.receiver: one for one in ports.deliveries.healths()}
    known = {one.id: one for one in ports.merchant().receiver}
    rows = [
        receiver_row(ports, known.get(name), healths.get(name) or ReceiverHealth(name), now)
        for name in sorted(known.keys() | healths.keys())
    ]
    return {"items": rows}


def delivery_called(ports: Ports, delivery_id: str) -> Delivery:
    """The delivery of this public id; raises ``NotFoundError``."""
    found = ports.deliveries.read(*keys_of(delivery_id))
    if found is None:
        raise NotFoundError("no delivery has this id")
    return found


def receiver_called(ports: Ports, name: str) -> Receiver:
    """The receiver of this name in the merchant's file, or the one of last resort; raises ``NotFoundError``."""
    # Ours is known even where the file names a topic of its own: deliveries of before are to it.
    found = routing.receiver_called(name, (*ports.merchant().receiver, routing.last_resort(())))
    if found is None:
        raise NotFoundError("no receiver of the merchant's has this name")
    return found


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """A delivery as it is shown; what was sent is not repeated here, it can be read where it is about."""
    return {
        "delivery_id": delivery.delivery_id,
        "receiver": delivery.receiver,
        "channel": delivery.channel,
        "message_id": delivery.message_id,
        "event": delivery.event,
        "subject": delivery.subject,
        "sequence": delivery.sequence,
        "occurred_at": stamp(delivery.occurred_at),
        "created_at": stamp(delivery.created_at),
        "state": delivery.state,
        "due_at": known_stamp(delivery.due_at),
        "tries": [{"at": stamp(one.at), "outcome": one.outcome, "took_ms": one.took_ms} for one in delivery.tries],
        "replayed_at": known_stamp(delivery.replayed_at),
        "replayed_by": delivery.replayed_by,
    }


def receiver_row(ports: Ports, receiver: Receiver | None, health: ReceiverHealth, now: datetime) -> Mapping[str, Any]:
    """How one receiver is; ``last_success_at`` as far as its newest deliveries tell."""
    sent = ports.deliveries.listed(DeliveryQuery(health.receiver, "sent"), None, LOOKED_THROUGH).deliveries
    return {
        "receiver": health.receiver,
        "channel": receiver.channel if receiver else None,
        "state": health.state(now),
        "failing_since": known_stamp(health.failing_since),
        "failures": health.failures,
        "rest_until": known_stamp(health.rest_until) if health.rests(now) else None,
        "gone_at": known_stamp(health.gone_at),
        "last_outcome": health.last_outcome,
        "last_success_at": known_stamp(max((one.tries[-1].at for one in sent), default=None)),
    }
