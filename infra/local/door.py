"""A plain HTTP client for loopback: no proxy, no redirect, no retry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import SplitResult, urlsplit

from infra.local.child import LOOPBACK, LocalRunError

# One call may meet a function that has to start first.
TIMEOUT_S = 90.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (names in lower case) and body of one call."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text; what is no text is replaced."""
        return self.content.decode("utf-8", "replace")

    @property
    def body(self) -> Any:
        """The JSON of the body; None when it is none."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


class Door:
    """Calls one server on loopback, under the host name that it goes by."""

    def __init__(self, port: int, host: str | None = None, token: str | None = None) -> None:
        self._port = port
        self._headers = {"Host": f"{host}:{port}"} if host else {}
        self._token = token

    def call(
        self,
        method: str,
        path: str,
        body: object | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        anonymous: bool = False,
    ) -> Answer:
        """Send one request: bytes as they are, the rest as JSON. Raises LocalRunError when nobody answers."""
        sent = self._headers | self._credentials(anonymous) | dict(headers or {})
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        connection = HTTPConnection(LOOPBACK, self._port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body=content, headers=sent)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        except (HTTPException, OSError) as error:
            raise LocalRunError(f"{method} {path}: no answer on port {self._port} ({error!r})") from error
        finally:
            connection.close()

    @staticmethod
    def put(link: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Upload to where a link of ours to loopback leads, with exactly these headers and no token."""
        parts = _on_this_machine(link)
        return Door(parts.port or 80).call("PUT", f"{parts.path}?{parts.query}", content, headers=headers)

    def follow(self, link: str) -> Answer:
        """Read what a link of ours to loopback leads to, with no token: the link itself is the permission."""
        parts = _on_this_machine(link)
        return Door(parts.port or 80).call("GET", f"{parts.path}?{parts.query}")

    def _credentials(self, anonymous: bool) -> dict[str, str]:
        return {} if anonymous or self._token is None else {"Authorization": f"Bearer {self._token}"}


def _on_this_machine(link: str) -> SplitResult:
    parts = urlsplit(link)
    if parts.hostname != LOOPBACK or parts.port is None:
        raise LocalRunError(f"the link leads away from this machine: {parts.scheme}://{parts.netloc}")
    return parts
