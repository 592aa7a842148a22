"""Tracks and parked events by carrier number: one read and one conditional write per batch of events."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.adapters import keys
from chalicelib.adapters.listing import listed_page
from chalicelib.adapters.table import Table, fresh_mark
from chalicelib.adapters.track_items import (
    number_file,
    parked_item,
    track_of_item,
    track_settlement,
    track_update,
)
from chalicelib.errors import StaleVersion
from chalicelib.shipments.leg import Track
from chalicelib.workflows.ports import NumberFile, Parked, TrackPage


class TableTracks:
    """``Tracks`` over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark

    def file(self, carrier: str, number: str) -> NumberFile:
        """Everything under one carrier number, in one query."""
        return number_file(self._table.partition(keys.number_pk(carrier, number)))

    def save(self, track: Track) -> None:
        """Write a track that was read one version before; raises ``StaleVersion``."""
        if not self._table.update(track_update(track, self._mark())):
            raise StaleVersion("somebody else changed this track first")

    def settle(self, track: Track) -> None:
        """Forget effects that were sent, keep the new due time; quiet when somebody else wrote meanwhile."""
        self._table.update(track_settlement(track))

    def park(self, parked: Parked) -> None:
        """Keep a verified event for a number that no leg has yet; the same one twice is one."""
        self._table.put_new(parked_item(parked))

    def unpark(self, parked: Parked) -> None:
        """Forget a parked event that a track has taken in, or that was given to a person."""
        self._table.delete(keys.number_pk(parked.carrier, parked.number), keys.parked_sk(parked.digest))

    def listed(self, condition: str, cursor: str | None, limit: int) -> TrackPage:
        """Tracks in one condition, longest in it first; those that are ok are not listed."""
        items, further = listed_page(self._table, keys.listing("track", condition), cursor, limit)
        return TrackPage(tuple(map(track_of_item, items)), further)
