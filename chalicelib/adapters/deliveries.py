"""Deliveries to receivers, kept under what they are about, and how each receiver is.

A delivery is listed by its receiver and the time it was made; a dead one by that it is dead, so that all of them are
found together. It is in the due index only while a retry is waited for: one that arrives at once costs a put and an
update and moves nothing in an index. What never changes of it lies deflated in one attribute, for every kilobyte of an
item is charged at each write: names and times stand in the body too, and so cost nothing twice.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from datetime import timedelta

from chalicelib.adapters import keys
from chalicelib.adapters.case_items import PLACES, due_attributes
from chalicelib.adapters.codec import dump, load, names_of, update_of
from chalicelib.adapters.listing import MAX_PAGE, Positions, read_cursor, write_cursor
from chalicelib.adapters.table import ABSENT, MARK, IndexEntry, Item, Table, fresh_mark
from chalicelib.alerts.deliveries import Delivery, patience
from chalicelib.alerts.receiver_health import ReceiverHealth
from chalicelib.clock import stamp
from chalicelib.errors import FieldFault, InvalidRequestError, StoredItemUnreadable
from chalicelib.workflows.delivery_ports import DeliveryPage, DeliveryQuery
from chalicelib.workflows.ports import Due

FORGOTTEN_AT, TOLD = "expires_at", "told"
FIXED = ("receiver", "message_id", "channel", "event", "subject", "sequence", "occurred_at", "created_at", "body")
MAY_HOLD = names_of(Delivery) - set(FIXED) | PLACES | {FORGOTTEN_AT, TOLD}
Placed = tuple[IndexEntry, int]
"""An entry of the listing index and the place of its partition among those asked."""

# What DynamoDB takes, in bytes: a cursor comes from outside.
LONGEST_SORT_KEY = 1024
# How many pages of an index are looked through for what a query wants before the caller is asked to go on.
PAGES_FOR_A_QUERY = 4


class TableDeliveries:
    """The port of the same name over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark

    def put_new(self, delivery: Delivery) -> bool:
        """Keep it; False when it is already there."""
        return self._table.put_new(delivery_item(delivery) | {MARK: self._mark()})

    def read(self, subject: str, receiver: str, message_id: str) -> Delivery | None:
        """One delivery."""
        item = self._table.get(keys.sent_pk(subject), keys.delivery_sk(receiver, message_id))
        return None if item is None else delivery_of_item(item)

    def save(self, delivery: Delivery) -> bool:
        """Save one over the version before."""
        item = delivery_item(delivery) | {MARK: self._mark()}
        before = {"version": delivery.version - 1}
        return self._table.update(update_of(item, MAY_HOLD, before))

    def of_due(self, due: Due) -> Delivery | None:
        """The delivery of this due time; None when it is gone or no longer due then."""
        item = self._table.get(due.pk, due.sk)
        return delivery_of_item(item) if item is not None and item.get("due_at", "9999") <= due.due_at else None

    def listed(self, query: DeliveryQuery, cursor: str | None, limit: int) -> DeliveryPage:
        """A page of the log, newest first."""
        limit = max(1, min(limit, MAX_PAGE))
        partitions = _partitions(query)
        positions = read_cursor(cursor, len(partitions))
        found: list[Delivery] = []
        for _ in range(PAGES_FOR_A_QUERY):
            page, is_last = self._page(partitions, query, positions, limit - len(found))
            found += self._wanted(partitions, query, page)
            if is_last:
                return DeliveryPage(tuple(found), None)
            positions = _reached(positions, page)
            if len(found) >= limit:
                break
        return DeliveryPage(tuple(found), write_cursor(positions))

    def of_subject(self, subject: str, after: str | None, limit: int) -> DeliveryPage:
        """What was told of one subject. Raises ``InvalidRequestError`` for a cursor that is no place among them."""
        if after is not None and not (after.startswith(keys.DELIVERY) and len(after) <= LONGEST_SORT_KEY):
            fault = FieldFault("cursor", "cursor_invalid", "use a cursor that a replay gave")
            raise InvalidRequestError("the cursor is not one that a replay gave", [fault])
        items = self._table.partition(keys.sent_pk(subject), keys.DELIVERY, after=after, limit=limit + 1)
        last = items[limit - 1]["SK"] if len(items) > limit else None
        return DeliveryPage(tuple(map(delivery_of_item, items[:limit])), last)

    def health(self, receiver: str) -> ReceiverHealth:
        """How a receiver is."""
        item = self._table.get(*keys.receiver_key(receiver))
        return ReceiverHealth(receiver) if item is None else load(ReceiverHealth, item)

    def save_health(self, health: ReceiverHealth) -> bool:
        """Save it over the version before."""
        pk, sk = keys.receiver_key(health.receiver)
        item = {"PK": pk, "SK": sk, MARK: self._mark()} | dump(health)
        before = ABSENT if health.version == 1 else health.version - 1
        return self._table.update(update_of(item, names_of(ReceiverHealth), {"version": before}))

    def healths(self) -> tuple[ReceiverHealth, ...]:
        """All of which something was written."""
        return tuple(load(ReceiverHealth, item) for item in self._table.partition(keys.RECEIVERS))

    def _page(
        self, partitions: Sequence[str], query: DeliveryQuery, positions: Positions, limit: int
    ) -> tuple[list[Placed], bool]:
        """The next entries of all partitions together, newest first, and whether these were the last."""
        ends = [one.at for one in positions.values()] + ([stamp(query.until)] if query.until else [])
        until = min(ends, default=None)
        since = stamp(query.since) if query.since else ""
        given = {(one.pk, one.sk) for one in positions.values()}
        found: list[Placed] = []
        for shard, partition in enumerate(partitions):
            after = positions.get(shard)
            beyond = after if after is not None and after.at == until else None
            entries = self._table.index(
                "listing", partition, limit=limit + 2, until=until, after=beyond, newest_first=True
            )
            found += [(one, shard) for one in entries if one.at >= since and (one.pk, one.sk) not in given]
        found.sort(key=lambda one: one[0].at, reverse=True)
        return found[:limit], len(found) <= limit

    def _wanted(self, partitions: Sequence[str], query: DeliveryQuery, page: Sequence[Placed]) -> list[Delivery]:
        """What the page holds by the items themselves: an index may be behind."""
        listed_as = {(entry.pk, entry.sk): partitions[shard] for entry, shard in page}
        items = self._table.batch_get(list(listed_as))
        there = [delivery_of_item(one) for one in items if one.get("listed_as") == listed_as[one["PK"], one["SK"]]]
        return [one for one in there if query.state in (None, one.state) and query.receiver in (None, one.receiver)]


