"""Was this push sent by DHL? DHL signs nothing: it sends back, with every push, the header and token that we gave it
when we subscribed.

Every live token is tried every time, and each comparison takes the same time whatever is sent.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from chalicelib.carriers.channels import Opened
from chalicelib.errors import SignatureMismatch

HEADER = "goldthread-hook-token"
LONGEST_TOKEN = 256


def open_push(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> Opened:
    """The push as it came if its token is one of ``secrets``; else raise ``SignatureMismatch``.

    The header's name may be in any case. Given twice, empty, too long, not ASCII, or another token: refused. A
    handshake carries the token too: what it says is read by ``read_unified``.
    """
    given = _token(headers)
    matched = False
    for secret in secrets:
        live = secret.encode() if isinstance(secret, str) and secret.isascii() else b""
        matched |= bool(live) & hmac.compare_digest(live, given)
    if not matched or not given:
        raise SignatureMismatch("the token is not one of ours")
    return Opened(body)


def _token(headers: Mapping[str, str]) -> bytes:
    """The one token as bytes; empty when there is none that could match."""
    given = [value for name, value in headers.items() if isinstance(name, str) and name.lower() == HEADER]
    if len(given) != 1 or not isinstance(given[0], str) or len(given[0]) > LONGEST_TOKEN or not given[0].isascii():
        return b""
    return given[0].encode()
