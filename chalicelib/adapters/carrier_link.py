"""The wire to a carrier: one call, no retry, no redirect, nothing larger than ten megabytes.

What went wrong is told apart by one question: can the carrier have acted? It cannot when no connection was
made, and it does not matter for a call that only reads. Otherwise the outcome is unknown and never repeated
blindly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chalicelib.carriers.contract import HttpRequest
from chalicelib.errors import CarrierError, CarrierOutcomeUnknown, CarrierUnavailable
from chalicelib.workflows.ports import HttpResponse

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 20.0
LARGEST_ANSWER = 10 * 1024 * 1024
PIECE = 64 * 1024


class HttpLink:
    """``CarrierLink`` over HTTPS. ``base_urls`` is where each carrier answers: no call goes anywhere else."""

    def __init__(
        self,
        base_urls: Mapping[str, str],
        *,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._base_urls = base_urls
        self._timeouts_s = connect_timeout_s, read_timeout_s
        self._pool: PoolManager | None = None

    def call(self, carrier: str, request: HttpRequest) -> HttpResponse:
        """One call. Raises ``CarrierUnavailable`` or ``CarrierOutcomeUnknown``; any status is an answer."""
        from urllib3.exceptions import HTTPError

        url = self._url(carrier, request.path)
        try:
            answer = self._send(url, request)
        except HTTPError as fault:
            raise _failed(carrier, request, fault) from None
        try:
            body = _whole_body(answer)
        except HTTPError as fault:
            raise _cut_short(carrier, request, type(fault).__name__) from None
        finally:
            answer.release_conn()
        if body is None:
            answer.close()
            raise _cut_short(carrier, request, "larger than ten megabytes")
        return HttpResponse(answer.status, {name.lower(): text for name, text in answer.headers.items()}, body)

    def _send(self, url: str, request: HttpRequest) -> BaseHTTPResponse:
        from urllib3 import Timeout

        pool = self._connections()
        connect_s, read_s = self._timeouts_s
        if not request.reads_only:
            # A kept connection may have been closed while the function was frozen, and then nobody could say
            # whether a booking went out on it. A fresh one fails before anything is sent, or not at all.
            pool.clear()
        headers = {
            "accept-encoding": "gzip",
            **{name.lower(): text for name, text in request.headers.items()},
        }
        return pool.request(
            request.method,
            url,
            body=request.body or None,
            headers=headers,
            redirect=False,
            preload_content=False,
            timeout=Timeout(connect=connect_s, read=request.answer_within_s or read_s),
        )

    def _url(self, carrier: str, path: str) -> str:
        """The carrier's own address and the path: a path that would lead elsewhere is a mistake of ours."""
        if carrier not in self._base_urls:
            raise CarrierUnavailable(f"no address of {carrier} is configured")
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError("a path begins with one slash")
        return self._base_urls[carrier].rstrip("/") + path

    def _connections(self) -> PoolManager:
        if self._pool is None:
            from urllib3 import PoolManager

            self._pool = PoolManager(retries=False)
        return self._pool


def _whole_body(answer: BaseHTTPResponse) -> bytes | None:
    """The body, unpacked; None as soon as it is larger than we take, however small it was packed."""
    pieces: list[bytes] = []
    size = 0
    for piece in answer.stream(PIECE, decode_content=True):
        size += len(piece)
        if size > LARGEST_ANSWER:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _failed(carrier: str, request: HttpRequest, fault: Exception) -> CarrierError:
    from urllib3.exceptions import ConnectTimeoutError, LocationValueError, NewConnectionError

    name = type(fault).__name__
    if request.reads_only or isinstance(fault, ConnectTimeoutError | NewConnectionError | LocationValueError):
        return CarrierUnavailable(f"{carrier} was not reached ({name})")
    if _is_failed_handshake(fault):
        return CarrierUnavailable(f"{carrier} was not reached safely ({name})")
    return CarrierOutcomeUnknown(f"{carrier} was asked and gave no answer ({name})")


def _is_failed_handshake(fault: Exception) -> bool:
    """A certificate is refused before anything is sent; any other TLS fault may come later."""
    import ssl

    causes = (fault, fault.__cause__, *fault.args)
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes)


def _cut_short(carrier: str, request: HttpRequest, why: str) -> CarrierError:
    detail = f"the answer of {carrier} was cut short ({why})"
    return CarrierUnavailable(detail) if request.reads_only else CarrierOutcomeUnknown(detail)
