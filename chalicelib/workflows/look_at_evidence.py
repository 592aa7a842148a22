"""The evidence queue: what was uploaded is looked at, hashed, kept and copied; what is not what it was said to be is
refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.errors import InvalidRequestError
from chalicelib.workflows.ports import Ports


def take_evidence_work(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Look at one piece of evidence: message is ``{kind, case_id, part_id}``."""
    raise InvalidRequestError(f"no story knows evidence work of kind {message.get('kind')!r}")
