"""A carrier asks whether its pushes are wanted; the worker that holds its credentials says yes.

The question came in by the webhook, proven and kept like any push. Its answer goes to the carrier's own configured
address, whatever address the question names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.carriers.registry import carrier
from chalicelib.errors import InvalidRequestError
from chalicelib.workflows.carrier_calls import open_line
from chalicelib.workflows.ports import Ports


def confirm_push(ports: Ports, message: Mapping[str, Any], now: datetime) -> None:
    """Say yes to ``{carrier, raw_digest}``. A repeat does no harm; raises ``CarrierUnavailable`` when the carrier
    cannot be told now, and ``InvalidRequestError`` for one that never asks."""
    name = message["carrier"]
    push = carrier(name).push
    handshake = push.handshake if push else None
    if handshake is None:
        raise InvalidRequestError(f"{name} asks for no confirmation of its pushes")
    request = handshake.confirm(ports.evidence.raw(message["raw_digest"]))
    open_line(ports, name, handshake.access, now).call(request)
