"""Mail over SES."""

from __future__ import annotations

from chalicelib.adapters.aws import Clients
from chalicelib.workflows.delivery_ports import Letter


class SesMail:
    """``Mail`` over SES, sent from ``returns@`` the verified domain."""

    def __init__(self, clients: Clients, domain: str) -> None:
        self._clients, self._domain = clients, domain

    def send(self, letter: Letter) -> str:
        """Send it; the provider's id."""
        raise NotImplementedError(letter.message_id)
