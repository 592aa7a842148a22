"""The notices queue: what the customer of a case is owed a word about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.workflows.ports import Ports


def take_notice(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Send what is owed for the case ``message["case_id"]``."""
    del ports, now
    return {f"{message['case_id']}/-"}
