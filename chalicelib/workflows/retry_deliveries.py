"""A delivery that failed and is due again, and the digest of a receiver."""

from __future__ import annotations

from datetime import datetime

from chalicelib.workflows.due_again import RETRY, Outbox
from chalicelib.workflows.ports import Due, Ports
from chalicelib.workflows.send_deliveries import message_of


def look_at(ports: Ports, due: Due, now: datetime, outbox: Outbox) -> bool:
    """Claim it and put its message into the outbox; False when somebody else did, or nothing is due."""
    if due.kind == "digest":
        from chalicelib.workflows.digests import digest_due

        return digest_due(ports, due, now, outbox)
    delivery = ports.deliveries.of_due(due)
    if delivery is None or not ports.due.claim(due, now + RETRY if delivery.state == "waiting" else None):
        return False
    if delivery.state == "waiting":
        outbox["deliveries"].append(message_of(delivery))
    return True
