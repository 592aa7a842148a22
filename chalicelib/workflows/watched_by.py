"""By which thresholds a parcel is watched: the house's of the day, with the merchant's own rows before them."""

from __future__ import annotations

from datetime import datetime

from chalicelib.shipments.thresholds import Thresholds, thresholds
from chalicelib.workflows.ports import Ports


def rules_at(ports: Ports, at: datetime) -> Thresholds:
    """The thresholds that hold at this moment."""
    return thresholds(at.date(), ports.merchant().watch)
