"""Which notices a case has sent: one item beside the case, each notice one line of JSON, so that a return with all of
its notices stays below one kilobyte and a notice is written for two units: the claim, and how it ended.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.table import ABSENT, MARK, Item, Table, Update, fresh_mark
from chalicelib.clock import instant, stamp
from chalicelib.errors import StoredItemUnreadable
from chalicelib.notices.register import Entry, Register

_CHOICES = ("opted_out_at", "wanted_since")


class TableNotices:
    """The port of the same name over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark

    def keep(self, case_id: str, register: Register) -> bool:
        """Write it over the version before; False: somebody else was faster."""
        item = register_item(case_id, register)
        said = {name: value for name, value in item.items() if name not in ("PK", "SK")} | {MARK: self._mark()}
        gone = tuple(name for name in _CHOICES if name not in said)
        before = {"version": ABSENT if register.version == 1 else register.version - 1}
        return self._table.update(Update(item["PK"], item["SK"], said, gone, before))

    def opted_out_at(self, customer: str) -> datetime | None:
        """The last choice in any return of this customer; two reads, and no more than their returns."""
        pointers = self._table.partition(keys.pointer_pk("customer", customer))
        if not pointers:
            return None
        found = map(register_of_item, self._table.batch_get([(one["SK"], keys.NOTICES) for one in pointers]))
        chose = [(one.chosen_at, one.opted_out_at) for one in found if one.chosen_at is not None]
        return max(chose, key=lambda one: one[0])[1] if chose else None


def register_item(case_id: str, register: Register) -> Item:
    """The register of a case."""
    choices = {name: getattr(register, name) for name in _CHOICES}
    return {
        "PK": keys.case_pk(case_id),
        "SK": keys.NOTICES,
        "notices": [_line(entry) for entry in register],
        "version": register.version,
        **{name: stamp(at) for name, at in choices.items() if at is not None},
    }


def register_of_item(item: Item) -> Register:
    """Read a register; raises ``StoredItemUnreadable``."""
    try:
        entries = tuple(_entry(json.loads(line)) for line in item["notices"])
        choices = {name: instant(item[name]) for name in _CHOICES if name in item}
        return Register(entries, **choices, version=item["version"])
    except (ValueError, KeyError, TypeError) as fault:
        raise StoredItemUnreadable(f"stored notices cannot be read ({type(fault).__name__})") from None


def _line(entry: Entry) -> str:
    told: list[Any] = [entry.key, entry.status, int(entry.at.timestamp()), list(entry.covers), entry.language]
    return json.dumps([*told, entry.why] if entry.why else told, ensure_ascii=False, separators=(",", ":"))


def _entry(told: list[Any]) -> Entry:
    key, status, at, covers, language, *why = told
    return Entry(key, status, datetime.fromtimestamp(at, UTC), tuple(covers), language, why[0] if why else None)
