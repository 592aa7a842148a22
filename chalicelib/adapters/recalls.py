"""Recalls in the table."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.adapters.table import Table, fresh_mark


class TableRecalls:
    """``Recalls`` over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark
