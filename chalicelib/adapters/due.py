"""What asked to be looked at: the due index, read shard by shard and checked against the items themselves.

What a sweep reads follows what is due. Every shard gets the same share of it, so that one crowded shard
cannot keep another waiting; what a shard leaves over goes to those that have more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, Literal

from chalicelib.adapters import keys
from chalicelib.adapters.case_items import booking_of_item, due_attributes
from chalicelib.adapters.table import MARK, IndexEntry, Item, Table, Update, fresh_mark
from chalicelib.adapters.track_items import parked_of_item, track_of_item
from chalicelib.clock import stamp
from chalicelib.shipments.leg import Track
from chalicelib.workflows.case_parts import LOOKED_AT_BY
from chalicelib.workflows.ports import Booking, Due, DuePart, Parked

DueKind = Literal["track", "parked", "booking", "duty", "exception", "delivery", "digest", "claim", "part"]
KIND_BY_SK: Final[dict[str, DueKind]] = {
    "TRACK": "track",
    "PARKED": "parked",
    "BOOKING": "booking",
    "DUTY": "duty",
    "EXCEPTION": "exception",
    "DELIVERY": "delivery",
    "DIGEST": "digest",
    "CLAIM": "claim",
    **dict.fromkeys(LOOKED_AT_BY, "part"),
}


class TableDueWork:
    """``DueWork`` over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark

    def due(self, now: datetime, limit: int) -> Iterable[Due]:
        """At most ``limit`` entries that are due by now, oldest first within each round over the shards."""
        waiting: dict[str, IndexEntry | None] = dict.fromkeys(keys.due_shards())
        left = limit
        while waiting and left > 0:
            share = -(-left // len(waiting))
            found: list[IndexEntry] = []
            for shard, after in list(waiting.items()):
                page = self._table.index("due", shard, limit=share, until=stamp(now), after=after)
                found += page
                if len(page) < share:
                    del waiting[shard]
                else:
                    waiting[shard] = page[-1]
            yield from _in_order(found, left)
            left -= len(found)

    def track_of(self, due: Due) -> Track | None:
        """The track of this entry; None when it is gone or no longer due then."""
        item = self._still_due(due)
        return None if item is None else track_of_item(item)

    def parked_of(self, due: Due) -> Parked | None:
        """The parked event of this entry; None when it is gone or no longer due then."""
        item = self._still_due(due)
        return None if item is None else parked_of_item(item)

    def booking_of(self, due: Due) -> Booking | None:
        """The booking of this entry; None when it is gone or no longer due then."""
        item = self._still_due(due)
        return None if item is None else booking_of_item(item)

    def part_of(self, due: Due) -> DuePart | None:
        """The part of a case of this entry; None when it is gone or no longer due then."""
        item = self._still_due(due)
        if item is None:
            return None
        kind, part_id = keys.part_of_sk(due.sk)
        return DuePart(keys.case_of_pk(due.pk), kind, part_id, item.get("attempts", 0))

    def claim(self, due: Due, until: datetime | None, *, unheard_since: datetime | None = None) -> bool:
        """Move the due time and count the attempt, if the item is still due when the index said."""
        moved = due_attributes(due.pk, until)
        gone = [] if moved else ["due_shard", "due_at"]
        said = moved | _times(unheard_since=unheard_since) | {MARK: self._mark()}
        return self._table.update(Update(due.pk, due.sk, said, gone, {"due_at": due.due_at}, {"attempts": 1}))

    def rearm(
        self,
        due: Due,
        until: datetime | None,
        *,
        poll_after: datetime | None = None,
        unheard_since: datetime | None = None,
    ) -> None:
        """Set the next due time of claimed work that is queued, and forget its attempts."""
        moved = due_attributes(due.pk, until)
        said = moved | _times(poll_after=poll_after, unheard_since=unheard_since)
        gone = ([] if moved else ["due_shard", "due_at"]) + ([] if unheard_since else ["attempts", "unheard_since"])
        self._table.update(Update(due.pk, due.sk, said | {MARK: self._mark()}, gone, {"due_at": due.due_at}))

    def _still_due(self, due: Due) -> Item | None:
        item = self._table.get(due.pk, due.sk)
        return item if item is not None and item.get("due_at", "9999") <= due.due_at else None


def _in_order(found: list[IndexEntry], limit: int) -> Iterator[Due]:
    for entry in sorted(found, key=lambda one: one.at)[:limit]:
        yield Due(KIND_BY_SK[entry.sk.partition("#")[0]], entry.pk, entry.sk, entry.at)


def _times(**times: datetime | None) -> Item:
    return {name: stamp(at) for name, at in times.items() if at is not None}
