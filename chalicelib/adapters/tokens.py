"""API tokens: only their digest is stored, so that the table opens no door.

A token reads ``gt_<id>_<secret>``; the id finds it, the whole text proves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.adapters import keys
from chalicelib.adapters.codec import dump, load
from chalicelib.adapters.table import Item, Table
from chalicelib.clock import instant, stamp
from chalicelib.errors import ConflictError
from chalicelib.workflows.ports import ApiToken

ID_BYTES = 6
SECRET_BYTES = 24


class TableTokens:
    """``Tokens`` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, token_id: str) -> ApiToken | None:
        """Who holds this token and what it may do. Whether it is still good is the caller's to judge."""
        item = self._table.get(*keys.token_key(token_id))
        return None if item is None else load(ApiToken, item | {"expires_at": instant(item["good_until"])})


def mint(
    table: Table, holder: str, role: str, scopes: Sequence[str], now: datetime, days: int, secret_bytes: bytes
) -> str:
    """Make a token and return its text, shown this once. ``secret_bytes``: at least 30 random bytes."""
    if len(secret_bytes) < ID_BYTES + SECRET_BYTES:
        raise ValueError(f"a token needs {ID_BYTES + SECRET_BYTES} random bytes")
    token_id = secret_bytes[:ID_BYTES].hex()
    text = f"gt_{token_id}_{secret_bytes[ID_BYTES:].hex()}"
    token = ApiToken(
        token_id=token_id,
        token_hash=sha256(text.encode()).hexdigest(),
        holder=holder,
        role=role,
        scopes=tuple(scopes),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    if not table.put_new(_item(token)):
        raise ConflictError("a token of this id is there already; draw other random bytes")
    return text


def _item(token: ApiToken) -> Item:
    """``expires_at`` is the table's own attribute for forgetting; tokens are kept, so that a log can name
    them.
    """
    pk, sk = keys.token_key(token.token_id)
    said = dump(token)
    del said["expires_at"]
    return {"PK": pk, "SK": sk, "good_until": stamp(token.expires_at)} | said
