"""Calls to the addresses that the merchant gave for chat and outbound webhooks."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.settings import ReceiverGuard
from chalicelib.workflows.delivery_ports import OutboundAnswer


class GuardedOutbound:
    """``Outbound`` over HTTPS."""

    def __init__(self, guard: ReceiverGuard) -> None:
        self._guard = guard

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> OutboundAnswer:
        """One call."""
        raise NotImplementedError(url)
