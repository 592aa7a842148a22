"""A claim whose day comes near."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

from chalicelib.workflows.ports import Due, Ports

Outbox = MutableMapping[str, list[dict[str, Any]]]


def look_at(ports: Ports, due: Due, now: datetime, outbox: Outbox) -> bool:
    """Claim it and put its message into the outbox; False when somebody else did, or nothing is due."""
    del ports, due, now, outbox
    return False
