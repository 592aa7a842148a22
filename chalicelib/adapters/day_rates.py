"""Published rates and prices by day: one small item per publisher and day, and one that holds the newest.

The newest is kept twice so that one batch read by computed keys finds everything an entry needs, however long nothing
was published. What was read serves a few minutes, by day of entry; a table that does not answer is asked again later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.codec import dump, load
from chalicelib.adapters.table import ABSENT, Item, Table, Update
from chalicelib.customs.rate_choice import RateBook, days_wanted
from chalicelib.customs.rate_sheets import BASES, PUBLISHERS, Publisher, Sheet
from chalicelib.errors import StoredItemUnreadable, UnavailableError

KEPT_S = 300
ASK_AGAIN_S = 30
MOST_DAYS = 64


def publishers_at(addresses: Mapping[str, str]) -> tuple[Publisher, ...]:
    """Whose files can be asked for: those with an address; metals share one.

    >>> publishers_at({"ecb": "https://www.ecb.europa.eu", "hmrc": "", "metals": ""})
    ('ecb',)
    """
    return tuple(one for one in PUBLISHERS if addresses.get(one if one in BASES else "metals"))


class TableDayRates:
    """``DayRates`` over the table; ``publishers`` have an address, ``monotonic`` gives seconds that never jump."""

    def __init__(self, table: Table, publishers: tuple[Publisher, ...], monotonic: Callable[[], float]) -> None:
        self._table, self.publishers, self._monotonic = table, publishers, monotonic
        self._books: dict[date, tuple[RateBook, float]] = {}

    def book(self, on: date) -> RateBook:
        """Every sheet that an entry on that day may need, in one batch read."""
        now, known = self._monotonic(), self._books.get(on)
        if known is not None and now < known[1]:
            return known[0]
        try:
            book, serves_s = RateBook(self._sheets(on)), KEPT_S
        except UnavailableError:
            book, serves_s = RateBook(known[0].sheets if known else (), out_of_reach=True), ASK_AGAIN_S
        if len(self._books) >= MOST_DAYS:
            self._books.clear()
        self._books[on] = book, now + serves_s
        return book

    def newest(self, publisher: str, count: int) -> tuple[Sheet, ...]:
        """The latest days of one publisher, newest first."""
        items = self._table.partition(keys.rate_pk(publisher), "2", limit=count, newest_first=True)
        return tuple(sheet for item in items if (sheet := _sheet_of(item)) is not None)

    def keep(self, sheet: Sheet, over: Sheet | None) -> bool:
        """Keep a day's sheet in the place of the one that was read. False: somebody else was faster."""
        return self._put(sheet.on.isoformat(), sheet, ABSENT if over is None else _digest(dump(over)))

    def show(self, sheet: Sheet) -> None:
        """Let this one be the newest unless a later one is; quiet when it is already."""
        shown = self._table.get(keys.rate_pk(sheet.publisher), keys.NEWEST_RATE)
        if shown is None:
            self._put(keys.NEWEST_RATE, sheet, ABSENT)
        elif shown["on"] <= sheet.on.isoformat() and shown["digest"] != _digest(dump(sheet)):
            self._put(keys.NEWEST_RATE, sheet, shown["digest"])

    def _put(self, sk: str, sheet: Sheet, expected: Any) -> bool:
        said = dump(sheet)
        gone = [name for name in ("until",) if name not in said]
        pk = keys.rate_pk(sheet.publisher)
        return self._table.update(Update(pk, sk, {**said, "digest": _digest(said)}, gone, {"digest": expected}))

    def _sheets(self, on: date) -> tuple[Sheet, ...]:
        wanted = [(keys.rate_pk(publisher), day.isoformat()) for publisher, day in days_wanted(on)]
        wanted += [(keys.rate_pk(publisher), keys.NEWEST_RATE) for publisher in PUBLISHERS]
        read = (_sheet_of(item) for item in self._table.batch_get(wanted))
        found = {(sheet.publisher, sheet.on): sheet for sheet in read if sheet is not None and sheet.on <= on}
        return tuple(found[key] for key in sorted(found))


def _digest(said: Item) -> str:
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def _sheet_of(item: Item) -> Sheet | None:
    """None for one that another version of the program wrote: an estimate goes on without it, and says what it used."""
    try:
        return load(Sheet, item)
    except StoredItemUnreadable:
        return None
