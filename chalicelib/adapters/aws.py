"""AWS clients, made at first use, and what of their failures passes by itself.

boto3 is imported only when a function first talks to AWS: one that does not, does not pay for it. A call is
tried three times within a few seconds by botocore's own standard retries; what still fails is
``UnavailableError`` and the queue or the caller tries again later. Everything else that AWS refuses is a
mistake of ours and stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from chalicelib.errors import UnavailableError

Client = Any
"""A boto3 client. boto3 makes its classes at run time, so there is no type to name without shipping stubs."""

CONNECT_TIMEOUT_S = 2
READ_TIMEOUT_S = 5
ATTEMPTS = 3

# Links are signed the present way and for the bucket's own region, or a browser would be sent on or refused.
SIGNING: Mapping[str, Mapping[str, Any]] = {
    "s3": {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}},
}
PASSING = frozenset({
    "InternalServerError", "InternalError", "InternalFailure",
    "ItemCollectionSizeLimitExceededException", "KMSInternalException", "LimitExceededException",
    "PriorRequestNotComplete", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
    "RequestThrottled", "RequestTimeout", "ServiceUnavailable", "SlowDown", "Throttling",
    "ThrottlingException", "TransactionConflictException", "TransactionInProgressException",
})  # fmt: skip


def boto3_client(service: str) -> Client:
    """A client of this service with short timeouts; region, endpoint and credentials come from the
    environment.
    """
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        **SIGNING.get(service, {}),
    )
    return boto3.client(service, config=config)  # type: ignore[call-overload]


class Clients:
    """One client per service and process, made when first asked for."""

    def __init__(self, make: Callable[[str], Client] = boto3_client) -> None:
        self._make = make
        self._made: dict[str, Client] = {}

    def of(self, service: str) -> Client:
        """The client of this service."""
        if service not in self._made:
            self._made[service] = self._make(service)
        return self._made[service]


@contextmanager
def reaching(what: str) -> Iterator[None]:
    """Say ``UnavailableError`` for a failure that passes by itself; let every other one through."""
    from botocore.exceptions import ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as NoConnection

    try:
        yield
    except ClientError as refused:
        if not _passes(refused.response):
            raise
        raise UnavailableError(f"{what} cannot be reached now ({code_of(refused)})") from refused
    except (HTTPClientError, NoConnection) as silent:
        raise UnavailableError(f"{what} does not answer now ({type(silent).__name__})") from silent


def code_of(refused: BaseException) -> str:
    """AWS's own code of a refusal; empty for anything else."""
    response: dict[str, Any] = getattr(refused, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def _passes(response: Any) -> bool:
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return response.get("Error", {}).get("Code") in PASSING or status >= 500 or status == 429
