"""The few things done with the one table, as a Protocol over plain items.

Everything that knows what an item means sits above this; below it are two tables that keep the same promises,
DynamoDB and the in-memory one of the tests. Values are text, whole numbers, booleans, bytes, None, lists and
maps: never a float. Reads by key and by partition are consistent. What an index says may be stale.

A conditional write that was carried out but never answered is sent again by the client and then fails on its
own condition. So a write may carry ``wrote``, a fresh random mark: a condition that failed against an item
with the same mark is our own write, and counts as won.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from chalicelib.errors import ConflictError

Item = dict[str, Any]
Key = tuple[str, str]
IndexName = Literal["due", "listing"]
INDEX_KEYS: Final[Mapping[IndexName, tuple[str, str]]] = {
    "due": ("due_shard", "due_at"),
    "listing": ("listed_as", "listed_at"),
}
MARK: Final = "wrote"
TRANSACTION_LIMIT: Final = 100


class Absent:
    """Said of an attribute that must not be there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class PutNew:
    """Write an item where there is none."""

    item: Item

    @property
    def key(self) -> Key:
        """Where it goes."""
        return self.item["PK"], self.item["SK"]


@dataclass(frozen=True, slots=True)
class Update:
    """Set some attributes, remove others and leave the rest as they are, so that what a newer version of the
    program wrote survives. ``add`` counts on. ``expect`` names what must be so (``ABSENT``: not there);
    without it the item is made if missing.
    """

    pk: str
    sk: str
    set: Mapping[str, Any]
    remove: Sequence[str] = ()
    expect: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Where it goes."""
        return self.pk, self.sk


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove an item; quiet when it is gone already."""

    pk: str
    sk: str

    @property
    def key(self) -> Key:
        """What goes."""
        return self.pk, self.sk


Write = PutNew | Update | Delete


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One entry of an index: the keys of an item and where it stands in the order."""

    pk: str
    sk: str
    at: str


class TransactionLost(ConflictError):
    """Nothing of a transaction was written.

    ``failed`` are the places of the writes whose condition did not hold.
    """

    code = "transaction_lost"

    def __init__(self, failed: Iterable[int]) -> None:
        self.failed = tuple(failed)
        super().__init__(f"conditions {self.failed} did not hold")


class Table(Protocol):
    """One table with a partition key ``PK``, a sort key ``SK`` and two sparse indexes that hold keys only."""

    def get(self, pk: str, sk: str) -> Item | None:
        """One item, read consistently."""

    def partition(
        self,
        pk: str,
        sk_prefix: str = "",
        *,
        after: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[Item]:
        """The items of a partition in order of their sort key, from the one beyond ``after``; all of them
        without a limit, however many pages that takes.
        """

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        """The items of these keys, in the order asked, without those that are gone."""

    def put_new(self, item: Item) -> bool:
        """Write an item where there is none; False when there is one."""

    def update(self, write: Update) -> bool:
        """Carry out one update; False when what it expects is not so."""

    def delete(self, pk: str, sk: str) -> None:
        """Remove one item; quiet when it is gone already."""

    def transact(self, writes: Sequence[Write]) -> None:
        """All of at most 100 writes on different items, or none; raises ``TransactionLost``."""

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
        """Entries of one index partition in order, from beyond ``after`` up to and with ``until``."""


def fresh_mark() -> str:
    """A mark that no other write carries."""
    return secrets.token_urlsafe(9)


def is_own_write(stored: Mapping[str, Any] | None, written: Mapping[str, Any]) -> bool:
    """Whether what is stored came from this very write."""
    return stored is not None and written.get(MARK) is not None and stored.get(MARK) == written[MARK]
