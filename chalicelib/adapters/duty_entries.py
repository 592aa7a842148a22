"""Entries of the duty ledger under their case, listed by state, with the counts of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from chalicelib.adapters import keys
from chalicelib.adapters.case_items import case_update, exception_write, log_item
from chalicelib.adapters.duty_items import (
    due_attributes,
    entry_of_item,
    entry_write,
    sums_of_items,
    sums_writes,
)
from chalicelib.adapters.listing import listed_page
from chalicelib.adapters.table import ABSENT, MARK, Item, PutNew, Table, TransactionLost, Update, Write, fresh_mark
from chalicelib.alerts.exceptions import OpenException
from chalicelib.clock import stamp
from chalicelib.customs.ledger import DutyChange, DutyEntry, Sums
from chalicelib.errors import StaleVersion
from chalicelib.returns.case import Case
from chalicelib.workflows.duty_ports import DutyPage
from chalicelib.workflows.ports import Due, LogEntry

# How many pages of a state are looked through for the entries of one country before the caller is asked to go on.
PAGES_FOR_A_COUNTRY = 4


class TableDuties:
    """``Duties`` over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark

    def keep(
        self, case: Case, log: LogEntry, changes: Sequence[DutyChange], exceptions: Sequence[OpenException] = ()
    ) -> None:
        """Entries, case, log entry, exceptions and counts in one transaction. Raises ``StaleVersion``."""
        mark = self._mark()
        writes: list[Write] = [case_update(case, mark), PutNew(log_item(log))]
        writes += [entry_write(change) for change in changes]
        writes += sums_writes(changes)
        writes += [exception_write(exception, mark) for exception in exceptions]
        try:
            self._table.transact(writes)
        except TransactionLost as lost:
            stored = self._table.get(keys.case_pk(case.case_id), keys.CASE)
            if stored is None or stored.get(MARK) != mark:
                raise StaleVersion("somebody else changed this case first") from lost

    def rest(self, entry: DutyEntry, until: datetime | None) -> bool:
        """Move the due time of an entry in the state and with the due time it was read with."""
        pk = keys.case_pk(entry.case_id)
        moved = due_attributes(pk, until)
        gone = ["attempts", *(() if moved else ("due_shard", "due_at"))]
        expect = {"state": entry.state, "due_at": stamp(entry.due_at) if entry.due_at else ABSENT}
        said = moved | {MARK: self._mark()}
        return self._table.update(Update(pk, keys.duty_sk(entry.entry_id), said, gone, expect))

    def of_due(self, due: Due) -> DutyEntry | None:
        """The entry of this due time; None when it is gone or no longer due then."""
        item = self._table.get(due.pk, due.sk)
        return entry_of_item(item) if item is not None and item.get("due_at", "9999") <= due.due_at else None

    def listed(self, state: str, country: str | None, cursor: str | None, limit: int) -> DutyPage:
        """A page of one state. The index knows no countries: with one, a few pages are looked through."""
        found: list[Item] = []
        for _ in range(PAGES_FOR_A_COUNTRY if country else 1):
            items, cursor = listed_page(self._table, keys.listing("duty", state), cursor, limit - len(found))
            found += [item for item in items if country in (None, item["facts"]["country"])]
            if cursor is None or len(found) >= limit:
                break
        return DutyPage(tuple(map(entry_of_item, found)), cursor)

    def sums(self, state: str, country: str | None) -> Mapping[str | None, Sums]:
        """The counts of one state, read consistently: as many items as it has countries and currencies."""
        prefix = f"{keys.part(country)}#" if country else ""
        return sums_of_items(item for pk in keys.duty_sums_pks(state) for item in self._table.partition(pk, prefix))
