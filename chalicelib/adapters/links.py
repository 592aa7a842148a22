"""Links of customers in the table: found by digest, sealed under their case."""

from __future__ import annotations

from datetime import datetime

from chalicelib.adapters.sealing import DataKeys
from chalicelib.adapters.table import Table
from chalicelib.workflows.link_ports import CustomerLink


class TableLinks:
    """``Links`` over the table."""

    def __init__(self, table: Table, data_keys: DataKeys) -> None:
        self._table, self._data_keys = table, data_keys

    def make(self, case_id: str, by: str, now: datetime, expires_at: datetime) -> str:
        """A new link for this case; every one before it stops working."""
        raise NotImplementedError

    def current(self, case_id: str, now: datetime) -> str | None:
        """The token of the link in force."""
        return None

    def open(self, token: str, now: datetime) -> CustomerLink | None:
        """The link behind a token."""
        return None

    def revoke(self, case_id: str) -> None:
        """No link of this case works any more."""
