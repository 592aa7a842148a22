"""The table in memory: the same promises as DynamoDB, checked by the same contract tests.

An item goes in and comes out as a copy. ``index_lag`` leaves the indexes that many writes behind the items, as a real
one may be. What DynamoDB refuses (a float, an empty key, an item over 400 KB, the same item twice in a transaction) is
refused here too (also a page that starts outside what is asked for), so that no test passes on what would fail there.
"""

from __future__ import annotations

import threading
from bisect import bisect_right, insort
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.adapters.marshal import to_item, typed
from chalicelib.adapters.table import (
    INDEX_KEYS,
    TRANSACTION_LIMIT,
    Absent,
    Delete,
    IndexEntry,
    IndexName,
    Item,
    Key,
    PutNew,
    TransactionLost,
    Update,
    Write,
    is_own_write,
)
from tests.metering.sizes import item_size

LARGEST_ITEM = 400 * 1024


class MemoryTable:
    def __init__(self, index_lag: int = 0) -> None:
        self.writes = 0
        self._partitions: dict[str, dict[str, Item]] = {}
        self._sorted: dict[str, list[str]] = {}
        self._indexes: dict[IndexName, dict[str, list[tuple[str, str, str]]]] = {name: {} for name in INDEX_KEYS}
        self._behind: deque[tuple[Item | None, Item | None]] = deque()
        self._lag = index_lag
        self._lock = threading.RLock()

    def get(self, pk: str, sk: str) -> Item | None:
        with self._lock:
            return _copy(self._stored((pk, sk)))

    def partition(
        self,
        pk: str,
        sk_prefix: str = "",
        *,
        after: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[Item]:
        _refuse_a_start_outside(after is None or after.startswith(sk_prefix))
        with self._lock:
            names = [name for name in self._sorted.get(pk, ()) if name.startswith(sk_prefix)]
            if newest_first:
                names.reverse()
            if after is not None:
                names = [name for name in names if (name < after if newest_first else name > after)]
            return [_copied(self._partitions[pk][name]) for name in names[:limit]]

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        with self._lock:
            found = (self._stored(key) for key in dict.fromkeys(keys))
            return [_copied(item) for item in found if item is not None]

    def put_new(self, item: Item) -> bool:
        return self._alone(PutNew(item), item)

    def update(self, write: Update) -> bool:
        return self._alone(write, write.set)

    def delete(self, pk: str, sk: str) -> None:
        self._alone(Delete(pk, sk), {})

    def transact(self, writes: Sequence[Write]) -> None:
        if not 0 < len(writes) <= TRANSACTION_LIMIT:
            raise ValueError(f"a transaction holds 1 to {TRANSACTION_LIMIT} writes, not {len(writes)}")
        if len({write.key for write in writes}) < len(writes):
            raise ValueError("a transaction names an item once")
        with self._lock:
            failed = [place for place, write in enumerate(writes) if not self._holds(write)]
            if failed:
                raise TransactionLost(failed)
            for write, after in [(write, self._after(write)) for write in writes]:
                self._store(write.key, after)

    def index(
        self,
        name: IndexName,
        partition: str,
        *,
        limit: int,
        until: str | None = None,
        after: IndexEntry | None = None,
        newest_first: bool = False,
    ) -> list[IndexEntry]:
        _refuse_a_start_outside(after is None or until is None or after.at <= until)
        with self._lock:
            entries = self._indexes[name].get(partition, [])
            if until is not None:
                entries = entries[: bisect_right(entries, until, key=lambda entry: entry[0])]
            if newest_first:
                entries = entries[::-1]
            if after is not None:
                place = (after.at, after.pk, after.sk)
                entries = [entry for entry in entries if (entry < place if newest_first else entry > place)]
            return [IndexEntry(pk, sk, at) for at, pk, sk in entries[:limit]]

    def all_items(self) -> list[Item]:
        """For assertions only: the product has no scan."""
        with self._lock:
            return [_copied(item) for one in self._partitions.values() for item in one.values()]

    def catch_up(self) -> None:
        """Let the indexes see every write."""
        with self._lock:
            while self._behind:
                self._reindex(*self._behind.popleft())

    def _stored(self, key: Key) -> Item | None:
        return self._partitions.get(key[0], {}).get(key[1])

    def _alone(self, write: Write, written: Mapping[str, Any]) -> bool:
        with self._lock:
            if not self._holds(write):
                return is_own_write(self._stored(write.key), written)
            self._store(write.key, self._after(write))
            return True

    def _holds(self, write: Write) -> bool:
        stored = self._stored(write.key)
        match write:
            case PutNew():
                return stored is None
            case Update():
                return all(_is_so(stored or {}, name, value) for name, value in write.expect.items())
        return True

    def _after(self, write: Write) -> Item | None:
        match write:
            case PutNew():
                return _checked(write.item)
            case Update():
                item = {"PK": write.pk, "SK": write.sk} | (self._stored(write.key) or {}) | dict(write.set)
                item |= {name: item.get(name, 0) + number for name, number in write.add.items()}
                return _checked({name: value for name, value in item.items() if name not in write.remove})
        return None

    def _store(self, key: Key, after: Item | None) -> None:
        self.writes += 1
        before = self._stored(key)
        partition = self._partitions.setdefault(key[0], {})
        names = self._sorted.setdefault(key[0], [])
        if after is None:
            if before is not None:
                del partition[key[1]]
                names.remove(key[1])
        else:
            if before is None:
                insort(names, key[1])
            partition[key[1]] = after
        self._behind.append((before, after))
        while len(self._behind) > self._lag:
            self._reindex(*self._behind.popleft())

    def _reindex(self, before: Item | None, after: Item | None) -> None:
        for name, (hash_name, range_name) in INDEX_KEYS.items():
            old, new = (_place(item, hash_name, range_name) for item in (before, after))
            if old == new:
                continue
            if old is not None:
                self._indexes[name][old[0]].remove(old[1])
            if new is not None:
                insort(self._indexes[name].setdefault(new[0], []), new[1])


def _place(item: Item | None, hash_name: str, range_name: str) -> tuple[str, tuple[str, str, str]] | None:
    if item is None or hash_name not in item or range_name not in item:
        return None
    return item[hash_name], (item[range_name], item["PK"], item["SK"])


def _is_so(stored: Item, name: str, value: Any) -> bool:
    return name not in stored if isinstance(value, Absent) else stored.get(name) == value


def _checked(item: Mapping[str, Any]) -> Item:
    """What DynamoDB would store of it, or its refusal."""
    stored = to_item(typed(item))
    index_keys = [name for pair in INDEX_KEYS.values() for name in pair]
    for name in ("PK", "SK", *(one for one in index_keys if one in stored)):
        if not isinstance(stored[name], str) or not stored[name]:
            raise ValueError(f"the key {name} is text and not empty")
    if item_size(stored) > LARGEST_ITEM:
        raise ValueError("the item is over 400 KB")
    return stored


def _refuse_a_start_outside(is_inside: bool) -> None:
    if not is_inside:
        raise ValueError("The provided starting key is outside query boundaries based on provided conditions")


def _copied(value: Any) -> Any:
    match value:
        case dict():
            return {name: _copied(one) for name, one in value.items()}
        case list():
            return [_copied(one) for one in value]
    return value


def _copy(item: Item | None) -> Item | None:
    return None if item is None else _copied(item)
