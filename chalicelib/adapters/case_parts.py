"""How the parts of a case lie in the table: one item each, named by kind and id, due and listed where they say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from chalicelib.adapters import keys
from chalicelib.adapters.codec import dump, load, names_of, update_of
from chalicelib.adapters.table import Item, Update
from chalicelib.clock import stamp
from chalicelib.workflows.case_parts import Part

PLACES = frozenset({"due_shard", "due_at", "listed_as", "listed_at", "attempts"})
P = TypeVar("P")


def case_part_update(part: Part) -> Update:
    """Save a part; the version of its case, in the same transaction, guards it."""
    pk = keys.case_pk(part.case_id)
    item: Item = {"PK": pk, "SK": keys.case_part_sk(part.KIND, part.part_id)} | dump(part)
    if part.due_at is not None:
        item |= {"due_shard": keys.due_shard(pk), "due_at": stamp(part.due_at)}
    listed = getattr(part, "listed", None)
    if listed is not None:
        at = getattr(part, "listed_since", None)
        item |= {"listed_as": keys.listed_as("part", listed, pk), "listed_at": stamp(at) if at else keys.NO_TIME}
    return update_of(item, names_of(type(part)) | PLACES)


class StoredParts:
    """``Parts`` over the items of one case."""

    def __init__(self, items_by_kind: Mapping[str, Iterable[Item]]) -> None:
        self._items = items_by_kind
        self._read: dict[type[Any], tuple[Any, ...]] = {}

    def __eq__(self, other: object) -> bool:
        """The same parts, whichever of them were decoded."""
        return isinstance(other, StoredParts) and self._items == other._items

    __hash__ = None  # type: ignore[assignment]

    def of(self, kind: type[P]) -> tuple[P, ...]:
        """All parts of this class, in the order of their ids."""
        if kind not in self._read:
            items = self._items.get(kind.KIND, ())  # type: ignore[attr-defined]
            self._read[kind] = tuple(load(kind, item) for item in items)
        return self._read[kind]
