"""FedEx access tokens (OAuth 2 client credentials). Tracking and shipping are separate projects with own
keys.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from chalicelib.carriers.contract import AccessToken, HttpRequest
from chalicelib.carriers.json_bodies import read_json
from chalicelib.errors import CarrierUnreadable

PATH = "/oauth/token"
EARLY = timedelta(minutes=5)
_LONGEST_LIFE = 86_400
_LONGEST_TOKEN = 10_000


def token_request(client_id: str, client_secret: str) -> HttpRequest:
    """The call that answers with a token. Asking faster than once a second is answered by a block of ten
    minutes.
    """
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return HttpRequest("POST", PATH, headers, urlencode(form).encode(), reads_only=True)


def read_token(body: bytes, now: datetime) -> AccessToken:
    """The token and until when to use it: five minutes less than it lives, so that no call meets its end.

    Raises ``CarrierUnreadable`` when the answer holds no bearer token with a life.
    """
    answer = read_json(body)
    token, life = (answer.get("access_token"), answer.get("expires_in")) if isinstance(answer, dict) else (None, None)
    if not isinstance(token, str) or not 0 < len(token) <= _LONGEST_TOKEN or not _one_printable_word(token):
        raise CarrierUnreadable("an answer without an access token")
    if isinstance(life, str) and life.isascii() and life.isdigit() and len(life) <= len(str(_LONGEST_LIFE)):
        life = int(life)
    if isinstance(life, bool) or not isinstance(life, int) or life <= 0:
        raise CarrierUnreadable("an access token without a life")
    lives = timedelta(seconds=min(life, _LONGEST_LIFE))
    return AccessToken(token, now + max(lives - EARLY, lives / 2))


def bearer(token: str) -> dict[str, str]:
    """The header that carries the token."""
    return {"authorization": f"Bearer {token}"}


def _one_printable_word(token: str) -> bool:
    """A token goes into a header: no spaces, no line ends, ASCII."""
    return token.isascii() and token.isprintable() and " " not in token
