"""Calls to the addresses that the merchant gave for chat and outbound webhooks.

One call on a connection of its own: the name is resolved, its addresses are checked, and the connection goes to the
very address that was checked, with the certificate still held to the name. No redirect, no proxy, no retry. Every part
of it is bounded, the whole too: a receiver that feeds us a byte at a time is cut off.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.addresses import AddressRefused, Target, checked, target_of
from chalicelib.errors import OutboundFailed
from chalicelib.settings import ReceiverGuard
from chalicelib.workflows.delivery_ports import OutboundAnswer

if TYPE_CHECKING:
    from ssl import SSLContext

    from urllib3 import BaseHTTPResponse, HTTPConnectionPool

RESOLVE_S = 3.0
CONNECT_S = 3.0
READ_S = 10.0
WHOLE_S = 15.0
# An answer's body is taken in so far, for politeness, and thrown away.
BODY_S = 1.0
LARGEST_ANSWER = 4096
MOST_ADDRESSES = 2
KEPT_HEADERS = ("retry-after",)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system knows them; raises ``OSError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


class GuardedOutbound:
    """``Outbound`` over HTTPS. ``tls`` makes the context of a connection; the default trusts what the system trusts."""

    def __init__(
        self,
        guard: ReceiverGuard,
        *,
        resolve: Callable[[str, int], list[str]] = resolve,
        tls: Callable[[], SSLContext] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        times_s: tuple[float, float, float, float] = (RESOLVE_S, CONNECT_S, READ_S, WHOLE_S),
    ) -> None:
        self._guard, self._resolve, self._make_tls, self._monotonic = guard, resolve, tls, monotonic
        self._resolve_s, self._connect_s, self._read_s, self._whole_s = times_s
        self._tls: SSLContext | None = None

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> OutboundAnswer:
        """One call; any status is an answer. Raises ``OutboundFailed`` with a word that says why there is none."""
        began = self._monotonic()
        try:
            target = target_of(url, self._guard)
            addresses = checked(self._addresses(target), self._guard, is_tls=target.is_tls)
        except AddressRefused:
            raise OutboundFailed("address_refused") from None
        failed: OutboundFailed | None = None
        for address in addresses[:MOST_ADDRESSES]:
            left = self._whole_s - (self._monotonic() - began)
            try:
                status, told = self._exchange(target, address, headers, body, left)
                return OutboundAnswer(status, told, self._took_ms(began))
            except OutboundFailed as silent:
                failed = OutboundFailed(silent.word, self._took_ms(began))
                if silent.word != "no_connection":
                    break
        raise failed or OutboundFailed("no_connection")

    def _took_ms(self, began: float) -> int:
        return int((self._monotonic() - began) * 1000)

    def _addresses(self, target: Target) -> list[str]:
        """The addresses now. Resolving knows no time limit of its own, so it is waited for from outside."""
        found: list[list[str]] = []

        def ask() -> None:
            try:
                found.append(self._resolve(target.host, target.port))
            except (OSError, UnicodeError):
                return

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(self._resolve_s)
        if not found:
            raise OutboundFailed("not_resolved")
        return found[0]

    def _exchange(
        self, target: Target, address: str, headers: Mapping[str, str], body: bytes, left_s: float
    ) -> tuple[int, Mapping[str, str]]:
        from urllib3.exceptions import HTTPError

        with _cut_off(left_s) as cut:
            pool = self._pool(target, address, cut)
            try:
                answer = pool.urlopen(
                    "POST",
                    target.path,
                    body=body,
                    headers={**headers, "host": target.host_header},
                    retries=False,
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                )
                if cut.happened:
                    # The end of a connection reads like the end of the headers: half an answer is none.
                    answer.close()
                    raise OutboundFailed("timeout")
                told = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
                cut.after(BODY_S)
                throw_away(answer)
            except (HTTPError, OSError, ValueError) as fault:
                raise OutboundFailed("timeout" if cut.happened else _word(fault)) from None
            finally:
                pool.close()
        return answer.status, told

    def _pool(self, target: Target, address: str, cut: _Cut) -> HTTPConnectionPool:
        """Connections to this address alone; what the certificate must name stays the host of the URL."""
        from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout

        host = f"[{address}]" if ":" in address else address
        timeout = Timeout(connect=self._connect_s, read=self._read_s)
        pool: HTTPConnectionPool
        if target.is_tls:
            pool = HTTPSConnectionPool(
                host, target.port, timeout=timeout, retries=False, cert_reqs="CERT_REQUIRED",
                ssl_context=self._context(), server_hostname=target.host, assert_hostname=target.host,
            )  # fmt: skip
        else:
            pool = HTTPConnectionPool(host, target.port, timeout=timeout, retries=False)
        pool.ConnectionCls = _watched(pool.ConnectionCls, cut)
        return pool

    def _context(self) -> SSLContext:
        """Made once: reading who is trusted takes longer than many a call."""
        if self._tls is None:
            from ssl import create_default_context

            self._tls = (self._make_tls or create_default_context)()
        return self._tls


class _Cut:
    """Ends a connection from outside when its time is over, whatever it waits for."""

    def __init__(self, left_s: float) -> None:
        self.happened = False
        self._socket: socket.socket | None = None
        self._timer = self._started(max(left_s, 0.0))

    def watch(self, connected: socket.socket) -> None:
        """The connection, by a handle of our own: TLS takes the socket's away."""
        self._socket = socket.socket(fileno=os.dup(connected.fileno()))
        if self.happened:
            self._cut()

    def after(self, seconds: float) -> None:
        """From now on this is how long it may still take."""
        self._timer.cancel()
        self._timer = self._started(seconds)

    def end(self) -> None:
        """It is over."""
        self._timer.cancel()
        if self._socket is not None:
            self._socket.close()

    def _started(self, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        return timer

    def _cut(self) -> None:
        self.happened = True
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it ended by itself at this very moment


@contextmanager
def _cut_off(left_s: float) -> Iterator[_Cut]:
    cut = _Cut(left_s)
    try:
        yield cut
    finally:
        cut.end()


def _watched(kind: Any, cut: _Cut) -> Any:
    """The same kind of connection, watched from its first moment."""

    class Watched(kind):  # type: ignore[misc]
        def _new_conn(self) -> socket.socket:
            connected: socket.socket = super()._new_conn()
            cut.watch(connected)
            return connected

    return Watched


def throw_away(answer: BaseHTTPResponse) -> None:
    """The status is known; whatever becomes of the body changes nothing."""
    from urllib3.exceptions import HTTPError

    try:
        answer.read(LARGEST_ANSWER)
    except (HTTPError, OSError, ValueError):
        return
    finally:
        answer.close()


def _word(fault: Exception) -> str:
    from urllib3.exceptions import (
        ConnectTimeoutError,
        NewConnectionError,
        ReadTimeoutError,
        SSLError,
    )

    if isinstance(fault, ConnectTimeoutError | NewConnectionError):
        return "no_connection"
    if isinstance(fault, ReadTimeoutError | TimeoutError):
        return "timeout"
    return "tls_failed" if isinstance(fault, SSLError) else "hung_up"
