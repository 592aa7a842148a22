"""How an entry of the duty ledger lies in the table, and the counts kept beside all of them.

A count is an item for a state, a country and a currency. It is moved by the transaction that writes the entry, so it
can be neither ahead nor behind, and a transaction that is sent twice counts once, because its case has moved on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.codec import dump, load, names_of, update_of
from chalicelib.adapters.table import Item, PutNew, Update
from chalicelib.clock import end_of_day, stamp
from chalicelib.customs.ledger import DutyChange, DutyEntry, Sums, sums_of
from chalicelib.places import last_zone_of

PLACES = frozenset({"due_shard", "due_at", "listed_as", "listed_at"})
# Amounts come with at most four decimals (``api.shapes``), and the table counts in whole numbers.
PARTS = 10_000
NO_CURRENCY = "NONE"
NO_LAST_DAY = "9999-12-31T00:00:00Z"
_COUNTS = ("entries", "unknown_duty", "unknown_tax", "unknown_fees", "unknown_to_come")


def entry_item(entry: DutyEntry) -> Item:
    """An entry in its case, listed by state: an open one by the end of its last day, others by their last change."""
    pk = keys.case_pk(entry.case_id)
    item: Item = {"PK": pk, "SK": keys.duty_sk(entry.entry_id)} | dump(entry)
    if not entry.is_void:
        item |= {"listed_as": keys.listed_as("duty", entry.state, pk), "listed_at": _listed_at(entry)}
    return item | due_attributes(pk, entry.due_at)


def entry_of_item(item: Item) -> DutyEntry:
    """Read an entry."""
    return load(DutyEntry, item)


def entry_write(change: DutyChange) -> PutNew | Update:
    """Save an entry; the version of its case, in the same transaction, guards it."""
    item = entry_item(change.after)
    return PutNew(item) if change.before is None else update_of(item, names_of(DutyEntry) | PLACES)


def due_attributes(pk: str, due_at: datetime | None) -> Item:
    """What puts an entry into the due index."""
    return {} if due_at is None else {"due_shard": keys.due_shard(pk), "due_at": stamp(due_at)}


def sums_writes(changes: Iterable[DutyChange]) -> list[Update]:
    """What these changes add to the counts; one write for each count that moves."""
    moved: dict[tuple[str, str], Sums] = {}
    for change in changes:
        for entry, sign in ((change.before, -1), (change.after, 1)):
            for key, sums in _counted(entry).items() if entry else ():
                moved[key] = moved.get(key, Sums()).plus(sums, sign)
    adds = ((key, {name: count for name, count in _whole(sums).items() if count}) for key, sums in moved.items())
    return [Update(pk, sk, {}, add=add) for (pk, sk), add in adds if add]


def sums_of_items(items: Iterable[Item]) -> Mapping[str | None, Sums]:
    """The counts of several partitions and countries together, by currency."""
    found: dict[str | None, Sums] = {}
    for item in items:
        currency = item["SK"].partition("#")[2]
        name = None if currency == NO_CURRENCY else currency
        found[name] = found.get(name, Sums()).plus(_sums(item))
    return {name: sums for name, sums in found.items() if sums != Sums()}


def _listed_at(entry: DutyEntry) -> str:
    if entry.state != "open":
        return stamp(entry.changed_at)
    if entry.claim_by is None:
        return NO_LAST_DAY
    return stamp(end_of_day(entry.claim_by, last_zone_of(entry.facts.country, None)))


def _counted(entry: DutyEntry) -> dict[tuple[str, str], Sums]:
    pk = keys.duty_sums_pk(entry.state, keys.case_pk(entry.case_id))
    country = keys.part(entry.facts.country)
    return {(pk, f"{country}#{currency or NO_CURRENCY}"): sums for currency, sums in sums_of([entry]).items()}


def _whole(sums: Sums) -> dict[str, int]:
    values: dict[str, Any] = {one.name: getattr(sums, one.name) for one in fields(Sums)}
    return {name: value if name in _COUNTS else int(value * PARTS) for name, value in values.items()}


def _sums(item: Item) -> Sums:
    said = {one.name: item.get(one.name, 0) for one in fields(Sums)}
    told: dict[str, Any] = {name: n if name in _COUNTS else Decimal(n) / PARTS for name, n in said.items()}
    return replace(Sums(), **told)