def delivery_item(delivery: Delivery) -> Item:
    """A delivery under its subject, listed by its receiver or as a dead one, by when it was made."""
    pk = keys.sent_pk(delivery.subject)
    value = keys.DEAD_DELIVERIES if delivery.state == "dead" else keys.sent_to(delivery.receiver)
    listed = {"listed_as": keys.listed_as("delivery", value, pk), "listed_at": stamp(delivery.created_at)}
    key = {"PK": pk, "SK": keys.delivery_sk(delivery.receiver, delivery.message_id)}
    said = dump(delivery)
    fixed = json.dumps({name: said.pop(name) for name in FIXED}, ensure_ascii=False, separators=(",", ":"))
    told = {TOLD: zlib.compress(fixed.encode(), 9)}
    return key | told | said | listed | due_attributes(pk, delivery.due_at) | _forgotten(delivery)


def delivery_of_item(item: Item) -> Delivery:
    """Read a delivery."""
    return load(Delivery, {name: one for name, one in item.items() if name != TOLD} | _fixed(item))


def _fixed(item: Item) -> Item:
    try:
        fixed: Item = json.loads(zlib.decompress(item[TOLD]))
    except (KeyError, ValueError, zlib.error):
        raise StoredItemUnreadable("a stored Delivery cannot be read: told") from None
    return fixed


def _forgotten(delivery: Delivery) -> Item:
    """When the table forgets it: what has arrived, in the end; what is dead, never by itself."""
    if delivery.state != "sent":
        return {}
    last = delivery.tries[-1].at
    return {FORGOTTEN_AT: int((last + timedelta(days=patience(last.date()).kept_days)).timestamp())}


def _partitions(query: DeliveryQuery) -> tuple[str, ...]:
    dead = keys.listing("delivery", keys.DEAD_DELIVERIES) if query.state in (None, "dead") else ()
    if query.receiver is None:
        return dead
    return dead if query.state == "dead" else (*dead, *keys.listing("delivery", keys.sent_to(query.receiver)))


def _reached(before: Positions, page: Sequence[Placed]) -> Positions:
    """Where the next page begins: at the second of the last entry, beyond what was given of that second. So an entry
    that is moved to another partition while the pages are read, as a replay moves a dead one, is not given twice."""
    at = page[-1][0].at
    return {shard: one for shard, one in before.items() if one.at == at} | {
        shard: entry for entry, shard in page if entry.at == at
    }
