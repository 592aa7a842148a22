"""Was this push sent by FedEx? ``fdx-signature`` is HMAC-SHA256 of the raw body under our security token.

FedEx's text says base64 and its pseudo-code says hex, so both are taken. Every live secret is tried every
time, and each comparison takes the same time whatever is sent.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence

from chalicelib.carriers.channels import Opened
from chalicelib.errors import SignatureMismatch

HEADER = "fdx-signature"
_LONGEST_SIGNATURE = 64


def opened(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> Opened:
    """The body of a push that FedEx signed, as it came: it is not encrypted. Raises ``SignatureMismatch``."""
    verify(body, headers, secrets)
    return Opened(body)


def verify(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> None:
    """Return if ``body``, byte for byte, was signed with one of ``secrets``; else raise
    ``SignatureMismatch``.

    The header's name may be in any case. Given twice, empty, too long, not ASCII or for other bytes: refused.
    """
    given = _signature(headers)
    matched = False
    for secret in secrets:
        digest = hmac.digest(secret.encode(), body, "sha256") if secret else b""
        as_base64 = hmac.compare_digest(base64.b64encode(digest), given)
        as_hex = hmac.compare_digest(digest.hex().encode(), given.lower())
        matched |= bool(secret) & (as_base64 | as_hex)
    if not matched:
        raise SignatureMismatch("the signature does not belong to these bytes")


def sign(body: bytes, secret: str) -> str:
    """The header FedEx would send with ``body``: for tests and the local stack."""
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def _signature(headers: Mapping[str, str]) -> bytes:
    """The one signature header as bytes; empty when there is none that could match."""
    given = [value for name, value in headers.items() if name.lower() == HEADER]
    if len(given) != 1 or not isinstance(given[0], str) or len(given[0]) > _LONGEST_SIGNATURE:
        return b""
    return given[0].encode("utf-8", "replace")
