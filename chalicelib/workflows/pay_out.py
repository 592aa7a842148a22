"""The payments queue: what was approved is paid, once; what may have been paid is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.errors import InvalidRequestError
from chalicelib.workflows.ports import Ports


def take_payment(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Pay one settlement: message is ``{kind, case_id, part_id}``."""
    raise InvalidRequestError(f"no story knows payment work of kind {message.get('kind')!r}")
