"""Claims under their case, listed by state, and the watch of a leg, which has their due time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from chalicelib.adapters import keys
from chalicelib.adapters.case_items import case_update, log_item
from chalicelib.adapters.claim_items import (
    claim_of_item,
    claim_update,
    due_attributes,
    pack_update,
    watch_of_item,
    watch_update,
)
from chalicelib.adapters.listing import listed_page
from chalicelib.adapters.table import ABSENT, MARK, PutNew, Table, TransactionLost, Update, Write, fresh_mark
from chalicelib.clock import stamp
from chalicelib.errors import StaleVersion
from chalicelib.insurance.claim_states import Claim, Watch
from chalicelib.returns.case import Case
from chalicelib.workflows.claim_ports import ClaimPage, Pack
from chalicelib.workflows.ports import Due, LogEntry


class TableClaims:
    """``Claims`` over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark

    def keep(self, case: Case, log: LogEntry, claims: Sequence[Claim], watch: Watch) -> None:
        """Claims, watch, case and log entry in one transaction. Raises ``StaleVersion``."""
        mark = self._mark()
        writes: list[Write] = [case_update(case, mark), PutNew(log_item(log)), watch_update(watch)]
        writes += [claim_update(claim) for claim in claims]
        try:
            self._table.transact(writes)
        except TransactionLost as lost:
            stored = self._table.get(keys.case_pk(case.case_id), keys.CASE)
            if stored is None or stored.get(MARK) != mark:
                raise StaleVersion("somebody else changed this case first") from lost

    def rest(self, watch: Watch, until: datetime | None) -> bool:
        """Move the due time of a watch that has the due time it was read with."""
        pk = keys.case_pk(watch.case_id)
        moved = due_attributes(pk, until)
        gone = ["attempts", *(() if moved else ("due_shard", "due_at"))]
        expect = {"due_at": stamp(watch.due_at) if watch.due_at else ABSENT, "leg_n": watch.leg_n}
        return self._table.update(Update(pk, keys.claim_sk(watch.leg_n), moved | {MARK: self._mark()}, gone, expect))

    def of_due(self, due: Due) -> Watch | None:
        """The watch of this due time; None when it is gone or no longer due then."""
        item = self._table.get(due.pk, due.sk)
        return watch_of_item(item) if item is not None and item.get("due_at", "9999") <= due.due_at else None

    def listed(self, state: str, cursor: str | None, limit: int) -> ClaimPage:
        """A page of one state."""
        items, further = listed_page(self._table, keys.listing("claim", state), cursor, limit)
        return ClaimPage(tuple(map(claim_of_item, items)), further)

    def save_pack(self, pack: Pack) -> bool:
        """Write a pack over the version before."""
        return self._table.update(pack_update(pack, self._mark()))
