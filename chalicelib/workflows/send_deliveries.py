"""The deliveries queue: one message to one receiver, or the digest of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.workflows.ports import Ports


def take_delivery(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Try the delivery that ``message`` names."""
    del ports, message, now
    return set()
