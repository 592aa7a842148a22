"""A delivery that failed and is due again, and the digest of a receiver."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.workflows.ports import Due, Ports
from chalicelib.workflows.send_deliveries import message_of

Outbox = MutableMapping[str, list[dict[str, Any]]]
# If the message is lost on its way the delivery is due again by itself.
AGAIN = timedelta(minutes=15)


def look_at(ports: Ports, due: Due, now: datetime, outbox: Outbox) -> bool:
    """Claim it and put its message into the outbox; False when somebody else did, or nothing is due."""
    if due.kind == "digest":
        from chalicelib.workflows.digests import digest_due

        return digest_due(ports, due, now, outbox)
    delivery = ports.deliveries.of_due(due)
    if delivery is None or not ports.due.claim(due, now + AGAIN if delivery.state == "waiting" else None):
        return False
    if delivery.state == "waiting":
        outbox["deliveries"].append(message_of(delivery))
    return True
