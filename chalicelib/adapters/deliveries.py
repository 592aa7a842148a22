"""Deliveries to receivers, kept under what they are about."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.adapters.table import Table, fresh_mark
from chalicelib.alerts.deliveries import Delivery


class TableDeliveries:
    """The port of the same name over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark

    def put_new(self, delivery: Delivery) -> bool:
        """Keep it; False when it is already there."""
        raise NotImplementedError(delivery.message_id)
