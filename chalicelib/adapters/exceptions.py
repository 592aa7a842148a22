"""Open concerns under their subject: a case, a carrier number or a carrier."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalicelib.adapters import keys
from chalicelib.adapters.case_items import exception_item, exception_of_item, exception_write
from chalicelib.adapters.listing import listed_page
from chalicelib.adapters.table import MARK, PutNew, Table, fresh_mark
from chalicelib.alerts.exceptions import SEVERITIES, OpenException, subject_and_episode
from chalicelib.errors import StaleVersion
from chalicelib.workflows.ports import ExceptionPage


class TableExceptions:
    """``Exceptions`` over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark

    def read(self, exception_id: str) -> OpenException | None:
        """The exception of this public id; raises ``NotFoundError`` for text that is no such id."""
        key = keys.exception_key(*subject_and_episode(exception_id))
        item = None if key is None else self._table.get(*key)
        return None if item is None else exception_of_item(item)

    def open_alone(self, exception: OpenException) -> bool:
        """Open one that has no case; False when it is already there."""
        return self._table.put_new(exception_item(exception) | {MARK: self._mark()})

    def save_alone(self, exception: OpenException) -> None:
        """Save one that has no case and was read one version before; raises ``StaleVersion``."""
        write = exception_write(exception, self._mark())
        if isinstance(write, PutNew) or not self._table.update(write):
            raise StaleVersion("somebody else changed this exception first")

    def listed(self, severity: str | None, cursor: str | None, limit: int) -> ExceptionPage:
        """Open exceptions of one severity or of all: gravest first, oldest first within."""
        severities: Sequence[str] = SEVERITIES if severity is None else (severity,)
        shards = [(rank, shard) for rank, one in enumerate(severities) for shard in keys.listing("exception", one)]
        ranks, partitions = [rank for rank, _ in shards], [shard for _, shard in shards]
        items, further = listed_page(self._table, partitions, cursor, limit, ranks=ranks)
        return ExceptionPage(tuple(exception_of_item(item) for item in items), further)
