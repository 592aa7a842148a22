"""What carriers last said about pickups, by country and postal area: read by the API, written by the steps worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from chalicelib.adapters import keys
from chalicelib.adapters.codec import dump, load
from chalicelib.adapters.table import ABSENT, MARK, Table, Update, fresh_mark
from chalicelib.clock import stamp
from chalicelib.pickups.offers import KnownDays

KEPT_FOR = timedelta(days=3)
# An answer that says the same is written again only when the last one has aged so far: it is shown with its age.
SAME_AGAIN = timedelta(hours=12)


class TablePickupDays:
    """``PickupDays`` over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark

    def last(self, carrier: str, country: str, area: str) -> KnownDays | None:
        """The last answer about this area; its reader looks at ``asked_at``, for the table forgets late."""
        item = self._table.get(keys.carrier_pk(carrier), keys.pickup_days_sk(country, area))
        return None if item is None else load(KnownDays, item)

    def keep(self, carrier: str, country: str, area: str, known: KnownDays) -> None:
        """Keep an answer that says something new, or says it again after half a day."""
        last = self.last(carrier, country, area)
        if last is not None and last.days == known.days and known.asked_at - last.asked_at < SAME_AGAIN:
            return
        said = dump(known) | {"expires_at": int((known.asked_at + KEPT_FOR).timestamp()), MARK: self._mark()}
        expect = {"asked_at": stamp(last.asked_at) if last else ABSENT}
        pk, sk = keys.carrier_pk(carrier), keys.pickup_days_sk(country, area)
        self._table.update(Update(pk, sk, said, expect=expect))
