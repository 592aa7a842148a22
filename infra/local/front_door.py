"""Where customers come in on this machine: their page under the address that their mails link to, as a domain of the
merchant's own would stand before the API."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from infra.local.carrier_simulator import Answer

PATH = "/v1/c/"
PATIENCE_S = 30
# What a proxy must not hand on: it speaks of one connection alone.
OF_THE_CONNECTION = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "server", "date"}
)


class FrontDoor:
    """Hands requests for customers' pages to the API at this address, and nothing else."""

    def __init__(self, api: str) -> None:
        parts = urlsplit(api)
        self._host, self._port, self._below = parts.hostname or "127.0.0.1", parts.port, parts.path.rstrip("/")

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        """The API's answer; None for a path that is not a customer's."""
        if not urlsplit(target).path.startswith(PATH):
            return None
        sent = {name: value for name, value in headers.items() if name.lower() not in OF_THE_CONNECTION}
        connection = HTTPConnection(self._host, self._port, timeout=PATIENCE_S)
        try:
            connection.request(method, self._below + target, body=body or None, headers=sent)
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in OF_THE_CONNECTION}
            return answer.status, kept, answer.read()
        except (HTTPException, OSError):
            return 502, {"content-type": "text/plain"}, b"the API does not answer\n"
        finally:
            connection.close()
