"""Links of customers in the table: found by digest, sealed under their case.

A token is 32 random bytes and four bytes of their digest, so that one that was mistyped or made up costs no read. What
is stored under ``LINK#digest`` opens nothing; the token itself is sealed beside the case under a data key of its own,
which those who send notices may open and the public function may not. Nothing is deleted: a link that ends is marked,
and its sealed token taken out.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

from chalicelib.adapters import keys
from chalicelib.adapters.sealing import DataKeys, SealBroken, seal, unseal
from chalicelib.adapters.table import ABSENT, Item, PutNew, Table, TransactionLost, Update, Write
from chalicelib.clock import instant, stamp
from chalicelib.errors import StaleVersion
from chalicelib.workflows.link_ports import CustomerLink

SECRET_BYTES = 32
CHECK_BYTES = 4
TOKEN_LENGTH = 48  # of both in base64, which needs no padding for 36 bytes
TRIES = 5


class TableLinks:
    """``Links`` over the table."""

    def __init__(self, table: Table, data_keys: DataKeys, random: Callable[[int], bytes] = os.urandom) -> None:
        self._table, self._data_keys, self._random = table, data_keys, random

    def make(self, case_id: str, by: str, now: datetime, expires_at: datetime, *, only_if_none: bool = False) -> str:
        """A new link for this case in the place of the one before it, in one transaction."""
        token, pk = token_of(self._random(SECRET_BYTES)), keys.case_pk(case_id)
        made = {"made_at": stamp(now), "good_until": stamp(expires_at), "made_by": by, "case_id": case_id}
        kept: Item | None = None
        for _ in range(TRIES):
            before = self._table.get(pk, keys.LINK) or {}
            if before.get("digest") == digest_of(token):
                return token  # the answer to the transaction was lost, not the transaction
            if only_if_none and (there := self._unsealed(case_id, before, now)):
                return there
            kept = kept or made | self._sealed(case_id, token)
            try:
                self._table.transact(_writes(pk, before, kept, made | _forgotten(expires_at)))
            except TransactionLost:
                continue
            return token
        raise StaleVersion("others are making links for this case; try again")

    def current(self, case_id: str, now: datetime) -> str | None:
        """The token of the link in force."""
        return self._unsealed(case_id, self._table.get(keys.case_pk(case_id), keys.LINK) or {}, now)

    def open(self, token: str, now: datetime) -> CustomerLink | None:
        """The link behind a token: one read for any that is well-formed, whatever became of it."""
        if not is_token(token):
            return None
        item = self._table.get(*keys.link_key(digest_of(token))) or {}
        if "case_id" not in item or item.get("ended") or instant(item["good_until"]) <= now:
            return None
        made_at, good_until = instant(item["made_at"]), instant(item["good_until"])
        return CustomerLink(item["case_id"], made_at, good_until, item["made_by"], item.get("wrong_orders", 0))

    def count_wrong_order(self, token: str) -> None:
        """Count it at the link."""
        pk, sk = keys.link_key(digest_of(token))
        self._table.update(Update(pk, sk, {}, (), {"ended": ABSENT}, {"wrong_orders": 1}))

    def revoke(self, case_id: str) -> None:
        """Mark the link as ended and take out what is sealed."""
        pk = keys.case_pk(case_id)
        for _ in range(TRIES):
            before = self._table.get(pk, keys.LINK) or {}
            if "digest" not in before:
                return
            gone = ("digest", "sealed", "wrapped")
            ended = Update(pk, keys.LINK, {"ended": True}, gone, {"digest": before["digest"]})
            try:
                self._table.transact([ended, _ended(before["digest"])])
            except TransactionLost:
                continue
            return
        raise StaleVersion("others are making links for this case; try again")

    def _sealed(self, case_id: str, token: str) -> Item:
        key = self._data_keys.new(case_id)
        sealed = seal(key.plain, token.encode(), case_id)
        return {"digest": digest_of(token), "sealed": sealed, "wrapped": key.wrapped}

    def _unsealed(self, case_id: str, item: Item, now: datetime) -> str | None:
        if "sealed" not in item or instant(item["good_until"]) <= now:
            return None
        try:
            return unseal(self._data_keys.unwrap(case_id, item["wrapped"]), item["sealed"], case_id).decode()
        except SealBroken:
            return None


def token_of(secret: bytes) -> str:
    """The text of a link's secret, with its check.

    >>> token_of(bytes(32))[:4], len(token_of(bytes(32))), is_token(token_of(bytes(32)))
    ('AAAA', 48, True)
    """
    return urlsafe_b64encode(secret + _check(secret)).decode()


def is_token(text: str) -> bool:
    """Whether it is well-formed and its check fits.

    >>> is_token("A" * 48), is_token("short"), is_token("é" * 48)
    (False, False, False)
    """
    if len(text) != TOKEN_LENGTH or not text.isascii():
        return False
    try:
        raw = urlsafe_b64decode(text)
    except ValueError:
        return False
    secret, check = raw[:SECRET_BYTES], raw[SECRET_BYTES:]
    return compare_digest(check, _check(secret)) and compare_digest(token_of(secret), text)


def digest_of(token: str) -> str:
    """What a token is stored under."""
    return sha256(token.encode()).hexdigest()


def _check(secret: bytes) -> bytes:
    return sha256(b"goldthread link" + secret).digest()[:CHECK_BYTES]


def _writes(pk: str, before: Item, kept: Item, found: Item) -> list[Write]:
    """The new link, what the case keeps of it, and the end of the one before."""
    link_pk, link_sk = keys.link_key(kept["digest"])
    over = {"digest": before.get("digest", ABSENT)}
    writes: list[Write] = [PutNew({"PK": link_pk, "SK": link_sk} | found)]
    writes.append(Update(pk, keys.LINK, kept, ("ended",), over))
    return writes + ([_ended(before["digest"])] if "digest" in before else [])


def _ended(digest: str) -> Update:
    return Update(*keys.link_key(digest), {"ended": True})


def _forgotten(expires_at: datetime) -> Item:
    """When the table may forget it, in seconds since 1970; until then and after it is not accepted any more."""
    return {"expires_at": int(expires_at.timestamp())}
