"""Who is asking: API tokens of the form ``gt_<id>_<secret>``, kept only as a SHA-256.

A token names its holder and role and carries scopes; ``admin`` holds every scope. The comparison takes the
same time whether the id is unknown or the secret wrong, and every refusal reads the same: it tells nobody
which half was right.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.errors import NotPermitted, TokenNotAccepted

if TYPE_CHECKING:
    from chalicelib.workflows.ports import ApiToken, Tokens

SCOPES = {
    "returns:read": "Read cases, shipments and exceptions; estimate duty and routes",
    "returns:write": "Open a return",
    "exceptions:write": "Acknowledge, assign, snooze and resolve exceptions",
    "settlements:approve": "Approve a settlement",
    "admin": "Everything",
}
_BEARER = re.compile(r"[Bb]earer +(gt_([A-Za-z0-9]{1,64})_[A-Za-z0-9_-]{16,256})\Z")
_NO_TOKEN_HASH = "0" * 64


def holder_of(authorization: str | None, scope: str, tokens: Tokens, now: datetime) -> ApiToken:
    """The token in force behind an ``Authorization`` header. Raises ``TokenNotAccepted`` when it is missing,
    malformed, unknown, wrong or expired, ``NotPermitted`` when it lacks ``scope``.
    """
    shown = _BEARER.match(authorization or "")
    if shown is None:
        raise TokenNotAccepted("no readable token")
    token = tokens.read(shown[2])
    if not _belongs(shown[1], token) or token is None or token.expires_at <= now:
        raise TokenNotAccepted("token not in force")
    if scope not in token.scopes and "admin" not in token.scopes:
        raise NotPermitted(scope)
    return token


def _belongs(text: str, token: ApiToken | None) -> bool:
    import hmac  # with the next line, a tenth of what importing the routes costs
    from hashlib import sha256

    kept = token.token_hash if token else _NO_TOKEN_HASH
    return hmac.compare_digest(sha256(text.encode("ascii")).hexdigest(), kept)
