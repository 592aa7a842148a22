"""API tokens: only their digest is stored, so that the table opens no door.

A token reads ``gt_<id>_<secret>``; the id finds it, the whole text proves it.
"""

from __future__ import annotations

import unicodedata
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
# They sign what no person of the house did.
NOBODY = frozenset({"goldthread", "customer", "terms"})


class TableTokens:
    """``Tokens`` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, token_id: str) -> ApiToken | None:
        """Who holds this token and what it may do. Whether it is still good is the caller's to judge."""
        item = self._table.get(*keys.token_key(token_id))
        if item is None:
            return None
        said = {"expires_at": instant(item["good_until"]), "holder": as_one_person(str(item["holder"]))}
        return load(ApiToken, item | said)


def as_one_person(holder: str) -> str:
    """The name of a holder in one spelling, so that nobody is two people where two are asked for.

    >>> as_one_person(" Ann  Lee ") == as_one_person("ann lee")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", holder).split()).casefold()


def mint(
    table: Table, holder: str, role: str, scopes: Sequence[str], now: datetime, days: int, secret_bytes: bytes
) -> str:
    """Make a token and return its text, shown this once. ``secret_bytes``: at least 30 random bytes. Raises
    ``ValueError`` for a holder without a name, and for a name under which Goldthread itself or a customer signs."""
    holder = as_one_person(holder)
    if not holder or holder in NOBODY:
        raise ValueError(f"a token is held by a person or a tool of the house, not by {holder or 'nobody'}")
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
