"""Pages over the sharded listing index: shards merged in order, items checked against themselves, opaque
cursors.

A cursor holds, per shard, the last entry that was given out. It is not signed: it can only say where in this
listing to go on, and everything in it is checked before it is used.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.adapters.table import IndexEntry, Item, Table
from chalicelib.errors import FieldFault, InvalidRequestError

Positions = dict[int, IndexEntry]

MAX_PAGE = 100
LONGEST_CURSOR = 8192
_KEY = re.compile(r"[A-Z]{3,9}(#[\x21-\x7e]{1,700})?\Z")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


def listed_page(
    table: Table,
    partitions: Sequence[str],
    cursor: str | None,
    limit: int,
    *,
    newest_first: bool = False,
    ranks: Sequence[int] | None = None,
    until: str | None = None,
) -> tuple[list[Item], str | None]:
    """The items of one page and the cursor of the next (None: that was all).

    By time over all partitions; with ``ranks``, one per partition, first by rank (lowest first) and then by time.
    ``until`` leaves out what stands at a later time. A page may be shorter than asked when the index was behind.
    Raises ``InvalidRequestError`` for a cursor that is not ours.
    """
    limit = max(1, min(limit, MAX_PAGE))
    positions = read_cursor(cursor, len(partitions))
    found = [
        (entry, shard)
        for shard, partition in enumerate(partitions)
        if not _is_all_given(positions.get(shard), until)
        for entry in table.index(
            "listing", partition, limit=limit + 1, until=until, after=positions.get(shard), newest_first=newest_first
        )
    ]
    # Stable: within a shard the order stays the index's own, which is what the positions follow.
    found.sort(key=lambda one: one[0].at, reverse=newest_first)
    if ranks is not None:
        found.sort(key=lambda one: ranks[one[1]])
    page = found[:limit]
    positions |= {shard: entry for entry, shard in page}
    return _items(table, partitions, page), write_cursor(positions) if len(found) > limit else None


def _is_all_given(reached: IndexEntry | None, until: str | None) -> bool:
    """Whether a shard was read beyond the time asked for, by a cursor of a later bound: DynamoDB refuses to go on from
    there, and nothing before it is left."""
    return reached is not None and until is not None and reached.at > until


def _items(table: Table, partitions: Sequence[str], page: Sequence[tuple[IndexEntry, int]]) -> list[Item]:
    shown_as = {(entry.pk, entry.sk): partitions[shard] for entry, shard in page}
    items = table.batch_get(list(shown_as))
    return [item for item in items if item.get("listed_as") == shown_as[item["PK"], item["SK"]]]


def write_cursor(positions: Mapping[int, IndexEntry]) -> str:
    """Positions as URL-safe text."""
    shape = {str(shard): [one.pk, one.sk, one.at] for shard, one in positions.items()}
    return base64.urlsafe_b64encode(json.dumps(shape, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, shards: int) -> Positions:
    """Read what ``write_cursor`` wrote; raises ``InvalidRequestError`` that names the field."""
    if cursor is None:
        return {}
    try:
        shape = json.loads(_decoded(cursor))
        if not isinstance(shape, dict) or not shape:
            raise ValueError("no positions")
        return {_shard(name, shards): _entry(one) for name, one in shape.items()}
    except (ValueError, TypeError, RecursionError, binascii.Error):
        fault = FieldFault("cursor", "cursor_invalid", "use a cursor that this list gave", source="query")
        raise InvalidRequestError("the cursor is not one that this list gave", [fault]) from None


def _decoded(cursor: str) -> bytes:
    if len(cursor) > LONGEST_CURSOR:
        raise ValueError("too long")
    return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)


def _shard(name: str, shards: int) -> int:
    if name not in map(str, range(shards)):
        raise ValueError("no such shard")
    return int(name)


def _entry(one: Any) -> IndexEntry:
    pk, sk, at = one
    if not (_KEY.match(pk) and _KEY.match(sk) and _AT.match(at)):
        raise ValueError("no entry of a listing")
    return IndexEntry(pk, sk, at)
