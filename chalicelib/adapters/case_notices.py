"""Which notices a case has sent."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.adapters.table import Table, fresh_mark


class TableNotices:
    """The port of the same name over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark
