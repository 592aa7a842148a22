"""Who is told of an alert, by which way, and when."""

from __future__ import annotations

from datetime import datetime

from chalicelib.alerts.told import Alert
from chalicelib.workflows.ports import Ports


def tell(ports: Ports, alert: Alert, now: datetime) -> None:
    """Make the deliveries that the merchant's routes ask for and send them on their way; the same alert again is
    harmless."""
    del ports, alert, now
