"""Signatures of outbound webhooks, as the Standard Webhooks specification 1.0.0 has them.

What is signed is ``{id}.{timestamp}.{body}`` with HMAC-SHA256 under a secret written ``whsec_<base64>``, over the very
bytes that are sent. While a secret is being replaced both live ones sign, the current one first.

>>> secret = "whsec_" + base64.b64encode(bytes(range(24))).decode()
>>> signed("msg_1", datetime.fromisoformat("2026-11-22T00:00:00Z"), b"{}", [secret])["webhook-timestamp"]
'1795305600'
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.errors import ReturnsError

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
MOST_SECRETS = 2


class SecretUnreadable(ReturnsError):
    """A signing secret of a receiver is missing or not ``whsec_`` with 24 to 64 bytes in base64. The secret is never
    repeated."""

    code = "secret_unreadable"


def signed(message_id: str, at: datetime, body: bytes, secrets: Sequence[str]) -> Mapping[str, str]:
    """The three headers of one attempt; a signature per live secret, at most two. Raises ``SecretUnreadable``, and
    ``ValueError`` for an id with a dot, by which what is signed could be cut differently."""
    if "." in message_id:
        raise ValueError("a message id holds no dot")
    if not 1 <= len(secrets) <= MOST_SECRETS:
        raise SecretUnreadable(f"a receiver has one or two live secrets, not {len(secrets)}")
    timestamp = str(int(at.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(key_of(secret), content) for secret in secrets),
    }


def key_of(secret: str) -> bytes:
    """The bytes of a secret; raises ``SecretUnreadable``."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise SecretUnreadable(f"a secret is {PREFIX} and {SHORTEST} to {LONGEST} bytes in base64")
    return key


def _signature(key: bytes, content: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()
